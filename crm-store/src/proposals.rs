//! Actions that wait for a human: stored with typed arguments, decided once.

use forecourt_domain::{
    action::{ActionKind, Channel, Workflow},
    conversation::ProposalStatus,
    evidence::Source,
    hex::hex,
    ids::{ConversationId, PartyId, ProposedActionId, TurnId, UserId},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    keys::sha256,
    payloads::{NewPayload, canonical_json},
    rows::{instant, parse, sql},
};

/// An action that needs approval, about to be stored.
#[derive(Debug, Clone)]
pub struct NewProposal {
    pub conversation_id: ConversationId,
    pub party_id: PartyId,
    pub turn_id: TurnId,
    pub action: ActionKind,
    /// The tool that runs it; none for words to send.
    pub tool: Option<String>,
    pub workflow: Workflow,
    pub channel: Channel,
    /// Canonical arguments, or `{"text": …}` for words.
    pub arguments: Value,
    pub sources: Vec<Source>,
    /// Why it needs a human, in the policy's own words.
    pub reason: String,
    pub policy_version: String,
    pub expires_at: Timestamp,
}

/// A proposed action as people see it.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub id: ProposedActionId,
    pub conversation_id: ConversationId,
    pub turn_id: TurnId,
    /// The last inbound message that its turn answers.
    pub answered_to: i64,
    pub action: ActionKind,
    pub tool: Option<String>,
    pub workflow: Workflow,
    pub channel: Channel,
    pub arguments: Value,
    pub sources: Vec<Source>,
    pub reason: String,
    pub policy_version: String,
    /// Covers id, action, arguments and the facts shown. A decision names the digest it saw.
    pub digest: String,
    pub status: ProposalStatus,
    pub outcome: Option<String>,
    pub expires_at: Timestamp,
    pub created_at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

/// What a proposal is read from, with how it is narrowed.
macro_rules! proposals {
    ($narrowed:literal) => {
        sqlx::query(concat!(
            "select a.id, a.conversation_id, a.turn_id, t.answered_to, a.action, a.tool, a.workflow, a.channel, p.body, a.sources,
                 a.reason, a.policy_version, a.digest, a.status, a.outcome, a.expires_at, a.created_at, a.decided_at
             from proposed_actions a
             join turns t on t.dealership_id = a.dealership_id and t.id = a.turn_id
             join payloads p on p.dealership_id = a.dealership_id and p.id = a.arguments_payload_id
             where a.dealership_id = $1 ",
            $narrowed
        ))
    };
}

fn digest(id: ProposedActionId, action: ActionKind, arguments: &Value, sources: &Value) -> String {
    hex(&sha256(canonical_json(&json!([id, action, arguments, sources])).as_bytes()))
}

