//! Building evidence: the facts of one record under one source.

use forecourt_domain::{
    evidence::{CommittedEffect, EffectKind, Evidence, EvidenceClass, Fact, Source, SourceKind},
    money::Money,
    scope::Scope,
};
use uuid::Uuid;

use crate::tool::ToolContext;

/// The facts of one record.
pub(crate) struct Facts {
    class: EvidenceClass,
    source: Source,
    found: Vec<Evidence>,
}

impl Facts {
    pub fn of(class: EvidenceClass, kind: SourceKind, id: Uuid, version: i64, label: impl Into<String>) -> Self {
        let source = Source { kind, id, version, label: label.into() };
        Self { class, source, found: Vec::new() }
    }

    /// Facts of the dealership's profile.
    pub fn of_dealership(class: EvidenceClass, context: &ToolContext, scope: Scope) -> Self {
        let id = scope.dealership_id().0;
        Self::of(class, SourceKind::Dealership, id, context.profile_version, "the dealership")
    }

    pub fn add(mut self, field: &str, fact: Fact) -> Self {
        self.found.push(Evidence { class: self.class, source: self.source.clone(), field: field.to_owned(), fact });
        self
    }

    pub fn add_some(self, field: &str, fact: Option<Fact>) -> Self {
        match fact {
            Some(fact) => self.add(field, fact),
            None => self,
        }
    }

    /// Words of the record; empty ones are no fact.
    pub fn add_text(self, field: &str, text: &str) -> Self {
        if text.is_empty() { self } else { self.add(field, Fact::Text(text.to_owned())) }
    }

    /// A make, model, trim or other name.
    pub fn add_name(self, field: &str, name: &str) -> Self {
        if name.is_empty() { self } else { self.add(field, Fact::Name(name.to_owned())) }
    }

    pub fn add_money(self, field: &str, amount: Option<Money>) -> Self {
        self.add_some(field, amount.map(Fact::Money))
    }

    /// The effect that this record now stands for.
    pub fn effect(&self, kind: EffectKind) -> CommittedEffect {
        CommittedEffect { kind, subject: self.source.clone() }
    }

    pub fn into_evidence(self) -> Vec<Evidence> {
        self.found
    }
}
