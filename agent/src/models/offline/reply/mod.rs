//! The words of a reply: short, plain, and with no figure that a tool did not give.

mod appointments;
mod dealership;
mod vehicles;

use serde_json::Value;

use super::{
    calls::{Category, DealershipInfo, Topic},
    intent::{Courtesy, Intent, Missing},
    outputs::{Dealership, HandedOver},
    plan::{Outcome, Turn, parse, slots_call},
};
use forecourt_domain::appointment::AppointmentKind;

/// How long a reply may be, in letters: two text messages.
pub(super) const LIMIT: usize = 320;

/// How much is told where the whole would not fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// How many vehicles are listed.
    vehicles: usize,
    /// Whether colours and features are told.
    whole: bool,
    /// Whether a closing question may follow.
    closing: bool,
}

const DETAILS: [Detail; 5] = [
    Detail { vehicles: 3, whole: true, closing: true },
    Detail { vehicles: 3, whole: false, closing: true },
    Detail { vehicles: 3, whole: false, closing: false },
    Detail { vehicles: 2, whole: false, closing: false },
    Detail { vehicles: 1, whole: false, closing: false },
];

/// The reply to a turn whose calls are all made.
pub(super) fn compose(turn: &Turn<'_>) -> String {
    if turn.conversation.facts.blocked {
        return handed_over(turn, None).unwrap_or_else(|| NOT_REACHED.to_owned());
    }
    let texts = DETAILS.iter().map(|detail| told(turn, *detail));
    let mut longest = String::new();
    for text in texts {
        if text.chars().count() <= LIMIT {
            return text;
        }
        longest = text;
    }
    clip(&longest, LIMIT)
}

const NOT_REACHED: &str = "I'm sorry, I can't answer that properly here right now. Please call the dealership.";

fn told(turn: &Turn<'_>, detail: Detail) -> String {
    let mut parts: Vec<String> = Vec::new();
    for intent in &turn.intents {
        parts.extend(part(turn, intent, detail).filter(|part| !part.is_empty()));
    }
    parts.extend(handoff(turn));
    let mut text = parts.join(" ");
    if text.is_empty() {
        NOT_REACHED.clone_into(&mut text);
    }
    if detail.closing && !text.contains('?') {
        let closing = turn
            .intents
            .iter()
            .find_map(|intent| vehicles::closing(turn, intent).or_else(|| appointments::closing(turn, intent)));
        if let Some(closing) = closing {
            text.push(' ');
            text.push_str(closing);
        }
    }
    text
}

/// What is said to one intent; nothing where only a human can help, which is said once for all.
fn part(turn: &Turn<'_>, intent: &Intent, detail: Detail) -> Option<String> {
    match intent {
        Intent::Ask(missing) => return Some(question(*missing).to_owned()),
        Intent::Courtesy(courtesy) => return Some(said_politely(turn, *courtesy)),
        Intent::Book(_) if turn.call(intent).is_none() => return None,
        _ => {}
    }
    let call = turn.call(intent)?;
    match turn.outcome(&call) {
        Outcome::Open | Outcome::NotOffered => None,
        Outcome::Failed(failure) => outside_hours(turn, intent)
            .or_else(|| appointments::refused(intent, failure))
            .or_else(|| vehicles::refused(intent, failure)),
        Outcome::Done(output) => done(turn, intent, output, detail),
    }
}

/// The free times of the day, where a visit did not fit its opening hours.
fn outside_hours(turn: &Turn<'_>, intent: &Intent) -> Option<String> {
    let wanted = turn.other_times(intent)?;
    let Outcome::Done(output) = turn.outcome(&slots_call(&wanted)) else { return None };
    parse(output).map(|slots| appointments::offered_instead(&slots, &wanted))
}

fn done(turn: &Turn<'_>, intent: &Intent, output: &Value, detail: Detail) -> Option<String> {
    match intent {
        Intent::Search(search) => {
            let alone = turn.intents.iter().filter(|intent| matches!(intent, Intent::Search(_))).count() == 1;
            parse(output).map(|found| vehicles::found(&found, search, alone, detail))
        }
        Intent::Vehicle { asks, .. } => parse(output).map(|one| vehicles::one(&one, asks, detail)),
        Intent::Compare { by, asks, .. } => {
            parse(output).map(|compared| vehicles::compared(&compared, *by, asks, detail))
        }
        Intent::Dealership(info) => {
            parse(output).map(|known| dealership::told(&known, info, turn.conversation.facts.now))
        }
        Intent::Slots(wanted) => parse(output).map(|slots| appointments::offered(&slots, wanted)),
        Intent::Book(_) => parse(output).map(|changed| appointments::booked(&changed)),
        Intent::Reschedule { .. } => parse(output).map(|changed| appointments::moved(&changed)),
        Intent::Cancel { .. } => parse(output).map(|changed| appointments::cancelled(&changed)),
        Intent::MyAppointments => parse(output).and_then(|mine| appointments::mine(&mine)),
        Intent::Profile(profile) => Some(noted(profile.first_name.as_deref(), profile.email.is_some())),
        Intent::Lead(_) => {
            (turn.intents.len() == 1).then(|| "Thanks, I've noted that. What can I help you with?".to_owned())
        }
        Intent::HandOff { .. } | Intent::Ask(_) | Intent::Courtesy(_) => None,
    }
}

fn noted(first_name: Option<&str>, email: bool) -> String {
    let what = match (first_name, email) {
        (Some(_), true) => "your name and e-mail address",
        (Some(_), false) => "your name",
        (None, true) => "your e-mail address",
        (None, false) => "that",
    };
    match first_name {
        Some(name) => format!("Thanks, {name}! I've noted {what}."),
        None => format!("Thanks, I've noted {what}."),
    }
}

