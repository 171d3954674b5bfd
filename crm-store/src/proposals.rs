//! What waits for a human: the ordered items that one turn could not do alone, decided together and once.

mod afterwards;
mod digest;
mod reading;
mod settling;

use forecourt_domain::{
    action::{ActionKind, Channel, Workflow},
    conversation::{ItemStatus, ProposalStatus},
    evidence::{ChangedFact, ShownFact, Source},
    ids::{ConversationId, PartyId, ProposedActionId, TurnId, UserId},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    payloads::NewPayload,
    rows::{int, sql},
};

pub use self::{
    digest::{Shown, digest},
    settling::{Edited, Settlement},
};

/// Something that needs approval, about to be stored.
#[derive(Debug, Clone)]
pub struct NewProposal {
    pub conversation_id: ConversationId,
    pub party_id: PartyId,
    pub turn_id: TurnId,
    pub channel: Channel,
    pub item: NewItem,
    pub expires_at: Timestamp,
}

/// An action or words that need approval.
#[derive(Debug, Clone)]
pub struct NewItem {
    pub action: ActionKind,
    /// The tool that runs it; none for words to send.
    pub tool: Option<String>,
    pub workflow: Workflow,
    /// Canonical arguments, or `{"text": …}` for words.
    pub arguments: Value,
    /// What it cites, as it is displayed.
    pub facts: Vec<ShownFact>,
    /// What the guards judged the words by; none for a tool.
    pub grounds: Option<Value>,
    /// Every record it may rest on, compared once more when its turn ends.
    pub sources: Vec<Source>,
    /// Why it needs a human, in the policy's own words.
    pub reason: String,
    pub policy_version: String,
}

/// Where a new item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    pub proposal: ProposedActionId,
    pub item_no: i16,
}

/// A proposal as people see it.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub id: ProposedActionId,
    pub conversation_id: ConversationId,
    pub turn_id: TurnId,
    /// The inbound messages that its turn answers: `(answered_from, answered_to]`.
    pub answered_from: i64,
    pub answered_to: i64,
    pub channel: Channel,
    /// In the order in which they run.
    pub items: Vec<Item>,
    /// Covers the id and, of all that would run, actions, arguments, texts and the facts shown. A decision
    /// names the digest it saw.
    pub digest: String,
    pub status: ProposalStatus,
    pub outcome: Option<String>,
    /// Which cited fields had changed, where it is stale.
    pub changes: Vec<ChangedFact>,
    pub decided_by: Option<UserId>,
    /// The first name of whoever decided.
    pub decided_by_name: Option<String>,
    /// Why it was rejected.
    pub decision_reason: Option<String>,
    pub expires_at: Timestamp,
    pub created_at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

/// One thing of a proposal.
#[derive(Debug, Clone)]
pub struct Item {
    pub no: i16,
    pub action: ActionKind,
    pub tool: Option<String>,
    pub workflow: Workflow,
    pub arguments: Value,
    pub facts: Vec<ShownFact>,
    pub grounds: Option<Value>,
    pub reason: String,
    pub policy_version: String,
    pub status: ItemStatus,
    pub outcome: Option<String>,
    pub edit: Option<Edit>,
}

/// What an approver made of an item before it ran.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Edit {
    pub before: Value,
    pub after: Value,
}

impl Item {
    /// The words to send, where it is words.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if self.tool.is_none() { self.arguments["text"].as_str() } else { None }
    }
}

impl Proposal {
    /// What would run if it were approved now, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.status == ItemStatus::Pending)
    }

    /// Whether it proposed something other than words.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.items.iter().any(|item| item.tool.is_some())
    }

    /// Whether words are among what would run.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.pending().any(|item| item.tool.is_none())
    }
}

