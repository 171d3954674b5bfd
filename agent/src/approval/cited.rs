//! Which facts words cite, how a person is shown them, and whether they are still so.
//!
//! A text cites a vehicle whose number, model, price or mileage stands in it, an appointment or a free time
//! whose time of day does, a department's hours on the days that it names. It then cites those figures, and that
//! the vehicle can be sold. Where only one vehicle is known and none is named ("it costs the same"), it is that
//! one. The dealership's own answers are cited if any was looked up for the text. What slips through here is met
//! by the guards, which judge the words once more on the facts of the day when they are approved.

use std::collections::BTreeSet;

use forecourt_domain::{
    evidence::{ChangedFact, Evidence, EvidenceClass, Fact, ShownFact, Source, SourceKind},
    hours::Zone,
    money::{Currency, thousands},
};
use forecourt_tools::hours_by_day;
use jiff::{Timestamp, Zoned, civil::Date};
use uuid::Uuid;

/// In whose words facts are shown.
#[derive(Clone, Copy)]
pub(crate) struct Wording<'a> {
    pub zone: &'a Zone,
    pub currency: Currency,
}

/// In a text with one of these the customer's own appointments are spoken of, named or not.
const VISIT_WORDS: [&str; 8] =
    ["appointment", "visit", "test drive", "booked", "cita", "prueba de manejo", "rendez-vous", "essai"];

/// What a customer may be told of the profile and act on.
const PROFILE_FIELDS: [&str; 4] = ["address", "phone", "email", "website"];

/// In a text with one of these opening hours are spoken of, on whichever days.
const HOURS_WORDS: [&str; 12] =
    ["open", "close", "hours", "horario", "abierto", "abrimos", "cerra", "cierra", "ouvert", "ouvr", "ferm", "horaire"];

/// The days of the week, from Monday on, as customers read them.
const WEEKDAYS: [[&str; 3]; 7] = [
    ["monday", "lunes", "lundi"],
    ["tuesday", "martes", "mardi"],
    ["wednesday", "miércoles", "mercredi"],
    ["thursday", "jueves", "jeudi"],
    ["friday", "viernes", "vendredi"],
    ["saturday", "sábado", "samedi"],
    ["sunday", "domingo", "dimanche"],
];

