//! Conversations as people see them, and below what people do in them: write, take over, hand back, pause.

mod by_people;
mod events;
mod held;
mod idle;
mod leaving;
mod ownership;
mod switches;

use forecourt_domain::{
    action::Channel,
    conversation::{Author, Direction},
    delivery::DeliveryStatus,
    ids::{ConversationId, MessageId, UserId},
};
use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{instant, parse, parse_opt},
};

pub use self::{
    by_people::{LateWords, ReplyError},
    events::{EventKind, ThreadEvent},
    held::{HeldMessage, PausedConversation, Switches, Thrown},
    idle::Idled,
    leaving::{CutWords, Leaving},
    ownership::{HandsBack, Takeover},
    switches::{AiSwitch, LONGEST_REASON, SwitchError, SwitchOrder, SwitchScope, SwitchThrown},
};

/// A line of the list of conversations.
#[derive(Debug, Clone)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub who: String,
    pub channel: Channel,
    pub owner_user_id: Option<UserId>,
    pub paused: bool,
    pub opted_out: bool,
    pub handoff_open: bool,
    pub unanswered: bool,
    pub last_text: String,
    /// Who wrote that; none where nothing was said yet.
    pub last_author: Option<Author>,
    pub last_message_at: Timestamp,
}

/// A message of a thread, with its delivery.
#[derive(Debug, Clone)]
pub struct ThreadMessage {
    pub id: MessageId,
    pub direction: Direction,
    pub author: Author,
    pub author_user_id: Option<UserId>,
    pub author_name: Option<String>,
    /// Whether a user wrote the words, be it over those of the assistant.
    pub by_hand: bool,
    pub text: String,
    pub delivery: Option<DeliveryStatus>,
    pub delivery_reason: Option<String>,
    /// When a reply that is held for people to look at leaves by itself.
    pub held_until: Option<Timestamp>,
    /// Who stopped it by beginning to type.
    pub stopped_by_typing_of: Option<UserId>,
    pub created_at: Timestamp,
}

/// What a line of the list is read from, with how it is narrowed.
macro_rules! summaries {
    ($narrowed:literal) => {
        sqlx::query(concat!(
            "select c.id, c.channel, c.owner_user_id, c.ai_paused_at is not null as paused, c.last_message_at,
                 c.last_inbound > c.answered_inbound as unanswered, cp.opted_out_at is not null as opted_out,
                 coalesce(nullif(trim(cu.first_name || ' ' || cu.last_name), ''), cp.value) as who,
                 exists (select from handoffs h where h.dealership_id = c.dealership_id and h.conversation_id = c.id
                     and h.status = 'open') as handoff_open,
                 last.author as last_author, coalesce(last.text, '') as last_text
             from conversations c
             join parties pt on pt.dealership_id = c.dealership_id and pt.id = c.party_id
             left join customers cu on cu.dealership_id = pt.dealership_id and cu.id = pt.customer_id
             left join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id
             left join lateral (select m.author, p.body ->> 'text' as text from messages m
                 join payloads p on p.dealership_id = m.dealership_id and p.id = m.payload_id
                 where m.dealership_id = c.dealership_id and m.conversation_id = c.id order by m.id desc limit 1) last on true
             where c.dealership_id = $1 and c.kind = 'customer' ",
            $narrowed
        ))
    };
}

impl CrmTx {
    /// The latest conversations with customers, newest first.
    pub async fn load_conversations(&mut self, limit: i64) -> Result<Vec<ConversationSummary>, StoreError> {
        let tenant = self.tenant();
        let rows = summaries!("order by c.last_message_at desc limit $2")
            .bind(tenant)
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(read_summary).collect()
    }

    /// Those of some conversations that are customers' of this dealership, in any order.
    pub async fn load_conversations_by_id(
        &mut self,
        ids: &[ConversationId],
    ) -> Result<Vec<ConversationSummary>, StoreError> {
        let tenant = self.tenant();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = summaries!("and c.id = any($2)").bind(tenant).bind(ids).fetch_all(self.connection()).await?;
        rows.iter().map(read_summary).collect()
    }

    /// The latest messages of a conversation, oldest first, with their delivery.
    pub async fn load_thread(
        &mut self,
        conversation_id: ConversationId,
        limit: i64,
    ) -> Result<Vec<ThreadMessage>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select m.id, m.direction, m.author, m.author_user_id, m.created_at, p.body ->> 'text' as text, o.status,
                 o.status_reason, u.first_name as author_name, coalesce(o.kind = 'user_reply', false) as by_hand,
                 case when o.status = 'held' and o.status_reason = 'hold' then o.hold_until end as held_until,
                 case when o.status = 'cancelled' and o.status_reason = 'typing' then o.stopped_by end as typed_by
             from messages m
             join payloads p on p.dealership_id = m.dealership_id and p.id = m.payload_id
             left join outbox o on o.dealership_id = m.dealership_id and o.message_id = m.id
             left join users u on u.id = m.author_user_id
             where m.dealership_id = $1 and m.conversation_id = $2
             order by m.id desc limit $3",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        let mut thread = rows.iter().map(read_thread_message).collect::<Result<Vec<_>, _>>()?;
        thread.reverse();
        Ok(thread)
    }

    /// The conversation of the party that owns a phone number.
    pub async fn find_conversation_by_phone(&mut self, phone: &str) -> Result<Option<ConversationId>, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select c.id from contact_points cp
             join conversations c on c.dealership_id = cp.dealership_id and c.party_id = cp.party_id and c.kind = 'customer'
             where cp.dealership_id = $1 and cp.kind = 'phone' and cp.value = $2",
        )
        .bind(tenant)
        .bind(phone)
        .fetch_optional(self.connection())
        .await?
        .map(ConversationId))
    }
}

fn read_summary(row: &sqlx::postgres::PgRow) -> Result<ConversationSummary, StoreError> {
    Ok(ConversationSummary {
        id: ConversationId(row.try_get("id")?),
        who: row.try_get::<Option<String>, _>("who")?.unwrap_or_default(),
        channel: parse(row.try_get("channel")?)?,
        owner_user_id: row.try_get::<Option<Uuid>, _>("owner_user_id")?.map(UserId),
        paused: row.try_get("paused")?,
        opted_out: row.try_get::<Option<bool>, _>("opted_out")?.unwrap_or(false),
        handoff_open: row.try_get("handoff_open")?,
        unanswered: row.try_get("unanswered")?,
        last_text: row.try_get("last_text")?,
        last_author: parse_opt(row.try_get("last_author")?)?,
        last_message_at: row.try_get::<jiff_sqlx::Timestamp, _>("last_message_at")?.to_jiff(),
    })
}

fn read_thread_message(row: &sqlx::postgres::PgRow) -> Result<ThreadMessage, StoreError> {
    Ok(ThreadMessage {
        id: MessageId(row.try_get("id")?),
        direction: parse(row.try_get("direction")?)?,
        author: parse(row.try_get("author")?)?,
        author_user_id: row.try_get::<Option<Uuid>, _>("author_user_id")?.map(UserId),
        author_name: row.try_get("author_name")?,
        by_hand: row.try_get("by_hand")?,
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        delivery: parse_opt(row.try_get("status")?)?,
        delivery_reason: row.try_get("status_reason")?,
        held_until: instant(row.try_get("held_until")?),
        stopped_by_typing_of: row.try_get::<Option<Uuid>, _>("typed_by")?.map(UserId),
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}
