//! The end of a turn: one transaction, decided by compare-and-set, with the words and all they rest on.

use forecourt_domain::{
    action::Workflow,
    conversation::{Author, DraftReason, TurnReason, TurnStatus},
    evidence::{Evidence, Source},
    ids::{MessageId, OutboxId, PayloadId, TurnId},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    CrmTx, StoreError,
    evidence::facts_by_source,
    outbox::{NewOutbox, OutboxKind, OutboxPlace},
    payloads::NewPayload,
    proposals::NewProposal,
    rows::sql,
    turns::{TurnConversation, TurnRow},
};

/// The words that end a turn.
#[derive(Debug, Clone)]
pub struct NewReply {
    pub kind: OutboxKind,
    pub text: String,
    pub not_before: Option<Timestamp>,
    /// The workflow of which the settings say how long it is held for people to look at; none: not at all.
    pub held_as: Option<Workflow>,
    /// What this turn found out, kept with the words for later turns.
    pub evidence: Vec<Evidence>,
    /// Every record the words may rest on: compared with today's now, and again if they have to wait.
    pub sources: Vec<Source>,
}

/// What a turn leaves for a human, in the transaction that ends it.
#[derive(Debug, Clone)]
pub enum Kept {
    /// Words that leave once they are approved.
    Proposal(Box<NewProposal>),
    /// Words that a human may use.
    Draft(String),
}

/// Whether new inbound messages since the context was read make the end of a turn lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewInboundRule {
    /// They do: the turn goes on with them.
    Loses,
    /// They do not: the turn has been restarted often enough, and they become the next one.
    BecomesNextTurn,
}

/// Whether a turn's end answers the customer, or leaves their words waiting for somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Yes,
    No,
}

/// How a turn is to end.
#[derive(Debug, Clone)]
pub struct TurnEnd<'a> {
    pub status: TurnStatus,
    pub reason: TurnReason,
    pub reply: Option<&'a NewReply>,
    pub kept: Option<&'a Kept>,
    pub answered: Answered,
    pub rule: NewInboundRule,
    /// The prompt's hash and the version of the policies; none when it came to neither.
    pub versions: Option<(&'a str, &'a str)>,
}

impl TurnEnd<'_> {
    /// The records on which rests what is said or proposed.
    fn sources(&self) -> Vec<Source> {
        let said = self.reply.map_or(&[][..], |reply| &reply.sources);
        let proposed = match self.kept {
            Some(Kept::Proposal(proposal)) => &proposal.item.sources[..],
            Some(Kept::Draft(_)) | None => &[],
        };
        [said, proposed].concat()
    }
}

/// How the end of a turn came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnCommit {
    Won { reply: Option<(MessageId, OutboxId)> },
    Lost(Lost),
}

/// Why a turn's end did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Another worker holds the conversation: stop at once, write nothing.
    Lease,
    /// A user took over, or a switch was thrown.
    Owner,
    /// The customer said stop (or start).
    Consent,
    /// The customer wrote again.
    NewInbound,
    /// A record that the words rest on has changed.
    Evidence,
    /// Other policies are in force than those it decided under.
    Policies,
}

/// What a turn lost to that ends it for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostTo {
    Owner,
    Consent,
}

impl LostTo {
    /// The reason of the turn's end, and that of the draft it leaves.
    #[must_use]
    pub const fn reasons(self) -> (TurnReason, DraftReason) {
        match self {
            Self::Owner => (TurnReason::OwnerChanged, DraftReason::OwnerChanged),
            Self::Consent => (TurnReason::ConsentChanged, DraftReason::ConsentChanged),
        }
    }
}