/// The question for what only the customer can say.
const fn question(missing: Missing) -> &'static str {
    match missing {
        Missing::When(AppointmentKind::TestDrive) => "Happy to set up a test drive. What day and time would suit you?",
        Missing::When(AppointmentKind::Service) => "Happy to set up a service visit. What day and time would suit you?",
        Missing::When(_) => "Happy to set that up. What day and time would suit you?",
        Missing::Day => "Happy to. Which day would suit you?",
        Missing::NewTime => "No problem. What day and time should I move your appointment to?",
        Missing::WhichSlot => "Great. Which of those times should I take?",
        Missing::Vehicle => {
            "Which vehicle do you mean? The stock number, or the year and model, would help me look it up."
        }
    }
}

fn said_politely(turn: &Turn<'_>, courtesy: Courtesy) -> String {
    let facts = &turn.conversation.facts;
    let dealership = facts.dealership.as_deref().unwrap_or("the dealership");
    match courtesy {
        Courtesy::Greeting => {
            let name = facts.customer_first_name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            format!(
                "Hi{name}! This is the automated assistant of {dealership}. I can look up vehicles and opening hours and set up visits. What can I do for you?"
            )
        }
        Courtesy::Thanks => "You're welcome! Just write if anything else comes up.".to_owned(),
        Courtesy::Bye => "Thanks for writing, take care!".to_owned(),
        Courtesy::Acknowledged => "Great. Is there anything else I can help with?".to_owned(),
        Courtesy::Declined => "No problem. Just write whenever I can help.".to_owned(),
        Courtesy::SeeYou => "Thank you, we look forward to seeing you!".to_owned(),
        Courtesy::WhatIAm => format!(
            "I'm the automated assistant of {dealership}, not a person. I can look up vehicles and opening hours and set up visits."
        ),
        Courtesy::WhatIDo => format!(
            "I'm the automated assistant of {dealership}. I can help with vehicles on our lot, opening hours, directions and visits. What would you like to know?"
        ),
    }
}

/// What is said about a human: only what the handoff itself confirmed.
fn handoff(turn: &Turn<'_>) -> Option<String> {
    let wanted = turn.intents.iter().find_map(|intent| match intent {
        Intent::HandOff { category, .. } => Some(*category),
        _ => None,
    });
    let short = turn.intents.iter().find_map(|intent| turn.shortfall(intent));
    if wanted.is_none() && short.is_none() {
        return None;
    }
    handed_over(turn, wanted.or(short.map(|(category, _)| category)))
        .or_else(|| Some("I'm sorry, that is something I can't do here, and I could not reach a colleague just now. Please call the dealership.".to_owned()))
}

/// That a human was asked, if one was.
fn handed_over(turn: &Turn<'_>, category: Option<Category>) -> Option<String> {
    let handed: HandedOver = turn.conversation.output("escalate_to_human").and_then(parse)?;
    let lead = match category {
        Some(Category::CustomerAsked) => "Of course. I've passed your message on to a colleague.",
        Some(Category::Finance) => "Financing and payments need a colleague, so I've passed your question on.",
        Some(Category::TradeIn) => "A value for your vehicle needs a colleague's eye, so I've passed the details on.",
        Some(Category::Pricing) => {
            "I can't go beyond the listed prices here, so I've passed your question on to a colleague."
        }
        Some(Category::Complaint) => "I'm sorry about that. I've passed this on to a colleague.",
        Some(Category::Safety) => {
            "I'm sorry to hear that. If anyone is in danger, please call emergency services first. I've passed this on to a colleague."
        }
        Some(Category::NotUnderstood) => {
            "I'm not sure I can answer that correctly, so I've passed it on to a colleague."
        }
        Some(Category::Other) | None => "I've passed that on to a colleague.",
    };
    let then = match (handed.open_now, handed.next_open) {
        (true, _) => "Someone will get back to you here.".to_owned(),
        (false, Some(opens)) => format!("We're closed right now; someone will get back to you after we open {opens}."),
        (false, None) => "We're closed right now; someone will get back to you once we open.".to_owned(),
    };
    Some(format!("{lead} {then}"))
}

/// Whether something that was asked of the dealership is not known.
pub(super) fn lacks(known: &Dealership, info: &DealershipInfo) -> bool {
    info.topics.iter().any(|topic| match topic {
        Topic::Address => known.address.is_none(),
        Topic::Phone => known.phone.is_none() && known.departments.iter().all(|department| department.phone.is_none()),
        Topic::Hours => known.hours.iter().all(|hours| hours.days.is_empty()),
        Topic::Website => known.website.is_none(),
        Topic::Departments | Topic::Faq => false,
    })
}

/// `text` cut after the last whole sentence, else the last whole word, within `limit` letters. A
/// figure is never cut in two.
fn clip(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit).collect();
    let mut ends = head.rmatch_indices(['.', '?', '!']).map(|(at, _)| at + 1);
    let sentence = ends.find(|at| head[*at..].starts_with([' ', '\n']));
    let word = head.rfind(char::is_whitespace);
    let end = sentence.filter(|at| *at > limit / 3).or(word).unwrap_or(0);
    head[..end].trim_end().to_owned()
}

/// `a, b and c`.
fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// `text` with its first letter in upper case.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_sentence_and_never_inside_a_figure() {
        assert_eq!(clip("One. Two three.", 20), "One. Two three.");
        assert_eq!(clip("First one. It costs $26,990 today.", 22), "First one.");
        assert_eq!(clip("It costs $26,990", 13), "It costs");
    }
}
