//! One's own account: password, second factor, and where one is signed in. It is always the account of who signed
//! in, also on a visit as somebody else.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use forecourt_crm_store::{
    audit::AuditActor,
    system::{
        credentials::{Account, PasswordChange},
        refreshing::FamilyEnd,
        sessions::{EndedWhy, FoundSession, SignInEntry, SignInKind, Spared},
    },
};
use forecourt_domain::ids::{RefreshFamilyId, SessionId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    cookies::Cookie,
    failure::{Failure, render},
    filters,
    path_id::PathId,
    session::AtSession,
    sign_in::with_cookie,
};
use crate::{
    http::{AppState, problem::Problem},
    identity::{
        inviting,
        letters::{self, Reader},
        recovery, second_factor,
        second_factor::QrImage,
        signing_in::{CodeStep, PasswordStep, too_many},
    },
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    name: String,
    email: String,
    has_second_factor: bool,
    codes_left: i64,
    sign_ins: Vec<SignInSeen>,
    others: usize,
    notice: Option<&'static str>,
    error: Option<String>,
}

struct SignInSeen {
    id: uuid::Uuid,
    what: String,
    address: String,
    is_this: bool,
    began: String,
    seen: String,
}

/// What a page shows of what was just done.
#[derive(Default)]
struct Told {
    status: StatusCode,
    notice: Option<&'static str>,
    error: Option<String>,
}

impl Told {
    fn done(notice: &'static str) -> Self {
        Self { notice: Some(notice), ..Self::default() }
    }

    fn refused(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: Some(error.into()), notice: None }
    }
}

/// The page.
pub async fn page(State(state): State<AppState>, AtSession(session): AtSession) -> Result<Response, Failure> {
    show(&state, &session, Told::default()).await
}

async fn show(state: &AppState, session: &FoundSession, told: Told) -> Result<Response, Failure> {
    let account = own(state, session).await?;
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    let sign_ins = tx.load_sign_ins(session.user_id).await?;
    let codes_left = tx.count_recovery_codes(session.user_id).await?;
    let sign_ins: Vec<_> = sign_ins.iter().map(|entry| seen(entry, session)).collect();
    let page = AccountPage {
        name: format!("{} {}", account.first_name, account.last_name).trim().to_owned(),
        email: account.email.as_str().to_owned(),
        has_second_factor: account.second_factor_since.is_some(),
        codes_left,
        others: sign_ins.iter().filter(|entry| !entry.is_this).count(),
        sign_ins,
        notice: told.notice,
        error: told.error,
    };
    Ok((told.status, render(&page)).into_response())
}

async fn own(state: &AppState, session: &FoundSession) -> Result<Account, Failure> {
    Ok(state.store.find_account_of(session.user_id).await?.ok_or(Problem::not_found())?)
}

fn seen(entry: &SignInEntry, session: &FoundSession) -> SignInSeen {
    let at = |instant: jiff::Timestamp| instant.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let agent = if entry.user_agent.is_empty() { "An unnamed client" } else { &entry.user_agent };
    SignInSeen {
        id: entry.id,
        what: match entry.kind {
            SignInKind::Console => agent.to_owned(),
            SignInKind::Api => format!("API: {agent}"),
        },
        address: entry.address.clone(),
        is_this: entry.id == session.id.0,
        began: at(entry.created_at),
        seen: at(entry.last_seen_at),
    }
}

/// The password that somebody gives again before a change, or what to tell them.
async fn confirmed(state: &AppState, account: &Account, password: &SecretString) -> Result<Result<(), Told>, Failure> {
    Ok(match state.identity.confirm_password(&state.store, account, password).await? {
        PasswordStep::Right(_) => Ok(()),
        PasswordStep::Wrong => {
            Err(Told::refused(StatusCode::UNPROCESSABLE_ENTITY, "Your current password is not right."))
        }
        PasswordStep::TooMany { retry_after } => {
            Err(Told::refused(StatusCode::TOO_MANY_REQUESTS, too_many(retry_after)))
        }
    })
}

#[derive(Deserialize)]
pub struct ChangePassword {
    current: SecretString,
    password: SecretString,
}

