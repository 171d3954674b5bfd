//! Each circumstance by itself, and each actor: which actions it touches and under whose name.

use std::fmt::Write as _;

use forecourt_domain::{
    action::{Channel, Trigger},
    autonomy::PausedBy,
    contact::ConsentState,
    conversation::OwnerKind,
    settings::AfterHours,
};
use forecourt_policies::{Actor, Facts};

use crate::{by_outcome, every_actor, facts};

/// Name and facts of every circumstance that a built-in policy knows.
fn circumstances() -> Vec<(&'static str, Facts)> {
    let usual = facts();
    let started = Facts { trigger: Trigger::FollowUp, answers_inbound: false, ..usual };
    let closed = |after_hours, facts| Facts {
        business_open: false,
        opens_at: Some("2026-11-21T16:00:00Z".parse().unwrap()),
        after_hours,
        ..facts
    };
    let night = |facts| Facts { quiet_hours_end: Some("2026-11-21T15:00:00Z".parse().unwrap()), ..facts };
    let capped = |facts| Facts { answers_today: 60, ..facts };
    vec![
        ("an ordinary afternoon", usual),
        ("the assistant is paused for the conversation", Facts { paused: Some(PausedBy::Conversation), ..usual }),
        ("a person owns the conversation", Facts { owner: OwnerKind::User, ..usual }),
        ("the customer opted out of texts", Facts { consent: ConsentState::OptedOut, ..usual }),
        (
            "the customer opted out and chats on the web",
            Facts { consent: ConsentState::OptedOut, channel: Channel::WebChat, ..usual },
        ),
        ("nobody proved who is texting", Facts { assurance_proven: false, own_profile: false, ..usual }),
        ("a customer texts in quiet hours", night(usual)),
        ("a follow-up is due in quiet hours", night(started)),
        (
            "an approval of what a customer asked for comes in quiet hours",
            night(Facts { trigger: Trigger::ApprovalOutcome, ..usual }),
        ),
        ("closed, and the assistant responds", closed(AfterHours::Respond, usual)),
        ("closed, and it only acknowledges", closed(AfterHours::AcknowledgeOnly, usual)),
        ("closed, and it is silent", closed(AfterHours::Silent, usual)),
        ("closed and silent, and a follow-up is due", closed(AfterHours::Silent, started)),
        ("closed and silent, a follow-up is due in quiet hours", night(closed(AfterHours::Silent, started))),
        (
            "closed and silent, a follow-up is due and no opening is known",
            Facts { opens_at: None, ..closed(AfterHours::Silent, started) },
        ),
        ("the customer had as many answers as allowed", capped(usual)),
        ("as many answers as allowed, and a follow-up is due", capped(started)),
        ("the tokens of the day are used up", Facts { token_cap_reached: true, ..usual }),
        ("the money of the day is used up", Facts { spend_cap_reached: true, ..usual }),
        (
            "both are used up, and a follow-up is due",
            Facts { token_cap_reached: true, spend_cap_reached: true, ..started },
        ),
        ("the dealership is suspended", Facts { dealership_suspended: true, ..usual }),
    ]
}

#[test]
fn each_circumstance_touches_what_the_list_says() {
    let mut list = String::new();
    for (name, facts) in circumstances() {
        write!(list, "{name}\n{}", by_outcome(facts)).unwrap();
    }
    insta::assert_snapshot!(list);
}

#[test]
fn each_actor_may_do_what_the_list_says() {
    let mut list: Vec<(Vec<String>, String)> = Vec::new();
    for actor in every_actor() {
        let outcomes = by_outcome(Facts { actor, ..facts() });
        match list.iter_mut().find(|(_, known)| *known == outcomes) {
            Some((names, _)) => names.push(name(actor)),
            None => list.push((vec![name(actor)], outcomes)),
        }
    }
    let list: String = list.into_iter().map(|(names, outcomes)| format!("{}\n{outcomes}", names.join(", "))).collect();
    insta::assert_snapshot!(list);
}

fn name(actor: Actor) -> String {
    match actor {
        Actor::Agent => "assistant".to_owned(),
        Actor::Copilot { role } => format!("copilot of {role}"),
        Actor::User { role } => role.to_string(),
        Actor::System => "system".to_owned(),
    }
}
