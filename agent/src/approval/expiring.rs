//! Proposals that nobody decided in time: a state of its own, told to whoever waits.

use forecourt_crm_store::{CrmTx, StoreError, proposals::Settlement};
use forecourt_domain::{conversation::ProposalStatus, ids::ProposedActionId, scope::Scope};

use super::{case::Case, telling::Outcome};
use crate::agent::Agent;

impl Agent {
    /// Expires the pending proposals of a dealership whose time is over, each in a transaction of its own;
    /// how many there were. Two processes may do it at the same time. One that cannot be expired keeps none
    /// of the others waiting.
    pub async fn expire_proposals(&self, scope: Scope) -> Result<usize, StoreError> {
        let mut tx = self.store.begin(scope).await?;
        let overdue = tx.load_overdue_proposals().await?;
        tx.commit().await?;
        if !overdue.is_empty() {
            self.compile_in_force(scope).await?;
        }
        let (mut expired, mut failed) = (0, None);
        for id in overdue {
            match self.expire_one(scope, id).await {
                Ok(was_pending) => expired += usize::from(was_pending),
                Err(error) => {
                    tracing::error!(proposal = %id, %error, "a proposal could not be expired");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(expired), Err)
    }

    async fn expire_one(&self, scope: Scope, id: ProposedActionId) -> Result<bool, StoreError> {
        let mut tx = self.store.begin_before_cut(scope).await?;
        let Some(case) = Case::lock(self, &mut tx, id).await? else { return Ok(false) };
        if case.proposal.status != ProposalStatus::Pending || case.proposal.expires_at > tx.now() {
            return Ok(false);
        }
        self.expire(&mut tx, &case).await?;
        tx.commit().await?;
        Ok(true)
    }

    pub(super) async fn expire(&self, tx: &mut CrmTx, case: &Case) -> Result<(), StoreError> {
        let how = Settlement::new(ProposalStatus::Expired, None, "expired");
        self.settle(tx, case, &how, &Outcome::NotDone).await
    }
}
