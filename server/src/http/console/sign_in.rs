//! The pages of signing in: password, second factor, choice of a dealership.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use forecourt_crm_store::system::{
    credentials::Account,
    sessions::{AskedBy, EndedWhy},
};
use forecourt_domain::ids::{DealershipId, UserId};
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    cookies::Cookie,
    failure::{Failure, render},
    filters,
    place::Place,
    session::AtSession,
    words,
};
use crate::{
    http::{AppState, problem::Problem},
    identity::{
        address::From,
        signing_in::{self, CodeStep, Doors, Given, NOWHERE, PasswordStep},
    },
};

/// The form for e-mail address and password.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    place: Place,
    email: String,
    error: Option<String>,
    notice: Option<&'static str>,
    is_demo: bool,
}

impl SignInPage {
    /// The form as somebody finds it.
    #[must_use]
    pub fn empty(state: &AppState, place: Place) -> Self {
        Self { place, email: String::new(), error: None, notice: None, is_demo: state.identity.mailer.only_keeps() }
    }

    /// The form with what was done.
    #[must_use]
    pub fn with_notice(state: &AppState, notice: &'static str) -> Self {
        Self { notice: Some(notice), ..Self::empty(state, Place::Home) }
    }

    /// The form with what stood in the way.
    #[must_use]
    pub fn with_error(state: &AppState, place: Place, error: String) -> Self {
        Self { error: Some(error), ..Self::empty(state, place) }
    }
}

/// The form for a code of the authenticator app.
#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage {
    place: Place,
    error: Option<String>,
}

/// The choice between dealerships.
#[derive(Template)]
#[template(path = "choose.html")]
pub struct ChoosePage {
    place: Place,
    choices: Vec<Choice>,
    error: Option<String>,
    may_visit: bool,
}

struct Choice {
    id: DealershipId,
    name: String,
    role: &'static str,
    suspended: bool,
}

impl ChoosePage {
    /// The dealerships of a user.
    pub async fn load(state: &AppState, user_id: UserId, place: Place, error: Option<String>) -> Result<Self, Problem> {
        let places = state.store.load_workplaces(user_id).await?;
        let may_visit = places.iter().any(|place| place.role == forecourt_domain::staff::Role::PlatformOwner);
        let choices = places
            .into_iter()
            .map(|place| Choice {
                id: place.dealership_id,
                role: words::role(place.role),
                name: place.name,
                suspended: place.suspended,
            })
            .collect();
        Ok(Self { place, choices, error, may_visit })
    }
}

/// What the first form sends.
#[derive(Deserialize)]
pub struct PasswordForm {
    email: String,
    password: SecretString,
    #[serde(default)]
    place: Place,
}

/// The form by itself.
pub async fn form(State(state): State<AppState>) -> Response {
    render(&SignInPage::empty(&state, Place::Home))
}

/// Compares the password, and goes on to the second factor or in.
pub async fn password(
    State(state): State<AppState>,
    from: From,
    headers: HeaderMap,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let device = Cookie::Device.read(&headers, &state.public_url);
    let given = Given { email: &form.email, password: &form.password, device: device.as_ref(), from: &from };
    let refuse = |status, error: String| {
        let page = SignInPage { email: form.email.clone(), ..SignInPage::with_error(&state, form.place, error) };
        Ok((status, render(&page)).into_response())
    };
    let account = match state.identity.check_password(&state.store, &given).await? {
        PasswordStep::Right(account) => account,
        PasswordStep::Wrong => {
            return refuse(
                StatusCode::UNAUTHORIZED,
                "E-mail address and password do not belong together. Check both, or choose a new password below."
                    .to_owned(),
            );
        }
        PasswordStep::TooMany { retry_after } => {
            return refuse(StatusCode::TOO_MANY_REQUESTS, signing_in::too_many(retry_after));
        }
    };
    if account.second_factor_since.is_none() {
        return enter(&state, &account, &from, &headers, form.place).await;
    }
    let Some(mut tx) = state.store.begin_about(account.user_id).await? else {
        return refuse(StatusCode::FORBIDDEN, NOWHERE.to_owned());
    };
    tx.require_unchanged(&account).await?;
    let challenge = tx.insert_challenge(account.user_id).await?;
    tx.commit().await?;
    let step = Cookie::Step.set(&challenge, &state.public_url)?;
    Ok(([(header::SET_COOKIE, step)], render(&CodePage { place: form.place, error: None })).into_response())
}

/// What the second form sends.
#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
    #[serde(default)]
    place: Place,
}

