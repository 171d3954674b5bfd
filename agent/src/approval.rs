//! A human decides what the agent proposed: the same decision on today's facts, then the same execution.
//!
//! One approval is one transaction. All items run in order, or nothing does.

pub(crate) mod cited;

mod case;
mod deciders;
mod expiring;
mod grounds;
mod night;
mod preparing;
mod running;
mod telling;

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, StoreError,
    proposals::{Proposal, Settlement},
};
use forecourt_domain::{
    conversation::ProposalStatus,
    evidence::ChangedFact,
    ids::{ProposedActionId, UserId},
    scope::Scope,
    staff::Role,
};
use jiff::Timestamp;
use serde_json::Value;

use self::{
    case::Case,
    preparing::{Ready, Unusable},
    running::{Ran, Stop},
    telling::Outcome,
};
use crate::agent::Agent;

pub use self::deciders::WhoDecides;
pub(crate) use self::grounds::Grounds;

/// The most characters of a reason for a rejection.
pub const LONGEST_REASON: usize = 500;

/// Who decides, in which role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decider {
    pub user_id: UserId,
    pub role: Role,
}

/// What an approver makes of one item before it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemEdit {
    pub item_no: i16,
    pub change: Change,
}

/// New arguments for a tool, or a new text.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Arguments(Value),
    Text(String),
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq)]
pub enum Approval {
    /// All of it ran; what each item came to, in order.
    Executed(Vec<ItemOutput>),
    /// Today's facts or policies do not allow it; the rule says why. Nothing ran.
    Refused(String),
    /// Cited fields have changed. Nothing ran.
    Stale(Vec<ChangedFact>),
    Rejected,
    /// Its time was over.
    Expired,
}

/// The output of a tool, or the message that is on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemOutput {
    pub item_no: i16,
    pub output: Value,
}

/// Why a decision could not be taken. The proposal is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    #[error("there is no such proposal")]
    NotFound,
    /// With the state that it is in now.
    #[error("it was decided already: {}", .0.status)]
    AlreadyDecided(Box<Proposal>),
    /// With what it is now.
    #[error("it is not what you were shown; look at it again")]
    DigestChanged(Box<Proposal>),
    /// With the roles that may.
    #[error("this is not decided in the role of {role}; who may: {}", names(.may))]
    NotAllowed { role: Role, may: Vec<Role> },
    #[error("item {item_no} cannot run like that: {}", .reasons.join(" "))]
    EditRefused { item_no: i16, reasons: Vec<String> },
    /// A rule lets the item run from then on; until then all of it waits.
    #[error("item {item_no} may not run before {from}: {why}")]
    TooEarly { item_no: i16, from: Timestamp, why: String },
    #[error("give a reason of 1 to {LONGEST_REASON} characters")]
    NoReason,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What ended a proposal that was approved; with what has changed, where it is stale.
struct Ended {
    item_no: i16,
    why: String,
    changes: Vec<ChangedFact>,
}

impl Agent {
    /// Runs a proposal that `by` approved as it was shown to them under `digest`, with what they made of
    /// it. Everything is decided again on today's facts: allowed or needing approval runs, anything
    /// stricter is refused.
    pub async fn approve(
        &self,
        scope: Scope,
        id: ProposedActionId,
        by: Decider,
        digest: &str,
        edits: &[ItemEdit],
    ) -> Result<Approval, ApprovalError> {
        self.compile_in_force(scope).await?;
        let prepared = self.prepare(scope, id, by, digest, edits).await?;
        let mut tx = self.store.begin_before_cut(scope).await?;
        let case = self.open(&mut tx, id, by, digest).await?;
        if case.proposal.expires_at <= tx.now() {
            self.expire(&mut tx, &case).await?;
            tx.commit().await?;
            return Ok(Approval::Expired);
        }
        let mut entries = Vec::new();
        let ran = match prepared {
            Ok(ready) => self.run_items(&mut tx, &case, by.user_id, ready, &mut entries).await?,
            Err(Unusable { item_no, why }) => Err(Stop::Refused { item_no, why }),
        };
        match ran {
            Ok(ran) => {
                tx.append_audit(&entries).await?;
                let outputs = self.finish(&mut tx, &case, by.user_id, ran).await?;
                tx.commit().await?;
                Ok(Approval::Executed(outputs))
            }
            Err(stop) => {
                // What an item may have written before another one stopped it is undone; the decisions and
                // the end of the proposal stay.
                tx.rollback().await?;
                let mut tx = self.store.begin_before_cut(scope).await?;
                let stopped = match stop {
                    Stop::EditRefused { item_no, reasons } => Err(ApprovalError::EditRefused { item_no, reasons }),
                    Stop::TooEarly { item_no, from, why } => Err(ApprovalError::TooEarly { item_no, from, why }),
                    Stop::Refused { item_no, why } => Ok(Ended { item_no, why, changes: Vec::new() }),
                    Stop::Stale { item_no, changes } => {
                        let why: Vec<_> = changes.iter().map(ToString::to_string).collect();
                        Ok(Ended { item_no, why: why.join("; "), changes })
                    }
                };
                let approval = match stopped {
                    Ok(ended) => {
                        let case = self.open(&mut tx, id, by, digest).await?;
                        tx.append_audit(&entries).await?;
                        Ok(self.stop(&mut tx, &case, by.user_id, ended).await?)
                    }
                    Err(waits_on) => {
                        tx.append_audit(&entries).await?;
                        Err(waits_on)
                    }
                };
                tx.commit().await?;
                approval
            }
        }
    }

