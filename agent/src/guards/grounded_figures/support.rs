//! Which records state a value, and whether the customer said it.

use forecourt_domain::evidence::{Evidence, Fact, Source};
use jiff::civil::Time;

use super::measures::customer_price;
use crate::guards::{
    GuardContext,
    draft::Draft,
    figures::{DistanceUnit, Said, Value, address_words, dialled, distance_unit, identifier},
    grounds::{is_description, is_payment, matches_identifier},
    names::tokens,
    text::plain,
};

/// The sources of our records that state `value`.
pub(super) fn sources_of<'a>(draft: &'a Draft, context: &GuardContext, value: &Value) -> Vec<&'a Source> {
    let unit = distance_unit(context.currency);
    let facts =
        draft.grounds.ours.iter().filter(|evidence| states(evidence, value, unit)).map(|evidence| &evidence.source);
    let mut sources: Vec<&Source> = facts.collect();
    if sources.is_empty() {
        let records = draft.grounds.records().iter();
        let stating = records.filter(|record| record.figures.iter().any(|figure| is_same(&figure.value, value)));
        sources.extend(stating.map(|record| &record.evidence.source));
    }
    sources
}

/// The vehicles that state `value`; none when something else does too, or nothing.
pub(super) fn bearers_of(draft: &Draft, value: &Value) -> Option<Vec<usize>> {
    let sources = sources_of_any_unit(draft, value);
    if sources.is_empty() {
        return None;
    }
    sources.iter().map(|source| draft.grounds.vehicle_of(source)).collect()
}

fn sources_of_any_unit<'a>(draft: &'a Draft, value: &Value) -> Vec<&'a Source> {
    let stating = |evidence: &&&Evidence| {
        [DistanceUnit::Mile, DistanceUnit::Kilometre].into_iter().any(|unit| states(evidence, value, unit))
    };
    draft.grounds.ours.iter().filter(stating).map(|evidence| &evidence.source).collect()
}

/// Whether a typed fact is the value. `unit` is that of the odometers of this dealership.
fn states(evidence: &Evidence, value: &Value, unit: DistanceUnit) -> bool {
    if is_description(evidence) {
        // Its figures are read with their units.
        return false;
    }
    match (value, &evidence.fact) {
        (Value::Money { minor, sign, per_period }, Fact::Money(money)) => {
            *minor == money.minor
                && sign.is_none_or(|sign| sign == money.currency.sign())
                && *per_period == is_payment(evidence)
        }
        (Value::Percentage(share), Fact::Percentage(known)) => *share == i64::from(*known),
        (Value::Distance { distance, unit: said, term: false }, Fact::Mileage(known)) => {
            *distance == i64::from(*known) && *said == unit
        }
        (Value::Year(year), Fact::Year(known)) => year == known,
        (Value::Phone(phone), Fact::Phone(known)) => is_same_phone(phone, &dialled(known)),
        (Value::Email(email), Fact::Email(known)) => *email == known.to_lowercase(),
        (Value::Address(words), Fact::Address(known) | Fact::Text(known)) => {
            contains_words(&address_words(&plain(known)), words)
        }
        (Value::Identifier { text, said }, Fact::Identifier(known)) => {
            matches_identifier(&identifier(known), text, *said)
        }
        (Value::Identifier { text, said: Said::Bare }, Fact::Name(known)) => is_part_of_name(known, text),
        (Value::Number(thousandths), fact) => states_number(fact, *thousandths),
        _ => false,
    }
}

/// Whether some words of a name, joined, are the code: `CX5` of "2021 Mazda CX-5 Touring".
fn is_part_of_name(name: &str, code: &str) -> bool {
    let parts = tokens(name);
    (0..parts.len())
        .any(|from| (from..parts.len()).any(|to| identifier(&name[parts[from].start..parts[to].end]) == code))
}

/// A number without a unit may be any number of a record.
fn states_number(fact: &Fact, thousandths: i64) -> bool {
    let is = |number: i64| number.checked_mul(1000) == Some(thousandths);
    match fact {
        Fact::Money(money) => money.minor.checked_mul(10) == Some(thousandths),
        Fact::Mileage(number) | Fact::Count(number) => is(i64::from(*number)),
        Fact::Year(year) => is(i64::from(*year)),
        Fact::Percentage(share) => i64::from(*share) * 10 == thousandths,
        Fact::Phone(text) | Fact::Address(text) | Fact::Identifier(text) | Fact::Name(text) | Fact::Text(text) => {
            thousandths % 1000 == 0 && digit_runs(text).any(|run| run.parse() == Ok(thousandths / 1000))
        }
        Fact::Email(_) | Fact::Date(_) | Fact::Time(_) | Fact::Instant(_) | Fact::InStock(_) => false,
    }
}

fn digit_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() > 2)
}

/// The same number with or without country code; seven digits are a local part.
fn is_same_phone(said: &str, known: &str) -> bool {
    let (said, known) = (said.trim_start_matches('+'), known.trim_start_matches('+'));
    let national = |digits: &str| digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(digits).to_owned();
    let trunk = said.strip_prefix('0').filter(|rest| rest.len() >= 8);
    let (short, long) = (national(said), national(known));
    short == long
        || (matches!(short.len(), 7..=9) && long.ends_with(&short))
        || trunk.is_some_and(|rest| long.ends_with(rest))
}

