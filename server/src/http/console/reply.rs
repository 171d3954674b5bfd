//! Answering by hand, which takes over, taking over without a word, and handing back.

use askama::{Template, filters::HtmlSafe};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use forecourt_domain::ids::ConversationId;
use serde::Deserialize;

use super::{
    failure::Failure,
    filters,
    notice::{Notice, Tone},
    page::{self, Shown, Unsent},
    path_id::PathId,
    place::Place,
    session::SignedIn,
    shell::Shell,
    thread::Thread,
    words::OwnerSeen,
};
use crate::http::{
    AppState,
    api::{
        self,
        replies::{self, KnownBy, LONGEST_TEXT, Sent},
    },
    principal::Principal,
    problem::Problem,
};

/// The form under a thread.
#[derive(Template)]
#[template(path = "composer.html")]
pub struct Composer {
    id: ConversationId,
    who: String,
    assistant: String,
    person: String,
    may_write: bool,
    opted_out: bool,
    is_yours: bool,
    longest: usize,
    /// The newest message the writer has seen. It names the field too, so that an answer with a newer
    /// one brings an empty field and the typed text of a refused reply stays.
    seen: String,
    text: String,
    takes_focus: bool,
}

impl HtmlSafe for Composer {}

impl Composer {
    /// The form for a conversation, with what could not be sent still in it.
    #[must_use]
    pub fn new(shell: &Shell, thread: &Thread, shown: &Shown) -> Self {
        let (seen, text) = match &shown.unsent {
            Some(unsent) => (unsent.seen.clone().unwrap_or_else(|| thread.newest.clone()), unsent.text.clone()),
            None => (thread.newest.clone(), String::new()),
        };
        Self {
            id: thread.id,
            who: thread.who.clone(),
            assistant: shell.assistant.clone(),
            person: shell.person.name.clone(),
            may_write: shell.person.may_write,
            opted_out: thread.opted_out,
            is_yours: thread.owner == OwnerSeen::You,
            longest: LONGEST_TEXT,
            seen,
            text,
            takes_focus: shown.has_replied,
        }
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Reply {
    text: String,
    /// The newest message its writer had seen; empty in an empty thread.
    #[serde(default)]
    seen: String,
}

/// Sends a reply once, however often the form comes.
pub async fn send(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Reply>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(mut reply) = form?;
    // Forms send a line's end as two characters; a text message has one.
    reply.text = reply.text.replace("\r\n", "\n");
    let id = ConversationId(id);
    let before = look(&state, principal, id).await?;
    let known_by = KnownBy::Seen(reply.seen.parse().ok());
    let shown = match replies::send(&state, principal, id, &reply.text, &known_by).await {
        Ok(Sent::Now(sent)) => {
            let notice = Notice::replied(&sent, &before.assistant, before.is_yours);
            Shown { has_replied: true, ..Shown::with(notice) }
        }
        Ok(Sent::Before(_)) => {
            let notice = Notice::new(Tone::Good, "This reply is on its way already; it was not sent a second time.");
            Shown { has_replied: true, ..Shown::with(notice) }
        }
        Err(problem) => {
            let unsent = Some(Unsent { text: reply.text, seen: Some(reply.seen) });
            Shown { unsent, ..Shown::refused(problem)? }
        }
    };
    page::show(&state, principal, Place::Conversation(id), shown).await
}

/// What stood there before the reply.
struct Before {
    assistant: String,
    is_yours: bool,
}

async fn look(state: &AppState, principal: Principal, id: ConversationId) -> Result<Before, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let found = tx.load_conversations_by_id(&[id]).await?.into_iter().next();
    let conversation = found.ok_or_else(Problem::not_found)?;
    let assistant = tx.load_profile().await?.settings.assistant_name;
    Ok(Before { assistant, is_yours: conversation.owner_user_id == Some(principal.user_id) })
}

/// Takes the conversation over without writing.
pub async fn take_over(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let id = ConversationId(id);
    let shown = match api::conversations::take_over(&state, principal, id).await {
        Ok(takeover) => {
            let told = "You have taken over. The assistant stays silent here until you hand back.".to_owned();
            Shown::with(Notice::taken_over(&takeover, told))
        }
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(&state, principal, Place::Conversation(id), shown).await
}

/// Gives the conversation back to the assistant.
pub async fn hand_back(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let id = ConversationId(id);
    let shown = match api::conversations::give_back(&state, principal, id).await {
        Ok(()) => Shown::with(Notice::new(
            Tone::Good,
            "Handed back. The assistant answers again, and what the customer asked meanwhile is next.",
        )),
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(&state, principal, Place::Conversation(id), shown).await
}
