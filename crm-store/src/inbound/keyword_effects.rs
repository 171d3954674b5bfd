//! STOP, HELP and START: applied in the transaction that accepts them, and answered by a fixed sentence.

use forecourt_domain::{
    action::Channel,
    ids::{ConversationId, MessageId, PayloadId},
    keywords::Keyword,
};
use serde_json::json;

use super::{Correspondent, InboundConversation, InboundKeyword, NewInbound};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    conversations::{CutWords, SwitchScope},
    outbox::{NewOutbox, OutboxKind, OutboxPlace},
    payloads::NewPayload,
    rows::sql,
};

impl CrmTx {
    pub(super) async fn apply_keyword(
        &mut self,
        inbound: &NewInbound,
        keyword: &InboundKeyword,
        message_id: MessageId,
        correspondent: &Correspondent,
        conversation: &InboundConversation,
    ) -> Result<(), StoreError> {
        // STOP is confirmed exactly once; said again, it changes nothing and is answered by silence.
        if keyword.keyword == Keyword::Stop && self.has_opted_out(correspondent).await? {
            return self.mark_answered(conversation).await;
        }
        match keyword.keyword {
            Keyword::Stop => self.change_consent(correspondent, conversation.id, message_id, Consent::OptOut).await?,
            Keyword::Start => self.change_consent(correspondent, conversation.id, message_id, Consent::OptIn).await?,
            Keyword::Help => {}
        }
        self.mark_answered(conversation).await?;
        if let Some(answer) = &keyword.answer {
            self.enqueue_keyword_answer(inbound, answer, correspondent, conversation).await?;
        }
        Ok(())
    }

    /// Read only now that the conversation is locked: of two STOPs at once the second must see the first.
    async fn has_opted_out(&mut self, correspondent: &Correspondent) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select opted_out_at is not null from contact_points where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(correspondent.contact_point_id.0)
        .fetch_one(self.connection())
        .await?)
    }

    /// Records a STOP or START on the point and bumps the consent version of every conversation of its
    /// party, so that a turn in flight cannot commit a reply.
    async fn change_consent(
        &mut self,
        correspondent: &Correspondent,
        conversation_id: ConversationId,
        message_id: MessageId,
        consent: Consent,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "with point as (
                 update contact_points set
                     opted_out_at = case when $4 = 'opt_out' then $5 end,
                     opted_in_at = case when $4 = 'opt_in' then $5 else opted_in_at end
                 where dealership_id = $1 and id = $2
             ), logged as (
                 insert into consents (dealership_id, id, contact_point_id, customer_id, kind, source, message_id, occurred_at)
                 select $1, $6, $2, p.customer_id, $4, 'keyword', $7, $5 from parties p where p.dealership_id = $1 and p.id = $3
             )
             update conversations set consent_version = consent_version + 1 where dealership_id = $1 and party_id = $3",
        )
        .bind(tenant)
        .bind(correspondent.contact_point_id.0)
        .bind(correspondent.party_id.0)
        .bind(consent.as_str())
        .bind(sql(now))
        .bind(forecourt_domain::ids::generate(now))
        .bind(message_id.0)
        .execute(self.connection())
        .await?;
        // The conversation is locked: whatever is leaving now was committed before this cut.
        let leaving = match consent {
            Consent::OptOut => {
                self.cancel_waiting_for_stop(conversation_id).await?;
                self.load_leaving(SwitchScope::Conversation(conversation_id), CutWords::OfAnybody).await?
            }
            Consent::OptIn => Vec::new(),
        };
        let leaving: Vec<_> = leaving.iter().map(|leaving| leaving.message_id).collect();
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::ConsentChanged,
            actor: AuditActor::Customer,
            conversation_id: Some(conversation_id),
            turn_id: None,
            details: json!({
                "contact_point": correspondent.contact_point_id, "consent": consent.as_str(), "message": message_id,
                "already_leaving": leaving,
            }),
        }])
        .await?;
        Ok(())
    }

    /// A keyword is answered here, by no turn.
    async fn mark_answered(&mut self, conversation: &InboundConversation) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "update conversations set
                 answered_inbound = case when answered_inbound = last_inbound - 1 then last_inbound else answered_inbound end,
                 first_unanswered_at = case when answered_inbound = last_inbound - 1 then null else first_unanswered_at end
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(conversation.id.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn enqueue_keyword_answer(
        &mut self,
        inbound: &NewInbound,
        answer: &str,
        correspondent: &Correspondent,
        conversation: &InboundConversation,
    ) -> Result<(), StoreError> {
        let seq = conversation.last_outbox_seq + 1;
        let payload = NewPayload::new(self.now(), Some(correspondent.party_id), json!({ "text": answer }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        let message_id = self.insert_system_message(conversation.id, inbound.channel, seq, payload.id).await?;
        self.enqueue_outbox(&NewOutbox {
            kind: OutboxKind::KeywordAnswer,
            conversation: Some(OutboxPlace { conversation_id: conversation.id, message_id, seq }),
            channel: inbound.channel,
            integration_id: Some(inbound.integration_id),
            sender: Some(inbound.our_address.clone()),
            recipient: inbound.from.clone(),
            contact_point_id: Some(correspondent.contact_point_id),
            payload_id: payload.id,
            not_before: None,
            hold_until: None,
            sources: Vec::new(),
        })
        .await?;
        Ok(())
    }

    async fn insert_system_message(
        &mut self,
        conversation_id: ConversationId,
        channel: Channel,
        seq: i64,
        payload_id: PayloadId,
    ) -> Result<MessageId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let message_id = MessageId::generate(now);
        sqlx::query(
            "with said as (
                 insert into messages (dealership_id, id, conversation_id, direction, author, channel, payload_id, created_at)
                 values ($1, $2, $3, 'outbound', 'system', $4, $5, $6)
             )
             update conversations set last_outbox_seq = $7 where dealership_id = $1 and id = $3",
        )
        .bind(tenant)
        .bind(message_id.0)
        .bind(conversation_id.0)
        .bind(channel.as_str())
        .bind(payload_id.0)
        .bind(sql(now))
        .bind(seq)
        .execute(self.connection())
        .await?;
        Ok(message_id)
    }
}

#[derive(Clone, Copy)]
enum Consent {
    OptOut,
    OptIn,
}

impl Consent {
    const fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
        }
    }
}
