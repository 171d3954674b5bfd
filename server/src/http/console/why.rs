//! Why a message was said: the same sections that the API and the command line give.

use askama::{Template, filters::HtmlSafe};
use axum::{extract::State, http::HeaderMap, response::Response};
use forecourt_domain::ids::MessageId;

use super::{
    failure::{Failure, render},
    filters,
    path_id::PathId,
    place::Place,
    session::SignedIn,
};
use crate::{
    http::{AppState, problem::Problem},
    why::{self, Section},
};

/// The sections inside a message's disclosure.
#[derive(Template)]
#[template(path = "why.html")]
struct Why {
    sections: Vec<Section>,
    /// No turn of the assistant wrote it, as far as is recorded.
    is_alone: bool,
}

impl HtmlSafe for Why {}

/// The same as a page of its own, where no script runs.
#[derive(Template)]
#[template(path = "why_page.html")]
struct WhyPage {
    why: Why,
    place: Place,
}

/// Everything recorded about how a message came to be.
pub async fn show(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let trace = tx.find_message_trace(MessageId(id)).await?.ok_or_else(Problem::not_found)?;
    let why = Why { sections: why::explain(&trace), is_alone: trace.turn.is_none() };
    if headers.contains_key("hx-request") {
        return Ok(render(&why));
    }
    let place = Place::Conversation(trace.message.conversation_id);
    Ok(render(&WhyPage { why, place }))
}
