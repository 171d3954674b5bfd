//! One's own sign-ins: at the console and over the API, listed and ended.

use axum::{Json, extract::State, http::StatusCode};
use forecourt_crm_store::system::{
    refreshing::FamilyEnd,
    sessions::{EndedWhy, SignInKind, Spared},
};
use forecourt_domain::ids::{RefreshFamilyId, SessionId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    path_id::PathId,
    principal::Caller,
    problem::{Problem, ProblemBody},
};

/// A sign-in of yours.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignIn {
    pub id: Uuid,
    /// `console` or `api`.
    pub kind: &'static str,
    /// What the client said it is.
    pub user_agent: String,
    pub address: String,
    pub created_at: String,
    pub last_seen_at: String,
    /// Whether it is the one of this request.
    pub current: bool,
}

/// How many sign-ins were ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ended {
    pub ended: u64,
}

/// Where you are signed in, seen last first
#[utoipa::path(get, path = "/api/v1/sessions", security(("token" = [])), responses((status = 200, body = [SignIn]), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<SignIn>>, Problem> {
    caller.principal.in_own_name()?;
    let family = caller.signed_in()?;
    let mut tx = state.store.begin(caller.principal.scope).await?;
    let entries = tx.load_sign_ins(family.user_id).await?;
    let shown = entries.into_iter().map(|entry| SignIn {
        current: entry.id == family.id.0,
        id: entry.id,
        kind: match entry.kind {
            SignInKind::Console => "console",
            SignInKind::Api => "api",
        },
        user_agent: entry.user_agent,
        address: entry.address,
        created_at: entry.created_at.to_string(),
        last_seen_at: entry.last_seen_at.to_string(),
    });
    Ok(Json(shown.collect()))
}

/// End one of your sign-ins
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 204), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn end(State(state): State<AppState>, caller: Caller, PathId(id): PathId) -> Result<StatusCode, Problem> {
    caller.principal.in_own_name()?;
    let user_id = caller.signed_in()?.user_id;
    let mut tx = state.store.begin(caller.principal.scope).await?;
    let ended = tx.end_session(user_id, SessionId(id), EndedWhy::EndedByUser).await?
        || tx.end_family(user_id, RefreshFamilyId(id), FamilyEnd::By(EndedWhy::EndedByUser)).await?;
    tx.commit().await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}

/// End all of your sign-ins but this one
#[utoipa::path(delete, path = "/api/v1/sessions", security(("token" = [])), responses((status = 200, body = Ended), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn end_others(State(state): State<AppState>, caller: Caller) -> Result<Json<Ended>, Problem> {
    caller.principal.in_own_name()?;
    let family = caller.signed_in()?;
    let mut tx = state.store.begin(caller.principal.scope).await?;
    let ended = tx.end_other_sign_ins(family.user_id, Spared::Family(family.id)).await?;
    tx.commit().await?;
    Ok(Json(Ended { ended }))
}
