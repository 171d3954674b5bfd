//! The policies in force at a dealership: the built-in ones and its own, compiled once per version.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use forecourt_crm_store::{StoreError, own_policies::OwnPolicies, standing::Standing};
use forecourt_domain::{
    ids::{DealershipId, PolicyVersionId},
    scope::Scope,
};
use forecourt_policies::{PolicyError, PolicySet};

use crate::{agent::Agent, approval::WhoDecides};

/// The latest set of each dealership with policies of its own that this process has met.
#[derive(Default)]
pub(crate) struct Compiled(Mutex<HashMap<DealershipId, (PolicyVersionId, Arc<PolicySet>)>>);

impl Compiled {
    fn find(&self, id: DealershipId, version: PolicyVersionId) -> Option<Arc<PolicySet>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|(of, _)| *of == version).map(|(_, set)| Arc::clone(set))
    }

    fn keep(&self, id: DealershipId, version: PolicyVersionId, set: &Arc<PolicySet>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (version, Arc::clone(set)));
    }
}

impl Agent {
    /// The policies that decide at a dealership of this standing. A version of its own that this program
    /// cannot use any more denies everything and says so: what it forbade must not become allowed.
    pub(crate) fn policies_in_force(&self, dealership: DealershipId, standing: &Standing) -> Arc<PolicySet> {
        let Some(own) = standing.policies.as_deref() else { return Arc::clone(&self.policies) };
        if let Some(kept) = self.compiled.find(dealership, own.id) {
            return kept;
        }
        let set = Arc::new(self.with_own(own));
        self.compiled.keep(dealership, own.id, &set);
        set
    }

    /// Compiles what is in force at a dealership, for whoever is about to keep locks while it decides: that
    /// takes a while once per version. Another version that comes meanwhile is compiled under the locks.
    pub(crate) async fn compile_in_force(&self, scope: Scope) -> Result<(), StoreError> {
        let mut tx = self.store.begin(scope).await?;
        let profile = tx.load_profile().await?;
        let standing = tx.load_standing(&profile).await?;
        tx.commit().await?;
        self.policies_in_force(scope.dealership_id(), &standing);
        Ok(())
    }

    fn with_own(&self, own: &OwnPolicies) -> PolicySet {
        self.policies.with_dealership(&own.source).unwrap_or_else(|error| {
            tracing::error!(version = own.number, %error, "a dealership's own policies cannot be used: everything is denied there");
            self.policies.refusing(own.number, &error)
        })
    }

    /// Whether a source may become a version of a dealership's own policies.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in words for whoever wrote it.
    pub fn check_own_policies(&self, source: &str) -> Result<(), PolicyError> {
        let set = self.policies.with_dealership(source)?;
        match WhoDecides(Arc::new(set)).undecidable() {
            Some(action) => Err(PolicyError::NobodyDecides { action: action.to_string() }),
            None => Ok(()),
        }
    }
}
