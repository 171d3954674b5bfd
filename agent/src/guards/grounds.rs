//! The evidence of a turn arranged for look-up: what our records say, what the customer said.
//!
//! How the tools record evidence, which the guards rely on:
//! - All facts of one vehicle share one source of kind `vehicle`. Its name comes in the fields
//!   `make`, `model` and `trim`; its `in_stock` is [`Fact::InStock`].
//! - A time one can book is a [`Fact::Instant`] of a source of kind `slot`; that of an appointment
//!   one of kind `appointment`, whose `status` is a [`Fact::Text`]. Of two versions of an
//!   appointment the newer one holds.
//! - Opening hours are a [`Fact::Date`] and the [`Fact::Time`]s that follow it in the same source, in
//!   fields with `opens` and `closes` in their names; a date that no time follows is a closed day.
//! - A payment (money per month) has `payment` in the name of its field.
//! - A `spread` between vehicles is no fact about either: the guards do the arithmetic themselves. A
//!   `question` states nothing: its answer does.

use std::{cell::OnceCell, collections::HashMap, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::{
    evidence::{Evidence, EvidenceClass, Fact, Source, SourceKind},
    money::Money,
};
use jiff::{
    Zoned,
    civil::{Date, DateTime, Time},
};
use uuid::Uuid;

use super::{
    GuardContext,
    figures::{Figure, Reader, Said, Speaker, Value, identifier},
    lexicon::{NUMBER_WORDS, WEEKDAYS, alternatives},
    text::{pattern, plain},
};

/// A vehicle that our records speak of.
#[derive(Debug, Default)]
pub(super) struct Vehicle {
    pub id: Uuid,
    pub years: Vec<i16>,
    pub prices: Vec<Money>,
    pub mileages: Vec<u32>,
    /// None when no record says.
    pub in_stock: Option<bool>,
    identifiers: Vec<String>,
}

/// A moment of our records in local time: an instant, or a time that follows its date.
#[derive(Debug)]
pub(super) struct Moment<'a> {
    pub evidence: &'a Evidence,
    pub local: DateTime,
}

/// A text or name of our records that holds figures.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub evidence: &'a Evidence,
    pub figures: Vec<Figure>,
}

/// All evidence of a turn.
pub(super) struct Grounds<'a> {
    /// Evidence of every class but `customer_said`.
    pub ours: Vec<&'a Evidence>,
    pub vehicles: Vec<Vehicle>,
    pub moments: Vec<Moment<'a>>,
    /// Times that no date goes before in their source.
    pub dateless: Vec<&'a Evidence>,
    context: GuardContext<'a>,
    now: Zoned,
    /// Digits of the draft, to pass over records that cannot matter; empty to read them all.
    draft_runs: Vec<String>,
    records: OnceCell<Vec<Record<'a>>>,
    theirs: OnceCell<Vec<Value>>,
}

impl<'a> Grounds<'a> {
    /// Arranges the evidence of `context` for a draft in plain spelling; `now` is local.
    pub(super) fn of(context: &GuardContext<'a>, now: &Zoned, draft: &str) -> Self {
        let ours: Vec<_> = context.evidence.iter().filter(|evidence| is_stated_by_us(evidence)).collect();
        let (moments, dateless) = moments(&ours, context);
        Self {
            vehicles: vehicles(&ours),
            ours,
            moments,
            dateless,
            context: *context,
            now: now.clone(),
            draft_runs: if FIGURE_WORDS.is_match(draft) { Vec::new() } else { digit_runs(draft) },
            records: OnceCell::new(),
            theirs: OnceCell::new(),
        }
    }

    /// The texts of our records with their figures. Read when first asked for: a draft whose figures
    /// all stand in typed facts never pays for it.
    pub(super) fn records(&self) -> &[Record<'a>] {
        self.records.get_or_init(|| {
            let reader = self.reader(Speaker::Record);
            let texts = self.ours.iter().filter_map(|evidence| match &evidence.fact {
                Fact::Text(text) | Fact::Address(text) | Fact::Name(text) if may_state(text, &self.draft_runs) => {
                    Some((evidence, plain(text)))
                }
                _ => None,
            });
            let stated = |evidence: &Evidence, figure: &Figure| !is_description(evidence) || describes(&figure.value);
            texts
                .map(|(evidence, text)| {
                    let figures = reader.figures(&text).into_iter().filter(|figure| stated(evidence, figure)).collect();
                    Record { evidence, figures }
                })
                .collect()
        })
    }

