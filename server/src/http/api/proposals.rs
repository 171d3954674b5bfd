//! Proposals: what waits for a person, item by item, and what they decide.

mod shapes;

use axum::{
    Json,
    extract::{Query, State, rejection::JsonRejection},
    http::StatusCode,
};
use forecourt_agent::{Approval, ApprovalError, Change, Decider, ItemEdit, WhoDecides};
use forecourt_crm_store::proposals::Proposal;
use forecourt_domain::{conversation::ProposalStatus, ids::ProposedActionId, staff::Role};
use serde::Deserialize;

pub use self::shapes::{ApprovalRequest, DecisionResponse, EditRequest, ProposalView, RejectionRequest};
use crate::http::{
    AppState,
    path_id::PathId,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many proposals a list holds at most.
pub(crate) const LIST_LIMIT: i64 = 100;

/// Which proposals to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
}

/// Proposals in one status: pending ones (the default) as they expire, all others the latest decided first
#[utoipa::path(get, path = "/api/v1/proposals", params(("status" = Option<String>, Query)), security(("token" = [])), responses((status = 200, body = [ProposalView]), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody)))]
pub async fn list(
    State(state): State<AppState>,
    principal: Principal,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<ProposalView>>, Problem> {
    let Query(query) = query.map_err(|rejection| Problem::bad_request().with_detail(rejection.body_text()))?;
    let status = query.status.as_deref().unwrap_or("pending");
    let status: ProposalStatus = status
        .parse()
        .map_err(|error: forecourt_domain::UnknownText| Problem::bad_request().with_detail(error.to_string()))?;
    let mut tx = state.store.begin(principal.scope).await?;
    let proposals = tx.load_proposals(status, LIST_LIMIT).await?;
    let deciders = state.agent.who_decides(&mut tx).await?;
    Ok(Json(proposals.into_iter().map(|proposal| view(&deciders, principal.role, proposal)).collect()))
}

/// One proposal, in whatever state
#[utoipa::path(get, path = "/api/v1/proposals/{id}", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = ProposalView), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<ProposalView>, Problem> {
    Ok(Json(find(&state, principal, ProposedActionId(id)).await?))
}

/// Approve a proposal, perhaps after editing items: it is decided again on today's facts, then all of it runs or nothing
#[utoipa::path(post, path = "/api/v1/proposals/{id}/approve", params(("id" = Uuid, Path)), request_body = ApprovalRequest, security(("token" = [])), responses((status = 200, body = DecisionResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn approve(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    body: Result<Json<ApprovalRequest>, JsonRejection>,
) -> Result<Json<DecisionResponse>, Problem> {
    let Json(request) = body?;
    let edits = request.edits.into_iter().map(edit).collect::<Result<Vec<_>, _>>()?;
    let id = ProposedActionId(id);
    let approval = approve_as(&state, principal, id, &request.digest, &edits).await?;
    Ok(Json(DecisionResponse::new(approval, find(&state, principal, id).await?)))
}

/// Approves what was shown under a digest, for whoever may.
pub(crate) async fn approve_as(
    state: &AppState,
    principal: Principal,
    id: ProposedActionId,
    digest: &str,
    edits: &[ItemEdit],
) -> Result<Approval, Problem> {
    let approval = state.agent.approve(principal.scope, id, decider(principal), digest, edits).await;
    state.wake.outbox();
    match approval {
        Ok(approval) => Ok(approval),
        Err(error) => Err(problem(state, principal, error).await),
    }
}

/// Reject a proposal with a reason
#[utoipa::path(post, path = "/api/v1/proposals/{id}/reject", params(("id" = Uuid, Path)), request_body = RejectionRequest, security(("token" = [])), responses((status = 200, body = DecisionResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn reject(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    body: Result<Json<RejectionRequest>, JsonRejection>,
) -> Result<Json<DecisionResponse>, Problem> {
    let Json(request) = body?;
    let id = ProposedActionId(id);
    let approval = reject_as(&state, principal, id, &request.digest, &request.reason).await?;
    Ok(Json(DecisionResponse::new(approval, find(&state, principal, id).await?)))
}

/// Rejects what was shown under a digest, for whoever may.
pub(crate) async fn reject_as(
    state: &AppState,
    principal: Principal,
    id: ProposedActionId,
    digest: &str,
    reason: &str,
) -> Result<Approval, Problem> {
    let approval = state.agent.reject(principal.scope, id, decider(principal), digest, reason).await;
    state.wake.outbox();
    match approval {
        Ok(approval) => Ok(approval),
        Err(error) => Err(problem(state, principal, error).await),
    }
}

/// A proposal as somebody in a role sees it.
fn view(deciders: &WhoDecides, role: Role, proposal: Proposal) -> ProposalView {
    let roles = deciders.roles(&proposal);
    ProposalView::new(proposal, role, &roles)
}

async fn find(state: &AppState, principal: Principal, id: ProposedActionId) -> Result<ProposalView, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let proposal = tx.find_proposal(id).await?.ok_or_else(Problem::not_found)?;
    Ok(view(&state.agent.who_decides(&mut tx).await?, principal.role, proposal))
}

const fn decider(principal: Principal) -> Decider {
    Decider { user_id: principal.user_id, role: principal.role }
}

fn edit(edit: EditRequest) -> Result<ItemEdit, Problem> {
    let change = match (edit.arguments, edit.text) {
        (Some(arguments), None) => Change::Arguments(arguments),
        (None, Some(text)) => Change::Text(text.replace('\0', "\u{fffd}")),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::bad_request().with_detail("an edit has either `arguments` or a `text`"));
        }
    };
    Ok(ItemEdit { item_no: edit.no, change })
}

/// Adds what a proposal is now, which spares whoever decided on something else to load it.
async fn with_state(problem: Problem, state: &AppState, principal: Principal, now: Proposal) -> Problem {
    let deciders = async {
        let mut tx = state.store.begin(principal.scope).await?;
        state.agent.who_decides(&mut tx).await
    };
    match deciders.await {
        Ok(deciders) => problem.with_proposal(view(&deciders, principal.role, now)),
        Err(error) => error.into(),
    }
}

async fn problem(state: &AppState, principal: Principal, error: ApprovalError) -> Problem {
    let detail = error.to_string();
    match error {
        ApprovalError::NotFound => Problem::not_found(),
        ApprovalError::AlreadyDecided(now) => {
            let problem = Problem::conflict("already_decided", "Somebody decided it already.");
            with_state(problem.with_detail(now.status.to_string()), state, principal, *now).await
        }
        ApprovalError::DigestChanged(now) => {
            let title = "It is not what you were shown; load it again and decide on that.";
            with_state(Problem::conflict("digest_changed", title), state, principal, *now).await
        }
        ApprovalError::NotAllowed { may, .. } => {
            Problem::forbidden().with_detail(detail).with_may_decide(may.iter().map(ToString::to_string).collect())
        }
        ApprovalError::EditRefused { item_no, reasons } => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "edit_refused",
            "It cannot run as you edited it. Nothing was done and it still waits.",
        )
        .with_detail(format!("item {item_no}: {}", reasons.join(" ")))
        .with_reasons(reasons),
        ApprovalError::TooEarly { .. } => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_early",
            "A rule lets it run only later. Nothing was done and it still waits.",
        )
        .with_detail(detail),
        ApprovalError::NoReason => Problem::bad_request().with_detail(detail),
        ApprovalError::Store(error) => error.into(),
    }
}
