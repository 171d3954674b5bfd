//! Words that did not reach a customer are told to a person: a handoff, which alerts whoever gets it.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    outbox::OutboxRow,
};
use serde_json::json;

/// What is wrong with a message that was to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It did not leave and never will.
    Failed,
    /// Nobody can say whether it left.
    Unknown,
    /// It tells of a decision what is no longer so.
    OutcomeNotTold,
}

impl Trouble {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "send_failed",
            Self::Unknown => "send_unknown",
            Self::OutcomeNotTold => "outcome_not_told",
        }
    }

    const fn summary(self) -> &'static str {
        match self {
            Self::Failed => "A message could not be sent to the customer.",
            Self::Unknown => "It is not known whether a message reached the customer.",
            Self::OutcomeNotTold => "What waited for approval was decided. The customer could not be told.",
        }
    }
}

/// Asks for a human in the conversation of a message, in the transaction of the trouble. Where a human is asked for already, and for alerts to our own staff, nothing is added.
pub async fn tell_somebody(tx: &mut CrmTx, row: &OutboxRow, trouble: Trouble) -> Result<(), StoreError> {
    let Some(handoff) = tx.open_handoff_for_stuck(row, trouble.summary()).await? else { return Ok(()) };
    let ticket = handoff.ticket_number();
    tx.append_audit(&[NewAuditEntry {
        kind: AuditKind::HandoffMade,
        actor: AuditActor::System,
        conversation_id: row.conversation_id,
        turn_id: None,
        details: json!({
            "category": handoff.category, "reason": trouble.as_str(), "ticket": ticket, "outbox": row.id,
            "message": row.message_id,
        }),
    }])
    .await?;
    Ok(())
}
