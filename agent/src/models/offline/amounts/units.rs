//! What a figure counts, by the words around it.

use super::{
    super::{
        phrase::{find_any, has_any},
        words::{Stop, Word},
    },
    Reader, Unit,
    figures::{Figure, is_payment},
    limits::Bound,
};

/// Decides what a figure counts by the words around it.
pub(super) fn unit_of(
    words: &[Word],
    start: usize,
    figure: Figure,
    bound: Option<Bound>,
    reader: Reader,
) -> Option<Unit> {
    let Figure { value, scaled, dollars, end, .. } = figure;
    let open = !words.get(end.wrapping_sub(1)).is_some_and(Word::ends_sentence);
    let after = words.get(end).filter(|_| open);
    let before = start.checked_sub(1).and_then(|index| words.get(index)).filter(|word| word.stop == Stop::None);
    let near = |side: Option<&Word>, list: &[&str]| side.is_some_and(|word| word.is_any(list));
    if is_payment(words, end) || near(before, &["payment", "payments", "monthly"]) {
        return (value < 5000).then_some(Unit::Payment);
    }
    if !dollars && (near(after, MILES) || says_on_it(words, end) || speaks_of_miles(words, start)) {
        return (value >= 100).then_some(Unit::Miles);
    }
    // "Trucks with less than 100k": nobody says a price so.
    let has = start.checked_sub(1).is_some_and(|index| words[index].is_any(&["with", "has", "having"]));
    if !dollars && has && bound.is_some_and(is_limit) && (60_000..400_000).contains(&value) {
        return Some(Unit::Miles);
    }
    if is_year(&figure, reader) {
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
    !matches!(bound, Bound::Exactly)
}

/// Whether a bare figure is a model year.
pub(super) fn is_year(figure: &Figure, reader: Reader) -> bool {
    !figure.scaled && (1980..=reader.year + 2).contains(&figure.value)
}

/// `on it`, `on the odo`, `on the clock` after a figure.
fn says_on_it(words: &[Word], end: usize) -> bool {
    let rest = words.get(end..words.len().min(end + 4)).unwrap_or_default();
    let first = rest.first().is_some_and(|word| word.text == "on");
    let open = end > 0 && !words[end - 1].ends_sentence();
    let at_once = |patterns: &[&str]| find_any(rest, patterns).is_some_and(|at| at.start == 0);
    first && open && at_once(&["on it|them|em|that", "on the odo|odometer|clock|dash|meter|engine|car|truck|motor"])
}

/// Whether the words that lead to a figure speak of miles rather than of money: `mileage has to be
/// below`. In "80k miles under 40k" and "low mileage under 15k" the miles are spoken for.
fn speaks_of_miles(words: &[Word], start: usize) -> bool {
    for at in (start.saturating_sub(6)..start).rev() {
        let word = &words[at];
        if word.stop != Stop::None || word.is_any(PRICE_NOUNS) || word.is_any(&["for", "and", "at"]) || is_figure(word)
        {
            return false;
        }
        if word.is_any(MILES) {
            let owner = at.checked_sub(1).map(|owner| &words[owner]);
            return !owner.is_some_and(|owner| is_figure(owner) || owner.is_any(LOW));
        }
    }
    false
}

fn is_figure(word: &Word) -> bool {
    word.text.starts_with(|c: char| c.is_ascii_digit() || c == '$')
}

/// Whether a price is one that a vehicle is listed at: an odd figure such as `23,995`, or one that
/// the customer quotes.
pub(super) fn is_listed_price(
    words: &[Word],
    start: usize,
    end: usize,
    value: i64,
    bound: Option<Bound>,
    reader: Reader,
) -> bool {
    const QUOTES: &[&str] = &[
        "saw|seen|says|said|say|listed|showing|shows|advertised|posted|was|were .. for|at|as|is|$",
        "ad|website|site|listing|online ?says|said|shows|is|at",
        "still|is ?listed|at $",
        "the one|@car ?that ?is|was for|at $",
        "^ is|are|was $",
        "the|that|this $",
    ];
    const AFTER: &[&str] = &["^ still|the|a|an|your|right|correct|firm ?the|asking|listed price", "^ @car|one"];
    if bound.is_some_and(|bound| bound != Bound::Exactly) || reader.asked_for_price || value < 1000 {
        return false;
    }
    let clause = words[..start].iter().rposition(Word::ends_sentence).map_or(0, |at| at + 1);
    let lead = &words[clause.max(start.saturating_sub(7))..start];
    let wish = has_any(lead, &["budget|spend|pay|afford|max|limit", "looking|want|need"]);
    let quoted = has_any(lead, QUOTES) || has_any(&words[end..words.len().min(end + 4)], AFTER);
    !wish && (quoted || value % 100 != 0)
}

const LOW: &[&str] = &["low", "lower", "lowest", "good", "fewer", "less", "k", "thousand", "high"];
const MILES: &[&str] = &["miles", "mile", "mileage", "odometer", "km", "kms", "odo", "clock"];
const PRICE_NOUNS: &[&str] = &["price", "priced", "budget", "cost", "dollars", "bucks", "spend", "pay"];
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
