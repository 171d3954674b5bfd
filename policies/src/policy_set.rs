//! The policies in force: read, checked and split once, then asked as often as needed.

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Effect, Entities, Policy, PolicyId, PolicySet as CedarPolicies, Request, Response, Schema,
};
use forecourt_domain::hex::hex;
use sha2::{Digest as _, Sha256};

use crate::{
    Decision, Facts, Fault, PolicyError,
    built_in::{self, Source},
    request::Vocabulary,
    rule::{Rule, policy_id},
    syntax,
};

/// A checked set of policies. Read it once and share it; asking it takes `&self`.
#[derive(Clone)]
pub struct PolicySet {
    schema: Schema,
    vocabulary: Vocabulary,
    /// The action groups of the schema; everything else that a policy names is an enum.
    entities: Entities,
    permits: CedarPolicies,
    forbids: CedarPolicies,
    rules: HashMap<PolicyId, Rule>,
    /// Why this set allows nothing at all.
    refuses: Option<Fault>,
    version: String,
}

impl PolicySet {
    /// The policies that every dealership starts from.
    ///
    /// # Errors
    /// Only when the sources in this crate are broken, which its tests exclude.
    pub fn built_in() -> Result<Self, PolicyError> {
        let mut set = Self::empty(built_in::SCHEMA)?;
        for source in built_in::POLICIES {
            set.add(syntax::parse(source)?, source)?;
        }
        set.check()?;
        Ok(set)
    }

    /// A checked set of exactly the policies of `text`, over the words of the built-in ones: what would
    /// be decided without those. Nothing that the product runs is built by it.
    ///
    /// # Errors
    /// The first thing that is wrong with the source, in words for whoever wrote it.
    pub fn of_source(text: &str) -> Result<Self, PolicyError> {
        let mut set = Self::empty(built_in::SCHEMA)?;
        let source = Source { file: "the given policies", text };
        set.add(syntax::parse(source)?, source)?;
        set.check()?;
        Ok(set)
    }

    /// SHA-256, in hex, of the schema and of all policy sources, in order.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether a policy of this `@id` is among them.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.rules.values().any(|rule| rule.matched.id == id)
    }

    /// Decides on `facts`. Never fails: whatever is odd is a deny that says so in [`Decision::faults`].
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Decision {
        let mut decision = Decision::open(self.version.clone());
        if let Some(fault) = &self.refuses {
            decision.fail(fault.clone());
            return decision;
        }
        match self.vocabulary.request(facts) {
            Ok(request) => {
                if !self.ask(&self.permits, &request, facts, &mut decision) {
                    decision.fail(Fault::NothingPermits);
                }
                self.ask(&self.forbids, &request, facts, &mut decision);
            }
            Err(fault) => decision.fail(fault),
        }
        decision
    }

    /// One pass over policies of one effect: adds what matched and what erred, and says whether any matched.
    fn ask(&self, policies: &CedarPolicies, request: &Request, facts: &Facts, decision: &mut Decision) -> bool {
        let response = Authorizer::new().is_authorized(request, policies, &self.entities);
        for message in sorted_errors(&response) {
            decision.fail(Fault::PolicyErrored { message });
        }
        let mut matched = Vec::new();
        for id in response.diagnostics().reason() {
            match self.rules.get(id) {
                Some(rule) => matched.push(rule),
                // INVARIANT: `add` takes in both. Were it broken, a forbid must not pass unread.
                None => decision.fail(Fault::NoConsequence { policy: id.to_string() }),
            }
        }
        matched.sort_by(|one, other| one.matched.id.cmp(&other.matched.id));
        for rule in &matched {
            rule.apply(facts, decision);
        }
        !matched.is_empty()
    }

    /// What decides where version `number` of a dealership's own policies cannot be used: nothing is
    /// allowed, since nobody can say what it would have forbidden.
    #[must_use]
    pub fn refusing(&self, number: i32, error: &PolicyError) -> Self {
        let fault = Fault::OwnPoliciesUnusable { number, message: error.to_string() };
        let version = version_after(self.version(), Source { file: "unusable", text: &fault.to_string() });
        Self { refuses: Some(fault), version, ..self.clone() }
    }

    /// A set that permits nothing.
    pub(crate) fn empty(schema: Source<'_>) -> Result<Self, PolicyError> {
        let unreadable = |message: String| PolicyError::Schema { message };
        let (parsed, _warnings) =
            Schema::from_cedarschema_str(schema.text).map_err(|error| unreadable(error.to_string()))?;
        Ok(Self {
            vocabulary: Vocabulary::new()?,
            entities: parsed.action_entities().map_err(|error| unreadable(error.to_string()))?,
            schema: parsed,
            permits: CedarPolicies::new(),
            forbids: CedarPolicies::new(),
            rules: HashMap::new(),
            refuses: None,
            version: version_after("", schema),
        })
    }

    /// Takes policies in under their `@id`s. They count from now on, so a caller checks the set before it hands it out.
    pub(crate) fn add(&mut self, policies: Vec<Policy>, source: Source<'_>) -> Result<(), PolicyError> {
        for policy in policies {
            let id = policy_id(&policy)?;
            let taken = PolicyError::IdTaken { id: id.to_string() };
            let policy = policy.new_id(id.clone());
            if self.rules.insert(id, Rule::read(&policy)).is_some() {
                return Err(taken);
            }
            let side = match policy.effect() {
                Effect::Permit => &mut self.permits,
                Effect::Forbid => &mut self.forbids,
            };
            side.add(policy).map_err(|_| taken)?;
        }
        self.version = version_after(&self.version, source);
        Ok(())
    }

    /// Whether every policy says what it must and fits the schema.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        let mut rules: Vec<_> = self.rules.values().collect();
        rules.sort_by(|one, other| one.matched.id.cmp(&other.matched.id));
        rules.into_iter().try_for_each(Rule::check)?;
        let messages = syntax::misfits(&self.schema, [&self.permits, &self.forbids]);
        if messages.is_empty() { Ok(()) } else { Err(PolicyError::Invalid { messages }) }
    }
}

