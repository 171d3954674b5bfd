//! The tickets that wait for somebody, those due first, and how many nobody took in time.

use askama::{Template, filters::HtmlSafe};
use axum::{extract::State, response::Response};
use forecourt_crm_store::{
    CrmTx, StoreError,
    handoffs::{HandoffCounts, HandoffLine},
};
use forecourt_domain::{
    conversation::{HandoffPriority, HandoffStatus},
    ids::{ConversationId, HandoffId},
};

use super::{
    failure::{Failure, render},
    filters,
    notice::Notice,
    page::{self, Shown},
    path_id::PathId,
    place::Place,
    session::SignedIn,
    shell::Shell,
    times::When,
    words,
};
use crate::http::{AppState, api::handoffs};

/// How many tickets are shown.
const SHOWN: i64 = 50;

/// The list of open tickets.
#[derive(Template)]
#[template(path = "tickets.html")]
pub struct Tickets {
    lines: Vec<Line>,
    /// How many are open, shown or not.
    open: i64,
    is_cut: bool,
    dropped: i64,
    may_write: bool,
}

impl HtmlSafe for Tickets {}

/// An open ticket.
struct Line {
    id: HandoffId,
    ticket: String,
    conversation: ConversationId,
    who: String,
    why: &'static str,
    summary: Option<String>,
    priority: Option<&'static str>,
    is_urgent: bool,
    due: Option<When>,
    is_late: bool,
    is_dropped: bool,
}

impl Tickets {
    /// Reads the open tickets.
    pub async fn load(shell: &Shell, tx: &mut CrmTx) -> Result<Self, StoreError> {
        let lines = tx.load_handoffs(Some(HandoffStatus::Open), SHOWN).await?;
        let HandoffCounts { open, dropped, .. } = tx.count_handoffs().await?;
        let lines: Vec<_> = lines.into_iter().map(|found| line(shell, found)).collect();
        let is_cut = i64::try_from(lines.len()).is_ok_and(|shown| shown < open);
        Ok(Self { lines, open, is_cut, dropped, may_write: shell.person.may_write })
    }
}

fn line(shell: &Shell, found: HandoffLine) -> Line {
    let HandoffLine { handoff, who, summary, .. } = found;
    let now = shell.calendar.now;
    Line {
        id: handoff.id,
        ticket: handoff.ticket_number(),
        conversation: handoff.conversation_id,
        who,
        why: words::handoff(handoff.category),
        summary: Some(summary).filter(|summary| summary.contains(' ')),
        priority: match handoff.priority {
            HandoffPriority::Urgent => Some("Urgent"),
            HandoffPriority::High => Some("High"),
            HandoffPriority::Normal => None,
        },
        is_urgent: handoff.priority == HandoffPriority::Urgent,
        due: handoff.due_at.map(|at| shell.calendar.moment(at)),
        is_late: handoff.due_at.is_some_and(|at| at <= now),
        is_dropped: handoff.dropped_at.is_some(),
    }
}

/// The list alone, for a page that heard of a change.
pub async fn fragment(State(state): State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&Tickets::load(&shell, &mut tx).await?))
}

/// Takes a ticket, and goes to its conversation.
pub async fn take(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    match handoffs::take_as(&state, principal, HandoffId(id)).await {
        Ok((handoff, takeover)) => {
            let place = Place::Conversation(handoff.conversation_id);
            let told = format!("You have taken {}. You answer here until you hand back.", handoff.ticket_number());
            let shown = Shown::with(Notice::taken_over(&takeover.into(), told));
            page::show(&state, principal, place, shown).await
        }
        Err(problem) => page::show(&state, principal, Place::Home, Shown::refused(problem)?).await,
    }
}
