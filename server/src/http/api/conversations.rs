//! Conversations: list, read, reply by hand (which takes over), hand back.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use forecourt_crm_store::conversations::{ConversationSummary, ReplyError, ThreadMessage};
use forecourt_domain::ids::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many conversations a list holds at most.
pub(crate) const LIST_LIMIT: i64 = 100;
/// How many messages a thread holds at most.
pub(crate) const THREAD_LIMIT: i64 = 200;
/// The longest text a user may send: ten segments of an SMS.
pub(crate) const LONGEST_TEXT: usize = 1_600;

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
#[utoipa::path(get, path = "/api/v1/conversations/{id}/messages", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = [Message]), (status = 401, body = ProblemBody)))]
pub async fn thread(
    State(state): State<AppState>,
    principal: Principal,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<Message>>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let thread = tx.load_thread(ConversationId(id), THREAD_LIMIT).await?;
    Ok(Json(thread.into_iter().map(Message::from).collect()))
}

/// Words of a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyRequest {
    #[schema(min_length = 1, max_length = 1600)]
    pub text: String,
}

/// What the reply did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyResponse {
    pub message_id: Uuid,
    /// Texts of the assistant that were leaving already when you took over.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

/// Reply by hand. From now on you own the conversation and the assistant is silent in it
#[utoipa::path(post, path = "/api/v1/conversations/{id}/messages", params(("id" = Uuid, Path)), request_body = ReplyRequest, security(("token" = [])), responses((status = 200, body = ReplyResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn reply(
    State(state): State<AppState>,
    principal: Principal,
    Path(id): Path<Uuid>,
    body: Result<Json<ReplyRequest>, JsonRejection>,
) -> Result<Json<ReplyResponse>, Problem> {
    let Json(request) = body?;
    Ok(Json(send(&state, principal, ConversationId(id), &request.text).await?))
}

/// Sends a user's words for whoever may write to customers.
pub async fn send(
    state: &AppState,
    principal: Principal,
    id: ConversationId,
    text: &str,
) -> Result<ReplyResponse, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_TEXT {
        return Err(Problem::bad_request().with_detail(format!("the text needs 1 to {LONGEST_TEXT} characters")));
    }
    let mut tx = state.store.begin(principal.scope).await?;
    let (MessageId(message_id), takeover) =
        tx.reply_by_hand(id, principal.user_id, text).await.map_err(|error| match error {
            ReplyError::OptedOut => {
                Problem::conflict("opted_out", "This customer has opted out; nobody may text them.")
            }
            ReplyError::Store(error) => Problem::from(error),
        })?;
    tx.commit().await?;
    state.wake.outbox();
    Ok(ReplyResponse { message_id, already_leaving: takeover.already_leaving, cancelled: takeover.cancelled })
}

/// Hand the conversation back to the assistant
#[utoipa::path(post, path = "/api/v1/conversations/{id}/hand-back", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn hand_back(
    State(state): State<AppState>,
    principal: Principal,
    Path(id): Path<Uuid>,
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
