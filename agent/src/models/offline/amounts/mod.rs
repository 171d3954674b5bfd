//! Prices, mileages, model years and monthly payments as customers write them.

mod figures;
mod limits;

use std::ops::Range;

pub(super) use self::figures::small_number;
use self::{
    figures::{Figure, figure_at, is_payment},
    limits::{Bound, bound_after, bound_before},
};
use super::words::Word;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Whole currency units.
    Money,
    Miles,
    /// A model year.
    Year,
    /// Money per month or week: a matter of financing, never a price.
    Payment,
}

/// A figure or a span of figures; a side that was not said is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) unit: Unit,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) at: Range<usize>,
}

/// How amounts are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// The current year.
    pub(super) year: i64,
    /// A bare figure answers our question for a budget.
    pub(super) asked_for_price: bool,
}

/// The amounts in `words` that no earlier reading has `taken`.
pub(super) fn amounts(words: &[Word], taken: &[bool], reader: Reader) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let amount = if taken.get(at) == Some(&true) { None } else { amount_at(words, taken, at, reader) };
        match amount {
            Some(amount) => {
                at = amount.at.end.max(at + 1);
                found.push(amount);
            }
            None => at += 1,
        }
    }
    found
}

fn amount_at(words: &[Word], taken: &[bool], at: usize, reader: Reader) -> Option<Amount> {
    let first = figure_at(words, at)?;
    let second = range_end(words, taken, first.end);
    let (low, high, end) = match second {
        Some(high) => (scale_like(first, high), high.value, high.end),
        None => (first.value, first.value, first.end),
    };
    let (bound, start) = bound_before(words, at);
    let (bound, end) = bound_after(words, end).map_or((bound, end), |(after, end)| (Some(after), end));
    let figure = Figure {
        value: low,
        scaled: first.scaled || second.is_some_and(|figure| figure.scaled),
        dollars: first.dollars || second.is_some_and(|figure| figure.dollars),
        end,
    };
    let unit = unit_of(words, start, figure, bound, reader)?;
    let factor = if needs_thousands(unit, high, figure.scaled) { 1000 } else { 1 };
    let (low, high) = (low * factor, high * factor);
    let span = second.map(|_| (Some(low.min(high)), Some(low.max(high))));
    let (min, max) = span.unwrap_or_else(|| limits(unit, bound, low));
    Some(Amount { unit, min, max, at: start..end })
}

/// `under 30` for a vehicle is said in thousands.
const fn needs_thousands(unit: Unit, value: i64, scaled: bool) -> bool {
    matches!(unit, Unit::Money) && !scaled && value < 200
}

fn limits(unit: Unit, bound: Option<Bound>, value: i64) -> (Option<i64>, Option<i64>) {
    let year = unit == Unit::Year;
    match bound {
        Some(Bound::Below) if year => (None, Some(value - 1)),
        Some(Bound::Above) if year => (Some(value + 1), None),
        Some(Bound::AtMost | Bound::Below) => (None, Some(value)),
        Some(Bound::AtLeast | Bound::Above) => (Some(value), None),
        Some(Bound::About) if unit == Unit::Money => (Some(value - value / 10), Some(value + value / 10)),
        Some(Bound::About) if year => (Some(value - 1), Some(value + 1)),
        // A mileage, a price or a payment that is simply said is the most the customer wants.
        None if !year => (None, Some(value)),
        _ => (Some(value), Some(value)),
    }
}

/// Decides what a figure counts by the words around it.
fn unit_of(words: &[Word], start: usize, figure: Figure, bound: Option<Bound>, reader: Reader) -> Option<Unit> {
    let Figure { value, scaled, dollars, end } = figure;
    let open = !words.get(end.wrapping_sub(1)).is_some_and(Word::ends_sentence);
    let after = words.get(end).filter(|_| open);
    let before = start.checked_sub(1).and_then(|index| words.get(index)).filter(|word| !word.ends_sentence());
    let near = |side: Option<&Word>, list: &[&str]| side.is_some_and(|word| word.is_any(list));
    if is_payment(words, end) || near(before, &["payment", "payments", "monthly"]) {
        return (value < 5000).then_some(Unit::Payment);
    }
    let on_it =
        words.get(end..end + 2).is_some_and(|pair| pair[0].text == "on" && pair[1].is_any(&["it", "the", "them"]));
    // In "80k miles under 40k" and "low mileage under 15k" the miles belong to what stands before.
    let owner = start.checked_sub(2).and_then(|index| words.get(index));
    let spoken_for = owner.is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()) || word.is_any(LOW));
    if !dollars && (near(after, MILES) || on_it || (near(before, MILES) && !spoken_for)) {
        return (value >= 100).then_some(Unit::Miles);
    }
    if !scaled && (1980..=reader.year + 2).contains(&value) {
        return Some(Unit::Year);
    }
    if near(words.get(end), NOT_MONEY) || near(before, MODEL_WORDS) {
        return None;
    }
    let said_to_be_money = scaled || bound.is_some() || reader.asked_for_price || near(before, PRICE);
    let in_thousands = bound.is_some_and(is_limit) && (13..200).contains(&value);
    let plausible = scaled || value >= 1000 || in_thousands || (reader.asked_for_price && value > 0);
    (plausible && said_to_be_money).then_some(Unit::Money)
}

