//! Replies that are held for people to look at, as buttons; and typing, which stops them.

use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use forecourt_domain::ids::{ConversationId, MessageId};
use serde::Deserialize;

use super::{
    failure::Failure,
    notice::{Notice, Tone},
    page::{self, Shown, Unsent},
    path_id::PathId,
    place::Place,
    session::SignedIn,
};
use crate::http::{
    AppState,
    api::held::{self, TypingResponse},
    principal::Principal,
    problem::Problem,
};

/// From which page a button was pressed.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    #[serde(default)]
    place: Place,
}

/// Other words for a held reply.
#[derive(Debug, Deserialize)]
pub struct Edited {
    text: String,
    #[serde(default)]
    place: Place,
}

/// Lets a held reply leave now.
pub async fn send_now(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Pressed>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(pressed) = form?;
    let done = held::send_now_as(&state, principal, MessageId(id)).await;
    let told = Notice::new(Tone::Good, "It leaves now.");
    answer(&state, principal, pressed.place, done.map(|_| told)).await
}

/// Stops a held reply.
pub async fn cancel(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Pressed>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(pressed) = form?;
    let done = held::cancel_as(&state, principal, MessageId(id)).await;
    let told = |opened| {
        let ticket = if opened { "a ticket in your name says so" } else { "the ticket that is open says so" };
        let told = format!("Stopped: it will not be sent. The customer waits for your answer; {ticket}.");
        Notice::new(Tone::Mind, told)
    };
    answer(&state, principal, pressed.place, done.map(told)).await
}

/// Sends a held reply in the words of whoever edited it.
pub async fn edit(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Edited>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(edited) = form?;
    let text = edited.text.replace("\r\n", "\n");
    let done = held::edit_as(&state, principal, MessageId(id), &text).await;
    let told = done.map(|(_, takeover, findings)| {
        let tone = if findings.is_empty() && takeover.already_leaving.is_empty() { Tone::Good } else { Tone::Mind };
        let mut notice =
            Notice::new(tone, "Your words are on their way. You have taken over: you answer here until you hand back.");
        notice.lines.extend(findings.into_iter().map(|finding| ("The checks would have objected", finding.reason)));
        let leaving = takeover.already_leaving.into_iter();
        notice.lines.extend(leaving.map(|leaving| ("This message was already leaving", leaving.text)));
        notice
    });
    let shown = match told {
        Ok(notice) => Shown::with(notice),
        Err(problem) => {
            // Where it has left meanwhile, the form is gone: the words go on below.
            let is_late = problem.status() == StatusCode::CONFLICT;
            let unsent = is_late.then_some(Unsent { text, seen: None });
            Shown { unsent, ..Shown::refused(problem)? }
        }
    };
    page::show(&state, principal, edited.place, shown).await
}

/// Stops what is held because somebody types; how the script of the page says so.
pub async fn typing(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
) -> Result<Json<TypingResponse>, Failure> {
    let stopped = held::typing_as(&state, principal, ConversationId(id)).await?;
    Ok(Json(TypingResponse { stopped }))
}

async fn answer(
    state: &AppState,
    principal: Principal,
    place: Place,
    done: Result<Notice, Problem>,
) -> Result<Response, Failure> {
    let shown = match done {
        Ok(notice) => Shown::with(notice),
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(state, principal, place, shown).await
}
