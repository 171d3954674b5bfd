//! The assistant itself: its switches, the words they hold, and what it may use in a day.

use askama::{Template, filters::HtmlSafe};
use axum::{extract::State, response::Response};
use forecourt_crm_store::{
    CrmTx,
    conversations::{HeldMessage, Switches, Thrown},
};
use forecourt_domain::{action::Channel, autonomy::PausedBy, ids::ConversationId};

use super::{
    arguments::Line,
    failure::{Failure, render},
    filters,
    session::SignedIn,
    shell::Shell,
    times::{Calendar, When},
    words,
};
use crate::http::{
    AppState,
    api::{
        ai::{HELD_LIMIT, why_waiting},
        caps::{self, CapsStatus},
    },
    problem::Problem,
};

/// Every channel that a switch can stop: those over which customers are written to, and the copilot's.
const CHANNELS: [Channel; 4] = [Channel::Sms, Channel::Email, Channel::WebChat, Channel::Copilot];

/// Switches, held words and caps.
#[derive(Template)]
#[template(path = "assistant.html")]
pub struct Assistant {
    assistant: String,
    switches: Vec<Switch>,
    held: Vec<Held>,
    is_cut: bool,
    caps: Vec<Line>,
}

impl HtmlSafe for Assistant {}

/// One switch with its button.
struct Switch {
    /// Unique on the page.
    key: String,
    scope: &'static str,
    name: String,
    /// What it stops.
    does: String,
    channel: Option<Channel>,
    conversation: Option<ConversationId>,
    paused: Option<Paused>,
    may_throw: bool,
}

impl Switch {
    const fn verb(&self) -> &'static str {
        if self.paused.is_some() { "resume" } else { "pause" }
    }
}

/// Who threw it, when and why.
struct Paused {
    by: String,
    since: When,
    reason: Option<String>,
}

/// Words that wait.
struct Held {
    conversation: ConversationId,
    who: String,
    channel: &'static str,
    text: String,
    why: String,
    since: When,
}

impl Assistant {
    /// Reads everything in one transaction.
    pub async fn load(state: &AppState, shell: &Shell, tx: &mut CrmTx) -> Result<Self, Problem> {
        let switches = tx.load_switches().await?;
        let held = tx.load_held(HELD_LIMIT).await?;
        let caps = caps::read_in(tx, state.agent.pricing()).await?;
        Ok(Self {
            assistant: shell.assistant.clone(),
            switches: shown(shell, switches),
            is_cut: i64::try_from(held.len()).is_ok_and(|length| length == HELD_LIMIT),
            held: held.into_iter().map(|message| waiting(&shell.calendar, message)).collect(),
            caps: lines(&caps),
        })
    }
}

fn shown(shell: &Shell, switches: Switches) -> Vec<Switch> {
    let Switches { group, dealership, channels, conversations } = switches;
    let paused = |thrown: Thrown| Paused {
        by: thrown.by_name.unwrap_or_else(|| "somebody".to_owned()),
        since: shell.calendar.moment(thrown.at),
        reason: thrown.reason,
    };
    let mut all = vec![
        Switch {
            key: "group".to_owned(),
            scope: PausedBy::Group.as_str(),
            name: "The whole group".to_owned(),
            does: "Stops the AI in every dealership of the group. Only an admin of all of them may.".to_owned(),
            channel: None,
            conversation: None,
            paused: group.map(paused),
            may_throw: shell.person.may_switch_group,
        },
        Switch {
            key: "dealership".to_owned(),
            scope: PausedBy::Dealership.as_str(),
            name: shell.dealership.clone(),
            does: "Stops the AI in this dealership, on every channel.".to_owned(),
            channel: None,
            conversation: None,
            paused: dealership.map(paused),
            may_throw: shell.person.may_switch,
        },
    ];
    let mut channels = channels;
    all.extend(CHANNELS.map(|channel| {
        let at = channels.iter().position(|(of, _)| *of == channel);
        Switch {
            key: channel.to_string(),
            scope: PausedBy::Channel.as_str(),
            name: words::channel(channel).to_owned(),
            does: format!("Stops the AI on this channel only: {}.", words::channel(channel)),
            channel: Some(channel),
            conversation: None,
            paused: at.map(|at| paused(channels.swap_remove(at).1)),
            may_throw: shell.person.may_switch,
        }
    }));
    all.extend(conversations.into_iter().map(|conversation| Switch {
        key: conversation.id.to_string(),
        scope: PausedBy::Conversation.as_str(),
        name: conversation.who,
        does: "Stops the AI in this conversation only. Others are thrown in the conversation itself.".to_owned(),
        channel: None,
        conversation: Some(conversation.id),
        paused: Some(paused(conversation.thrown)),
        may_throw: shell.person.may_switch || shell.person.may_write,
    }));
    all
}

fn waiting(calendar: &Calendar, message: HeldMessage) -> Held {
    let why = match (message.stopped_by, why_waiting(&message, calendar.now)) {
        (Some(PausedBy::Group), _) => "Held: the AI is paused in the group".to_owned(),
        (Some(PausedBy::Dealership), _) => "Held: the AI is paused here".to_owned(),
        (Some(PausedBy::Channel), _) => "Held: the AI is paused on this channel".to_owned(),
        (Some(PausedBy::Conversation), _) => "Held: the AI is paused in this conversation".to_owned(),
        (None, "not_before") => "Waits for its time".to_owned(),
        (None, "queued") => "Leaves next".to_owned(),
        (None, reason) => format!("Held: {}", reason.replace('_', " ")),
    };
    Held {
        conversation: message.conversation_id,
        who: message.who,
        channel: words::channel(message.channel),
        text: message.text,
        why,
        since: calendar.moment(message.since),
    }
}

fn lines(status: &CapsStatus) -> Vec<Line> {
    let (caps, today) = (&status.caps, &status.today);
    let dollars = |micros: i64| format!("${}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000);
    let of = |used: String, cap: Option<String>, reached: bool| {
        let cap = cap.map_or("no cap".to_owned(), |cap| format!("cap {cap}"));
        format!("{used}, {cap}{}", if reached { ": reached" } else { "" })
    };
    let tokens = today.input_tokens + today.output_tokens;
    let spent = today.spend_micros.map_or("not known (no price is set)".to_owned(), dollars);
    let spend_cap = caps.daily_spend_cap_minor.map(|cents| dollars(cents.saturating_mul(10_000)));
    let line = |name: &str, value: String| Line { name: name.to_owned(), value };
    vec![
        line("Day", today.day.clone()),
        line(
            "Tokens",
            of(tokens.to_string(), caps.daily_token_cap.map(|cap| cap.to_string()), today.token_cap_reached),
        ),
        line("Money", of(spent, spend_cap, today.spend_cap_reached)),
        line("Answers", format!("at most {} to one customer", caps.answers_per_customer)),
    ]
}

/// The pane alone, for a page that heard of a change.
pub async fn fragment(State(state): State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&Assistant::load(&state, &shell, &mut tx).await?))
}
