//! The list of conversations: those that need a person first, then all others, newest first.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Query, State},
    response::Response,
};
use forecourt_crm_store::{CrmTx, StoreError, conversations::ConversationSummary};
use forecourt_domain::{conversation::Author, ids::ConversationId};
use serde::Deserialize;

use super::{
    failure::{Failure, render},
    filters,
    session::SignedIn,
    shell::Shell,
    times::When,
    words::{self, OwnerSeen},
};
use crate::http::{AppState, api::conversations::LIST_LIMIT};

/// The list, and which of it is open beside it.
#[derive(Template)]
#[template(path = "list.html")]
pub struct List {
    open: Option<ConversationId>,
    assistant: String,
    /// Those a person must look at.
    waiting: Vec<Row>,
    others: Vec<Row>,
    is_cut: bool,
}

impl HtmlSafe for List {}

/// A line of the list.
struct Row {
    id: ConversationId,
    who: String,
    initials: String,
    channel: &'static str,
    channel_icon: &'static str,
    last_text: String,
    /// Who spoke last, where it was not the customer.
    last_speaker: Option<String>,
    when: When,
    owner: OwnerSeen,
    owner_name: String,
    needs_person: bool,
    unanswered: bool,
    opted_out: bool,
    paused: bool,
    is_open: bool,
}

impl List {
    /// Reads the list.
    pub async fn load(shell: &Shell, tx: &mut CrmTx, open: Option<ConversationId>) -> Result<Self, StoreError> {
        let conversations = tx.load_conversations(LIST_LIMIT).await?;
        let is_cut = i64::try_from(conversations.len()).is_ok_and(|length| length == LIST_LIMIT);
        let rows = conversations.into_iter().map(|conversation| row(shell, conversation, open));
        let (waiting, others) = rows.partition(|row| row.needs_person);
        Ok(Self { open, assistant: shell.assistant.clone(), waiting, others, is_cut })
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.others.is_empty()
    }
}

fn row(shell: &Shell, conversation: ConversationSummary, open: Option<ConversationId>) -> Row {
    let owner = shell.sees(conversation.owner_user_id);
    let owner_name = match (owner, conversation.owner_user_id) {
        (OwnerSeen::You, _) => "You".to_owned(),
        (OwnerSeen::Colleague, Some(user)) => shell.name_of(user).to_owned(),
        (OwnerSeen::Assistant | OwnerSeen::Colleague, _) => shell.assistant.clone(),
    };
    Row {
        id: conversation.id,
        initials: initials(&conversation.who),
        who: conversation.who,
        channel: words::channel(conversation.channel),
        channel_icon: words::channel_icon(conversation.channel),
        last_speaker: conversation.last_author.and_then(|author| last_speaker(shell, author)),
        last_text: conversation.last_text,
        when: shell.calendar.short(conversation.last_message_at),
        owner,
        owner_name,
        // The assistant answers by itself; where a person owns it, a question waits for that person.
        needs_person: conversation.handoff_open || (conversation.unanswered && owner != OwnerSeen::Assistant),
        unanswered: conversation.unanswered,
        opted_out: conversation.opted_out,
        paused: conversation.paused,
        is_open: open == Some(conversation.id),
    }
}

fn last_speaker(shell: &Shell, author: Author) -> Option<String> {
    match author {
        Author::Customer => None,
        Author::Assistant | Author::UserViaAssistant => Some(shell.assistant.clone()),
        Author::User => Some("Team".to_owned()),
        Author::System => Some("Automatic".to_owned()),
    }
}

/// `EG` for Elena Garcia; nothing for a number.
fn initials(who: &str) -> String {
    let mut letters =
        who.split_whitespace().filter_map(|word| word.chars().next().filter(|letter| letter.is_alphabetic()));
    let (first, last) = (letters.next(), letters.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Which conversation is open beside the list.
#[derive(Debug, Deserialize)]
pub struct Beside {
    open: Option<ConversationId>,
}

/// The list alone, for a page that heard of a change.
pub async fn fragment(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    Query(beside): Query<Beside>,
) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&List::load(&shell, &mut tx, beside.open).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_names_only() {
        for (who, expected) in
            [("Elena Garcia", "EG"), ("élodie", "É"), ("+17205550123", ""), ("Ana de la Cruz", "AC"), ("", "")]
        {
            assert_eq!(initials(who), expected);
        }
    }
}
