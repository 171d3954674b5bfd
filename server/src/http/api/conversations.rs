//! Conversations: list, read, take over, hand back.

use axum::{Json, extract::State};
use forecourt_crm_store::conversations::{ConversationSummary, HandsBack, Takeover, ThreadEvent, ThreadMessage};
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
    /// When a reply that is held for people to look at leaves by itself. RFC 3339, UTC.
    pub held_until: Option<String>,
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
            held_until: message.held_until.map(|at| at.to_string()),
            created_at: message.created_at.to_string(),
        }
    }
}

/// Something that happened to a conversation beside its messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// `taken_over`, `handed_back`, `opted_out`, `opted_in`, `hand_back_announced` or `handoff_dropped`.
    pub kind: &'static str,
    /// The first name of the user who did it; null: the customer or the system.
    pub by: Option<String>,
    /// Messages whose attempt had been committed before this cut and whose outcome was not known.
    pub already_leaving: Vec<Uuid>,
    /// RFC 3339, UTC.
    pub at: String,
}

impl From<ThreadEvent> for Event {
    fn from(event: ThreadEvent) -> Self {
        let already_leaving = event.already_leaving.into_iter().map(|id| id.0).collect();
        Self { kind: event.kind.as_str(), by: event.by, already_leaving, at: event.at.to_string() }
    }
}

/// What taking a conversation over did.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakeoverResponse {
    /// Texts of the assistant that were leaving already when you took over.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

impl From<Takeover> for TakeoverResponse {
    fn from(takeover: Takeover) -> Self {
        let already_leaving = takeover.already_leaving.into_iter().map(|leaving| leaving.text).collect();
        Self { already_leaving, cancelled: takeover.cancelled }
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

/// What happened to a conversation: takeovers, hand-backs, STOP, and what was already leaving then (at most 200)
#[utoipa::path(get, path = "/api/v1/conversations/{id}/events", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = [Event]), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn events(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<Vec<Event>>, Problem> {
    let id = ConversationId(id);
    let mut tx = state.store.begin(principal.scope).await?;
    if tx.load_conversations_by_id(&[id]).await?.is_empty() {
        return Err(Problem::not_found());
    }
    let events = tx.load_thread_events(id, THREAD_LIMIT).await?;
    Ok(Json(events.into_iter().map(Event::from).collect()))
}

/// Take a conversation over without writing. From now on you own it and the assistant is silent in it
#[utoipa::path(post, path = "/api/v1/conversations/{id}/takeover", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = TakeoverResponse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn takeover(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<TakeoverResponse>, Problem> {
    Ok(Json(take_over(&state, principal, ConversationId(id)).await?))
}

/// Takes a conversation over for whoever may write to customers.
pub async fn take_over(
    state: &AppState,
    principal: Principal,
    id: ConversationId,
) -> Result<TakeoverResponse, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let takeover = tx.take_over(id, principal.user_id).await?;
    tx.commit().await?;
    Ok(takeover.into())
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
    tx.hand_back(id, HandsBack::User(principal.user_id)).await?;
    tx.commit().await?;
    state.wake.turns();
    Ok(())
}
