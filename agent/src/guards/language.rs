//! The guard of language: replies are in English, Spanish or French, whose words the guards read.
//!
//! In any other language the other guards are blind. A person answers then: a finding here leads
//! to the fallback at once, without a second try.

use forecourt_domain::language::{Language, Reading};

use super::{Finding, GuardContext, GuardName, draft::Draft, figures::Value, finding};

/// So long is a part of a reply that is judged for itself.
const WORDS_OF_A_PART: usize = 5;

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
    let parts = draft.sentences.iter().filter_map(|sentence| text.get(sentence.range.clone()));
    let part = parts.into_iter().find(|part| part.split_whitespace().count() >= WORDS_OF_A_PART && foreign(part));
    part.map(|part| finding(GuardName::Language, part, REASON)).into_iter().collect()
}