fn contains_words(known: &[String], said: &[String]) -> bool {
    !said.is_empty() && known.windows(said.len()).any(|window| window == said)
}

/// Whether two values read from texts are one.
fn is_same(known: &Value, value: &Value) -> bool {
    match (known, value) {
        (
            Value::Money { minor, sign, per_period },
            Value::Money { minor: other, sign: other_sign, per_period: other_period },
        ) => {
            minor == other
                && per_period == other_period
                && (sign.is_none() || other_sign.is_none() || sign == other_sign)
        }
        (Value::Phone(known), Value::Phone(said)) => is_same_phone(said, known),
        (Value::Address(known), Value::Address(said)) => contains_words(known, said),
        (Value::Identifier { text: known, .. }, Value::Identifier { text, said }) => {
            matches_identifier(known, text, *said)
        }
        (
            Value::Distance { distance, unit, term: true },
            Value::Distance { distance: other, unit: other_unit, term: true },
        ) => distance == other && unit == other_unit,
        // "353 miles" and "84" where a record says how far a charge reaches.
        (Value::Quantity { thousandths: known, .. }, Value::Number(thousandths)) => known == thousandths,
        (Value::Money { minor, .. }, Value::Number(thousandths)) => minor.checked_mul(10) == Some(*thousandths),
        (Value::Distance { distance, .. }, Value::Number(thousandths)) => {
            distance.checked_mul(1000) == Some(*thousandths)
        }
        (known, value) => known == value,
    }
}

/// Whether the customer stated the value, in whichever shorthand.
pub(super) fn was_said(draft: &Draft, value: &Value) -> bool {
    draft.grounds.theirs().iter().any(|theirs| match (theirs, value) {
        (Value::Number(thousandths), Value::Money { minor, per_period: false, .. }) => {
            customer_price(*thousandths) == *minor || thousandths / 10 == *minor
        }
        (Value::Money { minor, .. }, Value::Money { minor: other, .. }) => {
            minor == other || minor.checked_mul(1000) == Some(*other)
        }
        (Value::Distance { distance, .. }, Value::Distance { distance: other, .. }) => distance == other,
        (Value::Number(thousandths), Value::Distance { distance, .. }) => {
            distance.checked_mul(1000) == Some(*thousandths)
        }
        (Value::Number(thousandths), Value::Quantity { thousandths: other, .. } | Value::Number(other)) => {
            thousandths == other
        }
        (Value::Number(thousandths), Value::Count { number, .. }) => number.checked_mul(1000) == Some(*thousandths),
        (Value::Number(thousandths), Value::Year(year)) => i64::from(*year) * 1000 == *thousandths,
        (Value::Number(thousandths), Value::Time { any_of }) => {
            any_of.iter().any(|time| is_hour(*thousandths / 1000, *time))
        }
        (Value::Address(words), Value::Number(thousandths)) => words.contains(&(thousandths / 1000).to_string()),
        (Value::Number(thousandths), Value::Identifier { text, .. }) => *text == (thousandths / 1000).to_string(),
        (Value::Count { number, .. }, Value::Count { number: other, .. }) => number == other,
        (Value::Days(theirs), Value::Days(ours)) => {
            ours.iter().all(|day| theirs.iter().any(|known| known.any_of.iter().any(|date| day.any_of.contains(date))))
        }
        (Value::Time { any_of: theirs }, Value::Time { any_of }) => theirs.iter().any(|time| any_of.contains(time)),
        (Value::Host(known), Value::Host(host)) => known == host,
        (theirs, value) => is_same(theirs, value),
    })
}

/// A customer's "like 6?" or "330" as a time of day.
fn is_hour(number: i64, time: Time) -> bool {
    let (hour, minute) = if number < 100 { (number, 0) } else { (number / 100, number % 100) };
    (1..=12).contains(&hour) && i64::from(time.hour()) % 12 == hour % 12 && i64::from(time.minute()) == minute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_ours_with_or_without_country_code_and_in_its_local_part() {
        for said in ["+17205550100", "17205550100", "7205550100", "5550100"] {
            assert!(is_same_phone(said, "+17205550100"), "{said}");
        }
        for said in ["7205550101", "0100", "+447205550100", "72055501001", "3035550100"] {
            assert!(!is_same_phone(said, "+17205550100"), "{said}");
        }
        assert!(is_same_phone("0142685300", "+33142685300"));
    }

    #[test]
    fn a_customer_writes_hours_without_a_word() {
        for (number, at) in [(6, "18:00"), (330, "15:30"), (1115, "11:15"), (12, "12:00")] {
            assert!(is_hour(number, at.parse().unwrap()), "{number}");
        }
        assert!(!is_hour(6, "18:30".parse().unwrap()));
        assert!(!is_hour(27, "03:00".parse().unwrap()));
    }
}
