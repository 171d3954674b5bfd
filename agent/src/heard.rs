//! What was written in a conversation, and the one way in which words in it are judged: those of a turn, those
//! that a person approves, and those that waited.

use forecourt_crm_store::{
    StoreError,
    dealership::DealershipProfile,
    turns::{HistoryMessage, TurnConversation},
};
use forecourt_domain::{
    contact::Assurance,
    conversation::{Author, Direction},
    evidence::{CommittedEffect, Evidence},
    hours::OpeningHours,
    language::Language,
    price_disclosure::total_price_rule,
};
use forecourt_prompts::SystemContext;
use jiff::Timestamp;

use crate::{agent::Agent, guards::GuardContext};

/// What the model is told and offered, and nobody else is to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub prompt: String,
    /// The names of its tools.
    pub tool_names: Vec<&'static str>,
}

/// A conversation as words in it are judged.
pub(crate) struct Heard<'a> {
    pub conversation: &'a TurnConversation,
    pub dealership: &'a DealershipProfile,
    pub hours: &'a OpeningHours,
    pub history: &'a [HistoryMessage],
    /// The inbound messages that are answered: those after the first number, up to the second.
    pub answered: (i64, i64),
    pub rules: &'a Rules,
    pub now: Timestamp,
}

/// What words rest on, beside what was heard.
#[derive(Clone, Copy)]
pub(crate) struct Stated<'a> {
    pub evidence: &'a [Evidence],
    pub effects: &'a [CommittedEffect],
    pub asked_if_bot: bool,
}

impl Heard<'_> {
    /// What the customer wrote, oldest first.
    pub fn customer_said(&self) -> Vec<String> {
        let inbound = self.history.iter().filter(|message| message.direction == Direction::Inbound);
        inbound.map(|message| message.text.clone()).collect()
    }

    /// What they wrote that is answered.
    pub fn asked(&self) -> Vec<String> {
        self.answered_messages().map(|message| message.text.clone()).collect()
    }

    /// The language the customer writes.
    pub fn language(&self) -> Language {
        Language::of_writer(self.customer_said().iter().map(String::as_str))
    }

    /// Whether every message that is answered arrived above `claimed`. One that is out of sight proves nothing.
    pub fn is_proven(&self) -> bool {
        let proves = |message: &HistoryMessage| message.assurance.is_some_and(Assurance::proves_ownership);
        self.answered_messages().next().is_some() && self.answered_messages().all(proves)
    }

    /// Calls `judge` with what words are judged by.
    pub fn judge<R>(&self, stated: Stated<'_>, judge: impl FnOnce(&GuardContext<'_>) -> R) -> R {
        let (customer_said, asked, sent) = (self.customer_said(), self.asked(), self.sent());
        let settings = &self.dealership.settings;
        let today = self.hours.zone.local(self.now).date();
        judge(&GuardContext {
            first_message: !self.conversation.texted_before,
            asked_if_bot: stated.asked_if_bot,
            evidence: stated.evidence,
            effects: stated.effects,
            customer_said: &customer_said,
            asked: &asked,
            sent: &sent,
            website: settings.website.as_deref(),
            total_price_required: total_price_rule(&settings.country, settings.address.region.as_deref(), today)
                .is_some(),
            tool_names: &self.rules.tool_names,
            prompt: &self.rules.prompt,
            ..GuardContext::of_dealership(
                self.conversation.channel,
                &self.hours.zone,
                self.now,
                settings.currency,
                (&self.dealership.name, &settings.assistant_name),
            )
        })
    }

    fn answered_messages(&self) -> impl Iterator<Item = &HistoryMessage> {
        let (from, to) = self.answered;
        self.history.iter().filter(move |message| message.inbound_no.is_some_and(|no| from < no && no <= to))
    }

    /// What the assistant said, oldest first.
    fn sent(&self) -> Vec<String> {
        let ours = self.history.iter().filter(|message| {
            message.direction == Direction::Outbound && matches!(message.author, Author::Assistant | Author::System)
        });
        ours.map(|message| message.text.clone()).collect()
    }
}

impl Agent {
    /// What this agent's model is told at a dealership.
    pub(crate) fn rules(&self, dealership: &DealershipProfile) -> Result<Rules, StoreError> {
        let prompt =
            self.prompts.render_system(&persona(dealership)).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Rules { prompt, tool_names: self.schemas.iter().map(|schema| schema.name).collect() })
    }
}

/// Whom the model plays.
pub(crate) fn persona(dealership: &DealershipProfile) -> SystemContext {
    SystemContext {
        assistant_name: dealership.settings.assistant_name.clone(),
        dealership_name: dealership.name.clone(),
    }
}
