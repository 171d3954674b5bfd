//! Asking a human to take a conversation: the same for the tool and for whoever gives up on a turn.

use forecourt_crm_store::{
    CrmTx, StoreError,
    activities::NewActivity,
    handoffs::{Handoff, NewHandoff},
    payloads::NewPayload,
};
use forecourt_domain::{conversation::HandoffCategory, task::ActivityKind};
use serde_json::json;

use crate::{
    ownership::choose_handoff_owner,
    tool::{StaffAlert, ToolContext},
};

/// A request for a human.
#[derive(Debug, Clone)]
pub struct HandedOff {
    pub handoff: Handoff,
    /// Whether nobody had been asked for before.
    pub opened: bool,
    /// Who must hear of it now; none if the request was open already or nobody works here.
    pub alert: Option<StaffAlert>,
}

/// Opens the conversation's handoff, or finds the one that is open. Somebody is chosen for it: the
/// lead's owner, else by what it is about.
pub async fn hand_off(
    tx: &mut CrmTx,
    context: &ToolContext,
    category: HandoffCategory,
    summary: &str,
) -> Result<HandedOff, StoreError> {
    if let Some(handoff) = tx.find_open_handoff(context.conversation_id).await? {
        return Ok(HandedOff { handoff, opened: false, alert: None });
    }
    let lead = tx.find_open_lead(context.party_id, context.customer_id).await?;
    let lead_owner = lead.as_ref().and_then(|lead| lead.owner_user_id);
    let owner_user_id = choose_handoff_owner(&tx.load_staff().await?, lead_owner, category);
    let summary = NewPayload::new(context.now, Some(context.party_id), json!({ "summary": summary }));
    let new = NewHandoff { conversation_id: context.conversation_id, category, summary, owner_user_id };
    let (handoff, opened) = tx.open_handoff(&new).await?;
    if !opened {
        return Ok(HandedOff { handoff, opened: false, alert: None });
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
    let alert = owner_user_id.map(|user_id| StaffAlert { user_id, ticket: handoff.ticket_number(), category });
    Ok(HandedOff { handoff, opened, alert })
}
