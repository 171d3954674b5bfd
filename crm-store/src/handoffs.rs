//! Handoffs: a human is asked to take a conversation; one open at a time, with a deadline and a ladder of
//! people who are asked one after the other.

mod desk;
mod escalating;
mod ladder;
mod raising;
mod settings;

use forecourt_domain::{
    conversation::{HandoffCategory, HandoffPriority, HandoffStatus},
    escalation::wait_ends,
    ids::{ConversationId, CustomerId, DepartmentId, HandoffId, IntegrationId, PartyId, UserId},
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    payloads::NewPayload,
    rows::{instant, parse, sql},
};

pub use self::{
    desk::{HandoffCounts, HandoffLine, TakeError},
    escalating::{DueHandoff, Escalated},
    settings::{HandoffSettings, SettingsError},
};

/// The number before the first ticket of a dealership.
const BEFORE_FIRST_TICKET: i64 = 1000;

/// A request for a human.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    pub id: HandoffId,
    pub ticket: i64,
    pub conversation_id: ConversationId,
    pub department_id: Option<DepartmentId>,
    pub category: HandoffCategory,
    pub priority: HandoffPriority,
    pub status: HandoffStatus,
    /// Who was asked by name, and from when it is taken who took it.
    pub owner_user_id: Option<UserId>,
    /// By when somebody should have taken it.
    pub due_at: Option<Timestamp>,
    /// The rung of the ladder that was asked last.
    pub level: u16,
    /// Until when that rung has time; none once every rung had it.
    pub escalates_at: Option<Timestamp>,
    /// When it became clear that nobody took it in time.
    pub dropped_at: Option<Timestamp>,
    pub taken_at: Option<Timestamp>,
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

/// A request for a human, about to be stored. Who is asked follows from the conversation and the ladder.
#[derive(Debug, Clone)]
pub struct NewHandoff {
    pub conversation_id: ConversationId,
    pub category: HandoffCategory,
    /// What the human should know.
    pub summary: NewPayload,
    /// A sentence for the alert where the category does not say it all.
    pub why: Option<&'static str>,
    /// The one person who is asked first, whatever the ladder says.
    pub asked_first: Option<UserId>,
}

/// What a conversation's tickets rest on.
struct Desk {
    party_id: PartyId,
    customer_id: Option<CustomerId>,
    department_id: Option<DepartmentId>,
    owner_user_id: Option<UserId>,
    integration_id: Option<IntegrationId>,
    our_address: Option<String>,
}

/// What a handoff is read from, with how it is narrowed.
macro_rules! handoffs {
    ($narrowed:literal) => {
        sqlx::query(concat!(
            "select h.id, h.ticket, h.conversation_id, h.department_id, h.category, h.priority, h.status, h.owner_user_id,
                 h.due_at, h.level, h.escalates_at, h.dropped_at, h.taken_at, h.version, h.created_at
             from handoffs h where h.dealership_id = $1 ",
            $narrowed
        ))
    };
}
use handoffs;

