//! A human decides what the agent proposed: the same decision on today's facts, then the same execution.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    conversations::ApprovedWords,
    dealership::DealershipProfile,
    proposals::Proposal,
    turns::{CallOutcome, TurnConversation},
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

use crate::{
    acting::called_details,
    agent::Agent,
    facts::Circumstances,
    known::hours_of,
    turn_state::{decision_details, tool_context},
};

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

/// What a yes is about to run.
enum Prepared {
    Words,
    Call(PreparedCall),
    /// It cannot run any more, for this reason.
    Refused(String),
}

/// What an executed proposal came to: what is shown to the approver, and what the log keeps.
struct Executed {
    output: Value,
    entry: Option<NewAuditEntry>,
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
        let (proposal, conversation) = lock_pending(&mut tx, id, digest).await?;
        if proposal.expires_at <= tx.now() {
            tx.settle_proposal(&proposal, ProposalStatus::Expired, None, None, "expired").await?;
            tx.commit().await?;
            return Ok(Approval::Expired);
        }
        let profile = tx.load_profile().await?;
        let (facts, decision) = self.decide_again(&mut tx, &proposal, &conversation, &profile).await?;
        let mut details = decision_details(&facts, &decision);
        details["proposal"] = json!(proposal.id);
        let decided = entry(&proposal, user_id, AuditKind::ActionDecided, details);
        let result = if decision.verdict <= Verdict::RequireApproval {
            let approved = Approved { proposal: &proposal, conversation: &conversation, by: user_id };
            self.execute(&mut tx, &approved, &profile, &decision, prepared).await?
        } else {
            Err(decision.why())
        };
        match result {
            Ok(executed) => {
                let entries: Vec<_> = std::iter::once(decided).chain(executed.entry).collect();
                tx.append_audit(&entries).await?;
                tx.settle_proposal(&proposal, ProposalStatus::Executed, Some(user_id), None, "executed").await?;
                tx.commit().await?;
                Ok(Approval::Executed(executed.output))
            }
            Err(why) => {
                // What the tool may have written before it refused is undone; the decision and the refusal stay.
                tx.rollback().await?;
                let mut tx = self.store.begin(scope).await?;
                let (proposal, _) = lock_pending(&mut tx, id, digest).await?;
                tx.append_audit(&[decided]).await?;
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
        let (proposal, _) = lock_pending(&mut tx, id, digest).await?;
        tx.settle_proposal(&proposal, ProposalStatus::Rejected, Some(user_id), reason, "rejected").await?;
        tx.commit().await?;
        Ok(Approval::Rejected)
    }

    /// Outside work of the proposal's tool, before any lock is taken.
    async fn prepare_proposal(&self, scope: Scope, id: ProposedActionId) -> Result<Prepared, ApprovalError> {
        let mut tx = self.store.begin(scope).await?;
        let proposal = tx.find_proposal(id).await?.ok_or(ApprovalError::NotFound)?;
        let Some(tool) = proposal.tool.as_deref() else { return Ok(Prepared::Words) };
        let conversation =
            tx.lock_conversation(proposal.conversation_id).await?.ok_or(StoreError::NotFound("the conversation"))?;
        let profile = tx.load_profile().await?;
        let context = approval_context(&tx, &proposal, &conversation, &profile);
        tx.rollback().await?;
        let Some(tool) = self.registry.get(tool) else {
            return Ok(Prepared::Refused(format!("there is no tool {tool} any more")));
        };
        let call = match tool.decode(&proposal.arguments.to_string()) {
            Ok(call) => call,
            Err(failure) => return Ok(Prepared::Refused(failure.message)),
        };
        match call.prepare(&self.services, &context).await {
            Ok(prepared) => Ok(Prepared::Call(prepared)),
            Err(ToolError::Told(failure)) => Ok(Prepared::Refused(failure.message)),
            Err(ToolError::Store(error)) => Err(error.into()),
        }
    }

    async fn decide_again(
        &self,
        tx: &mut CrmTx,
        proposal: &Proposal,
        conversation: &TurnConversation,
        dealership: &DealershipProfile,
    ) -> Result<(Facts, Decision), StoreError> {
        let standing = tx.load_standing(dealership).await?;
        let hours = hours_of(&standing.calendar, conversation.department_id)
            .ok_or(StoreError::NotFound("a department with opening hours"))?;
        let circumstances = Circumstances {
            conversation,
            proven: true,
            levels: &standing.levels,
            answers_today: tx.count_answers_today(conversation.id).await?,
            budget: self.load_budget(tx, dealership).await?,
            dealership,
            hours,
            trigger: Trigger::ApprovalOutcome,
            now: tx.now(),
        };
        let facts = circumstances.facts(Actor::Agent, proposal.action);
        let decision = self.policies_in_force(tx.scope().dealership_id(), &standing).decide(&facts);
        Ok((facts, decision))
    }

    async fn execute(
        &self,
        tx: &mut CrmTx,
        approved: &Approved<'_>,
        profile: &DealershipProfile,
        decision: &Decision,
        prepared: Prepared,
    ) -> Result<Result<Executed, String>, StoreError> {
        let party = approved.conversation.party_id;
        if !tx.load_stale_sources(&approved.proposal.sources, Some(party)).await?.is_empty() {
            return Ok(Err("a price, status or appointment it speaks of has changed since".to_owned()));
        }
        match prepared {
            Prepared::Words => approved.send(tx, decision).await,
            Prepared::Call(call) => approved.run(tx, profile, call).await,
            Prepared::Refused(why) => Ok(Err(why)),
        }
    }
}

/// A proposal that somebody said yes to.
struct Approved<'a> {
    proposal: &'a Proposal,
    conversation: &'a TurnConversation,
    by: UserId,
}

