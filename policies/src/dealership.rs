//! A dealership's own policies: they may only take away, and only what can be read and checked.

use cedar_policy::Effect;

use crate::{PolicyError, PolicySet, bounds, built_in::Source, syntax};

impl PolicySet {
    /// This set and a dealership's own forbids.
    ///
    /// Each needs `@id`, `@reason` and `@on_forbid`; ids of this set are taken; templates and permits
    /// are refused; the whole is strictly validated. Call it before the source is stored.
    ///
    /// # Errors
    /// The first thing that is wrong with the source, in words for whoever wrote it.
    pub fn with_dealership(&self, forbids_source: &str) -> Result<Self, PolicyError> {
        bounds::check_source(forbids_source)?;
        let source = Source { file: "the dealership's policies", text: forbids_source };
        let policies = syntax::parse(source)?;
        bounds::check_count(policies.len())?;
        if let Some(permit) = policies.iter().find(|policy| policy.effect() == Effect::Permit) {
            let id = permit.annotation("id").unwrap_or("without an @id").to_owned();
            return Err(PolicyError::NotAForbid { id });
        }
        let mut set = self.clone();
        set.add(policies, source)?;
        set.check()?;
        Ok(set)
    }
}
