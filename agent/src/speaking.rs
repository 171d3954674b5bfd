//! The words of a turn: guarded, decided like any action, committed with everything that led to them.

use forecourt_crm_store::{
    StoreError,
    audit::AuditKind,
    outbox::OutboxKind,
    proposals::NewProposal,
    turns::{Answered, NewReply, TurnCommit, TurnEnd},
};
use forecourt_domain::{
    action::{ActionKind, Workflow},
    conversation::{HandoffCategory, TurnStatus},
    evidence::{Evidence, Source},
    language::Language,
};
use forecourt_policies::{Actor, Decision, Verdict};
use forecourt_prompts::{FixedText, GuardFeedback, PromptSet};
use forecourt_tools::handoff::hand_off;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    acting::alert_staff,
    agent::Agent,
    guards::{self, Finding},
    model::ChatMessage,
    turn::TurnOutcome,
    turn_state::TurnState,
};

/// How long words wait for a human's approval.
const WORDS_LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// Words that may be committed.
pub(crate) struct Words {
    pub kind: OutboxKind,
    pub text: String,
    pub not_before: Option<Timestamp>,
    pub evidence: Vec<Evidence>,
    /// Records that were spoken of earlier, on which they may rest as well.
    pub fresh: Vec<Source>,
}

impl Words {
    /// A fixed sentence of the system: rests on nothing that can change.
    pub(crate) fn fixed(kind: OutboxKind, text: String) -> Self {
        Self { kind, text, not_before: None, evidence: Vec::new(), fresh: Vec::new() }
    }
}

/// What becomes of a draft.
pub(crate) enum Spoken {
    Send(Words),
    /// The model has been told what is wrong and may try once more.
    AskAgain,
    /// A guard stopped the second try too.
    Blocked,
    Propose(Words),
    Draft(String),
    Denied,
}

impl Agent {
    /// Checks a draft, then decides on it like on any action.
    pub(crate) fn speak(&self, turn: &mut TurnState, draft: String) -> Spoken {
        let text = turn.with_guard_context(|context| guards::with_disclosure(&draft, context));
        let findings = turn.with_guard_context(|context| guards::check(&text, context));
        audit_guards(turn, &text, &findings);
        if !findings.is_empty() {
            return ask_again(&self.prompts, turn, &findings);
        }
        let facts = turn.circumstances().facts(Actor::Agent, ActionKind::SendReply);
        let decision = self.policies.decide(&facts);
        turn.audit_decision(&facts, &decision, None);
        decided(turn, text, &decision)
    }

    /// The truthful sentence for when no answer could be given.
    pub(crate) fn fallback_text(&self, turn: &TurnState) -> String {
        FixedText::Fallback.render(Language::English, &turn.fixed_context())
    }

    /// Ends the turn: journal, handoff, words and audit in one transaction, by compare-and-set.
    pub(crate) async fn end(
        &self,
        turn: &mut TurnState,
        status: TurnStatus,
        outcome: &'static str,
        words: Option<&Words>,
        hand_off: Option<HandoffCategory>,
    ) -> Result<TurnCommit, StoreError> {
        let reply = words.map(|words| NewReply {
            kind: words.kind,
            text: words.text.clone(),
            not_before: words.not_before,
            evidence: words.evidence.clone(),
            fresh: words.fresh.clone(),
        });
        let answered = if words.is_some() || outcome == "denied" { Answered::Yes } else { Answered::No };
        let mut tx = self.store.begin_before_cut(turn.scope).await?;
        let end = TurnEnd {
            status,
            outcome,
            reply: reply.as_ref(),
            answered,
            rule: turn.rule,
            prompt_hash: &turn.prompt_hash,
            policy_version: &turn.policy_version,
        };
        let commit = tx.end_turn(&turn.start.conversation, &turn.start.turn, &end).await?;
        let TurnCommit::Won { reply } = &commit else {
            tx.rollback().await?;
            return Ok(commit);
        };
        if let Some(category) = hand_off {
            self.hand_off(&mut tx, turn, category, outcome).await?;
        }
        tx.insert_journal(turn.turn_id(), turn.party_id(), &turn.new_steps, &turn.new_calls).await?;
        let sent = reply.map(|(message, outbox)| json!({ "message": message, "outbox": outbox }));
        tx.append_audit(&turn.audit_of_end(outcome, sent)).await?;
        tx.commit().await?;
        Ok(commit)
    }

