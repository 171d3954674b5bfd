//! The switch of the assistant, as buttons.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use forecourt_crm_store::conversations::AiSwitch;
use serde::Deserialize;

use super::{
    failure::Failure,
    notice::{Notice, Tone},
    page::{self, Shown},
    place::Place,
    session::SignedIn,
};
use crate::http::{AppState, api};

/// From which page the switch was thrown.
#[derive(Debug, Deserialize)]
pub struct SwitchForm {
    #[serde(default)]
    place: Place,
}

/// Stops the assistant at once, in the whole dealership.
pub async fn pause(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    form: Result<Form<SwitchForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(from) = form?;
    let told = "The assistant is paused. Nothing it writes leaves from now on; people can go on writing.";
    let shown = match api::ai::switch(&state, principal, AiSwitch::Paused).await {
        Ok(()) => Shown::with(Notice::new(Tone::Mind, told)),
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(&state, principal, from.place, shown).await
}

/// Lets the assistant work again.
pub async fn resume(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    form: Result<Form<SwitchForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(from) = form?;
    let told = "The assistant works again. What was held is checked once more, and sent if it still may be.";
    let shown = match api::ai::switch(&state, principal, AiSwitch::On).await {
        Ok(()) => Shown::with(Notice::new(Tone::Good, told)),
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(&state, principal, from.place, shown).await
}
