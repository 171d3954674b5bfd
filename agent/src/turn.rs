//! One turn, from its claim to its end: gate, ask, decide, run, check the words, commit.

use std::sync::Arc;

use forecourt_crm_store::{
    StoreError,
    outbox::OutboxKind,
    system::queues::Claimed,
    turns::{Lost, NewInboundRule, TurnCommit},
};
use forecourt_domain::{
    action::{ActionKind, Trigger},
    conversation::{HandoffCategory, TurnStatus},
    ids::{ConversationId, MessageId},
};
use forecourt_policies::{Actor, TurnGate};

use crate::{
    agent::Agent,
    guards,
    known::{dealership_facts, hours_of},
    speaking::{Spoken, Words},
    thinking::Thought,
    turn_state::TurnState,
};

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnOutcome {
    /// There was nothing to answer, or another worker has the lease.
    NothingToDo,
    /// Words were committed and are on their way.
    Replied(MessageId),
    /// It ended without words, for the named reason.
    Silent(&'static str),
    /// It may not run before the given instant.
    Deferred(jiff::Timestamp),
    /// It lost to a takeover, a switch or a STOP; its draft is kept.
    Superseded(&'static str),
}

impl Agent {
    /// Runs the turn of a claimed conversation. An error leaves everything journaled as it is; the
    /// turn goes on from there when it is claimed again.
    #[tracing::instrument(skip_all, fields(conversation = %claim.id, lease = claim.lease_no))]
    pub async fn run_turn(&self, claim: Claimed<ConversationId>) -> Result<TurnOutcome, StoreError> {
        let Some(mut turn) = self.begin(claim).await? else { return Ok(TurnOutcome::NothingToDo) };
        let (gate, not_before) = self.gate(&mut turn);
        match gate {
            TurnGate::Respond => match not_before.filter(|at| *at > turn.now) {
                Some(at) => Ok(TurnOutcome::Deferred(at)),
                None => self.respond(turn).await,
            },
            TurnGate::AcknowledgeOnly => self.acknowledge(turn, "after_hours").await,
            TurnGate::Silent => self.end_silently(turn, "silent").await,
            TurnGate::OwnedByHuman => self.end_silently(turn, "owned_by_human").await,
        }
    }

    /// Ends a turn that keeps failing on our side: nothing of it is tried again.
    pub async fn give_up(&self, claim: Claimed<ConversationId>) -> Result<TurnOutcome, StoreError> {
        let Some(mut turn) = self.begin(claim).await? else { return Ok(TurnOutcome::NothingToDo) };
        match self.gate(&mut turn).0 {
            TurnGate::Respond => self.fall_back(turn, HandoffCategory::ModelFailed, "internal_error").await,
            TurnGate::AcknowledgeOnly => self.acknowledge(turn, "after_hours").await,
            TurnGate::Silent | TurnGate::OwnedByHuman => self.end_silently(turn, "silent").await,
        }
    }

    fn gate(&self, turn: &mut TurnState) -> (TurnGate, Option<jiff::Timestamp>) {
        let facts = turn.circumstances().facts(Actor::Agent, ActionKind::Respond);
        let (gate, decision) = self.policies.gate(&facts);
        turn.audit_decision(&facts, &decision, None);
        (gate, decision.not_before)
    }

    async fn respond(&self, mut turn: TurnState) -> Result<TurnOutcome, StoreError> {
        loop {
            let words = match self.think(&mut turn).await? {
                Thought::Words(words) => words,
                Thought::LeaseLost => return Ok(TurnOutcome::NothingToDo),
                Thought::Failed(reason) => return self.fall_back(turn, HandoffCategory::ModelFailed, reason).await,
            };
            let words = match self.speak(&mut turn, words) {
                Spoken::Send(words) => words,
                Spoken::AskAgain => continue,
                Spoken::Propose(words) => return self.propose_words(turn, words).await,
                Spoken::Draft(text) => return self.keep_draft(turn, text).await,
                Spoken::Blocked => return self.fall_back(turn, HandoffCategory::GuardBlocked, "guard_blocked").await,
                Spoken::Denied => return self.end_silently(turn, "denied").await,
            };
            match self.commit_words(&mut turn, &words).await? {
                TurnCommit::Won { reply } => {
                    let message = reply.map(|(message, _)| message);
                    return Ok(message.map_or(TurnOutcome::Silent("no_words"), TurnOutcome::Replied));
                }
                TurnCommit::Lost(Lost::Lease) => return Ok(TurnOutcome::NothingToDo),
                TurnCommit::Lost(Lost::Owner) => return self.supersede(turn, "owner_changed", &words.text).await,
                TurnCommit::Lost(Lost::Consent) => return self.supersede(turn, "consent_changed", &words.text).await,
                // Facts that change faster than they can be said are a human's to say.
                TurnCommit::Lost(Lost::Evidence) if turn.rule == NewInboundRule::BecomesNextTurn => {
                    return self.fall_back(turn, HandoffCategory::GuardBlocked, "facts_keep_changing").await;
                }
                TurnCommit::Lost(Lost::NewInbound | Lost::Evidence) => {
                    if !self.go_on_with_newer_facts(&mut turn).await? {
                        return Ok(TurnOutcome::NothingToDo);
                    }
                }
            }
        }
    }

    /// The end of the turn: journal, words and audit in one transaction, by compare-and-set.
    async fn commit_words(&self, turn: &mut TurnState, words: &Words) -> Result<TurnCommit, StoreError> {
        self.end(turn, TurnStatus::Completed, "replied", Some(words), None).await
    }

    async fn end_silently(&self, mut turn: TurnState, outcome: &'static str) -> Result<TurnOutcome, StoreError> {
        match self.end(&mut turn, TurnStatus::Completed, outcome, None, None).await? {
            TurnCommit::Won { .. } => Ok(TurnOutcome::Silent(outcome)),
            TurnCommit::Lost(_) => self.supersede(turn, outcome, "").await,
        }
    }

    /// The fixed sentence of a dealership that does not answer now, if it set one.
    pub(crate) async fn acknowledge(
        &self,
        mut turn: TurnState,
        outcome: &'static str,
    ) -> Result<TurnOutcome, StoreError> {
        let Some(text) = turn.dealership.settings.acknowledgement.clone() else {
            return self.end_silently(turn, outcome).await;
        };
        let words = Words::fixed(OutboxKind::Acknowledgement, disclosed(&turn, &text));
        match self.end(&mut turn, TurnStatus::Completed, outcome, Some(&words), None).await? {
            TurnCommit::Won { reply: Some((message, _)) } => Ok(TurnOutcome::Replied(message)),
            TurnCommit::Won { reply: None } => Ok(TurnOutcome::Silent(outcome)),
            TurnCommit::Lost(_) => self.supersede(turn, outcome, "").await,
        }
    }

    /// The truthful sentence, and a human gets the conversation: never silence for the customer.
    async fn fall_back(
        &self,
        mut turn: TurnState,
        category: HandoffCategory,
        reason: &'static str,
    ) -> Result<TurnOutcome, StoreError> {
        let text = disclosed(&turn, &self.fallback_text(&turn));
        let words = Words::fixed(OutboxKind::Fallback, text);
        turn.rule = NewInboundRule::BecomesNextTurn;
        match self.end(&mut turn, TurnStatus::Failed, reason, Some(&words), Some(category)).await? {
            TurnCommit::Won { reply: Some((message, _)) } => Ok(TurnOutcome::Replied(message)),
            TurnCommit::Won { reply: None } => Ok(TurnOutcome::Silent(reason)),
            TurnCommit::Lost(Lost::Lease) => Ok(TurnOutcome::NothingToDo),
            TurnCommit::Lost(_) => self.supersede(turn, reason, "").await,
        }
    }

    /// Lost to a takeover, a switch or a STOP: nothing is sent, the draft stays visible.
    async fn supersede(&self, turn: TurnState, outcome: &'static str, draft: &str) -> Result<TurnOutcome, StoreError> {
        let mut tx = self.store.begin(turn.scope).await?;
        if !tx.lock_lease(turn.start.conversation.id, turn.start.conversation.seen.lease_no).await? {
            return Ok(TurnOutcome::NothingToDo);
        }
        let draft = (!draft.is_empty()).then_some(draft);
        tx.insert_journal(turn.start.turn.id, turn.party_id(), &turn.new_steps, &turn.new_calls).await?;
        tx.supersede_turn(&turn.start.conversation, &turn.start.turn, outcome, draft).await?;
        tx.append_audit(&turn.audit_of_end(outcome, None)).await?;
        tx.commit().await?;
        Ok(TurnOutcome::Superseded(outcome))
    }

    async fn begin(&self, claim: Claimed<ConversationId>) -> Result<Option<TurnState>, StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        let profile = tx.load_profile().await?;
        let Some(start) = tx.begin_turn(claim, &profile, self.model.name()).await? else {
            tx.commit().await?;
            return Ok(None);
        };
        let calendar = Arc::clone(&start.standing.calendar);
        let (party_id, customer_id) = (start.conversation.party_id, start.conversation.customer_id);
        let now = tx.now();
        let appointments = tx.load_open_appointments(party_id, customer_id, now).await?;
        tx.commit().await?;
        let hours = hours_of(&calendar, start.conversation.department_id)
            .cloned()
            .ok_or(StoreError::NotFound("a department with opening hours"))?;
        let facts = dealership_facts(claim.scope, &profile, &calendar, &hours, now);
        let mut turn = TurnState::new(claim.scope, start, profile, hours, Trigger::Inbound, now);
        turn.know(facts, appointments);
        self.write_request(&mut turn).await?;
        Ok(Some(turn))
    }
}

/// A fixed sentence, too, says who writes and how to stop when it is the first.
fn disclosed(turn: &TurnState, text: &str) -> String {
    turn.with_guard_context(|context| guards::with_disclosure(text, context))
}
