//! Replies that wait a moment for people to look at: how long, and what ends the wait.

use std::collections::BTreeMap;

use forecourt_domain::{
    action::{Channel, Workflow},
    conversation::HandoffCategory,
    delivery::DeliveryStatus,
    ids::{ConversationId, MessageId, OutboxId, UserId},
};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::{OutboxRow, SendState};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    handoffs::{NewHandoff, SettingsError},
    payloads::NewPayload,
    rows::{int, parse, sql},
};

/// The longest hold that can be set: one hour.
const LONGEST_HOLD: u32 = 3600;

/// How long the assistant's replies of a workflow wait on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldSetting {
    pub workflow: Workflow,
    pub channel: Channel,
    /// Zero: they leave at once.
    pub seconds: u32,
}

/// The holds of a dealership; what is not set leaves at once.
#[derive(Debug, Clone, Default)]
pub struct HoldSettings(BTreeMap<(Workflow, Channel), u32>);

impl HoldSettings {
    /// How long a reply waits.
    #[must_use]
    pub fn hold(&self, workflow: Workflow, channel: Channel) -> SignedDuration {
        let seconds = self.0.get(&(workflow, channel)).copied().unwrap_or(0);
        SignedDuration::from_secs(seconds.into())
    }

    /// What is set, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = HoldSetting> + '_ {
        self.0.iter().map(|((workflow, channel), seconds)| HoldSetting {
            workflow: *workflow,
            channel: *channel,
            seconds: *seconds,
        })
    }
}

/// How a person ends a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldEnd {
    /// It leaves now.
    SentNow,
    /// It does not leave; whoever stopped it answers.
    Cancelled,
    /// Somebody began to type a reply of their own.
    Typing,
    /// It leaves in other words, as theirs.
    Edited,
}

impl HoldEnd {
    /// The text under which it is logged, and why the row was cancelled.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SentNow => "sent_now",
            Self::Cancelled => "stopped_by_hand",
            Self::Typing => "typing",
            Self::Edited => "edited",
        }
    }
}

/// Which words that wait are cancelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Replies of turns that are held for people to look at, or wait for a time of their own.
    Replies,
    /// Whatever the assistant or the system in its place would say.
    AnythingOfAssistant,
}

impl CrmTx {
    /// The holds as they are stored.
    pub(crate) async fn read_hold_settings(&mut self) -> Result<HoldSettings, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(String, String, i32)> =
            sqlx::query_as("select workflow, channel, seconds from hold_settings where dealership_id = $1")
                .bind(tenant)
                .fetch_all(self.connection())
                .await?;
        let holds = rows
            .iter()
            .map(|(workflow, channel, seconds)| {
                Ok(((parse(workflow)?, parse(channel)?), u32::try_from(*seconds).unwrap_or(0)))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(HoldSettings(holds))
    }

    /// Sets how long the replies of a workflow wait on a channel. Turns whose end begins after this commit obey it.
    pub async fn set_hold(&mut self, by: UserId, set: HoldSetting) -> Result<(), SettingsError> {
        if set.seconds > LONGEST_HOLD {
            return Err(SettingsError::Hold);
        }
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "insert into hold_settings (dealership_id, workflow, channel, seconds, changed_by, changed_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (dealership_id, workflow, channel) do update set seconds = excluded.seconds,
                 changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        )
        .bind(tenant)
        .bind(set.workflow.as_str())
        .bind(set.channel.as_str())
        .bind(int(set.seconds))
        .bind(by.0)
        .bind(sql(now))
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        let details = json!({
            "settings": "hold", "workflow": set.workflow, "channel": set.channel, "seconds": set.seconds,
        });
        Ok(self.log_settings(by, details).await?)
    }

    /// A message that is held for people to look at, locked with its conversation, and what binds it;
    /// none where it is not held (any more).
    pub async fn lock_held(&mut self, message_id: MessageId) -> Result<Option<(OutboxRow, SendState)>, StoreError> {
        Ok(self.lock_message(message_id).await?.filter(|(row, _)| row.is_on_hold()))
    }