impl CrmTx {
    /// The end of a turn, by compare-and-set. The transaction must have been begun by
    /// [`Store::begin_before_cut`](crate::Store::begin_before_cut); when it is lost, roll it back.
    ///
    /// With a reply: message, outbox row, evidence. With something to keep: the proposal or the draft.
    pub async fn end_turn(
        &mut self,
        start: &TurnConversation,
        turn: &TurnRow,
        end: &TurnEnd<'_>,
    ) -> Result<TurnCommit, StoreError> {
        let Some(seq) = self.compare_and_set(start, turn, end).await? else {
            return Ok(TurnCommit::Lost(self.why_lost(start, end.rule).await?));
        };
        if !self.is_policy_version(start.seen.policy_version).await? {
            return Ok(TurnCommit::Lost(Lost::Policies));
        }
        // However often the turn was restarted: what no longer holds is not said.
        if !self.load_stale_sources(&end.sources(), Some(start.party_id)).await?.is_empty() {
            return Ok(TurnCommit::Lost(Lost::Evidence));
        }
        self.finish_turn_row(turn, end.status, end.reason, end.versions).await?;
        match end.kept {
            Some(Kept::Proposal(proposal)) => {
                self.settle_waiting_words(start.id, None, "overtaken").await?;
                self.propose(proposal).await?;
            }
            Some(Kept::Draft(text)) => self.insert_draft(start, turn.id, text, DraftReason::SuggestedReply).await?,
            None => {}
        }
        let reply = match end.reply {
            Some(reply) => Some(self.insert_reply(start, turn, reply, seq).await?),
            None => None,
        };
        Ok(TurnCommit::Won { reply })
    }

    /// Moves the conversation on if nothing changed underneath; gives the next outbox number.
    async fn compare_and_set(
        &mut self,
        start: &TurnConversation,
        turn: &TurnRow,
        end: &TurnEnd<'_>,
    ) -> Result<Option<i64>, StoreError> {
        let (tenant, now, seen) = (self.tenant(), self.now(), start.seen);
        let replies = end.reply.is_some();
        // A switch that was thrown ends what the assistant says, whether it leaves now or waits for a human.
        let speaks = replies || end.kept.is_some();
        let row: Option<(i64, i64)> = sqlx::query_as(
            "update conversations c set
                 answered_inbound = case when $11 then greatest(answered_inbound, $7) else answered_inbound end,
                 first_unanswered_at = case when not $11 then first_unanswered_at when last_inbound > $7 then $8 end,
                 last_outbox_seq = last_outbox_seq + case when $9 then 1 else 0 end,
                 last_message_at = case when $9 then $8 else last_message_at end
             where dealership_id = $1 and id = $2 and lease_no = $3 and owner_version = $4 and consent_version = $5
                 and (last_inbound = $6 or $10) and (not $12 or (ai_paused_at is null
                     and not exists (select from channel_switches k where k.dealership_id = $1 and k.channel = $13)
                     and not exists (select from dealership_profiles d where d.dealership_id = $1 and d.ai_paused_at is not null)
                     and not exists (select from dealerships s left join group_switches g on g.group_id = s.group_id
                         where s.id = $1 and (g.ai_paused_at is not null or s.suspended_at is not null))))
             returning last_outbox_seq, last_inbound",
        )
        .bind(tenant)
        .bind(start.id.0)
        .bind(seen.lease_no)
        .bind(seen.owner_version)
        .bind(seen.consent_version)
        .bind(seen.last_inbound)
        .bind(turn.answered_to)
        .bind(sql(now))
        .bind(replies)
        .bind(end.rule == NewInboundRule::BecomesNextTurn)
        .bind(end.answered == Answered::Yes)
        .bind(speaks)
        .bind(start.channel.as_str())
        .fetch_optional(self.connection())
        .await?;
        let Some((seq, last_inbound)) = row else { return Ok(None) };
        if last_inbound > turn.answered_to {
            self.requeue_turn(start).await?;
        } else {
            self.clear_turn_queue(start).await?;
        }
        Ok(Some(seq))
    }