impl Approved<'_> {
    async fn send(&self, tx: &mut CrmTx, decision: &Decision) -> Result<Result<Executed, String>, StoreError> {
        if self.conversation.seen.last_inbound > self.proposal.answered_to {
            return Ok(Err("the customer has written again since, so this would not answer them".to_owned()));
        }
        let words = ApprovedWords {
            turn_id: self.proposal.turn_id,
            text: self.proposal.arguments["text"].as_str().unwrap_or_default(),
            sources: &self.proposal.sources,
            approved_by: self.by,
            not_before: decision.not_before.filter(|at| *at > tx.now()),
        };
        let message = tx.insert_approved_words(self.conversation, &words).await?;
        Ok(Ok(Executed { output: json!({ "message": message }), entry: None }))
    }

    async fn run(
        &self,
        tx: &mut CrmTx,
        profile: &DealershipProfile,
        call: PreparedCall,
    ) -> Result<Result<Executed, String>, StoreError> {
        let context = approval_context(tx, self.proposal, self.conversation, profile);
        let done = match call.run(tx, &context).await {
            Ok(done) => done,
            Err(ToolError::Told(failure)) => return Ok(Err(failure.message)),
            Err(ToolError::Store(error)) => return Err(error),
        };
        let tool = self.proposal.tool.as_deref().unwrap_or_default();
        let mut details = called_details(tool, self.proposal.action, CallOutcome::Done, &done.evidence, &done.effects);
        details["proposal"] = json!(self.proposal.id);
        let entry = entry(self.proposal, self.by, AuditKind::ToolCalled, details);
        Ok(Ok(Executed { output: done.output, entry: Some(entry) }))
    }
}

fn entry(proposal: &Proposal, by: UserId, kind: AuditKind, details: Value) -> NewAuditEntry {
    NewAuditEntry {
        kind,
        actor: AuditActor::User(by),
        conversation_id: Some(proposal.conversation_id),
        turn_id: Some(proposal.turn_id),
        details,
    }
}

fn approval_context(
    tx: &CrmTx,
    proposal: &Proposal,
    conversation: &TurnConversation,
    profile: &DealershipProfile,
) -> ToolContext {
    tool_context(conversation, proposal.turn_id, profile, &profile.settings.zone, true, tx.now())
}

/// The pending proposal and its conversation, both locked, the conversation first: so does a takeover.
async fn lock_pending(
    tx: &mut CrmTx,
    id: ProposedActionId,
    digest: &str,
) -> Result<(Proposal, TurnConversation), ApprovalError> {
    let found = tx.find_proposal(id).await?.ok_or(ApprovalError::NotFound)?;
    let conversation =
        tx.lock_conversation(found.conversation_id).await?.ok_or(StoreError::NotFound("the conversation"))?;
    let proposal = tx.lock_proposal(id).await?.ok_or(ApprovalError::NotFound)?;
    if proposal.status != ProposalStatus::Pending {
        return Err(ApprovalError::AlreadyDecided(proposal.status));
    }
    if proposal.digest != digest {
        return Err(ApprovalError::DigestChanged);
    }
    Ok((proposal, conversation))
}
