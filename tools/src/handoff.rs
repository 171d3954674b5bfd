//! Asking a human to take a conversation: the same for the tool and for whoever gives up on a turn.

use forecourt_crm_store::{
    CrmTx, StoreError,
    activities::NewActivity,
    handoffs::{Handoff, NewHandoff},
    payloads::NewPayload,
};
use forecourt_domain::{conversation::HandoffCategory, task::ActivityKind};
use serde_json::json;

use crate::tool::ToolContext;

/// A request for a human.
#[derive(Debug, Clone)]
pub struct HandedOff {
    pub handoff: Handoff,
    /// Whether nobody had been asked for before.
    pub opened: bool,
}

/// Opens the conversation's handoff, or finds the one that is open, which becomes more urgent if this is. Whom
/// the ladder names first is alerted in the same transaction.
pub async fn hand_off(
    tx: &mut CrmTx,
    context: &ToolContext,
    category: HandoffCategory,
    summary: &str,
) -> Result<HandedOff, StoreError> {
    let new = NewHandoff {
        conversation_id: context.conversation_id,
        category,
        summary: NewPayload::new(context.now, Some(context.party_id), json!({ "summary": summary })),
        why: None,
        asked_first: None,
    };
    if let Some(open) = tx.find_open_handoff(context.conversation_id).await? {
        let handoff = tx.raise_handoff(open.id, &new).await?.unwrap_or(open);
        return Ok(HandedOff { handoff, opened: false });
    }
    let lead = tx.find_open_lead(context.party_id, context.customer_id).await?;
    let (handoff, opened) = tx.open_handoff(&new).await?;
    if !opened {
        return Ok(HandedOff { handoff, opened: false });
    }
    tx.insert_activity(&NewActivity {
        kind: ActivityKind::Handoff,
        subject: format!("{}: a human is asked for ({category})", handoff.ticket_number()),
        party_id: Some(context.party_id),
        customer_id: context.customer_id,
        lead_id: lead.map(|lead| lead.id),
        by_user_id: None,
    })
    .await?;
    Ok(HandedOff { handoff, opened })
}