impl Wording<'_> {
    /// Facts as a person is shown them, each once.
    pub(crate) fn show(&self, facts: &[Evidence]) -> Vec<ShownFact> {
        let mut shown: Vec<ShownFact> = Vec::new();
        for item in facts {
            let words = self.words(&item.source, &item.fact);
            let is_there =
                |other: &ShownFact| other.source == item.source && other.field == item.field && other.shown == words;
            if !shown.iter().any(is_there) {
                let (source, field, fact) = (item.source.clone(), item.field.clone(), item.fact.clone());
                shown.push(ShownFact { source, field, fact, shown: words });
            }
        }
        shown
    }

    /// The facts among `evidence` that `text` cites.
    pub(crate) fn cited(&self, text: &str, evidence: &[Evidence]) -> Vec<ShownFact> {
        let text = text.to_lowercase();
        let cited: Vec<Evidence> = [
            self.vehicles(&text, evidence),
            self.appointments(&text, evidence),
            self.slots(&text, evidence),
            hours(&text, evidence),
            self.house(&text, evidence),
        ]
        .concat();
        self.show(&cited)
    }

    /// What is shown and not so any more; `now` is what the same records state today.
    pub(crate) fn changes(&self, shown: &[ShownFact], now: &[Evidence]) -> Vec<ChangedFact> {
        let mut changes: Vec<ChangedFact> = Vec::new();
        for fact in shown {
            let of_field: Vec<&Evidence> = now
                .iter()
                .filter(|item| {
                    item.source.kind == fact.source.kind && item.source.id == fact.source.id && item.field == fact.field
                })
                .collect();
            if of_field.iter().any(|item| item.fact == fact.fact) {
                continue;
            }
            let is = match of_field.first() {
                Some(item) => self.words(&item.source, &item.fact),
                None if fact.source.kind == SourceKind::Slot => "taken".to_owned(),
                None => "not known any more".to_owned(),
            };
            let (label, field, was) = (fact.source.label.clone(), fact.field.clone(), fact.shown.clone());
            let change = ChangedFact { label, field, was, is };
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
        changes
    }

    fn vehicles(&self, text: &str, evidence: &[Evidence]) -> Vec<Evidence> {
        let ids = ids_of(evidence, SourceKind::Vehicle);
        let named: Vec<Uuid> =
            ids.iter().copied().filter(|id| of(evidence, *id).any(|item| self.names_vehicle(text, item))).collect();
        let only = |id: &[Uuid]| if let [only] = id { vec![*only] } else { Vec::new() };
        let unnamed = if named.is_empty() { only(&ids) } else { Vec::new() };
        let said = named
            .iter()
            .flat_map(|id| of(evidence, *id).filter(|item| item.field == "in_stock" || self.is_said(text, &item.fact)));
        let meant = unnamed.iter().flat_map(|id| {
            of(evidence, *id).filter(|item| matches!(item.field.as_str(), "price" | "mileage" | "in_stock"))
        });
        said.chain(meant).cloned().collect()
    }

    fn appointments(&self, text: &str, evidence: &[Evidence]) -> Vec<Evidence> {
        let speaks_of_visits = VISIT_WORDS.iter().any(|word| text.contains(word));
        let is_meant = |id: &Uuid| speaks_of_visits || of(evidence, *id).any(|item| self.is_said(text, &item.fact));
        ids_of(evidence, SourceKind::Appointment)
            .iter()
            .filter(|id| is_meant(id))
            .flat_map(|id| of(evidence, *id).filter(|item| matches!(item.field.as_str(), "starts_at" | "status")))
            .cloned()
            .collect()
    }

    fn slots(&self, text: &str, evidence: &[Evidence]) -> Vec<Evidence> {
        let slots = evidence.iter().filter(|item| item.source.kind == SourceKind::Slot);
        let at_time: Vec<&Evidence> = slots.filter(|item| self.is_said(text, &item.fact)).collect();
        let on_day: Vec<&Evidence> = at_time.iter().copied().filter(|item| self.says_day(text, &item.fact)).collect();
        let meant = if on_day.is_empty() { at_time } else { on_day };
        meant.into_iter().cloned().collect()
    }

    /// What the profile says where it stands in the text, and answers, which nobody repeats word for word.
    fn house(&self, text: &str, evidence: &[Evidence]) -> Vec<Evidence> {
        let is_meant = |item: &&Evidence| match item.source.kind {
            SourceKind::Dealership => PROFILE_FIELDS.contains(&item.field.as_str()) && self.is_said(text, &item.fact),
            SourceKind::Knowledge => item.field == "answer",
            _ => false,
        };
        evidence.iter().filter(is_meant).cloned().collect()
    }

    /// Whether a fact tells a vehicle from others and stands in the text.
    fn names_vehicle(&self, text: &str, item: &Evidence) -> bool {
        let tells = match item.fact {
            Fact::Identifier(_) | Fact::Money(_) | Fact::Mileage(_) => true,
            Fact::Name(_) => item.field == "model",
            _ => false,
        };
        tells && self.is_said(text, &item.fact)
    }

    fn is_said(&self, text: &str, fact: &Fact) -> bool {
        let spelled: Vec<String> = match fact {
            Fact::Money(money) => spelled(money.minor.unsigned_abs() / 100),
            Fact::Mileage(number) => spelled(u64::from(*number)),
            Fact::Year(year) => vec![year.to_string()],
            Fact::Identifier(text)
            | Fact::Name(text)
            | Fact::Text(text)
            | Fact::Phone(text)
            | Fact::Email(text)
            | Fact::Address(text) => vec![text.to_lowercase()],
            Fact::Instant(at) => times(&self.zone.local(*at)),
            Fact::Date(_) | Fact::Time(_) | Fact::Count(_) | Fact::Percentage(_) | Fact::InStock(_) => Vec::new(),
        };
        spelled.iter().any(|word| holds(text, word))
    }

    fn says_day(&self, text: &str, fact: &Fact) -> bool {
        let Fact::Instant(at) = fact else { return false };
        let local = self.zone.local(*at);
        ["%A", "%B %-d", "%b %-d"].iter().any(|form| holds(text, &local.strftime(form).to_string().to_lowercase()))
    }

    fn words(&self, source: &Source, fact: &Fact) -> String {
        match fact {
            Fact::Money(money) => money.to_string(),
            Fact::Mileage(number) => {
                let unit = if matches!(self.currency, Currency::Usd | Currency::Gbp) { "miles" } else { "km" };
                format!("{} {unit}", thousands(u64::from(*number)))
            }
            Fact::Year(year) => year.to_string(),
            Fact::Count(count) => count.to_string(),
            Fact::Percentage(hundredths) => format!("{}.{:02} %", hundredths / 100, hundredths % 100),
            Fact::Date(date) => date.strftime("%A, %B %-d, %Y").to_string(),
            Fact::Time(time) => time.strftime("%-I:%M %p").to_string(),
            Fact::Instant(at) => self.moment(*at, source.kind == SourceKind::Slot),
            Fact::InStock(true) => "in stock".to_owned(),
            Fact::InStock(false) => "not in stock".to_owned(),
            Fact::Identifier(text)
            | Fact::Name(text)
            | Fact::Text(text)
            | Fact::Phone(text)
            | Fact::Email(text)
            | Fact::Address(text) => text.clone(),
        }
    }

    /// `Saturday, November 21, 2026 at 3:00 PM`.
    fn moment(&self, at: Timestamp, is_free: bool) -> String {
        let text = self.zone.local(at).strftime("%A, %B %-d, %Y at %-I:%M %p").to_string();
        if is_free { format!("{text}, free") } else { text }
    }
}

