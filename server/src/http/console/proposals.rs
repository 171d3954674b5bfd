//! Actions that wait for a decision: shown in words, approved or rejected as they were shown.

use askama::{Template, filters::HtmlSafe};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use forecourt_agent::Approval;
use forecourt_crm_store::{CrmTx, StoreError, proposals::Proposal};
use forecourt_domain::{
    conversation::ProposalStatus,
    ids::{ConversationId, ProposedActionId},
};
use serde::Deserialize;

use super::{
    arguments::{self, Line},
    failure::{Failure, render},
    filters,
    notice::{Notice, Tone},
    page::{self, Shown},
    path_id::PathId,
    place::Place,
    session::SignedIn,
    shell::Shell,
    times::{Calendar, When},
    words,
};
use crate::http::{
    AppState,
    api::{self, proposals::LIST_LIMIT},
    principal::Principal,
    problem::Problem,
};

/// What waits for a decision.
#[derive(Template)]
#[template(path = "approvals.html")]
pub struct Approvals {
    cards: Vec<Card>,
    assistant: String,
    may_decide: bool,
}

impl HtmlSafe for Approvals {}

impl Approvals {
    /// Reads what waits, the one that expires first comes first.
    pub async fn load(shell: &Shell, tx: &mut CrmTx) -> Result<Self, StoreError> {
        Ok(Self {
            cards: load_cards(shell, tx, None).await?,
            assistant: shell.assistant.clone(),
            may_decide: shell.person.may_decide,
        })
    }
}

/// A proposed action with its two buttons.
#[derive(Template)]
#[template(path = "proposal.html")]
pub struct Card {
    id: ProposedActionId,
    digest: String,
    title: &'static str,
    /// Words to send, where that is the action.
    words: Option<String>,
    lines: Vec<Line>,
    reason: String,
    expires: When,
    conversation: ConversationId,
    who: String,
    /// Where the card stands, and the answer to a decision goes back to.
    place: Place,
    may_decide: bool,
}

impl HtmlSafe for Card {}

impl Card {
    fn is_in_its_thread(&self) -> bool {
        matches!(self.place, Place::Conversation(_))
    }
}

/// The pending proposals of one conversation, or of all.
pub async fn load_cards(shell: &Shell, tx: &mut CrmTx, only: Option<ConversationId>) -> Result<Vec<Card>, StoreError> {
    let mut pending = tx.load_proposals(ProposalStatus::Pending, LIST_LIMIT).await?;
    pending.retain(|proposal| only.is_none_or(|id| proposal.conversation_id == id));
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = pending.iter().map(|proposal| proposal.conversation_id).collect();
    let conversations = tx.load_conversations_by_id(&ids).await?;
    let who = |id| conversations.iter().find(|found| found.id == id).map(|found| found.who.clone()).unwrap_or_default();
    let place = only.map_or(Place::Approvals, Place::Conversation);
    Ok(pending.into_iter().map(|proposal| card(shell, who(proposal.conversation_id), place, proposal)).collect())
}

fn card(shell: &Shell, who: String, place: Place, proposal: Proposal) -> Card {
    let (words, lines) = shown(&proposal, &shell.calendar);
    Card {
        id: proposal.id,
        title: words::action(proposal.action),
        words,
        lines,
        digest: proposal.digest,
        reason: proposal.reason,
        expires: shell.calendar.moment(proposal.expires_at),
        conversation: proposal.conversation_id,
        who,
        place,
        may_decide: shell.person.may_decide,
    }
}

/// Words to send stand for themselves; arguments of a tool become lines.
fn shown(proposal: &Proposal, calendar: &Calendar) -> (Option<String>, Vec<Line>) {
    match (&proposal.tool, proposal.arguments["text"].as_str()) {
        (None, Some(text)) => (Some(text.to_owned()), Vec::new()),
        _ => (None, arguments::in_words(&proposal.arguments, calendar)),
    }
}

/// The cards alone, for a page that heard of a change.
pub async fn fragment(State(state): State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&Approvals::load(&shell, &mut tx).await?))
}

/// What a card's forms send.
#[derive(Debug, Deserialize)]
pub struct Decision {
    digest: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    place: Place,
}

/// Runs what was shown, if today's rules and facts still allow it.
pub async fn approve(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Decision>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(decision) = form?;
    let id = ProposedActionId(id);
    let decided = api::proposals::approve_as(&state, principal, id, &decision.digest).await;
    answer(&state, principal, id, decision.place, decided).await
}

/// Ends what was shown, with a reason that is kept.
pub async fn reject(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Decision>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(decision) = form?;
    let id = ProposedActionId(id);
    let reason = Some(decision.reason.trim()).filter(|reason| !reason.is_empty());
    let decided = api::proposals::reject_as(&state, principal, id, &decision.digest, reason).await;
    answer(&state, principal, id, decision.place, decided).await
}

/// The page the decision was taken on, with what it came to.
async fn answer(
    state: &AppState,
    principal: Principal,
    id: ProposedActionId,
    place: Place,
    decided: Result<Approval, Problem>,
) -> Result<Response, Failure> {
    let shown = match decided {
        Ok(approval) => Shown::with(outcome(approval)),
        Err(problem) if problem.status() == StatusCode::CONFLICT => {
            let notice = changed(state, principal, id, &problem).await?;
            Shown { status: problem.status(), ..Shown::with(notice) }
        }
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(state, principal, place, shown).await
}

fn outcome(approval: Approval) -> Notice {
    match approval {
        Approval::Executed(_) => Notice::new(Tone::Good, "Approved and done, exactly as it was shown."),
        Approval::Refused(why) => {
            let mut notice = Notice::new(
                Tone::Bad,
                "Not done. It was decided again on today's rules and facts. Nothing was changed.",
            );
            notice.lines.push(("What stands against it", why));
            notice
        }
        Approval::Rejected => Notice::new(Tone::Good, "Rejected. Nothing was sent or changed."),
        Approval::Expired => Notice::new(Tone::Bad, "Too late: its time was over. Nothing was sent or changed."),
    }
}

/// What the proposal is now, for somebody who decided on an older sight of it.
async fn changed(
    state: &AppState,
    principal: Principal,
    id: ProposedActionId,
    problem: &Problem,
) -> Result<Notice, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(state, principal, &mut tx).await?;
    let Some(now) = tx.lock_proposal(id).await? else { return Ok(Notice::refused(problem)) };
    let mut notice = Notice::new(Tone::Bad, problem.title());
    let since = now.decided_at.map(|at| format!(", {}", shell.calendar.moment(at).text)).unwrap_or_default();
    notice.lines.push(("It is", format!("{}{since}", words::proposal(now.status))));
    let (text, lines) = shown(&now, &shell.calendar);
    let reads = text.unwrap_or_else(|| {
        lines.iter().map(|line| format!("{}: {}", line.name, line.value)).collect::<Vec<_>>().join("; ")
    });
    notice.lines.push(("It reads", format!("{}: {reads}", words::action(now.action))));
    Ok(notice)
}
