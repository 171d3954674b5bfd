//! One policy with its annotations read, ready to say what follows when it matches.

use cedar_policy::{Effect, Policy, PolicyId};

use crate::{
    Decision, Facts, Fault, MatchedPolicy, PolicyEffect, PolicyError, consequence::Consequence,
    consequence::UnknownConsequence,
};

/// The longest `@id`, which names the policy in audit rows.
const MAX_ID_BYTES: usize = 64;

/// A policy of the set. The policy itself stays with Cedar; this is what it means.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) matched: MatchedPolicy,
    /// What follows; none for a permit. Unreadable ones are refused at load and deny all the same.
    consequence: Option<Result<Consequence, Defect>>,
}

#[derive(Debug, Clone)]
enum Defect {
    Missing,
    Unknown(UnknownConsequence),
}

impl Rule {
    /// Reads a policy's annotations and judges nothing: [`check`](Self::check) does.
    pub(crate) fn read(policy: &Policy) -> Self {
        let on_forbid = policy.annotation("on_forbid").map(str::to_owned);
        let effect = match policy.effect() {
            Effect::Permit => PolicyEffect::Permit,
            Effect::Forbid => PolicyEffect::Forbid,
        };
        let consequence = match effect {
            PolicyEffect::Permit => None,
            PolicyEffect::Forbid => Some(match &on_forbid {
                Some(text) => text.parse().map_err(Defect::Unknown),
                None => Err(Defect::Missing),
            }),
        };
        let reason = policy.annotation("reason").unwrap_or_default().to_owned();
        Self { matched: MatchedPolicy { id: policy.id().to_string(), effect, reason, on_forbid }, consequence }
    }

    /// Whether the annotations are complete and mean something.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        let id = self.matched.id.clone();
        if self.matched.reason.trim().is_empty() {
            return Err(PolicyError::NoReason { id });
        }
        match &self.consequence {
            None if self.matched.on_forbid.is_some() => Err(PolicyError::ConsequenceOfPermit { id }),
            None | Some(Ok(_)) => Ok(()),
            Some(Err(Defect::Missing)) => Err(PolicyError::NoConsequence { id }),
            Some(Err(Defect::Unknown(unknown))) => {
                Err(PolicyError::UnknownConsequence { id, message: unknown.to_string() })
            }
        }
    }

    /// Adds this rule, which matched, to a decision.
    pub(crate) fn apply(&self, facts: &Facts, decision: &mut Decision) {
        decision.matched.push(self.matched.clone());
        let policy = || self.matched.id.clone();
        match &self.consequence {
            None => {}
            Some(Ok(Consequence::Restrict(verdict))) => decision.restrict(*verdict),
            Some(Ok(Consequence::Wait(fact))) => match fact.instant(facts) {
                Some(instant) => decision.defer(instant),
                None => decision.fail(Fault::UnknownInstant { policy: policy(), fact: fact.as_str().to_owned() }),
            },
            Some(Err(Defect::Missing)) => decision.fail(Fault::NoConsequence { policy: policy() }),
            Some(Err(Defect::Unknown(unknown))) => {
                decision.fail(Fault::UnknownConsequence { policy: policy(), message: unknown.to_string() });
            }
        }
    }
}

/// The `@id` of a policy, as the id under which Cedar reports it.
pub(crate) fn policy_id(policy: &Policy) -> Result<PolicyId, PolicyError> {
    let id = policy.annotation("id").ok_or(PolicyError::NoId)?;
    let plausible = !id.is_empty()
        && id.len() <= MAX_ID_BYTES
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if plausible { Ok(PolicyId::new(id)) } else { Err(PolicyError::BadId { id: id.chars().take(80).collect() }) }
}
