//! Accepting a message from outside, in one transaction: receipt, party, consent words, message, turn.

mod keyword_effects;

use forecourt_domain::{
    action::Channel,
    contact::{Assurance, ContactKind},
    ids::{ContactPointId, ConversationId, DepartmentId, IntegrationId, MessageId, PartyId},
    keywords::Keyword,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    payloads::NewPayload,
    rows::{instant, parse, sql},
};

/// A message as a verified webhook or mailbox delivered it.
#[derive(Debug, Clone)]
pub struct NewInbound {
    pub provider: &'static str,
    pub account: String,
    /// Unique per provider and account: a redelivery carries the same one.
    pub provider_message_id: String,
    pub integration_id: IntegrationId,
    pub department_id: Option<DepartmentId>,
    pub channel: Channel,
    pub from_kind: ContactKind,
    /// Normalised: E.164, or a lower-case address.
    pub from: String,
    pub assurance: Assurance,
    /// Our number or mailbox that was written to; replies leave from it.
    pub our_address: String,
    /// `{"text": …}` and whatever else of the message is kept.
    pub body: Value,
    pub keyword: Option<InboundKeyword>,
}

/// STOP, HELP or START, and what to answer; no text when the provider has answered already.
#[derive(Debug, Clone)]
pub struct InboundKeyword {
    pub keyword: Keyword,
    pub answer: Option<String>,
}

/// What became of an inbound message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It had been accepted before; nothing changed.
    Duplicate,
    Stored {
        message_id: MessageId,
        conversation_id: ConversationId,
        turn_due: Option<Timestamp>,
    },
}

struct Correspondent {
    contact_point_id: ContactPointId,
    party_id: PartyId,
    assurance: Assurance,
}

struct InboundConversation {
    id: ConversationId,
    inbound_no: i64,
    first_unanswered_at: Timestamp,
    last_outbox_seq: i64,
}

impl CrmTx {
    /// Accepts a message. No model, no provider and no other dealership is involved.
    pub async fn accept_inbound(&mut self, inbound: &NewInbound) -> Result<Accepted, StoreError> {
        let message_id = MessageId::generate(self.now());
        if !self.insert_receipt(inbound, message_id).await? {
            return Ok(Accepted::Duplicate);
        }
        let correspondent = self.find_or_insert_correspondent(inbound).await?;
        let conversation = self.touch_conversation(inbound, &correspondent).await?;
        self.raise_assurance(inbound, &correspondent).await?;
        self.insert_inbound_message(inbound, message_id, &correspondent, &conversation).await?;
        let turn_due = match &inbound.keyword {
            Some(keyword) => {
                self.apply_keyword(inbound, keyword, message_id, &correspondent, &conversation).await?;
                None
            }
            None => {
                // It answers less than what is asked by now: the next turn answers all of it, once.
                self.withdraw_waiting(conversation.id).await?;
                Some(self.schedule_turn(&conversation, inbound.channel).await?)
            }
        };
        Ok(Accepted::Stored { message_id, conversation_id: conversation.id, turn_due })
    }

