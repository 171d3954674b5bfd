//! Words that people send: their own, those of the assistant that they approved, and what the customer is
//! told of their decisions.

use forecourt_domain::{
    action::Channel,
    conversation::Author,
    evidence::Source,
    ids::{ContactPointId, ConversationId, IntegrationId, MessageId, PartyId, TurnId, UserId},
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::Takeover;
use crate::{
    CrmTx, StoreError,
    outbox::{NewOutbox, OutboxKind, OutboxPlace},
    payloads::NewPayload,
    rows::{parse, sql},
    turns::TurnConversation,
};

/// Words that leave for a turn after it has ended.
#[derive(Debug, Clone, Copy)]
pub struct LateWords<'a> {
    pub turn_id: TurnId,
    pub text: &'a str,
    pub sources: &'a [Source],
    /// Who approved the assistant's words; none where the system says what was decided.
    pub approved_by: Option<UserId>,
    pub not_before: Option<Timestamp>,
}

/// Why a user's reply cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    #[error("this customer has opted out; nobody may text them until they text START")]
    OptedOut,
    #[error(transparent)]
    Store(#[from] StoreError),
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

/// Words that no running turn says.
struct Said<'a> {
    author: Author,
    user_id: Option<UserId>,
    kind: OutboxKind,
    text: &'a str,
    /// The turn that they belong to.
    turn_id: Option<TurnId>,
    /// Set where they are of the assistant or the system.
    late: Option<&'a LateWords<'a>>,
}

impl CrmTx {
    /// A user sends other words instead of a message of the assistant: as a reply by hand, of the same turn, told
    /// as both of theirs. The conversation must be locked.
    pub async fn reply_edited(
        &mut self,
        conversation_id: ConversationId,
        user_id: UserId,
        instead_of: MessageId,
        text: &str,
    ) -> Result<(MessageId, Takeover), ReplyError> {
        let tenant = self.tenant();
        let turn_id: Option<Uuid> =
            sqlx::query_scalar("select turn_id from messages where dealership_id = $1 and id = $2")
                .bind(tenant)
                .bind(instead_of.0)
                .fetch_one(self.connection())
                .await
                .map_err(StoreError::from)?;
        let turn_id = turn_id.map(TurnId);
        self.reply_as(conversation_id, (Author::UserViaAssistant, user_id), turn_id, text).await
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
        self.reply_as(conversation_id, (Author::User, user_id), None, text).await
    }

    async fn reply_as(
        &mut self,
        conversation_id: ConversationId,
        (author, user_id): (Author, UserId),
        turn_id: Option<TurnId>,
        text: &str,
    ) -> Result<(MessageId, Takeover), ReplyError> {
        let takeover = self.take_over(conversation_id, user_id).await?;
        let path = self.next_reply_path(conversation_id).await?;
        if path.opted_out {
            return Err(ReplyError::OptedOut);
        }
        let said = Said { author, user_id: Some(user_id), kind: OutboxKind::UserReply, text, turn_id, late: None };
        let message_id = self.insert_said(conversation_id, path, &said).await?;
        Ok((message_id, takeover))
    }

    /// Stores the assistant's words that a user approved, or the system's on a decision, and queues them.
    /// The conversation must be locked.
    pub async fn insert_late_words(
        &mut self,
        start: &TurnConversation,
        words: &LateWords<'_>,
    ) -> Result<MessageId, StoreError> {
        let path = self.next_reply_path(start.id).await?;
        let said = Said {
            author: if words.approved_by.is_some() { Author::UserViaAssistant } else { Author::System },
            user_id: words.approved_by,
            kind: OutboxKind::Reply,
            text: words.text,
            turn_id: Some(words.turn_id),
            late: Some(words),
        };
        self.insert_said(start.id, path, &said).await
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

    /// The message and its outbox row.
    async fn insert_said(
        &mut self,
        conversation_id: ConversationId,
        path: ReplyPath,
        said: &Said<'_>,
    ) -> Result<MessageId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let payload = NewPayload::new(now, Some(path.party_id), json!({ "text": said.text }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        let message_id = MessageId::generate(now);
        sqlx::query(
            "insert into messages (dealership_id, id, conversation_id, direction, author, author_user_id, channel,
                 contact_point_id, payload_id, turn_id, created_at)
             values ($1, $2, $3, 'outbound', $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(tenant)
        .bind(message_id.0)
        .bind(conversation_id.0)
        .bind(said.author.as_str())
        .bind(said.user_id.map(|id| id.0))
        .bind(path.channel.as_str())
        .bind(path.contact_point_id.0)
        .bind(payload.id.0)
        .bind(said.turn_id.map(|id| id.0))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.enqueue_outbox(&NewOutbox {
            kind: said.kind,
            conversation: Some(OutboxPlace { conversation_id, message_id, seq: path.seq }),
            channel: path.channel,
            integration_id: path.integration_id,
            sender: path.our_address,
            recipient: path.recipient,
            contact_point_id: Some(path.contact_point_id),
            payload_id: payload.id,
            not_before: said.late.and_then(|words| words.not_before),
            hold_until: None,
            sources: said.late.map(|words| words.sources.to_vec()).unwrap_or_default(),
        })
        .await?;
        Ok(message_id)
    }
}
