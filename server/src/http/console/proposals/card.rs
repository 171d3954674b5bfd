//! A proposal as a card: its items in order, what they rest on, and the ways to decide.

use askama::{Template, filters::HtmlSafe};
use forecourt_crm_store::proposals::{Item, Proposal};
use forecourt_domain::ids::{ConversationId, ProposedActionId};
use jiff::Timestamp;

use super::editing::{Edited, Field, fields};
use crate::http::console::{
    arguments::{self, Line},
    filters,
    place::Place,
    shell::Shell,
    times::When,
    words,
};

/// A proposal with its buttons.
#[derive(Template)]
#[template(path = "proposal.html")]
pub struct Card {
    id: ProposedActionId,
    digest: String,
    title: String,
    items: Vec<ItemShown>,
    expires: When,
    /// How long there is to decide.
    left: String,
    conversation: ConversationId,
    who: String,
    /// Where the card stands, and the answer to a decision goes back to.
    place: Place,
    may_decide: bool,
    /// The roles that may.
    deciders: String,
    /// Somebody's edit did not go through: it is shown again.
    is_edited: bool,
}

impl HtmlSafe for Card {}

/// One thing that would run.
struct ItemShown {
    no: i16,
    title: &'static str,
    /// Words to send, where that is the action.
    words: Option<String>,
    lines: Vec<Line>,
    facts: Vec<Line>,
    reason: String,
    fields: Vec<Field>,
}

impl Card {
    /// The card of a proposal that waits.
    #[must_use]
    pub fn new(shell: &Shell, (who, place): (String, Place), proposal: &Proposal, edited: Option<&Edited>) -> Self {
        let edited = edited.filter(|edited| edited.id == proposal.id);
        let deciders = shell.deciders.roles(proposal);
        Self {
            id: proposal.id,
            digest: proposal.digest.clone(),
            title: title(proposal),
            items: proposal.pending().map(|item| shown(shell, item, edited)).collect(),
            expires: shell.calendar.moment(proposal.expires_at),
            left: left(proposal.expires_at, shell.calendar.now),
            conversation: proposal.conversation_id,
            who,
            place,
            may_decide: deciders.contains(&shell.role()),
            deciders: deciders.iter().map(|role| words::role(*role)).collect::<Vec<_>>().join(", "),
            is_edited: edited.is_some(),
        }
    }

    fn is_in_its_thread(&self) -> bool {
        matches!(self.place, Place::Conversation(_))
    }

    /// Numbers where there is an order.
    fn has_several(&self) -> bool {
        self.items.len() > 1
    }

    /// Another proposal, or the same with other items, has other fields.
    fn edit_id(&self) -> String {
        format!("edit-{}-{}", self.id, self.digest.get(..8).unwrap_or_default())
    }
}

/// What approving does, item after item: `Book an appointment, then send this reply`.
#[must_use]
pub fn title(proposal: &Proposal) -> String {
    let mut orders: Vec<String> = proposal.items.iter().map(|item| words::action(item.action).to_owned()).collect();
    for order in orders.iter_mut().skip(1) {
        let first = order.chars().next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
        order.replace_range(..first.len().min(order.len()), &first);
    }
    if orders.is_empty() { "Proposed by an earlier version".to_owned() } else { orders.join(", then ") }
}

/// An item in one line: what it does and with what.
#[must_use]
pub fn in_one_line(shell: &Shell, item: &Item) -> String {
    let what = match item.text() {
        Some(text) => text.to_owned(),
        None => {
            let lines = arguments::in_words(&item.arguments, &shell.calendar);
            lines.iter().map(|line| format!("{}: {}", line.name, line.value)).collect::<Vec<_>>().join("; ")
        }
    };
    format!("{}: {what}", words::action(item.action))
}

fn shown(shell: &Shell, item: &Item, edited: Option<&Edited>) -> ItemShown {
    let words = item.text().map(str::to_owned);
    let lines = if words.is_some() { Vec::new() } else { arguments::in_words(&item.arguments, &shell.calendar) };
    ItemShown {
        no: item.no,
        title: words::action(item.action),
        words,
        lines,
        facts: item
            .facts
            .iter()
            .map(|fact| Line {
                name: format!("{} of {}", arguments::name_in_words(&fact.field), fact.source.label),
                value: fact.shown.clone(),
            })
            .collect(),
        reason: item.reason.clone(),
        fields: fields(item, edited),
    }
}

/// `23 h 40 min left`.
fn left(expires_at: Timestamp, now: Timestamp) -> String {
    let minutes = expires_at.duration_since(now).as_mins();
    match (minutes / 60, minutes % 60) {
        (..=0, ..=0) => "its time is over".to_owned(),
        (0, minutes) => format!("{minutes} min left"),
        (hours, minutes) => format!("{hours} h {minutes:02} min left"),
    }
}
