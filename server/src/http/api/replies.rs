//! Replying by hand, which takes the conversation over. A reply that comes twice is sent once.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::HeaderMap,
};
use forecourt_crm_store::{CrmTx, StoreError, conversations::ReplyError};
use forecourt_domain::ids::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::conversations::THREAD_LIMIT;
use crate::http::{
    AppState,
    path_id::PathId,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// The longest text a user may send: ten segments of an SMS.
pub(crate) const LONGEST_TEXT: usize = 1_600;
const KEY_HEADER: &str = "idempotency-key";
const LONGEST_KEY: usize = 200;

/// Words of a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyRequest {
    #[schema(min_length = 1, max_length = 1600)]
    pub text: String,
}

/// What the reply did. Sent again under its key it did nothing, and both lists are empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyResponse {
    pub message_id: Uuid,
    /// Texts of the assistant that were leaving already when you took over.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

/// By what a reply that comes a second time is known.
#[derive(Debug, Clone)]
pub enum KnownBy {
    /// Nothing: every request is a reply of its own.
    Nothing,
    /// The client's own key for it.
    Key(String),
    /// The newest message its writer had seen: the same words of theirs after it are the same reply.
    Seen(Option<MessageId>),
}

/// What became of a reply.
#[derive(Debug)]
pub enum Sent {
    Now(ReplyResponse),
    /// It had come before and is on its way already.
    Before(MessageId),
}

/// Reply by hand. From now on you own the conversation and the assistant is silent in it
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/messages", request_body = ReplyRequest, security(("token" = [])),
    params(
        ("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header,
            description = "Yours to choose, up to 200 visible characters: the same reply sent again under it is not texted again"),
    ),
    responses(
        (status = 200, body = ReplyResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    ),
)]
pub async fn reply(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    headers: HeaderMap,
    body: Result<Json<ReplyRequest>, JsonRejection>,
) -> Result<Json<ReplyResponse>, Problem> {
    let known_by = key(&headers)?.map_or(KnownBy::Nothing, KnownBy::Key);
    let Json(request) = body?;
    Ok(Json(match send(&state, principal, ConversationId(id), &request.text, &known_by).await? {
        Sent::Now(response) => response,
        Sent::Before(MessageId(message_id)) => {
            ReplyResponse { message_id, already_leaving: Vec::new(), cancelled: Vec::new() }
        }
    }))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY_HEADER) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| {
        Problem::bad_request().with_detail(format!("an Idempotency-Key has 1 to {LONGEST_KEY} visible characters"))
    })?;
    Ok(Some(key.to_owned()))
}

/// Sends a user's words for whoever may write to customers.
pub async fn send(
    state: &AppState,
    principal: Principal,
    id: ConversationId,
    text: &str,
    known_by: &KnownBy,
) -> Result<Sent, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let text = reply_text(text)?;
    let mut tx = state.store.begin(principal.scope).await?;
    // Two of the same at once: the second waits here and then finds the first.
    tx.lock_conversation(id).await?.ok_or_else(Problem::not_found)?;
    if let Some(message_id) = find_before(&mut tx, principal, id, &text, known_by).await? {
        return Ok(Sent::Before(message_id));
    }
    let (message_id, takeover) = tx.reply_by_hand(id, principal.user_id, &text).await.map_err(reply_problem)?;
    if let KnownBy::Key(key) = known_by {
        tx.insert_reply_key(key, id, principal.user_id, message_id).await?;
    }
    tx.commit().await?;
    state.wake.outbox();
    let already_leaving = takeover.already_leaving.into_iter().map(|leaving| leaving.text).collect();
    Ok(Sent::Now(ReplyResponse { message_id: message_id.0, already_leaving, cancelled: takeover.cancelled }))
}

/// A user's words as they are sent.
pub(super) fn reply_text(text: &str) -> Result<String, Problem> {
    let text = text.trim().replace('\0', "\u{fffd}");
    if text.is_empty() || text.chars().count() > LONGEST_TEXT {
        return Err(Problem::bad_request().with_detail(format!("the text needs 1 to {LONGEST_TEXT} characters")));
    }
    Ok(text)
}

pub(super) fn reply_problem(error: ReplyError) -> Problem {
    match error {
        ReplyError::OptedOut => opted_out(),
        ReplyError::Store(error) => Problem::from(error),
    }
}

pub(super) const fn opted_out() -> Problem {
    Problem::conflict("opted_out", "This customer has opted out; nobody may text them.")
}

/// The message that the same reply became when it came before.
async fn find_before(
    tx: &mut CrmTx,
    principal: Principal,
    id: ConversationId,
    text: &str,
    known_by: &KnownBy,
) -> Result<Option<MessageId>, Problem> {
    match known_by {
        KnownBy::Nothing | KnownBy::Seen(None) => Ok(None),
        KnownBy::Seen(Some(seen)) => Ok(find_after(tx, principal, id, text, *seen).await?),
        KnownBy::Key(key) => match tx.find_keyed_reply(key).await? {
            None => Ok(None),
            Some(sent) if (sent.conversation_id, sent.user_id, sent.text.as_str()) == (id, principal.user_id, text) => {
                Ok(Some(sent.message_id))
            }
            Some(_) => Err(Problem::conflict(
                "key_reused",
                "Another reply was sent under this Idempotency-Key; use a new one.",
            )),
        },
    }
}

async fn find_after(
    tx: &mut CrmTx,
    principal: Principal,
    id: ConversationId,
    text: &str,
    seen: MessageId,
) -> Result<Option<MessageId>, StoreError> {
    let thread = tx.load_thread(id, THREAD_LIMIT).await?;
    let same = thread
        .iter()
        .find(|message| message.id > seen && message.author_user_id == Some(principal.user_id) && message.text == text);
    Ok(same.map(|message| message.id))
}
