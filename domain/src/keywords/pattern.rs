//! A small pattern over words, readable in a table: `stop|quit <texting> me|us`.
//!
//! A pattern is a row of slots. A slot is one word, alternatives `a|b`, or a named list `<list>`; with `?` it may
//! be missing, with `*` it may be missing or repeat. `$` holds where nothing but courtesy follows, alone or as an
//! alternative: `nada|$`.

/// One row of a table, ready to be matched.
pub(super) struct Pattern<'a> {
    slots: Vec<Slot>,
    lists: &'a [(&'static str, &'static [&'static str])],
}

struct Slot {
    alternatives: Vec<&'static str>,
    /// Whether the end of the sentence will do instead of a word.
    or_end: bool,
    times: Times,
}

enum Times {
    Once,
    Maybe,
    Any,
}

impl<'a> Pattern<'a> {
    pub(super) fn new(row: &'static str, lists: &'a [(&'static str, &'static [&'static str])]) -> Self {
        Self { slots: row.split(' ').map(Slot::new).collect(), lists }
    }

    /// Where a match that begins at `start` ends, if there is one. `is_end` says whether the rest counts as nothing.
    pub(super) fn end_of_match(&self, words: &[&str], start: usize, is_end: fn(&[&str]) -> bool) -> Option<usize> {
        self.matched(&self.slots, words, start, is_end)
    }

    fn matched(&self, slots: &[Slot], words: &[&str], at: usize, is_end: fn(&[&str]) -> bool) -> Option<usize> {
        let Some((slot, rest)) = slots.split_first() else { return Some(at) };
        let taken = words.get(at).is_some_and(|word| self.takes(slot, word));
        let skipped = || self.matched(rest, words, at, is_end);
        match slot.times {
            Times::Once if slot.or_end && is_end(&words[at..]) => skipped(),
            Times::Once => taken.then(|| self.matched(rest, words, at + 1, is_end)).flatten(),
            Times::Maybe => taken.then(|| self.matched(rest, words, at + 1, is_end)).flatten().or_else(skipped),
            Times::Any => taken.then(|| self.matched(slots, words, at + 1, is_end)).flatten().or_else(skipped),
        }
    }

    fn takes(&self, slot: &Slot, word: &str) -> bool {
        slot.alternatives.iter().any(|&wanted| match wanted.strip_prefix('<').and_then(|name| name.strip_suffix('>')) {
            Some(name) => self.lists.iter().any(|(listed, words)| *listed == name && words.contains(&word)),
            None => wanted == word,
        })
    }
}

impl Slot {
    fn new(text: &'static str) -> Self {
        let (words, times) = match (text.strip_suffix('?'), text.strip_suffix('*')) {
            (Some(words), _) => (words, Times::Maybe),
            (_, Some(words)) => (words, Times::Any),
            _ => (text, Times::Once),
        };
        let (end, alternatives): (Vec<_>, Vec<_>) = words.split('|').partition(|word| *word == "$");
        Self { alternatives, or_end: !end.is_empty(), times }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &[(&str, &[&str])] = &[("texting", &["texting", "writing"])];

    fn matches(row: &'static str, text: &str) -> bool {
        let words: Vec<_> = text.split(' ').collect();
        let end = Pattern::new(row, LISTS).end_of_match(&words, 0, |rest| rest.iter().all(|word| *word == "please"));
        end.is_some()
    }

    #[test]
    fn a_row_matches_as_it_reads() {
        let table = [
            ("stop|quit <texting> me", "quit writing me", true),
            ("stop|quit <texting> me", "quit smoking me", false),
            ("stop the* texts", "stop the the texts", true),
            ("stop the* texts", "stop texts", true),
            ("remove my? number", "remove my my number", false),
            ("stop <texting> $", "stop texting please", true),
            ("stop <texting> $", "stop texting bob", false),
            ("send nothing|$", "send", true),
            ("send nothing|$", "send nothing", true),
            ("send nothing|$", "send photos", false),
            ("stop the* the texts", "stop the texts", true),
        ];
        for (row, text, expected) in table {
            assert_eq!(matches(row, text), expected, "{row:?} on {text:?}");
        }
    }
}
