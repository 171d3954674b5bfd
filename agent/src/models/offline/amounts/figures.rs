//! Figures as written: `$25,000`, `27.5k`, `thirty grand`, `400 a month`.

use super::{
    super::words::{Stop, Word},
    spelled::{Spelled, hundreds_after, spelled},
};

/// One written figure before its unit is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figure {
    pub(super) value: i64,
    /// `$`, `k`, `grand`, `thousand`, `dollars`: it is surely large or surely money.
    pub(super) scaled: bool,
    pub(super) dollars: bool,
    /// `30ish`, `30k or so`.
    pub(super) about: bool,
    /// The other end of a span that is one expression: `mid 20s`.
    pub(super) until: Option<i64>,
    pub(super) end: usize,
}

/// The figure written at `at`, with its scale.
pub(super) fn figure_at(words: &[Word], at: usize) -> Option<Figure> {
    let word = words.get(at)?;
    if let Some((figure, until)) = decade_at(words, at) {
        return Some(Figure { until: Some(until), ..figure });
    }
    let figure = digits_figure(&word.text, at).or_else(|| spelled_figure(words, at))?;
    Some(with_about(words, with_scale(words, figure)))
}

/// `figure` with the `k`, `grand` or `dollars` that follows, or the `five` of `28 five`.
fn with_scale(words: &[Word], figure: Figure) -> Figure {
    let Some(next) = words.get(figure.end).filter(|_| words[figure.end - 1].stop == Stop::None) else {
        return figure;
    };
    let next_is_k = next.raw.eq_ignore_ascii_case("k");
    match next.text.as_str() {
        "k" | "okay" if next_is_k => figure.times_thousand(),
        "grand" | "thousand" | "thou" | "gs" => figure.times_thousand(),
        "dollars" | "bucks" | "usd" => Figure {
            scaled: true,
            dollars: true,
            end: figure.end + usize::from(!is_payment(words, figure.end)),
            ..figure
        },
        _ if !figure.scaled && (10..100).contains(&figure.value) => match hundreds_after(words, figure.end) {
            Some(rest) => {
                Figure { value: figure.value * 1000 + rest, scaled: true, dollars: true, end: figure.end + 1, ..figure }
            }
            None => figure,
        },
        _ => figure,
    }
}

/// `30 ish`, `30k or so`, `20k give or take`.
fn with_about(words: &[Word], figure: Figure) -> Figure {
    const AFTER: &[&[&str]] = &[&["ish"], &["or", "so"], &["give", "or", "take"], &["roughly"], &["thereabouts"]];
    let follows = |phrase: &&&[&str]| {
        let window = words.get(figure.end..figure.end + phrase.len());
        window.is_some_and(|window| window.iter().zip(**phrase).all(|(word, part)| word.text == *part))
    };
    let open = words[figure.end - 1].stop == Stop::None;
    match AFTER.iter().find(follows).filter(|_| open) {
        Some(phrase) => Figure { about: true, end: figure.end + phrase.len(), ..figure },
        None => figure,
    }
}

impl Figure {
    const fn times_thousand(self) -> Self {
        let value = if self.value < 1000 { self.value * 1000 } else { self.value };
        Self { value, scaled: true, end: self.end + 1, ..self }
    }
}

fn digits_figure(text: &str, at: usize) -> Option<Figure> {
    let (about, text) = text.strip_suffix("ish").map_or((false, text), |text| (true, text));
    let (dollars, rest) = text.strip_prefix('$').map_or((false, text), |rest| (true, rest));
    // "Any 2024s?"
    let rest = rest.strip_suffix('s').filter(|year| year.len() == 4 && year.starts_with("20")).unwrap_or(rest);
    let (thousands, digits) = rest.strip_suffix('k').map_or((false, rest), |digits| (true, digits));
    let value = match digits.split_once('.') {
        None => parse_digits(digits)?,
        // `27.5k`; and `27.500` as some write it.
        Some((whole, part)) if thousands && part.len() == 1 => {
            let hundreds = parse_digits(whole)? * 1000 + parse_digits(part)? * 100;
            return Some(Figure { value: hundreds, scaled: true, dollars, about, end: at + 1, ..Figure::default() });
        }
        Some((whole, part)) if part.len() == 3 => parse_digits(whole)? * 1000 + parse_digits(part)?,
        Some((whole, part)) if dollars && part.len() == 2 => parse_digits(part).and_then(|_| parse_digits(whole))?,
        Some(_) => return None,
    };
    let value = if thousands { value * 1000 } else { value };
    Some(Figure { value, scaled: thousands || dollars, dollars, about, end: at + 1, ..Figure::default() })
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
    let Spelled { value, end, scaled } = spelled(words, at)?;
    Some(Figure { value, scaled, end, ..Figure::default() })
}

/// `low 20s`, `mid thirties`, `high teens`: a price within a span of thousands.
fn decade_at(words: &[Word], at: usize) -> Option<(Figure, i64)> {
    const PARTS: &[(&[&str], i64, i64)] =
        &[(&["low", "lower", "early"], 0, 4), (&["mid", "middle"], 3, 7), (&["high", "upper", "late"], 6, 9)];
    const DECADES: &[(&str, i64)] = &[
        ("teens", 10),
        ("twenties", 20),
        ("thirties", 30),
        ("forties", 40),
        ("fifties", 50),
        ("sixties", 60),
        ("seventies", 70),
    ];
    let (_, from, to) = PARTS.iter().find(|(names, ..)| words[at].is_any(names))?;
    let said = words.get(at + 1).filter(|_| words[at].stop == Stop::None)?;
    let digits = || said.text.trim_end_matches(['s', 'k']).parse().ok();
    let ten = DECADES.iter().find(|(name, _)| *name == said.text).map(|(_, ten)| *ten).or_else(digits);
    let ten: i64 = ten.filter(|ten| (10..100).contains(ten) && ten % 10 == 0)?;
    let value = (ten + from) * 1000;
    Some((Figure { value, scaled: true, dollars: true, end: at + 2, ..Figure::default() }, (ten + to) * 1000))
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
