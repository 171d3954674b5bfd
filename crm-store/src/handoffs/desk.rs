//! Tickets as people work them: the list, taking one, closing one.

use forecourt_domain::{
    conversation::HandoffStatus,
    ids::{ConversationId, HandoffId, MessageId, UserId},
};
use serde_json::json;
use sqlx::Row;

use super::{Handoff, handoffs, read_handoff};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind},
    conversations::Takeover,
    rows::sql,
};

/// A ticket in a list.
#[derive(Debug, Clone)]
pub struct HandoffLine {
    pub handoff: Handoff,
    /// The customer's name, or their number.
    pub who: String,
    /// What the person should know.
    pub summary: String,
    /// The first name of its owner.
    pub owner_name: Option<String>,
}

/// How many tickets stand where. `dropped` counts every ticket that nobody took in time, ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HandoffCounts {
    pub open: i64,
    pub taken: i64,
    pub dropped: i64,
}

/// Why a ticket cannot be taken or closed.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error("this ticket is {0} already")]
    Already(HandoffStatus),
    #[error("this ticket is closed")]
    Closed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CrmTx {
    /// Tickets in a status, or all; those that are due first come first, closed ones newest first.
    pub async fn load_handoffs(
        &mut self,
        status: Option<HandoffStatus>,
        limit: i64,
    ) -> Result<Vec<HandoffLine>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select h.id, h.ticket, h.conversation_id, h.department_id, h.category, h.priority, h.status, h.owner_user_id,
                 h.due_at, h.level, h.escalates_at, h.dropped_at, h.taken_at, h.version, h.created_at,
                 coalesce(nullif(trim(cu.first_name || ' ' || cu.last_name), ''), cp.value, '') as who,
                 coalesce(p.body ->> 'summary', '') as summary, u.first_name as owner_name
             from handoffs h
             join conversations c on c.dealership_id = h.dealership_id and c.id = h.conversation_id
             join payloads p on p.dealership_id = h.dealership_id and p.id = h.summary_payload_id
             left join parties pt on pt.dealership_id = c.dealership_id and pt.id = c.party_id
             left join customers cu on cu.dealership_id = pt.dealership_id and cu.id = pt.customer_id
             left join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id
             left join users u on u.id = h.owner_user_id
             where h.dealership_id = $1 and ($2::text is null or h.status = $2)
             order by case when h.status = 'open' then h.due_at end nulls last, h.ticket desc limit $3",
        )
        .bind(tenant)
        .bind(status.map(HandoffStatus::as_str))
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(HandoffLine {
                    handoff: read_handoff(row)?,
                    who: row.try_get("who")?,
                    summary: row.try_get("summary")?,
                    owner_name: row.try_get("owner_name")?,
                })
            })
            .collect()
    }

    /// The ticket of a number.
    pub async fn find_ticket(&mut self, ticket: i64) -> Result<Option<Handoff>, StoreError> {
        let tenant = self.tenant();
        let row = handoffs!("and h.ticket = $2").bind(tenant).bind(ticket).fetch_optional(self.connection()).await?;
        row.map(|row| read_handoff(&row)).transpose()
    }

    /// How many tickets stand where.
    pub async fn count_handoffs(&mut self) -> Result<HandoffCounts, StoreError> {
        let tenant = self.tenant();
        let (open, taken, dropped) = sqlx::query_as(
            "select count(*) filter (where status = 'open'), count(*) filter (where status = 'taken'),
                 count(*) filter (where dropped_at is not null)
             from handoffs where dealership_id = $1",
        )
        .bind(tenant)
        .fetch_one(self.connection())
        .await?;
        Ok(HandoffCounts { open, taken, dropped })
    }

    /// A user takes an open ticket, and its conversation with it.
    pub async fn take_handoff(&mut self, id: HandoffId, user_id: UserId) -> Result<(Handoff, Takeover), TakeError> {
        let handoff = self.lock_handoff(id).await?;
        if handoff.status != HandoffStatus::Open {
            return Err(TakeError::Already(handoff.status));
        }
        let takeover = self.take_over(handoff.conversation_id, user_id).await?;
        let handoff = self.find_handoff(id).await?.ok_or(StoreError::NotFound("the ticket"))?;
        Ok((handoff, takeover))
    }

    /// A user closes a ticket: what it asked for is done.
    pub async fn close_handoff(&mut self, id: HandoffId, user_id: UserId) -> Result<Handoff, TakeError> {
        let handoff = self.lock_handoff(id).await?;
        if handoff.status == HandoffStatus::Closed {
            return Err(TakeError::Closed);
        }
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update handoffs set status = 'closed', closed_at = $3, escalates_at = null, version = version + 1
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        let details = json!({ "ticket": handoff.ticket_number(), "was": handoff.status });
        self.log_handoff(&handoff, AuditKind::HandoffClosed, AuditActor::User(user_id), details).await?;
        Ok(self.find_handoff(id).await?.ok_or(StoreError::NotFound("the ticket"))?)
    }

    /// A ticket and its conversation, both locked, the conversation first.
    async fn lock_handoff(&mut self, id: HandoffId) -> Result<Handoff, StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "select from conversations where dealership_id = $1
                 and id = (select conversation_id from handoffs where dealership_id = $1 and id = $2) for update",
        )
        .bind(tenant)
        .bind(id.0)
        .execute(self.connection())
        .await?;
        let row = handoffs!("and h.id = $2 for update of h")
            .bind(tenant)
            .bind(id.0)
            .fetch_optional(self.connection())
            .await?;
        read_handoff(&row.ok_or(StoreError::NotFound("the ticket"))?)
    }

    /// Notes by which words the customer learns that a person is asked.
    pub async fn note_told(
        &mut self,
        conversation_id: ConversationId,
        message_id: MessageId,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "update handoffs set told_message_id = $3 where dealership_id = $1 and conversation_id = $2 and status = 'open'",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(message_id.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