impl CrmTx {
    /// Stores something for a human to decide, as the last item of what its turn proposed so far. The
    /// conversation must be locked.
    pub async fn propose(&mut self, new: &NewProposal) -> Result<Placed, StoreError> {
        let waiting = self.lock_pending_of_turn(new.turn_id).await?;
        let (id, mut items) = match waiting {
            Some(waiting) => (waiting.id, waiting.items),
            None => (self.insert_proposal(new).await?, Vec::new()),
        };
        let no = items.last().map_or(1, |last| last.no + 1);
        let (item, commitment) = self.insert_item(id, no, new).await?;
        items.push(item);
        let digest = self.renew_digest(id, &items, Some(new.expires_at)).await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::ProposalMade,
            actor: AuditActor::Agent,
            conversation_id: Some(new.conversation_id),
            turn_id: Some(new.turn_id),
            details: json!({
                "proposal": id, "item": no, "action": new.item.action, "workflow": new.item.workflow, "digest": digest,
                "policy_version": new.item.policy_version, "commitment": commitment,
            }),
        }])
        .await?;
        Ok(Placed { proposal: id, item_no: no })
    }

    /// The row without items; its digest follows with the first.
    async fn insert_proposal(&mut self, new: &NewProposal) -> Result<ProposedActionId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let id = ProposedActionId::generate(now);
        sqlx::query(
            "insert into proposed_actions (dealership_id, id, conversation_id, turn_id, channel, digest, status, expires_at,
                 created_at)
             values ($1, $2, $3, $4, $5, '', 'pending', $6, $7)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.conversation_id.0)
        .bind(new.turn_id.0)
        .bind(new.channel.as_str())
        .bind(sql(new.expires_at))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(id)
    }

    /// One item with its bodies, as it will be read back, and the commitment to its arguments.
    async fn insert_item(
        &mut self,
        id: ProposedActionId,
        no: i16,
        new: &NewProposal,
    ) -> Result<(Item, String), StoreError> {
        let (tenant, now, of) = (self.tenant(), self.now(), &new.item);
        let payload = |body: Value| NewPayload::new(now, Some(new.party_id), body);
        let arguments = payload(of.arguments.clone());
        let facts = payload(serde_json::to_value(&of.facts).unwrap_or_default());
        let grounds = of.grounds.clone().map(payload);
        let bodies: Vec<_> = [&arguments, &facts].into_iter().chain(&grounds).cloned().collect();
        self.insert_payloads(&bodies).await?;
        sqlx::query(
            "insert into proposed_items (dealership_id, proposal_id, item_no, action, tool, workflow, arguments_payload_id,
                 facts_payload_id, grounds_payload_id, reason, policy_version, status)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending')",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(no)
        .bind(of.action.as_str())
        .bind(&of.tool)
        .bind(of.workflow.as_str())
        .bind(arguments.id.0)
        .bind(facts.id.0)
        .bind(grounds.map(|payload| payload.id.0))
        .bind(&of.reason)
        .bind(&of.policy_version)
        .execute(self.connection())
        .await?;
        let item = Item {
            no,
            action: of.action,
            tool: of.tool.clone(),
            workflow: of.workflow,
            arguments: arguments.body().clone(),
            facts: serde_json::from_value(facts.body().clone())
                .map_err(|error| StoreError::Corrupt(error.to_string()))?,
            grounds: of.grounds.clone(),
            reason: of.reason.clone(),
            policy_version: of.policy_version.clone(),
            status: ItemStatus::Pending,
            outcome: None,
            edit: None,
        };
        Ok((item, arguments.commitment()))
    }

    /// Names anew what would run, after an item came or went. It expires with the first of its items.
    async fn renew_digest(
        &mut self,
        id: ProposedActionId,
        items: &[Item],
        expires_at: Option<Timestamp>,
    ) -> Result<String, StoreError> {
        let tenant = self.tenant();
        let digest = digest::digest_of_pending(id, items);
        sqlx::query(
            "update proposed_actions set digest = $3, expires_at = least(expires_at, $4) where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(&digest)
        .bind(crate::rows::sql_opt(expires_at))
        .execute(self.connection())
        .await?;
        Ok(digest)
    }

    /// How many items the pending proposal of a turn has; none where nothing of it waits.
    pub async fn count_proposed(&mut self, turn_id: TurnId) -> Result<i32, StoreError> {
        Ok(self.lock_pending_of_turn(turn_id).await?.map_or(0, |proposal| int(proposal.items.len())))
    }
}
