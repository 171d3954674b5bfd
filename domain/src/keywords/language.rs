//! The words of one language, and whether a sentence asks for silence in them.

use std::ops::Range;

use super::{is_only_courtesy, pattern::Pattern, starts_with};

/// The tables of one language. Words are as [`super::sentences`] leaves them; `orders`, `wishes` and `calls` are
/// [`Pattern`]s.
pub(super) struct Language {
    /// Stops only as the whole text: these words have other everyday meanings.
    pub(super) stop_as_text: &'static [&'static str],
    /// Stops as a sentence of its own, whatever the other sentences say.
    pub(super) stop_as_sentence: &'static [&'static str],
    pub(super) start: &'static [&'static str],
    /// Help as exactly the whole text: "info please" asks about a car.
    pub(super) help: &'static [&'static str],
    /// Changes nothing beside any keyword: please, thanks.
    pub(super) polite: &'static [&'static str],
    /// Changes nothing beside an unmistakable stop: "ok", "can you", "I said".
    pub(super) filler: &'static [&'static str],
    /// Asked of us: "stop texting me". Not when it is told about somebody ("why did you stop texting me").
    pub(super) orders: &'static [&'static str],
    /// Said of oneself: "I want to opt out".
    pub(super) wishes: &'static [&'static str],
    /// About phone calls, which revoke consent too, unless the text asks for texts instead.
    pub(super) calls: &'static [&'static str],
    /// Beside one of these, [`Self::calls`] are a preference for another channel: "don't call, text me".
    pub(super) instead: &'static [&'static str],
    /// A word list that patterns name as `<list>`.
    pub(super) lists: &'static [(&'static str, &'static [&'static str])],
    /// Before a phrase, these turn it round: "don't stop texting me".
    pub(super) negators: &'static [&'static str],
    /// Between a negator and the phrase it turns round: "don't *want to* unsubscribe".
    pub(super) after_negator: &'static [&'static str],
    /// Before an order, these make it a tale: "they stop texting me".
    pub(super) narrators: &'static [&'static str],
    /// Before "you", these make "you stop …" an order after all: "can you stop texting me".
    pub(super) askers: &'static [&'static str],
    /// After a phrase, these limit it: "don't text me *before* nine".
    pub(super) limits: &'static [&'static str],
    /// After a ban only: "don't text me *now*" is a limit, "stop texting me now" is none.
    pub(super) limits_of_a_ban: &'static [&'static str],
    /// After a phrase, these look like a limit and are none: "don't text me *at all*".
    pub(super) no_limits: &'static [&'static str],
}

/// Where a phrase was found: the words of one sentence of a text.
struct Found<'a> {
    words: &'a [&'a str],
    range: Range<usize>,
}

impl Language {
    /// Whether one of the sentences of a text asks for silence.
    pub(super) fn asks_to_stop(&self, sentences: &[Vec<&str>]) -> bool {
        let own: Vec<&[&str]> =
            sentences.iter().map(Vec::as_slice).filter(|words| !repeats_our_instruction(words)).collect();
        let order = |found: &Found<'_>| !self.is_told(found) && !self.is_limited(found);
        self.finds(self.orders, &own, order)
            || self.finds(self.wishes, &own, |found| !self.is_limited(found))
            || self.finds(self.calls, &own, |found| order(found) && !self.prefers_another_channel(found, &own))
    }

    /// Whether a row of `table` is found where it is not negated and where it `holds`.
    fn finds(&self, table: &[&'static str], sentences: &[&[&str]], holds: impl Fn(&Found<'_>) -> bool) -> bool {
        table.iter().any(|row| {
            let pattern = Pattern::new(row, self.lists);
            sentences.iter().any(|words| {
                (0..words.len()).any(|start| {
                    let end = pattern.end_of_match(words, start, is_only_courtesy);
                    let found = end.map(|end| Found { words, range: start..end });
                    found.is_some_and(|found| !self.is_negated(&found) && holds(&found))
                })
            })
        })
    }

