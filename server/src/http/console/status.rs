//! The bar on top of every page: where to go, what waits, whether the assistant works, and its switch.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{
    failure::{Failure, render},
    filters,
    place::Place,
    session::SignedIn,
    shell::{AiState, Person, Shell},
};
use crate::http::AppState;

/// The bar as it stands now.
#[derive(Template)]
#[template(path = "status.html")]
pub struct Status {
    place: Place,
    dealership: String,
    assistant: String,
    person: Person,
    ai: AiState,
    proposals: i64,
    handoffs: i64,
    held: i64,
}

impl HtmlSafe for Status {}

impl Status {
    /// The bar over the page at `place`.
    #[must_use]
    pub fn new(shell: &Shell, place: Place) -> Self {
        Self {
            place,
            dealership: shell.dealership.clone(),
            assistant: shell.assistant.clone(),
            person: shell.person.clone(),
            ai: shell.ai.clone(),
            proposals: shell.waiting.proposals,
            handoffs: shell.waiting.handoffs,
            held: shell.waiting.held,
        }
    }

    fn is_at_approvals(&self) -> bool {
        self.place == Place::Approvals
    }

    fn is_at_assistant(&self) -> bool {
        self.place == Place::Assistant
    }
}

/// Over which page the bar stands.
#[derive(Debug, Deserialize)]
pub struct At {
    #[serde(default)]
    place: Place,
}

/// The bar alone, for a page that heard of a change.
pub async fn fragment(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    Query(at): Query<At>,
) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&Status::new(&shell, at.place)))
}
