//! The kill switch of a dealership.

use axum::{Json, extract::State};
use forecourt_crm_store::conversations::AiSwitch;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{
    AppState,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// Whether the assistant works.
#[derive(Debug, Serialize, ToSchema)]
pub struct AiStatus {
    pub paused: bool,
    pub model: String,
    /// False for the offline receptionist, which is no language model.
    pub language_model: bool,
}

/// Whether the assistant works here, and which model answers
#[utoipa::path(get, path = "/api/v1/ai", security(("token" = [])), responses((status = 200, body = AiStatus), (status = 401, body = ProblemBody)))]
pub async fn status(State(state): State<AppState>, principal: Principal) -> Result<Json<AiStatus>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let paused = tx.is_ai_paused().await?;
    let model = state.agent.model();
    Ok(Json(AiStatus { paused, model: model.name().to_owned(), language_model: model.is_language_model() }))
}

/// Pause the assistant in this dealership at once; what is queued is held
#[utoipa::path(post, path = "/api/v1/ai/pause", security(("token" = [])), responses((status = 200, body = AiStatus), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn pause(state: State<AppState>, principal: Principal) -> Result<Json<AiStatus>, Problem> {
    switch(&state, principal, AiSwitch::Paused).await?;
    status(state, principal).await
}

/// Let the assistant work again; what was held is sent if it still may be
#[utoipa::path(post, path = "/api/v1/ai/resume", security(("token" = [])), responses((status = 200, body = AiStatus), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn resume(state: State<AppState>, principal: Principal) -> Result<Json<AiStatus>, Problem> {
    switch(&state, principal, AiSwitch::On).await?;
    status(state, principal).await
}

/// Throws the switch for whoever may.
pub async fn switch(state: &AppState, principal: Principal, to: AiSwitch) -> Result<(), Problem> {
    let principal = principal.require(principal.role.switches_ai())?;
    let mut tx = state.store.begin_cut(principal.scope).await?;
    tx.switch_ai(principal.user_id, to).await?;
    tx.commit().await?;
    state.wake.turns();
    state.wake.outbox();
    Ok(())
}
