//! What no setting hands to the agent.

use forecourt_domain::{
    action::{ActionKind, Channel, Trigger},
    autonomy::AutonomyLevel,
    settings::AfterHours,
    staff::Role,
};
use forecourt_policies::{Actor, Facts, Verdict};

use crate::{about, decide, facts};

/// The ceilings and the loosest verdict that an agent can ever get for each.
const CEILINGS: [(ActionKind, Verdict); 5] = [
    (ActionKind::OfferDiscount, Verdict::RequireApproval),
    (ActionKind::QuoteTradeInValue, Verdict::RequireApproval),
    (ActionKind::QuotePayment, Verdict::RequireApproval),
    (ActionKind::DecideCredit, Verdict::Deny),
    (ActionKind::MakeBindingOffer, Verdict::Deny),
];

/// Everything that an admin can set, over every channel and reason to act; all other facts are at
/// their most permissive.
fn every_setting() -> impl Iterator<Item = Facts> {
    let cases = AutonomyLevel::ALL.iter().flat_map(|&level| Channel::ALL.iter().map(move |&channel| (level, channel)));
    let cases = cases.flat_map(|case| Trigger::ALL.iter().map(move |&trigger| (case, trigger)));
    let cases = cases.flat_map(|case| AfterHours::ALL.iter().map(move |&after_hours| (case, after_hours)));
    cases.map(|(((level, channel), trigger), after_hours)| {
        let after_hours = Facts { after_hours, answer_cap: u32::MAX, ..facts() };
        Facts { level, channel, trigger, ..after_hours }
    })
}

#[test]
fn no_setting_lets_an_agent_past_a_ceiling() {
    for actor in [Actor::Agent, Actor::Copilot { role: Role::GeneralManager }] {
        for (action, loosest) in CEILINGS {
            let reached = every_setting()
                .map(|facts| {
                    let facts = about(action, Facts { actor, ..facts });
                    let verdict = decide(facts).verdict;
                    assert!(verdict >= loosest, "{facts:?}");
                    verdict
                })
                .min();
            assert_eq!(reached, Some(loosest), "a wall that blocks even the proposal of {action}");
        }
    }
}

#[test]
fn no_role_lends_its_copilot_what_the_assistant_may_not_do() {
    for &role in Role::ALL {
        for (action, loosest) in CEILINGS {
            let verdict = decide(about(action, Facts { actor: Actor::Copilot { role }, ..facts() })).verdict;
            assert!(verdict >= loosest, "{action} by the copilot of {role}");
        }
    }
}
