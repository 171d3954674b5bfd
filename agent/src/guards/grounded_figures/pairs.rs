//! Which day a time of a draft is said of: "Saturday: 2 PM, 3 PM" is two moments of one day.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use crate::guards::{
    draft::Draft,
    figures::{Figure, Value},
    text::pattern,
};

static ADJACENT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^\s+(?:(?:on|this|el|le|del|de|du|este|ce)\s+)?$|^\s*\($"));

/// The days a time is said of: the one right behind it, else the last one before it in its
/// sentence or in the heading above it, else the next one in its sentence.
pub(in crate::guards) fn days_of<'a>(draft: &'a Draft, time: &Figure) -> Vec<&'a Figure> {
    let Some(sentence) = draft.sentence_at(time.span.start) else { return Vec::new() };
    let days = |range: &Range<usize>| {
        let range = range.clone();
        draft
            .figures
            .iter()
            .filter(move |figure| matches!(figure.value, Value::Days(_)) && range.contains(&figure.span.start))
    };
    let last = days(&(sentence.range.start..time.span.start)).next_back();
    let next = days(&(time.span.end..sentence.range.end)).next();
    let behind = next.filter(|day| ADJACENT.is_match(&draft.text[time.span.end..day.span.start]));
    let before = last.or_else(|| days(&heading(draft, sentence.range.start)).next_back());
    if let Some(behind) = behind {
        let apart = before.is_none_or(|before| draft.text[before.span.end..time.span.start].len() > 6);
        return if apart { vec![behind] } else { before.into_iter().chain([behind]).collect() };
    }
    before.or(next).into_iter().collect()
}

/// The line above that ends in a colon and heads a list; empty when there is none.
fn heading(draft: &Draft, start: usize) -> Range<usize> {
    let above = draft.sentences.iter().take_while(|sentence| sentence.range.end <= start).collect::<Vec<_>>();
    let listed = |at: usize| {
        let words = draft.words(at..draft.text.len());
        words.starts_with(['-', '*', '•']) || words.starts_with(|c: char| c.is_ascii_digit())
    };
    if !listed(start) {
        return 0..0;
    }
    let head = above.iter().rev().find(|sentence| !listed(sentence.range.start));
    head.filter(|head| draft.words(head.range.clone()).ends_with(':')).map_or(0..0, |head| head.range.clone())
}
