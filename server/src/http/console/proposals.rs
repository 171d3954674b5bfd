//! What waits for a decision: shown in words, approved, edited or rejected as it was shown.

mod card;
mod decided;
mod editing;

use std::collections::HashMap;

use askama::{Template, filters::HtmlSafe};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use forecourt_agent::Approval;
use forecourt_crm_store::{CrmTx, StoreError};
use forecourt_domain::{
    conversation::ProposalStatus,
    ids::{ConversationId, ProposedActionId},
};
use serde::Deserialize;

use self::decided::Decided;
pub use self::{card::Card, editing::Edited};
use super::{
    failure::{Failure, render},
    filters,
    notice::{Notice, Tone},
    page::{self, Shown},
    path_id::PathId,
    place::Place,
    session::SignedIn,
    shell::Shell,
    words,
};
use crate::http::{
    AppState,
    api::{self, proposals::LIST_LIMIT},
    principal::Principal,
    problem::Problem,
};

/// How many of those that are decided are shown.
const DECIDED_LIMIT: i64 = 12;

/// What waits for a decision, and what was decided lately.
#[derive(Template)]
#[template(path = "approvals.html")]
pub struct Approvals {
    cards: Vec<Card>,
    decided: Vec<Decided>,
    assistant: String,
}

impl HtmlSafe for Approvals {}

impl Approvals {
    /// Reads what waits, the one that expires first comes first.
    pub async fn load(shell: &Shell, tx: &mut CrmTx, edited: Option<&Edited>) -> Result<Self, StoreError> {
        let decided = tx.load_decided_proposals(DECIDED_LIMIT).await?;
        let ids: Vec<_> = decided.iter().map(|proposal| proposal.conversation_id).collect();
        let conversations = tx.load_conversations_by_id(&ids).await?;
        let who = |id| conversations.iter().find(|found| found.id == id).map(|found| found.who.clone());
        Ok(Self {
            cards: load_cards(shell, tx, None, edited).await?,
            decided: decided
                .iter()
                .map(|proposal| Decided::new(shell, who(proposal.conversation_id).unwrap_or_default(), proposal))
                .collect(),
            assistant: shell.assistant.clone(),
        })
    }
}

/// The pending proposals of one conversation, or of all.
pub async fn load_cards(
    shell: &Shell,
    tx: &mut CrmTx,
    only: Option<ConversationId>,
    edited: Option<&Edited>,
) -> Result<Vec<Card>, StoreError> {
    let pending = match only {
        Some(id) => tx.load_pending_of_conversation(id, LIST_LIMIT).await?,
        None => tx.load_proposals(ProposalStatus::Pending, LIST_LIMIT).await?,
    };
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = pending.iter().map(|proposal| proposal.conversation_id).collect();
    let conversations = tx.load_conversations_by_id(&ids).await?;
    let who = |id| conversations.iter().find(|found| found.id == id).map(|found| found.who.clone()).unwrap_or_default();
    let place = only.map_or(Place::Approvals, Place::Conversation);
    Ok(pending
        .iter()
        .map(|proposal| Card::new(shell, (who(proposal.conversation_id), place), proposal, edited))
        .collect())
}

/// The cards alone, for a page that heard of a change.
pub async fn fragment(State(state): State<AppState>, SignedIn(principal): SignedIn) -> Result<Response, Failure> {
    let mut tx = state.store.begin(principal.scope).await?;
    let shell = Shell::load(&state, principal, &mut tx).await?;
    Ok(render(&Approvals::load(&shell, &mut tx, None).await?))
}

/// What a card's forms send.
#[derive(Debug, Deserialize)]
pub struct Decision {
    digest: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    place: Place,
    /// Items as somebody wants them.
    #[serde(flatten)]
    fields: HashMap<String, String>,
}

/// Runs what was shown, with what was edited of it, if today's rules and facts still allow it.
pub async fn approve(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    PathId(id): PathId,
    form: Result<Form<Decision>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(decision) = form?;
    let id = ProposedActionId(id);
    let mut tx = state.store.begin(principal.scope).await?;
    let shown = tx.find_proposal(id).await?.ok_or_else(Problem::not_found)?;
    tx.rollback().await?;
    let edits = editing::edits(&shown, &decision.fields);
    let decided = api::proposals::approve_as(&state, principal, id, &decision.digest, &edits).await;
    let edited = Edited { id, fields: decision.fields };
    answer(&state, principal, decision.place, (id, decided), Some(edited)).await
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
    let decided = api::proposals::reject_as(&state, principal, id, &decision.digest, &decision.reason).await;
    answer(&state, principal, decision.place, (id, decided), None).await
}

/// The page the decision was taken on, with what it came to.
async fn answer(
    state: &AppState,
    principal: Principal,
    place: Place,
    (id, decided): (ProposedActionId, Result<Approval, Problem>),
    edited: Option<Edited>,
) -> Result<Response, Failure> {
    let shown = match decided {
        Ok(approval) => Shown::with(outcome(approval)),
        Err(problem) if problem.status() == StatusCode::CONFLICT => {
            let notice = changed(state, principal, id, &problem).await?;
            Shown { status: problem.status(), ..Shown::with(notice) }
        }
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            Shown { edited, ..Shown::refused(problem)? }
        }
        Err(problem) => Shown::refused(problem)?,
    };
    page::show(state, principal, place, shown).await
}

fn outcome(approval: Approval) -> Notice {
    match approval {
        Approval::Executed(_) => Notice::new(Tone::Good, "Approved and done."),
        Approval::Refused(why) => {
            let mut notice = Notice::new(
                Tone::Bad,
                "Not done. It was decided again on today's rules and facts. Nothing was changed.",
            );
            notice.lines.push(("What stands against it", why));
            notice
        }
        Approval::Stale(changes) => {
            let mut notice = Notice::new(Tone::Bad, "Not done. What it rests on has changed. Nothing was changed.");
            notice.lines.extend(changes.iter().map(|change| ("Changed", change.to_string())));
            notice
        }
        Approval::Rejected => Notice::new(Tone::Good, "Rejected. Nothing of it was done."),
        Approval::Expired => Notice::new(Tone::Bad, "Too late: its time was over. Nothing of it was done."),
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
    let Some(now) = tx.find_proposal(id).await? else { return Ok(Notice::refused(problem)) };
    let mut notice = Notice::new(Tone::Bad, problem.title());
    let by = now.decided_by_name.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    let since = now.decided_at.map(|at| format!(", {}", shell.calendar.moment(at).text)).unwrap_or_default();
    notice.lines.push(("It is", format!("{}{by}{since}", words::proposal(now.status))));
    notice.lines.extend(now.items.iter().map(|item| ("It reads", card::in_one_line(&shell, item))));
    Ok(notice)
}
