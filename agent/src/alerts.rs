//! Telling the people of the dealership, through the outbox, in the transaction of what they must hear of.

use forecourt_crm_store::{CrmTx, StoreError, dealership::DealershipProfile, turns::TurnConversation};
use forecourt_domain::{action::ActionKind, conversation::ProposalStatus, ids::UserId};

use crate::budget::day_of;

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

/// Tells whoever answers a conversation what became of a proposal in it.
pub(crate) async fn alert_of_outcome(
    tx: &mut CrmTx,
    dealership: &str,
    conversation: &TurnConversation,
    status: ProposalStatus,
) -> Result<(), StoreError> {
    let Some(owner) = tx.find_owner(conversation.id).await? else { return Ok(()) };
    let text = format!(
        "{dealership}: what waited for approval in a conversation of yours is decided ({status}). The customer was not \
         told. Open the console to answer them."
    );
    enqueue(tx, conversation, owner, &text).await
}

/// Tells those who may switch the assistant that a cap of the day was reached: once a day, whichever turn
/// of whichever process finds it first.
pub(crate) async fn alert_of_cap(
    tx: &mut CrmTx,
    dealership: &DealershipProfile,
    conversation: &TurnConversation,
) -> Result<(), StoreError> {
    if !tx.claim_cap_alert(day_of(dealership, tx.now())).await? {
        return Ok(());
    }
    let text = format!(
        "{}: the AI has used up what it may use today. Customers are handed to people until tomorrow, or until \
         somebody raises the cap with `forecourt ai caps`.",
        dealership.name
    );
    for user_id in tx.load_cap_watchers().await? {
        enqueue(tx, conversation, user_id, &text).await?;
    }
    Ok(())
}

async fn enqueue(
    tx: &mut CrmTx,
    conversation: &TurnConversation,
    user_id: UserId,
    text: &str,
) -> Result<(), StoreError> {
    let our_address = conversation.our_address.as_deref();
    tx.enqueue_staff_alert(user_id, text, conversation.integration_id, our_address).await?;
    Ok(())
}