impl std::fmt::Debug for PolicySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicySet").field("version", &self.version).field("policies", &self.rules.len()).finish()
    }
}

/// Cedar reports errors in no order.
fn sorted_errors(response: &Response) -> Vec<String> {
    let mut errors: Vec<_> = response.diagnostics().errors().map(ToString::to_string).collect();
    errors.sort();
    errors
}

/// The version of a set that had `version` and took in `source`. Lengths keep two sources from
/// passing for one.
fn version_after(version: &str, source: Source<'_>) -> String {
    let mut hash = Sha256::new();
    for part in [version, source.file, source.text] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Verdict;

    const PERMIT: &str = r#"@id("all") @reason("r") permit (principal, action, resource);"#;

    fn facts() -> Facts {
        serde_json::from_str(include_str!("../tests/facts.v2.json")).unwrap()
    }

    /// A set as it would be had nobody checked it: the second wall must hold without the first.
    fn unchecked(text: &str) -> PolicySet {
        let mut set = PolicySet::empty(built_in::SCHEMA).unwrap();
        let source = Source { file: "test", text };
        set.add(syntax::parse(source).unwrap(), source).unwrap();
        set
    }

    #[test]
    fn without_a_permit_nothing_is_allowed() {
        let decision = PolicySet::empty(built_in::SCHEMA).unwrap().decide(&facts());
        assert_eq!((decision.verdict, decision.faults), (Verdict::Deny, vec![Fault::NothingPermits]));
        assert_eq!(unchecked(PERMIT).decide(&facts()).verdict, Verdict::Allow);
    }

    #[test]
    fn a_policy_that_errors_denies_whatever_its_effect() {
        let overflow = "when { context.answers_today + 9223372036854775807 > 0 }";
        for policy in [
            format!(r#"@id("x") @reason("r") @on_forbid("suggest") forbid (principal, action, resource) {overflow};"#),
            format!(r#"@id("x") @reason("r") permit (principal, action, resource) {overflow};"#),
        ] {
            let decision = unchecked(&format!("{PERMIT}{policy}")).decide(&facts());
            assert_eq!(decision.verdict, Verdict::Deny, "{policy}");
            assert!(matches!(&decision.faults[..], [Fault::PolicyErrored { message }] if message.contains("`x`")));
        }
    }

    #[test]
    fn a_forbid_that_does_not_say_what_follows_denies() {
        let forbid = r#"@id("x") @reason("r") forbid (principal, action, resource);"#;
        let decision = unchecked(&format!("{PERMIT}{forbid}")).decide(&facts());
        assert_eq!(decision.verdict, Verdict::Deny);
        assert_eq!(decision.faults, [Fault::NoConsequence { policy: "x".to_owned() }]);
    }

    #[test]
    fn a_forbid_whose_consequence_means_nothing_denies() {
        for consequence in ["allow", "", "DENY", "wait", "wait:", "wait:tomorrow", "wait:answer_cap"] {
            let forbid =
                format!(r#"@id("x") @reason("r") @on_forbid("{consequence}") forbid (principal, action, resource);"#);
            let decision = unchecked(&format!("{PERMIT}{forbid}")).decide(&facts());
            assert_eq!(decision.verdict, Verdict::Deny, "{consequence}");
            assert!(matches!(&decision.faults[..], [Fault::UnknownConsequence { policy, .. }] if policy == "x"));
        }
    }

    #[test]
    fn facts_that_cannot_be_put_before_the_policies_are_denied() {
        let decision = unchecked(PERMIT).decide(&Facts { opens_at: Some(Timestamp::MIN), ..facts() });
        assert_eq!(decision.verdict, Verdict::Deny);
        assert!(matches!(&decision.faults[..], [Fault::UnreadableFacts { .. }]));
    }

    #[test]
    fn a_version_tells_sources_apart_even_when_their_texts_join_to_the_same() {
        let version = |file, text| version_after("", Source { file, text });
        assert_eq!(version("a", "bc"), version("a", "bc"));
        assert_ne!(version("a", "bc"), version("ab", "c"));
    }
}
