//! What is already leaving at a cut: an attempt was committed and nobody knows yet how it ended. That is a
//! provider call that still runs, and one whose outcome has to be looked up.

use forecourt_domain::ids::{ConversationId, MessageId, OutboxId};
use uuid::Uuid;

use crate::{CrmTx, StoreError};

/// A message that may still reach the customer after a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    pub outbox_id: OutboxId,
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    pub text: String,
}

/// What is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeavingFrom {
    Conversation(ConversationId),
    Dealership,
}

/// Whose words a cut stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutWords {
    /// Those of the assistant: a takeover or a switch.
    OfAssistant,
    /// Everybody's: a STOP.
    OfAnybody,
}

impl CrmTx {
    /// What is leaving now, oldest first. Read it under the lock of the cut: then nothing can join it.
    pub async fn load_leaving(&mut self, from: LeavingFrom, words: CutWords) -> Result<Vec<Leaving>, StoreError> {
        let tenant = self.tenant();
        let conversation = match from {
            LeavingFrom::Conversation(id) => Some(id.0),
            LeavingFrom::Dealership => None,
        };
        let rows: Vec<(Uuid, Uuid, Uuid, Option<String>)> = sqlx::query_as(
            "select o.id, o.message_id, o.conversation_id, p.body ->> 'text'
             from outbox o join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
             where o.dealership_id = $1 and ($2::uuid is null or o.conversation_id = $2) and o.status = 'sending'
                 and (o.kind in ('reply', 'acknowledgement', 'fallback') or ($3 and o.kind = 'user_reply'))
             order by o.id",
        )
        .bind(tenant)
        .bind(conversation)
        .bind(words == CutWords::OfAnybody)
        .fetch_all(self.connection())
        .await?;
        let leaving = |(outbox, message, conversation, text): (Uuid, Uuid, Uuid, Option<String>)| Leaving {
            outbox_id: OutboxId(outbox),
            message_id: MessageId(message),
            conversation_id: ConversationId(conversation),
            text: text.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(leaving).collect())
    }
}
