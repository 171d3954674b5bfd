//! What a running turn knows and has done but not yet journaled.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use forecourt_crm_store::{
    appointments::Appointment,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    caps::DayUsage,
    dealership::DealershipProfile,
    evidence::cited_sources,
    turns::{NewCall, NewInboundRule, NewStep, TurnConversation, TurnStart},
};
use forecourt_domain::{
    action::Trigger,
    conversation::TurnReason,
    evidence::{CommittedEffect, EffectKind, Evidence, Source, SourceKind},
    hours::{OpeningHours, Zone},
    ids::{PartyId, TurnId},
    language::Language,
    scope::Scope,
};
use forecourt_policies::{Decision, Facts, PolicySet};
use forecourt_tools::{Contact, FailureCode, ToolContext};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    approval::cited::Wording,
    budget::Budget,
    facts::Circumstances,
    guards::{self, GuardContext},
    heard::{Heard, Rules, Stated},
    known::{appointment_facts, asked_a_person},
    model::ChatMessage,
    pricing::Pricing,
};

/// A turn in this process's hands.
pub(crate) struct TurnState {
    pub scope: Scope,
    pub start: TurnStart,
    pub dealership: DealershipProfile,
    pub hours: OpeningHours,
    pub appointments: Vec<Appointment>,
    pub trigger: Trigger,
    /// The instant the turn's facts were read.
    pub now: Timestamp,
    pub messages: Vec<ChatMessage>,
    /// What its model is told and offered.
    pub rules: Rules,
    /// What decides in this turn.
    pub policies: Arc<PolicySet>,
    pub prompt_hash: String,
    pub policy_version: String,
    /// What the request told the model of the dealership and the customer's own appointments.
    pub known: Vec<Evidence>,
    /// What this turn's tools found.
    pub evidence: Vec<Evidence>,
    pub effects: Vec<CommittedEffect>,
    /// How many of its calls a person decides on or may use.
    pub left_to_people: usize,
    /// Steps and calls that nothing durable follows from yet.
    pub new_steps: Vec<NewStep>,
    pub new_calls: Vec<NewCall>,
    pub new_audit: Vec<NewAuditEntry>,
    pub next_step: i16,
    /// Why the last call was not even understood; none when it was.
    pub last_refusal: Option<FailureCode>,
    /// Whether the model has been told once what was wrong with its words.
    pub guard_asked_again: bool,
    pub rule: NewInboundRule,
    /// The provider failed and this dealership lets the offline model answer instead.
    pub on_offline_model: bool,
    began: Instant,
}

impl TurnState {
    pub(crate) fn new(
        scope: Scope,
        start: TurnStart,
        policies: Arc<PolicySet>,
        dealership: DealershipProfile,
        hours: OpeningHours,
        trigger: Trigger,
        now: Timestamp,
    ) -> Self {
        Self {
            scope,
            start,
            dealership,
            hours,
            appointments: Vec::new(),
            trigger,
            now,
            messages: Vec::new(),
            rules: Rules::default(),
            policies,
            prompt_hash: String::new(),
            policy_version: String::new(),
            known: Vec::new(),
            evidence: Vec::new(),
            effects: Vec::new(),
            left_to_people: 0,
            new_steps: Vec::new(),
            new_calls: Vec::new(),
            new_audit: Vec::new(),
            next_step: 0,
            last_refusal: None,
            guard_asked_again: false,
            rule: NewInboundRule::Loses,
            on_offline_model: false,
            began: Instant::now(),
        }
    }

    pub(crate) fn turn_id(&self) -> TurnId {
        self.start.turn.id
    }

    pub(crate) fn party_id(&self) -> PartyId {
        self.start.conversation.party_id
    }

    /// Notes what the request tells the model, so that words may rest on it.
    pub(crate) fn know(&mut self, dealership: Vec<Evidence>, appointments: Vec<Appointment>) {
        self.known = dealership;
        self.appointments = appointments;
        if self.start.conversation.handoff_open {
            self.known.push(asked_a_person(self.start.conversation.id.0, "open handoff"));
        }
        if self.is_proven() {
            self.known.extend(appointment_facts(&self.appointments));
        } else {
            // Somebody who only claims a number learns nothing of what its owner was told.
            self.start.fresh_evidence.retain(|item| item.source.kind == SourceKind::Vehicle);
        }
    }

