//! What a text says in figures: every price, number, day, time, address and identifier, typed.
//!
//! One extractor reads the draft, the words of the customer and the texts of our own records, so a
//! figure is the same figure wherever it stands. It knows nothing of evidence.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::money::Currency;
use jiff::{
    Zoned,
    civil::{Date, Time, Weekday},
};

use crate::guards::{
    lexicon::{NUMBER_WORDS, RELATIVE_DAYS, SHORT_WEEKDAYS, WEEKDAYS, alternatives},
    text::pattern,
};

mod amounts;
mod bare_hours;
mod calendar;
mod clock;
mod contacts;
mod counts;
mod day_groups;
mod literal;
mod money;
mod phrases;
mod units;

pub(super) use self::{
    contacts::{address_words, dialled},
    phrases::identifier,
    units::{distance_unit, is_followed_by_unit},
};

/// Whose words are read; it decides how much is taken for a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// A draft of ours.
    Assistant,
    /// A customer, who writes "sat at 3" and "under 30".
    Customer,
    /// A record of ours. "Today" in it is not this day.
    Record,
}

/// A length of road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DistanceUnit {
    Mile,
    Kilometre,
}

/// What a number counts when it is no money, distance or share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Week,
    Day,
    /// As in "seven days a week".
    DayOfTheWeek,
    Hour,
    Minute,
    MilesPerGallon,
    /// How far a charge or a tank reaches, in miles.
    Range,
    Horsepower,
    KilowattHour,
    Seat,
    Owner,
    Litre,
    Inch,
    Pound,
}

/// What a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Vehicles,
    /// Times at which one could come, or appointments.
    Times,
    /// "I found three."
    Unsaid,
}

/// A day as it was written: any of these dates may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    /// Empty when the words contradict each other, such as a Saturday that is no Saturday.
    pub any_of: Vec<Date>,
    /// Set when the words name a weekday and no date.
    pub weekday: Option<Weekday>,
    /// Whether the words only point from today ("tomorrow").
    pub relative: bool,
}

/// A value that a text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// `sign` is none when the text names no currency.
    Money {
        minor: i64,
        sign: Option<&'static str>,
        per_period: bool,
    },
    /// In hundredths of a percent.
    Percentage(i64),
    /// `term` when the distance bounds a warranty, not when a vehicle has driven it.
    Distance {
        distance: i64,
        unit: DistanceUnit,
        term: bool,
    },
    Quantity {
        thousandths: i64,
        unit: Unit,
    },
    Count {
        number: i64,
        of: Counted,
    },
    Year(i16),
    /// Each of them is stated: "Monday to Friday" is five days.
    Days(Vec<Day>),
    /// Any of these may be meant: "at 3" is 3:00 or 15:00.
    Time {
        any_of: Vec<Time>,
    },
    /// Digits, with a leading `+` where the text has one.
    Phone(String),
    Email(String),
    /// A host name without `www.`, in lower case.
    Host(String),
    /// A street address as normalised words.
    Address(Vec<String>),
    /// Letters and digits in upper case, without hyphens. `said` tells how the text calls it.
    Identifier {
        text: String,
        said: Said,
    },
    /// A number whose unit the text does not say, in thousandths.
    Number(i64),
}

/// How a text introduces an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// "stock number", "reference", "VIN", or 17 characters that can be nothing else.
    Named,
    /// "ending in".
    Ending,
    /// Letters and digits without a word for what they are; may also be a model.
    Bare,
}

/// One figure and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure {
    pub value: Value,
    pub span: Range<usize>,
}

/// What a text is read with.
pub(super) struct Reader<'a> {
    /// The present at the dealership.
    pub now: &'a Zoned,
    pub currency: Currency,
    pub speaker: Speaker,
    /// Stretches that are names, whose digits are no figures.
    pub names: &'a [Range<usize>],
}

impl Reader<'_> {
    /// The figures of `text` (as `text::plain` spells it), in the order they stand.
    pub(super) fn figures(&self, text: &str) -> Vec<Figure> {
        if may_hold_figures(text) { self.read(text) } else { Vec::new() }
    }

    fn read(&self, text: &str) -> Vec<Figure> {
        let mut scan = Scan { text, reader: self, taken: vec![false; text.len()], found: Vec::new() };
        contacts::read_links(&mut scan);
        read_vins(&mut scan);
        for name in self.names {
            scan.mask(name.clone());
        }
        phrases::mask_idioms(&mut scan);
        contacts::read_phones(&mut scan);
        contacts::read_addresses(&mut scan);
        phrases::read_named_identifiers(&mut scan);
        calendar::read_days(&mut scan);
        clock::read_times(&mut scan);
        phrases::read_bare_identifiers(&mut scan);
        amounts::read_amounts(&mut scan);
        scan.found.sort_by_key(|figure| figure.span.start);
        scan.found
    }
}