/// Judges the code, and goes in.
pub async fn code(
    State(state): State<AppState>,
    from: From,
    headers: HeaderMap,
    form: Result<Form<CodeForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let again = |status, error: &str| {
        let page = CodePage { place: form.place, error: Some(error.to_owned()) };
        Ok((status, render(&page)).into_response())
    };
    let Some(challenge) = Cookie::Step.read(&headers, &state.public_url) else {
        return start_again(&state, form.place);
    };
    let Some(found) = state.store.find_challenge(&challenge).await? else { return start_again(&state, form.place) };
    if !state.store.count_challenge(&challenge).await? {
        return start_again(&state, form.place);
    }
    match state.identity.check_code(&state.store, found.user_id, &form.code).await? {
        CodeStep::Right => {}
        CodeStep::Wrong => {
            return again(
                StatusCode::UNAUTHORIZED,
                "That code is not right, or was used already. Wait for the next one, or take a recovery code.",
            );
        }
        CodeStep::TooMany { retry_after } => {
            return again(StatusCode::TOO_MANY_REQUESTS, &signing_in::too_many(retry_after));
        }
    }
    // Read before the challenge is met: whatever changes the account ends the challenge, or is seen on entering.
    let Some(account) = state.store.find_account_of(found.user_id).await? else {
        return start_again(&state, form.place);
    };
    let Some(mut tx) = state.store.begin_about(found.user_id).await? else { return start_again(&state, form.place) };
    if !tx.meet_challenge(&challenge).await? {
        return start_again(&state, form.place);
    }
    tx.commit().await?;
    enter(&state, &account, &from, &headers, form.place).await
}

fn start_again(state: &AppState, place: Place) -> Result<Response, Failure> {
    let page = SignInPage::with_error(
        state,
        place,
        "That took too long, or too many codes were wrong. Begin again.".to_owned(),
    );
    Ok((StatusCode::UNAUTHORIZED, render(&page)).into_response())
}

/// Begins the session of somebody who has shown who they are, if their account is still the one they showed it for.
/// Whatever session the browser had is over.
pub async fn enter(
    state: &AppState,
    account: &Account,
    from: &From,
    headers: &HeaderMap,
    place: Place,
) -> Result<Response, Failure> {
    let closed = |error: String| {
        let page = SignInPage::with_error(state, place, error);
        Ok((StatusCode::FORBIDDEN, render(&page)).into_response())
    };
    let user_id = account.user_id;
    let dealership = match signing_in::doors(&state.store, user_id).await? {
        Doors::Nowhere => return closed(NOWHERE.to_owned()),
        Doors::Suspended { dealership } => return closed(signing_in::suspended(&dealership)),
        Doors::One(place) => Some(place.dealership_id),
        Doors::Several(_) => None,
    };
    let Some(mut tx) = state.store.begin_about(user_id).await? else { return closed(NOWHERE.to_owned()) };
    tx.require_unchanged(account).await?;
    if let Some(old) = Cookie::Session.read(headers, &state.public_url)
        && let Some(old) = state.store.find_session(&old, AskedBy::Person).await?
        && old.user_id == user_id
    {
        tx.end_session(user_id, old.id, EndedWhy::Replaced).await?;
    }
    let (_, secret) = tx.insert_session(user_id, dealership, &from.client).await?;
    let known = match Cookie::Device.read(headers, &state.public_url) {
        Some(device) if state.store.is_known_device(user_id, &device).await? => None,
        _ => Some(tx.insert_device(user_id).await?),
    };
    tx.commit().await?;
    let mut response = Redirect::to(&place.to_string()).into_response();
    let cookies = response.headers_mut();
    cookies.append(header::SET_COOKIE, Cookie::Session.set(&secret, &state.public_url)?);
    cookies.append(header::SET_COOKIE, Cookie::Step.forget(&state.public_url)?);
    if let Some(device) = known {
        cookies.append(header::SET_COOKIE, Cookie::Device.set(&device, &state.public_url)?);
    }
    Ok(response)
}

/// What the choice sends.
#[derive(Debug, Deserialize)]
pub struct ChooseForm {
    dealership: DealershipId,
    #[serde(default)]
    place: Place,
}

/// The choice between dealerships, for somebody who is in.
pub async fn choices(State(state): State<AppState>, AtSession(session): AtSession) -> Result<Response, Failure> {
    Ok(render(&ChoosePage::load(&state, session.user_id, Place::Home, None).await?))
}

/// Goes on at a dealership, if the user works there.
pub async fn choose(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<ChooseForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let places = state.store.load_workplaces(session.user_id).await?;
    let error = match places.into_iter().find(|place| place.dealership_id == form.dealership) {
        Some(place) if !place.suspended => {
            state.store.move_session(session.id, Some(place.dealership_id), None).await?;
            // What was open at the other dealership is not here.
            let to = if session.dealership_id.is_none() { form.place } else { Place::Home };
            return Ok(Redirect::to(&to.to_string()).into_response());
        }
        Some(place) => signing_in::suspended(&place.name),
        None => "You do not work there.".to_owned(),
    };
    let page = ChoosePage::load(&state, session.user_id, form.place, Some(error)).await?;
    Ok((StatusCode::FORBIDDEN, render(&page)).into_response())
}

/// Adds a header that sets a cookie.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
