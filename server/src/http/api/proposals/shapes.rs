//! What the routes of proposals take and answer with.

use forecourt_agent::Approval;
use forecourt_crm_store::proposals::{Item, Proposal};
use forecourt_domain::{
    conversation::ProposalStatus,
    evidence::{ChangedFact, ShownFact},
    staff::Role,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// What waits for a human, or what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalView {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub channel: String,
    /// In the order in which they run, all or none.
    pub items: Vec<ProposedItem>,
    /// Send it back with your decision: it names exactly what you were shown.
    pub digest: String,
    /// `pending`, `rejected`, `expired`, `superseded`, `executed`, `refused` or `stale`.
    pub status: String,
    pub outcome: Option<String>,
    /// Which cited fields had changed, where it is stale.
    pub changes: Vec<ChangedField>,
    /// Whether you may decide on it, in the role of your token.
    pub may_decide: bool,
    /// The roles that may.
    pub deciders: Vec<String>,
    pub decided_by: Option<Uuid>,
    /// The first name of whoever decided.
    pub decided_by_name: Option<String>,
    /// Why it was rejected.
    pub decision_reason: Option<String>,
    /// RFC 3339, UTC.
    pub expires_at: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub decided_at: Option<String>,
}

/// One thing of a proposal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposedItem {
    pub no: i16,
    pub action: String,
    /// Null for words to send.
    pub tool: Option<String>,
    pub workflow: String,
    /// What the tool runs with; `{"text": …}` for words.
    #[schema(value_type = Object)]
    pub arguments: Value,
    /// The cited facts with their values as they were when it was proposed. Part of the digest.
    pub facts: Vec<ShownField>,
    /// Why it needs a human.
    pub reason: String,
    /// The policies it was decided under then; it is decided again under today's.
    pub policy_version: String,
    /// `pending`, `done`, `failed` or `skipped`.
    pub status: String,
    pub outcome: Option<String>,
    pub edit: Option<EditOfItem>,
}

/// A cited field of a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShownField {
    /// The kind of record, such as `vehicle`.
    pub record: String,
    /// Which one, such as `stock=U1041`.
    pub label: String,
    pub field: String,
    /// As it is displayed, such as `$26,990`.
    pub value: String,
}

/// A cited field that is not any more what was shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedField {
    pub label: String,
    pub field: String,
    pub was: String,
    pub is: String,
}

/// What an approver made of an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditOfItem {
    #[schema(value_type = Object)]
    pub before: Value,
    #[schema(value_type = Object)]
    pub after: Value,
}

impl ProposalView {
    /// A proposal as somebody in `role` sees it.
    #[must_use]
    pub fn new(proposal: Proposal, role: Role, deciders: &[Role]) -> Self {
        let waits = proposal.status == ProposalStatus::Pending;
        Self {
            id: proposal.id.0,
            conversation_id: proposal.conversation_id.0,
            channel: proposal.channel.to_string(),
            items: proposal.items.into_iter().map(ProposedItem::from).collect(),
            digest: proposal.digest,
            status: proposal.status.to_string(),
            outcome: proposal.outcome,
            changes: proposal.changes.into_iter().map(ChangedField::from).collect(),
            may_decide: waits && deciders.contains(&role),
            deciders: deciders.iter().map(ToString::to_string).collect(),
            decided_by: proposal.decided_by.map(|id| id.0),
            decided_by_name: proposal.decided_by_name,
            decision_reason: proposal.decision_reason,
            expires_at: proposal.expires_at.to_string(),
            created_at: proposal.created_at.to_string(),
            decided_at: proposal.decided_at.map(|at| at.to_string()),
        }
    }
}

impl From<Item> for ProposedItem {
    fn from(item: Item) -> Self {
        Self {
            no: item.no,
            action: item.action.to_string(),
            tool: item.tool,
            workflow: item.workflow.to_string(),
            arguments: item.arguments,
            facts: item.facts.into_iter().map(ShownField::from).collect(),
            reason: item.reason,
            policy_version: item.policy_version,
            status: item.status.to_string(),
            outcome: item.outcome,
            edit: item.edit.map(|edit| EditOfItem { before: edit.before, after: edit.after }),
        }
    }
}

impl From<ShownFact> for ShownField {
    fn from(fact: ShownFact) -> Self {
        Self { record: fact.source.kind.to_string(), label: fact.source.label, field: fact.field, value: fact.shown }
    }
}

impl From<ChangedFact> for ChangedField {
    fn from(ChangedFact { label, field, was, is }: ChangedFact) -> Self {
        Self { label, field, was, is }
    }
}

/// A yes to what was shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// The digest that came with the proposal.
    pub digest: String,
    /// What you want otherwise, item by item; the rest runs as it was shown.
    #[serde(default)]
    pub edits: Vec<EditRequest>,
}

/// One item as you want it: `arguments` for a tool, `text` for words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    pub no: i16,
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<Value>,
    pub text: Option<String>,
}

/// A no to what was shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionRequest {
    /// The digest that came with the proposal.
    pub digest: String,
    /// Why, in 1 to 500 characters.
    pub reason: String,
}

/// What the decision came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResponse {
    /// `executed`, `refused`, `stale`, `rejected` or `expired`.
    pub status: &'static str,
    /// The rule when it was refused, the changed fields when it is stale.
    pub why: Option<String>,
    /// What each item came to, in order.
    pub results: Vec<ItemResult>,
    /// Its state now.
    pub proposal: ProposalView,
}

/// What an item came to: the output of its tool, or the message that is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemResult {
    pub no: i16,
    #[schema(value_type = Object)]
    pub output: Value,
}

impl DecisionResponse {
    /// The answer to a decision.
    #[must_use]
    pub fn new(approval: Approval, proposal: ProposalView) -> Self {
        let (status, why, results) = match approval {
            Approval::Executed(outputs) => {
                let results = outputs.into_iter().map(|done| ItemResult { no: done.item_no, output: done.output });
                ("executed", None, results.collect())
            }
            Approval::Refused(why) => ("refused", Some(why), Vec::new()),
            Approval::Stale(changes) => {
                let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
                ("stale", Some(changes.join("; ")), Vec::new())
            }
            Approval::Rejected => ("rejected", None, Vec::new()),
            Approval::Expired => ("expired", None, Vec::new()),
        };
        Self { status, why, results, proposal }
    }
}
