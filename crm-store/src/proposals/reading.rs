//! Reading proposals back, each with its items in order.

use std::collections::HashMap;

use forecourt_domain::{
    conversation::ProposalStatus,
    ids::{ConversationId, ProposedActionId, TurnId, UserId},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{Item, Proposal, digest::digest_of_pending};
use crate::{
    CrmTx, StoreError,
    rows::{instant, parse, sql},
};

/// What a proposal is read from, with how it is narrowed.
macro_rules! proposals {
    ($narrowed:literal) => {
        sqlx::query(concat!(
            "select a.id, a.conversation_id, a.turn_id, t.answered_from, t.answered_to, a.channel, a.digest, a.status, a.outcome,
                 a.decided_by, u.first_name as decided_by_name, a.decision_reason, a.expires_at, a.created_at, a.decided_at,
                 (select p.body from payloads p where p.dealership_id = a.dealership_id and p.id = a.changes_payload_id) as changes
             from proposed_actions a
             join turns t on t.dealership_id = a.dealership_id and t.id = a.turn_id
             left join users u on u.id = a.decided_by
             where a.dealership_id = $1 ",
            $narrowed
        ))
    };
}

impl CrmTx {
    /// Proposals in a status: of those that wait the one that expires first comes first, of all others
    /// the one that was decided last.
    pub async fn load_proposals(&mut self, status: ProposalStatus, limit: i64) -> Result<Vec<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.status = $2 order by a.decided_at desc nulls first, a.expires_at, a.id limit $3")
            .bind(tenant)
            .bind(status.as_str())
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        self.with_items(&rows).await
    }

    /// What waits in a conversation, the one that expires first comes first.
    pub async fn load_pending_of_conversation(
        &mut self,
        id: ConversationId,
        limit: i64,
    ) -> Result<Vec<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows =
            proposals!("and a.conversation_id = $2 and a.status = 'pending' order by a.expires_at, a.id limit $3")
                .bind(tenant)
                .bind(id.0)
                .bind(limit)
                .fetch_all(self.connection())
                .await?;
        self.with_items(&rows).await
    }

    /// Proposals that were decided or expired, the latest first.
    pub async fn load_decided_proposals(&mut self, limit: i64) -> Result<Vec<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.decided_at is not null order by a.decided_at desc, a.id limit $2")
            .bind(tenant)
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        self.with_items(&rows).await
    }

    /// What a turn proposed, oldest first.
    pub async fn load_proposals_of_turn(&mut self, turn_id: TurnId) -> Result<Vec<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.turn_id = $2 order by a.id")
            .bind(tenant)
            .bind(turn_id.0)
            .fetch_all(self.connection())
            .await?;
        self.with_items(&rows).await
    }

    /// One proposal.
    pub async fn find_proposal(&mut self, id: ProposedActionId) -> Result<Option<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.id = $2").bind(tenant).bind(id.0).fetch_all(self.connection()).await?;
        Ok(self.with_items(&rows).await?.pop())
    }

    /// One proposal, locked until this transaction ends: of many who click, one decides. Its conversation
    /// must be locked before, as whoever takes it over does. What waits and is not what its digest names
    /// cannot be decided.
    pub async fn lock_proposal(&mut self, id: ProposedActionId) -> Result<Option<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows =
            proposals!("and a.id = $2 for update of a").bind(tenant).bind(id.0).fetch_all(self.connection()).await?;
        let Some(proposal) = self.with_items(&rows).await?.pop() else { return Ok(None) };
        let waits = proposal.status == ProposalStatus::Pending && !proposal.items.is_empty();
        if waits && digest_of_pending(id, &proposal.items) != proposal.digest {
            return Err(StoreError::Corrupt(format!("proposal {id} is not what its digest names")));
        }
        Ok(Some(proposal))
    }

    /// What a turn proposed and waits still, locked. The conversation must be locked before.
    pub(super) async fn lock_pending_of_turn(&mut self, turn_id: TurnId) -> Result<Option<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.turn_id = $2 and a.status = 'pending' order by a.id desc limit 1 for update of a")
            .bind(tenant)
            .bind(turn_id.0)
            .fetch_all(self.connection())
            .await?;
        Ok(self.with_items(&rows).await?.pop())
    }

    /// What waits in a conversation, locked. The conversation must be locked before.
    pub(super) async fn lock_pending_of_conversation(
        &mut self,
        id: ConversationId,
    ) -> Result<Vec<Proposal>, StoreError> {
        let tenant = self.tenant();
        let rows = proposals!("and a.conversation_id = $2 and a.status = 'pending' order by a.id for update of a")
            .bind(tenant)
            .bind(id.0)
            .fetch_all(self.connection())
            .await?;
        self.with_items(&rows).await
    }

    /// The pending proposals whose time is over, the oldest first.
    pub async fn load_overdue_proposals(&mut self) -> Result<Vec<ProposedActionId>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from proposed_actions
             where dealership_id = $1 and status = 'pending' and expires_at <= $2 order by id",
        )
        .bind(tenant)
        .bind(sql(now))
        .fetch_all(self.connection())
        .await?;
        Ok(ids.into_iter().map(ProposedActionId).collect())
    }

    async fn with_items(&mut self, rows: &[PgRow]) -> Result<Vec<Proposal>, StoreError> {
        let mut proposals = rows.iter().map(read_proposal).collect::<Result<Vec<_>, _>>()?;
        if proposals.is_empty() {
            return Ok(proposals);
        }
        let tenant = self.tenant();
        let ids: Vec<Uuid> = proposals.iter().map(|proposal| proposal.id.0).collect();
        let rows = sqlx::query(
            "select i.proposal_id, i.item_no, i.action, i.tool, i.workflow, i.reason, i.policy_version, i.status, i.outcome,
                 a.body as arguments, f.body as facts, g.body as grounds, e.body as edit
             from proposed_items i
             join payloads a on a.dealership_id = i.dealership_id and a.id = i.arguments_payload_id
             join payloads f on f.dealership_id = i.dealership_id and f.id = i.facts_payload_id
             left join payloads g on g.dealership_id = i.dealership_id and g.id = i.grounds_payload_id
             left join payloads e on e.dealership_id = i.dealership_id and e.id = i.edit_payload_id
             where i.dealership_id = $1 and i.proposal_id = any($2)
             order by i.proposal_id, i.item_no",
        )
        .bind(tenant)
        .bind(&ids)
        .fetch_all(self.connection())
        .await?;
        let mut items: HashMap<Uuid, Vec<Item>> = HashMap::new();
        for row in &rows {
            items.entry(row.try_get("proposal_id")?).or_default().push(read_item(row)?);
        }
        for proposal in &mut proposals {
            proposal.items = items.remove(&proposal.id.0).unwrap_or_default();
        }
        Ok(proposals)
    }
}

