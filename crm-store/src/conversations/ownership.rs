//! Whose a conversation is: a user takes it over, and gives it back.

use forecourt_domain::ids::{ConversationId, MessageId, UserId};
use serde_json::json;
use uuid::Uuid;

use super::{
    SwitchScope,
    leaving::{CutWords, Leaving},
};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    rows::sql,
};

/// What a user's takeover or reply found on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Takeover {
    /// Messages whose attempt was committed before the cut and whose outcome is not known yet.
    pub already_leaving: Vec<Leaving>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

/// Who gives a conversation back to the assistant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandsBack {
    User(UserId),
    /// Its owner has not written for as long as the dealership allows.
    Idleness,
}

impl CrmTx {
    /// Makes a user the owner. The versions that turns compare change, queued words of the assistant are
    /// cancelled, its words that wait for approval are settled, and the open ticket is taken.
    pub async fn take_over(
        &mut self,
        conversation_id: ConversationId,
        user_id: UserId,
    ) -> Result<Takeover, StoreError> {
        let tenant = self.tenant();
        let already_leaving = self.change_owner(conversation_id, Some(user_id)).await?;
        let cancelled: Vec<(Uuid, Option<String>)> = sqlx::query_as(
            "with stopped as (
                 update outbox set status = 'cancelled', status_reason = 'taken_over', updated_at = $3
                 where dealership_id = $1 and conversation_id = $2 and status in ('queued', 'held')
                     and kind in ('reply', 'acknowledgement', 'fallback')
                 returning id, message_id, payload_id
             ), unqueued as (
                 delete from outbox_queue q using stopped s where q.outbox_id = s.id
             )
             select s.message_id, p.body ->> 'text' from stopped s
             join payloads p on p.dealership_id = $1 and p.id = s.payload_id order by s.id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(self.now()))
        .fetch_all(self.connection())
        .await?;
        self.take_open_ticket(conversation_id, user_id).await?;
        self.settle_waiting_words(conversation_id, Some(user_id), "taken_over").await?;
        let (stopped, texts): (Vec<MessageId>, Vec<String>) =
            cancelled.into_iter().map(|(id, text)| (MessageId(id), text.unwrap_or_default())).unzip();
        self.audit_owner(conversation_id, AuditActor::User(user_id), "user", &already_leaving, &stopped).await?;
        Ok(Takeover { already_leaving, cancelled: texts })
    }

    /// Gives the conversation back to the assistant; what the customer wrote meanwhile gets a turn, and its
    /// tickets are closed.
    pub async fn hand_back(&mut self, conversation_id: ConversationId, by: HandsBack) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let leaving = self.change_owner(conversation_id, None).await?;
        sqlx::query(
            "with closed as (
                 update handoffs set status = 'closed', closed_at = $3, escalates_at = null, version = version + 1
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
        let actor = match by {
            HandsBack::User(user_id) => AuditActor::User(user_id),
            HandsBack::Idleness => AuditActor::System,
        };
        self.audit_owner(conversation_id, actor, "assistant", &leaving, &[]).await
    }

    /// Changes the owner under the row lock and tells which texts of the assistant are being sent.
    async fn change_owner(
        &mut self,
        conversation_id: ConversationId,
        owner: Option<UserId>,
    ) -> Result<Vec<Leaving>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let changed = sqlx::query(
            "update conversations set owner_user_id = $3, owner_version = owner_version + 1,
                 owner_active_at = case when $3 is null then null else $4 end, hand_back_announced_at = null,
                 answered_inbound = case when $3 is null then answered_inbound else last_inbound end,
                 first_unanswered_at = case when $3 is null then first_unanswered_at end
             where dealership_id = $1 and id = $2 and kind = 'customer'",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(owner.map(|id| id.0))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound("the conversation"));
        }
        self.load_leaving(SwitchScope::Conversation(conversation_id), CutWords::OfAssistant).await
    }

    async fn take_open_ticket(&mut self, conversation_id: ConversationId, user_id: UserId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let taken: Option<(i64, bool)> = sqlx::query_as(
            "update handoffs set status = 'taken', owner_user_id = $4, taken_at = $3, escalates_at = null,
                 version = version + 1
             where dealership_id = $1 and conversation_id = $2 and status = 'open'
             returning ticket, coalesce(due_at < $3, false)",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(now))
        .bind(user_id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some((ticket, late)) = taken else { return Ok(()) };
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::HandoffTaken,
            actor: AuditActor::User(user_id),
            conversation_id: Some(conversation_id),
            turn_id: None,
            details: json!({ "ticket": format!("H-{ticket}"), "late": late }),
        }])
        .await?;
        Ok(())
    }

    async fn audit_owner(
        &mut self,
        conversation_id: ConversationId,
        actor: AuditActor,
        owner: &str,
        leaving: &[Leaving],
        cancelled: &[MessageId],
    ) -> Result<(), StoreError> {
        let leaving: Vec<_> = leaving.iter().map(|leaving| leaving.message_id).collect();
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::OwnerChanged,
            actor,
            conversation_id: Some(conversation_id),
            turn_id: None,
            details: json!({ "owner": owner, "already_leaving": leaving, "cancelled": cancelled }),
        }])
        .await?;
        Ok(())
    }
}
