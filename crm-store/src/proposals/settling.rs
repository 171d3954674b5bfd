//! How a proposal ends: executed item by item, or as a whole in one of the other states. Once.

use forecourt_domain::{
    conversation::{ItemStatus, ProposalStatus},
    evidence::ChangedFact,
    ids::{ConversationId, PartyId, UserId},
};
use serde_json::{Value, json};

use super::{Edit, Item, Proposal};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    payloads::NewPayload,
    rows::sql,
};

/// What became of a proposal, by whom and why.
#[derive(Debug, Clone, Copy)]
pub struct Settlement<'a> {
    pub status: ProposalStatus,
    pub by: Option<UserId>,
    /// The reason a person gave.
    pub reason: Option<&'a str>,
    pub outcome: &'a str,
    /// The item for which nothing ran.
    pub failed: Option<i16>,
    pub changes: &'a [ChangedFact],
    pub edited: &'a [Edited],
}

impl<'a> Settlement<'a> {
    /// An end that needs no more words.
    #[must_use]
    pub const fn new(status: ProposalStatus, by: Option<UserId>, outcome: &'a str) -> Self {
        Self { status, by, reason: None, outcome, failed: None, changes: &[], edited: &[] }
    }
}

/// An edit that was kept, as the log may tell it.
#[derive(Debug, Clone)]
pub struct Edited {
    pub item_no: i16,
    pub commitment: String,
}

