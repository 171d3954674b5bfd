//! Who is at the console: the token that was pasted once, kept in a cookie that no script can read.

use askama::Template;
use axum::{
    Form,
    extract::{FromRequestParts, State, rejection::FormRejection},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    failure::{Failure, render},
    filters,
    place::Place,
};
use crate::http::{
    AppState,
    principal::{self, COOKIE, Principal},
    problem::Problem,
};

/// How long a browser keeps the token: thirty days. Revoking it works at once, whatever a browser keeps.
const KEPT_SECONDS: u32 = 30 * 24 * 60 * 60;
/// The longest token worth looking up; ours have 68 characters.
const LONGEST_TOKEN: usize = 200;

/// Somebody whose token is good now. Everything but the sign-in form takes it.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn(pub Principal);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let token = principal::cookie(&parts.headers);
        let place = parts.uri.path().parse().unwrap_or_default();
        let known = match &token {
            Some(token) => {
                principal::find(state, token).await.map_err(|problem| Failure::from(problem).into_response())?
            }
            None => None,
        };
        match known {
            Some(principal) => Ok(Self(principal)),
            None => Err(ask(parts, place, token.is_some())),
        }
    }
}

/// The form in place of a page. What asked for a part of a page loads the whole page again.
fn ask(parts: &Parts, place: Place, had_token: bool) -> Response {
    let page = SignInPage { place, error: had_token.then_some(Rejected::NoLongerGood.sentence()) };
    let status = if had_token || place != Place::Home || parts.uri.path() != "/console" {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::OK
    };
    let mut response = (status, render(&page)).into_response();
    if parts.headers.contains_key("hx-request") {
        response.headers_mut().insert(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
    }
    response
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy)]
enum Rejected {
    Empty,
    Unknown,
    NoLongerGood,
}

impl Rejected {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "Paste your token first.",
            Self::Unknown => {
                "This token is not known here, has expired or was revoked. Check that you copied all of it, from fct_ on."
            }
            Self::NoLongerGood => "You were signed out: your token has expired or was revoked. Paste a new one.",
        }
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    place: Place,
    error: Option<&'static str>,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct SignIn {
    token: SecretString,
    #[serde(default)]
    place: Place,
}

/// Keeps a good token in the cookie and goes on to where the form stood; shows the form again otherwise.
pub async fn sign_in(
    State(state): State<AppState>,
    form: Result<Form<SignIn>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let token = SecretString::from(form.token.expose_secret().trim());
    let rejected = match token.expose_secret().len() {
        0 => Rejected::Empty,
        1..=LONGEST_TOKEN if principal::find(&state, &token).await?.is_some() => {
            let kept = cookie(&state, token.expose_secret(), KEPT_SECONDS)?;
            return Ok(([(header::SET_COOKIE, kept)], Redirect::to(&form.place.to_string())).into_response());
        }
        _ => Rejected::Unknown,
    };
    let page = SignInPage { place: form.place, error: Some(rejected.sentence()) };
    Ok((StatusCode::UNAUTHORIZED, render(&page)).into_response())
}

/// Forgets the token.
pub async fn sign_out(State(state): State<AppState>) -> Result<Response, Failure> {
    Ok(([(header::SET_COOKIE, cookie(&state, "", 0)?)], Redirect::to("/console")).into_response())
}

/// Readable by no script, sent to the console only and from its own pages only.
fn cookie(state: &AppState, token: &str, seconds: u32) -> Result<HeaderValue, Failure> {
    let secure = if state.public_url.scheme() == "https" { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/console; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut value = HeaderValue::from_str(&text).map_err(|_| Failure::from(Problem::bad_request()))?;
    value.set_sensitive(true);
    Ok(value)
}