    /// Records that `by` does not want it, and why.
    pub async fn reject(
        &self,
        scope: Scope,
        id: ProposedActionId,
        by: Decider,
        digest: &str,
        reason: &str,
    ) -> Result<Approval, ApprovalError> {
        self.compile_in_force(scope).await?;
        let mut tx = self.store.begin_before_cut(scope).await?;
        let case = self.open(&mut tx, id, by, digest).await?;
        let reason = reason.trim().replace('\0', "\u{fffd}");
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(ApprovalError::NoReason);
        }
        if case.proposal.expires_at <= tx.now() {
            self.expire(&mut tx, &case).await?;
            tx.commit().await?;
            return Ok(Approval::Expired);
        }
        let how = Settlement {
            reason: Some(&reason),
            ..Settlement::new(ProposalStatus::Rejected, Some(by.user_id), "rejected")
        };
        self.settle(&mut tx, &case, &how, &Outcome::NotDone).await?;
        tx.commit().await?;
        Ok(Approval::Rejected)
    }

    /// Outside work of the proposal's tools, before any lock is kept.
    async fn prepare(
        &self,
        scope: Scope,
        id: ProposedActionId,
        by: Decider,
        digest: &str,
        edits: &[ItemEdit],
    ) -> Result<Result<Vec<Ready>, Unusable>, ApprovalError> {
        let mut tx = self.store.begin(scope).await?;
        let case = self.open(&mut tx, id, by, digest).await?;
        tx.rollback().await?;
        self.prepare_items(&case.proposal, &case.tool_context(), edits).await
    }

    /// Locks a proposal for a decision that `by` may take and that names what it is.
    async fn open(
        &self,
        tx: &mut CrmTx,
        id: ProposedActionId,
        by: Decider,
        digest: &str,
    ) -> Result<Case, ApprovalError> {
        let case = Case::lock(self, tx, id).await?.ok_or(ApprovalError::NotFound)?;
        let deciders = WhoDecides(Arc::clone(&case.policies));
        if !deciders.may(by.role, &case.proposal) {
            return Err(ApprovalError::NotAllowed { role: by.role, may: deciders.roles(&case.proposal) });
        }
        if case.proposal.status != ProposalStatus::Pending {
            return Err(ApprovalError::AlreadyDecided(Box::new(case.proposal)));
        }
        if case.proposal.digest != digest {
            return Err(ApprovalError::DigestChanged(Box::new(case.proposal)));
        }
        Ok(case)
    }

    /// All items ran: that is recorded, and the customer hears of it unless words of the proposal tell it.
    async fn finish(&self, tx: &mut CrmTx, case: &Case, by: UserId, ran: Ran) -> Result<Vec<ItemOutput>, StoreError> {
        let how = Settlement { edited: &ran.edited, ..Settlement::new(ProposalStatus::Executed, Some(by), "executed") };
        let outcome =
            if ran.told { Outcome::Said } else { Outcome::Done { effects: &ran.effects, evidence: &ran.evidence } };
        self.settle(tx, case, &how, &outcome).await?;
        Ok(ran.outputs)
    }

    async fn stop(
        &self,
        tx: &mut CrmTx,
        case: &Case,
        by: UserId,
        Ended { item_no, why, changes }: Ended,
    ) -> Result<Approval, StoreError> {
        let status = if changes.is_empty() { ProposalStatus::Refused } else { ProposalStatus::Stale };
        let how = Settlement { failed: Some(item_no), changes: &changes, ..Settlement::new(status, Some(by), &why) };
        self.settle(tx, case, &how, &Outcome::NotDone).await?;
        Ok(if changes.is_empty() { Approval::Refused(why) } else { Approval::Stale(changes) })
    }

    /// Ends a proposal and tells whoever must hear of it, in one transaction.
    async fn settle(
        &self,
        tx: &mut CrmTx,
        case: &Case,
        how: &Settlement<'_>,
        outcome: &Outcome<'_>,
    ) -> Result<(), StoreError> {
        tx.settle_proposal(&case.proposal, how).await?;
        self.tell(tx, case, how.status, outcome).await
    }
}

fn names(roles: &[Role]) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
