//! Choosing a password by a link: asked for by somebody who forgot it, or sent as an invitation.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    failure::{Failure, render},
    filters,
    place::Place,
    sign_in,
};
use crate::{
    http::AppState,
    identity::{
        address::From,
        inviting::{self, Opened},
        signing_in::{CodeStep, too_many},
    },
};

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage {
    is_sent: bool,
    /// Mail reaches nobody but the operator here.
    only_keeps: bool,
    takes_mail: bool,
}

/// The form that asks for a link.
pub async fn forgot(State(state): State<AppState>) -> Response {
    render(&forgot_page(&state, false))
}

fn forgot_page(state: &AppState, is_sent: bool) -> ForgotPage {
    let mailer = &state.identity.mailer;
    ForgotPage { is_sent, only_keeps: mailer.only_keeps(), takes_mail: mailer.takes_mail() }
}

/// What it sends.
#[derive(Deserialize)]
pub struct ForgotForm {
    email: String,
}

/// Mails a link if there is such an account, and says the same in any case.
pub async fn ask_for_link(
    State(state): State<AppState>,
    from: From,
    form: Result<Form<ForgotForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    if state.identity.mailer.takes_mail() {
        state.identity.forgot_password(&state.store, &state.public_url, &form.email, &from).await?;
    }
    Ok(render(&forgot_page(&state, true)))
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    token: &'a str,
    email: String,
    /// The dealership of an invitation.
    invited_to: Option<String>,
    asks_for_password: bool,
    asks_for_code: bool,
    error: Option<String>,
}

/// The token of a link, in its address.
#[derive(Deserialize)]
pub struct LinkQuery {
    token: SecretString,
}

/// The page that a link opens. Opening it uses nothing up: mail readers look at links too.
pub async fn link(State(state): State<AppState>, Query(query): Query<LinkQuery>) -> Result<Response, Failure> {
    show(&state, &query.token, StatusCode::OK, None).await
}

async fn show(
    state: &AppState,
    token: &SecretString,
    status: StatusCode,
    error: Option<String>,
) -> Result<Response, Failure> {
    let Some(link) = state.store.find_link(token).await? else { return Ok(gone()) };
    let Some(account) = state.store.find_account_of(link.user_id).await? else { return Ok(gone()) };
    let page = PasswordPage {
        token: token.expose_secret(),
        email: account.email.as_str().to_owned(),
        asks_for_password: inviting::asks_for_password(&link, &account),
        asks_for_code: account.second_factor_since.is_some() && inviting::asks_for_password(&link, &account),
        invited_to: link.dealership,
        error,
    };
    Ok((status, render(&page)).into_response())
}

#[derive(Template)]
#[template(path = "link_gone.html")]
struct GonePage;

fn gone() -> Response {
    (StatusCode::GONE, render(&GonePage)).into_response()
}

/// What the page sends.
#[derive(Deserialize)]
pub struct PasswordForm {
    token: SecretString,
    #[serde(default)]
    password: Option<SecretString>,
    #[serde(default)]
    code: String,
}

/// Sets the password, uses the link up, and signs in.
pub async fn set(
    State(state): State<AppState>,
    from: From,
    headers: HeaderMap,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let Some(link) = state.store.find_link(&form.token).await? else { return Ok(gone()) };
    let Some(account) = state.store.find_account_of(link.user_id).await? else { return Ok(gone()) };
    let asks = inviting::asks_for_password(&link, &account);
    if asks {
        let password = form.password.clone().unwrap_or_default();
        if let Err(unfit) = inviting::judge(&state.store, &account, link.dealership.as_deref(), &password).await? {
            let error = Some(unfit.sentence().to_owned());
            return show(&state, &form.token, StatusCode::UNPROCESSABLE_ENTITY, error).await;
        }
        // A mailbox alone does not open an account that asks for a second factor.
        if account.second_factor_since.is_some() {
            let error = match state.identity.check_code(&state.store, account.user_id, &form.code).await? {
                CodeStep::Right => None,
                CodeStep::Wrong => Some("That code is not right, or was used already.".to_owned()),
                CodeStep::TooMany { retry_after } => Some(too_many(retry_after)),
            };
            if error.is_some() {
                return show(&state, &form.token, StatusCode::UNPROCESSABLE_ENTITY, error).await;
            }
        }
    }
    match state.identity.open_link(&state.store, &link, &account, form.password.as_ref()).await? {
        Opened::Done { account } if asks => sign_in::enter(&state, &account, &from, &headers, Place::Home).await,
        // Who has a password signs in with it: a link that leads into an account should not open it.
        Opened::Done { .. } => Ok(render(&sign_in::SignInPage::with_notice(
            &state,
            "You accepted the invitation. Sign in with the password you have.",
        ))),
        Opened::GoodNoMore => Ok(gone()),
        Opened::Unfit(unfit) => {
            show(&state, &form.token, StatusCode::UNPROCESSABLE_ENTITY, Some(unfit.sentence().to_owned())).await
        }
    }
}