    /// What the customer stated, in the texts of this conversation or as evidence. Read when first asked
    /// for, too: it matters only to what no record states.
    pub(super) fn theirs(&self) -> &[Value] {
        self.theirs.get_or_init(|| {
            let reader = self.reader(Speaker::Customer);
            let said = self.context.customer_said.iter().flat_map(|text| reader.figures(&plain(text)));
            let mut theirs: Vec<Value> = said.map(|figure| figure.value).collect();
            let claimed = self.context.evidence.iter().filter(|evidence| {
                // A name states no figure, whatever somebody wrote into it.
                evidence.class == EvidenceClass::CustomerSaid && !evidence.field.ends_with("_name")
            });
            theirs.extend(claimed.flat_map(|evidence| values(&evidence.fact, &self.context, &reader)));
            theirs
        })
    }

    fn reader(&self, speaker: Speaker) -> Reader<'_> {
        Reader { now: &self.now, currency: self.context.currency, speaker, names: &[] }
    }

    /// The index of the vehicle a source is.
    pub(super) fn vehicle_of(&self, source: &Source) -> Option<usize> {
        let vehicle = (source.kind == SourceKind::Vehicle).then_some(source.id)?;
        self.vehicles.iter().position(|known| known.id == vehicle)
    }

    /// The vehicles whose VIN or stock number is `code` (or ends in it).
    pub(super) fn vehicles_identified(&self, code: &str, said: Said) -> Vec<usize> {
        let has = |vehicle: &Vehicle| vehicle.identifiers.iter().any(|known| matches_identifier(known, code, said));
        (0..self.vehicles.len()).filter(|index| has(&self.vehicles[*index])).collect()
    }

    /// The opening hours our records state for a day, as pairs of opening and closing.
    pub(super) fn hours_on(&self, date: Date) -> impl Iterator<Item = (Time, Time)> {
        let at = move |part: &'static str| {
            self.moments
                .iter()
                .filter(move |moment| moment.local.date() == date && moment.evidence.field.contains(part))
        };
        at("opens").flat_map(move |opens| {
            let closes = at("closes").filter(|closes| closes.evidence.source.id == opens.evidence.source.id);
            closes.map(|closes| (opens.local.time(), closes.local.time()))
        })
    }

    /// Whether a department states the day without any time: it is closed then.
    pub(super) fn is_closed_on(&self, date: Date) -> bool {
        let of_hours = |evidence: &&&Evidence| {
            matches!(evidence.source.kind, SourceKind::Department | SourceKind::Dealership)
                && evidence.fact == Fact::Date(date)
        };
        self.ours.iter().filter(of_hours).any(|day| {
            !self.moments.iter().any(|moment| moment.evidence.source.id == day.source.id && moment.local.date() == date)
        })
    }
}

/// Whether `code` as a text says it is the identifier `known` (both normalised).
pub(super) fn matches_identifier(known: &str, code: &str, said: Said) -> bool {
    match said {
        Said::Named | Said::Bare => known == code,
        Said::Ending => known.ends_with(code),
    }
}

static FIGURE_WORDS: LazyLock<Pattern> = LazyLock::new(|| {
    let words = [alternatives(&NUMBER_WORDS), alternatives(&WEEKDAYS)].join("|");
    pattern(&format!(r"(?i)\.\p{{L}}{{2}}|\b(?:noon|midnight|weekdays|{words})"))
});

/// Whether a text of ours can state a figure of the draft: they share a run of digits, or either
/// has figures in words. Reading a text in full costs a hundred times this look.
fn may_state(text: &str, draft_runs: &[String]) -> bool {
    let shared = |run: &String| draft_runs.binary_search(run).is_ok();
    draft_runs.is_empty() || !text.is_ascii() || FIGURE_WORDS.is_match(text) || digit_runs(text).iter().any(shared)
}

/// The runs of digits of a text, apart (`28`, `990`) and joined over a separator (`28990`), sorted.
fn digit_runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.' | '\'' | ' ')) {
        let parts: Vec<&str> = word.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        runs.extend(parts.windows(2).filter(|pair| pair[1].len() == 3).map(|pair| pair.concat()));
        runs.extend(parts.into_iter().map(str::to_owned));
    }
    runs.sort_unstable();
    runs
}

/// Evidence that words may rest on as ours.
fn is_stated_by_us(evidence: &Evidence) -> bool {
    let states = !evidence.field.contains("spread") && evidence.field != "question";
    states && evidence.class > EvidenceClass::CustomerSaid
}

