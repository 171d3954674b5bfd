//! What leaves: rows written with their cause, attempts committed before the provider is called.

mod attempts;
mod holds;
mod lookups;
mod withdrawal;

use forecourt_domain::{
    action::Channel,
    delivery::DeliveryStatus,
    evidence::Source,
    ids::{ContactPointId, ConversationId, IntegrationId, MessageId, OutboxId, PartyId, PayloadId, UserId},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    CrmTx, StoreError,
    rows::{sql, sql_opt},
};

pub use self::{
    holds::{HoldEnd, HoldSetting, HoldSettings},
    lookups::LookedUp,
    withdrawal::Withdrawal,
};

/// The reason under which a reply is held for people to look at before it leaves by itself.
pub const HOLD: &str = "hold";

/// Why something is sent; decides what must still hold at the moment of the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxKind {
    /// Words of the assistant that answer a turn.
    Reply,
    /// The fixed sentence of a dealership whose replies wait for a human.
    Acknowledgement,
    /// The fixed answer to STOP, HELP or START.
    KeywordAnswer,
    /// The truthful sentence when the model failed or a guard blocked twice.
    Fallback,
    /// Words of a user.
    UserReply,
    /// The system tells its own staff.
    StaffAlert,
}

impl OutboxKind {
    const TEXTS: [(Self, &'static str); 6] = [
        (Self::Reply, "reply"),
        (Self::Acknowledgement, "acknowledgement"),
        (Self::KeywordAnswer, "keyword_answer"),
        (Self::Fallback, "fallback"),
        (Self::UserReply, "user_reply"),
        (Self::StaffAlert, "staff_alert"),
    ];

    /// The text under which this kind is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::TEXTS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, text)| text)
    }

    /// Whether the assistant wrote it, so that a takeover or a switch ends it.
    #[must_use]
    pub const fn is_agent(self) -> bool {
        matches!(self, Self::Reply | Self::Acknowledgement | Self::Fallback)
    }
}

impl std::str::FromStr for OutboxKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::TEXTS.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind);
        found.ok_or_else(|| StoreError::Corrupt(format!("outbox kind {text:?}")))
    }
}

/// A message to send, about to be stored.
#[derive(Debug, Clone)]
pub struct NewOutbox {
    pub kind: OutboxKind,
    /// The message it carries and its place in the conversation; none for a staff alert.
    pub conversation: Option<OutboxPlace>,
    pub channel: Channel,
    pub integration_id: Option<IntegrationId>,
    /// Our number or mailbox that it leaves from.
    pub sender: Option<String>,
    pub recipient: String,
    pub contact_point_id: Option<ContactPointId>,
    pub payload_id: PayloadId,
    pub not_before: Option<Timestamp>,
    /// Held for people to look at until then.
    pub hold_until: Option<Timestamp>,
    pub sources: Vec<Source>,
}

/// Where a message stands in its conversation.
#[derive(Debug, Clone, Copy)]
pub struct OutboxPlace {
    pub conversation_id: ConversationId,
    pub message_id: MessageId,
    pub seq: i64,
}

/// An outbox row as a worker or a reader sees it.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    pub id: OutboxId,
    pub kind: OutboxKind,
    pub conversation_id: Option<ConversationId>,
    pub party_id: Option<PartyId>,
    pub message_id: Option<MessageId>,
    pub seq: Option<i64>,
    pub channel: Channel,
    pub integration_id: Option<IntegrationId>,
    pub sender: Option<String>,
    pub recipient: String,
    pub body: Value,
    pub status: DeliveryStatus,
    pub status_reason: Option<String>,
    pub not_before: Option<Timestamp>,
    /// Until when it is held for people to look at; see [`OutboxRow::is_on_hold`].
    pub hold_until: Option<Timestamp>,
    /// Who stopped it while it was held.
    pub stopped_by: Option<UserId>,
    pub sources: Vec<Source>,
    pub provider_id: Option<String>,
    pub error_code: Option<String>,
    pub attempts_made: i16,
    pub lookups_made: i16,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl OutboxRow {
    /// Whether it is held for people to look at, and leaves by itself when that is over.
    #[must_use]
    pub fn is_on_hold(&self) -> bool {
        self.status == DeliveryStatus::Held && self.status_reason.as_deref() == Some(HOLD)
    }

    /// Whether this user stopped it by beginning to type, so that what they typed may still take its place.
    #[must_use]
    pub fn was_stopped_by_typing_of(&self, user_id: UserId) -> bool {
        self.status == DeliveryStatus::Cancelled
            && self.status_reason.as_deref() == Some(HoldEnd::Typing.as_str())
            && self.stopped_by == Some(user_id)
    }

    /// Whether it was put off, by people's hold or until a time of its own: so that its words are looked at once
    /// more, however short that was.
    #[must_use]
    pub const fn was_put_off(&self) -> bool {
        self.hold_until.is_some() || self.not_before.is_some()
    }
}

