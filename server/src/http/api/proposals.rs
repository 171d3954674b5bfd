//! Proposed actions: list, approve, reject.

use axum::{
    Json,
    extract::{Query, State, rejection::JsonRejection},
};
use forecourt_agent::{Approval, ApprovalError};
use forecourt_crm_store::proposals::Proposal;
use forecourt_domain::{conversation::ProposalStatus, ids::ProposedActionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    path_id::PathId,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many proposals a list holds at most.
pub(crate) const LIST_LIMIT: i64 = 100;

/// An action that waits for a human, or what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedAction {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub action: String,
    pub tool: Option<String>,
    pub workflow: String,
    pub channel: String,
    #[schema(value_type = Object)]
    pub arguments: Value,
    /// Why it needs a human.
    pub reason: String,
    /// Send it back with your decision: it names exactly what you were shown.
    pub digest: String,
    /// `pending`, `rejected`, `expired`, `executed` or `refused`.
    pub status: String,
    pub outcome: Option<String>,
    /// RFC 3339, UTC.
    pub expires_at: String,
    /// RFC 3339, UTC.
    pub created_at: String,
}

impl From<Proposal> for ProposedAction {
    fn from(proposal: Proposal) -> Self {
        Self {
            id: proposal.id.0,
            conversation_id: proposal.conversation_id.0,
            action: proposal.action.to_string(),
            tool: proposal.tool,
            workflow: proposal.workflow.to_string(),
            channel: proposal.channel.to_string(),
            arguments: proposal.arguments,
            reason: proposal.reason,
            digest: proposal.digest,
            status: proposal.status.to_string(),
            outcome: proposal.outcome,
            expires_at: proposal.expires_at.to_string(),
            created_at: proposal.created_at.to_string(),
        }
    }
}

/// Which proposals to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
}

/// Proposed actions in one status (`pending` by default), the one that expires first comes first
#[utoipa::path(get, path = "/api/v1/proposals", params(("status" = Option<String>, Query)), security(("token" = [])), responses((status = 200, body = [ProposedAction]), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody)))]
pub async fn list(
    State(state): State<AppState>,
    principal: Principal,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<ProposedAction>>, Problem> {
    let Query(query) = query.map_err(|rejection| Problem::bad_request().with_detail(rejection.body_text()))?;
    let status = query.status.as_deref().unwrap_or("pending");
    let status: ProposalStatus = status
        .parse()
        .map_err(|error: forecourt_domain::UnknownText| Problem::bad_request().with_detail(error.to_string()))?;
    let mut tx = state.store.begin(principal.scope).await?;
    let proposals = tx.load_proposals(status, LIST_LIMIT).await?;
    Ok(Json(proposals.into_iter().map(ProposedAction::from).collect()))
}

/// A decision on what was shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// The digest that came with the proposal.
    pub digest: String,
    /// Why, for a rejection.
    pub reason: Option<String>,
}

/// What the decision came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResponse {
    /// `executed`, `refused`, `rejected` or `expired`.
    pub status: &'static str,
    /// The rule, when it was refused.
    pub why: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub output: Option<Value>,
}

impl From<Approval> for DecisionResponse {
    fn from(approval: Approval) -> Self {
        match approval {
            Approval::Executed(output) => Self { status: "executed", why: None, output: Some(output) },
            Approval::Refused(why) => Self { status: "refused", why: Some(why), output: None },
            Approval::Rejected => Self { status: "rejected", why: None, output: None },
            Approval::Expired => Self { status: "expired", why: None, output: None },
        }
    }
}

impl From<ApprovalError> for Problem {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::NotFound => Self::not_found(),
            ApprovalError::AlreadyDecided(status) => {
                Self::conflict("already_decided", "Somebody decided it already.").with_detail(status.to_string())
            }
            ApprovalError::DigestChanged => {
                Self::conflict("digest_changed", "It is not what you were shown; load it again and decide on that.")
            }
            ApprovalError::Store(error) => error.into(),
        }
    }
}

/// Approve a proposed action: it is decided again on today's facts, then it runs
#[utoipa::path(post, path = "/api/v1/proposals/{id}/approve", params(("id" = Uuid, Path)), request_body = DecisionRequest, security(("token" = [])), responses((status = 200, body = DecisionResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn approve(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    body: Result<Json<DecisionRequest>, JsonRejection>,
) -> Result<Json<DecisionResponse>, Problem> {
    let Json(request) = body?;
    let approval = approve_as(&state, principal, ProposedActionId(id), &request.digest).await?;
    Ok(Json(approval.into()))
}

/// Approves what was shown under a digest, for whoever may.
pub(crate) async fn approve_as(
    state: &AppState,
    principal: Principal,
    id: ProposedActionId,
    digest: &str,
) -> Result<Approval, Problem> {
    let principal = principal.require(principal.role.decides_proposals())?;
    let approval = state.agent.approve(principal.scope, id, principal.user_id, digest).await?;
    state.wake.outbox();
    Ok(approval)
}

/// Reject a proposed action
#[utoipa::path(post, path = "/api/v1/proposals/{id}/reject", params(("id" = Uuid, Path)), request_body = DecisionRequest, security(("token" = [])), responses((status = 200, body = DecisionResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn reject(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    body: Result<Json<DecisionRequest>, JsonRejection>,
) -> Result<Json<DecisionResponse>, Problem> {
    let Json(request) = body?;
    let reason = request.reason.as_deref();
    let approval = reject_as(&state, principal, ProposedActionId(id), &request.digest, reason).await?;
    Ok(Json(approval.into()))
}

/// Rejects what was shown under a digest, for whoever may.
pub(crate) async fn reject_as(
    state: &AppState,
    principal: Principal,
    id: ProposedActionId,
    digest: &str,
    reason: Option<&str>,
) -> Result<Approval, Problem> {
    let principal = principal.require(principal.role.decides_proposals())?;
    let reason = reason.map(|reason| reason.replace('\0', "\u{fffd}"));
    Ok(state.agent.reject(principal.scope, id, principal.user_id, digest, reason.as_deref()).await?)
}