impl CrmTx {
    /// Marks an item done, in the transaction of its effect. An item that is not pending any more is a
    /// conflict: whatever was done beside this is undone with it, so that no item ever takes effect twice.
    pub async fn finish_item(
        &mut self,
        proposal: &Proposal,
        item: &Item,
        outcome: &str,
        edit: Option<(PartyId, &Edit)>,
    ) -> Result<Option<Edited>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let body = |(party, edit): (PartyId, &Edit)| {
            NewPayload::new(now, Some(party), serde_json::to_value(edit).unwrap_or(Value::Null))
        };
        let payload = edit.map(body);
        self.insert_payloads(payload.as_slice()).await?;
        let done = sqlx::query(
            "update proposed_items set status = 'done', outcome = $4, ended_at = $5, edit_payload_id = $6
             where dealership_id = $1 and proposal_id = $2 and item_no = $3 and status = 'pending'",
        )
        .bind(tenant)
        .bind(proposal.id.0)
        .bind(item.no)
        .bind(outcome)
        .bind(sql(now))
        .bind(payload.as_ref().map(|payload| payload.id.0))
        .execute(self.connection())
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::Conflict("the item ran already"));
        }
        Ok(payload.map(|payload| Edited { item_no: item.no, commitment: payload.commitment() }))
    }

    /// Marks an item that needs not run any more, beside those that ran.
    pub async fn skip_item(&mut self, proposal: &Proposal, item: &Item, outcome: &str) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let skipped = sqlx::query(
            "update proposed_items set status = 'skipped', outcome = $4, ended_at = $5
             where dealership_id = $1 and proposal_id = $2 and item_no = $3 and status = 'pending'",
        )
        .bind(tenant)
        .bind(proposal.id.0)
        .bind(item.no)
        .bind(outcome)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if skipped.rows_affected() != 1 {
            return Err(StoreError::Conflict("the item ran already"));
        }
        Ok(())
    }

    /// Keeps what approved words rest on, what the items before them came to included, in the place of what
    /// was known when they were proposed: they may have to wait, and are judged again before they leave.
    pub async fn keep_grounds(
        &mut self,
        proposal: &Proposal,
        item: &Item,
        party: PartyId,
        grounds: Value,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let payload = NewPayload::new(self.now(), Some(party), grounds);
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        sqlx::query(
            "update proposed_items set grounds_payload_id = $4
             where dealership_id = $1 and proposal_id = $2 and item_no = $3",
        )
        .bind(tenant)
        .bind(proposal.id.0)
        .bind(item.no)
        .bind(payload.id.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records what became of a proposal that was locked while it waited, and of those of its items that
    /// did not run.
    pub async fn settle_proposal(&mut self, proposal: &Proposal, how: &Settlement<'_>) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let changes = (!how.changes.is_empty())
            .then(|| NewPayload::new(now, None, serde_json::to_value(how.changes).unwrap_or_default()));
        self.insert_payloads(changes.as_slice()).await?;
        let settled = sqlx::query(
            "with ended as (
                 update proposed_items set status = case when item_no = $9 then 'failed' else 'skipped' end, ended_at = $5,
                     outcome = case when item_no = $9 then $7 end
                 where dealership_id = $1 and proposal_id = $2 and status = 'pending'
             )
             update proposed_actions set status = $3, decided_by = $4, decided_at = $5, decision_reason = $6, outcome = $7,
                 changes_payload_id = $8
             where dealership_id = $1 and id = $2 and status = 'pending'",
        )
        .bind(tenant)
        .bind(proposal.id.0)
        .bind(how.status.as_str())
        .bind(how.by.map(|id| id.0))
        .bind(sql(now))
        .bind(how.reason)
        .bind(how.outcome)
        .bind(changes.as_ref().map(|payload| payload.id.0))
        .bind(how.failed)
        .execute(self.connection())
        .await?;
        if settled.rows_affected() != 1 {
            return Err(StoreError::Conflict("the proposal was decided already"));
        }
        self.append_audit(&[decided(proposal, how)]).await?;
        Ok(())
    }

    /// Ends the words of a conversation that wait for approval: whoever took it over answers, or newer
    /// words take their place. Other things of the same proposal wait on, under a new digest. The
    /// conversation must be locked.
    pub(crate) async fn settle_waiting_words(
        &mut self,
        conversation_id: ConversationId,
        by: Option<UserId>,
        outcome: &str,
    ) -> Result<(), StoreError> {
        for mut proposal in self.lock_pending_of_conversation(conversation_id).await? {
            if !proposal.speaks() {
                continue;
            }
            if proposal.pending().all(|item| item.tool.is_none()) {
                self.settle_proposal(&proposal, &Settlement::new(ProposalStatus::Superseded, by, outcome)).await?;
            } else {
                self.skip_words(&mut proposal, by, outcome).await?;
            }
        }
        Ok(())
    }

    async fn skip_words(
        &mut self,
        proposal: &mut Proposal,
        by: Option<UserId>,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update proposed_items set status = 'skipped', outcome = $3, ended_at = $4
             where dealership_id = $1 and proposal_id = $2 and status = 'pending' and tool is null",
        )
        .bind(tenant)
        .bind(proposal.id.0)
        .bind(outcome)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        for item in proposal.items.iter_mut().filter(|item| item.tool.is_none()) {
            item.status = ItemStatus::Skipped;
        }
        let digest = self.renew_digest(proposal.id, &proposal.items, None).await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::ProposalChanged,
            actor: by.map_or(AuditActor::System, AuditActor::User),
            conversation_id: Some(proposal.conversation_id),
            turn_id: Some(proposal.turn_id),
            details: json!({ "proposal": proposal.id, "skipped": "words", "outcome": outcome, "digest": digest }),
        }])
        .await?;
        Ok(())
    }
}

/// A proposal's end, as the log tells it.
fn decided(proposal: &Proposal, how: &Settlement<'_>) -> NewAuditEntry {
    let changed: Vec<_> = how.changes.iter().map(|change| json!([change.label, change.field])).collect();
    let edited: Vec<_> = how.edited.iter().map(|edit| json!([edit.item_no, edit.commitment])).collect();
    NewAuditEntry {
        kind: AuditKind::ProposalDecided,
        actor: how.by.map_or(AuditActor::System, AuditActor::User),
        conversation_id: Some(proposal.conversation_id),
        turn_id: Some(proposal.turn_id),
        details: json!({
            "proposal": proposal.id, "status": how.status, "outcome": how.outcome, "digest": proposal.digest,
            "failed": how.failed, "changed": changed, "edited": edited,
        }),
    }
}