/// The hours that a text in small letters tells: of the one day that it names, or else of all that were looked up.
fn hours(text: &str, evidence: &[Evidence]) -> Vec<Evidence> {
    let is_named = |day: &Date| {
        let [in_full, short] = ["%B %-d", "%b %-d"].map(|form| day.strftime(form).to_string().to_lowercase());
        let weekday = WEEKDAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
        weekday.iter().any(|name| text.contains(name)) || holds(text, &in_full) || holds(text, &short)
    };
    let days = hours_by_day(evidence);
    let named: BTreeSet<Date> = days.iter().map(|(day, _)| *day).filter(is_named).collect();
    let speaks_of_hours = HOURS_WORDS.iter().any(|word| text.contains(word));
    // "Monday to Friday" names two of five.
    let is_meant = |day: &Date| if named.len() == 1 { named.contains(day) } else { speaks_of_hours };
    days.into_iter().filter(|(day, _)| is_meant(day)).map(|(_, hours)| hours).collect()
}

/// A shown fact as evidence.
pub(super) fn evidence_of(shown: ShownFact) -> Evidence {
    Evidence { class: EvidenceClass::Tool, source: shown.source, field: shown.field, fact: shown.fact }
}

/// The records of one kind, in their order.
fn ids_of(evidence: &[Evidence], kind: SourceKind) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = Vec::new();
    for item in evidence.iter().filter(|item| item.source.kind == kind) {
        if !ids.contains(&item.source.id) {
            ids.push(item.source.id);
        }
    }
    ids
}

fn of(evidence: &[Evidence], id: Uuid) -> impl Iterator<Item = &Evidence> {
    evidence.iter().filter(move |item| item.source.id == id)
}

/// A number as people write it: `26,990`, `26.990`, `26 990`, `26990`.
fn spelled(number: u64) -> Vec<String> {
    let commas = thousands(number);
    let with = |separator: &str| commas.replace(',', separator);
    vec![with("."), with(" "), with("\u{a0}"), with("\u{202f}"), with(""), commas]
}

/// A time of day as people write it, in small letters.
fn times(local: &Zoned) -> Vec<String> {
    let mut forms = vec!["%-I:%M %p", "%-I:%M%p", "%-H:%M", "%-I:%M", "%-H h %M", "%-Hh%M", "%-H h%M"];
    if local.minute() == 0 {
        forms.extend(["%-I %p", "%-I%p", "%-H h", "%-Hh", "at %-I", "a las %-I", "at %-I o'clock"]);
    }
    forms.iter().map(|form| local.strftime(form).to_string().to_lowercase()).collect()
}

