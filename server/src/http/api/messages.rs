//! Why a message was said.

use axum::{Json, extract::State};
use forecourt_domain::ids::MessageId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    http::{
        AppState,
        path_id::PathId,
        principal::Principal,
        problem::{Problem, ProblemBody},
    },
    why,
};

/// The reasons of one message, as `forecourt why` prints them.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyResponse {
    pub message_id: Uuid,
    /// Lines of text, grouped under headings.
    pub sections: Vec<WhySection>,
}

/// A heading and its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhySection {
    pub title: String,
    pub lines: Vec<String>,
}

/// Everything that led to a message: what was asked, prompt, tools, decisions, guards, delivery
#[utoipa::path(get, path = "/api/v1/messages/{id}/why", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = WhyResponse), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn why(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<WhyResponse>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let trace = tx.find_message_trace(MessageId(id)).await?.ok_or(Problem::not_found())?;
    let sections = why::explain(&trace)
        .into_iter()
        .map(|section| WhySection { title: section.title.to_owned(), lines: section.lines });
    Ok(Json(WhyResponse { message_id: id, sections: sections.collect() }))
}