    /// False when the same message was accepted before. A parallel delivery waits here for the first.
    async fn insert_receipt(&mut self, inbound: &NewInbound, message_id: MessageId) -> Result<bool, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let inserted = sqlx::query(
            "insert into receipts (dealership_id, provider, account, provider_message_id, message_id, received_at)
             values ($1, $2, $3, $4, $5, $6) on conflict on constraint receipts_pkey do nothing",
        )
        .bind(tenant)
        .bind(inbound.provider)
        .bind(&inbound.account)
        .bind(&inbound.provider_message_id)
        .bind(message_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn find_or_insert_correspondent(&mut self, inbound: &NewInbound) -> Result<Correspondent, StoreError> {
        if let Some(found) = self.find_correspondent(inbound).await? {
            return Ok(found);
        }
        // Two first messages at once would make two parties: the second waits and finds the first's.
        let tenant = self.tenant();
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1::text || $2 || $3, 0))")
            .bind(tenant)
            .bind(inbound.from_kind.as_str())
            .bind(&inbound.from)
            .execute(self.connection())
            .await?;
        if let Some(found) = self.find_correspondent(inbound).await? {
            return Ok(found);
        }
        let now = self.now();
        let (party_id, contact_point_id) = (PartyId::generate(now), ContactPointId::generate(now));
        sqlx::query(
            "with party as (insert into parties (dealership_id, id, created_at) values ($1, $2, $3))
             insert into contact_points (dealership_id, id, party_id, kind, value, assurance, created_at)
             values ($1, $4, $2, $5, $6, $7, $3)",
        )
        .bind(tenant)
        .bind(party_id.0)
        .bind(sql(now))
        .bind(contact_point_id.0)
        .bind(inbound.from_kind.as_str())
        .bind(&inbound.from)
        .bind(inbound.assurance.as_str())
        .execute(self.connection())
        .await?;
        Ok(Correspondent { contact_point_id, party_id, assurance: inbound.assurance })
    }

    async fn find_correspondent(&mut self, inbound: &NewInbound) -> Result<Option<Correspondent>, StoreError> {
        let tenant = self.tenant();
        let row: Option<(Uuid, Uuid, String)> = sqlx::query_as(
            "select id, party_id, assurance from contact_points
             where dealership_id = $1 and kind = $2 and value = $3",
        )
        .bind(tenant)
        .bind(inbound.from_kind.as_str())
        .bind(&inbound.from)
        .fetch_optional(self.connection())
        .await?;
        let Some((id, party_id, assurance)) = row else { return Ok(None) };
        Ok(Some(Correspondent {
            contact_point_id: ContactPointId(id),
            party_id: PartyId(party_id),
            assurance: parse(&assurance)?,
        }))
    }

    /// What this message proves of the contact point. The conversation is locked by now, as everybody
    /// locks it before a contact point.
    async fn raise_assurance(&mut self, inbound: &NewInbound, correspondent: &Correspondent) -> Result<(), StoreError> {
        if correspondent.assurance >= inbound.assurance {
            return Ok(());
        }
        let tenant = self.tenant();
        sqlx::query("update contact_points set assurance = $3 where dealership_id = $1 and id = $2")
            .bind(tenant)
            .bind(correspondent.contact_point_id.0)
            .bind(inbound.assurance.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Finds or makes the party's conversation, counts the message and locks the row.
    async fn touch_conversation(
        &mut self,
        inbound: &NewInbound,
        correspondent: &Correspondent,
    ) -> Result<InboundConversation, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row = sqlx::query(
            "insert into conversations (dealership_id, id, kind, party_id, department_id, channel, integration_id, our_address,
                 contact_point_id, last_inbound, first_unanswered_at, created_at, last_message_at)
             values ($1, $2, 'customer', $3, $4, $5, $6, $7, $8, 1, $9, $9, $9)
             on conflict (dealership_id, party_id) where kind = 'customer' do update set
                 channel = excluded.channel, integration_id = excluded.integration_id, our_address = excluded.our_address,
                 contact_point_id = excluded.contact_point_id, department_id = excluded.department_id,
                 last_inbound = conversations.last_inbound + 1,
                 first_unanswered_at = coalesce(conversations.first_unanswered_at, excluded.first_unanswered_at),
                 last_message_at = excluded.last_message_at
             returning id, last_inbound, first_unanswered_at, last_outbox_seq",
        )
        .bind(tenant)
        .bind(ConversationId::generate(now).0)
        .bind(correspondent.party_id.0)
        .bind(inbound.department_id.map(|id| id.0))
        .bind(inbound.channel.as_str())
        .bind(inbound.integration_id.0)
        .bind(&inbound.our_address)
        .bind(correspondent.contact_point_id.0)
        .bind(sql(now))
        .fetch_one(self.connection())
        .await?;
        Ok(InboundConversation {
            id: ConversationId(row.try_get("id")?),
            inbound_no: row.try_get("last_inbound")?,
            first_unanswered_at: instant(row.try_get("first_unanswered_at")?).unwrap_or(now),
            last_outbox_seq: row.try_get("last_outbox_seq")?,
        })
    }

    async fn insert_inbound_message(
        &mut self,
        inbound: &NewInbound,
        message_id: MessageId,
        correspondent: &Correspondent,
        conversation: &InboundConversation,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let payload = NewPayload::new(now, Some(correspondent.party_id), inbound.body.clone());
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        sqlx::query(
            "insert into messages (dealership_id, id, conversation_id, direction, author, channel, contact_point_id, assurance,
                 payload_id, inbound_no, created_at)
             values ($1, $2, $3, 'inbound', 'customer', $4, $5, $6, $7, $8, $9)",
        )
        .bind(tenant)
        .bind(message_id.0)
        .bind(conversation.id.0)
        .bind(inbound.channel.as_str())
        .bind(correspondent.contact_point_id.0)
        .bind(inbound.assurance.as_str())
        .bind(payload.id.0)
        .bind(conversation.inbound_no)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::InboundAccepted,
            actor: AuditActor::Customer,
            conversation_id: Some(conversation.id),
            turn_id: None,
            details: json!({
                "message": message_id, "channel": inbound.channel, "assurance": inbound.assurance,
                "inbound_no": conversation.inbound_no, "provider": inbound.provider,
                "provider_message": inbound.provider_message_id, "commitment": payload.commitment(),
                "keyword": inbound.keyword.as_ref().map(|keyword| keyword.keyword.as_str()),
            }),
        }])
        .await?;
        Ok(())
    }

    /// Due at min(last text + quiet, first unanswered + max wait), so that bursts become one turn and
    /// a steady stream still gets answers.
    async fn schedule_turn(
        &mut self,
        conversation: &InboundConversation,
        channel: Channel,
    ) -> Result<Timestamp, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let (quiet, max_wait) = self.debounce(channel).await?;
        let due = (now + quiet).min(conversation.first_unanswered_at + max_wait);
        sqlx::query(
            "insert into turn_queue (conversation_id, dealership_id, due_at) values ($1, $2, $3)
             on conflict (conversation_id) do update set due_at = excluded.due_at",
        )
        .bind(conversation.id.0)
        .bind(tenant)
        .bind(sql(due))
        .execute(self.connection())
        .await?;
        Ok(due)
    }

    async fn debounce(&mut self, channel: Channel) -> Result<(SignedDuration, SignedDuration), StoreError> {
        let millis = SignedDuration::from_millis;
        match channel {
            Channel::WebChat => Ok((millis(700), millis(3_000))),
            Channel::Email => Ok((millis(20_000), millis(60_000))),
            Channel::Copilot => Ok((millis(0), millis(0))),
            Channel::Sms => {
                let tenant = self.tenant();
                let (quiet, max_wait): (i32, i32) = sqlx::query_as(
                    "select sms_quiet_ms, sms_max_wait_ms from dealership_profiles where dealership_id = $1",
                )
                .bind(tenant)
                .fetch_one(self.connection())
                .await?;
                Ok((millis(quiet.into()), millis(max_wait.into())))
            }
        }
    }
}
