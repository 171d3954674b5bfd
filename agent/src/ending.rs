//! The end of a turn: what is said, kept and asked of people, in one transaction by compare-and-set.

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::AuditKind,
    outbox::OutboxKind,
    turns::{Answered, Kept, Lost, LostTo, NewInboundRule, NewReply, TurnCommit, TurnConversation, TurnEnd},
};
use forecourt_domain::{
    action::{ActionKind, Workflow},
    conversation::{HandoffCategory, TurnReason, TurnStatus},
    evidence::{Evidence, Source},
};
use forecourt_policies::{Decision, TurnGate};
use forecourt_prompts::FixedText;
use forecourt_tools::handoff::hand_off;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    agent::Agent,
    alerts::{alert_of_cap, alert_of_proposal, find_decider},
    approval::WhoDecides,
    budget::is_closed_by_budget,
    guards,
    speaking::says_a_person_was_asked,
    turn::{TurnOutcome, Went},
    turn_state::TurnState,
};

/// How long an acknowledgement, or any word that a person is asked, stands before a customer who goes on
/// writing gets another one.
const ACKNOWLEDGE_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// The id of the policy that ends a day's answers.
const ANSWER_CAP: &str = "answer_cap_acknowledge";
/// The id of the policy for the time the dealership is closed.
const CLOSED: &str = "closed_acknowledge_only";

/// Words that leave with the end of a turn.
pub(crate) struct Words {
    pub kind: OutboxKind,
    pub text: String,
    pub not_before: Option<Timestamp>,
    /// What this turn found out.
    pub evidence: Vec<Evidence>,
    /// Every record they may rest on.
    pub sources: Vec<Source>,
    /// Whose settings say how long people may look at them before they leave by themselves; none: not at all.
    pub held_as: Option<Workflow>,
    /// Whether they say that a person was asked or will come.
    pub tells_of_person: bool,
}

impl Words {
    /// A fixed sentence of the system: rests on nothing that can change, and says that a person will come.
    pub(crate) fn fixed(kind: OutboxKind, text: String) -> Self {
        let (evidence, sources) = (Vec::new(), Vec::new());
        Self { kind, text, not_before: None, evidence, sources, held_as: None, tells_of_person: true }
    }
}

/// How a turn is to end.
pub(crate) struct Ending {
    /// A turn that could not answer has failed; every other one did what it was to do.
    pub status: TurnStatus,
    pub reason: TurnReason,
    /// What the customer reads now.
    pub words: Option<Words>,
    /// What a human decides on or may use.
    pub kept: Option<Kept>,
    /// Whether the customer's words count as answered: they were, or a human was told of them.
    pub answered: Answered,
    /// Asks a human to take the conversation.
    pub hand_off: Option<HandoffCategory>,
}

impl Ending {
    /// The model's words leave.
    pub(crate) const fn reply(words: Words) -> Self {
        let answered = Answered::Yes;
        let (status, reason) = (TurnStatus::Completed, TurnReason::Replied);
        Self { status, reason, words: Some(words), kept: None, answered, hand_off: None }
    }

    /// Nothing is said, and what the customer wrote stays unanswered.
    pub(crate) const fn silent(reason: TurnReason, hand_off: Option<HandoffCategory>) -> Self {
        Self { status: TurnStatus::Completed, reason, words: None, kept: None, answered: Answered::No, hand_off }
    }

    /// What becomes a draft when the turn is lost: the model's own words, never a fixed sentence.
    fn draft(&self) -> Option<&str> {
        match (&self.kept, &self.words) {
            (Some(Kept::Draft(text)), _) => Some(text),
            (Some(Kept::Proposal(proposal)), _) => proposal.item.arguments["text"].as_str(),
            (None, Some(words)) if words.kind == OutboxKind::Reply => Some(&words.text),
            (None, _) => None,
        }
    }
}

impl Agent {
    /// Ends the turn, or says why it goes on: something that it rests on changed meanwhile.
    pub(crate) async fn conclude(&self, turn: &mut TurnState, ending: Ending) -> Result<Went, StoreError> {
        match self.end(turn, &ending).await? {
            TurnCommit::Won { reply: Some((message, _)) } => Ok(Went::Ended(TurnOutcome::Replied(message))),
            TurnCommit::Won { reply: None } => Ok(Went::Ended(TurnOutcome::Silent(ending.reason))),
            TurnCommit::Lost(Lost::Lease) => Ok(Went::Ended(TurnOutcome::NothingToDo)),
            TurnCommit::Lost(Lost::Owner) => self.supersede(turn, LostTo::Owner, ending.draft()).await,
            TurnCommit::Lost(Lost::Consent) => self.supersede(turn, LostTo::Consent, ending.draft()).await,
            TurnCommit::Lost(Lost::NewInbound | Lost::Evidence | Lost::Policies) => Ok(Went::Overtaken),
        }
    }

