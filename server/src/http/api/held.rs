//! Replies that are held for people to look at: send now, edit, cancel; and typing, which stops them.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use forecourt_agent::guards::Finding;
use forecourt_crm_store::{
    CrmTx,
    conversations::Takeover,
    outbox::{HoldEnd, OutboxRow, SendState},
};
use forecourt_domain::ids::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::replies::{opted_out, reply_problem, reply_text};
use crate::http::{
    AppState,
    path_id::PathId,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// Other words for a held reply.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    #[schema(min_length = 1, max_length = 1600)]
    pub text: String,
}

/// Something a guard would have objected to. It only warns: the words are yours.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuardWarning {
    pub guard: &'static str,
    pub excerpt: String,
    pub reason: String,
}

impl From<Finding> for GuardWarning {
    fn from(finding: Finding) -> Self {
        Self { guard: finding.guard.as_str(), excerpt: finding.excerpt, reason: finding.reason }
    }
}

/// What sending edited words did.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditResponse {
    pub message_id: Uuid,
    pub warnings: Vec<GuardWarning>,
    /// Texts of the assistant that were leaving already when you took over.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

/// What typing stopped.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypingResponse {
    /// Held replies of the assistant that will not be sent.
    pub stopped: Vec<String>,
}

/// Let a held reply leave now
#[utoipa::path(post, path = "/api/v1/messages/{id}/send-now", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn send_now(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<StatusCode, Problem> {
    send_now_as(&state, principal, MessageId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stop a held reply: a ticket says that the customer waits, in your name where none is open
#[utoipa::path(post, path = "/api/v1/messages/{id}/cancel", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn cancel(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<StatusCode, Problem> {
    cancel_as(&state, principal, MessageId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a held reply, or one that your typing stopped, in your own words. From now on you own the conversation
#[utoipa::path(post, path = "/api/v1/messages/{id}/edit", params(("id" = Uuid, Path)), request_body = EditRequest, security(("token" = [])), responses((status = 200, body = EditResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn edit(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    body: Result<Json<EditRequest>, JsonRejection>,
) -> Result<Json<EditResponse>, Problem> {
    let Json(request) = body?;
    let (message_id, takeover, findings) = edit_as(&state, principal, MessageId(id), &request.text).await?;
    Ok(Json(EditResponse {
        message_id: message_id.0,
        warnings: findings.into_iter().map(GuardWarning::from).collect(),
        already_leaving: takeover.already_leaving.into_iter().map(|leaving| leaving.text).collect(),
        cancelled: takeover.cancelled,
    }))
}

/// Say that you type a reply: what the assistant holds in this conversation will not be sent
#[utoipa::path(post, path = "/api/v1/conversations/{id}/typing", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = TypingResponse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn typing(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<TypingResponse>, Problem> {
    Ok(Json(TypingResponse { stopped: typing_as(&state, principal, ConversationId(id)).await? }))
}

/// Lets a held reply leave now, for whoever may write to customers.
pub async fn send_now_as(state: &AppState, principal: Principal, id: MessageId) -> Result<ConversationId, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let (row, bound, conversation) = lock(&mut tx, id).await?;
    if bound.opted_out {
        return Err(opted_out());
    }
    tx.release_hold(&row, principal.user_id).await?;
    tx.commit().await?;
    state.wake.outbox();
    Ok(conversation)
}

/// Stops a held reply, for whoever may write to customers. Whether a ticket was opened in their name, or was open.
pub async fn cancel_as(state: &AppState, principal: Principal, id: MessageId) -> Result<bool, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let (row, ..) = lock(&mut tx, id).await?;
    let opened = tx.stop_held(&row, principal.user_id, HoldEnd::Cancelled).await?;
    tx.commit().await?;
    state.wake.outbox();
    Ok(opened)
}

/// Sends a held reply in a user's words, or one that their typing stopped, which takes over; with what the guards
/// would have said of them.
pub async fn edit_as(
    state: &AppState,
    principal: Principal,
    id: MessageId,
    text: &str,
) -> Result<(MessageId, Takeover, Vec<Finding>), Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let text = reply_text(text)?;
    let mut tx = state.store.begin(principal.scope).await?;
    let Some((row, conversation)) = tx.lock_for_edit(id, principal.user_id).await?.and_then(with_conversation) else {
        return Err(not_held(&mut tx, id).await?);
    };
    let findings = state.agent.judge_edit(&mut tx, id, &text).await?;
    tx.stop_held(&row, principal.user_id, HoldEnd::Edited).await?;
    let edited = tx.reply_edited(conversation, principal.user_id, id, &text).await;
    let (message, takeover) = edited.map_err(reply_problem)?;
    tx.commit().await?;
    state.wake.outbox();
    Ok((message, takeover, findings))
}

/// Stops what is held in a conversation because somebody types; what it said.
pub async fn typing_as(state: &AppState, principal: Principal, id: ConversationId) -> Result<Vec<String>, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    tx.lock_conversation(id).await?.ok_or_else(Problem::not_found)?;
    let stopped = tx.stop_held_for_typing(id, principal.user_id).await?;
    tx.commit().await?;
    state.wake.outbox();
    Ok(stopped)
}

/// A held message, locked; 409 where it is a message that is not held any more.
async fn lock(tx: &mut CrmTx, id: MessageId) -> Result<(OutboxRow, SendState, ConversationId), Problem> {
    if let Some((row, bound)) = tx.lock_held(id).await?
        && let Some(conversation) = row.conversation_id
    {
        return Ok((row, bound, conversation));
    }
    Err(not_held(tx, id).await?)
}

fn with_conversation(row: OutboxRow) -> Option<(OutboxRow, ConversationId)> {
    let conversation = row.conversation_id?;
    Some((row, conversation))
}

async fn not_held(tx: &mut CrmTx, id: MessageId) -> Result<Problem, Problem> {
    tx.find_message_trace(id).await?.ok_or_else(Problem::not_found)?;
    Ok(Problem::conflict("not_held", "This message is not held any more; load the conversation again."))
}