    /// "Don't stop texting me", "I don't want to unsubscribe"; but not "if you don't stop texting me".
    fn is_negated(&self, Found { words, range }: &Found<'_>) -> bool {
        let before = words[..range.start].iter().rposition(|word| !self.after_negator.contains(word));
        let negator = before.filter(|at| self.negators.contains(&words[*at]));
        let starts_a_ban = self.negators.contains(&words[range.start]);
        negator.is_some_and(|at| !starts_a_ban && !words[..at].ends_with(&["if", "you"]))
    }

    /// "They stop texting me", "why did you stop texting me"; but not "can you stop texting me".
    fn is_told(&self, Found { words, range }: &Found<'_>) -> bool {
        match words[..range.start] {
            [.., earlier, narrator] => self.narrators.contains(&narrator) && !self.askers.contains(&earlier),
            [narrator] => self.narrators.contains(&narrator),
            [] => false,
        }
    }

    /// "Don't text me after nine"; but not "don't text me at all".
    fn is_limited(&self, Found { words, range }: &Found<'_>) -> bool {
        let begins = |phrases: &[&str]| phrases.iter().any(|phrase| starts_with(&words[range.end..], phrase).is_some());
        let ban = self.negators.contains(&words[range.start]);
        (begins(self.limits) || (ban && begins(self.limits_of_a_ban))) && !begins(self.no_limits)
    }

    /// "Don't call, text me": some other words of the text name the channel to use.
    fn prefers_another_channel(&self, Found { words, range }: &Found<'_>, sentences: &[&[&str]]) -> bool {
        let others = sentences.iter().copied().filter(|sentence| !std::ptr::eq(*sentence, *words));
        others.chain([&words[..range.start], &words[range.end..]]).any(|part| mentions(part, self.instead))
    }
}

/// Whether any of the phrases stands anywhere among the words.
fn mentions(words: &[&str], phrases: &[&str]) -> bool {
    (0..words.len()).any(|at| phrases.iter().any(|phrase| starts_with(&words[at..], phrase).is_some()))
}

/// "Reply STOP to opt out" inside a sentence is our own footer coming back, in a quotation or a question.
fn repeats_our_instruction(words: &[&str]) -> bool {
    const TELL: [&str; 14] = [
        "reply", "text", "txt", "send", "type", "respond", "with", "responda", "responde", "envie", "envia",
        "repondez", "envoyez", "repondre",
    ];
    const TOLD: [&str; 9] = ["stop", "end", "quit", "cancel", "unsubscribe", "baja", "alto", "arret", "stopall"];
    const PURPOSE: [&str; 8] = ["to", "2", "for", "if", "and", "para", "pour", "anytime"];
    let told = |pair: &[&str]| TELL.contains(&pair[0]) && TOLD.contains(&pair[1]);
    words.windows(3).any(|three| told(three) && PURPOSE.contains(&three[2]))
        || words.split_last_chunk::<2>().is_some_and(|(before, last)| !before.is_empty() && told(last))
}

#[cfg(test)]
mod tests {
    use super::super::{LANGUAGES, sentences::sentences};

    #[test]
    fn every_list_that_a_row_names_exists() {
        for language in LANGUAGES {
            for row in [language.orders, language.wishes, language.calls].concat() {
                for name in row.split([' ', '|']).filter_map(|slot| slot.strip_prefix('<')?.split('>').next()) {
                    assert!(language.lists.iter().any(|(list, _)| *list == name), "no <{name}> for {row:?}");
                }
            }
        }
    }

    /// A word in a spelling that no text is turned into would silently never match.
    #[test]
    fn every_word_is_spelled_as_texts_are_read() {
        for it in LANGUAGES {
            let phrases = [it.stop_as_text, it.stop_as_sentence, it.start, it.help, it.polite, it.filler, it.instead];
            let around = [it.negators, it.after_negator, it.narrators, it.askers, it.limits, it.limits_of_a_ban];
            let lists: Vec<&str> = it.lists.iter().flat_map(|(_, words)| *words).copied().collect();
            for phrase in [phrases.concat(), around.concat(), it.no_limits.to_vec(), lists].concat() {
                assert_eq!(sentences(phrase).concat().join(" "), phrase);
            }
        }
    }
}
