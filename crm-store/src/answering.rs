//! How far the answer to a customer is: what somebody who waits for it wants to know.

use forecourt_domain::{
    contact::ContactKind,
    ids::{ConversationId, PartyId},
};
use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{instant, sql},
};

/// Where the answering of a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    pub conversation_id: ConversationId,
    /// When a turn is to run, or was claimed to; none when no turn is due.
    pub turn_due_at: Option<Timestamp>,
    /// Whether words of ours are on their way out.
    pub leaving: bool,
    /// The first name of the person who answers, where a person does.
    pub owner: Option<String>,
    pub opted_out: bool,
    /// How the latest turn ended.
    pub last_outcome: Option<String>,
}

impl Answering {
    /// Whether nothing more comes unless somebody writes.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.turn_due_at.is_none() && !self.leaving
    }
}

impl CrmTx {
    /// Where the answering of the conversation with a phone number stands; none if there is no such conversation.
    pub async fn find_answering(&mut self, phone: &str) -> Result<Option<Answering>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select c.id, q.due_at, u.first_name as owner, cp.opted_out_at is not null as opted_out,
                 exists (select from outbox o where o.dealership_id = c.dealership_id and o.conversation_id = c.id
                     and (o.status in ('queued', 'sending') or (o.status = 'held' and o.status_reason = 'hold'))) as leaving,
                 (select t.outcome from turns t where t.dealership_id = c.dealership_id and t.conversation_id = c.id
                     order by t.id desc limit 1) as last_outcome
             from contact_points cp
             join conversations c on c.dealership_id = cp.dealership_id and c.party_id = cp.party_id and c.kind = 'customer'
             left join turn_queue q on q.conversation_id = c.id
             left join users u on u.id = c.owner_user_id
             where cp.dealership_id = $1 and cp.kind = 'phone' and cp.value = $2",
        )
        .bind(tenant)
        .bind(phone)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Answering {
            conversation_id: ConversationId(row.try_get("id")?),
            turn_due_at: instant(row.try_get("due_at")?),
            leaving: row.try_get("leaving")?,
            owner: row.try_get("owner")?,
            opted_out: row.try_get("opted_out")?,
            last_outcome: row.try_get("last_outcome")?,
        }))
    }

    /// Whether a conversation got the dealership's acknowledgement after `since`.
    pub async fn was_acknowledged_since(
        &mut self,
        conversation_id: ConversationId,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select exists (select from outbox where dealership_id = $1 and conversation_id = $2
                 and kind = 'acknowledgement' and created_at > $3)",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(since))
        .fetch_one(self.connection())
        .await?)
    }

    /// Whose contact point a normalised value is, if it is anybody's.
    pub async fn find_party_by_contact(
        &mut self,
        kind: ContactKind,
        value: &str,
    ) -> Result<Option<PartyId>, StoreError> {
        let tenant = self.tenant();
        let party: Option<Uuid> = sqlx::query_scalar(
            "select party_id from contact_points where dealership_id = $1 and kind = $2 and value = $3",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(value)
        .fetch_optional(self.connection())
        .await?;
        Ok(party.map(PartyId))
    }
}
