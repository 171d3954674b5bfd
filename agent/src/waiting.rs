//! Words that waited before they could leave: decided once more, on the facts and policies of the day.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    outbox::OutboxRow,
};
use forecourt_domain::action::{ActionKind, Trigger};
use forecourt_policies::{Actor, Verdict};
use jiff::Timestamp;
use serde_json::json;

use crate::{agent::Agent, facts::Circumstances, known::hours_of, turn_state::decision_details};

/// What today's policies say of words that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StillAllowed {
    Yes,
    /// Not before this instant.
    From(Timestamp),
    No,
}

impl Agent {
    /// Decides again on a reply that waited. Its conversation must be locked, in a transaction begun by
    /// [`Store::begin_before_cut`](forecourt_crm_store::Store::begin_before_cut). A refusal is logged.
    pub async fn decide_waiting(&self, tx: &mut CrmTx, row: &OutboxRow) -> Result<StillAllowed, StoreError> {
        let Some(words) = tx.find_waiting_words(row).await? else { return Ok(StillAllowed::Yes) };
        let Some(id) = row.conversation_id else { return Ok(StillAllowed::Yes) };
        let Some(conversation) = tx.lock_conversation(id).await? else { return Ok(StillAllowed::No) };
        let dealership = tx.load_profile().await?;
        let standing = tx.load_standing(&dealership).await?;
        let hours = hours_of(&standing.calendar, conversation.department_id)
            .ok_or(StoreError::NotFound("a department with opening hours"))?;
        let circumstances = Circumstances {
            conversation: &conversation,
            proven: words.proven,
            levels: &standing.levels,
            answers_today: words.answers_before,
            budget: self.load_budget(tx, &dealership).await?,
            dealership: &dealership,
            hours,
            trigger: if words.approved { Trigger::ApprovalOutcome } else { Trigger::Inbound },
            now: tx.now(),
        };
        let facts = circumstances.facts(Actor::Agent, ActionKind::SendReply);
        let decision = self.policies_in_force(tx.scope().dealership_id(), &standing).decide(&facts);
        // A person's approval is what approval asks for.
        let most = if words.approved { Verdict::RequireApproval } else { Verdict::Allow };
        if decision.verdict > most {
            let mut details = decision_details(&facts, &decision);
            details["outbox"] = json!(row.id);
            let entry = NewAuditEntry {
                kind: AuditKind::ActionDecided,
                actor: AuditActor::System,
                conversation_id: Some(id),
                turn_id: None,
                details,
            };
            tx.append_audit(&[entry]).await?;
            return Ok(StillAllowed::No);
        }
        Ok(decision.not_before.filter(|at| *at > tx.now()).map_or(StillAllowed::Yes, StillAllowed::From))
    }
}
