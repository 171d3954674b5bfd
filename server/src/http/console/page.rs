//! The page itself: the bar, the list, and beside it a conversation or what waits for approval.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use forecourt_domain::ids::ConversationId;

use super::{
    assistant::Assistant,
    failure::{Failure, render},
    filters,
    list::List,
    notice::Notice,
    path_id::PathId,
    place::Place,
    proposals::{Approvals, Edited},
    reply::Composer,
    session::SignedIn,
    shell::Shell,
    status::Status,
    thread::Thread,
    tickets::Tickets,
};
use crate::http::{AppState, principal::Principal, problem::Problem};

/// What an answer shows beside the page: what an action came to, and words that were not sent.
#[derive(Debug, Default)]
pub struct Shown {
    pub status: StatusCode,
    pub notice: Option<Notice>,
    /// What somebody typed and could not send: it goes back into the form.
    pub unsent: Option<Unsent>,
    /// What somebody made of a proposal and could not run: it goes back into the card.
    pub edited: Option<Edited>,
    /// Whether the answer follows a reply, so that the next one can be typed at once.
    pub has_replied: bool,
}

/// A reply that was refused.
#[derive(Debug)]
pub struct Unsent {
    pub text: String,
    /// The newest message its writer had seen; none where it was written elsewhere and goes on as a new reply.
    pub seen: Option<String>,
}

impl Shown {
    /// A page that tells what was done.
    #[must_use]
    pub fn with(notice: Notice) -> Self {
        Self { notice: Some(notice), ..Self::default() }
    }

    /// A page that tells why something was refused. What is no matter of the page becomes a page of its own.
    pub fn refused(problem: Problem) -> Result<Self, Failure> {
        match problem.status() {
            StatusCode::BAD_REQUEST
            | StatusCode::FORBIDDEN
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY => {
                Ok(Self { status: problem.status(), notice: Some(Notice::refused(&problem)), ..Self::default() })
            }
            _ => Err(problem.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<P: HtmlSafe> {
    title: String,
    heading: String,
    place: Place,
    status: Status,
    list: List,
    pane: P,
    notice: Option<Notice>,
    /// Takes the focus unless the composer does.
    notice_takes_focus: bool,
}

impl<P: HtmlSafe> Page<P> {
    /// Which of list and pane a narrow screen shows.
    fn narrow(&self) -> &'static str {
        match self.place {
            Place::Home => "list",
            Place::Approvals | Place::Assistant | Place::Conversation(_) => "pane",
        }
    }
}

/// A conversation with what can be answered.
#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPane {
    thread: Thread,
    composer: Composer,
}

impl HtmlSafe for ConversationPane {}

/// What waits for people.
#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPane {
    tickets: Tickets,
    approvals: Approvals,
}

impl HtmlSafe for DeskPane {}

/// The list, and what waits for approval.
pub async fn home(state: State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    show(&state, principal, Place::Home, Shown::default()).await
}

/// What waits for approval.
pub async fn approvals(state: State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    show(&state, principal, Place::Approvals, Shown::default()).await
}

/// The assistant: its switches, what they hold, and its caps.
pub async fn assistant(state: State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    show(&state, principal, Place::Assistant, Shown::default()).await
}

/// A conversation.
pub async fn conversation(
    state: State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    show(&state, principal, Place::Conversation(ConversationId(id)), Shown::default()).await
}

/// The page at a place, after what was done there. Everything on it is of one moment: one transaction.
pub async fn show(state: &AppState, principal: Principal, place: Place, shown: Shown) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(state, principal, &mut tx).await?;
    let answer = match place {
        Place::Home | Place::Approvals => {
            let list = List::load(&shell, &mut tx, None).await?;
            let tickets = Tickets::load(&shell, &mut tx).await?;
            let approvals = Approvals::load(&shell, &mut tx, shown.edited.as_ref()).await?;
            let pane = DeskPane { tickets, approvals };
            let heading = if place.is_home() { "Conversations" } else { "Approvals" };
            render(&page(&shell, place, heading.to_owned(), list, pane, &shown))
        }
        Place::Assistant => {
            let list = List::load(&shell, &mut tx, None).await?;
            let pane = Assistant::load(state, &shell, &mut tx).await?;
            render(&page(&shell, place, "Assistant".to_owned(), list, pane, &shown))
        }
        Place::Conversation(id) => {
            let thread = Thread::load(&shell, &mut tx, id, shown.edited.as_ref()).await?;
            let list = List::load(&shell, &mut tx, Some(id)).await?;
            let (heading, composer) = (thread.who.clone(), Composer::new(&shell, &thread, &shown));
            render(&page(&shell, place, heading, list, ConversationPane { thread, composer }, &shown))
        }
    };
    Ok((shown.status, answer).into_response())
}

fn page<P: HtmlSafe>(shell: &Shell, place: Place, heading: String, list: List, pane: P, shown: &Shown) -> Page<P> {
    Page {
        title: format!("{heading} · {}", shell.dealership),
        heading,
        place,
        status: Status::new(shell, place),
        list,
        pane,
        notice: shown.notice.clone(),
        notice_takes_focus: !shown.has_replied,
    }
}
