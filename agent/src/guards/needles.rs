//! Which of many patterns can match a text at all.
//!
//! Whatever a pattern matches has certain letters in a row: "{I}cancell?ed" has "cancel". One pass
//! over a text finds the letters of all patterns of a table; the others need not be tried, and of
//! hundreds a handful is left.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::folded::folded_lower;

/// A pattern is looked for by no more strings than this.
const MOST_STRINGS: usize = 96;

/// The strings that the patterns of a table need.
pub(super) struct Needles {
    automaton: AhoCorasick,
    /// For each string the patterns that need it or another.
    owners: Vec<Vec<usize>>,
    /// For each pattern whether it needs nothing.
    needless: Vec<bool>,
}

impl Needles {
    /// Of patterns as they are written, before they are folded.
    #[allow(clippy::expect_used, reason = "the strings come from constants, and the tests look for all of them")]
    pub(super) fn of<'s>(sources: impl Iterator<Item = &'s str>) -> Self {
        let mut owners: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut needless = Vec::new();
        for (index, source) in sources.enumerate() {
            let needed = regex_syntax::parse(source).ok().and_then(|hir| needed(&hir).best());
            needless.push(needed.is_none());
            for string in needed.into_iter().flatten() {
                owners.entry(string).or_default().push(index);
            }
        }
        let automaton = AhoCorasick::new(owners.keys()).expect("the strings of a table of the guards are few");
        Self { automaton, owners: owners.into_values().collect(), needless }
    }

    /// For each pattern whether it may match; `folded` is a text as [`Folded`](super::folded::Folded) has it.
    pub(super) fn may_match(&self, folded: &str) -> Vec<bool> {
        // The long s is an s where case does not matter, and is not folded to one.
        if folded.contains('ſ') {
            return vec![true; self.needless.len()];
        }
        let mut may = self.needless.clone();
        for found in self.automaton.find_overlapping_iter(folded) {
            for owner in &self.owners[found.pattern().as_usize()] {
                may[*owner] = true;
            }
        }
        may
    }
}

/// What a part of a pattern tells about what it matches, folded.
#[derive(Default)]
struct Needed {
    /// All there is, when that is little.
    exact: Option<Vec<String>>,
    /// Whatever it matches has one of these in it.
    one_of: Option<Vec<String>>,
}

impl Needed {
    fn exactly(strings: Vec<String>) -> Self {
        Self { exact: Some(strings), one_of: None }
    }

    /// The rarer of what one may look for.
    fn best(self) -> Option<Vec<String>> {
        let candidates = self.exact.into_iter().chain(self.one_of);
        candidates.filter(|strings| is_telling(strings)).min_by(|left, right| often(left).total_cmp(&often(right)))
    }
}

/// How often one meets any of the strings, roughly: each letter makes it five times rarer.
fn often(strings: &[String]) -> f64 {
    let lengths = strings.iter().map(|string| i32::try_from(string.len()).unwrap_or(i32::MAX));
    lengths.map(|length| 0.2_f64.powi(length)).sum()
}

fn is_telling(strings: &[String]) -> bool {
    strings.len() <= MOST_STRINGS && strings.iter().all(|string| !string.is_empty())
}

fn needed(hir: &Hir) -> Needed {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Needed::exactly(vec![String::new()]),
        HirKind::Literal(literal) => {
            let folded = std::str::from_utf8(&literal.0).ok().map(|text| text.chars().map(folded_lower).collect());
            folded.map_or_else(Needed::default, |text: String| Needed::exactly(vec![text]))
        }
        HirKind::Class(class) => Needed { exact: letters(class), one_of: None },
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Repetition(repetition) => {
            let sub = needed(&repetition.sub);
            match (repetition.min, repetition.max) {
                (0, Some(1)) => Needed {
                    exact: sub.exact.map(|mut strings| {
                        strings.push(String::new());
                        strings
                    }),
                    one_of: None,
                },
                (0, _) => Needed::default(),
                _ => Needed { exact: None, one_of: sub.best() },
            }
        }
        HirKind::Concat(parts) => of_all(parts),
        HirKind::Alternation(branches) => of_any(branches),
    }
}

