//! Handoffs: a human is asked to take a conversation; one open at a time.

use forecourt_domain::{
    conversation::{HandoffCategory, HandoffStatus},
    ids::{ConversationId, HandoffId, UserId},
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    payloads::NewPayload,
    rows::{parse, sql},
};

/// The number before the first ticket of a dealership.
const BEFORE_FIRST_TICKET: i64 = 1000;

/// A request for a human.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    pub id: HandoffId,
    pub ticket: i64,
    pub conversation_id: ConversationId,
    pub category: HandoffCategory,
    pub status: HandoffStatus,
    pub owner_user_id: Option<UserId>,
    pub version: i64,
    pub created_at: Timestamp,
}

impl Handoff {
    /// The number people speak of: `H-1042`.
    #[must_use]
    pub fn ticket_number(&self) -> String {
        format!("H-{}", self.ticket)
    }
}

/// A request for a human, about to be stored.
#[derive(Debug, Clone)]
pub struct NewHandoff {
    pub conversation_id: ConversationId,
    pub category: HandoffCategory,
    /// What the human should know.
    pub summary: NewPayload,
    pub owner_user_id: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct HandoffRow {
    id: Uuid,
    ticket: i64,
    conversation_id: Uuid,
    category: String,
    status: String,
    owner_user_id: Option<Uuid>,
    version: i64,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<HandoffRow> for Handoff {
    type Error = StoreError;

    fn try_from(row: HandoffRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: HandoffId(row.id),
            ticket: row.ticket,
            conversation_id: ConversationId(row.conversation_id),
            category: parse(&row.category)?,
            status: parse(&row.status)?,
            owner_user_id: row.owner_user_id.map(UserId),
            version: row.version,
            created_at: row.created_at.to_jiff(),
        })
    }
}

impl CrmTx {
    /// The request of a conversation that nobody took yet.
    pub async fn find_open_handoff(&mut self, conversation_id: ConversationId) -> Result<Option<Handoff>, StoreError> {
        let tenant = self.tenant();
        let row: Option<HandoffRow> = sqlx::query_as(
            "select id, ticket, conversation_id, category, status, owner_user_id, version, created_at
             from handoffs where dealership_id = $1 and conversation_id = $2 and status = 'open'",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_optional(self.connection())
        .await?;
        row.map(Handoff::try_from).transpose()
    }

    /// Asks for a human because a message did not reach the customer, or because nobody can say
    /// whether it did: whoever owns the conversation, else somebody who decides here. None if the
    /// message belongs to no conversation or a human is asked for already.
    pub async fn open_handoff_for_stuck(
        &mut self,
        row: &crate::outbox::OutboxRow,
        summary: &str,
    ) -> Result<Option<Handoff>, StoreError> {
        let Some(conversation_id) = row.conversation_id else { return Ok(None) };
        let tenant = self.tenant();
        let owner: Option<Option<Uuid>> =
            sqlx::query_scalar("select owner_user_id from conversations where dealership_id = $1 and id = $2")
                .bind(tenant)
                .bind(conversation_id.0)
                .fetch_optional(self.connection())
                .await?;
        let owner_user_id = match owner.flatten() {
            Some(owner) => Some(UserId(owner)),
            None => self.find_decider().await?,
        };
        let summary =
            NewPayload::new(self.now(), row.party_id, serde_json::json!({ "summary": summary, "outbox": row.id }));
        let category = HandoffCategory::Other;
        let (handoff, opened) =
            self.open_handoff(&NewHandoff { conversation_id, category, summary, owner_user_id }).await?;
        Ok(opened.then_some(handoff))
    }

    /// Asks for a human under the dealership's next ticket number. A conversation that has an open
    /// request keeps it: then that one comes back, and `false`.
    pub async fn open_handoff(&mut self, new: &NewHandoff) -> Result<(Handoff, bool), StoreError> {
        self.lock_tickets().await?;
        if let Some(open) = self.find_open_handoff(new.conversation_id).await? {
            return Ok((open, false));
        }
        self.insert_payloads(std::slice::from_ref(&new.summary)).await?;
        let (tenant, now) = (self.tenant(), self.now());
        let row: HandoffRow = sqlx::query_as(
            "insert into handoffs (dealership_id, id, ticket, conversation_id, category, summary_payload_id, status,
                 owner_user_id, created_at)
             values ($1, $2, (select coalesce(max(ticket), $8) + 1 from handoffs where dealership_id = $1), $3, $4, $5,
                 'open', $6, $7)
             returning id, ticket, conversation_id, category, status, owner_user_id, version, created_at",
        )
        .bind(tenant)
        .bind(HandoffId::generate(now).0)
        .bind(new.conversation_id.0)
        .bind(new.category.as_str())
        .bind(new.summary.id.0)
        .bind(new.owner_user_id.map(|id| id.0))
        .bind(sql(now))
        .bind(BEFORE_FIRST_TICKET)
        .fetch_one(self.connection())
        .await?;
        Ok((Handoff::try_from(row)?, true))
    }

    /// Ticket numbers of a dealership are given one transaction at a time.
    async fn lock_tickets(&mut self) -> Result<(), StoreError> {
        let key = format!("handoff tickets of {}", self.tenant());
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(key)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
