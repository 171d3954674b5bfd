//! How a draft is read: one spelling for what looks the same, and where sentences and clauses end.
//!
//! A model may write `２８９９０`, put a zero-width space into a number or use a narrow no-break
//! space as a thousands separator. Readers see a price all the same, so the guards must too.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::lexicon::{NUMBER_WORDS, lookup};

/// Compiles a pattern that is written in this crate; a mistake in one fails every guard test.
#[allow(clippy::expect_used, reason = "the patterns are constants, and every one of them is compiled by the tests")]
pub(super) fn pattern(source: &str) -> Pattern {
    Pattern::new(source).expect("a pattern of the guards compiles")
}

/// The same for a pattern whose words begin and end in ASCII letters. The `\b` of Unicode would make
/// the engine take its slow path in every text with an accent.
pub(super) fn ascii_pattern(source: &str) -> Pattern {
    pattern(&source.replace(r"\b", r"(?-u:\b)"))
}

/// The text as a reader sees it: ASCII digits and signs, plain spaces and quotes, nothing invisible.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {}
            '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\r' => {}
            // The box of a keycap: "1️⃣ CX-5" is a numbered list.
            '\u{20e3}' => plain.push(')'),
            '\u{00a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\t' => {
                plain.push(' ')
            }
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{02bc}' | '\u{2032}' | '`' | '´' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{2033}' | '«' | '»' => plain.push('"'),
            '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' => plain.push('-'),
            '\u{2015}' => plain.push('—'),
            '\u{2028}' | '\u{2029}' | '\u{0085}' => plain.push('\n'),
            '\u{fe69}' => plain.push('$'),
            '\u{2460}'..='\u{2473}' => {
                plain.push_str(&(u32::from(character) - 0x245f).to_string());
                plain.push(')');
            }
            '\u{ff01}'..='\u{ff5e}' => plain.extend(char::from_u32(u32::from(character) - 0xfee0)),
            _ => plain.push(decimal_digit(character).unwrap_or(character)),
        }
    }
    plain
}

/// The zeros of the decimal digits of Unicode (general category Nd) that phones and models write,
/// and of the superscript and subscript digits.
const ZEROS: [u32; 26] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0,
    0x0f20, 0x1040, 0x17e0, 0x1810, 0x2070, 0x2080, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1fbf0,
];

fn decimal_digit(character: char) -> Option<char> {
    match character {
        '\0'..='\u{7f}' => None,
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        _ => {
            let code = u32::from(character);
            let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
            char::from_digit(code - zero, 10)
        }
    }
}

/// One sentence of a text: a line, or a part of one up to its end mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    pub range: Range<usize>,
    pub question: bool,
}

/// The sentences of a text, in order; their ranges cover it without the white space between.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let ends = match character {
            '\n' | ';' => true,
            '!' | '?' | '…' => !text[end..].starts_with(['!', '?', '…']),
            '.' => ends_with_period(text, at),
            // "Holding it for you 🔑 Anything else?" says something before it asks.
            _ if is_pictogram(character) => opens_a_sentence(&text[end..]),
            _ => false,
        };
        if ends {
            push_sentence(text, start..end, &mut found);
            start = end;
        }
    }
    push_sentence(text, start..text.len(), &mut found);
    found
}

/// Emoji and dingbats, the ranges of Unicode's `Extended_Pictographic` that phones write.
const fn is_pictogram(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f1e6}'..='\u{1faff}')
}

fn opens_a_sentence(rest: &str) -> bool {
    let next = rest.trim_start();
    next.len() < rest.len() && next.starts_with(|c: char| c.is_uppercase() || matches!(c, '¿' | '¡'))
}

fn push_sentence(text: &str, range: Range<usize>, found: &mut Vec<Sentence>) {
    let words = text[range.clone()].trim();
    if words.is_empty() {
        return;
    }
    let start = range.start + text[range.clone()].len() - text[range].trim_start().len();
    let question = words.trim_end_matches(['!', '…', '"', ')']).ends_with('?');
    found.push(Sentence { range: start..start + words.len(), question });
}

/// Words after which a period does not end a sentence, whatever follows.
const ABBREVIATIONS: [&str; 31] = [
    "mr", "mrs", "ms", "dr", "st", "no", "vs", "approx", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
    "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sra", "sr", "mme",
];

fn ends_with_period(text: &str, at: usize) -> bool {
    let mut rest = text[at + 1..].chars();
    if rest.clone().next().is_some_and(|next| !next.is_whitespace() && !matches!(next, '"' | '\'' | ')')) {
        return false;
    }
    let next = rest.find(|next| next.is_alphanumeric());
    let word = text[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let lower = word.to_lowercase();
    if ABBREVIATIONS.contains(&lower.as_str()) {
        // "It was in Nov." and then a new line still ends; "Nov. 21" and "Sat. Nov. 21" do not.
        return next.is_none();
    }
    let initial = word.len() == 1 && word.chars().all(char::is_alphabetic);
    if initial {
        let meridiem = matches!(lower.as_str(), "m") && text[..at - 1].ends_with('.');
        return next.is_none() || (meridiem && next.is_some_and(char::is_uppercase));
    }
    true
}

static CLAUSE_BREAK: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r#"(?i)[,:()—"]|\s-\s|\b(?:but|so|and|then|because|while|though|although|pero|y|aunque|porque|as[íi] que|entonces|mais|et|donc|car|puisque|tandis que)\b"#,
    )
});

/// The clause of `sentence` that holds `at`: between the commas, colons, brackets and conjunctions
/// around it. Marks inside numbers and times (`28,990`, `3:00`) separate nothing.
pub(super) fn clause(text: &str, sentence: &Sentence, at: usize) -> Range<usize> {
    let (mut start, mut end) = (sentence.range.start, sentence.range.end);
    for mark in CLAUSE_BREAK.find_iter(&text[sentence.range.clone()]) {
        let range = mark.start() + sentence.range.start..mark.end() + sentence.range.start;
        if inside_a_number(text, &range) {
            continue;
        }
        if range.end <= at {
            start = range.end;
        } else if range.start >= at {
            end = range.start;
            break;
        }
    }
    start..end
}

const JOINED_BEHIND_Y: [&str; 9] = ["media", "cuarto", "demi", "demie", "quart", "un", "una", "uno", "une"];

fn inside_a_number(text: &str, mark: &Range<usize>) -> bool {
    let words = &text[mark.clone()];
    let digits = text[..mark.start].ends_with(|c: char| c.is_ascii_digit())
        && text[mark.end..].starts_with(|c: char| c.is_ascii_digit());
    // "Las tres y media", "cincuenta y dos mil", "vingt et une heures".
    let joins = matches!(words, "y" | "et") && {
        let next = text[mark.end..].split_whitespace().next().unwrap_or_default();
        let next = next.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        JOINED_BEHIND_Y.contains(&next.as_str()) || lookup(&NUMBER_WORDS, &next).is_some()
    };
    (matches!(words, "," | ":") && digits) || joins
}

/// The last `bytes` bytes before `at`, cut at a character.
pub(super) fn before(text: &str, at: usize, bytes: usize) -> &str {
    let start = (at.saturating_sub(bytes)..=at).find(|start| text.is_char_boundary(*start)).unwrap_or(at);
    &text[start..at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_signs_of_every_kind_are_read_as_a_person_reads_them() {
        for (written, read) in [
            ("＄２８，９９０", "$28,990"),
            ("$28\u{200b},9\u{2060}90", "$28,990"),
            ("28\u{202f}990 €", "28 990 €"),
            ("٤١٢٥٠", "41250"),
            ("1️⃣ CX-5", "1) CX-5"),
            ("② CX‑5", "2) CX-5"),
            ("9 AM–8 PM", "9 AM-8 PM"),
            ("you’re", "you're"),
        ] {
            assert_eq!(plain(written), read);
        }
    }

    #[test]
    fn a_period_inside_a_number_an_initial_or_an_abbreviation_ends_no_sentence() {
        for (text, expected) in [
            ("It is 4.9% now. Good?", vec!["It is 4.9% now.", "Good?"]),
            ("1250 W. Colfax Ave. Call us", vec!["1250 W. Colfax Ave.", "Call us"]),
            ("At 3 p.m. on Nov. 21. Fine!", vec!["At 3 p.m. on Nov. 21.", "Fine!"]),
            ("At 3 p.m. Dana is in", vec!["At 3 p.m.", "Dana is in"]),
            ("One\ntwo; three?!", vec!["One", "two;", "three?!"]),
            ("It's yours 🔑 Anything else?", vec!["It's yours 🔑", "Anything else?"]),
            ("The CX-5 🚗 is blue 👍 ¿Sí?", vec!["The CX-5 🚗 is blue 👍", "¿Sí?"]),
        ] {
            let found: Vec<_> = sentences(text).into_iter().map(|sentence| text[sentence.range].to_owned()).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_comma_in_a_number_separates_no_clause() {
        let text = "Sure, it costs $28,990 at 3:00, ok";
        let sentence = &sentences(text)[0];
        assert_eq!(&text[clause(text, sentence, 20)], " it costs $28,990 at 3:00");
    }
}
