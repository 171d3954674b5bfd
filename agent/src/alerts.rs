//! Telling the people of the dealership, through the outbox, in the transaction of what they must hear of.

use forecourt_crm_store::{CrmTx, StoreError, dealership::DealershipProfile, turns::TurnConversation};
use forecourt_domain::{action::ActionKind, conversation::ProposalStatus, ids::UserId, staff::Role};

use crate::{approval::WhoDecides, budget::day_of};

/// Whom a proposal is brought to, of all who may decide on it.
const NEAREST_FIRST: [Role; 8] = [
    Role::SalesManager,
    Role::GeneralManager,
    Role::Admin,
    Role::PlatformOwner,
    Role::ServiceManager,
    Role::FinanceManager,
    Role::Bdc,
    Role::Salesperson,
];

/// Somebody who may decide on an action in a conversation and can be told of it.
pub(crate) async fn find_decider(
    tx: &mut CrmTx,
    deciders: &WhoDecides,
    conversation: &TurnConversation,
    action: ActionKind,
) -> Result<Option<UserId>, StoreError> {
    let staff = tx.load_staff().await?;
    let reachable = staff.iter().filter(|member| member.alert_phone.is_some() || member.alert_email.is_some());
    let may = reachable.filter(|member| deciders.may_do(member.role, action, conversation.channel));
    let rank = |role| NEAREST_FIRST.iter().position(|near| *near == role).unwrap_or(NEAREST_FIRST.len());
    Ok(may.min_by_key(|member| rank(member.role)).map(|member| member.user_id))
}

/// Tells them that a proposal waits.
pub(crate) async fn alert_of_proposal(
    tx: &mut CrmTx,
    decider: UserId,
    dealership: &str,
    conversation: &TurnConversation,
    action: ActionKind,
) -> Result<(), StoreError> {
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