/// Whether `text` holds `word` with neither a letter nor a digit directly beside it.
fn holds(text: &str, word: &str) -> bool {
    let beside = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(at, found)| {
            !beside(text[..at].chars().next_back()) && !beside(text[at + found.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use forecourt_domain::money::Money;

    use super::*;

    fn item(id: u128, kind: SourceKind, field: &str, fact: Fact) -> Evidence {
        let source = Source { kind, id: Uuid::from_u128(id), version: 1, label: format!("{kind} {id}") };
        Evidence { class: EvidenceClass::Tool, source, field: field.to_owned(), fact }
    }

    fn vehicle(id: u128, model: &str, price: i64, mileage: u32) -> Vec<Evidence> {
        let item = |field, fact| item(id, SourceKind::Vehicle, field, fact);
        vec![
            item("model", Fact::Name(model.to_owned())),
            item("price", Fact::Money(Money::from_minor(price * 100, Currency::Usd))),
            item("mileage", Fact::Mileage(mileage)),
            item("in_stock", Fact::InStock(true)),
        ]
    }

    fn slot(id: u128, at: &str) -> Evidence {
        item(id, SourceKind::Slot, "starts_at", Fact::Instant(at.parse().unwrap()))
    }

    fn cited(text: &str, evidence: &[Evidence]) -> Vec<String> {
        let zone = "America/Denver".parse().unwrap();
        let wording = Wording { zone: &zone, currency: Currency::Usd };
        let facts = wording.cited(text, evidence);
        facts.iter().map(|fact| format!("{} {}: {}", fact.source.label, fact.field, fact.shown)).collect()
    }

    #[test]
    fn a_text_cites_the_figures_it_holds_and_that_the_vehicle_is_there() {
        let two = [vehicle(1, "CX-5", 26_990, 31_200), vehicle(2, "Outback", 29_450, 24_800)].concat();
        let one = vehicle(1, "CX-5", 26_990, 31_200);
        let price = ["vehicle 1 price: $26,990", "vehicle 1 in_stock: in stock"];
        for (text, evidence, expected) in [
            ("It costs $26,990.", &two, &price[..]),
            ("Cuesta 26.990 dólares.", &two, &price[..]),
            ("Il coûte 26 990 $.", &two, &price[..]),
            ("The CX-5 is here.", &two, &["vehicle 1 model: CX-5", "vehicle 1 in_stock: in stock"][..]),
            ("Which one do you like?", &two, &[][..]),
            (
                "It still costs the same.",
                &one,
                &["vehicle 1 price: $26,990", "vehicle 1 mileage: 31,200 miles", "vehicle 1 in_stock: in stock"][..],
            ),
            ("It has stock number X126,9901.", &two, &[][..]),
        ] {
            assert_eq!(cited(text, evidence), expected, "{text}");
        }
    }

    #[test]
    fn a_text_cites_the_times_it_offers_of_the_day_it_offers() {
        let times = [slot(1, "2026-11-21T22:00:00Z"), slot(2, "2026-11-22T22:00:00Z"), slot(3, "2026-11-21T23:00:00Z")];
        let three = "slot 1 starts_at: Saturday, November 21, 2026 at 3:00 PM, free";
        assert_eq!(cited("Saturday at 3 PM works.", &times), [three]);
        assert_eq!(cited("3:00 PM works.", &times).len(), 2, "either day");
        assert_eq!(cited("Any time works.", &times), Vec::<String>::new());
        let appointment =
            [item(9, SourceKind::Appointment, "starts_at", Fact::Instant("2026-11-21T22:00:00Z".parse().unwrap()))];
        assert_eq!(cited("See you at 3:00 PM!", &appointment).len(), 1);
        assert_eq!(cited("Your appointment stands.", &appointment).len(), 1);
        assert_eq!(cited("Which one do you like?", &appointment).len(), 0);
    }

    #[test]
    fn only_a_cited_field_that_reads_differently_is_a_change() {
        let zone = "America/Denver".parse().unwrap();
        let wording = Wording { zone: &zone, currency: Currency::Usd };
        let shown = wording.cited("It costs $26,990.", &vehicle(1, "CX-5", 26_990, 31_200));
        assert_eq!(wording.changes(&shown, &vehicle(1, "CX-5", 26_990, 40_000)), []);
        let changes = wording.changes(&shown, &vehicle(1, "CX-5", 25_500, 31_200));
        assert_eq!(
            changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["price of vehicle 1 was $26,990 and is $25,500"]
        );
        assert_eq!(wording.changes(&shown, &[]).len(), 2, "the record is gone");
        let slot = [slot(1, "2026-11-21T22:00:00Z")];
        assert_eq!(wording.changes(&wording.show(&slot), &[])[0].is, "taken");
    }
}
