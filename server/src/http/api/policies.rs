//! A dealership's own policies: validate, store as a version, put in force, go back.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use forecourt_agent::Agent;
use forecourt_crm_store::{
    Store,
    own_policies::{InForce, LONGEST_NOTE, OwnPolicies, PolicyVersion},
};
use forecourt_policies::PolicyError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many versions a list holds at most.
pub const LIST_LIMIT: i64 = 100;

/// A source to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySource {
    /// Cedar, forbids only; each with `@id`, `@reason` and `@on_forbid`.
    pub source: String,
}

/// A source to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPolicyVersion {
    /// Cedar, forbids only; each with `@id`, `@reason` and `@on_forbid`.
    pub source: String,
    /// What it is for.
    #[schema(max_length = 200)]
    pub note: Option<String>,
}

/// Whether a source could be stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyCheck {
    pub ok: bool,
    /// What is wrong; empty when it is ok.
    pub messages: Vec<PolicyMessage>,
}

/// Something that is wrong with a source.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyMessage {
    /// The line it is about, the first is 1; `null` where it is about the whole.
    pub line: Option<usize>,
    pub message: String,
}

/// A stored version.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyVersionBody {
    pub number: i32,
    /// Whether it is in force.
    pub active: bool,
    pub note: Option<String>,
    pub created_by: Uuid,
    pub created_by_name: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
    pub source: String,
}

/// What to return from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollbackRequest {
    /// The number of the version that is in force; `null` for the built-in policies alone.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub number: Option<i32>,
}

/// What is in force now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoliciesInForce {
    /// The number of the version; `null` for the built-in policies alone.
    pub number: Option<i32>,
}

impl From<PolicyVersion> for PolicyVersionBody {
    fn from(version: PolicyVersion) -> Self {
        Self {
            number: version.policies.number,
            active: version.active,
            note: version.note,
            created_by: version.created_by.0,
            created_by_name: version.created_by_name,
            created_at: version.created_at.to_string(),
            source: version.policies.source,
        }
    }
}

impl From<InForce> for PoliciesInForce {
    fn from(in_force: InForce) -> Self {
        Self { number: in_force.number }
    }
}

impl PolicyCheck {
    /// What is wrong with a source, if anything.
    #[must_use]
    pub fn of(source: &str, result: Result<(), PolicyError>) -> Self {
        let messages: Vec<_> = result.err().map(|error| error.in_lines(source)).unwrap_or_default();
        Self {
            ok: messages.is_empty(),
            messages: messages.into_iter().map(|(line, message)| PolicyMessage { line, message }).collect(),
        }
    }
}

/// Check a source without storing it
#[utoipa::path(post, path = "/api/v1/policies/validate", request_body = PolicySource, security(("token" = [])), responses((status = 200, body = PolicyCheck), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn validate(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<PolicySource>, JsonRejection>,
) -> Result<Json<PolicyCheck>, Problem> {
    principal.require(principal.role.sets_policies())?;
    let Json(PolicySource { source }) = body?;
    let checked = state.agent.check_own_policies(&source);
    Ok(Json(PolicyCheck::of(&source, checked)))
}

/// Store a source as the next version, if it is valid; it is not in force by that
#[utoipa::path(post, path = "/api/v1/policies", request_body = NewPolicyVersion, security(("token" = [])), responses((status = 201, body = PolicyVersionBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn store(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<NewPolicyVersion>, JsonRejection>,
) -> Result<(StatusCode, Json<PolicyVersionBody>), Problem> {
    let Json(NewPolicyVersion { source, note }) = body?;
    let stored = keep(&state.agent, principal, &source, note.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(stored.into())))
}

/// The versions, the newest first (at most 100)
#[utoipa::path(get, path = "/api/v1/policies", security(("token" = [])), responses((status = 200, body = [PolicyVersionBody]), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn list(
    State(state): State<AppState>,
    principal: Principal,
) -> Result<Json<Vec<PolicyVersionBody>>, Problem> {
    let principal = principal.require(principal.role.sets_policies())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let versions = tx.load_policy_versions(LIST_LIMIT).await?;
    Ok(Json(versions.into_iter().map(PolicyVersionBody::from).collect()))
}

