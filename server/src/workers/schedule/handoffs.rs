//! Tickets that nobody takes, and conversations that their owner has left. Two processes may look at the same
//! time: each step locks its conversation, compares, and is done by whoever commits first.

use forecourt_crm_store::{Store, StoreError, handoffs::DueHandoff};
use forecourt_domain::{ids::ConversationId, scope::Scope};

/// Steps taken per dealership and tick.
const BATCH: i64 = 50;

/// Takes every step that is due in a dealership. One that fails is taken at the next tick.
pub async fn tick(store: &Store, scope: Scope) -> Result<(), StoreError> {
    let mut tx = store.begin(scope).await?;
    let due = tx.load_due_handoffs(BATCH).await?;
    let idle = tx.load_idle_conversations(BATCH).await?;
    tx.commit().await?;
    for handoff in due {
        if let Err(error) = escalate(store, scope, handoff).await {
            tracing::error!(conversation = %handoff.conversation_id, %error, "a ticket was not escalated and will be");
        }
    }
    for conversation in idle {
        if let Err(error) = hand_back(store, scope, conversation).await {
            tracing::error!(%conversation, %error, "a conversation was not handed back and will be");
        }
    }
    Ok(())
}

async fn escalate(store: &Store, scope: Scope, due: DueHandoff) -> Result<(), StoreError> {
    let mut tx = store.begin(scope).await?;
    let escalated = tx.escalate_handoff(due).await?;
    tx.commit().await?;
    if let Some(escalated) = escalated {
        metrics::counter!("forecourt_handoffs_total", "outcome" => escalated.as_str()).increment(1);
    }
    Ok(())
}

async fn hand_back(store: &Store, scope: Scope, conversation: ConversationId) -> Result<(), StoreError> {
    let mut tx = store.begin(scope).await?;
    tx.hand_back_if_idle(conversation).await?;
    tx.commit().await
}
