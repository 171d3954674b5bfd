//! What people do in conversations: read them, write by hand, take over, hand back, pause.

use forecourt_domain::{
    action::Channel,
    conversation::{Author, Direction},
    delivery::DeliveryStatus,
    evidence::Source,
    ids::{ContactPointId, ConversationId, IntegrationId, MessageId, PartyId, TurnId, UserId},
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    outbox::{NewOutbox, OutboxKind, OutboxPlace},
    payloads::NewPayload,
    rows::{parse, parse_opt, sql},
    turns::TurnConversation,
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
    pub text: String,
    pub delivery: Option<DeliveryStatus>,
    pub delivery_reason: Option<String>,
    pub created_at: Timestamp,
}

/// What a user's takeover or reply found on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Takeover {
    /// Texts whose attempt was committed before the cut and whose provider call still runs.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

/// Words of the assistant that a user approved.
#[derive(Debug, Clone, Copy)]
pub struct ApprovedWords<'a> {
    pub turn_id: TurnId,
    pub text: &'a str,
    pub sources: &'a [Source],
    pub approved_by: UserId,
    pub not_before: Option<Timestamp>,
}

/// Where and to whom a user's reply goes.
struct ReplyPath {
    party_id: PartyId,
    channel: Channel,
    integration_id: Option<IntegrationId>,
    our_address: Option<String>,
    contact_point_id: ContactPointId,
    recipient: String,
    opted_out: bool,
    seq: i64,
}

