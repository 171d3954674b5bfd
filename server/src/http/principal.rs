//! Who asks: every API route takes a [`Principal`], read from a bearer token and from nothing else.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use forecourt_crm_store::system::tokens::TokenHolder;
use forecourt_domain::{ids::UserId, scope::Scope, staff::Role};
use secrecy::SecretString;

use super::{AppState, problem::Problem};

/// The cookie in which the console keeps the token.
pub const COOKIE: &str = "forecourt_token";

/// An authenticated user at one dealership, in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    pub user_id: UserId,
    pub scope: Scope,
    pub role: Role,
}

impl From<TokenHolder> for Principal {
    fn from(holder: TokenHolder) -> Self {
        Self { user_id: holder.user_id, scope: holder.scope, role: holder.role }
    }
}

impl Principal {
    /// Goes on only if the role allows it.
    pub const fn require(self, allowed: bool) -> Result<Self, Problem> {
        if allowed { Ok(self) } else { Err(Problem::forbidden()) }
    }
}

impl FromRequestParts<AppState> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let token = bearer(&parts.headers).ok_or(Problem::unauthorized())?;
        find(state, &token).await?.ok_or(Problem::unauthorized())
    }
}

/// Whom a token speaks for.
pub async fn find(state: &AppState, token: &SecretString) -> Result<Option<Principal>, Problem> {
    Ok(state.store.find_token_holder(token).await?.map(Principal::from))
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token.trim()))
}

/// The token in the console's cookie.
#[must_use]
pub fn cookie(headers: &HeaderMap) -> Option<SecretString> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| SecretString::from(token))
}
