//! A conversation: who it is with, whose it is, what was said, and what waits for a decision.

use askama::{Template, filters::HtmlSafe};
use axum::{extract::State, response::Response};
use forecourt_crm_store::{CrmTx, inbox::HandoffRequest};
use forecourt_domain::ids::ConversationId;

use super::{
    failure::{Failure, render},
    filters,
    messages::{self, Entry, Said},
    path_id::PathId,
    place::Place,
    proposals::{self, Card, Edited},
    session::SignedIn,
    shell::Shell,
    times::When,
    words::{self, OwnerSeen},
};
use crate::http::{AppState, api::conversations::THREAD_LIMIT, problem::Problem};

/// How many stopped drafts are shown.
const DRAFT_LIMIT: i64 = 20;

/// The part of the page that changes while somebody looks at it.
#[derive(Template)]
#[template(path = "thread.html")]
pub struct Thread {
    pub id: ConversationId,
    pub who: String,
    pub owner: OwnerSeen,
    pub opted_out: bool,
    /// The newest message, by which a reply says what its writer had seen.
    pub newest: String,
    channel: &'static str,
    assistant: String,
    owner_name: String,
    may_write: bool,
    paused: bool,
    /// When it goes back to the assistant by itself.
    hands_back: Option<When>,
    place: Place,
    request: Option<Request>,
    entries: Vec<Entry>,
    is_cut: bool,
    cards: Vec<Card>,
}

impl HtmlSafe for Thread {}

/// Why a person is asked for.
struct Request {
    ticket: i64,
    why: &'static str,
    summary: Option<String>,
    since: When,
    /// By when somebody should take it.
    due: Option<When>,
}

impl Thread {
    /// Reads a conversation of this dealership; any other does not exist.
    pub async fn load(
        shell: &Shell,
        tx: &mut CrmTx,
        id: ConversationId,
        edited: Option<&Edited>,
    ) -> Result<Self, Failure> {
        let found = tx.load_conversations_by_id(&[id]).await?.into_iter().next();
        let conversation = found.ok_or_else(Problem::not_found)?;
        let thread = tx.load_thread(id, THREAD_LIMIT).await?;
        let drafts = tx.load_drafts(id, DRAFT_LIMIT).await?;
        let events = tx.load_thread_events(id, THREAD_LIMIT).await?;
        let hands_back = tx.find_hand_back_at(id).await?.map(|at| shell.calendar.moment(at));
        let due = tx.find_open_handoff(id).await?.and_then(|handoff| handoff.due_at);
        let request = tx.find_handoff_request(id).await?.map(|request| asked(shell, request, due));
        let cards = proposals::load_cards(shell, tx, Some(id), edited).await?;
        let owner = conversation.owner_user_id;
        Ok(Self {
            id,
            owner: shell.sees(owner),
            opted_out: conversation.opted_out,
            newest: thread.last().map(|message| message.id.to_string()).unwrap_or_default(),
            channel: words::channel(conversation.channel),
            assistant: shell.assistant.clone(),
            owner_name: owner.map(|user| shell.name_of(user).to_owned()).unwrap_or_default(),
            may_write: shell.person.may_write,
            paused: conversation.paused,
            hands_back,
            place: Place::Conversation(id),
            request,
            is_cut: i64::try_from(thread.len()).is_ok_and(|length| length == THREAD_LIMIT),
            entries: messages::entries(shell, &conversation.who, owner, Said { thread, drafts, events }),
            who: conversation.who,
            cards,
        })
    }
}

fn asked(shell: &Shell, request: HandoffRequest, due: Option<jiff::Timestamp>) -> Request {
    Request {
        ticket: request.ticket,
        why: words::handoff(request.category),
        // A code says less than the category's own words.
        summary: Some(request.summary).filter(|summary| summary.contains(' ')),
        since: shell.calendar.moment(request.created_at),
        due: due.map(|at| shell.calendar.moment(at)),
    }
}

/// The conversation alone, for a page that heard of a change.
pub async fn fragment(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&Thread::load(&shell, &mut tx, ConversationId(id), None).await?))
}
