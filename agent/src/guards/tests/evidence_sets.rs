//! Builds evidence from the compact sets of `testdata/evidence.json`, as the tools would record it.

use std::collections::BTreeMap;

use forecourt_domain::{
    evidence::{CommittedEffect, EffectKind, Evidence, EvidenceClass, Fact, Source, SourceKind},
    hours::Zone,
    money::{Currency, Money},
};
use jiff::civil::DateTime;
use serde::Deserialize;
use uuid::Uuid;

/// What a set may hold; every part may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EvidenceSet {
    total: Option<u32>,
    vehicles: Vec<VehicleRow>,
    slots: Vec<DateTime>,
    appointments: Vec<AppointmentRow>,
    hours: Vec<HoursRow>,
    dealership: Option<DealershipRow>,
    knowledge: Vec<String>,
    handoff: Option<HandoffRow>,
    /// What a turn knows before any tool ran.
    known: Option<KnownRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VehicleRow {
    stock: String,
    vin: String,
    condition: String,
    year: i16,
    make: String,
    model: String,
    trim: String,
    mileage: u32,
    price: i64,
    #[serde(default)]
    in_stock: Option<bool>,
    notes: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppointmentRow {
    at: DateTime,
    #[serde(default)]
    was: Option<DateTime>,
    status: String,
    what: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursRow {
    date: jiff::civil::Date,
    #[serde(default)]
    opens: Option<jiff::civil::Time>,
    #[serde(default)]
    closes: Option<jiff::civil::Time>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DealershipRow {
    address: String,
    phone: String,
    #[serde(default)]
    phones: BTreeMap<String, String>,
    email: String,
    website: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownRow {
    today: jiff::civil::Date,
    opens: jiff::civil::Time,
    closes: jiff::civil::Time,
    next_opening: DateTime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandoffRow {
    ticket: String,
    next_open: DateTime,
}

/// All sets by name.
pub(super) fn evidence_sets() -> BTreeMap<String, EvidenceSet> {
    serde_json::from_str(include_str!("../testdata/evidence.json")).unwrap()
}

/// Collects evidence; each source gets an id of its own.
pub(super) struct Recorder<'a> {
    zone: &'a Zone,
    evidence: Vec<Evidence>,
    next_id: u128,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(zone: &'a Zone) -> Self {
        Self { zone, evidence: Vec::new(), next_id: 1 }
    }

    pub(super) fn source(&mut self, kind: SourceKind, label: &str) -> Source {
        self.next_id += 1;
        Source { kind, id: Uuid::from_u128(self.next_id), version: 1, label: label.to_owned() }
    }

    pub(super) fn add(&mut self, class: EvidenceClass, source: &Source, field: &str, fact: Fact) {
        self.evidence.push(Evidence { class, source: source.clone(), field: field.to_owned(), fact });
    }

    pub(super) fn into_evidence(self) -> Vec<Evidence> {
        self.evidence
    }

    fn at(&self, local: DateTime) -> Fact {
        Fact::Instant(self.zone.instant(local).unwrap())
    }

    pub(super) fn record(&mut self, set: &EvidenceSet) {
        if let Some(total) = set.total {
            let source = self.source(SourceKind::Dealership, "search");
            self.add(EvidenceClass::Tool, &source, "total", Fact::Count(total));
        }
        for vehicle in &set.vehicles {
            self.vehicle(vehicle);
        }
        for slot in &set.slots {
            // A salesperson and a vehicle: a free time rests on both.
            for _ in 0..2 {
                let source = self.source(SourceKind::Slot, &format!("slot={slot}"));
                let fact = self.at(*slot);
                self.add(EvidenceClass::Tool, &source, "starts_at", fact);
            }
        }
        for appointment in &set.appointments {
            self.appointment(appointment);
        }
        self.hours(&set.hours);
        if let Some(dealership) = &set.dealership {
            self.dealership(dealership);
        }
        if let Some(known) = &set.known {
            let source = self.source(SourceKind::Dealership, "the dealership");
            for (field, fact) in [
                ("today", Fact::Date(known.today)),
                ("opens_today", Fact::Time(known.opens)),
                ("closes_today", Fact::Time(known.closes)),
                ("next_opening", Fact::Date(known.next_opening.date())),
                ("next_opening", Fact::Time(known.next_opening.time())),
            ] {
                self.add(EvidenceClass::DealershipFact, &source, field, fact);
            }
        }
        for text in &set.knowledge {
            let source = self.source(SourceKind::Knowledge, "faq");
            self.add(EvidenceClass::Tool, &source, "answer", Fact::Text(text.clone()));
        }
        if let Some(handoff) = &set.handoff {
            let source = self.source(SourceKind::Handoff, &handoff.ticket);
            let next_open = self.at(handoff.next_open);
            self.add(EvidenceClass::Tool, &source, "ticket", Fact::Identifier(handoff.ticket.clone()));
            self.add(EvidenceClass::Tool, &source, "next_open", next_open);
        }
    }

    fn vehicle(&mut self, row: &VehicleRow) {
        let source = self.source(SourceKind::Vehicle, &format!("stock={}", row.stock));
        let in_stock = row.in_stock.unwrap_or(true);
        for (field, fact) in [
            ("stock_number", Fact::Identifier(row.stock.clone())),
            ("vin", Fact::Identifier(row.vin.clone())),
            ("condition", Fact::Text(row.condition.clone())),
            ("year", Fact::Year(row.year)),
            ("make", Fact::Name(row.make.clone())),
            ("model", Fact::Name(row.model.clone())),
            ("trim", Fact::Name(row.trim.clone())),
            ("mileage", Fact::Mileage(row.mileage)),
            ("price", Fact::Money(Money::from_minor(row.price * 100, Currency::Usd))),
            ("in_stock", Fact::InStock(in_stock)),
            ("description", Fact::Text(row.notes.clone())),
        ] {
            self.add(EvidenceClass::Tool, &source, field, fact);
        }
    }

    fn appointment(&mut self, row: &AppointmentRow) {
        let source = self.source(SourceKind::Appointment, "appointment");
        let starts_at = self.at(row.at);
        self.add(EvidenceClass::Tool, &source, "starts_at", starts_at);
        if let Some(was) = row.was {
            let was = self.at(was);
            let before = Source { version: 0, ..source.clone() };
            self.add(EvidenceClass::Fresh, &before, "starts_at", was);
        }
        self.add(EvidenceClass::Tool, &source, "status", Fact::Text(row.status.clone()));
        self.add(EvidenceClass::Tool, &source, "vehicle", Fact::Text(row.what.clone()));
    }

    fn hours(&mut self, rows: &[HoursRow]) {
        if rows.is_empty() {
            return;
        }
        let source = self.source(SourceKind::Department, "sales");
        for row in rows {
            self.add(EvidenceClass::DealershipFact, &source, "date", Fact::Date(row.date));
            for (field, time) in [("opens", row.opens), ("closes", row.closes)] {
                if let Some(time) = time {
                    self.add(EvidenceClass::DealershipFact, &source, field, Fact::Time(time));
                }
            }
            if let Some(note) = &row.note {
                self.add(EvidenceClass::DealershipFact, &source, "note", Fact::Text(note.clone()));
            }
        }
    }

    fn dealership(&mut self, row: &DealershipRow) {
        let source = self.source(SourceKind::Dealership, "dealership");
        let class = EvidenceClass::DealershipFact;
        self.add(class, &source, "address", Fact::Address(row.address.clone()));
        self.add(class, &source, "phone", Fact::Phone(row.phone.clone()));
        for (department, phone) in &row.phones {
            let department = self.source(SourceKind::Department, department);
            self.add(class, &department, "phone", Fact::Phone(phone.clone()));
        }
        self.add(class, &source, "email", Fact::Email(row.email.clone()));
        self.add(class, &source, "website", Fact::Text(row.website.clone()));
    }

    /// Effects of the given kinds; those on appointments concern the first one recorded.
    pub(super) fn effects(&mut self, kinds: &[EffectKind]) -> Vec<CommittedEffect> {
        let appointment = self.evidence.iter().find(|evidence| evidence.source.kind == SourceKind::Appointment);
        let appointment = appointment.map(|evidence| evidence.source.clone());
        let mut effects = Vec::new();
        for kind in kinds {
            let about = match kind {
                EffectKind::AppointmentBooked
                | EffectKind::AppointmentRescheduled
                | EffectKind::AppointmentCancelled => SourceKind::Appointment,
                EffectKind::ProfileUpdated => SourceKind::Customer,
                EffectKind::LeadUpdated => SourceKind::Lead,
                EffectKind::HandedOff => SourceKind::Handoff,
            };
            let known = appointment.clone().filter(|_| about == SourceKind::Appointment);
            let subject = known.unwrap_or_else(|| self.source(about, "effect"));
            effects.push(CommittedEffect { kind: *kind, subject });
        }
        effects
    }
}
