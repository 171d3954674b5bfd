//! The promises that the built-in policies keep, one claim each.

use forecourt_domain::{
    action::{ActionKind, Channel, Effect, Trigger},
    autonomy::{AutonomyLevel, PausedBy},
    contact::ConsentState,
    conversation::OwnerKind,
    staff::Role,
};
use forecourt_policies::{Actor, Facts, PolicyEffect, Verdict};

use crate::{about, decide, every_actor, facts};

const READS: [ActionKind; 3] =
    [ActionKind::ReadInventory, ActionKind::ReadDealershipInfo, ActionKind::ReadAppointments];

#[test]
fn an_opted_out_customer_is_never_texted_or_mailed() {
    let outbound = || ActionKind::ALL.iter().filter(|action| action.effect() == Effect::Outbound);
    for actor in every_actor().into_iter().filter(|actor| *actor != Actor::System) {
        for (&action, &trigger) in outbound().flat_map(|action| Trigger::ALL.iter().map(move |why| (action, why))) {
            for channel in [Channel::Sms, Channel::Email] {
                let facts = Facts { actor, trigger, channel, consent: ConsentState::OptedOut, ..facts() };
                assert_eq!(
                    decide(about(action, facts)).verdict,
                    Verdict::Deny,
                    "{actor:?} {action} {trigger} {channel}"
                );
            }
        }
    }
}

#[test]
fn the_confirmation_of_a_stop_leaves_at_once_even_while_paused_owned_and_at_night() {
    let confirmation = Facts {
        actor: Actor::System,
        consent: ConsentState::OptedOut,
        paused: Some(PausedBy::Group),
        owner: OwnerKind::User,
        level: AutonomyLevel::Off,
        quiet_hours_end: Some("2026-11-21T15:00:00Z".parse().unwrap()),
        answers_today: 60,
        ..facts()
    };
    let decision = decide(confirmation);
    assert_eq!((decision.verdict, decision.not_before), (Verdict::Allow, None));
    assert_eq!(decide(Facts { dealership_suspended: true, ..confirmation }).verdict, Verdict::Deny);
}

#[test]
fn the_kill_switch_stops_agents_at_every_height_and_people_at_none() {
    for &paused in PausedBy::ALL {
        for &action in ActionKind::ALL {
            let facts = Facts { paused: Some(paused), ..facts() };
            assert_eq!(decide(about(action, facts)).verdict, Verdict::Deny, "{action} while {paused} is paused");
        }
        let user = Facts { actor: Actor::User { role: Role::Salesperson }, paused: Some(paused), ..facts() };
        assert_eq!(decide(user).verdict, Verdict::Allow);
    }
}

#[test]
fn reading_and_asking_a_person_for_help_need_no_level() {
    for &level in AutonomyLevel::ALL {
        for action in READS.into_iter().chain([ActionKind::EscalateToHuman]) {
            let verdict = decide(about(action, Facts { level, ..facts() })).verdict;
            assert_eq!(verdict, Verdict::Allow, "{action} at {level}");
        }
    }
}

#[test]
fn customers_may_correct_their_own_profile_where_other_changes_need_approval() {
    let update = |own_profile, assurance_proven, level| {
        let facts = Facts { own_profile, assurance_proven, level, ..facts() };
        decide(about(ActionKind::UpdateCustomerProfile, facts)).verdict
    };
    assert_eq!(update(true, true, AutonomyLevel::Approve), Verdict::Allow);
    assert_eq!(update(false, true, AutonomyLevel::Approve), Verdict::RequireApproval);
    assert_eq!(update(true, true, AutonomyLevel::Suggest), Verdict::SuggestOnly);
    assert_eq!(update(true, false, AutonomyLevel::Autonomous), Verdict::Deny);
}

#[test]
fn whoever_proved_nothing_may_book_for_themself_and_touch_nothing_else() {
    for (action, expected) in [
        (ActionKind::BookAppointment, Verdict::Allow),
        (ActionKind::ReadInventory, Verdict::Allow),
        (ActionKind::SendReply, Verdict::Allow),
        (ActionKind::ReadAppointments, Verdict::Deny),
        (ActionKind::RescheduleAppointment, Verdict::Deny),
        (ActionKind::CancelAppointment, Verdict::Deny),
        (ActionKind::UpdateCustomerProfile, Verdict::Deny),
        (ActionKind::UpdateLead, Verdict::Deny),
    ] {
        let decision = decide(about(action, Facts { assurance_proven: false, ..facts() }));
        assert_eq!(decision.verdict, expected, "{action}");
        if expected == Verdict::Deny {
            assert!(decision.why().contains("Ask them to write from"), "the model must learn what to do next");
        }
    }
}

#[test]
fn words_nobody_asked_for_wait_for_the_morning_and_answers_do_not() {
    let end = "2026-11-21T15:00:00Z".parse().unwrap();
    for &trigger in Trigger::ALL {
        for answers_inbound in [true, false] {
            let decision = decide(Facts { trigger, answers_inbound, quiet_hours_end: Some(end), ..facts() });
            assert_eq!(decision.verdict, Verdict::Allow, "{trigger}");
            assert_eq!(decision.not_before, (!answers_inbound).then_some(end), "{trigger}");
        }
    }
}

#[test]
fn a_role_may_write_and_decide_exactly_as_the_domain_says() {
    for &role in Role::ALL {
        let verdict = |action| decide(about(action, Facts { actor: Actor::User { role }, ..facts() })).verdict;
        let may_write = if role.writes_to_customers() { Verdict::Allow } else { Verdict::Deny };
        assert_eq!(verdict(ActionKind::SendReply), may_write, "{role}");
        assert_eq!(verdict(ActionKind::OfferDiscount) == Verdict::Allow, role.decides_offers(), "{role}");
        for action in READS {
            assert_eq!(verdict(action), Verdict::Allow, "{role} {action}");
        }
    }
}

#[test]
fn levels_ownership_and_caps_do_not_bind_people_but_consent_and_suspension_do() {
    let user = Facts { actor: Actor::User { role: Role::Salesperson }, ..facts() };
    let free = Facts { level: AutonomyLevel::Off, owner: OwnerKind::User, answers_today: 60, ..user };
    assert_eq!(decide(free).verdict, Verdict::Allow);
    assert_eq!(decide(Facts { consent: ConsentState::OptedOut, ..free }).verdict, Verdict::Deny);
    assert_eq!(decide(Facts { dealership_suspended: true, ..free }).verdict, Verdict::Deny);
}

#[test]
fn a_decision_names_the_policies_of_both_passes_with_their_reasons() {
    let decision = decide(Facts { owner: OwnerKind::User, level: AutonomyLevel::Suggest, ..facts() });
    let matched: Vec<_> = decision.matched.iter().map(|policy| (policy.effect, policy.id.as_str())).collect();
    assert_eq!(
        matched,
        [
            (PolicyEffect::Permit, "assistant_may_serve_customers"),
            (PolicyEffect::Forbid, "human_owns_conversation"),
            (PolicyEffect::Forbid, "level_suggest"),
        ]
    );
    assert!(decision.matched.iter().all(|policy| !policy.reason.is_empty()));
    let deciding: Vec<_> = decision.deciding().map(|policy| policy.id.as_str()).collect();
    assert_eq!(deciding, ["human_owns_conversation"], "the milder one did not settle it");
}
