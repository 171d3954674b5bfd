//! Telling the people of the dealership, through the outbox, in the transaction of what they must hear of.

use forecourt_crm_store::{
    CrmTx, StoreError,
    outbox::{NewOutbox, OutboxKind},
    payloads::NewPayload,
    turns::TurnConversation,
};
use forecourt_domain::{
    action::{ActionKind, Channel},
    ids::UserId,
};
use forecourt_tools::StaffAlert;
use serde_json::json;

/// Tells the person who shall take the conversation.
pub(crate) async fn alert_of_handoff(
    tx: &mut CrmTx,
    dealership: &str,
    conversation: &TurnConversation,
    alert: &StaffAlert,
) -> Result<(), StoreError> {
    let text = format!(
        "{dealership}: ticket {} ({}) is waiting for you. Open the console to answer the customer.",
        alert.ticket, alert.category
    );
    enqueue(tx, conversation, alert.user_id, &text).await
}

/// Tells whoever decides proposals here that one waits.
pub(crate) async fn alert_of_proposal(
    tx: &mut CrmTx,
    dealership: &str,
    conversation: &TurnConversation,
    action: ActionKind,
) -> Result<(), StoreError> {
    let Some(decider) = tx.find_decider().await? else { return Ok(()) };
    let what = if action == ActionKind::SendReply { "a reply to a customer" } else { "an action for a customer" };
    let text = format!("{dealership}: {what} is waiting for your approval. Open the console to decide.");
    enqueue(tx, conversation, decider, &text).await
}

async fn enqueue(
    tx: &mut CrmTx,
    conversation: &TurnConversation,
    user_id: UserId,
    text: &str,
) -> Result<(), StoreError> {
    let Some(contact) = tx.find_alert_contact(user_id).await? else { return Ok(()) };
    let (channel, recipient) = match (contact.phone, contact.email) {
        (Some(phone), _) => (Channel::Sms, phone),
        (None, Some(email)) => (Channel::Email, email),
        (None, None) => return Ok(()),
    };
    let payload = NewPayload::new(tx.now(), None, json!({ "text": text }));
    tx.insert_payloads(std::slice::from_ref(&payload)).await?;
    tx.enqueue_outbox(&NewOutbox {
        kind: OutboxKind::StaffAlert,
        conversation: None,
        channel,
        integration_id: conversation.integration_id,
        sender: conversation.our_address.clone(),
        recipient,
        contact_point_id: None,
        payload_id: payload.id,
        not_before: None,
        sources: Vec::new(),
    })
    .await?;
    Ok(())
}
