//! How free times and opening hours are shown to a model, and the evidence that goes with them.

use forecourt_crm_store::{
    opening_hours::DepartmentHours,
    slots::{FREE_SLOT_VERSION, Resource, slot_source_id},
};
use forecourt_domain::{
    evidence::{Evidence, EvidenceClass, Fact, SourceKind},
    hours::Zone,
};
use jiff::{Timestamp, Zoned, civil::Date};
use serde::Serialize;

use crate::{
    facts::Facts,
    wording::{local_text, moment_label, time_label},
};

/// A time that is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Local, `2026-11-21T15:00`: what is booked with.
    pub starts_at: String,
    /// `3:00 PM`, with its day where that is not the day asked for.
    pub label: String,
}

impl Slot {
    /// A slot as it is named to somebody who asked for `date`.
    pub(crate) fn seen_from(date: Date, at: &Zoned) -> Self {
        let label = if at.date() == date { time_label(at.time()) } else { moment_label(at) };
        Self { starts_at: local_text(at), label }
    }
}

/// A free time rests on everything it would occupy.
pub(crate) fn slot_facts(
    resources: &[Resource],
    starts_at: Timestamp,
    ends_at: Timestamp,
    zone: &Zone,
) -> Vec<Evidence> {
    let label = format!("slot={}", local_text(&zone.local(starts_at)));
    resources
        .iter()
        .flat_map(|resource| {
            let id = slot_source_id(resource.id, starts_at, ends_at);
            Facts::of(EvidenceClass::Tool, SourceKind::Slot, id, FREE_SLOT_VERSION, label.clone())
                .add("starts_at", Fact::Instant(starts_at))
                .into_evidence()
        })
        .collect()
}

/// Facts of a department, none yet.
pub(crate) fn facts_of(desk: &DepartmentHours) -> Facts {
    let department = &desk.department;
    let label = format!("department={}", department.kind);
    Facts::of(EvidenceClass::DealershipFact, SourceKind::Department, department.id.0, department.version, label)
}

/// When a department is open on some days. A day on which it is closed is a fact too.
pub(crate) fn hours_facts(desk: &DepartmentHours, dates: impl Iterator<Item = Date>) -> Vec<Evidence> {
    dates
        .fold(facts_of(desk), |facts, date| {
            let facts = facts.add("date", Fact::Date(date));
            desk.hours.spans_on(date).into_iter().fold(facts, |facts, span| {
                facts.add("opens", Fact::Time(span.opens)).add("closes", Fact::Time(span.closes))
            })
        })
        .into_evidence()
}
