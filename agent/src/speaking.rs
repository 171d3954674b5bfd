//! The words of a turn: guarded, then decided on like any action.

use forecourt_crm_store::{
    audit::AuditKind,
    outbox::OutboxKind,
    proposals::{NewItem, NewProposal},
};
use forecourt_domain::{
    action::{ActionKind, Workflow},
    language::Language,
};
use forecourt_policies::{Actor, Decision, Verdict};
use forecourt_prompts::{FixedContext, FixedText, GuardFeedback, PromptSet};
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    agent::Agent,
    approval::Grounds,
    ending::Words,
    guards::{self, Finding},
    model::ChatMessage,
    turn_state::TurnState,
};

/// How long words wait for a human's approval.
const WORDS_LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// What becomes of a draft.
pub(crate) enum Spoken {
    Send(Words),
    /// The model has been told what is wrong and may try once more.
    AskAgain,
    /// A guard stopped the second try too, or a person has to answer.
    Blocked,
    Propose(Box<NewProposal>),
    Draft(String),
    Denied,
}

impl Agent {
    /// Checks a draft, then decides on it like on any action.
    pub(crate) fn speak(&self, turn: &mut TurnState, draft: String) -> Spoken {
        let draft = self.with_word_of_person(turn, draft);
        let text = turn.with_guard_context(|context| guards::with_disclosure(&draft, context));
        let findings = turn.with_guard_context(|context| (self.guards)(&text, context));
        audit_guards(turn, &text, &findings);
        if !findings.is_empty() {
            return ask_again(&self.prompts, turn, &findings);
        }
        let facts = turn.circumstances(self.pricing).facts(Actor::Agent, ActionKind::SendReply);
        let decision = turn.policies.decide(&facts);
        turn.audit_decision(&facts, &decision, None);
        decided(turn, text, &decision)
    }

    /// Where a person was asked and the customer does not know it yet, the words say so: their own, or else
    /// one sentence more.
    fn with_word_of_person(&self, turn: &TurnState, draft: String) -> String {
        if !turn.owes_word_of_person() || says_a_person_was_asked(turn, &draft) {
            return draft;
        }
        let told = FixedText::PersonAsked.render(turn.language(), &turn.fixed_context());
        format!("{} {told}", draft.trim_end())
    }

    /// The truthful sentence for when no answer could be given.
    pub(crate) fn fallback_text(&self, language: Language, context: &FixedContext) -> String {
        FixedText::Fallback.render(language, context)
    }
}

fn decided(turn: &TurnState, text: String, decision: &Decision) -> Spoken {
    match decision.verdict {
        Verdict::Allow => Spoken::Send(Words {
            kind: OutboxKind::Reply,
            tells_of_person: says_a_person_was_asked(turn, &text),
            text,
            not_before: decision.not_before.filter(|at| *at > turn.now),
            evidence: turn.evidence.clone(),
            sources: turn.rested_on(),
            held_as: Some(Workflow::of(ActionKind::SendReply, turn.trigger)),
        }),
        Verdict::RequireApproval => Spoken::Propose(Box::new(proposal(turn, &text, decision))),
        Verdict::SuggestOnly => Spoken::Draft(text),
        Verdict::Deny => Spoken::Denied,
    }
}

pub(crate) fn says_a_person_was_asked(turn: &TurnState, text: &str) -> bool {
    turn.with_guard_context(|context| guards::says_a_person_was_asked(text, context))
}

fn proposal(turn: &TurnState, text: &str, decision: &Decision) -> NewProposal {
    NewProposal {
        conversation_id: turn.start.conversation.id,
        party_id: turn.party_id(),
        turn_id: turn.turn_id(),
        channel: turn.start.conversation.channel,
        item: NewItem {
            action: ActionKind::SendReply,
            tool: None,
            workflow: Workflow::of(ActionKind::SendReply, turn.trigger),
            arguments: json!({ "text": text }),
            facts: turn.wording().cited(text, &turn.current_evidence()),
            grounds: serde_json::to_value(Grounds::of(turn)).ok(),
            sources: turn.rested_on(),
            reason: decision.why(),
            policy_version: decision.policy_version.clone(),
        },
        expires_at: turn.now + WORDS_LIFETIME,
    }
}

/// The reasons go back to the model once, unless a person has to answer.
fn ask_again(prompts: &PromptSet, turn: &mut TurnState, findings: &[Finding]) -> Spoken {
    let for_a_person = findings.iter().any(|finding| finding.guard.hands_over_at_once());
    if turn.guard_asked_again || for_a_person {
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
