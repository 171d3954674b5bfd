//! Conversations: list, read, hand back.

use axum::{Json, extract::State};
use forecourt_crm_store::conversations::{ConversationSummary, ThreadMessage};
use forecourt_domain::ids::ConversationId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    path_id::PathId,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many conversations a list holds at most.
pub(crate) const LIST_LIMIT: i64 = 100;
/// How many messages a thread holds at most.
pub(crate) const THREAD_LIMIT: i64 = 200;

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    pub id: Uuid,
    /// The customer's name, or their number.
    pub who: String,
    pub channel: String,
    /// `assistant`, or the id of the user who owns it.
    pub owner: String,
    pub paused: bool,
    pub opted_out: bool,
    pub handoff_open: bool,
    pub unanswered: bool,
    pub last_text: String,
    /// RFC 3339, UTC.
    pub last_message_at: String,
}

impl From<ConversationSummary> for Conversation {
    fn from(summary: ConversationSummary) -> Self {
        Self {
            id: summary.id.0,
            who: summary.who,
            channel: summary.channel.to_string(),
            owner: summary.owner_user_id.map_or_else(|| "assistant".to_owned(), |id| id.to_string()),
            paused: summary.paused,
            opted_out: summary.opted_out,
            handoff_open: summary.handoff_open,
            unanswered: summary.unanswered,
            last_text: summary.last_text,
            last_message_at: summary.last_message_at.to_string(),
        }
    }
}

/// A message of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    pub id: Uuid,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// `customer`, `assistant`, `user`, `user_via_assistant` or `system`.
    pub author: String,
    pub author_name: Option<String>,
    pub text: String,
    /// Where an outbound message stands; `simulated` was not sent.
    pub delivery: Option<String>,
    pub delivery_reason: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

impl From<ThreadMessage> for Message {
    fn from(message: ThreadMessage) -> Self {
        Self {
            id: message.id.0,
            direction: message.direction.to_string(),
            author: message.author.to_string(),
            author_name: message.author_name,
            text: message.text,
            delivery: message.delivery.map(|status| status.to_string()),
            delivery_reason: message.delivery_reason,
            created_at: message.created_at.to_string(),
        }
    }
}

/// The latest conversations, newest first (at most 100)
#[utoipa::path(get, path = "/api/v1/conversations", security(("token" = [])), responses((status = 200, body = [Conversation]), (status = 401, body = ProblemBody)))]
pub async fn list(State(state): State<AppState>, principal: Principal) -> Result<Json<Vec<Conversation>>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let conversations = tx.load_conversations(LIST_LIMIT).await?;
    Ok(Json(conversations.into_iter().map(Conversation::from).collect()))
}

/// The latest messages of a conversation, oldest first (at most 200)
#[utoipa::path(get, path = "/api/v1/conversations/{id}/messages", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = [Message]), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn thread(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<Vec<Message>>, Problem> {
    let id = ConversationId(id);
    let mut tx = state.store.begin(principal.scope).await?;
    if tx.load_conversations_by_id(&[id]).await?.is_empty() {
        return Err(Problem::not_found());
    }
    let thread = tx.load_thread(id, THREAD_LIMIT).await?;
    Ok(Json(thread.into_iter().map(Message::from).collect()))
}

/// Hand the conversation back to the assistant
#[utoipa::path(post, path = "/api/v1/conversations/{id}/hand-back", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn hand_back(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<axum::http::StatusCode, Problem> {
    give_back(&state, principal, ConversationId(id)).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Hands a conversation back for whoever may write to customers.
pub async fn give_back(state: &AppState, principal: Principal, id: ConversationId) -> Result<(), Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    tx.hand_back(id, principal.user_id).await?;
    tx.commit().await?;
    state.wake.turns();
    Ok(())
}
