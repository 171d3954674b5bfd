//! Keys under which clients send a reply, so that one sent again is not texted again.

use forecourt_domain::ids::{ConversationId, MessageId, UserId};
use uuid::Uuid;

use crate::{CrmTx, StoreError, rows::sql};

/// What was sent under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedReply {
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    pub user_id: UserId,
    pub text: String,
}

impl CrmTx {
    /// The reply that was sent under a key.
    pub async fn find_keyed_reply(&mut self, key: &str) -> Result<Option<KeyedReply>, StoreError> {
        let tenant = self.tenant();
        let row: Option<(Uuid, Uuid, Uuid, String)> = sqlx::query_as(
            "select k.message_id, k.conversation_id, k.user_id, p.body ->> 'text'
             from reply_keys k
             join messages m on m.dealership_id = k.dealership_id and m.id = k.message_id
             join payloads p on p.dealership_id = m.dealership_id and p.id = m.payload_id
             where k.dealership_id = $1 and k.key = $2",
        )
        .bind(tenant)
        .bind(key)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|(message_id, conversation_id, user_id, text)| KeyedReply {
            message_id: MessageId(message_id),
            conversation_id: ConversationId(conversation_id),
            user_id: UserId(user_id),
            text,
        }))
    }

    /// Remembers a reply under its key. Another one under the same key is a conflict.
    pub async fn insert_reply_key(
        &mut self,
        key: &str,
        conversation_id: ConversationId,
        user_id: UserId,
        message_id: MessageId,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let kept = sqlx::query(
            "insert into reply_keys (dealership_id, key, conversation_id, user_id, message_id, created_at)
             values ($1, $2, $3, $4, $5, $6) on conflict on constraint reply_keys_pkey do nothing",
        )
        .bind(tenant)
        .bind(key)
        .bind(conversation_id.0)
        .bind(user_id.0)
        .bind(message_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if kept.rows_affected() == 0 {
            return Err(StoreError::Conflict("another reply was sent under this key at the same time"));
        }
        Ok(())
    }
}