const fn is_limit(bound: Bound) -> bool {
    !matches!(bound, Bound::About | Bound::Exactly)
}

const LOW: &[&str] = &["low", "lower", "lowest", "good", "fewer", "less", "k", "thousand", "high"];
const MILES: &[&str] = &["miles", "mile", "mileage", "odometer", "km", "kms", "odo"];
const PRICE: &[&str] = &["price", "priced", "budget", "spend", "for", "is", "pay", "cost"];
const MODEL_WORDS: &[&str] = &["ram", "chrysler", "stock", "unit", "ext", "extension", "#"];
const NOT_MONEY: &[&str] = &[
    "percent",
    "years",
    "year",
    "days",
    "day",
    "weeks",
    "week",
    "months",
    "minutes",
    "hours",
    "hour",
    "am",
    "pm",
    "people",
    "kids",
    "passengers",
    "passenger",
    "seats",
    "seater",
    "doors",
    "door",
    "cylinder",
    "cylinders",
    "mpg",
    "hp",
    "horsepower",
    "lbs",
    "pounds",
    "inch",
    "inches",
    "owner",
    "owners",
    "speed",
    "series",
    "options",
    "of",
    "feet",
    "foot",
];

/// The second figure of `25 to 30k`, `25-30k`, `between 25 and 30k`.
fn range_end(words: &[Word], taken: &[bool], at: usize) -> Option<Figure> {
    let word = words.get(at)?;
    let free = |index: usize| taken.get(index) != Some(&true);
    if word.tied {
        return figure_at(words, at).filter(|_| free(at));
    }
    let between = word.text == "and" && words[..at].iter().rev().take(5).any(|word| word.text == "between");
    if word.is_any(&["to", "through", "thru"]) || between {
        return figure_at(words, at + 1).filter(|_| free(at + 1));
    }
    None
}

/// In `25 to 30k` the first figure is in thousands as well.
const fn scale_like(low: Figure, high: Figure) -> i64 {
    if !low_is_scaled(low) && high.scaled && high.value >= 1000 && low.value < 1000 {
        low.value * 1000
    } else {
        low.value
    }
}

const fn low_is_scaled(low: Figure) -> bool {
    low.scaled && low.value >= 1000
}

#[cfg(test)]
mod tests {
    use super::{super::words::read, *};

    fn first(text: &str) -> Option<(Unit, Option<i64>, Option<i64>)> {
        let words = read(text);
        let taken = vec![false; words.len()];
        amounts(&words, &taken, Reader { year: 2026, asked_for_price: false })
            .into_iter()
            .next()
            .map(|amount| (amount.unit, amount.min, amount.max))
    }

    #[test]
    fn limits_of_price_mileage_and_year_are_read_as_said() {
        use Unit::*;
        let cases = [
            ("under 30k", Money, None, Some(30_000)),
            ("below $25,000", Money, None, Some(25_000)),
            ("$25,000 to 30,000", Money, Some(25_000), Some(30_000)),
            ("between 25 and 30k", Money, Some(25_000), Some(30_000)),
            ("25-30k", Money, Some(25_000), Some(30_000)),
            ("between 20 and 25 grand", Money, Some(20_000), Some(25_000)),
            ("suv under 30", Money, None, Some(30_000)),
            ("thirty thousand max", Money, None, Some(30_000)),
            ("less than twenty five thousand", Money, None, Some(25_000)),
            ("my budget is 22,000", Money, None, Some(22_000)),
            ("27.5k or less", Money, None, Some(27_500)),
            ("over 40 thousand dollars", Money, Some(40_000), None),
            ("30k+", Money, Some(30_000), None),
            ("around 20k", Money, Some(18_000), Some(22_000)),
            ("under 60k miles", Miles, None, Some(60_000)),
            ("less than 50,000 mi", Miles, None, Some(50_000)),
            ("with 40k on it or less", Miles, None, Some(40_000)),
            ("60k miles or less", Miles, None, Some(60_000)),
            ("mileage under 70000", Miles, None, Some(70_000)),
            ("low mileage under 15k", Money, None, Some(15_000)),
            ("2021 or newer", Year, Some(2021), None),
            ("2021+", Year, Some(2021), None),
            ("newer than 2019", Year, Some(2020), None),
            ("no older than 2018", Year, Some(2018), None),
            ("at least a 2020", Year, Some(2020), None),
            ("2019-2021", Year, Some(2019), Some(2021)),
            ("between 2018 and 2020", Year, Some(2018), Some(2020)),
            ("older than 2015", Year, None, Some(2014)),
            ("a 2022", Year, Some(2022), Some(2022)),
            ("400 a month", Payment, None, Some(400)),
            ("under $350/mo", Payment, None, Some(350)),
            ("less than 400 dollars per month", Payment, None, Some(400)),
        ];
        for (text, unit, min, max) in cases {
            assert_eq!(first(text), Some((unit, min, max)), "{text}");
        }
    }

    #[test]
    fn other_figures_are_no_amounts() {
        for text in ["at 3", "in 2 days", "a family of 7", "32 mpg", "call ext 204", "10 percent", "open 24/7"] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