    /// The customer's appointments changed meanwhile.
    pub(crate) fn renew_appointments(&mut self, appointments: Vec<Appointment>) {
        self.known.retain(|item| item.source.kind != SourceKind::Appointment);
        self.appointments = appointments;
        if self.is_proven() {
            self.known.extend(appointment_facts(&self.appointments));
        }
    }

    /// What is left of the turn's deadline.
    pub(crate) fn time_left(&self, deadline: Duration) -> Duration {
        deadline.saturating_sub(self.began.elapsed())
    }

    /// Which caps of the day are reached, counting what this turn has used and not yet journaled.
    pub(crate) fn budget(&self, pricing: Pricing) -> Budget {
        let used = self.new_steps.iter().fold(self.start.usage, DayUsage::and);
        Budget::of(&self.dealership.settings, used, pricing)
    }

    pub(crate) fn circumstances(&self, pricing: Pricing) -> Circumstances<'_> {
        Circumstances {
            conversation: &self.start.conversation,
            proven: self.is_proven(),
            levels: &self.start.standing.levels,
            answers_today: self.start.answers_today,
            budget: self.budget(pricing),
            dealership: &self.dealership,
            hours: &self.hours,
            trigger: self.trigger,
            now: self.now,
        }
    }

    /// The conversation as this turn's words are judged.
    pub(crate) fn heard(&self) -> Heard<'_> {
        Heard {
            conversation: &self.start.conversation,
            dealership: &self.dealership,
            hours: &self.hours,
            history: &self.start.history,
            answered: (self.start.turn.answered_from, self.start.turn.answered_to),
            rules: &self.rules,
            now: self.now,
        }
    }

    /// Whether every message this turn answers arrived above `claimed`.
    pub(crate) fn is_proven(&self) -> bool {
        self.heard().is_proven()
    }

    /// Whether a person is asked for here and the customer was not told so yet.
    pub(crate) fn owes_word_of_person(&self) -> bool {
        let seen = &self.start.conversation;
        let asked = seen.handoff_open || self.effects.iter().any(|effect| effect.kind == EffectKind::HandedOff);
        asked && seen.told_of_handoff_at.is_none()
    }

    /// Everything noted so far is durable now.
    pub(crate) fn journaled(&mut self) {
        self.new_steps.clear();
        self.new_calls.clear();
        self.new_audit.clear();
    }

    /// The records that this turn's words may rest on.
    pub(crate) fn sources(&self) -> Vec<Source> {
        let evidence = self.evidence.iter().chain(&self.start.fresh_evidence);
        evidence.map(|item| item.source.clone()).collect()
    }

    /// The records that this turn's words may rest on, each once: what it read, and of what was known
    /// before (earlier evidence, the customer's own appointments) whatever it did not read again.
    pub(crate) fn rested_on(&self) -> Vec<Source> {
        let appointments = self.known.iter().filter(|item| item.source.kind == SourceKind::Appointment);
        let mut sources = cited_sources(&self.evidence);
        for Evidence { source, .. } in self.start.fresh_evidence.iter().chain(appointments) {
            let read_again = self.evidence.iter().any(|item| is_same_record(&item.source, source));
            if !read_again && !sources.contains(source) {
                sources.push(source.clone());
            }
        }
        sources
    }

    /// Everything that words may rest on. Once a record was read anew, its older version supports nothing.
    pub(crate) fn current_evidence(&self) -> Vec<Evidence> {
        let all = || self.known.iter().chain(&self.start.fresh_evidence).chain(&self.evidence);
        let is_newest = |item: &&Evidence| {
            all().all(|other| {
                !is_same_record(&other.source, &item.source) || other.source.version <= item.source.version
            })
        };
        all().filter(is_newest).cloned().collect()
    }

    /// How its facts are shown to people.
    pub(crate) const fn wording(&self) -> Wording<'_> {
        Wording { zone: &self.hours.zone, currency: self.dealership.settings.currency }
    }

    /// What the customer wrote that this turn answers.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.heard().asked()
    }

    /// The language the customer writes.
    pub(crate) fn language(&self) -> Language {
        self.heard().language()
    }

    /// For whom and where this turn's tools work.
    pub(crate) fn tool_context(&self) -> ToolContext {
        let conversation = &self.start.conversation;
        tool_context(conversation, self.turn_id(), &self.dealership, &self.hours.zone, self.is_proven(), self.now)
    }

    /// Calls `judge` with what this turn's words are judged by.
    pub(crate) fn with_guard_context<R>(&self, judge: impl FnOnce(&GuardContext<'_>) -> R) -> R {
        let (evidence, asked_if_bot) = (self.current_evidence(), guards::asks_if_bot(&self.asked()));
        self.heard().judge(Stated { evidence: &evidence, effects: &self.effects, asked_if_bot }, judge)
    }

    /// Notes an entry that is written with whatever commits next.
    pub(crate) fn audit(&mut self, kind: AuditKind, details: Value) {
        self.new_audit.push(NewAuditEntry {
            kind,
            actor: AuditActor::Agent,
            conversation_id: Some(self.start.conversation.id),
            turn_id: Some(self.start.turn.id),
            details,
        });
    }

    /// Notes a decision with the facts it rests on, so that it can be explained and replayed.
    pub(crate) fn audit_decision(&mut self, facts: &Facts, decision: &Decision, call: Option<(i16, i16)>) {
        let mut details = decision_details(facts, decision);
        details["step"] = json!(call.map(|(step, _)| step));
        details["call"] = json!(call.map(|(_, call)| call));
        self.audit(AuditKind::ActionDecided, details);
    }

    /// The entries noted so far and the one that ends the turn.
    pub(crate) fn audit_of_end(&self, reason: TurnReason, reply: Option<Value>) -> Vec<NewAuditEntry> {
        let mut entries = self.new_audit.clone();
        entries.push(NewAuditEntry {
            kind: AuditKind::TurnEnded,
            actor: AuditActor::Agent,
            conversation_id: Some(self.start.conversation.id),
            turn_id: Some(self.start.turn.id),
            details: json!({
                "outcome": reason, "prompt": self.prompt_hash, "policy_version": self.policy_version,
                "restarts": self.start.turn.restarts, "answered_from": self.start.turn.answered_from,
                "answered_to": self.start.turn.answered_to, "reply": reply,
            }),
        });
        entries
    }
}

