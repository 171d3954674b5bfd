//! The gate before a turn.

use forecourt_domain::{
    action::{ActionKind, Trigger},
    autonomy::{AutonomyLevel, PausedBy},
    contact::ConsentState,
    conversation::OwnerKind,
    settings::AfterHours,
    staff::Role,
};
use forecourt_policies::{Actor, Facts, Fault, TurnGate, Verdict};

use crate::{BUILT_IN, about, facts};

fn gate(facts: Facts) -> TurnGate {
    BUILT_IN.gate(&about(ActionKind::Respond, facts)).0
}

#[test]
fn the_gate_tells_answering_acknowledging_silence_and_a_person_apart() {
    let closed = |after_hours| Facts { business_open: false, after_hours, ..facts() };
    for (expected, facts) in [
        (TurnGate::Respond, facts()),
        (TurnGate::Respond, Facts { level: AutonomyLevel::Approve, ..facts() }),
        (TurnGate::Respond, Facts { level: AutonomyLevel::Suggest, ..facts() }),
        (TurnGate::Silent, Facts { level: AutonomyLevel::Off, ..facts() }),
        (TurnGate::Respond, closed(AfterHours::Respond)),
        (TurnGate::AcknowledgeOnly, closed(AfterHours::AcknowledgeOnly)),
        (TurnGate::Silent, closed(AfterHours::Silent)),
        (TurnGate::Respond, Facts { after_hours: AfterHours::Silent, ..facts() }),
        (TurnGate::AcknowledgeOnly, Facts { answers_today: 60, ..facts() }),
        (TurnGate::AcknowledgeOnly, Facts { token_cap_reached: true, ..facts() }),
        (TurnGate::AcknowledgeOnly, Facts { spend_cap_reached: true, ..facts() }),
        (TurnGate::Silent, Facts { spend_cap_reached: true, paused: Some(PausedBy::Channel), ..facts() }),
        (TurnGate::Silent, Facts { paused: Some(PausedBy::Group), ..facts() }),
        (TurnGate::Silent, Facts { consent: ConsentState::OptedOut, ..facts() }),
        (TurnGate::Silent, Facts { dealership_suspended: true, ..facts() }),
        (TurnGate::OwnedByHuman, Facts { owner: OwnerKind::User, ..facts() }),
        (TurnGate::OwnedByHuman, Facts { owner: OwnerKind::User, paused: Some(PausedBy::Group), ..facts() }),
        (TurnGate::OwnedByHuman, Facts { owner: OwnerKind::User, ..closed(AfterHours::AcknowledgeOnly) }),
    ] {
        assert_eq!(gate(facts), expected, "{facts:?}");
    }
}

#[test]
fn a_copilot_answers_its_user_whoever_owns_the_conversation() {
    for &role in Role::ALL {
        let copilot = Facts { actor: Actor::Copilot { role }, trigger: Trigger::Copilot, ..facts() };
        assert_eq!(gate(Facts { owner: OwnerKind::User, ..copilot }), TurnGate::Respond, "{role}");
    }
}

#[test]
fn a_reminder_that_is_due_while_closed_runs_at_the_opening() {
    let opens_at = "2026-11-21T16:00:00Z".parse().unwrap();
    let reminder = Facts { trigger: Trigger::Reminder, answers_inbound: false, ..facts() };
    let closed = Facts { business_open: false, after_hours: AfterHours::Silent, opens_at: Some(opens_at), ..reminder };
    let (gate, decision) = BUILT_IN.gate(&about(ActionKind::Respond, closed));
    assert_eq!((gate, decision.not_before), (TurnGate::Respond, Some(opens_at)));
}

#[test]
fn a_gate_asked_about_another_action_stays_shut_and_says_so() {
    let (gate, decision) = BUILT_IN.gate(&about(ActionKind::ReadInventory, facts()));
    assert_eq!((gate, decision.verdict), (TurnGate::Silent, Verdict::Deny));
    assert_eq!(decision.faults, [Fault::NotATurnGate { action: ActionKind::ReadInventory }]);
}
