//! What the built-in policies decide, and what a dealership may add to them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where its ground is missing")]

mod ceilings;
mod circumstances;
mod dealership;
mod gate;
mod matrix;
mod promises;
mod recorded;
mod schema;

use std::sync::LazyLock;

use forecourt_domain::{action::ActionKind, action::Workflow, staff::Role};
use forecourt_policies::{Actor, Decision, Facts, Fault, PolicyEffect, PolicySet};

static BUILT_IN: LazyLock<PolicySet> = LazyLock::new(|| PolicySet::built_in().unwrap());

/// An ordinary afternoon: a known customer texts, nothing stands against an answer.
fn facts() -> Facts {
    serde_json::from_str(include_str!("../facts.v2.json")).unwrap()
}

/// The same facts about another action, under the workflow that it belongs to.
fn about(action: ActionKind, facts: Facts) -> Facts {
    Facts { action, workflow: Workflow::of(action, facts.trigger), ..facts }
}

fn decide(facts: Facts) -> Decision {
    BUILT_IN.decide(&facts)
}

/// Everybody who can act.
fn every_actor() -> Vec<Actor> {
    let copilots = Role::ALL.iter().map(|&role| Actor::Copilot { role });
    let users = Role::ALL.iter().map(|&role| Actor::User { role });
    [Actor::Agent, Actor::System].into_iter().chain(copilots).chain(users).collect()
}

/// An outcome in few words, such as `deny (opted_out)` or `allow from 2026-11-21T15:00:00Z (quiet_hours)`.
fn outcome(decision: &Decision) -> String {
    let mut causes: Vec<_> = decision
        .matched
        .iter()
        .filter(|policy| policy.effect == PolicyEffect::Forbid)
        .map(|policy| policy.id.clone())
        .collect();
    causes.extend(decision.faults.iter().map(kind));
    let from = decision.not_before.map_or_else(String::new, |instant| format!(" from {instant}"));
    let causes = if causes.is_empty() { String::new() } else { format!(" ({})", causes.join(", ")) };
    format!("{}{from}{causes}", decision.verdict)
}

/// The recorded name of a fault.
fn kind(fault: &Fault) -> String {
    serde_json::to_value(fault).unwrap()["kind"].as_str().unwrap().to_owned()
}

/// One line per outcome with the actions that have it, for snapshots that people review.
fn by_outcome(facts: Facts) -> String {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for &action in ActionKind::ALL {
        let outcome = outcome(&decide(about(action, facts)));
        match lines.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, actions)) => actions.push(action.as_str()),
            None => lines.push((outcome, vec![action.as_str()])),
        }
    }
    lines.into_iter().map(|(outcome, actions)| format!("  {outcome}: {}\n", actions.join(" "))).collect()
}