    async fn why_lost(&mut self, start: &TurnConversation, rule: NewInboundRule) -> Result<Lost, StoreError> {
        let (tenant, seen) = (self.tenant(), start.seen);
        let (lease_no, owner_version, consent_version, last_inbound): (i64, i64, i64, i64) = sqlx::query_as(
            "select lease_no, owner_version, consent_version, last_inbound from conversations
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(start.id.0)
        .fetch_one(self.connection())
        .await?;
        Ok(if lease_no != seen.lease_no {
            Lost::Lease
        } else if consent_version != seen.consent_version {
            Lost::Consent
        } else if owner_version == seen.owner_version
            && last_inbound != seen.last_inbound
            && rule == NewInboundRule::Loses
        {
            Lost::NewInbound
        } else {
            Lost::Owner
        })
    }

    async fn finish_turn_row(
        &mut self,
        turn: &TurnRow,
        status: TurnStatus,
        reason: TurnReason,
        versions: Option<(&str, &str)>,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update turns set status = $3, outcome = $4, ended_at = $5, answered_to = $6, restarts = $7,
                 prompt_hash = $8, policy_version = $9
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(turn.id.0)
        .bind(status.as_str())
        .bind(reason.as_str())
        .bind(sql(now))
        .bind(turn.answered_to)
        .bind(turn.restarts)
        .bind(versions.map(|(prompt_hash, _)| prompt_hash))
        .bind(versions.map(|(_, policy_version)| policy_version))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn insert_reply(
        &mut self,
        start: &TurnConversation,
        turn: &TurnRow,
        reply: &NewReply,
        seq: i64,
    ) -> Result<(MessageId, OutboxId), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let text = NewPayload::new(now, Some(start.party_id), json!({ "text": reply.text }));
        let cited = facts_by_source(&reply.evidence);
        let facts: Vec<_> = cited
            .iter()
            .map(|(_, facts)| {
                NewPayload::new(now, Some(start.party_id), serde_json::to_value(facts).unwrap_or_default())
            })
            .collect();
        let payloads: Vec<_> = std::iter::once(&text).chain(&facts).cloned().collect();
        self.insert_payloads(&payloads).await?;
        self.keep_evidence(start.id, turn.id, &cited, &facts).await?;
        let message_id = MessageId::generate(now);
        sqlx::query(
            "insert into messages (dealership_id, id, conversation_id, direction, author, channel, contact_point_id, payload_id,
                 turn_id, created_at)
             values ($1, $2, $3, 'outbound', $4, $5, $6, $7, $9, $8)",
        )
        .bind(tenant)
        .bind(message_id.0)
        .bind(start.id.0)
        .bind(if reply.kind == OutboxKind::Reply { Author::Assistant } else { Author::System }.as_str())
        .bind(start.channel.as_str())
        .bind(start.contact_point_id.0)
        .bind(text.id.0)
        .bind(sql(now))
        .bind(turn.id.0)
        .execute(self.connection())
        .await?;
        let mut outbox = reply_outbox(start, reply, message_id, seq, text.id);
        if let Some(workflow) = reply.held_as {
            let hold = self.load_standing_of_now().await?.holds.hold(workflow, start.channel);
            outbox.hold_until = (hold > SignedDuration::ZERO).then(|| now + hold);
        }
        let outbox_id = self.enqueue_outbox(&outbox).await?;
        Ok((message_id, outbox_id))
    }

    /// Ends a turn that lost to a takeover, a switch or a STOP: its draft stays visible, nothing is sent.
    /// The lease must be locked. What the customer wrote meanwhile is not lost with it: the conversation
    /// is claimed once more, and its gate finds either something to answer or nothing to do.
    pub async fn supersede_turn(
        &mut self,
        start: &TurnConversation,
        turn: &TurnRow,
        lost_to: LostTo,
        draft: Option<&str>,
    ) -> Result<(), StoreError> {
        let (reason, kept_as) = lost_to.reasons();
        if let Some(text) = draft {
            self.insert_draft(start, turn.id, text, kept_as).await?;
        }
        self.finish_turn_row(turn, TurnStatus::Superseded, reason, None).await?;
        self.requeue_turn(start).await
    }

    /// Keeps words that were not sent, for a human to see and use.
    pub async fn insert_draft(
        &mut self,
        start: &TurnConversation,
        turn_id: TurnId,
        text: &str,
        reason: DraftReason,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let payload = NewPayload::new(now, Some(start.party_id), json!({ "text": text }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        sqlx::query(
            "insert into drafts (dealership_id, id, conversation_id, turn_id, payload_id, reason, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant)
        .bind(forecourt_domain::ids::generate(now))
        .bind(start.id.0)
        .bind(turn_id.0)
        .bind(payload.id.0)
        .bind(reason.as_str())
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn reply_outbox(
    start: &TurnConversation,
    reply: &NewReply,
    message_id: MessageId,
    seq: i64,
    payload_id: PayloadId,
) -> NewOutbox {
    NewOutbox {
        kind: reply.kind,
        conversation: Some(OutboxPlace { conversation_id: start.id, message_id, seq }),
        channel: start.channel,
        integration_id: start.integration_id,
        sender: start.our_address.clone(),
        recipient: start.contact_value.clone(),
        contact_point_id: Some(start.contact_point_id),
        payload_id,
        not_before: reply.not_before,
        hold_until: None,
        sources: reply.sources.clone(),
    }
}
