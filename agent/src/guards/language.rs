//! The guard of language: replies are in English, Spanish or French, whose words the guards read.
//!
//! In any other language the other guards are blind. A person answers then: a finding here leads
//! to the fallback at once, without a second try.

use forecourt_domain::language::{Language, Reading};

use super::{Finding, GuardContext, GuardName, draft::Draft, figures::Value, finding, negation, text::Sentence};

/// So long is a part of a reply that is judged for itself.
const WORDS_OF_A_PART: usize = 5;
/// So long is a part that must have a word we know, unless it names or counts something.
const WORDS_OF_A_REMARK: usize = 3;

/// Whether the draft, or a longer sentence of it, is in another language.
pub(super) fn check(draft: &Draft, _: &GuardContext) -> Vec<Finding> {
    const REASON: &str = "only English, Spanish and French may be written here; a person answers in other languages";
    if Language::has_other_letters(&draft.text) {
        let other = |word: &&str| Language::has_other_letters(word);
        let excerpt = draft.text.split_whitespace().find(other).unwrap_or_default();
        return vec![finding(GuardName::Language, excerpt, REASON)];
    }
    let mut text = draft.text.clone();
    for figure in draft.figures.iter().filter(|figure| matches!(figure.value, Value::Host(_) | Value::Email(_))) {
        text.replace_range(figure.span.clone(), &" ".repeat(figure.span.len()));
    }
    let foreign = |words: &str| Language::read(words) == Reading::Foreign;
    if foreign(&text) {
        return vec![finding(GuardName::Language, &draft.text, REASON)];
    }
    let part = draft.sentences.iter().find(|sentence| {
        let words = text.get(sentence.range.clone()).unwrap_or_default();
        let long = words.split_whitespace().count();
        (long >= WORDS_OF_A_PART && foreign(words)) || (long >= WORDS_OF_A_REMARK && is_strange(draft, sentence, words))
    });
    part.map(|part| finding(GuardName::Language, draft.words(part.range.clone()), REASON)).into_iter().collect()
}

/// A remark of which no word is known: "Abgemacht, das gilt."
fn is_strange(draft: &Draft, sentence: &Sentence, words: &str) -> bool {
    let within = |span: &std::ops::Range<usize>| sentence.range.contains(&span.start);
    let names = draft.figures.iter().any(|figure| within(&figure.span))
        || draft.names_said().iter().any(|name| within(&name.span));
    let known = |word: &str| matches!(Language::read(word), Reading::In(_));
    !names && !known(words) && !negation::denies(words) && !words.split_whitespace().any(known)
}