/// One version
#[utoipa::path(get, path = "/api/v1/policies/{number}", params(("number" = i32, Path)), security(("token" = [])), responses((status = 200, body = PolicyVersionBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(state): State<AppState>,
    principal: Principal,
    Path(number): Path<String>,
) -> Result<Json<PolicyVersionBody>, Problem> {
    let principal = principal.require(principal.role.sets_policies())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let found = tx.find_policy_version(number_in(&number)?).await?;
    Ok(Json(found.ok_or_else(Problem::not_found)?.into()))
}

/// Put a version in force: from now on every decision is made under it
#[utoipa::path(post, path = "/api/v1/policies/{number}/activate", params(("number" = i32, Path)), security(("token" = [])), responses((status = 200, body = PoliciesInForce), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn activate(
    State(state): State<AppState>,
    principal: Principal,
    Path(number): Path<String>,
) -> Result<Json<PoliciesInForce>, Problem> {
    let number = number_in(&number)?;
    Ok(Json(put_in_force(&state.agent, principal, Some(number)).await?.into()))
}

/// Put the built-in policies alone in force
#[utoipa::path(post, path = "/api/v1/policies/deactivate", security(("token" = [])), responses((status = 200, body = PoliciesInForce), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn deactivate(State(state): State<AppState>, principal: Principal) -> Result<Json<PoliciesInForce>, Problem> {
    Ok(Json(put_in_force(&state.agent, principal, None).await?.into()))
}

/// Return to what was in force before. The number in force is part of it, so that a request sent twice goes one step
#[utoipa::path(post, path = "/api/v1/policies/rollback", request_body = RollbackRequest, security(("token" = [])), responses((status = 200, body = PoliciesInForce), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn rollback(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<RollbackRequest>, JsonRejection>,
) -> Result<Json<PoliciesInForce>, Problem> {
    let Json(RollbackRequest { number }) = body?;
    Ok(Json(go_back(&state.agent, principal, InForce { number }).await?.into()))
}

fn number_in(path: &str) -> Result<i32, Problem> {
    path.parse().map_err(|_| Problem::bad_request().with_detail("a version is a number"))
}

/// Stores a source for whoever may, if it is valid.
pub async fn keep(
    agent: &Agent,
    principal: Principal,
    source: &str,
    note: Option<&str>,
) -> Result<PolicyVersion, Problem> {
    let principal = principal.require(principal.role.sets_policies())?;
    let note = note.map(|text| text.trim().replace('\0', "\u{fffd}")).filter(|text| !text.is_empty());
    if note.as_ref().is_some_and(|text| text.chars().count() > LONGEST_NOTE) {
        return Err(Problem::bad_request().with_detail(format!("a note has at most {LONGEST_NOTE} characters")));
    }
    check(agent, source)?;
    let mut tx = agent.store().begin(principal.scope).await?;
    let stored = tx.insert_policy_version(principal.user_id, source, note.as_deref()).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Puts a version in force for whoever may, if this program can still use it.
pub async fn put_in_force(agent: &Agent, principal: Principal, number: Option<i32>) -> Result<InForce, Problem> {
    let principal = principal.require(principal.role.sets_policies())?;
    let version = match number {
        Some(number) => Some(find(agent.store(), principal, number).await?),
        None => None,
    };
    if let Some(version) = &version {
        check(agent, &version.source)?;
    }
    let mut tx = agent.store().begin_cut(principal.scope).await?;
    let in_force = tx.activate_policies(principal.user_id, version.as_ref()).await?;
    tx.commit().await?;
    Ok(in_force)
}

async fn find(store: &Store, principal: Principal, number: i32) -> Result<OwnPolicies, Problem> {
    let mut tx = store.begin(principal.scope).await?;
    Ok(tx.find_policy_version(number).await?.ok_or_else(Problem::not_found)?.policies)
}

/// Returns to what was in force before, for whoever may, if this program can still use it.
pub async fn go_back(agent: &Agent, principal: Principal, from: InForce) -> Result<InForce, Problem> {
    let principal = principal.require(principal.role.sets_policies())?;
    let mut tx = agent.store().begin_cut(principal.scope).await?;
    if let Some(version) = tx.find_policies_before().await? {
        check(agent, &version.source)?;
    }
    let in_force = tx.roll_back_policies(principal.user_id, from).await?;
    tx.commit().await?;
    Ok(in_force)
}

fn check(agent: &Agent, source: &str) -> Result<(), Problem> {
    agent.check_own_policies(source).map_err(|error| {
        Problem::conflict(
            "policies_invalid",
            "These policies cannot be used. Check them with /api/v1/policies/validate.",
        )
        .with_detail(error.to_string())
    })
}
