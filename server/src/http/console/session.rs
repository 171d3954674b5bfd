//! Who is at the console: the session behind the cookie, asked anew with every request.

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use forecourt_crm_store::system::{
    Whereabouts,
    sessions::{AskedBy, EndedWhy, FoundSession},
};

use super::{
    cookies::Cookie,
    failure::{Failure, render},
    place::Place,
    sign_in::{ChoosePage, SignInPage},
};
use crate::{
    http::{AppState, principal::Principal, problem::Problem},
    identity::signing_in,
};

/// Somebody who is signed in and works at a dealership now. Every page but those of signing in takes it.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn(pub Principal);

/// Somebody who is signed in, wherever they stand, with their session.
#[derive(Debug, Clone)]
pub struct AtSession(pub FoundSession);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let AtSession(session) = AtSession::from_request_parts(parts, state).await?;
        let place = parts.uri.path().parse().unwrap_or_default();
        match session.whereabouts {
            Whereabouts::Working(holder) => Ok(Self(holder.into())),
            Whereabouts::Choosing => Err(choose(state, &session, place, is_part(parts)).await),
            Whereabouts::Suspended { dealership } => {
                let page = SignInPage::with_error(state, place, signing_in::suspended(&dealership));
                Err(instead(parts, (StatusCode::FORBIDDEN, render(&page)).into_response()))
            }
        }
    }
}

impl FromRequestParts<AppState> for AtSession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let secret = Cookie::Session.read(&parts.headers, &state.public_url);
        let found = match &secret {
            Some(secret) => {
                let found = state.store.find_session(secret, asked_by(parts)).await;
                found.map_err(|error| Failure::from(error).into_response())?
            }
            None => None,
        };
        let place = parts.uri.path().parse().unwrap_or_default();
        found.map(Self).ok_or_else(|| ask(parts, state, place, secret.is_some()))
    }
}

/// The principal of a session that works somewhere now, for a page that is open.
pub async fn find(state: &AppState, secret: &secrecy::SecretString) -> Result<Option<Principal>, Problem> {
    let found = state.store.find_session(secret, AskedBy::Page).await?;
    Ok(found.and_then(|session| match session.whereabouts {
        Whereabouts::Working(holder) => Some(holder.into()),
        Whereabouts::Choosing | Whereabouts::Suspended { .. } => None,
    }))
}

/// The form in place of a page. What asked for a part of a page loads the whole page again.
fn ask(parts: &Parts, state: &AppState, place: Place, had_session: bool) -> Response {
    let page = if had_session {
        SignInPage::with_error(state, place, "You were signed out. Sign in again to go on where you were.".to_owned())
    } else {
        SignInPage::empty(state, place)
    };
    let status = if had_session || place != Place::Home || parts.uri.path() != "/console" {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::OK
    };
    instead(parts, (status, render(&page)).into_response())
}

fn instead(parts: &Parts, mut response: Response) -> Response {
    if is_part(parts) {
        response.headers_mut().insert(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
    }
    response
}

/// An open page listens, and fetches what changed, by itself: whoever left it open is idle all the same.
fn asked_by(parts: &Parts) -> AskedBy {
    let by_itself = is_part(parts) || parts.uri.path() == "/console/events";
    if parts.method == Method::GET && by_itself { AskedBy::Page } else { AskedBy::Person }
}

fn is_part(parts: &Parts) -> bool {
    parts.headers.contains_key("hx-request")
}

/// The choice between dealerships in place of a page.
async fn choose(state: &AppState, session: &FoundSession, place: Place, is_part: bool) -> Response {
    let page = match ChoosePage::load(state, session.user_id, place, None).await {
        Ok(page) => page,
        Err(problem) => return Failure::from(problem).into_response(),
    };
    let mut response = (StatusCode::CONFLICT, render(&page)).into_response();
    if is_part {
        response.headers_mut().insert(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
    }
    response
}

/// Ends the session and forgets its cookie. The browser stays known.
pub async fn sign_out(State(state): State<AppState>, headers: axum::http::HeaderMap) -> Result<Response, Failure> {
    if let Some(secret) = Cookie::Session.read(&headers, &state.public_url)
        && let Some(session) = state.store.find_session(&secret, AskedBy::Person).await?
        && let Some(mut tx) = state.store.begin_about(session.user_id).await?
    {
        tx.end_session(session.user_id, session.id, EndedWhy::SignedOut).await?;
        tx.commit().await?;
    }
    let forget = Cookie::Session.forget(&state.public_url)?;
    Ok(([(header::SET_COOKIE, forget)], Redirect::to("/console")).into_response())
}
