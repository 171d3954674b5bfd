//! Visits of the platform's owner: begun with a reason, ended by time, listed for the dealership.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use forecourt_crm_store::system::visits::LONGEST_VISIT;
use forecourt_domain::{
    ids::{DealershipId, UserId, VisitId},
    scope::Scope,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::{self, TokenResponse};
use crate::{
    http::{
        AppState,
        principal::{Caller, Principal},
        problem::{Problem, ProblemBody},
    },
    identity::signing_in::{self, Doors},
};

/// Where to go, as whom, why, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitRequest {
    pub dealership: Uuid,
    /// As which of its people. Without, you may look and change nothing.
    #[serde(default)]
    pub as_user: Option<Uuid>,
    /// The dealership reads it.
    #[schema(min_length = 10, max_length = 300)]
    pub reason: String,
    #[schema(minimum = 1, maximum = 240)]
    pub minutes: i64,
}

/// A visit as the dealership sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Visit {
    pub id: Uuid,
    pub user: Uuid,
    pub visitor: String,
    pub as_user: Option<Uuid>,
    pub as_user_name: Option<String>,
    pub reason: String,
    pub began_at: String,
    pub until: String,
    pub ended_at: Option<String>,
}

/// Visit a dealership as the platform's owner; the access token of the answer speaks there
#[utoipa::path(post, path = "/api/v1/session/visit", request_body = VisitRequest, security(("token" = [])), responses((status = 200, body = TokenResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn begin(
    State(state): State<AppState>,
    caller: Caller,
    body: Result<Json<VisitRequest>, JsonRejection>,
) -> Result<Json<TokenResponse>, Problem> {
    let Json(request) = body?;
    let family = caller.signed_in()?;
    let (dealership, visit) = open(&state, family.user_id, &request).await?;
    state.store.move_family(family.id, dealership, Some(visit)).await?;
    let (_, holder) = auth::standing(&state, family.id).await?;
    auth::answer(&state, family.id, holder, None)
}

/// End the visit and go back to where you work
#[utoipa::path(delete, path = "/api/v1/session/visit", security(("token" = [])), responses((status = 200, body = TokenResponse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn end(State(state): State<AppState>, caller: Caller) -> Result<Json<TokenResponse>, Problem> {
    let family = caller.signed_in()?;
    let visit = family.visit_id.ok_or(Problem::not_found())?;
    close(&state, family.user_id, family.dealership_id, visit).await?;
    let home = match signing_in::doors(&state.store, family.user_id).await? {
        Doors::One(place) => place,
        Doors::Several(mut places) => places.remove(0),
        Doors::Nowhere | Doors::Suspended { .. } => return Err(Problem::unauthorized()),
    };
    state.store.move_family(family.id, home.dealership_id, None).await?;
    let (_, holder) = auth::standing(&state, family.id).await?;
    auth::answer(&state, family.id, holder, None)
}

/// Who of outside was at this dealership, why, and as whom, newest first
#[utoipa::path(get, path = "/api/v1/access-log", security(("token" = [])), responses((status = 200, body = [Visit]), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn access_log(State(state): State<AppState>, principal: Principal) -> Result<Json<Vec<Visit>>, Problem> {
    principal.require(principal.role.manages_people())?;
    let visits = state.store.begin(principal.scope).await?.load_visits().await?;
    let shown = visits.into_iter().map(|visit| Visit {
        id: visit.id.0,
        user: visit.user_id.0,
        visitor: visit.visitor,
        as_user: visit.as_user_id.map(|id| id.0),
        as_user_name: visit.as_user,
        reason: visit.reason,
        began_at: visit.began_at.to_string(),
        until: visit.until.to_string(),
        ended_at: visit.ended_at.map(|at| at.to_string()),
    });
    Ok(Json(shown.collect()))
}

/// Begins a visit of somebody who owns the platform. Whoever does not hears of no dealership.
pub async fn open(
    state: &AppState,
    user_id: UserId,
    request: &VisitRequest,
) -> Result<(DealershipId, VisitId), Problem> {
    if !state.store.is_platform_owner(user_id).await? {
        return Err(Problem::forbidden());
    }
    let reason = request.reason.trim();
    if !(10..=300).contains(&reason.chars().count()) {
        return Err(
            Problem::bad_request().with_detail("Give a reason of 10 to 300 characters; the dealership reads it.")
        );
    }
    let longest = LONGEST_VISIT.as_secs() / 60;
    if !(1..=longest).contains(&request.minutes) {
        return Err(Problem::bad_request().with_detail(format!("A visit lasts 1 to {longest} minutes.")));
    }
    let dealership = DealershipId(request.dealership);
    if !state.store.load_dealerships().await?.iter().any(|entry| entry.id == dealership) {
        return Err(Problem::not_found());
    }
    let mut tx = state.store.begin(Scope::of(dealership)).await?;
    let lasts = SignedDuration::from_mins(request.minutes);
    let visit = tx.begin_visit(user_id, request.as_user.map(UserId), reason, lasts).await?;
    tx.commit().await?;
    Ok((dealership, visit))
}

/// Ends a visit.
pub async fn close(state: &AppState, user_id: UserId, dealership: DealershipId, visit: VisitId) -> Result<(), Problem> {
    let mut tx = state.store.begin(Scope::of(dealership)).await?;
    tx.end_visit(visit, user_id).await?;
    Ok(tx.commit().await?)
}