impl CrmTx {
    /// Stores an action for a human to decide.
    pub async fn insert_proposal(&mut self, new: &NewProposal) -> Result<ProposedActionId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let id = ProposedActionId::generate(now);
        let sources = serde_json::to_value(&new.sources).unwrap_or_default();
        let digest = digest(id, new.action, &new.arguments, &sources);
        let payload = NewPayload::new(now, Some(new.party_id), new.arguments.clone());
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        sqlx::query(
            "insert into proposed_actions (dealership_id, id, conversation_id, turn_id, action, tool, workflow, channel,
                 arguments_payload_id, sources, reason, policy_version, digest, status, expires_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', $14, $15)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.conversation_id.0)
        .bind(new.turn_id.0)
        .bind(new.action.as_str())
        .bind(&new.tool)
        .bind(new.workflow.as_str())
        .bind(new.channel.as_str())
        .bind(payload.id.0)
        .bind(sources)
        .bind(&new.reason)
        .bind(&new.policy_version)
        .bind(&digest)
        .bind(sql(new.expires_at))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::ProposalMade,
            actor: AuditActor::Agent,
            conversation_id: Some(new.conversation_id),
            turn_id: Some(new.turn_id),
            details: json!({
                "proposal": id, "action": new.action, "workflow": new.workflow, "digest": digest,
                "policy_version": new.policy_version, "commitment": payload.commitment(),
            }),
        }])
        .await?;
        Ok(id)
    }

    /// Proposals in a status, the one that expires first comes first.
    pub async fn load_proposals(&mut self, status: ProposalStatus, limit: i64) -> Result<Vec<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.status = $2 order by a.expires_at, a.id limit $3")
            .bind(tenant)
            .bind(status.as_str())
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(read_proposal).collect()
    }

    /// One proposal.
    pub async fn find_proposal(&mut self, id: ProposedActionId) -> Result<Option<Proposal>, StoreError> {
        let tenant = self.tenant();
        let row = proposals!("and a.id = $2").bind(tenant).bind(id.0).fetch_optional(self.connection()).await?;
        row.map(|row| read_proposal(&row)).transpose()
    }

    /// One proposal, locked until this transaction ends: of many who click, one decides. Its conversation
    /// must be locked before, as whoever takes it over does.
    pub async fn lock_proposal(&mut self, id: ProposedActionId) -> Result<Option<Proposal>, StoreError> {
        let tenant = self.tenant();
        let row = proposals!("and a.id = $2 for update of a")
            .bind(tenant)
            .bind(id.0)
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| read_proposal(&row)).transpose()
    }

    /// Records what became of a proposal, by whom and why. Words that nobody will send leave a request
    /// for a human, unless the customer was answered since or a human owns the conversation.
    pub async fn settle_proposal(
        &mut self,
        proposal: &Proposal,
        status: ProposalStatus,
        decided_by: Option<UserId>,
        reason: Option<&str>,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update proposed_actions set status = $3, decided_by = $4, decided_at = $5, decision_reason = $6, outcome = $7
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(proposal.id.0)
        .bind(status.as_str())
        .bind(decided_by.map(|id| id.0))
        .bind(sql(now))
        .bind(reason)
        .bind(outcome)
        .execute(self.connection())
        .await?;
        let settled = Settled {
            id: proposal.id,
            conversation_id: proposal.conversation_id,
            turn_id: proposal.turn_id,
            digest: proposal.digest.clone(),
        };
        self.append_audit(&[settled.entry(status, decided_by, outcome)]).await?;
        if proposal.action == ActionKind::SendReply && status != ProposalStatus::Executed {
            self.open_handoff_for_unsent_words(proposal.conversation_id, proposal.answered_to).await?;
        }
        Ok(())
    }

    /// Settles the words of a conversation that wait for approval: whoever took it over answers, or newer
    /// words take their place. The conversation must be locked.
    pub(crate) async fn settle_waiting_words(
        &mut self,
        conversation_id: ConversationId,
        by: Option<UserId>,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
            "update proposed_actions set status = 'expired', decided_by = $4, decided_at = $5, outcome = $6
             where dealership_id = $1 and conversation_id = $2 and status = 'pending' and action = $3
             returning id, turn_id, digest",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(ActionKind::SendReply.as_str())
        .bind(by.map(|id| id.0))
        .bind(sql(now))
        .bind(outcome)
        .fetch_all(self.connection())
        .await?;
        let settled = rows.into_iter().map(|(id, turn, digest)| Settled {
            id: ProposedActionId(id),
            conversation_id,
            turn_id: TurnId(turn),
            digest,
        });
        let entries: Vec<_> = settled.map(|settled| settled.entry(ProposalStatus::Expired, by, outcome)).collect();
        if !entries.is_empty() {
            self.append_audit(&entries).await?;
        }
        Ok(())
    }

    /// Marks pending proposals whose time is over; how many there were.
    pub async fn expire_proposals(&mut self) -> Result<usize, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        // Conversations before proposals, as everybody does.
        sqlx::query(
            "select from conversations where dealership_id = $1 and id in (select conversation_id from proposed_actions
                 where dealership_id = $1 and status = 'pending' and expires_at <= $2)
             order by id for update",
        )
        .bind(tenant)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        let overdue = proposals!("and a.status = 'pending' and a.expires_at <= $2 order by a.id for update of a")
            .bind(tenant)
            .bind(sql(now))
            .fetch_all(self.connection())
            .await?;
        for row in &overdue {
            self.settle_proposal(&read_proposal(row)?, ProposalStatus::Expired, None, None, "expired").await?;
        }
        Ok(overdue.len())
    }
}

/// A proposal that was decided, as the log tells it.
struct Settled {
    id: ProposedActionId,
    conversation_id: ConversationId,
    turn_id: TurnId,
    digest: String,
}

impl Settled {
    fn entry(&self, status: ProposalStatus, by: Option<UserId>, outcome: &str) -> NewAuditEntry {
        NewAuditEntry {
            kind: AuditKind::ProposalDecided,
            actor: by.map_or(AuditActor::System, AuditActor::User),
            conversation_id: Some(self.conversation_id),
            turn_id: Some(self.turn_id),
            details: json!({ "proposal": self.id, "status": status, "outcome": outcome, "digest": self.digest }),
        }
    }
}

fn read_proposal(row: &sqlx::postgres::PgRow) -> Result<Proposal, StoreError> {
    let sources: Value = row.try_get("sources")?;
    Ok(Proposal {
        id: ProposedActionId(row.try_get("id")?),
        conversation_id: ConversationId(row.try_get::<Uuid, _>("conversation_id")?),
        turn_id: TurnId(row.try_get("turn_id")?),
        answered_to: row.try_get("answered_to")?,
        action: parse(row.try_get("action")?)?,
        tool: row.try_get("tool")?,
        workflow: parse(row.try_get("workflow")?)?,
        channel: parse(row.try_get("channel")?)?,
        arguments: row.try_get("body")?,
        sources: serde_json::from_value(sources).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        reason: row.try_get("reason")?,
        policy_version: row.try_get("policy_version")?,
        digest: row.try_get("digest")?,
        status: parse(row.try_get("status")?)?,
        outcome: row.try_get("outcome")?,
        expires_at: row.try_get::<jiff_sqlx::Timestamp, _>("expires_at")?.to_jiff(),
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        decided_at: instant(row.try_get("decided_at")?),
    })
}
