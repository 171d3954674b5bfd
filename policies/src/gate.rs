//! The gate before a turn: whether the assistant works on a conversation at all, before any token is spent.

use forecourt_domain::action::ActionKind;
use serde::{Deserialize, Serialize};

use crate::{Decision, Facts, Fault, PolicySet, Verdict};

/// The built-in policy that keeps the assistant out of a person's conversation.
const HUMAN_OWNS: &str = "human_owns_conversation";

/// What a turn may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnGate {
    /// Run it, though not before the decision's `not_before`. It may still end in a draft or a proposal.
    Respond,
    /// Send the fixed acknowledgement of the dealership, if it set one, and run nothing.
    AcknowledgeOnly,
    /// Run nothing and say nothing. The customer's words still wait for a person.
    Silent,
    /// Run nothing and say nothing, since a person answers this conversation.
    OwnedByHuman,
}

impl TurnGate {
    /// The gate that a decision on [`ActionKind::Respond`] means. Ownership names itself even when
    /// something else denies too, since then the person who owns the conversation sees to it.
    #[must_use]
    pub fn of(decision: &Decision) -> Self {
        match decision.verdict {
            Verdict::Allow => Self::Respond,
            Verdict::RequireApproval | Verdict::SuggestOnly => Self::AcknowledgeOnly,
            Verdict::Deny if decision.was_matched_by(HUMAN_OWNS) => Self::OwnedByHuman,
            Verdict::Deny => Self::Silent,
        }
    }
}

impl PolicySet {
    /// Gates a turn. `facts` are those of [`ActionKind::Respond`]; any other action is silence with a fault.
    #[must_use]
    pub fn gate(&self, facts: &Facts) -> (TurnGate, Decision) {
        let mut decision = self.decide(facts);
        if facts.action != ActionKind::Respond {
            decision.fail(Fault::NotATurnGate { action: facts.action });
            return (TurnGate::Silent, decision);
        }
        (TurnGate::of(&decision), decision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_that_the_gate_tells_an_owner_by_is_built_in() {
        assert!(PolicySet::built_in().unwrap().has(HUMAN_OWNS));
    }
}
