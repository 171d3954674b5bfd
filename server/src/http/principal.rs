//! Who asks: every API route takes a [`Principal`], read from a bearer token and from nothing else.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use forecourt_crm_store::system::{refreshing::FoundFamily, tokens::TokenHolder};
use forecourt_domain::{ids::UserId, scope::Scope, staff::Role};
use secrecy::{ExposeSecret, SecretString};

use super::{AppState, problem::Problem};
use crate::identity::access_token;

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

    /// Goes on only if they act in their own name: what belongs to a person is changed by that person.
    pub fn in_own_name(self) -> Result<Self, Problem> {
        match self.scope.acted_by() {
            None => Ok(self),
            Some(_) => Err(Problem::forbidden()
                .with_detail("On a visit, nobody changes the account, the tokens or the sign-ins of anybody.")),
        }
    }
}

impl FromRequestParts<AppState> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Caller::from_request_parts(parts, state).await?.principal)
    }
}

/// A principal with the sign-in it came by, if it came by one: a token that was made for a program has none.
#[derive(Debug, Clone)]
pub struct Caller {
    pub principal: Principal,
    pub family: Option<FoundFamily>,
}

impl Caller {
    /// The sign-in it came by; a token made for a program cannot do what needs one.
    pub fn signed_in(&self) -> Result<&FoundFamily, Problem> {
        self.family.as_ref().ok_or_else(|| {
            Problem::forbidden()
                .with_detail("Sign in with POST /api/v1/auth/token; a token made for a program cannot do this.")
        })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let token = bearer(&parts.headers).ok_or(Problem::unauthorized())?;
        find(state, &token).await?.ok_or(Problem::unauthorized())
    }
}

/// Whom a bearer token speaks for: one that was made for a program, or the access token of a sign-in.
pub async fn find(state: &AppState, token: &SecretString) -> Result<Option<Caller>, Problem> {
    if token.expose_secret().starts_with("fct_") {
        let holder = state.store.find_token_holder(token).await?;
        return Ok(holder.map(|holder| Caller { principal: holder.into(), family: None }));
    }
    let found = access_token::find(&state.store, &state.public_url, token).await?;
    Ok(found.map(|(family, holder)| Caller { principal: holder.into(), family: Some(family) }))
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token.trim()))
}
