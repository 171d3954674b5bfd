//! Whose a conversation is: a user takes it over, and gives it back.

use forecourt_domain::ids::{ConversationId, UserId};
use serde_json::json;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    rows::sql,
};

/// What a user's takeover or reply found on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Takeover {
    /// Texts whose attempt was committed before the cut and whose provider call still runs.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

impl CrmTx {
    /// Makes a user the owner. The versions that turns compare change, queued words of the assistant are
    /// cancelled, and its words that wait for approval are settled.
    pub async fn take_over(
        &mut self,
        conversation_id: ConversationId,
        user_id: UserId,
    ) -> Result<Takeover, StoreError> {
        let tenant = self.tenant();
        let already_leaving = self.change_owner(conversation_id, Some(user_id)).await?;
        let cancelled: Vec<String> = sqlx::query_scalar(
            "with stopped as (
                 update outbox set status = 'cancelled', status_reason = 'taken_over', updated_at = $3
                 where dealership_id = $1 and conversation_id = $2 and status in ('queued', 'held')
                     and kind in ('reply', 'acknowledgement', 'fallback')
                 returning id, payload_id
             ), unqueued as (
                 delete from outbox_queue q using stopped s where q.outbox_id = s.id
             ), taken as (
                 update handoffs set status = 'taken', owner_user_id = $4, taken_at = $3, version = version + 1
                 where dealership_id = $1 and conversation_id = $2 and status = 'open'
             )
             select p.body ->> 'text' from stopped s join payloads p on p.dealership_id = $1 and p.id = s.payload_id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(self.now()))
        .bind(user_id.0)
        .fetch_all(self.connection())
        .await?;
        self.settle_waiting_words(conversation_id, Some(user_id), "taken_over").await?;
        self.audit_owner(conversation_id, user_id, "user", &already_leaving, &cancelled).await?;
        Ok(Takeover { already_leaving, cancelled })
    }

    /// Gives the conversation back to the assistant; what the customer wrote meanwhile gets a turn.
    pub async fn hand_back(&mut self, conversation_id: ConversationId, user_id: UserId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let leaving = self.change_owner(conversation_id, None).await?;
        sqlx::query(
            "with closed as (
                 update handoffs set status = 'closed', version = version + 1
                 where dealership_id = $1 and conversation_id = $2 and status in ('open', 'taken')
             )
             insert into turn_queue (conversation_id, dealership_id, due_at)
             select id, dealership_id, $3 from conversations
             where dealership_id = $1 and id = $2 and last_inbound > answered_inbound
             on conflict (conversation_id) do nothing",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.audit_owner(conversation_id, user_id, "assistant", &leaving, &[]).await
    }

    /// Changes the owner under the row lock and tells which texts of the assistant are being sent.
    async fn change_owner(
        &mut self,
        conversation_id: ConversationId,
        owner: Option<UserId>,
    ) -> Result<Vec<String>, StoreError> {
        let tenant = self.tenant();
        let changed = sqlx::query(
            "update conversations set owner_user_id = $3, owner_version = owner_version + 1,
                 answered_inbound = case when $3 is null then answered_inbound else last_inbound end,
                 first_unanswered_at = case when $3 is null then first_unanswered_at end
             where dealership_id = $1 and id = $2 and kind = 'customer'",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(owner.map(|id| id.0))
        .execute(self.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound("the conversation"));
        }
        Ok(sqlx::query_scalar(
            "select p.body ->> 'text' from outbox o join payloads p on p.dealership_id = $1 and p.id = o.payload_id
             where o.dealership_id = $1 and o.conversation_id = $2 and o.status = 'sending'
                 and o.kind in ('reply', 'acknowledgement', 'fallback')
             order by o.seq",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_all(self.connection())
        .await?)
    }

    async fn audit_owner(
        &mut self,
        conversation_id: ConversationId,
        user_id: UserId,
        owner: &str,
        leaving: &[String],
        cancelled: &[String],
    ) -> Result<(), StoreError> {
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::OwnerChanged,
            actor: AuditActor::User(user_id),
            conversation_id: Some(conversation_id),
            turn_id: None,
            details: json!({ "owner": owner, "already_leaving": leaving.len(), "cancelled": cancelled.len() }),
        }])
        .await?;
        Ok(())
    }
}