/// Letters that a figure without a digit has: of numbers, days and hours in words, of hosts and addresses.
static WITHOUT_DIGITS: LazyLock<Pattern> = LazyLock::new(|| {
    let words = [
        alternatives(&NUMBER_WORDS),
        alternatives(&WEEKDAYS),
        alternatives(&SHORT_WEEKDAYS),
        alternatives(&RELATIVE_DAYS),
    ];
    let words = words.join("|");
    pattern(&format!(r"(?i){words}|noon|mid|mediod|medianoche|weekday|once|una|une|://|@|[.]\p{{L}}|www"))
});

/// A look that costs little: most names and many descriptions of our records hold no figure at all.
fn may_hold_figures(text: &str) -> bool {
    text.chars().any(char::is_numeric) || WITHOUT_DIGITS.is_match(text)
}

/// A text in the course of being read: what was found, and which stretches are spoken for.
struct Scan<'a> {
    text: &'a str,
    reader: &'a Reader<'a>,
    taken: Vec<bool>,
    found: Vec<Figure>,
}

impl Scan<'_> {
    fn is_free(&self, span: &Range<usize>) -> bool {
        !self.taken[span.clone()].iter().any(|taken| *taken)
    }

    fn mask(&mut self, span: Range<usize>) {
        if let Some(taken) = self.taken.get_mut(span) {
            taken.fill(true);
        }
    }

    fn take(&mut self, span: Range<usize>, value: Value) {
        self.mask(span.clone());
        self.found.push(Figure { value, span });
    }
}

static VIN: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b[A-HJ-NPR-Z0-9]{17}\b"));

fn read_vins(scan: &mut Scan) {
    for vin in VIN.find_iter(scan.text) {
        let text = vin.as_str().to_ascii_uppercase();
        let mixed =
            text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_uppercase());
        if mixed && scan.is_free(&vin.range()) {
            scan.take(vin.range(), Value::Identifier { text, said: Said::Named });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, speaker: Speaker) -> String {
        let now = "2026-11-20T14:05-07:00[America/Denver]".parse().unwrap();
        let reader = Reader { now: &now, currency: Currency::Usd, speaker, names: &[] };
        let text = crate::guards::text::plain(text);
        let figures = reader.figures(&text);
        figures
            .iter()
            .map(|figure| format!("{}={}", &text[figure.span.clone()], show(&figure.value)))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn show(value: &Value) -> String {
        match value {
            Value::Money { minor, per_period, .. } => {
                format!("money {minor}{}", if *per_period { " per period" } else { "" })
            }
            Value::Percentage(share) => format!("percentage {share}"),
            Value::Distance { distance, unit, term } => {
                format!("{unit:?} {distance}{}", if *term { " term" } else { "" })
            }
            Value::Quantity { thousandths, unit } => format!("{unit:?} {thousandths}"),
            Value::Count { number, of } => format!("{of:?} {number}"),
            Value::Year(year) => format!("year {year}"),
            Value::Days(days) => days.iter().map(show_day).collect::<Vec<_>>().join("+"),
            Value::Time { any_of } => {
                any_of.iter().map(|time| time.strftime("%H:%M").to_string()).collect::<Vec<_>>().join("|")
            }
            Value::Phone(text) | Value::Email(text) | Value::Host(text) => text.clone(),
            Value::Address(words) => words.join(" "),
            Value::Identifier { text, said } => format!("{said:?} {text}"),
            Value::Number(thousandths) => format!("number {thousandths}"),
        }
    }

    fn show_day(day: &Day) -> String {
        day.any_of.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
    }

    /// Also in parts of sentences, which have fewer figures.
    #[test]
    fn a_text_that_may_not_hold_figures_holds_none() {
        let now = "2026-11-20T14:05-07:00[America/Denver]".parse().unwrap();
        let texts = [include_str!("../testdata/truthful.jsonl"), include_str!("../testdata/truthful_2.jsonl")].concat();
        let words: Vec<&str> = texts.split(['"', ' ', '\n']).filter(|word| !word.is_empty()).collect();
        let parts = words.windows(4).map(|part| crate::guards::text::plain(&part.join(" ")));
        let none: Vec<String> = parts.filter(|part| !may_hold_figures(part)).collect();
        for (part, speaker) in none.iter().zip([Speaker::Customer, Speaker::Record].into_iter().cycle()) {
            let reader = Reader { now: &now, currency: Currency::Usd, speaker, names: &[] };
            assert_eq!(reader.read(part), [], "{part}");
        }
        assert!(none.len() > 1000, "{}", none.len());
    }

    #[test]
    fn figures_are_read_in_the_ways_people_write_them() {
        let texts = include_str!("../testdata/figures.txt");
        let read: Vec<_> =
            texts.lines().map(|text| format!("{text}\n    {}", read(text, Speaker::Assistant))).collect();
        insta::assert_snapshot!(read.join("\n"));
    }
}
