//! Phrases: short patterns over words by which an intent is recognised.
//!
//! A pattern is words separated by spaces. `a|b` is either word, `?a` an optional one (`?a|b`
//! optionally either), `stem*` any word that begins so, `@day` a class of [`super::wordlists::CLASSES`], `..` up to
//! three words of any kind, `#` a figure, `#$` one that can only be money, `^` the start and `$` the
//! end of a sentence. A word also matches its plural. Fillers such as "just" are passed over. No
//! pattern reaches across the end of a sentence.

use std::ops::Range;

use super::{wordlists::CLASSES, words::Word};

/// Words that carry no meaning for a pattern and are passed over inside one.
const FILLERS: &str = "just really actually please guys all even maybe possibly also kinda probably currently ever totally quickly quick folks";

/// Where `pattern` first occurs in `words`.
pub(super) fn find(words: &[Word], pattern: &str) -> Option<Range<usize>> {
    let parts: Vec<&str> = pattern.split(' ').collect();
    (0..words.len()).find_map(|start| matches_at(words, start, start, &parts).map(|end| start..end))
}

/// Where the first of `patterns` that occurs at all is found.
pub(super) fn find_any(words: &[Word], patterns: &[&str]) -> Option<Range<usize>> {
    patterns.iter().find_map(|pattern| find(words, pattern))
}

/// Where one of `patterns` occurs without touching any place where one of `not` does: a phrase that
/// means something else is out of play.
pub(super) fn find_outside(words: &[Word], patterns: &[&str], not: &[&str]) -> Option<Range<usize>> {
    find_clear_of(words, patterns, &places(words, not))
}

/// Where one of `patterns` occurs without touching one of the `excluded` places.
pub(super) fn find_clear_of(words: &[Word], patterns: &[&str], excluded: &[Range<usize>]) -> Option<Range<usize>> {
    patterns.iter().flat_map(|pattern| find_all(words, pattern)).find(|at| !touches(at, excluded))
}

fn touches(at: &Range<usize>, excluded: &[Range<usize>]) -> bool {
    excluded.iter().any(|other| other.start < at.end && at.start < other.end)
}

/// Every place where one of `patterns` occurs without touching any where one of `not` does.
pub(super) fn places_outside(words: &[Word], patterns: &[&str], not: &[&str]) -> Vec<Range<usize>> {
    let excluded = places(words, not);
    places(words, patterns).into_iter().filter(|at| !touches(at, &excluded)).collect()
}

/// Every place where one of `patterns` occurs.
pub(super) fn places(words: &[Word], patterns: &[&str]) -> Vec<Range<usize>> {
    patterns.iter().flat_map(|pattern| find_all(words, pattern)).collect()
}

/// Every place where `pattern` occurs.
pub(super) fn find_all(words: &[Word], pattern: &str) -> Vec<Range<usize>> {
    let parts: Vec<&str> = pattern.split(' ').collect();
    (0..words.len()).filter_map(|start| matches_at(words, start, start, &parts).map(|end| start..end)).collect()
}

/// Whether one of `patterns` occurs.
pub(super) fn has_any(words: &[Word], patterns: &[&str]) -> bool {
    find_any(words, patterns).is_some()
}

/// The end of a match of `parts` from `at`, for a pattern that started at `start`.
fn matches_at(words: &[Word], start: usize, at: usize, parts: &[&str]) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else { return Some(at) };
    match *part {
        "^" | "$" => sentence_starts(words, at).then(|| matches_at(words, start, at, rest)).flatten(),
        ".." => (0..=3).find_map(|gap| {
            let reachable = (at..at + gap).all(|index| index < words.len() && readable(words, start, index));
            reachable.then(|| matches_at(words, start, at + gap, rest)).flatten()
        }),
        optional if optional.starts_with('?') => word_at(words, start, at, &optional[1..])
            .and_then(|next| matches_at(words, start, next, rest))
            .or_else(|| matches_at(words, start, at, rest)),
        word => word_at(words, start, at, word).and_then(|next| matches_at(words, start, next, rest)).or_else(|| {
            let edge = word.split('|').any(|option| matches!(option, "^" | "$"));
            (edge && sentence_starts(words, at)).then(|| matches_at(words, start, at, rest)).flatten()
        }),
    }
}

