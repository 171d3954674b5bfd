//! What comes out of a decision: a verdict, an instant, and everything that led to them.

use std::fmt;

use forecourt_domain::action::ActionKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::consequence::Consequence;

/// How far an action may go. Declared from free to forbidden, so that the stricter is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Done, and audited.
    Allow,
    /// Stored as a proposed action that runs once a permitted human approves it.
    RequireApproval,
    /// Kept as a draft that a human may use.
    SuggestOnly,
    /// Not done.
    Deny,
}

impl Verdict {
    /// The one text of this verdict, as it is recorded.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::RequireApproval => "require_approval",
            Self::SuggestOnly => "suggest_only",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a policy opens or closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEffect {
    Permit,
    Forbid,
}

/// A policy that matched the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedPolicy {
    /// Its `@id`.
    pub id: String,
    pub effect: PolicyEffect,
    /// Its `@reason`: English that a manager understands and that tells the model what to do.
    pub reason: String,
    /// Its `@on_forbid`, as written; none for a permit.
    pub on_forbid: Option<String>,
}

impl MatchedPolicy {
    /// Whether it lets the action go on from an instant only.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.on_forbid.as_deref().map(str::parse), Some(Ok(Consequence::Wait(_))))
    }

    fn asks_for(&self, verdict: Verdict) -> bool {
        self.on_forbid.as_deref().map(str::parse) == Some(Ok(Consequence::Restrict(verdict)))
    }
}

/// Why a decision is a deny although no forbid said so: what is odd fails closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    #[error("No policy permits this action to this actor.")]
    NothingPermits,
    #[error("A policy could not be evaluated, so nothing is allowed: {message}.")]
    PolicyErrored { message: String },
    #[error("The policy {policy} forbids this without saying what follows (@on_forbid), so it is denied.")]
    NoConsequence { policy: String },
    #[error("The policy {policy} forbids this and its @on_forbid means nothing, so it is denied: {message}.")]
    UnknownConsequence { policy: String, message: String },
    #[error("The policy {policy} waits for {fact}, which is not known, so this is denied.")]
    UnknownInstant { policy: String, fact: String },
    #[error("The facts could not be put before the policies, so nothing is allowed: {message}.")]
    UnreadableFacts { message: String },
    #[error("Version {number} of the dealership's own policies cannot be used, so nothing is allowed: {message}.")]
    OwnPoliciesUnusable { number: i32, message: String },
    #[error("The gate of a turn is asked about respond, not about {action}.")]
    NotATurnGate { action: ActionKind },
}

/// The outcome for one set of facts. The default of everything unknown is a deny.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The strictest verdict of all that matched.
    pub verdict: Verdict,
    /// The latest instant of all that matched, before which nothing may leave even when allowed.
    pub not_before: Option<Timestamp>,
    /// Every policy that matched: permits first, then forbids, each by id.
    pub matched: Vec<MatchedPolicy>,
    /// What was odd; not empty only when the verdict is a deny.
    pub faults: Vec<Fault>,
    /// [`PolicySet::version`](crate::PolicySet::version) of the set that decided.
    pub policy_version: String,
}

impl Decision {
    /// A decision that nothing has restricted yet.
    pub(crate) const fn open(policy_version: String) -> Self {
        Self { verdict: Verdict::Allow, not_before: None, matched: Vec::new(), faults: Vec::new(), policy_version }
    }

    /// Takes the stricter verdict.
    pub(crate) fn restrict(&mut self, verdict: Verdict) {
        self.verdict = self.verdict.max(verdict);
    }

    /// Takes the later instant.
    pub(crate) fn defer(&mut self, instant: Timestamp) {
        self.not_before = self.not_before.max(Some(instant));
    }

    /// Denies because of something odd.
    pub(crate) fn fail(&mut self, fault: Fault) {
        self.restrict(Verdict::Deny);
        self.faults.push(fault);
    }

    /// Whether a policy of this `@id` matched.
    #[must_use]
    pub fn was_matched_by(&self, id: &str) -> bool {
        self.matched.iter().any(|policy| policy.id == id)
    }

    /// The policies that settled the outcome: the forbids that asked for exactly this verdict; for an
    /// allowed action those that make it wait, else its permits. Empty when only a fault settled it.
    pub fn deciding(&self) -> impl Iterator<Item = &MatchedPolicy> {
        self.matched.iter().filter(|policy| match (policy.effect, self.verdict) {
            (PolicyEffect::Permit, verdict) => verdict == Verdict::Allow && self.not_before.is_none(),
            (PolicyEffect::Forbid, Verdict::Allow) => true,
            (PolicyEffect::Forbid, verdict) => policy.asks_for(verdict),
        })
    }

    /// Why it came out so, in sentences for a person or for the model that asked.
    #[must_use]
    pub fn why(&self) -> String {
        let reasons: Vec<_> = self.deciding().map(|policy| policy.reason.clone()).collect();
        if reasons.is_empty() {
            return self.faults.iter().map(Fault::to_string).collect::<Vec<_>>().join(" ");
        }
        reasons.join(" ")
    }
}
