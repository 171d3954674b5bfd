//! Who hears what a proposal came to: the customer by one fixed sentence, a colleague where one must act. In the
//! transaction of the decision.

use forecourt_crm_store::{
    CrmTx, StoreError, audit::AuditKind, conversations::LateWords, evidence::cited_sources, handoffs::Handoff,
};
use forecourt_domain::{
    action::ActionKind,
    conversation::{HandoffCategory, ProposalStatus},
    evidence::{CommittedEffect, EffectKind, Evidence, Fact},
    hours::Zone,
    ids::MessageId,
    language::Language,
};
use forecourt_policies::Verdict;
use forecourt_prompts::{Asked, OutcomeText, Visit};
use forecourt_tools::handoff::hand_off;
use serde_json::json;

use super::{case::Case, cited::evidence_of, grounds::Grounds};
use crate::{agent::Agent, alerts::alert_of_outcome, guards, known::asked_a_person, turn_state::decision_details};

/// What there is to tell.
pub(super) enum Outcome<'a> {
    /// Words of the proposal itself that tell it are on their way.
    Said,
    /// It was done, and nobody has told the customer yet.
    Done {
        effects: &'a [CommittedEffect],
        evidence: &'a [Evidence],
    },
    NotDone,
}

impl Agent {
    /// Tells the customer, unless a person answers them (who is alerted then) or they want to hear nothing.
    pub(super) async fn tell(
        &self,
        tx: &mut CrmTx,
        case: &Case,
        status: ProposalStatus,
        outcome: &Outcome<'_>,
    ) -> Result<(), StoreError> {
        if case.conversation.owned_by_user {
            return alert_of_outcome(tx, &case.profile.name, &case.conversation, status).await;
        }
        if case.conversation.opted_out {
            return Ok(());
        }
        match outcome {
            Outcome::Said => Ok(()),
            Outcome::Done { effects, evidence } => {
                let text = done(effects, evidence, &case.profile.settings.zone, case.heard().language());
                if self.say(tx, case, &text, evidence, effects).await?.is_some() {
                    return Ok(());
                }
                let summary = "What waited for approval was done. The customer could not be told.";
                self.ask_a_person(tx, case, "outcome_not_told", summary).await.map(drop)
            }
            Outcome::NotDone => self.tell_not_done(tx, case, status).await,
        }
    }

    async fn tell_not_done(&self, tx: &mut CrmTx, case: &Case, status: ProposalStatus) -> Result<(), StoreError> {
        if !case.proposal.acts() {
            // Words alone: whoever takes the conversation answers it in their place.
            if tx.waits_for_words_of(&case.proposal).await? {
                let summary = "The reply that waited for approval was not sent. The customer has no answer.";
                self.ask_a_person(tx, case, "words_not_sent", summary).await?;
            }
            return Ok(());
        }
        let reason = format!("proposal_{status}");
        let summary = "What the customer asked for waited for approval and was not done. They expect to hear from you.";
        let handoff = self.ask_a_person(tx, case, &reason, summary).await?;
        if tx.was_told_of(&case.proposal).await? {
            let asked = [asked_a_person(handoff.id.0, "open handoff")];
            let text = OutcomeText::NotConfirmed(what(case)).render(case.heard().language());
            if let Some(message) = self.say(tx, case, &text, &asked, &[]).await? {
                tx.note_told(case.conversation.id, message).await?;
            }
        }
        Ok(())
    }

    /// Puts a fixed sentence on its way if guards and policies let it; as which message.
    async fn say(
        &self,
        tx: &mut CrmTx,
        case: &Case,
        text: &str,
        evidence: &[Evidence],
        effects: &[CommittedEffect],
    ) -> Result<Option<MessageId>, StoreError> {
        let mut known = case.dealership_facts(tx);
        known.extend(evidence.iter().cloned());
        let grounds = Grounds { evidence: known, effects: effects.to_vec(), asked_if_bot: false };
        let (text, findings) = grounds.with_guard_context(case, |context| {
            let text = guards::with_disclosure(text, context);
            let findings = (self.guards)(&text, context);
            (text, findings)
        });
        let found: Vec<_> = findings.iter().map(|finding| finding.guard.as_str()).collect();
        let facts = case.facts_of_words();
        let decision = case.policies.decide(&facts);
        let checked = json!({ "passed": found.is_empty(), "findings": found, "characters": text.chars().count() });
        let entries = [
            case.entry(None, AuditKind::GuardChecked, checked),
            case.entry(None, AuditKind::ActionDecided, decision_details(&facts, &decision)),
        ];
        tx.append_audit(&entries).await?;
        // A person has decided just now; a level that asks for one is answered by that.
        if !findings.is_empty() || decision.verdict > Verdict::RequireApproval {
            return Ok(None);
        }
        let cited: Vec<_> = case.wording().cited(&text, evidence).into_iter().map(evidence_of).collect();
        let words = LateWords {
            turn_id: case.proposal.turn_id,
            text: &text,
            sources: &cited_sources(&cited),
            approved_by: None,
            not_before: decision.not_before.filter(|at| *at > case.now),
        };
        tx.insert_late_words(&case.conversation, &words).await.map(Some)
    }

    async fn ask_a_person(
        &self,
        tx: &mut CrmTx,
        case: &Case,
        reason: &str,
        summary: &str,
    ) -> Result<Handoff, StoreError> {
        let category = HandoffCategory::Other;
        let handed = hand_off(tx, &case.tool_context(), category, summary).await?;
        if handed.opened {
            let ticket = handed.handoff.ticket_number();
            let details = json!({ "category": category, "reason": reason, "ticket": ticket });
            tx.append_audit(&[case.entry(None, AuditKind::HandoffMade, details)]).await?;
        }
        Ok(handed.handoff)
    }
}

/// The sentences for what was committed, each once.
fn done(effects: &[CommittedEffect], evidence: &[Evidence], zone: &Zone, language: Language) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for effect in effects {
        let visit = visit(effect, evidence, zone);
        let text = match (effect.kind, visit) {
            (EffectKind::AppointmentBooked, Some(visit)) => OutcomeText::Booked(visit),
            (EffectKind::AppointmentRescheduled, Some(visit)) => OutcomeText::Moved(visit),
            (EffectKind::AppointmentCancelled, Some(visit)) => OutcomeText::Cancelled(visit),
            (EffectKind::ProfileUpdated | EffectKind::LeadUpdated, _) => OutcomeText::Noted,
            (
                EffectKind::AppointmentBooked
                | EffectKind::AppointmentRescheduled
                | EffectKind::AppointmentCancelled
                | EffectKind::HandedOff,
                _,
            ) => OutcomeText::Done,
        };
        let sentence = text.render(language);
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    if sentences.is_empty() { OutcomeText::Done.render(language) } else { sentences.join(" ") }
}

fn visit(effect: &CommittedEffect, evidence: &[Evidence], zone: &Zone) -> Option<Visit> {
    let field = |name: &str| {
        evidence.iter().find(|item| item.source == effect.subject && item.field == name).map(|item| &item.fact)
    };
    let (Some(Fact::Instant(at)), Some(Fact::Text(kind))) = (field("starts_at"), field("kind")) else { return None };
    Some(Visit { kind: kind.parse().ok()?, at: zone.local(*at).datetime() })
}

/// What the customer had asked for.
fn what(case: &Case) -> Asked {
    let is_of_time = |action| matches!(action, ActionKind::BookAppointment | ActionKind::RescheduleAppointment);
    if case.proposal.items.iter().any(|item| is_of_time(item.action)) { Asked::Time } else { Asked::Other }
}