/// Sets another password: every other sign-in is over, and this one goes on under a new secret.
pub async fn change_password(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<ChangePassword>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let account = own(&state, &session).await?;
    if let Err(told) = confirmed(&state, &account, &form.current).await? {
        return show(&state, &session, told).await;
    }
    if let Err(unfit) = inviting::judge(&state.store, &account, None, &form.password).await? {
        return show(&state, &session, Told::refused(StatusCode::UNPROCESSABLE_ENTITY, unfit.sentence())).await;
    }
    let hash = state.identity.passwords.hash(&form.password).await.map_err(Problem::from)?;
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    // A password was just compared with it.
    let compared = account.password_hash.as_ref().ok_or(Problem::not_found())?;
    let change = PasswordChange::Changed { compared, session: session.id };
    tx.set_password(session.user_id, &hash, change).await?;
    let secret = tx.rotate_session(session.id).await?;
    tx.insert_mail(&letters::password_changed(&Reader::from(&account))).await.map_err(Problem::from)?;
    tx.commit().await?;
    let told = Told::done("Your password is changed. Everywhere else you were signed out.");
    let response = show(&state, &session, told).await?;
    Ok(with_cookie(response, Cookie::Session.set(&secret, &state.public_url)?))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage {
    qr: Option<QrImage>,
    seed: String,
    error: Option<String>,
}

/// What asks for the password again.
#[derive(Deserialize)]
pub struct WithPassword {
    current: SecretString,
    #[serde(default)]
    code: String,
}

/// Proposes a seed and shows it. Nothing is asked of anybody until a code of it was given.
pub async fn begin_second_factor(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<WithPassword>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let account = own(&state, &session).await?;
    if let Err(told) = confirmed(&state, &account, &form.current).await? {
        return show(&state, &session, told).await;
    }
    let seed = second_factor::new_seed();
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    if !tx.propose_seed(session.user_id, &seed).await.map_err(Problem::from)? {
        let told = Told::refused(StatusCode::CONFLICT, "Your second factor is set up already.");
        return show(&state, &session, told).await;
    }
    tx.commit().await?;
    Ok(render(&factor_page(&account, &seed, None)))
}

fn factor_page(account: &Account, seed: &SecretString, error: Option<String>) -> SecondFactorPage {
    let qr = second_factor::uri(seed, &account.email).and_then(|uri| QrImage::of(&uri));
    let groups: Vec<String> =
        seed.expose_secret().as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    SecondFactorPage { qr, seed: groups.join(" "), error }
}

#[derive(Deserialize)]
pub struct WithCode {
    code: String,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage {
    codes: Vec<String>,
}

/// Sets the second factor up with its first code, and shows the recovery codes once.
pub async fn confirm_second_factor(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<WithCode>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let account = own(&state, &session).await?;
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    let seed = tx.lock_seed(session.user_id).await.map_err(Problem::from)?;
    let Some(seed) = seed.filter(|seed| !seed.confirmed) else {
        drop(tx);
        return show(&state, &session, Told::refused(StatusCode::CONFLICT, "Begin setting it up again.")).await;
    };
    let step = second_factor::matching_step(&seed.base32, &form.code, tx.now());
    let Some(step) = step else {
        let error = "That code is not right. Check the clock of your phone, and give the code that it shows now.";
        let page = factor_page(&account, &seed.base32, Some(error.to_owned()));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response());
    };
    tx.use_step(session.user_id, step).await?;
    tx.confirm_seed(session.user_id).await?;
    let codes = recovery::new_codes();
    let kept: Vec<_> = codes.iter().map(|code| recovery::comparable(session.user_id, code.expose_secret())).collect();
    tx.replace_recovery_codes(session.user_id, &kept).await?;
    let secret = tx.rotate_session(session.id).await?;
    tx.insert_mail(&letters::second_factor_added(&Reader::from(&account))).await.map_err(Problem::from)?;
    tx.commit().await?;
    let codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
    Ok(with_cookie(render(&CodesPage { codes }), Cookie::Session.set(&secret, &state.public_url)?))
}

/// The password and a code, before something that takes the second factor away.
async fn doubly_confirmed(
    state: &AppState,
    account: &Account,
    form: &WithPassword,
) -> Result<Result<(), Told>, Failure> {
    if let Err(told) = confirmed(state, account, &form.current).await? {
        return Ok(Err(told));
    }
    Ok(match state.identity.check_code(&state.store, account.user_id, &form.code).await? {
        CodeStep::Right => Ok(()),
        CodeStep::Wrong => {
            Err(Told::refused(StatusCode::UNPROCESSABLE_ENTITY, "That code is not right, or was used already."))
        }
        CodeStep::TooMany { retry_after } => Err(Told::refused(StatusCode::TOO_MANY_REQUESTS, too_many(retry_after))),
    })
}

/// Takes the second factor away, for who knows the password and has a code.
pub async fn remove_second_factor(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<WithPassword>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let account = own(&state, &session).await?;
    if let Err(told) = doubly_confirmed(&state, &account, &form).await? {
        return show(&state, &session, told).await;
    }
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    tx.remove_seed(session.user_id, AuditActor::User(session.user_id)).await?;
    tx.insert_mail(&letters::second_factor_removed(&Reader::from(&account))).await.map_err(Problem::from)?;
    tx.commit().await?;
    show(&state, &session, Told::done("Signing in asks for no code any more.")).await
}

/// Makes new recovery codes; the old ones are void.
pub async fn new_recovery_codes(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<WithPassword>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let account = own(&state, &session).await?;
    if account.second_factor_since.is_none() {
        return show(&state, &session, Told::refused(StatusCode::CONFLICT, "Set up your second factor first.")).await;
    }
    if let Err(told) = doubly_confirmed(&state, &account, &form).await? {
        return show(&state, &session, told).await;
    }
    let codes = recovery::new_codes();
    let kept: Vec<_> = codes.iter().map(|code| recovery::comparable(session.user_id, code.expose_secret())).collect();
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    tx.replace_recovery_codes(session.user_id, &kept).await?;
    tx.commit().await?;
    Ok(render(&CodesPage { codes: codes.iter().map(|code| code.expose_secret().to_owned()).collect() }))
}

/// Ends one sign-in of one's own, at the console or over the API.
pub async fn end_one(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    let ended = tx.end_session(session.user_id, SessionId(id), EndedWhy::EndedByUser).await?
        || tx.end_family(session.user_id, RefreshFamilyId(id), FamilyEnd::By(EndedWhy::EndedByUser)).await?;
    tx.commit().await?;
    if id == session.id.0 {
        return Ok(Redirect::to("/console").into_response());
    }
    let told = if ended { Told::done("That sign-in is over.") } else { Told::done("That sign-in was over already.") };
    show(&state, &session, told).await
}

/// Ends every other sign-in of one's own.
pub async fn end_others(State(state): State<AppState>, AtSession(session): AtSession) -> Result<Response, Failure> {
    let mut tx = state.store.begin_about(session.user_id).await?.ok_or(Problem::not_found())?;
    tx.end_other_sign_ins(session.user_id, Spared::Session(session.id)).await?;
    tx.commit().await?;
    show(&state, &session, Told::done("You are signed in nowhere else any more.")).await
}