    /// Gives the conversation to a human because the agent could not answer it.
    async fn hand_off(
        &self,
        tx: &mut forecourt_crm_store::CrmTx,
        turn: &mut TurnState,
        category: HandoffCategory,
        reason: &str,
    ) -> Result<(), StoreError> {
        let handed = hand_off(tx, &turn.tool_context(), category, reason).await?;
        if let Some(alert) = &handed.alert {
            alert_staff(tx, turn, alert).await?;
        }
        turn.audit(
            AuditKind::HandoffMade,
            json!({ "category": category, "reason": reason, "ticket": handed.handoff.ticket_number() }),
        );
        Ok(())
    }

    /// Stores words that need a human's approval; the customer gets the dealership's acknowledgement.
    pub(crate) async fn propose_words(&self, mut turn: TurnState, words: Words) -> Result<TurnOutcome, StoreError> {
        let mut tx = self.store.begin_before_cut(turn.scope).await?;
        if !tx.lock_for_effect(&turn.start.conversation).await? {
            tx.rollback().await?;
            return Ok(TurnOutcome::NothingToDo);
        }
        tx.insert_journal(turn.turn_id(), turn.party_id(), &turn.new_steps, &turn.new_calls).await?;
        let proposal = NewProposal {
            conversation_id: turn.start.conversation.id,
            party_id: turn.party_id(),
            turn_id: turn.turn_id(),
            action: ActionKind::SendReply,
            tool: None,
            workflow: Workflow::of(ActionKind::SendReply, turn.trigger),
            channel: turn.start.conversation.channel,
            trigger: turn.trigger,
            arguments: json!({ "text": words.text }),
            sources: words.evidence.iter().map(|item| item.source.clone()).collect(),
            reason: "replies on this channel need approval".to_owned(),
            policy_version: turn.policy_version.clone(),
            expires_at: tx.now() + WORDS_LIFETIME,
        };
        tx.insert_proposal(&proposal).await?;
        tx.append_audit(&turn.new_audit).await?;
        tx.commit().await?;
        turn.journaled();
        self.acknowledge(turn, "proposed").await
    }

    /// Keeps words as a suggestion; the customer gets the dealership's acknowledgement.
    pub(crate) async fn keep_draft(&self, turn: TurnState, text: String) -> Result<TurnOutcome, StoreError> {
        let mut tx = self.store.begin_before_cut(turn.scope).await?;
        if !tx.lock_for_effect(&turn.start.conversation).await? {
            tx.rollback().await?;
            return Ok(TurnOutcome::NothingToDo);
        }
        tx.insert_draft(&turn.start.conversation, turn.turn_id(), &text, "suggested_reply").await?;
        tx.commit().await?;
        self.acknowledge(turn, "suggested").await
    }
}

fn decided(turn: &TurnState, text: String, decision: &Decision) -> Spoken {
    let words = |text| Words {
        kind: OutboxKind::Reply,
        text,
        not_before: decision.not_before.filter(|at| *at > turn.now),
        evidence: turn.evidence.clone(),
        fresh: turn.fresh_sources(),
    };
    match decision.verdict {
        Verdict::Allow => Spoken::Send(words(text)),
        Verdict::RequireApproval => Spoken::Propose(words(text)),
        Verdict::SuggestOnly => Spoken::Draft(text),
        Verdict::Deny => Spoken::Denied,
    }
}

/// The reasons go back to the model once.
fn ask_again(prompts: &PromptSet, turn: &mut TurnState, findings: &[Finding]) -> Spoken {
    if turn.guard_asked_again {
        return Spoken::Blocked;
    }
    turn.guard_asked_again = true;
    let reasons = findings.iter().map(|finding| finding.reason.clone()).collect();
    match prompts.render_guard_feedback(&GuardFeedback { reasons }) {
        Ok(text) => turn.messages.push(ChatMessage::System { text }),
        Err(_) => return Spoken::Blocked,
    }
    Spoken::AskAgain
}

fn audit_guards(turn: &mut TurnState, text: &str, findings: &[Finding]) {
    let found: Vec<_> = findings.iter().map(|finding| finding.guard.as_str()).collect();
    turn.audit(
        AuditKind::GuardChecked,
        json!({ "passed": findings.is_empty(), "findings": found, "characters": text.chars().count() }),
    );
}