    /// Journal, words, what is kept, handoff and audit in one transaction, by compare-and-set.
    async fn end(&self, turn: &mut TurnState, ending: &Ending) -> Result<TurnCommit, StoreError> {
        let reply = ending.words.as_ref().map(|words| NewReply {
            kind: words.kind,
            text: words.text.clone(),
            not_before: words.not_before,
            evidence: words.evidence.clone(),
            sources: words.sources.clone(),
            held_as: words.held_as,
        });
        let mut tx = self.store.begin_before_cut(turn.scope).await?;
        let end = TurnEnd {
            status: ending.status,
            reason: ending.reason,
            reply: reply.as_ref(),
            kept: ending.kept.as_ref(),
            answered: ending.answered,
            rule: turn.rule,
            versions: Some((&turn.prompt_hash, &turn.policy_version)),
        };
        let commit = tx.end_turn(&turn.start.conversation, &turn.start.turn, &end).await?;
        let TurnCommit::Won { reply } = &commit else {
            tx.rollback().await?;
            return Ok(commit);
        };
        if let Some(Kept::Proposal(proposal)) = &ending.kept
            && tx.count_proposed(turn.turn_id()).await? == 1
        {
            self.tell_of_proposal(&mut tx, turn, proposal.item.action, true).await?;
        }
        if let Some(category) = ending.hand_off {
            self.hand_off(&mut tx, turn, category, ending.reason).await?;
        }
        if let (Some((message, _)), Some(words)) = (reply, &ending.words)
            && words.tells_of_person
        {
            tx.note_told(turn.start.conversation.id, *message).await?;
        }
        if ending.reason == TurnReason::BudgetReached {
            // Locks the day's usage, as the journal does: after the tickets, as everybody does.
            alert_of_cap(&mut tx, &turn.dealership, &turn.start.conversation).await?;
        }
        tx.insert_journal(turn.turn_id(), turn.party_id(), &turn.new_steps, &turn.new_calls).await?;
        let sent = reply.map(|(message, outbox)| json!({ "message": message, "outbox": outbox }));
        tx.append_audit(&turn.audit_of_end(ending.reason, sent)).await?;
        tx.commit().await?;
        Ok(commit)
    }

    /// Tells somebody who may decide that the first item of a proposal waits. False where nobody can be told who
    /// may decide on this one: then people hear of it by a ticket.
    pub(crate) async fn tell_of_proposal(
        &self,
        tx: &mut CrmTx,
        turn: &mut TurnState,
        action: ActionKind,
        is_first: bool,
    ) -> Result<bool, StoreError> {
        let conversation = &turn.start.conversation;
        let deciders = WhoDecides(Arc::clone(&turn.policies));
        let Some(decider) = find_decider(tx, &deciders, conversation, action).await? else {
            self.hand_off(tx, turn, HandoffCategory::Other, TurnReason::Proposed).await?;
            return Ok(false);
        };
        if is_first {
            alert_of_proposal(tx, decider, &turn.dealership.name, conversation, action).await?;
        }
        Ok(true)
    }

    /// Gives the conversation to a human because the agent did not answer it.
    async fn hand_off(
        &self,
        tx: &mut CrmTx,
        turn: &mut TurnState,
        category: HandoffCategory,
        reason: TurnReason,
    ) -> Result<(), StoreError> {
        let handed = hand_off(tx, &turn.tool_context(), category, &summary(reason)).await?;
        if handed.opened {
            let ticket = handed.handoff.ticket_number();
            turn.audit(AuditKind::HandoffMade, json!({ "category": category, "reason": reason, "ticket": ticket }));
        }
        Ok(())
    }

    /// Lost to a takeover, a switch or a STOP: nothing is sent, the draft stays visible.
    pub(crate) async fn supersede(
        &self,
        turn: &TurnState,
        lost_to: LostTo,
        draft: Option<&str>,
    ) -> Result<Went, StoreError> {
        let mut tx = self.store.begin(turn.scope).await?;
        if !tx.lock_lease(turn.start.conversation.id, turn.start.conversation.seen.lease_no).await? {
            return Ok(Went::Ended(TurnOutcome::NothingToDo));
        }
        let (reason, _) = lost_to.reasons();
        tx.insert_journal(turn.turn_id(), turn.party_id(), &turn.new_steps, &turn.new_calls).await?;
        tx.supersede_turn(&turn.start.conversation, &turn.start.turn, lost_to, draft).await?;
        tx.append_audit(&turn.audit_of_end(reason, None)).await?;
        tx.commit().await?;
        Ok(Went::Ended(TurnOutcome::Superseded(reason)))
    }

    /// How a turn ends that the policies do not let answer.
    pub(crate) async fn unanswered(
        &self,
        turn: &TurnState,
        gate: TurnGate,
        decision: &Decision,
    ) -> Result<Ending, StoreError> {
        match gate {
            TurnGate::OwnedByHuman => Ok(Ending::silent(TurnReason::OwnedByHuman, None)),
            TurnGate::Silent => Ok(Ending::silent(TurnReason::Silent, needed(turn))),
            TurnGate::AcknowledgeOnly | TurnGate::Respond => {
                let reason = if is_closed_by_budget(decision) {
                    TurnReason::BudgetReached
                } else if decision.was_matched_by(ANSWER_CAP) {
                    TurnReason::AnswerCap
                } else if decision.was_matched_by(CLOSED) {
                    TurnReason::AfterHours
                } else {
                    TurnReason::ClosedByPolicy
                };
                self.left_to_people(turn, reason, None, Some(HandoffCategory::Other)).await
            }
        }
    }