/// The start of a sentence, or the end of the text.
fn sentence_starts(words: &[Word], at: usize) -> bool {
    at == 0 || at >= words.len() || words.get(at - 1).is_some_and(Word::ends_sentence)
}

/// Whether a match that began at `start` may still read the word at `at`.
fn readable(words: &[Word], start: usize, at: usize) -> bool {
    at == start || !words.get(at.wrapping_sub(1)).is_some_and(Word::ends_sentence)
}

/// The place after the word at `at`, if it is one of `options`; fillers before it are passed over.
fn word_at(words: &[Word], start: usize, at: usize, options: &str) -> Option<usize> {
    let mut at = at;
    loop {
        let word = words.get(at).filter(|_| readable(words, start, at))?;
        if options.split('|').any(|option| fits(&word.text, option)) {
            return Some(at + 1);
        }
        if at == start || !FILLERS.split(' ').any(|filler| filler == word.text) {
            return None;
        }
        at += 1;
    }
}

fn fits(word: &str, option: &str) -> bool {
    match option {
        "#" => word.starts_with(|c: char| c.is_ascii_digit() || c == '$'),
        "#$" => is_money(word),
        class if class.starts_with('@') => class_words(class).contains(&word),
        option => match option.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => same_word(word, option),
        },
    }
}

/// `$500`, `24k`, `24000`: no time of day and no small count.
fn is_money(word: &str) -> bool {
    let thousands = word.strip_suffix('k').is_some_and(|digits| digits.parse::<f64>().is_ok());
    word.starts_with('$') || thousands || word.parse::<i64>().is_ok_and(|figure| figure >= 2100)
}

fn class_words(class: &str) -> &'static [&'static str] {
    CLASSES.get(class).map_or(&[], Vec::as_slice)
}

/// Whether `word` is `stem` or its plural.
pub(super) fn same_word(word: &str, stem: &str) -> bool {
    let has_plural = stem.len() > 2 || stem.ends_with(|c: char| c.is_ascii_digit());
    word == stem || (has_plural && word.strip_prefix(stem).is_some_and(|ending| matches!(ending, "s" | "es")))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{cues, words::read},
        *,
    };

    #[test]
    fn a_pattern_finds_its_words_in_order() {
        let cases = [
            ("can I come over and see it", "come .. see|look", true),
            ("can I come. I see", "come .. see|look", false),
            ("what are your hours", "your hour", true),
            ("test the drive", "test ?the drive", true),
            ("test drive", "test ?the drive", true),
            ("thanks a lot", "^ thanks", true),
            ("no thanks", "^ thanks", false),
            ("ok. thanks", "^ thanks $", true),
            ("under 30k", "under #", true),
            ("under the tree", "under #", false),
            ("can you guys please call me", "can you call me", true),
            ("rescheduling", "reschedul*", true),
            ("come by on tuesday", "come ?by ?on @day", true),
        ];
        for (text, pattern, expected) in cases {
            assert_eq!(find(&read(text), pattern).is_some(), expected, "{pattern:?} in {text:?}");
        }
    }

    #[test]
    fn every_cue_uses_the_syntax_as_it_is() {
        for pattern in cues::all() {
            for part in pattern.split(' ') {
                assert!(!part.is_empty(), "{pattern:?}");
                let options = part.strip_prefix('?').unwrap_or(part);
                for option in options.split('|') {
                    assert!(!option.is_empty() && !option.contains('?'), "{pattern:?}");
                    assert!(!option.starts_with('@') || !class_words(option).is_empty(), "{pattern:?}");
                }
            }
            assert!(
                !pattern.split(' ').next_back().unwrap().starts_with('?'),
                "an optional last word says nothing: {pattern:?}"
            );
        }
    }
}
