//! Who asks, where they work, and at which of these places they are.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use forecourt_domain::ids::DealershipId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::{self, TokenResponse};
use crate::http::{
    AppState,
    principal::{Caller, Principal},
    problem::{Problem, ProblemBody},
};

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub user: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Where this request works.
    pub current: Place,
    /// Where the user works, by name.
    pub dealerships: Vec<Place>,
    /// Who really acts, on a visit as somebody else.
    pub acted_by: Option<Uuid>,
}

/// A dealership and the role there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    pub dealership: Uuid,
    pub name: String,
    pub role: String,
    pub suspended: bool,
}

/// Where to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoToDealership {
    dealership: Uuid,
}

/// Who you are, and where you work
#[utoipa::path(get, path = "/api/v1/me", security(("token" = [])), responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
pub async fn show(State(state): State<AppState>, principal: Principal) -> Result<Json<Me>, Problem> {
    let account = state.store.find_account_of(principal.user_id).await?.ok_or(Problem::unauthorized())?;
    let here = state.store.begin(principal.scope).await?.load_profile().await?.name;
    // On a visit, the other dealerships of the one who is visited are nobody's business.
    let places = match principal.scope.acted_by() {
        None => state.store.load_workplaces(principal.user_id).await?,
        Some(_) => Vec::new(),
    };
    Ok(Json(Me {
        user: account.user_id.0,
        email: account.email.as_str().to_owned(),
        first_name: account.first_name,
        last_name: account.last_name,
        current: Place {
            dealership: principal.scope.dealership_id().0,
            name: here,
            role: principal.role.as_str().to_owned(),
            suspended: false,
        },
        dealerships: places
            .into_iter()
            .map(|place| Place {
                dealership: place.dealership_id.0,
                name: place.name,
                role: place.role.as_str().to_owned(),
                suspended: place.suspended,
            })
            .collect(),
        acted_by: principal.scope.acted_by().map(|id| id.0),
    }))
}

/// Go on at another dealership where you work; the access token of the answer speaks there
#[utoipa::path(post, path = "/api/v1/session/dealership", request_body = GoToDealership, security(("token" = [])), responses((status = 200, body = TokenResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn go_to_dealership(
    State(state): State<AppState>,
    caller: Caller,
    body: Result<Json<GoToDealership>, JsonRejection>,
) -> Result<Json<TokenResponse>, Problem> {
    let Json(request) = body?;
    let family = caller.signed_in()?;
    let places = state.store.load_workplaces(family.user_id).await?;
    let wanted = DealershipId(request.dealership);
    let place = places.into_iter().find(|place| place.dealership_id == wanted).ok_or(Problem::not_found())?;
    if place.suspended {
        return Err(auth::suspended(&place.name));
    }
    state.store.move_family(family.id, wanted, None).await?;
    let (_, holder) = auth::standing(&state, family.id).await?;
    auth::answer(&state, family.id, holder, None)
}
