//! Numbers as they are written: digits with separators of three traditions, and number words.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use crate::guards::{
    lexicon::{NUMBER_WORDS, NUMBER_WORDS_BEHIND, alternatives, lookup},
    text::pattern,
};

/// A number in a text, before anything is known of its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub span: Range<usize>,
    pub thousandths: i64,
    pub form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Only digits: `28990`. Four of them may be a year.
    Plain,
    /// With separators or decimals: `28,990`.
    Separated,
    /// In words.
    Spelled,
}

impl Literal {
    /// The number when it is whole.
    pub(super) fn whole(&self) -> Option<i64> {
        (self.thousandths % 1000 == 0).then_some(self.thousandths / 1000)
    }
}

static WORDS: LazyLock<Pattern> = LazyLock::new(|| {
    let word = alternatives(&NUMBER_WORDS);
    pattern(&format!(
        r"(?i)\b(?:a (?:hundred|thousand|million)|once mil|cent[\s-]+(?:{word})|(?:{word}))(?:(?:[\s-]+(?:and|y|et)[\s-]+|[\s-]+)(?:{word}|cents?|vingts)|[\s-]+(?:y|et)[\s-]+un[eoa]?|-une?)*\b"
    ))
});

/// All numbers of a text in order. `joined` says whether digit groups separated by spaces at a
/// place belong together (`28 990 €`), which only what stands around them can tell.
pub(super) fn literals(text: &str, joined: impl Fn(&Range<usize>) -> bool) -> Vec<Literal> {
    let mut found = digits(text, joined);
    found.extend(WORDS.find_iter(text).flat_map(|words| spelled(text, words.range())));
    found.sort_by_key(|literal| literal.span.start);
    found
}

fn digits(text: &str, joined: impl Fn(&Range<usize>) -> bool) -> Vec<Literal> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let spaced = digits_at(text, at, true).filter(|literal| joined(&literal.span));
        let literal = spaced.or_else(|| digits_at(text, at, false));
        at = literal.as_ref().map_or_else(|| end_of_digits(bytes, at), |literal| literal.span.end);
        found.extend(literal);
    }
    found
}

fn end_of_digits(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |length| start + length)
}

/// The number that starts at `start`; none when it has more than twelve digits.
fn digits_at(text: &str, start: usize, spaces: bool) -> Option<Literal> {
    let bytes = text.as_bytes();
    let mut end = end_of_digits(bytes, start);
    let mut whole = text[start..end].to_owned();
    let mut form = Form::Plain;
    let mut separator = None;
    while let Some(next) =
        group_at(bytes, end, separator, spaces).filter(|_| whole != "0" && (separator.is_some() || whole.len() <= 3))
    {
        separator = Some(bytes[end]);
        whole.push_str(&text[end + 1..next]);
        end = next;
        form = Form::Separated;
    }
    if spaces && separator != Some(b' ') {
        return None;
    }
    let mut fraction = 0;
    let decimals = bytes.get(end).is_some_and(|mark| matches!(mark, b'.' | b',') && Some(*mark) != separator);
    if decimals && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        let next = end_of_digits(bytes, end + 1);
        fraction = format!("{:0<3.3}", &text[end + 1..next]).parse().ok()?;
        end = next;
        form = Form::Separated;
    }
    if whole.len() > 12 {
        return None;
    }
    Some(Literal { span: start..end, thousandths: whole.parse::<i64>().ok()? * 1000 + fraction, form })
}

/// The end of a group of exactly three digits after a separator at `at`.
fn group_at(bytes: &[u8], at: usize, separator: Option<u8>, spaces: bool) -> Option<usize> {
    let mark = *bytes.get(at)?;
    let separates = match separator {
        Some(separator) => mark == separator,
        None => matches!(mark, b',' | b'.' | b'\'') || (spaces && mark == b' '),
    };
    let end = end_of_digits(bytes, at + 1);
    (separates && end == at + 4).then_some(end)
}

/// The numbers that a run of number words says; usually one, several when the run is no number
/// ("two three").
fn spelled(text: &str, run: Range<usize>) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut number = Spelling::default();
    let mut offset = run.start;
    for word in text[run].split_inclusive([' ', '-', '\n']) {
        let name = word.trim_matches([' ', '-', '\n']);
        let span = offset..offset + name.len();
        offset += word.len();
        let value = match name.to_ascii_lowercase().as_str() {
            "" | "and" | "y" | "et" => continue,
            "a" => 1,
            "once" => 11,
            _ => lookup(&NUMBER_WORDS, name).or_else(|| lookup(&NUMBER_WORDS_BEHIND, name)).unwrap_or(0),
        };
        if !number.accepts(value) {
            found.extend(number.literal());
            number = Spelling::default();
        }
        number.add(value, span);
    }
    found.extend(number.literal());
    found
}

