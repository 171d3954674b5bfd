//! What was said and what was stopped, in the order of time, in plainly different voices.

use std::cmp::Reverse;

use forecourt_crm_store::{
    conversations::{EventKind, ThreadEvent, ThreadMessage},
    inbox::Draft,
};
use forecourt_domain::{
    conversation::{Author, Direction},
    ids::{MessageId, UserId},
};

use super::{
    arguments,
    shell::Shell,
    times::When,
    words::{self, OwnerSeen},
};

/// An entry of a thread.
pub enum Entry {
    /// Where a day begins.
    Day(String),
    Message(Message),
    Draft(StoppedDraft),
    Happened(Happened),
}

/// What a thread is made of.
pub struct Said {
    pub thread: Vec<ThreadMessage>,
    pub drafts: Vec<Draft>,
    pub events: Vec<ThreadEvent>,
}

/// Something that happened between the messages.
pub struct Happened {
    pub words: String,
    pub when: When,
    /// Whether somebody should look at it.
    pub is_trouble: bool,
}

/// A message as people see it.
pub struct Message {
    pub id: String,
    /// `customer`, `assistant`, `colleague` or `system`: how it looks.
    pub voice: &'static str,
    /// Who it was, in words.
    pub speaker: String,
    /// What the speaker is, where the name alone does not say it.
    pub part: Option<&'static str>,
    pub text: String,
    pub when: When,
    /// Where an outgoing message stands.
    pub delivery: Option<Delivery>,
    /// Whether it waits for people to look at, who may send, edit or stop it.
    pub is_held: bool,
    /// Whether this user's typing stopped it and they have not written since: what they typed may take its place.
    pub is_theirs_to_edit: bool,
    /// Whether there is an explanation of it.
    pub has_reasons: bool,
}

/// Where a message stands, in words.
pub struct Delivery {
    pub words: String,
    /// Whether somebody should look at it.
    pub is_trouble: bool,
}

/// Words of the assistant that were not sent.
pub struct StoppedDraft {
    pub id: String,
    pub text: String,
    pub why: String,
    pub when: When,
    /// Whether these are words for the customer.
    pub is_reply: bool,
}

/// Messages and drafts in the order of time, with the days between them.
#[must_use]
pub fn entries(shell: &Shell, who: &str, owner: Option<UserId>, said: Said) -> Vec<Entry> {
    let seen = shell.sees(owner);
    // Ids grow with time.
    let written = said.thread.iter().filter(|spoken| shell.sees(spoken.author_user_id) == OwnerSeen::You);
    let newest_of_theirs = written.map(|spoken| spoken.id).max();
    let messages = said.thread.into_iter();
    let messages =
        messages.map(|spoken| (spoken.created_at, Entry::Message(message(shell, who, seen, spoken, newest_of_theirs))));
    let drafts = said.drafts.into_iter();
    let drafts = drafts.map(|stopped| (stopped.created_at, Entry::Draft(draft(shell, stopped))));
    let events = said.events.into_iter().map(|event| (event.at, Entry::Happened(happened(shell, &event))));
    let mut timed: Vec<_> = messages.chain(drafts).chain(events).collect();
    timed.sort_by_key(|(at, entry)| (*at, Reverse(matches!(entry, Entry::Draft(_)))));
    let mut entries = Vec::with_capacity(timed.len() + 4);
    let mut day = String::new();
    for (at, entry) in timed {
        let today = shell.calendar.day(at);
        if today != day {
            entries.push(Entry::Day(today.clone()));
            day = today;
        }
        entries.push(entry);
    }
    entries
}

/// The reason under which an action is kept that a person may do: `tool: {arguments}`.
const SUGGESTED_ACTION: &str = "suggested_action";

fn action_in_words(shell: &Shell, text: &str) -> Option<String> {
    let (tool, arguments) = text.split_once(": ")?;
    let lines = arguments::in_words(&serde_json::from_str(arguments).ok()?, &shell.calendar);
    let lines = lines.into_iter().map(|line| format!("{}: {}", line.name, line.value));
    Some(std::iter::once(arguments::name_in_words(tool)).chain(lines).collect::<Vec<_>>().join("\n"))
}