/// The few letters of a class; none of a class of many.
fn letters(class: &Class) -> Option<Vec<String>> {
    const MOST_LETTERS: usize = 8;
    let Class::Unicode(class) = class else { return None };
    let mut letters = Vec::new();
    for letter in class.iter().flat_map(|range| range.start()..=range.end()) {
        let folded = folded_lower(letter).to_string();
        if !letters.contains(&folded) {
            letters.push(folded);
        }
        if letters.len() > MOST_LETTERS {
            return None;
        }
    }
    Some(letters)
}

/// One part after the other: strings grow as long as they stay few.
fn of_all(parts: &[Hir]) -> Needed {
    let mut whole = true;
    let mut grown = vec![String::new()];
    let mut best = Needed::default();
    let better = |best: &mut Needed, other: Needed| {
        let one_of = Needed { exact: best.one_of.take(), one_of: other.best() }.best();
        best.one_of = one_of;
    };
    for part in parts {
        let part = needed(part);
        better(&mut best, Needed::exactly(grown.clone()));
        match part.exact {
            Some(exact) if grown.len() * exact.len() <= MOST_STRINGS => {
                grown = grown.iter().flat_map(|head| exact.iter().map(move |tail| format!("{head}{tail}"))).collect();
            }
            exact => {
                whole = false;
                better(&mut best, Needed { exact: None, one_of: part.one_of });
                grown = exact.unwrap_or_else(|| vec![String::new()]);
            }
        }
    }
    if whole {
        best.exact = Some(grown);
    } else {
        better(&mut best, Needed::exactly(grown));
    }
    best
}

/// One branch or the other: each has something to look for, or there is nothing.
fn of_any(branches: &[Hir]) -> Needed {
    let mut exact = Some(Vec::new());
    let mut one_of = Some(Vec::new());
    for branch in branches.iter().map(needed) {
        exact = exact.zip(branch.exact.clone()).map(|(all, own)| [all, own].concat());
        one_of = one_of.zip(branch.best()).map(|(all, own)| [all, own].concat());
    }
    Needed { exact: exact.filter(|strings| strings.len() <= MOST_STRINGS), one_of }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(source: &str) -> Vec<String> {
        let mut strings = needed(&regex_syntax::parse(source).unwrap()).best().unwrap_or_default();
        strings.sort_unstable();
        strings.dedup();
        strings
    }

    #[test]
    fn a_pattern_needs_the_rarest_letters_in_a_row_that_all_its_matches_have() {
        for (source, needed) in [
            (r"\bcancell?ed\b", vec!["canceled", "cancelled"]),
            (r"\b(?:i|we)\s+(?:booked|moved)\b", vec!["booked", "moved"]),
            (r"\w+ed by \w+", vec!["ed by "]),
            (r"\breservé\b", vec!["reservE"]),
            (r"(?i)\bby (?-i:[A-Z]\w+)", vec!["by "]),
            (r"\bopen\b[^.!?;]{0,30}\b24 ?/ ?7", vec!["open"]),
            (r"(?:now )*it", vec!["it"]),
            (r"(?:booked)?", vec![]),
            (r"\bx|\w+", vec![]),
        ] {
            assert_eq!(strings(source), needed, "{source}");
        }
    }

    #[test]
    fn a_pattern_is_tried_exactly_where_its_letters_stand() {
        let needles = Needles::of([r"\bcancell?ed\b", r"\bthe \d", r"\d+"].into_iter());
        assert_eq!(needles.may_match("it's cancelled"), [true, false, true]);
        assert_eq!(needles.may_match("the visit"), [false, true, true]);
        assert_eq!(needles.may_match("viſit"), [true, true, true]);
    }
}