/// A number word after word: "twenty-eight thousand nine hundred ninety".
#[derive(Default)]
struct Spelling {
    total: i64,
    below_thousand: i64,
    span: Option<Range<usize>>,
}

impl Spelling {
    fn accepts(&self, value: i64) -> bool {
        if self.span.is_none() {
            return true;
        }
        let last = self.below_thousand % 100;
        match value {
            1_000 | 1_000_000 => self.below_thousand > 0 && (self.total == 0 || self.total >= value * 1_000),
            // "Two hundred", and "dos mil cien".
            100 => (1..10).contains(&self.below_thousand) || (self.below_thousand == 0 && self.total > 0),
            101..=999 => self.below_thousand == 0,
            // French builds seventy to ninety-nine from twenties: soixante-dix, quatre-vingt-dix.
            10..=99 => last == 0 || (last == 4 && value == 20) || (matches!(last, 60 | 80) && value < 20),
            // "Dix-sept", and "veintiocho" is one word.
            _ => last == 0 || (last >= 20 && last % 10 == 0) || (last == 10 && (7..10).contains(&value)),
        }
    }

    fn add(&mut self, value: i64, span: Range<usize>) {
        match value {
            1_000 | 1_000_000 => {
                self.total += self.below_thousand.max(1) * value;
                self.below_thousand = 0;
            }
            100 => self.below_thousand = self.below_thousand.max(1) * 100,
            // French eighty: quatre-vingt.
            20 if self.below_thousand % 100 == 4 => self.below_thousand += 76,
            _ => self.below_thousand += value,
        }
        let start = self.span.as_ref().map_or(span.start, |whole| whole.start);
        self.span = Some(start..span.end);
    }

    fn literal(&self) -> Option<Literal> {
        let span = self.span.clone()?;
        Some(Literal { span, thousandths: (self.total + self.below_thousand) * 1000, form: Form::Spelled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_in_every_spelling() {
        for (text, thousandths) in [
            ("28990", 28_990_000),
            ("28,990", 28_990_000),
            ("28.990", 28_990_000),
            ("28 990", 28_990_000),
            ("28'990", 28_990_000),
            ("28,990.50", 28_990_500),
            ("28.990,50", 28_990_500),
            ("4.9", 4_900),
            ("4,9", 4_900),
            ("0.125", 125),
            ("1,000,000", 1_000_000_000),
            ("twenty-eight thousand nine hundred and ninety", 28_990_000),
            ("a thousand", 1_000_000),
            ("two hundred five", 205_000),
            ("quatre-vingt-dix", 90_000),
            ("forty one thousand two hundred fifty", 41_250_000),
            ("veintiocho mil novecientos noventa", 28_990_000),
            ("cincuenta y dos mil trescientas", 52_300_000),
            ("treinta y un mil", 31_000_000),
            ("mil quinientos", 1_500_000),
            ("once mil ciento cincuenta", 11_150_000),
            ("cien mil", 100_000_000),
            ("dos mil cien", 2_100_000),
            ("vingt-huit mille neuf cent quatre-vingt-dix", 28_990_000),
            ("soixante et un mille vingt", 61_020_000),
            ("quatre-vingts", 80_000),
            ("dix-sept mille cent", 17_100_000),
            ("soixante-quinze", 75_000),
            ("deux mille cinq cents", 2_500_000),
            ("quatre-vingt-dix-neuf", 99_000),
        ] {
            let found = literals(text, |_| true);
            assert_eq!(found.iter().map(|literal| literal.thousandths).collect::<Vec<_>>(), [thousandths], "{text}");
            assert_eq!(found[0].span, 0..text.len(), "{text}");
        }
    }

    #[test]
    fn numbers_side_by_side_stay_apart() {
        for (text, expected) in [
            ("two three", vec![2, 3]),
            ("dos y tres", vec![2, 3]),
            ("fifty cents", vec![50, 100]),
            ("2, 3", vec![2, 3]),
            ("2021 500", vec![2021, 500]),
            ("2019-2021", vec![2019, 2021]),
        ] {
            let found: Vec<_> = literals(text, |_| false).iter().map(|literal| literal.thousandths / 1000).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_number_too_long_to_be_one_is_passed_over() {
        assert!(literals("1234567890123456789012", |_| true).is_empty());
    }
}