    /// People answer: the customer gets the fixed sentence of the dealership, if it set one and the
    /// customer has not had it lately.
    pub(crate) async fn left_to_people(
        &self,
        turn: &TurnState,
        reason: TurnReason,
        kept: Option<Kept>,
        hand_off: Option<HandoffCategory>,
    ) -> Result<Ending, StoreError> {
        // Whoever asks for a person owes the customer a word of it; words that wait for approval are one.
        let owed = hand_off.is_some() || turn.owes_word_of_person();
        let words = self.acknowledgement(turn, owed).await?;
        Ok(Ending { status: TurnStatus::Completed, reason, words, kept, answered: Answered::Yes, hand_off })
    }

    async fn acknowledgement(&self, turn: &TurnState, owed: bool) -> Result<Option<Words>, StoreError> {
        let standard = || FixedText::Acknowledgement.render(turn.language(), &turn.fixed_context());
        let text = match &turn.dealership.settings.acknowledgement {
            Some(text) => text.clone(),
            None if owed => standard(),
            None => return Ok(None),
        };
        if was_told_lately(&turn.start.conversation, turn.now) {
            return Ok(None);
        }
        let mut tx = self.store.begin(turn.scope).await?;
        let since = tx.now() - ACKNOWLEDGE_AGAIN_AFTER;
        let acknowledged = tx.was_acknowledged_since(turn.start.conversation.id, since).await?;
        tx.commit().await?;
        let own = turn.dealership.settings.acknowledgement.is_some();
        Ok((!acknowledged).then(|| {
            let words = Words::fixed(OutboxKind::Acknowledgement, disclosed(turn, &text));
            // What a dealership wrote may say anything.
            Words { tells_of_person: !own || says_a_person_was_asked(turn, &text), ..words }
        }))
    }

    /// The truthful sentence, and a human gets the conversation: never silence for the customer, and not the
    /// same sentence again to somebody who was told just now.
    pub(crate) fn fallback(&self, turn: &mut TurnState, category: HandoffCategory, reason: TurnReason) -> Ending {
        turn.rule = NewInboundRule::BecomesNextTurn;
        let words = || {
            let text = self.fallback_text(turn.language(), &turn.fixed_context());
            Words::fixed(OutboxKind::Fallback, disclosed(turn, &text))
        };
        let words = (!was_told_lately(&turn.start.conversation, turn.now)).then(words);
        let (status, answered) = (TurnStatus::Failed, Answered::Yes);
        Ending { status, reason, words, kept: None, answered, hand_off: Some(category) }
    }
}

/// Whether a human is asked for where the policies want silence: not where the customer does not want to
/// be written to, or where a switch was thrown and answers wait for it.
pub(crate) fn needed(turn: &TurnState) -> Option<HandoffCategory> {
    let seen = &turn.start.conversation;
    (!seen.opted_out && seen.paused_by().is_none() && !seen.suspended).then_some(HandoffCategory::Other)
}

/// Whether the customer has heard of late that a person is asked for the ticket that is open.
pub(crate) fn was_told_lately(seen: &TurnConversation, now: Timestamp) -> bool {
    seen.told_of_handoff_at.is_some_and(|at| now.duration_since(at) < ACKNOWLEDGE_AGAIN_AFTER)
}

/// A fixed sentence, too, says who writes and how to stop when it is the first.
fn disclosed(turn: &TurnState, text: &str) -> String {
    turn.with_guard_context(|context| guards::with_disclosure(text, context))
}

/// What the human who is asked should know.
pub(crate) fn summary(reason: TurnReason) -> String {
    let why = match reason {
        TurnReason::AfterHours => "The customer wrote while the dealership was closed.",
        TurnReason::AnswerCap => "The customer has had as many automatic answers today as are allowed.",
        TurnReason::BudgetReached => "The dealership's AI has used up what it may use today.",
        TurnReason::Proposed => "Something waits for approval, and nobody who may approve it can be told.",
        TurnReason::Suggested => "The assistant has a suggestion, which it may not send here.",
        TurnReason::ClosedByPolicy | TurnReason::Silent | TurnReason::Denied => {
            "The settings do not let the assistant answer here."
        }
        TurnReason::GuardBlocked => "The assistant's words did not pass the checks.",
        TurnReason::FactsKeepChanging => "What the assistant would have spoken of kept changing.",
        other => return format!("The assistant could not answer ({other}). The customer waits for a person."),
    };
    format!("{why} The customer waits for a person.")
}

#[cfg(test)]
mod tests {
    use forecourt_policies::PolicySet;

    use super::*;
    use crate::budget::BUDGET_POLICIES;

    #[test]
    fn every_policy_that_a_reason_is_told_by_is_built_in() {
        let built_in = PolicySet::built_in().unwrap();
        for id in BUDGET_POLICIES.into_iter().chain([ANSWER_CAP, CLOSED]) {
            assert!(built_in.has(id), "{id}");
        }
    }
}