    /// As [`lock_held`](Self::lock_held), and a message that this user stopped by beginning to type.
    pub async fn lock_for_edit(&mut self, message_id: MessageId, by: UserId) -> Result<Option<OutboxRow>, StoreError> {
        let locked = self.lock_message(message_id).await?.map(|(row, _)| row);
        Ok(locked.filter(|row| row.is_on_hold() || row.was_stopped_by_typing_of(by)))
    }

    async fn lock_message(&mut self, message_id: MessageId) -> Result<Option<(OutboxRow, SendState)>, StoreError> {
        let tenant = self.tenant();
        let id: Option<Uuid> = sqlx::query_scalar("select id from outbox where dealership_id = $1 and message_id = $2")
            .bind(tenant)
            .bind(message_id.0)
            .fetch_optional(self.connection())
            .await?;
        let Some(id) = id else { return Ok(None) };
        self.lock_send(OutboxId(id)).await
    }

    /// Lets a held reply leave now. Everything that can forbid a send is checked again before it does.
    /// The row must be locked.
    pub async fn release_hold(&mut self, row: &OutboxRow, by: UserId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "with released as (
                 update outbox set status = 'queued', status_reason = null, updated_at = $3
                 where dealership_id = $1 and id = $2 returning id, not_before
             )
             update outbox_queue q set due_at = greatest(r.not_before, $3), leased_until = null
             from released r where q.outbox_id = r.id",
        )
        .bind(tenant)
        .bind(row.id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.log_hold_end(row, by, HoldEnd::SentNow).await
    }

    /// Stops a held reply, or says of one that typing stopped that other words take its place. The customer then
    /// waits for whoever stopped it: the ticket of the conversation says so, which is opened in their name where none
    /// is open, unless their own words go out in the same transaction. Whether one was opened. The row must be locked.
    pub async fn stop_held(&mut self, row: &OutboxRow, by: UserId, end: HoldEnd) -> Result<bool, StoreError> {
        self.settle_outbox(row.id, DeliveryStatus::Cancelled, Some(end.as_str()), None).await?;
        let tenant = self.tenant();
        sqlx::query("update outbox set stopped_by = $3 where dealership_id = $1 and id = $2")
            .bind(tenant)
            .bind(row.id.0)
            .bind(by.0)
            .execute(self.connection())
            .await?;
        self.log_hold_end(row, by, end).await?;
        let (Some(conversation_id), HoldEnd::Cancelled | HoldEnd::Typing) = (row.conversation_id, end) else {
            return Ok(false);
        };
        let summary = "The assistant's reply was stopped by hand. The customer waits for an answer.";
        let (handoff, opened) = self
            .open_handoff(&NewHandoff {
                conversation_id,
                category: HandoffCategory::Other,
                summary: NewPayload::new(self.now(), row.party_id, json!({ "summary": summary })),
                why: Some(summary),
                asked_first: Some(by),
            })
            .await?;
        if opened {
            let (ticket, category) = (handoff.ticket_number(), handoff.category);
            let details = json!({ "category": category, "reason": end.as_str(), "ticket": ticket, "outbox": row.id });
            self.log_handoff(&handoff, AuditKind::HandoffMade, AuditActor::User(by), details).await?;
        }
        Ok(opened)
    }

    /// Stops the replies of a conversation that are held, because somebody types one of their own; what they
    /// said. The conversation must be locked.
    pub async fn stop_held_for_typing(
        &mut self,
        conversation_id: ConversationId,
        by: UserId,
    ) -> Result<Vec<String>, StoreError> {
        let tenant = self.tenant();
        let messages: Vec<Uuid> = sqlx::query_scalar(
            "select message_id from outbox
             where dealership_id = $1 and conversation_id = $2 and status = 'held' and status_reason = 'hold' order by seq",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_all(self.connection())
        .await?;
        let mut stopped = Vec::new();
        for message in messages {
            if let Some((row, _)) = self.lock_held(MessageId(message)).await? {
                self.stop_held(&row, by, HoldEnd::Typing).await?;
                stopped.push(row.body["text"].as_str().unwrap_or_default().to_owned());
            }
        }
        Ok(stopped)
    }

    /// Takes replies back that wait, held or until a time of their own, because the customer wrote again: what
    /// they answered is unanswered, and the next turn answers all of it. What the system says of a decision
    /// stays and leaves at its time. How far answers have come then; none where nothing waited. The
    /// conversation must be locked.
    pub(crate) async fn withdraw_waiting(
        &mut self,
        conversation_id: ConversationId,
    ) -> Result<Option<i64>, StoreError> {
        let withdrawn = self.cancel_waiting(conversation_id, Waiting::Replies, "customer_wrote").await?;
        if withdrawn.is_empty() {
            return Ok(None);
        }
        let tenant = self.tenant();
        let answered = sqlx::query_scalar(
            "update conversations set answered_inbound = least(answered_inbound, (
                 select min(t.answered_from) from messages m
                 join turns t on t.dealership_id = m.dealership_id and t.id = m.turn_id
                 where m.dealership_id = $1 and m.id = any($3)))
             where dealership_id = $1 and id = $2 returning answered_inbound",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(withdrawn)
        .fetch_one(self.connection())
        .await?;
        Ok(Some(answered))
    }

    /// Stops whatever of the assistant waits to leave, because the customer said stop. The conversation must be
    /// locked.
    pub(crate) async fn cancel_waiting_for_stop(&mut self, conversation_id: ConversationId) -> Result<(), StoreError> {
        self.cancel_waiting(conversation_id, Waiting::AnythingOfAssistant, "opted_out").await?;
        Ok(())
    }

    /// Cancels what waits in a conversation; the messages.
    async fn cancel_waiting(
        &mut self,
        conversation_id: ConversationId,
        waiting: Waiting,
        reason: &str,
    ) -> Result<Vec<Uuid>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
            "with stopped as (
                 update outbox o set status = 'cancelled', status_reason = $3, updated_at = $4
                 where o.dealership_id = $1 and o.conversation_id = $2 and o.status in ('queued', 'held')
                     and o.kind in ('reply', 'acknowledgement', 'fallback')
                     and ($5 or (o.status = 'held' and o.status_reason = 'hold')
                         or (o.status = 'queued' and o.kind = 'reply' and o.not_before > $4
                             and exists (select from messages m where m.dealership_id = $1 and m.id = o.message_id
                                 and m.author = 'assistant')))
                 returning o.id, o.message_id, o.kind
             ), unqueued as (
                 delete from outbox_queue q using stopped s where q.outbox_id = s.id
             )
             select id, message_id, kind from stopped order by id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(reason)
        .bind(sql(now))
        .bind(waiting == Waiting::AnythingOfAssistant)
        .fetch_all(self.connection())
        .await?;
        let entries: Vec<_> = rows
            .iter()
            .map(|(outbox, message, kind)| NewAuditEntry {
                kind: AuditKind::SendHeld,
                actor: AuditActor::System,
                conversation_id: Some(conversation_id),
                turn_id: None,
                details: json!({
                    "outbox": outbox, "message": message, "kind": kind, "status": DeliveryStatus::Cancelled,
                    "reason": reason,
                }),
            })
            .collect();
        if !entries.is_empty() {
            self.append_audit(&entries).await?;
        }
        Ok(rows.into_iter().map(|(_, message, _)| message).collect())
    }

    async fn log_hold_end(&mut self, row: &OutboxRow, by: UserId, end: HoldEnd) -> Result<(), StoreError> {
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::HoldEnded,
            actor: AuditActor::User(by),
            conversation_id: row.conversation_id,
            turn_id: None,
            details: json!({ "outbox": row.id, "message": row.message_id, "how": end.as_str() }),
        }])
        .await?;
        Ok(())
    }
}
