//! One turn, from its claim to its end: gate, ask, decide, run, check the words, commit.

use std::sync::Arc;

use forecourt_crm_store::{
    StoreError,
    system::queues::Claimed,
    turns::{Kept, NewInboundRule},
};
use forecourt_domain::{
    action::{ActionKind, Trigger},
    conversation::{HandoffCategory, TurnReason},
    ids::{ConversationId, MessageId},
};
use forecourt_policies::{Actor, Decision, TurnGate};

use crate::{
    agent::Agent,
    ending::{Ending, needed},
    known::{dealership_facts, hours_of},
    speaking::Spoken,
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
    /// It ended without words, for this reason.
    Silent(TurnReason),
    /// It may not run before the given instant.
    Deferred(jiff::Timestamp),
    /// It lost to a takeover, a switch or a STOP; its draft is kept.
    Superseded(TurnReason),
}

/// How an attempt to end a turn went.
pub(crate) enum Went {
    Ended(TurnOutcome),
    /// The customer wrote again, or a record changed: the turn goes on with that.
    Overtaken,
}

impl Agent {
    /// Runs the turn of a claimed conversation. An error leaves everything journaled as it is; the
    /// turn goes on from there when it is claimed again.
    #[tracing::instrument(skip_all, fields(conversation = %claim.id, lease = claim.lease_no))]
    pub async fn run_turn(&self, claim: Claimed<ConversationId>) -> Result<TurnOutcome, StoreError> {
        let Some(mut turn) = self.begin(claim).await? else { return Ok(TurnOutcome::NothingToDo) };
        loop {
            // Asked again whenever the turn goes on: what it goes on with may be a STOP or a switch.
            let (gate, decision) = self.gate(&mut turn);
            let went = match gate {
                TurnGate::Respond => match decision.not_before.filter(|at| *at > turn.now) {
                    Some(at) => {
                        let mut tx = self.store.begin(turn.scope).await?;
                        tx.append_audit(&turn.new_audit).await?;
                        tx.commit().await?;
                        return Ok(TurnOutcome::Deferred(at));
                    }
                    None => self.respond(&mut turn).await?,
                },
                TurnGate::AcknowledgeOnly | TurnGate::Silent | TurnGate::OwnedByHuman => {
                    let ending = self.unanswered(&turn, gate, &decision).await?;
                    self.conclude(&mut turn, ending).await?
                }
            };
            match went {
                Went::Ended(outcome) => return Ok(outcome),
                Went::Overtaken => {
                    if !self.go_on_with_newer_facts(&mut turn).await? {
                        return Ok(TurnOutcome::NothingToDo);
                    }
                }
            }
        }
    }

    pub(crate) fn gate(&self, turn: &mut TurnState) -> (TurnGate, Decision) {
        let facts = turn.circumstances(self.pricing).facts(Actor::Agent, ActionKind::Respond);
        let (gate, decision) = turn.policies.gate(&facts);
        turn.audit_decision(&facts, &decision, None);
        (gate, decision)
    }

    /// Asks until there are words that may end the turn, and ends it with them.
    async fn respond(&self, turn: &mut TurnState) -> Result<Went, StoreError> {
        let ending = loop {
            let words = match self.think(turn).await? {
                Thought::Words(words) => words,
                Thought::LeaseLost => return Ok(Went::Ended(TurnOutcome::NothingToDo)),
                Thought::Cut(lost_to) => return self.supersede(turn, lost_to, None).await,
                Thought::Failed(reason @ TurnReason::BudgetReached) => {
                    break self.fallback(turn, HandoffCategory::Other, reason);
                }
                Thought::Failed(reason) => break self.fallback(turn, HandoffCategory::ModelFailed, reason),
            };
            match self.speak(turn, words) {
                Spoken::AskAgain => {}
                Spoken::Send(words) => break Ending::reply(words),
                Spoken::Propose(proposal) => {
                    let kept = Some(Kept::Proposal(proposal));
                    break self.left_to_people(turn, TurnReason::Proposed, kept, None).await?;
                }
                Spoken::Draft(text) => {
                    let asked = Some(HandoffCategory::Other);
                    break self.left_to_people(turn, TurnReason::Suggested, Some(Kept::Draft(text)), asked).await?;
                }
                Spoken::Blocked => {
                    break self.fallback(turn, HandoffCategory::GuardBlocked, TurnReason::GuardBlocked);
                }
                Spoken::Denied => break Ending::silent(TurnReason::Denied, needed(turn)),
            }
        };
        match self.conclude(turn, ending).await? {
            // Facts that change faster than they can be said are a human's to say.
            Went::Overtaken if turn.rule == NewInboundRule::BecomesNextTurn => {
                let ending = self.fallback(turn, HandoffCategory::GuardBlocked, TurnReason::FactsKeepChanging);
                self.conclude(turn, ending).await
            }
            went => Ok(went),
        }
    }

    pub(crate) async fn begin(&self, claim: Claimed<ConversationId>) -> Result<Option<TurnState>, StoreError> {
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
        let policies = self.policies_in_force(claim.scope.dealership_id(), &start.standing);
        let mut turn = TurnState::new(claim.scope, start, policies, profile, hours, Trigger::Inbound, now);
        turn.know(facts, appointments);
        self.write_request(&mut turn).await?;
        Ok(Some(turn))
    }
}