/// What binds a send at the moment of its attempt, read under the locks of the cut.
#[derive(Debug, Clone, Copy)]
pub struct SendState {
    pub owned_by_user: bool,
    pub conversation_paused: bool,
    pub dealership_paused: bool,
    pub channel_paused: bool,
    pub group_paused: bool,
    pub suspended: bool,
    pub opted_out: bool,
    /// An earlier message of the conversation has not left yet, and waits for no time of its own.
    pub earlier_pending: bool,
}

impl SendState {
    /// Whether a kill switch is thrown, at whatever height.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.group_paused || self.dealership_paused || self.channel_paused || self.conversation_paused
    }
}

/// How one try to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptOutcome {
    Accepted {
        provider_id: String,
    },
    Simulated,
    Refused {
        code: Option<String>,
    },
    /// It certainly did not leave.
    NotSent,
    /// It may have left.
    Ambiguous,
}

impl AttemptOutcome {
    /// The text under which it is stored.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Simulated => "simulated",
            Self::Refused { .. } => "refused",
            Self::NotSent => "not_sent",
            Self::Ambiguous => "ambiguous",
        }
    }
}

impl CrmTx {
    /// Stores a message to send and wakes the queue for it.
    pub async fn enqueue_outbox(&mut self, new: &NewOutbox) -> Result<OutboxId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let id = OutboxId::generate(now);
        let sources = serde_json::to_value(&new.sources).unwrap_or_default();
        sqlx::query(
            "with queued as (
                 insert into outbox (dealership_id, id, kind, conversation_id, message_id, seq, channel, integration_id, sender,
                     recipient, contact_point_id, payload_id, status, status_reason, not_before, sources, created_at, updated_at,
                     hold_until)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                     case when $16::timestamptz is null then 'queued' else 'held' end,
                     case when $16 is not null then 'hold' end, $13, $14, $15, $15, $16)
             )
             insert into outbox_queue (outbox_id, dealership_id, due_at)
             values ($2, $1, coalesce(greatest($13, $16), $15))",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.kind.as_str())
        .bind(new.conversation.map(|place| place.conversation_id.0))
        .bind(new.conversation.map(|place| place.message_id.0))
        .bind(new.conversation.map(|place| place.seq))
        .bind(new.channel.as_str())
        .bind(new.integration_id.map(|id| id.0))
        .bind(&new.sender)
        .bind(&new.recipient)
        .bind(new.contact_point_id.map(|id| id.0))
        .bind(new.payload_id.0)
        .bind(sql_opt(new.not_before))
        .bind(sources)
        .bind(sql(now))
        .bind(sql_opt(new.hold_until))
        .execute(self.connection())
        .await?;
        Ok(id)
    }

    /// Changes what a row is without a try: held, cancelled, unknown, or adopted from the provider.
    pub async fn settle_outbox(
        &mut self,
        id: OutboxId,
        status: DeliveryStatus,
        reason: Option<&str>,
        provider_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "with marked as (
                 update outbox set status = $3, status_reason = $4, provider_id = coalesce($5, provider_id), updated_at = $6
                 where dealership_id = $1 and id = $2 returning id
             )
             delete from outbox_queue q using marked m where q.outbox_id = m.id",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(status.as_str())
        .bind(reason)
        .bind(provider_id)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
