//! Numbers in words: `thirty five`, `a hundred and twenty thousand`, `fifteen hundred`, `twenty eight five`.

use super::super::words::Word;

/// The words below twenty, in order.
const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

/// The tens from twenty on, in order.
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Every word of a spelled number, for the correction of misspelled ones.
pub(in super::super) fn number_words() -> impl Iterator<Item = &'static str> {
    const DECADES: [&str; 9] =
        ["hundred", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "teens", "fourty"];
    SMALL.into_iter().chain(TENS).chain(DECADES)
}

/// The value of a spelled number up to twelve.
pub(in super::super) fn small_number(word: &str) -> Option<i64> {
    small(word).filter(|value| *value <= 12)
}

fn small(word: &str) -> Option<i64> {
    SMALL.iter().position(|number| *number == word).and_then(|index| i64::try_from(index).ok())
}

fn tens(word: &str) -> Option<i64> {
    let word = if word == "fourty" { "forty" } else { word };
    let index = TENS.iter().position(|tens| *tens == word)?;
    i64::try_from(index + 2).ok().map(|tens| tens * 10)
}

/// A number in words and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) value: i64,
    pub(super) end: usize,
    /// Whether it was said in thousands or hundreds.
    pub(super) scaled: bool,
}

/// The number in words at `at`. Below ten it counts things, unless a scale follows.
pub(super) fn spelled(words: &[Word], at: usize) -> Option<Spelled> {
    let (low, end) = below_thousand(words, at)?;
    if is_thousand(words, end) {
        let (rest, end) = rest(words, end + 1);
        return Some(Spelled { value: low * 1000 + rest, end, scaled: true });
    }
    let spelled = Spelled { value: low, end, scaled: low >= 1000 };
    (low >= 10).then_some(spelled)
}

/// What follows the thousands: `five hundred`, `and fifty`, or nothing.
fn rest(words: &[Word], at: usize) -> (i64, usize) {
    if !open(words, at) {
        return (0, at);
    }
    let from = at + usize::from(words.get(at).is_some_and(|word| word.text == "and"));
    match below_thousand(words, from) {
        // "Two thousand and one hundred", but not "ten grand and two kids".
        Some((value, end)) if value >= 100 => (value, end),
        _ => (0, at),
    }
}

/// A number below a thousand, or such as `fifteen hundred`.
fn below_thousand(words: &[Word], at: usize) -> Option<(i64, usize)> {
    let text = |index: usize| words.get(index).map(|word| word.text.as_str()).unwrap_or_default();
    let (low, end) = match text(at) {
        "a" | "an" if text(at + 1) == "hundred" => (1, at + 1),
        _ => below_hundred(words, at)?,
    };
    if text(end) != "hundred" || !open(words, end) {
        return Some((low, end));
    }
    let hundreds = low * 100;
    let from = end + 1 + usize::from(text(end + 1) == "and");
    match below_hundred(words, from).filter(|_| open(words, end + 1)) {
        Some((rest, end)) => Some((hundreds + rest, end)),
        None => Some((hundreds, end + 1)),
    }
}

fn below_hundred(words: &[Word], at: usize) -> Option<(i64, usize)> {
    let word = words.get(at)?;
    let Some(value) = tens(&word.text) else { return small(&word.text).map(|value| (value, at + 1)) };
    let ones = words.get(at + 1).and_then(|word| small(&word.text)).filter(|ones| (1..10).contains(ones));
    match ones.filter(|_| open(words, at + 1)) {
        Some(ones) => Some((value + ones, at + 2)),
        None => Some((value, at + 1)),
    }
}

/// The `five` of `twenty eight five` or `28 five`: hundreds after thousands.
pub(super) fn hundreds_after(words: &[Word], at: usize) -> Option<i64> {
    const COUNTED: &[&str] = &["door", "doors", "speed", "seat", "seats", "seater", "people", "row", "rows", "wheel"];
    let value = small(&words.get(at)?.text).filter(|value| (1..10).contains(value) && open(words, at))?;
    let counts = words.get(at + 1).filter(|_| open(words, at + 1)).is_some_and(|word| word.is_any(COUNTED));
    (!counts).then_some(value * 100)
}

fn is_thousand(words: &[Word], at: usize) -> bool {
    let scale = |word: &Word| {
        word.is_any(&["thousand", "grand", "thou", "thousands", "gs"]) || word.raw.eq_ignore_ascii_case("k")
    };
    open(words, at) && words.get(at).is_some_and(scale)
}

/// Whether the word at `at` still belongs to the same breath as the one before.
fn open(words: &[Word], at: usize) -> bool {
    at.checked_sub(1)
        .is_none_or(|before| words.get(before).is_some_and(|word| word.stop == super::super::words::Stop::None))
}

#[cfg(test)]
mod tests {
    use super::{super::super::words::read, *};

    #[test]
    fn numbers_are_read_up_to_a_million() {
        let cases = [
            ("ten", 10),
            ("nineteen", 19),
            ("thirty five", 35),
            ("forty-two", 42),
            ("a hundred", 100),
            ("one hundred and fifty", 150),
            ("fifteen hundred", 1_500),
            ("twenty five hundred", 2_500),
            ("five grand", 5_000),
            ("ten k", 10_000),
            ("eighteen thousand", 18_000),
            ("twenty five thou", 25_000),
            ("twenty-eight thousand five hundred", 28_500),
            ("thirty two thousand nine hundred and ninety", 32_990),
            ("a hundred thousand", 100_000),
            ("one hundred and twenty thousand", 120_000),
            ("a hundred and five thousand", 105_000),
            ("two hundred ten k", 210_000),
            ("nine hundred ninety nine thousand nine hundred ninety nine", 999_999),
        ];
        for (text, value) in cases {
            let words = read(text);
            let read = spelled(&words, 0).map(|spelled| (spelled.value, spelled.end));
            assert_eq!(read, Some((value, words.len())), "{text}");
        }
    }

    #[test]
    fn words_that_count_things_are_no_figures() {
        for text in ["two kids", "one owner", "a truck", "hundred", "five, grand"] {
            assert_eq!(spelled(&read(text), 0), None, "{text}");
        }
        assert_eq!(spelled(&read("ten grand and two kids"), 0).map(|spelled| spelled.value), Some(10_000));
        assert_eq!(hundreds_after(&read("twenty eight five"), 2), Some(500));
        assert_eq!(hundreds_after(&read("18 two door"), 1), None);
    }
}
