//! What was said before the demo began, so that the inbox is not empty and a customer is remembered.

use anyhow::Context;
use forecourt_crm_store::imports::{ImportedAuthor, ImportedConversation, ImportedMessage};
use forecourt_domain::{action::Channel, contact::Assurance, conversation::Owner};
use jiff::SignedDuration;

use super::{
    Loading,
    files::{Files, Said, Speaker, Thread},
};

/// Between two messages of the same minute.
const BREATH: SignedDuration = SignedDuration::from_secs(15);

impl Loading {
    pub(super) async fn history(&mut self, files: &Files) -> anyhow::Result<()> {
        let integration_id = self.integration_id.context("there is no number")?;
        for thread in &files.history {
            let party = self.customer(&thread.customer)?;
            let messages = self.messages(thread)?;
            let conversation = ImportedConversation {
                channel: Channel::Sms,
                contact_point_id: *party.contact_points.first().context("there is no phone")?,
                assurance: Assurance::Carrier,
                integration_id,
                our_address: files.dealership.sms_number.to_string(),
                department_id: Some(self.sales()?),
                owner: owner(&messages),
                messages,
            };
            self.tx.import_conversation(&party, &conversation).await?;
        }
        Ok(())
    }

    fn messages(&self, thread: &Thread) -> anyhow::Result<Vec<ImportedMessage>> {
        let mut messages: Vec<ImportedMessage> = Vec::with_capacity(thread.messages.len());
        for said in &thread.messages {
            let at = self.instant(-said.days_ago, said.time)?;
            let after_last = messages.last().map(|last| last.at + BREATH);
            messages.push(ImportedMessage {
                author: self.author(said)?,
                text: said.text.clone(),
                at: after_last.map_or(at, |earliest| at.max(earliest)),
            });
        }
        Ok(messages)
    }

    fn author(&self, said: &Said) -> anyhow::Result<ImportedAuthor> {
        Ok(match said.from {
            Speaker::Customer => ImportedAuthor::Customer,
            Speaker::Assistant => ImportedAuthor::Assistant,
            Speaker::User => ImportedAuthor::User(self.user(said.user.as_deref().unwrap_or_default())?),
        })
    }
}

/// Whoever wrote to the customer last answers them: a person who replied has taken over.
fn owner(messages: &[ImportedMessage]) -> Owner {
    let writer = messages.iter().rev().find(|message| message.author != ImportedAuthor::Customer);
    match writer.map(|message| message.author) {
        Some(ImportedAuthor::User(user_id)) => Owner::User(user_id),
        Some(ImportedAuthor::Assistant | ImportedAuthor::Customer) | None => Owner::Assistant,
    }
}
