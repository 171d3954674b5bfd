//! Whether an inbound text is a request to stop, to start again or for help, decided before any agent runs.
//!
//! Two rules from outside meet here. Carriers and Twilio fix single words (CTIA *Messaging Principles and
//! Best Practices*; Twilio "default opt-out keywords": STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, OPTOUT,
//! REVOKE, START, UNSTOP, HELP, INFO). The FCC (47 CFR 64.1200(a)(10)) adds that consent may be revoked "by
//! any reasonable means", so "please take me off your list" counts although Twilio does not block it.
//!
//! A request is recognised in three ways, each a table per language (`en`, `es`, `fr`):
//! a *whole text* that is a word with another everyday meaning (CANCEL, END), a *sentence* that is nothing but
//! an unmistakable word (STOP), and a *phrase* anywhere in a sentence ("stop texting me").
//! So "cancel my appointment", "I'll stop by at 3" and "the end of the month" stay conversation.
//!
//! What is unclear is decided so:
//! - A STOP missed is worse than a STOP too many: `Stop` wins over the other two, a bare "cancel" is a stop even
//!   where an appointment is being discussed (Twilio blocks on it anyway), and so is "don't text me, call me".
//! - Declining an offer ("no thanks", "not interested") or a wrong number is no word about being texted. It goes
//!   to the agent, which reads it in its conversation and has `record_opt_out`.
//! - A limit is not a stop: "don't text me after 9", "don't call, text me".
//! - "Yes" never starts anything: after a STOP it may answer whatever was said before it.

mod en;
mod es;
mod fr;
mod language;
mod pattern;
mod sentences;

use language::Language;
use sentences::{is_reaction, sentences};

text_enum! {
    /// What a text asks of the channel itself, whatever else it says.
    pub enum Keyword {
        /// Send nothing more.
        Stop = "stop",
        /// Say who this is and how to stop.
        Help = "help",
        /// Take back an earlier stop.
        Start = "start",
    }
}

/// Every table is tried on every text: nobody tells us the language of "STOP".
const LANGUAGES: [&Language; 3] = [&en::WORDS, &es::WORDS, &fr::WORDS];

/// What `text` asks of the channel, if it asks anything.
#[must_use]
pub fn classify(text: &str) -> Option<Keyword> {
    if is_reaction(text) {
        return None;
    }
    let sentences = sentences(text);
    let sentences: Vec<Vec<&str>> = sentences.iter().map(|words| words.iter().map(String::as_str).collect()).collect();
    let words = sentences.concat();
    let stops = is_made_of(&words, |it| it.stop_as_text, &[|it| it.stop_as_sentence, |it| it.polite])
        || sentences
            .iter()
            .any(|sentence| is_made_of(sentence, |it| it.stop_as_sentence, &[|it| it.polite, |it| it.filler]))
        || LANGUAGES.iter().any(|language| language.asks_to_stop(&sentences));
    if stops {
        Some(Keyword::Stop)
    } else if is_made_of(&words, |it| it.start, &[|it| it.polite]) {
        Some(Keyword::Start)
    } else if is_made_of(&words, |it| it.help, &[]) {
        Some(Keyword::Help)
    } else {
        None
    }
}

/// One of the tables, of whichever language.
type Table = fn(&Language) -> &'static [&'static str];

/// Whether `words` can be cut into entries of `table` (at least one) and of `beside`, in any language.
fn is_made_of(words: &[&str], table: Table, beside: &[Table]) -> bool {
    // reached[i]: the first i words can be cut; the value says whether a word of the table is among them.
    let mut reached = vec![None; words.len() + 1];
    reached[0] = Some(false);
    for start in 0..words.len() {
        let Some(found) = reached[start] else { continue };
        for language in LANGUAGES {
            let counting = table(language).iter().map(|entry| (entry, true));
            let others = beside.iter().flat_map(|list| list(language)).map(|entry| (entry, found));
            for (entry, found) in counting.chain(others) {
                if let Some(length) = starts_with(&words[start..], entry) {
                    let end = &mut reached[start + length];
                    *end = Some(end.unwrap_or(false) || found);
                }
            }
        }
    }
    reached[words.len()] == Some(true)
}

/// How many words `phrase` has, if `words` begin with it.
fn starts_with(words: &[&str], phrase: &str) -> Option<usize> {
    let mut length = 0;
    for expected in phrase.split(' ') {
        if words.get(length) != Some(&expected) {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// Whether nothing follows a phrase but politeness: "stop texting, please".
fn is_only_courtesy(words: &[&str]) -> bool {
    words.is_empty() || is_made_of(words, |it| it.polite, &[|it| it.filler]) || is_made_of(words, |it| it.filler, &[])
}
