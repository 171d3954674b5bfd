//! A human decides what the agent proposed: the same decision on today's facts, then the same execution.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    proposals::Proposal,
    turns::TurnConversation,
};
use forecourt_domain::{
    action::Trigger,
    conversation::ProposalStatus,
    ids::{ProposedActionId, UserId},
    scope::Scope,
};
use forecourt_policies::{Actor, Decision, Facts, Verdict};
use forecourt_tools::{PreparedCall, ToolContext, ToolError};
use serde_json::{Value, json};

use crate::{agent::Agent, facts::Circumstances, known::hours_of, turn_state::tool_context};

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq)]
pub enum Approval {
    /// It ran; the tool's output, or the message that is on its way.
    Executed(Value),
    /// Today's facts or policies do not allow it; the rule says why.
    Refused(String),
    Rejected,
    /// Its time was over.
    Expired,
}

/// Why a decision could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    #[error("there is no such proposal")]
    NotFound,
    #[error("it was decided already: {0}")]
    AlreadyDecided(ProposalStatus),
    #[error("it is not what you were shown; look at it again")]
    DigestChanged,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Agent {
    /// Runs a proposal that `user_id` approved as it was shown to them under `digest`. Everything is
    /// decided again on today's facts: allowed or needing approval runs, anything stricter is refused.
    pub async fn approve(
        &self,
        scope: Scope,
        id: ProposedActionId,
        user_id: UserId,
        digest: &str,
    ) -> Result<Approval, ApprovalError> {
        let prepared = self.prepare_proposal(scope, id).await?;
        let mut tx = self.store.begin_before_cut(scope).await?;
        let proposal = lock_pending(&mut tx, id, digest).await?;
        if proposal.expires_at <= tx.now() {
            tx.settle_proposal(&proposal, ProposalStatus::Expired, None, None, "expired").await?;
            tx.commit().await?;
            return Ok(Approval::Expired);
        }
        let conversation =
            tx.lock_conversation(proposal.conversation_id).await?.ok_or(StoreError::NotFound("the conversation"))?;
        let decision = self.decide_again(&mut tx, &proposal, &conversation, user_id).await?;
        let result = if decision.verdict <= Verdict::RequireApproval {
            self.execute(&mut tx, &proposal, &conversation, prepared).await?
        } else {
            Err(decision.why())
        };
        match result {
            Ok(output) => {
                tx.settle_proposal(&proposal, ProposalStatus::Executed, Some(user_id), None, "executed").await?;
                tx.commit().await?;
                Ok(Approval::Executed(output))
            }
            Err(why) => {
                // What the tool may have written before it refused is undone; the refusal is recorded alone.
                tx.rollback().await?;
                let mut tx = self.store.begin(scope).await?;
                let proposal = lock_pending(&mut tx, id, digest).await?;
                tx.settle_proposal(&proposal, ProposalStatus::Refused, Some(user_id), None, &why).await?;
                tx.commit().await?;
                Ok(Approval::Refused(why))
            }
        }
    }

    /// Records that `user_id` does not want it.
    pub async fn reject(
        &self,
        scope: Scope,
        id: ProposedActionId,
        user_id: UserId,
        digest: &str,
        reason: Option<&str>,
    ) -> Result<Approval, ApprovalError> {
        let mut tx = self.store.begin(scope).await?;
        let proposal = lock_pending(&mut tx, id, digest).await?;
        tx.settle_proposal(&proposal, ProposalStatus::Rejected, Some(user_id), reason, "rejected").await?;
        tx.commit().await?;
        Ok(Approval::Rejected)
    }

    /// Outside work of the proposal's tool, before any lock is taken.
    async fn prepare_proposal(
        &self,
        scope: Scope,
        id: ProposedActionId,
    ) -> Result<Option<Result<PreparedCall, String>>, ApprovalError> {
        let mut tx = self.store.begin(scope).await?;
        let proposal = tx.lock_proposal(id).await?.ok_or(ApprovalError::NotFound)?;
        let Some(tool) = proposal.tool.as_deref() else { return Ok(None) };
        let conversation =
            tx.lock_conversation(proposal.conversation_id).await?.ok_or(StoreError::NotFound("the conversation"))?;
        let context = self.approval_context(&mut tx, &proposal, &conversation).await?;
        tx.rollback().await?;
        let Some(tool) = self.registry.get(tool) else {
            return Ok(Some(Err(format!("there is no tool {tool} any more"))));
        };
        let call = match tool.decode(&proposal.arguments.to_string()) {
            Ok(call) => call,
            Err(failure) => return Ok(Some(Err(failure.to_json().to_string()))),
        };
        match call.prepare(&self.services, &context).await {
            Ok(prepared) => Ok(Some(Ok(prepared))),
            Err(ToolError::Told(failure)) => Ok(Some(Err(failure.to_json().to_string()))),
            Err(ToolError::Store(error)) => Err(error.into()),
        }
    }

    async fn decide_again(
        &self,
        tx: &mut CrmTx,
        proposal: &Proposal,
        conversation: &TurnConversation,
        user_id: UserId,
    ) -> Result<Decision, StoreError> {
        let dealership = tx.load_profile().await?;
        let standing = tx.load_standing(&dealership).await?;
        let hours = hours_of(&standing.calendar, conversation.department_id)
            .ok_or(StoreError::NotFound("a department with opening hours"))?;
        let circumstances = Circumstances {
            conversation,
            proven: true,
            levels: &standing.levels,
            answers_today: tx.count_answers_today(conversation.id).await?,
            dealership: &dealership,
            hours,
            trigger: Trigger::ApprovalOutcome,
            now: tx.now(),
        };
        let facts = circumstances.facts(Actor::Agent, proposal.action);
        let decision = self.policies.decide(&facts);
        tx.append_audit(&[NewAuditEntry {
            kind: AuditKind::ActionDecided,
            actor: AuditActor::User(user_id),
            conversation_id: Some(conversation.id),
            turn_id: Some(proposal.turn_id),
            details: json!({
                "proposal": proposal.id, "action": proposal.action, "verdict": decision.verdict.as_str(),
                "why": decision.why(), "policy_version": decision.policy_version, "facts": facts,
                "facts_version": Facts::SCHEMA_VERSION,
            }),
        }])
        .await?;
        Ok(decision)
    }

    async fn execute(
        &self,
        tx: &mut CrmTx,
        proposal: &Proposal,
        conversation: &TurnConversation,
        prepared: Option<Result<PreparedCall, String>>,
    ) -> Result<Result<Value, String>, StoreError> {
        if !tx.load_stale_sources(&proposal.sources, Some(conversation.party_id)).await?.is_empty() {
            return Ok(Err("a price, status or appointment it speaks of has changed since".to_owned()));
        }
        match prepared {
            None => {
                let text = proposal.arguments["text"].as_str().unwrap_or_default();
                let message = tx.insert_approved_words(conversation, proposal.turn_id, text, &proposal.sources).await?;
                Ok(Ok(json!({ "message": message })))
            }
            Some(Err(why)) => Ok(Err(why)),
            Some(Ok(prepared)) => {
                let context = self.approval_context(tx, proposal, conversation).await?;
                match prepared.run(tx, &context).await {
                    Ok(done) => Ok(Ok(done.output)),
                    Err(ToolError::Told(failure)) => Ok(Err(failure.to_json().to_string())),
                    Err(ToolError::Store(error)) => Err(error),
                }
            }
        }
    }

    async fn approval_context(
        &self,
        tx: &mut CrmTx,
        proposal: &Proposal,
        conversation: &TurnConversation,
    ) -> Result<ToolContext, StoreError> {
        let profile = tx.load_profile().await?;
        Ok(tool_context(conversation, proposal.turn_id, &profile, &profile.settings.zone, true, tx.now()))
    }
}

async fn lock_pending(tx: &mut CrmTx, id: ProposedActionId, digest: &str) -> Result<Proposal, ApprovalError> {
    let proposal = tx.lock_proposal(id).await?.ok_or(ApprovalError::NotFound)?;
    if proposal.status != ProposalStatus::Pending {
        return Err(ApprovalError::AlreadyDecided(proposal.status));
    }
    if proposal.digest != digest {
        return Err(ApprovalError::DigestChanged);
    }
    Ok(proposal)
}