/// A proposal whose items are still to be read.
fn read_proposal(row: &PgRow) -> Result<Proposal, StoreError> {
    Ok(Proposal {
        id: ProposedActionId(row.try_get("id")?),
        conversation_id: ConversationId(row.try_get("conversation_id")?),
        turn_id: TurnId(row.try_get("turn_id")?),
        answered_from: row.try_get("answered_from")?,
        answered_to: row.try_get("answered_to")?,
        channel: parse(row.try_get("channel")?)?,
        items: Vec::new(),
        digest: row.try_get("digest")?,
        status: parse(row.try_get("status")?)?,
        outcome: row.try_get("outcome")?,
        changes: body(row.try_get("changes")?)?.unwrap_or_default(),
        decided_by: row.try_get::<Option<Uuid>, _>("decided_by")?.map(UserId),
        decided_by_name: row.try_get("decided_by_name")?,
        decision_reason: row.try_get("decision_reason")?,
        expires_at: row.try_get::<jiff_sqlx::Timestamp, _>("expires_at")?.to_jiff(),
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        decided_at: instant(row.try_get("decided_at")?),
    })
}

fn read_item(row: &PgRow) -> Result<Item, StoreError> {
    Ok(Item {
        no: row.try_get("item_no")?,
        action: parse(row.try_get("action")?)?,
        tool: row.try_get("tool")?,
        workflow: parse(row.try_get("workflow")?)?,
        arguments: row.try_get("arguments")?,
        facts: body(row.try_get("facts")?)?.unwrap_or_default(),
        grounds: row.try_get("grounds")?,
        reason: row.try_get("reason")?,
        policy_version: row.try_get("policy_version")?,
        status: parse(row.try_get("status")?)?,
        outcome: row.try_get("outcome")?,
        edit: body(row.try_get("edit")?)?,
    })
}

fn body<T: DeserializeOwned>(body: Option<Value>) -> Result<Option<T>, StoreError> {
    body.map(serde_json::from_value).transpose().map_err(|error| StoreError::Corrupt(error.to_string()))
}