impl CrmTx {
    /// The request of a conversation that nobody took yet.
    pub async fn find_open_handoff(&mut self, conversation_id: ConversationId) -> Result<Option<Handoff>, StoreError> {
        let tenant = self.tenant();
        let row = handoffs!("and h.conversation_id = $2 and h.status = 'open'")
            .bind(tenant)
            .bind(conversation_id.0)
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| read_handoff(&row)).transpose()
    }

    /// Asks for a human because a message did not reach the customer, or because nobody can say
    /// whether it did: whoever owns the conversation, else whom the ladder names. None if the
    /// message belongs to no conversation or a human is asked for already.
    pub async fn open_handoff_for_stuck(
        &mut self,
        row: &crate::outbox::OutboxRow,
        summary: &'static str,
    ) -> Result<Option<Handoff>, StoreError> {
        let Some(conversation_id) = row.conversation_id else { return Ok(None) };
        let body = json!({ "summary": summary, "outbox": row.id });
        let new = NewHandoff {
            conversation_id,
            category: HandoffCategory::Other,
            summary: NewPayload::new(self.now(), row.party_id, body),
            why: Some(summary),
            asked_first: None,
        };
        let (handoff, opened) = self.open_handoff(&new).await?;
        Ok(opened.then_some(handoff))
    }

    /// Asks for a human under the dealership's next ticket number, and alerts the first rung of the
    /// ladder in the same transaction. A conversation that has an open request keeps it: then that one
    /// comes back, and `false`.
    pub async fn open_handoff(&mut self, new: &NewHandoff) -> Result<(Handoff, bool), StoreError> {
        self.lock_tickets().await?;
        if let Some(open) = self.find_open_handoff(new.conversation_id).await? {
            return Ok((open, false));
        }
        self.insert_payloads(std::slice::from_ref(&new.summary)).await?;
        let desk = self.load_desk(new.conversation_id).await?;
        let priority = new.category.priority();
        let plan = self.plan_escalation(&desk, new.category, new.asked_first).await?;
        let now = self.now();
        let ends = |wait| wait_ends(plan.hours.as_ref(), priority, now, wait);
        let (due_at, escalates_at) = (ends(plan.deadline), ends(plan.wait_of(0)));
        let owner_user_id = new.asked_first.or(desk.owner_user_id).or(plan.only_person_of(0));
        let tenant = self.tenant();
        let id = HandoffId::generate(now);
        sqlx::query(
            "insert into handoffs (dealership_id, id, ticket, conversation_id, category, summary_payload_id, status,
                 owner_user_id, created_at, priority, department_id, due_at, escalates_at)
             values ($1, $2, (select coalesce(max(ticket), $8) + 1 from handoffs where dealership_id = $1), $3, $4, $5,
                 'open', $6, $7, $9, $10, $11, $12)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.conversation_id.0)
        .bind(new.category.as_str())
        .bind(new.summary.id.0)
        .bind(owner_user_id.map(|id| id.0))
        .bind(sql(now))
        .bind(BEFORE_FIRST_TICKET)
        .bind(priority.as_str())
        .bind(plan.department_id.map(|id| id.0))
        .bind(sql(due_at))
        .bind(sql(escalates_at))
        .execute(self.connection())
        .await?;
        let handoff = self.find_handoff(id).await?.ok_or(StoreError::NotFound("the ticket"))?;
        let why = new.why.map(|why| format!(" {why}")).unwrap_or_default();
        let text = format!(
            "ticket {} ({}) is waiting for you.{why} Open the console to answer the customer.",
            handoff.ticket_number(),
            handoff.category
        );
        self.alert_people(&desk, plan.people_of(0), &text).await?;
        Ok((handoff, true))
    }

    /// One request.
    pub async fn find_handoff(&mut self, id: HandoffId) -> Result<Option<Handoff>, StoreError> {
        let tenant = self.tenant();
        let row = handoffs!("and h.id = $2").bind(tenant).bind(id.0).fetch_optional(self.connection()).await?;
        row.map(|row| read_handoff(&row)).transpose()
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

    async fn load_desk(&mut self, conversation_id: ConversationId) -> Result<Desk, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select c.party_id, p.customer_id, c.department_id, c.owner_user_id, c.integration_id, c.our_address
             from conversations c join parties p on p.dealership_id = c.dealership_id and p.id = c.party_id
             where c.dealership_id = $1 and c.id = $2",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_optional(self.connection())
        .await?
        .ok_or(StoreError::NotFound("the conversation"))?;
        Ok(Desk {
            party_id: PartyId(row.try_get("party_id")?),
            customer_id: row.try_get::<Option<Uuid>, _>("customer_id")?.map(CustomerId),
            department_id: row.try_get::<Option<Uuid>, _>("department_id")?.map(DepartmentId),
            owner_user_id: row.try_get::<Option<Uuid>, _>("owner_user_id")?.map(UserId),
            integration_id: row.try_get::<Option<Uuid>, _>("integration_id")?.map(IntegrationId),
            our_address: row.try_get("our_address")?,
        })
    }

    /// Texts some people, in the dealership's name.
    async fn alert_people(&mut self, desk: &Desk, people: &[UserId], text: &str) -> Result<(), StoreError> {
        if people.is_empty() {
            return Ok(());
        }
        let text = format!("{}: {text}", self.load_profile().await?.name);
        for user_id in people {
            self.enqueue_staff_alert(*user_id, &text, desk.integration_id, desk.our_address.as_deref()).await?;
        }
        Ok(())
    }
}

fn read_handoff(row: &sqlx::postgres::PgRow) -> Result<Handoff, StoreError> {
    Ok(Handoff {
        id: HandoffId(row.try_get("id")?),
        ticket: row.try_get("ticket")?,
        conversation_id: ConversationId(row.try_get("conversation_id")?),
        department_id: row.try_get::<Option<Uuid>, _>("department_id")?.map(DepartmentId),
        category: parse(row.try_get("category")?)?,
        priority: parse(row.try_get("priority")?)?,
        status: parse(row.try_get("status")?)?,
        owner_user_id: row.try_get::<Option<Uuid>, _>("owner_user_id")?.map(UserId),
        due_at: instant(row.try_get("due_at")?),
        level: u16::try_from(row.try_get::<i16, _>("level")?).unwrap_or(0),
        escalates_at: instant(row.try_get("escalates_at")?),
        dropped_at: instant(row.try_get("dropped_at")?),
        taken_at: instant(row.try_get("taken_at")?),
        version: row.try_get("version")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}
