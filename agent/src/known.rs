//! What a turn knows before any tool ran, as evidence: the dealership's own facts and the customer's
//! own appointments. Whatever the request tells the model, its words may rest on.

use forecourt_crm_store::{appointments::Appointment, dealership::DealershipProfile, opening_hours::Calendar};
use forecourt_domain::{
    evidence::{Evidence, EvidenceClass, Fact, Source, SourceKind},
    hours::OpeningHours,
    ids::DepartmentId,
    scope::Scope,
    staff::DepartmentKind,
};
use jiff::Timestamp;

/// The hours a conversation is answered in: its department's, else sales.
pub(crate) fn hours_of(calendar: &Calendar, department_id: Option<DepartmentId>) -> Option<&OpeningHours> {
    let own = calendar.departments.iter().find(|entry| Some(entry.department.id) == department_id);
    let entry = own.or_else(|| calendar.department(&[DepartmentKind::Sales, DepartmentKind::Main]));
    entry.or(calendar.departments.first()).map(|entry| &entry.hours)
}

/// Name, address, phones and today's hours.
pub(crate) fn dealership_facts(
    scope: Scope,
    profile: &DealershipProfile,
    calendar: &Calendar,
    hours: &OpeningHours,
    now: Timestamp,
) -> Vec<Evidence> {
    let source = Source {
        kind: SourceKind::Dealership,
        id: scope.dealership_id().0,
        version: profile.version,
        label: "the dealership".to_owned(),
    };
    let settings = &profile.settings;
    let mut facts = vec![("name", Fact::Name(profile.name.clone()))];
    facts.extend(settings.address.line().map(|line| ("address", Fact::Address(line))));
    facts.extend(settings.phone.clone().map(|phone| ("phone", Fact::Phone(phone))));
    facts.extend(settings.email.clone().map(|email| ("email", Fact::Email(email))));
    facts.extend(settings.website.clone().map(|website| ("website", Fact::Text(website))));
    let phones = calendar.departments.iter().filter_map(|entry| entry.department.phone.clone());
    facts.extend(phones.map(|phone| ("department_phone", Fact::Phone(phone))));
    let local = hours.zone.local(now);
    facts.push(("today", Fact::Date(local.date())));
    facts.extend(
        hours
            .spans_on(local.date())
            .into_iter()
            .flat_map(|span| [("opens_today", Fact::Time(span.opens)), ("closes_today", Fact::Time(span.closes))]),
    );
    if let Some(next) = hours.next_opening(now).map(|at| hours.zone.local(at)) {
        facts.push(("next_opening", Fact::Date(next.date())));
        facts.push(("next_opening", Fact::Time(next.time())));
    }
    evidence_of(&source, EvidenceClass::DealershipFact, facts)
}

/// When the customer is expected.
pub(crate) fn appointment_facts(appointments: &[Appointment]) -> Vec<Evidence> {
    let facts = appointments.iter().flat_map(|appointment| {
        let source = Source {
            kind: SourceKind::Appointment,
            id: appointment.id.0,
            version: appointment.version,
            label: appointment.kind.to_string(),
        };
        evidence_of(&source, EvidenceClass::Fresh, vec![("starts_at", Fact::Instant(appointment.starts_at))])
    });
    facts.collect()
}

/// That a person has been asked: for a conversation with an open handoff, or a proposal that waits.
pub(crate) fn asked_a_person(id: uuid::Uuid, label: &str) -> Evidence {
    let source = Source { kind: SourceKind::Handoff, id, version: 0, label: label.to_owned() };
    let (class, fact) = (EvidenceClass::DealershipFact, Fact::Text(label.to_owned()));
    Evidence { class, source, field: "asked".to_owned(), fact }
}

fn evidence_of(source: &Source, class: EvidenceClass, facts: Vec<(&str, Fact)>) -> Vec<Evidence> {
    let item = |(field, fact): (&str, Fact)| Evidence { class, source: source.clone(), field: field.to_owned(), fact };
    facts.into_iter().map(item).collect()
}