/// What the log keeps of a decision, so that it can be explained and replayed.
pub(crate) fn decision_details(facts: &Facts, decision: &Decision) -> Value {
    let matched: Vec<_> = decision.matched.iter().map(|policy| json!([policy.id, policy.on_forbid])).collect();
    json!({
        "action": facts.action, "verdict": decision.verdict.as_str(), "not_before": decision.not_before,
        "matched": matched, "why": decision.why(), "policy_version": decision.policy_version,
        "facts": facts, "facts_version": Facts::SCHEMA_VERSION,
    })
}

/// For whom and where tools work in a conversation.
pub(crate) fn tool_context(
    conversation: &TurnConversation,
    turn_id: TurnId,
    dealership: &DealershipProfile,
    zone: &Zone,
    proven: bool,
    now: Timestamp,
) -> ToolContext {
    ToolContext {
        now,
        conversation_id: conversation.id,
        turn_id,
        party_id: conversation.party_id,
        customer_id: conversation.customer_id,
        contact: Contact { kind: conversation.contact_kind, value: conversation.contact_value.clone() },
        channel: conversation.channel,
        assurance_proven: proven,
        zone: zone.clone(),
        currency: dealership.settings.currency,
        country: dealership.settings.country.clone(),
        profile_version: dealership.version,
    }
}

fn is_same_record(one: &Source, other: &Source) -> bool {
    one.kind == other.kind && one.id == other.id
}
