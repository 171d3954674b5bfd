//! Signing in over the API: a short access token and a refresh token that is used once.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use forecourt_crm_store::system::{
    Whereabouts,
    refreshing::{FamilyEnd, FoundFamily, Refreshed},
    sessions::EndedWhy,
    tokens::TokenHolder,
};
use forecourt_domain::ids::{DealershipId, RefreshFamilyId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    http::{
        AppState,
        problem::{Problem, ProblemBody},
    },
    identity::{
        access_token::{self, LASTS},
        address::From,
        letters::{self, Reader},
        signing_in::{self, CodeStep, Doors, Given, NOWHERE, PasswordStep},
    },
};

/// What signs somebody in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    #[schema(max_length = 254)]
    email: String,
    #[schema(value_type = String, max_length = 1024)]
    password: SecretString,
    /// A code of the authenticator app, or a recovery code, where the account asks for one.
    #[serde(default)]
    code: Option<String>,
    /// Where to work, for somebody who works at several dealerships. Without, it is the first by name.
    #[serde(default)]
    dealership: Option<Uuid>,
}

/// What a sign-in gives. Both tokens are secrets.
#[derive(Serialize, ToSchema)]
pub struct TokenResponse {
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// Used once; the next one comes with the answer. If that was lost, send the same again. Absent where the one you have stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    pub user: Uuid,
    pub dealership: Uuid,
    pub role: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// Sign in with e-mail address and password
#[utoipa::path(post, path = "/api/v1/auth/token", request_body = TokenRequest, responses((status = 200, body = TokenResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 429, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub async fn token(
    State(state): State<AppState>,
    from: From,
    body: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<Json<TokenResponse>, Problem> {
    let Json(request) = body?;
    let given = Given { email: &request.email, password: &request.password, device: None, from: &from };
    let account = match state.identity.check_password(&state.store, &given).await? {
        PasswordStep::Right(account) => account,
        PasswordStep::Wrong => return Err(wrong()),
        PasswordStep::TooMany { retry_after } => return Err(Problem::too_many_tries(retry_after)),
    };
    if account.second_factor_since.is_some() {
        let code = request.code.as_deref().ok_or_else(|| {
            Problem::new(StatusCode::UNAUTHORIZED, "code_required", "Send a code of the authenticator app as `code`.")
        })?;
        match state.identity.check_code(&state.store, account.user_id, code).await? {
            CodeStep::Right => {}
            CodeStep::Wrong => return Err(wrong()),
            CodeStep::TooMany { retry_after } => return Err(Problem::too_many_tries(retry_after)),
        }
    }
    let wanted = request.dealership.map(DealershipId);
    let dealership = match (signing_in::doors(&state.store, account.user_id).await?, wanted) {
        (Doors::Nowhere, _) => return Err(Problem::forbidden().with_detail(NOWHERE)),
        (Doors::Suspended { dealership }, _) => return Err(suspended(&dealership)),
        (Doors::One(place), None) => place.dealership_id,
        (Doors::One(place), Some(wanted)) if place.dealership_id == wanted => wanted,
        (Doors::Several(places), Some(wanted)) if places.iter().any(|place| place.dealership_id == wanted) => wanted,
        (Doors::One(_) | Doors::Several(_), Some(_)) => {
            return Err(Problem::forbidden().with_detail("You do not work at that dealership, or it is suspended."));
        }
        // Asking them to choose would use their code up; they switch from there.
        (Doors::Several(places), None) => places.first().ok_or_else(Problem::forbidden)?.dealership_id,
    };
    let mut tx = state.store.begin_about(account.user_id).await?.ok_or_else(Problem::forbidden)?;
    tx.require_unchanged(&account).await?;
    let (family, refresh) = tx.insert_family(account.user_id, dealership, &from.client).await?;
    tx.commit().await?;
    let (_, holder) = standing(&state, family).await?;
    answer(&state, family, holder, Some(&refresh))
}

/// Exchange a refresh token for the next one and an access token
#[utoipa::path(post, path = "/api/v1/auth/refresh", request_body = RefreshRequest, responses((status = 200, body = TokenResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub async fn refresh(
    State(state): State<AppState>,
    body: Result<Json<RefreshRequest>, JsonRejection>,
) -> Result<Json<TokenResponse>, Problem> {
    let Json(request) = body?;
    // Whoever is refused at the door keeps the token for later.
    let (family, _) = state.store.find_family_of(&request.refresh_token).await?.ok_or(Problem::unauthorized())?;
    let (_, holder) = standing(&state, family).await?;
    match state.store.refresh(&request.refresh_token).await? {
        Refreshed::Next { family, token } => answer(&state, family, holder, Some(&token)),
        Refreshed::Reused { user_id } => {
            if let Some(account) = state.store.find_account_of(user_id).await? {
                state.identity.notify(&state.store, user_id, &letters::refresh_reused(&Reader::from(&account))).await?;
            }
            Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "refresh_reused",
                "This refresh token was used before, so the whole sign-in was ended. Sign in again.",
            ))
        }
        Refreshed::Unknown => Err(Problem::unauthorized()),
    }
}

/// Sign out: end the sign-in of a refresh token. The answer is the same whatever was sent (RFC 7009)
#[utoipa::path(post, path = "/api/v1/auth/revoke", request_body = RefreshRequest, responses((status = 204), (status = 400, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub async fn revoke(
    State(state): State<AppState>,
    body: Result<Json<RefreshRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(request) = body?;
    if let Some((family, user_id)) = state.store.find_family_of(&request.refresh_token).await?
        && let Some(mut tx) = state.store.begin_about(user_id).await?
    {
        tx.end_family(user_id, family, FamilyEnd::By(EndedWhy::SignedOut)).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A sign-in and whom it speaks for now.
pub async fn standing(state: &AppState, family: RefreshFamilyId) -> Result<(FoundFamily, TokenHolder), Problem> {
    let found = state.store.find_family(family).await?.ok_or(Problem::unauthorized())?;
    match found.whereabouts.clone() {
        Whereabouts::Working(holder) => Ok((found, holder)),
        Whereabouts::Choosing => Err(Problem::unauthorized()
            .with_detail("You work at that dealership no more, or your visit is over; sign in again.")),
        Whereabouts::Suspended { dealership } => Err(suspended(&dealership)),
    }
}

/// The tokens of a sign-in.
pub fn answer(
    state: &AppState,
    family: RefreshFamilyId,
    holder: TokenHolder,
    refresh: Option<&SecretString>,
) -> Result<Json<TokenResponse>, Problem> {
    let issued = access_token::issue(&state.store, &state.public_url, family, holder)?;
    Ok(Json(TokenResponse {
        access_token: issued.token.expose_secret().to_owned(),
        token_type: "Bearer",
        expires_in: LASTS.as_secs(),
        refresh_token: refresh.map(|token| token.expose_secret().to_owned()),
        user: holder.user_id.0,
        dealership: holder.scope.dealership_id().0,
        role: holder.role.as_str().to_owned(),
    }))
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "E-mail address, password and code do not belong together, or the code was used already.",
    )
}

/// 403: nobody works there at the moment.
pub fn suspended(dealership: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "suspended", "This dealership is suspended.")
        .with_detail(signing_in::suspended(dealership))
}
