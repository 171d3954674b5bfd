//! A pattern that is fast in texts with accents too.
//!
//! The fast engine gives up at a letter beyond ASCII where a pattern has the `\b` of Unicode, and the
//! other engines are fifty times slower. In such a text a sieve, which is the pattern without its
//! `\b`, finds where a match can begin, and only there the pattern itself is tried. Wherever the
//! pattern matches, its sieve does, so that nothing is missed.

use std::{
    borrow::Cow,
    ops::{Index, Range},
    sync::OnceLock,
};

use regex_automata::{Anchored, Input, Span, meta::Regex, util::captures};

/// A regular expression as the guards use it.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    /// The source when it needs a sieve.
    sieved: Option<String>,
    sieve: OnceLock<Option<Regex>>,
}

/// What a pattern or a group of it matches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match<'t> {
    text: &'t str,
    span: Span,
}

/// What the groups of a pattern match.
#[derive(Debug)]
pub(super) struct Captures<'t> {
    text: &'t str,
    groups: captures::Captures,
}

impl Pattern {
    /// None when the source is no pattern.
    pub(super) fn new(source: &str) -> Option<Self> {
        let hir = regex_syntax::parse(source).ok()?;
        let properties = hir.properties();
        let slow = properties.look_set().contains_word_unicode() && properties.minimum_len() > Some(0);
        let regex = Regex::builder().build_from_hir(&hir).ok()?;
        Some(Self { regex, sieved: slow.then(|| source.to_owned()), sieve: OnceLock::new() })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        match self.sieve_for(text) {
            Some(_) => self.find(text).is_some(),
            None => self.regex.is_match(text),
        }
    }

    /// The first match.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.find_iter(text).next()
    }

    /// All matches, none of which touches another.
    pub(super) fn find_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Match<'t>> + use<'p, 't> {
        let sieve = self.sieve_for(text);
        let mut all = sieve.is_none().then(|| self.regex.find_iter(text));
        let mut from = 0;
        std::iter::from_fn(move || {
            let span = match (&mut all, sieve) {
                (Some(all), _) => all.next()?.span(),
                (None, sieve) => self.sifted(sieve?, text, from)?,
            };
            from = span.end;
            Some(Match { text, span })
        })
    }

    /// The groups of the first match.
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.captures_iter(text).next()
    }

    /// The groups of all matches.
    pub(super) fn captures_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Captures<'t>> + use<'p, 't> {
        self.find_iter(text).map(move |found| {
            let mut groups = self.regex.create_captures();
            self.regex.search_captures(&Input::new(text).span(found.span).anchored(Anchored::Yes), &mut groups);
            Captures { text, groups }
        })
    }

    /// The text without the matches.
    pub(super) fn removed_from<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut rest = String::new();
        let mut from = 0;
        for found in self.find_iter(text) {
            rest.push_str(&text[from..found.start()]);
            from = found.end();
        }
        if from == 0 {
            return Cow::Borrowed(text);
        }
        rest.push_str(&text[from..]);
        Cow::Owned(rest)
    }

    fn sieve_for(&self, text: &str) -> Option<&Regex> {
        let source = self.sieved.as_ref().filter(|_| !text.is_ascii())?;
        self.sieve.get_or_init(|| Regex::new(&source.replace(r"\b", "")).ok()).as_ref()
    }

    /// The first match from a place on, begun where the sieve begins to match.
    fn sifted(&self, sieve: &Regex, text: &str, mut from: usize) -> Option<Span> {
        loop {
            let start = sieve.find(Input::new(text).range(from..))?.start();
            let here = Input::new(text).range(start..).anchored(Anchored::Yes);
            if let Some(found) = self.regex.find(here) {
                return Some(found.span());
            }
            from = start + text[start..].chars().next()?.len_utf8();
        }
    }
}

impl<'t> Match<'t> {
    pub(super) fn start(&self) -> usize {
        self.span.start
    }

    pub(super) fn end(&self) -> usize {
        self.span.end
    }

    pub(super) fn len(&self) -> usize {
        self.span.len()
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.span.range()
    }

    pub(super) fn as_str(&self) -> &'t str {
        &self.text[self.span.range()]
    }
}

impl<'t> Captures<'t> {
    pub(super) fn get(&self, group: usize) -> Option<Match<'t>> {
        self.groups.get_group(group).map(|span| Match { text: self.text, span })
    }

    pub(super) fn name(&self, name: &str) -> Option<Match<'t>> {
        self.groups.get_group_by_name(name).map(|span| Match { text: self.text, span })
    }

    /// All groups, the whole match first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<Match<'t>>> {
        self.groups.iter().map(|span| span.map(|span| Match { text: self.text, span }))
    }
}

impl Index<usize> for Captures<'_> {
    type Output = str;

    /// What a group has; nothing when it takes no part in the match.
    fn index(&self, group: usize) -> &str {
        self.get(group).map_or("", |found| found.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOURCES: [&str; 6] = [
        r"(?i)\b(?:un|si|qu[ée]|ma[ñn]ana)\b",
        r"\b(\d{1,2})\s?h(?:\s?([0-5]\d))?\b",
        r"(?i)(?:\bno\b|n')[^.]{0,5}\bs[ií]",
        r"\w+\bé?",
        r"(?i)\bif\b[^,]{0,6}$",
        r"\ba|é\b|\s\b",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_sieve_lets_every_match_through_and_nothing_else(
            text in "(un|si|qué|que|mañana|if|no|n'|12|h|30|é|É|a|ſ|🚗|—|[ .,-]){0,14}",
        ) {
            for source in SOURCES {
                let (pattern, regex) = (Pattern::new(source).unwrap(), regex::Regex::new(source).unwrap());
                let found: Vec<_> = pattern.captures_iter(&text).map(|all| (all[0].to_owned(), all.get(1).map(|one| one.range()))).collect();
                let wanted: Vec<_> = regex.captures_iter(&text).map(|all| (all[0].to_owned(), all.get(1).map(|one| one.range()))).collect();
                prop_assert_eq!(found, wanted, "{} in {:?}", source, text);
                prop_assert_eq!(pattern.is_match(&text), regex.is_match(&text));
                prop_assert_eq!(pattern.removed_from(&text), regex.replace_all(&text, ""));
            }
        }
    }
}
