//! The switches of the assistant, as buttons.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use forecourt_crm_store::conversations::{AiSwitch, SwitchScope, SwitchThrown};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    failure::Failure,
    notice::{Notice, Tone},
    page::{self, Shown},
    place::Place,
    session::SignedIn,
    words,
};
use crate::http::{
    AppState,
    api::ai::{self, SwitchHeight, SwitchRequest},
    principal::Principal,
    problem::Problem,
};

/// Which switch was thrown, and from which page.
#[derive(Debug, Deserialize)]
pub struct SwitchForm {
    #[serde(default)]
    place: Place,
    #[serde(default)]
    scope: SwitchHeight,
    channel: Option<String>,
    conversation_id: Option<Uuid>,
    reason: Option<String>,
}

/// Stops the assistant at once.
pub async fn pause(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    form: Result<Form<SwitchForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    throw(&state, principal, form, AiSwitch::Paused).await
}

/// Lets the assistant work again.
pub async fn resume(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    form: Result<Form<SwitchForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    throw(&state, principal, form, AiSwitch::On).await
}

async fn throw(state: &AppState, principal: Principal, form: SwitchForm, to: AiSwitch) -> Result<Response, Failure> {
    let SwitchForm { place, scope, channel, conversation_id, reason } = form;
    let request = SwitchRequest { scope, channel, conversation_id, reason };
    let shown = match thrown(state, principal, &request, to).await {
        Ok((scope, thrown)) => Shown::with(told(scope, to, thrown)),
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(state, principal, place, shown).await
}

async fn thrown(
    state: &AppState,
    principal: Principal,
    request: &SwitchRequest,
    to: AiSwitch,
) -> Result<(SwitchScope, SwitchThrown), Problem> {
    let scope = ai::scope_of(request)?;
    Ok((scope, ai::switch(state, principal, scope, to, request.reason.as_deref()).await?))
}

fn told(scope: SwitchScope, to: AiSwitch, thrown: SwitchThrown) -> Notice {
    let (place, there) = match scope {
        SwitchScope::Group => (" in the whole group".to_owned(), " there"),
        SwitchScope::Dealership => (String::new(), ""),
        SwitchScope::Channel(channel) => (format!(" on this channel: {}", words::channel(channel)), " there"),
        SwitchScope::Conversation(_) => (" in this conversation".to_owned(), " there"),
    };
    match to {
        AiSwitch::Paused => {
            let title = format!(
                "The assistant is paused{place}. Nothing it writes{there} leaves from now on; people can go on writing."
            );
            let mut notice = Notice::new(Tone::Mind, title);
            notice
                .lines
                .extend(thrown.already_leaving.into_iter().map(|leaving| ("Was already leaving", leaving.text)));
            if thrown.already_leaving_elsewhere > 0 {
                let many = thrown.already_leaving_elsewhere.to_string();
                notice.lines.push(("Already leaving in the other dealerships", many));
            }
            notice
        }
        AiSwitch::On => Notice::new(
            Tone::Good,
            format!(
                "The assistant works again{place}. What was held is checked once more, and sent if it still may be."
            ),
        ),
    }
}
