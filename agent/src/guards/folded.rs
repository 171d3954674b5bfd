//! Many patterns over one text, fast: letters in lower case and accented ones as capitals.
//!
//! `\b` of Unicode makes the engine take its slow path in every text with an accent, and the tables
//! of claims and commitments are hundreds of patterns. Folded so, a text needs only the `\b` of
//! ASCII, and an accent still tells "reservé" from "reserve".

use std::ops::Range;

use super::{
    needles::Needles,
    pattern::{Captures, Pattern},
    text::pattern,
};

/// Accented letters of Spanish and French, and the capitals that stand for them.
const ACCENTED: [(char, char); 20] = [
    ('é', 'E'),
    ('á', 'A'),
    ('í', 'I'),
    ('ó', 'O'),
    ('ú', 'U'),
    ('ñ', 'N'),
    ('è', 'F'),
    ('ê', 'G'),
    ('à', 'H'),
    ('â', 'B'),
    ('ç', 'C'),
    ('ù', 'V'),
    ('û', 'W'),
    ('ô', 'P'),
    ('î', 'J'),
    ('ï', 'K'),
    ('ë', 'L'),
    ('ü', 'Y'),
    ('œ', 'Q'),
    ('ö', 'Z'),
];

/// A text folded, and where each of its bytes comes from.
pub(super) struct Folded {
    pub text: String,
    from: Vec<usize>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), from: Vec::with_capacity(text.len() + 1) };
        for (at, character) in text.char_indices() {
            for lower in character.to_lowercase() {
                folded.text.push(fold(lower));
            }
            folded.from.resize(folded.text.len(), at);
        }
        folded.from.push(text.len());
        folded
    }

    /// The stretch of the text as it was written.
    pub(super) fn written(&self, span: &Range<usize>) -> Range<usize> {
        let at = |place: usize| self.from.get(place).copied().unwrap_or_default();
        at(span.start)..at(span.end)
    }
}

/// The words of a table as a folded text has them.
pub(super) fn folded_words(words: &str) -> impl Iterator<Item = String> {
    words.split_whitespace().map(|word| word.chars().map(fold).collect())
}

/// A character as a folded text has it, whatever its case.
pub(super) fn folded_lower(character: char) -> char {
    // The few characters that are several in lower case do not stand in patterns.
    fold(character.to_lowercase().next().unwrap_or(character))
}

fn fold(lower: char) -> char {
    ACCENTED.iter().find(|(accented, _)| *accented == lower).map_or(lower, |(_, capital)| *capital)
}

/// A pattern in lower case, of which case does not matter unless it says so.
pub(super) enum FoldedPattern {
    Folded(Pattern),
    /// Some part of it needs capitals as they were written.
    Cased(Pattern),
}

impl FoldedPattern {
    pub(super) fn new(source: &str) -> Self {
        if source.contains("(?-i") {
            return Self::Cased(pattern(&format!("(?i){source}")));
        }
        let folded: String = source.chars().map(fold).collect();
        Self::Folded(pattern(&folded.replace(r"\b", r"(?-u:\b)")))
    }

    /// All places of `written`, whose folded form is `folded`, as spans of it.
    pub(super) fn find_all(&self, written: &str, folded: &Folded) -> Vec<Range<usize>> {
        match self {
            Self::Folded(pattern) => {
                pattern.find_iter(&folded.text).map(|found| folded.written(&found.range())).collect()
            }
            Self::Cased(pattern) => pattern.find_iter(written).map(|found| found.range()).collect(),
        }
    }

    /// What a group of the pattern has in `said`, folded.
    pub(super) fn group(&self, said: &str, name: &str) -> Option<String> {
        let word = |found: Captures<'_>| found.name(name).map(|word| word.as_str().to_owned());
        match self {
            Self::Folded(pattern) => pattern.captures(&Folded::of(said).text).and_then(word),
            Self::Cased(pattern) => pattern.captures(said).and_then(word).map(|word| word.to_lowercase()),
        }
    }
}

/// Patterns of one table and what each stands for, tried in their order.
pub(super) struct PatternTable<T> {
    rows: Vec<(T, FoldedPattern)>,
    needles: Needles,
}

impl<T> PatternTable<T> {
    /// Of what each pattern stands for, and its source.
    pub(super) fn of(sources: Vec<(T, String)>) -> Self {
        let needles = Needles::of(sources.iter().map(|(_, source)| source.as_str()));
        let rows = sources.into_iter().map(|(row, source)| (row, FoldedPattern::new(&source))).collect();
        Self { rows, needles }
    }

    /// All places of `written`, whose folded form is `folded`, by the rows that find them.
    pub(super) fn find_all(&self, written: &str, folded: &Folded) -> Vec<(&(T, FoldedPattern), Range<usize>)> {
        let may = self.needles.may_match(&folded.text);
        let rows = self.rows.iter().zip(may).filter(|(_, may)| *may);
        rows.flat_map(|(row, _)| row.1.find_all(written, folded).into_iter().map(move |span| (row, span))).collect()
    }

    /// What the patterns find one by one and [`find_all`](Self::find_all) does not, or the other way round.
    #[cfg(test)]
    pub(super) fn missed(&self, written: &str) -> Vec<Range<usize>> {
        let folded = Folded::of(written);
        let mut missed: Vec<_> = self.rows.iter().flat_map(|row| row.1.find_all(written, &folded)).collect();
        let found: Vec<_> = self.find_all(written, &folded).into_iter().map(|(_, span)| span).collect();
        if missed == found {
            missed.clear();
        }
        missed
    }
}

/// A source with its abbreviations spelled out.
pub(super) fn spelled(source: &str, abbreviations: &[(&str, &str)]) -> String {
    abbreviations.iter().fold(source.to_owned(), |source, (short, long)| source.replace(short, long))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_pattern_finds_what_was_written() {
        for (source, text, found) in [
            (r"\breservé\b", "Ya le RESERVÉ la cita", vec!["RESERVÉ"]),
            (r"\breservé\b", "reserve hoy", vec![]),
            (r"\bécri\w*", "Nous écrivons — à vous", vec!["écrivons"]),
            (r"\bpret\b", "prêt", vec![]),
            (r"\ba\b", "à a — a", vec!["a", "a"]),
            (r"\bby (?-i:[A-Z]\w+)", "by Ann, by hand", vec!["by Ann"]),
        ] {
            let spans = FoldedPattern::new(source).find_all(text, &Folded::of(text));
            assert_eq!(spans.into_iter().map(|span| &text[span]).collect::<Vec<_>>(), found, "{text}");
        }
    }
}
