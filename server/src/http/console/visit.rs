//! Visits at the console: the platform's owner goes to a dealership, with a reason, for a time.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    failure::{Failure, render},
    filters,
    session::AtSession,
};
use crate::http::{
    AppState,
    api::visits::{self, VisitRequest},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage {
    dealerships: Vec<(Uuid, String)>,
    error: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct VisitForm {
    dealership: Uuid,
    #[serde(default)]
    as_user: String,
    reason: String,
    minutes: i64,
}

/// The form, for who owns the platform.
pub async fn form(State(state): State<AppState>, AtSession(session): AtSession) -> Result<Response, Failure> {
    if !state.store.is_platform_owner(session.user_id).await? {
        return Err(Problem::not_found().into());
    }
    show(&state, StatusCode::OK, None).await
}

async fn show(state: &AppState, status: StatusCode, error: Option<String>) -> Result<Response, Failure> {
    let all = state.store.load_dealerships().await?;
    let dealerships = all.into_iter().map(|entry| (entry.id.0, entry.name)).collect();
    Ok((status, render(&VisitPage { dealerships, error })).into_response())
}

/// Begins the visit.
pub async fn begin(
    State(state): State<AppState>,
    AtSession(session): AtSession,
    form: Result<Form<VisitForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let as_user = match form.as_user.trim() {
        "" => None,
        email => {
            let found = match email.parse() {
                Ok(email) => state.store.find_user(&email).await?,
                Err(_) => None,
            };
            match found {
                Some(user) => Some(user.0),
                None => {
                    let error = "Nobody with that address can be visited as.".to_owned();
                    return show(&state, StatusCode::UNPROCESSABLE_ENTITY, Some(error)).await;
                }
            }
        }
    };
    let request = VisitRequest { dealership: form.dealership, as_user, reason: form.reason, minutes: form.minutes };
    match visits::open(&state, session.user_id, &request).await {
        Ok((dealership, visit)) => {
            state.store.move_session(session.id, Some(dealership), Some(visit)).await?;
            Ok(Redirect::to("/console").into_response())
        }
        Err(problem) if problem.status() == StatusCode::BAD_REQUEST || problem.status() == StatusCode::NOT_FOUND => {
            let error = problem.detail().unwrap_or("Nobody with that address works there.").to_owned();
            show(&state, StatusCode::UNPROCESSABLE_ENTITY, Some(error)).await
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Ends the visit, and asks where to go on.
pub async fn end(State(state): State<AppState>, AtSession(session): AtSession) -> Result<Response, Failure> {
    if let (Some(visit), Some(dealership)) = (session.visit_id, session.dealership_id) {
        visits::close(&state, session.user_id, dealership, visit).await?;
    }
    state.store.move_session(session.id, None, None).await?;
    Ok(Redirect::to("/console/choose").into_response())
}
