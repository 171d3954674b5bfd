//! Prices, mileages, model years and monthly payments as customers write them.

mod figures;
mod limits;
mod spelled;
mod units;

use std::ops::Range;

pub(super) use self::spelled::{number_words, small_number};
use self::{
    figures::{Figure, figure_at},
    limits::{Bound, bound_after, bound_before},
    units::{is_listed_price, unit_of},
};
use super::words::{Stop, Word};

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
    /// Whether it is what a vehicle is listed at, not what it may cost.
    pub(super) listed: bool,
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
    if let Some(amount) = age_at(words, at, reader) {
        return Some(amount);
    }
    let first = figure_at(words, at)?;
    let second = range_end(words, taken, first, reader);
    let (low, high, end) = match (second, first.until) {
        (Some(high), _) => (scale_like(first, high), high.value, high.end),
        (None, Some(until)) => (first.value, until, first.end),
        (None, None) => (first.value, first.value, first.end),
    };
    let (bound, start) = bound_before(words, at);
    let (bound, end) = bound_after(words, end).map_or((bound, end), |(after, end)| (Some(after), end));
    let bound = bound.or(first.about.then_some(Bound::About));
    let figure = Figure {
        value: low,
        scaled: first.scaled || second.is_some_and(|figure| figure.scaled),
        dollars: first.dollars || second.is_some_and(|figure| figure.dollars),
        end,
        ..first
    };
    let ranged = second.is_some() || first.until.is_some();
    let between = ranged && words[..at].iter().rev().take(2).any(|word| word.is_any(&["between", "from"]));
    let unit = unit_of(words, start, figure, bound.or(between.then_some(Bound::Within)), reader)?;
    let factor = if needs_thousands(unit, high, figure.scaled) { 1000 } else { 1 };
    let (low, high) = (low * factor, high * factor);
    let listed = unit == Unit::Money && !ranged && is_listed_price(words, start, end, low, bound, reader);
    let (min, max) = match ranged {
        true => (Some(low.min(high)), Some(low.max(high))),
        false if listed => (Some(low), Some(low)),
        false => limits(unit, bound, low),
    };
    Some(Amount { unit, min, max, listed, at: start..end })
}

/// `less than 5 years old`, `from the last 3 years`: model years from that age on.
fn age_at(words: &[Word], at: usize, reader: Reader) -> Option<Amount> {
    let word = words.get(at)?;
    let years = word.number().or_else(|| small_number(&word.text)).filter(|years| (1..=25).contains(years))?;
    let text = |index: usize| words.get(index).map(|word| word.text.as_str()).unwrap_or_default();
    if !matches!(text(at + 1), "years" | "year") || word.ends_sentence() {
        return None;
    }
    let before = |back: usize| at.checked_sub(back).map(|index| words[index].text.as_str()).unwrap_or_default();
    let recent = matches!(before(1), "last" | "past");
    let (bound, start) = bound_before(words, at);
    let most = matches!(bound, Some(Bound::AtMost | Bound::Below)) || matches!(text(at + 3), "max" | "tops" | "or");
    let old = text(at + 2) == "old" && most;
    (recent || old).then(|| Amount {
        unit: Unit::Year,
        min: Some(reader.year - years),
        max: None,
        listed: false,
        at: start..at + 2 + usize::from(old),
    })
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

/// The second figure of `25 to 30k`, `25-30k`, `between 25 and 30k`, `2020 or 2021`.
fn range_end(words: &[Word], taken: &[bool], first: Figure, reader: Reader) -> Option<Figure> {
    let at = first.end;
    let word = words.get(at).filter(|_| !words[at - 1].ends_sentence())?;
    let free = |index: usize| taken.get(index) != Some(&true);
    if word.tied {
        return figure_at(words, at).filter(|_| free(at));
    }
    let second = || figure_at(words, at + 1).filter(|_| free(at + 1) && words[at].stop == Stop::None);
    let is_year = |figure: &Figure| units::is_year(figure, reader);
    let between = word.text == "and" && words[..at].iter().rev().take(8).any(|word| word.text == "between");
    if word.is_any(&["to", "through", "thru", "till"]) || between {
        return second();
    }
    // "A 2020 or 2021".
    let years = word.is_any(&["or", "and"]) && is_year(&first);
    years.then(second).flatten().filter(is_year)
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