/// Whether the evidence is the free text of a vehicle, which anybody may have written into a feed.
pub(super) fn is_description(evidence: &Evidence) -> bool {
    evidence.source.kind == SourceKind::Vehicle && evidence.field == "description"
}

/// Whether a figure tells how a vehicle is built, which is what a description is there for. What it costs,
/// whom to call and where to look stands in fields of its own.
const fn describes(value: &Value) -> bool {
    match value {
        Value::Quantity { .. } | Value::Count { .. } | Value::Distance { .. } | Value::Identifier { .. } => true,
        Value::Money { .. }
        | Value::Percentage(_)
        | Value::Year(_)
        | Value::Phone(_)
        | Value::Email(_)
        | Value::Host(_)
        | Value::Address(_)
        | Value::Number(_)
        | Value::Days(_)
        | Value::Time { .. } => false,
    }
}

/// The moments of evidence, and the times that have no date.
fn moments<'a>(ours: &[&'a Evidence], context: &GuardContext<'a>) -> (Vec<Moment<'a>>, Vec<&'a Evidence>) {
    let (mut moments, mut dateless) = (Vec::new(), Vec::new());
    let mut dates: HashMap<Uuid, Date> = HashMap::new();
    for evidence in ours.iter().copied() {
        let source = evidence.source.id;
        match evidence.fact {
            Fact::Instant(instant) => moments.push(Moment { evidence, local: context.zone.local(instant).datetime() }),
            Fact::Date(date) => {
                dates.insert(source, date);
            }
            Fact::Time(time) => match dates.get(&source) {
                Some(date) => moments.push(Moment { evidence, local: date.to_datetime(time) }),
                None => dateless.push(evidence),
            },
            _ => {}
        }
    }
    (moments, dateless)
}

fn vehicles(ours: &[&Evidence]) -> Vec<Vehicle> {
    let mut vehicles: Vec<Vehicle> = Vec::new();
    for evidence in ours.iter().filter(|evidence| evidence.source.kind == SourceKind::Vehicle) {
        let index = vehicles.iter().position(|vehicle| vehicle.id == evidence.source.id).unwrap_or_else(|| {
            vehicles.push(Vehicle { id: evidence.source.id, ..Vehicle::default() });
            vehicles.len() - 1
        });
        let vehicle = &mut vehicles[index];
        match &evidence.fact {
            Fact::Money(price) if !is_payment(evidence) => vehicle.prices.push(*price),
            Fact::Mileage(mileage) => vehicle.mileages.push(*mileage),
            Fact::Year(year) => vehicle.years.push(*year),
            Fact::Identifier(code) => vehicle.identifiers.push(identifier(code)),
            // One record that says "sold" outweighs an older one that says "available".
            Fact::InStock(in_stock) => vehicle.in_stock = Some(vehicle.in_stock.unwrap_or(true) && *in_stock),
            _ => {}
        }
    }
    vehicles
}

/// Whether an amount of money is due every month or so.
pub(super) fn is_payment(evidence: &Evidence) -> bool {
    let field = evidence.field.to_ascii_lowercase();
    ["payment", "monthly", "per_month"].iter().any(|word| field.contains(word)) && !field.contains("down")
}

/// The values a claimed fact stands for.
fn values(fact: &Fact, context: &GuardContext, reader: &Reader) -> Vec<Value> {
    let written = match fact {
        Fact::Money(money) => {
            return vec![Value::Money { minor: money.minor, sign: Some(money.currency.sign()), per_period: false }];
        }
        Fact::Instant(instant) => context.zone.local(*instant).strftime("%Y-%m-%d %H:%M").to_string(),
        Fact::Time(time) => time.strftime("%H:%M").to_string(),
        Fact::Date(date) => date.to_string(),
        Fact::Mileage(mileage) => format!("{mileage} miles, {mileage} km"),
        Fact::Year(year) => year.to_string(),
        Fact::Count(count) => return vec![Value::Number(i64::from(*count) * 1000)],
        Fact::Percentage(share) => return vec![Value::Percentage(i64::from(*share))],
        Fact::Identifier(code) => return vec![Value::Identifier { text: identifier(code), said: Said::Bare }],
        Fact::Phone(text) | Fact::Email(text) | Fact::Address(text) | Fact::Name(text) | Fact::Text(text) => {
            text.clone()
        }
        Fact::InStock(_) => return Vec::new(),
    };
    reader.figures(&plain(&written)).into_iter().map(|figure| figure.value).collect()
}
