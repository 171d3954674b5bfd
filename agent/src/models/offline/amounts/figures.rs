//! Figures as written: `$25,000`, `27.5k`, `thirty grand`, `400 a month`.

use super::super::words::Word;

/// One written figure before its unit is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    pub(super) value: i64,
    /// `$`, `k`, `grand`, `thousand`, `dollars`: it is surely large or surely money.
    pub(super) scaled: bool,
    pub(super) dollars: bool,
    pub(super) end: usize,
}

/// The figure written at `at`, with its scale.
pub(super) fn figure_at(words: &[Word], at: usize) -> Option<Figure> {
    let word = words.get(at)?;
    let figure = digits_figure(&word.text, at).or_else(|| spelled_figure(words, at))?;
    let Some(next) = words.get(figure.end).filter(|_| !words[figure.end - 1].ends_sentence()) else {
        return Some(figure);
    };
    match next.text.as_str() {
        "k" | "okay" if next.raw.eq_ignore_ascii_case("k") => Some(figure.times_thousand()),
        "grand" | "thousand" | "thou" => Some(figure.times_thousand()),
        "dollars" | "bucks" | "usd" => Some(Figure {
            scaled: true,
            dollars: true,
            end: figure.end + usize::from(!is_payment(words, figure.end)),
            ..figure
        }),
        _ => Some(figure),
    }
}

impl Figure {
    const fn times_thousand(self) -> Self {
        let value = if self.value < 1000 { self.value * 1000 } else { self.value };
        Self { value, scaled: true, dollars: self.dollars, end: self.end + 1 }
    }
}

fn digits_figure(text: &str, at: usize) -> Option<Figure> {
    let (dollars, rest) = text.strip_prefix('$').map_or((false, text), |rest| (true, rest));
    let (thousands, digits) = rest.strip_suffix('k').map_or((false, rest), |digits| (true, digits));
    let value = match digits.split_once('.') {
        None => parse_digits(digits)?,
        // `27.5k`; and `27.500` as some write it.
        Some((whole, part)) if thousands && part.len() == 1 => {
            let hundreds = parse_digits(whole)? * 1000 + parse_digits(part)? * 100;
            return Some(Figure { value: hundreds, scaled: true, dollars, end: at + 1 });
        }
        Some((whole, part)) if part.len() == 3 => parse_digits(whole)? * 1000 + parse_digits(part)?,
        Some((whole, part)) if dollars && part.len() == 2 => parse_digits(part).and_then(|_| parse_digits(whole))?,
        Some(_) => return None,
    };
    let value = if thousands { value * 1000 } else { value };
    Some(Figure { value, scaled: thousands || dollars, dollars, end: at + 1 })
}

fn parse_digits(digits: &str) -> Option<i64> {
    // A figure that starts with zero is part of a phone number.
    let plain = !digits.is_empty()
        && (digits.len() < 3 || !digits.starts_with('0'))
        && digits.len() <= 7
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// `twenty five thousand`, `thirty grand`.
fn spelled_figure(words: &[Word], at: usize) -> Option<Figure> {
    let (mut value, mut end) = (tens(&words.get(at)?.text)?, at + 1);
    if value >= 20
        && let Some(ones) = words.get(end).and_then(|word| small_number(&word.text)).filter(|ones| *ones < 10)
    {
        value += ones;
        end += 1;
    }
    let scale = words.get(end)?;
    scale.is_any(&["thousand", "grand", "k"]).then_some(Figure { value, scaled: false, dollars: false, end })
}

fn tens(word: &str) -> Option<i64> {
    const TENS: [&str; 9] = ["ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let index = TENS.iter().position(|tens| *tens == word);
    index.and_then(|index| i64::try_from(index + 1).ok()).map(|tens| tens * 10).or_else(|| small_number(word))
}

/// The value of a spelled number up to twelve.
pub(in super::super) fn small_number(word: &str) -> Option<i64> {
    const NUMBERS: [&str; 13] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    NUMBERS.iter().position(|number| *number == word).and_then(|index| i64::try_from(index).ok())
}

/// Whether the figure that ends at `end` is paid by the month or week.
pub(super) fn is_payment(words: &[Word], end: usize) -> bool {
    let rest = |index: usize| words.get(end + index).map(|word| word.text.as_str()).unwrap_or_default();
    if end > 0 && words.get(end - 1).is_some_and(Word::ends_sentence) {
        return false;
    }
    let period = |word: &str| matches!(word, "month" | "week" | "biweekly" | "monthly");
    match rest(0) {
        "monthly" | "biweekly" => true,
        "a" | "per" | "each" | "every" | "the" => period(rest(1)),
        "dollars" | "bucks" => matches!(rest(1), "a" | "per" | "each" | "every") && period(rest(2)) || period(rest(1)),
        "month" => true,
        _ => false,
    }
}