/// Why a user's reply cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    #[error("this customer has opted out; nobody may text them until they text START")]
    OptedOut,
    #[error(transparent)]
    Store(#[from] StoreError),
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
                 o.status_reason, u.first_name as author_name
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

    /// A user writes by hand. From this commit they own the conversation; what the assistant had
    /// waiting is cancelled, and what was already leaving is told. Begin with
    /// [`Store::begin`](crate::Store::begin); the row lock decides against turns and attempts.
    pub async fn reply_by_hand(
        &mut self,
        conversation_id: ConversationId,
        user_id: UserId,
        text: &str,
    ) -> Result<(MessageId, Takeover), ReplyError> {
        let takeover = self.take_over(conversation_id, user_id).await?;
        let path = self.next_reply_path(conversation_id).await?;
        if path.opted_out {
            return Err(ReplyError::OptedOut);
        }
        let now = self.now();
        let payload = NewPayload::new(now, Some(path.party_id), json!({ "text": text }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        let message_id = self.insert_user_message(conversation_id, user_id, &path, &payload).await?;
        self.enqueue_outbox(&NewOutbox {
            kind: OutboxKind::UserReply,
            conversation: Some(OutboxPlace { conversation_id, message_id, seq: path.seq }),
            channel: path.channel,
            integration_id: path.integration_id,
            sender: path.our_address,
            recipient: path.recipient,
            contact_point_id: Some(path.contact_point_id),
            payload_id: payload.id,
            not_before: None,
            sources: Vec::new(),
        })
        .await?;
        Ok((message_id, takeover))
    }

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

    async fn next_reply_path(&mut self, conversation_id: ConversationId) -> Result<ReplyPath, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "with numbered as (
                 update conversations set last_outbox_seq = last_outbox_seq + 1, last_message_at = $3
                 where dealership_id = $1 and id = $2 returning *
             )
             select c.party_id, c.channel, c.integration_id, c.our_address, c.contact_point_id, c.last_outbox_seq, cp.value,
                 cp.opted_out_at is not null as opted_out
             from numbered c join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(self.now()))
        .fetch_optional(self.connection())
        .await?
        .ok_or(StoreError::NotFound("the conversation"))?;
        Ok(ReplyPath {
            party_id: PartyId(row.try_get("party_id")?),
            channel: parse(row.try_get("channel")?)?,
            integration_id: row.try_get::<Option<Uuid>, _>("integration_id")?.map(IntegrationId),
            our_address: row.try_get("our_address")?,
            contact_point_id: ContactPointId(row.try_get("contact_point_id")?),
            recipient: row.try_get("value")?,
            opted_out: row.try_get("opted_out")?,
            seq: row.try_get("last_outbox_seq")?,
        })
    }

    async fn insert_user_message(
        &mut self,
        conversation_id: ConversationId,
        user_id: UserId,
        path: &ReplyPath,
        payload: &NewPayload,
    ) -> Result<MessageId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let message_id = MessageId::generate(now);
        sqlx::query(
            "insert into messages (dealership_id, id, conversation_id, direction, author, author_user_id, channel,
                 contact_point_id, payload_id, created_at)
             values ($1, $2, $3, 'outbound', 'user', $4, $5, $6, $7, $8)",
        )
        .bind(tenant)
        .bind(message_id.0)
        .bind(conversation_id.0)
        .bind(user_id.0)
        .bind(path.channel.as_str())
        .bind(path.contact_point_id.0)
        .bind(payload.id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(message_id)
    }

    /// Stores the assistant's words that a user approved, and queues them. The conversation must be locked.
    pub async fn insert_approved_words(
        &mut self,
        start: &TurnConversation,
        words: &ApprovedWords<'_>,
    ) -> Result<MessageId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let path = self.next_reply_path(start.id).await?;
        let payload = NewPayload::new(now, Some(path.party_id), json!({ "text": words.text }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        let message_id = MessageId::generate(now);
        sqlx::query(
            "insert into messages (dealership_id, id, conversation_id, direction, author, author_user_id, channel,
                 contact_point_id, payload_id, turn_id, created_at)
             values ($1, $2, $3, 'outbound', 'user_via_assistant', $4, $5, $6, $7, $8, $9)",
        )
        .bind(tenant)
        .bind(message_id.0)
        .bind(start.id.0)
        .bind(words.approved_by.0)
        .bind(path.channel.as_str())
        .bind(path.contact_point_id.0)
        .bind(payload.id.0)
        .bind(words.turn_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.enqueue_outbox(&NewOutbox {
            kind: OutboxKind::Reply,
            conversation: Some(OutboxPlace { conversation_id: start.id, message_id, seq: path.seq }),
            channel: path.channel,
            integration_id: path.integration_id,
            sender: path.our_address,
            recipient: path.recipient,
            contact_point_id: Some(path.contact_point_id),
            payload_id: payload.id,
            not_before: words.not_before,
            sources: words.sources.to_vec(),
        })
        .await?;
        Ok(message_id)
    }

    /// Pauses or resumes the assistant in the whole dealership. Begin with
    /// [`Store::begin_cut`](crate::Store::begin_cut). On resume, what was held is queued again.
    pub async fn switch_ai(&mut self, user_id: UserId, switch: AiSwitch) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let paused = switch == AiSwitch::Paused;
        sqlx::query(
            "update dealership_profiles set ai_paused_at = case when $2 then $3 end, ai_paused_by = case when $2 then $4 end,
                 version = version + 1
             where dealership_id = $1",
        )
        .bind(tenant)
        .bind(paused)
        .bind(sql(now))
        .bind(user_id.0)
        .execute(self.connection())
        .await?;
        if !paused {
            self.requeue_after_pause().await?;
        }
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::SwitchThrown,
            actor: AuditActor::User(user_id),
            conversation_id: None,
            turn_id: None,
            details: json!({ "switch": "dealership", "paused": paused }),
        }])
        .await?;
        Ok(())
    }

    async fn requeue_after_pause(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "with released as (
                 update outbox set status = 'queued', status_reason = null, updated_at = $2
                 where dealership_id = $1 and status = 'held' and status_reason = 'paused'
                 returning id
             ), queued as (
                 insert into outbox_queue (outbox_id, dealership_id, due_at) select id, $1, $2 from released
                 on conflict do nothing
             )
             insert into turn_queue (conversation_id, dealership_id, due_at)
             select id, dealership_id, $2 from conversations
             where dealership_id = $1 and kind = 'customer' and owner_user_id is null and last_inbound > answered_inbound
             on conflict (conversation_id) do nothing",
        )
        .bind(tenant)
        .bind(sql(self.now()))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Whether the assistant is paused in this dealership or its group.
    pub async fn is_ai_paused(&mut self) -> Result<bool, StoreError> {
        Ok(self.load_switches().await?.0)
    }

    /// Whether the assistant may do nothing in this dealership: it is paused, or the dealership suspended.
    pub(crate) async fn is_assistant_stopped(&mut self) -> Result<bool, StoreError> {
        let (paused, suspended) = self.load_switches().await?;
        Ok(paused || suspended)
    }

    async fn load_switches(&mut self) -> Result<(bool, bool), StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_as(
            "select d.ai_paused_at is not null or coalesce(g.ai_paused_at is not null, false), s.suspended_at is not null
             from dealership_profiles d
             join dealerships s on s.id = d.dealership_id
             left join group_switches g on g.group_id = s.group_id
             where d.dealership_id = $1",
        )
        .bind(tenant)
        .fetch_one(self.connection())
        .await?)
    }
}

/// The position of a kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AiSwitch {
    Paused,
    On,
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
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        delivery: parse_opt(row.try_get("status")?)?,
        delivery_reason: row.try_get("status_reason")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}