fn message(
    shell: &Shell,
    who: &str,
    owner: OwnerSeen,
    message: ThreadMessage,
    newest_of_theirs: Option<MessageId>,
) -> Message {
    let (voice, speaker, part) = speaker(shell, who, &message);
    let delivery = match message.held_until {
        Some(until) => Some(Delivery {
            words: format!("waits for a look; leaves by itself {}", shell.calendar.moment(until).text),
            is_trouble: false,
        }),
        None => message.delivery.map(|status| Delivery {
            words: words::delivery(status, message.delivery_reason.as_deref(), owner),
            is_trouble: words::is_trouble(status),
        }),
    };
    Message {
        id: message.id.to_string(),
        voice,
        speaker,
        part,
        text: message.text,
        when: shell.calendar.time(message.created_at),
        delivery,
        is_held: message.held_until.is_some(),
        is_theirs_to_edit: shell.sees(message.stopped_by_typing_of) == OwnerSeen::You
            && newest_of_theirs < Some(message.id),
        has_reasons: matches!(message.author, Author::Assistant | Author::UserViaAssistant),
    }
}

fn happened(shell: &Shell, event: &ThreadEvent) -> Happened {
    let by = event.by.as_deref().unwrap_or("A colleague");
    let assistant = &shell.assistant;
    let (words, cut) = match event.kind {
        EventKind::TakenOver => (format!("{by} took over."), format!("{by} took over")),
        EventKind::HandedBack if event.by.is_some() => {
            (format!("{by} handed back to {assistant}."), format!("{by} handed back"))
        }
        EventKind::HandedBack => {
            (format!("Back to {assistant}: nobody had written by hand for a while."), "it went back".to_owned())
        }
        EventKind::OptedOut => ("The customer said STOP.".to_owned(), "the customer said STOP".to_owned()),
        EventKind::OptedIn => ("The customer said START.".to_owned(), "the customer said START".to_owned()),
        EventKind::HandBackAnnounced => {
            (format!("The owner was told that this goes back to {assistant} soon."), String::new())
        }
        EventKind::HandoffDropped => {
            ("Nobody took the ticket in time: it counts as dropped.".to_owned(), String::new())
        }
    };
    let leaving = match event.already_leaving.len() {
        0 => String::new(),
        1 => format!(" 1 message was already leaving when {cut}."),
        many => format!(" {many} messages were already leaving when {cut}."),
    };
    Happened {
        words: format!("{words}{leaving}"),
        when: shell.calendar.time(event.at),
        is_trouble: event.kind == EventKind::HandoffDropped || !event.already_leaving.is_empty(),
    }
}

fn speaker(shell: &Shell, who: &str, message: &ThreadMessage) -> (&'static str, String, Option<&'static str>) {
    let colleague = || match (message.author_user_id, &message.author_name) {
        (Some(user), _) if shell.sees(Some(user)) == OwnerSeen::You => "You".to_owned(),
        (_, Some(name)) => name.clone(),
        (_, None) => "A colleague".to_owned(),
    };
    match (message.direction, message.author) {
        (Direction::Inbound, _) | (_, Author::Customer) => ("customer", who.to_owned(), None),
        (_, Author::UserViaAssistant) if message.by_hand => {
            ("colleague", colleague(), Some("edited from the assistant's words"))
        }
        (_, Author::Assistant) => ("assistant", shell.assistant.clone(), Some("assistant")),
        (_, Author::UserViaAssistant) => {
            ("assistant", shell.assistant.clone(), Some("assistant, approved by a person"))
        }
        (_, Author::User) => ("colleague", colleague(), None),
        (_, Author::System) => ("system", shell.dealership.clone(), Some("automatic text")),
    }
}

fn draft(shell: &Shell, draft: Draft) -> StoppedDraft {
    let action = (draft.reason == SUGGESTED_ACTION).then(|| action_in_words(shell, &draft.text)).flatten();
    StoppedDraft {
        id: draft.id.to_string(),
        is_reply: draft.reason != SUGGESTED_ACTION,
        text: action.unwrap_or(draft.text),
        why: words::draft(&draft.reason),
        when: shell.calendar.time(draft.created_at),
    }
}
