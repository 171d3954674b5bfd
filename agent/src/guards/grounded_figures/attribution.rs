//! Which vehicle a figure of a draft is said of, by where it stands among the names.
//!
//! "The CX-5 is $30,990" is untrue when $30,990 is the price of the other one. A writer puts figures
//! behind names ("the CX-5 is $28,990 and the Tucson $30,990") or before them ("the $28,990 CX-5"),
//! and keeps to one order within a sentence.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;

use super::support::bearers_of;
use crate::guards::{
    draft::Draft,
    figures::{Figure, Value},
    mentions::Mention,
    text::{Sentence, before, pattern},
};

/// Words that put two vehicles into one statement, where the place of a figure says little.
static COMPARES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:than|versus|vs|compared|respectively|between|from .{1,40} to|range\w*|instead of|menos que|m[áa]s que|comparad[oa]|frente a|respectivamente|entre|contra|contre|(?:menos|m[áa]s) \p{L}+ que|(?:moins|plus) de \p{L}+ que|en lugar de|de moins|de plus|moins que|plus que|compar[ée]e?|respectivement|au lieu de)\b",
    )
});
/// "The CX-5 is a 2021", "from 2021".
static IS_A_YEAR: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:is|it's|was|'s)(?: an?| from| the)?|\bfrom|\bmodel year(?: is)?:?|\byear:?|\b(?:es|era)(?: del?| un| una| del a[ñn]o)?|\b(?:est|date)(?: de| un| une)?|\bdel a[ñn]o|\bmodelo|\bmill[ée]sime)\s*$",
    )
});
/// The start of a sentence that goes on about the vehicle of the one before.
static GOES_ON: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:it|its|it's|that one|this one|this|that's|price|priced|asking|mileage|miles|odometer|stock|vin|with|has|the (?:price|mileage|vin|stock)|tiene|cuesta|su|est[áa]|sale|con|el precio|il|elle|son|sa|il a|le prix|avec)\b|^\s*(?:[-*•]\s*)?\$",
    )
});
static ANOTHER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:another|other|also|else|second|both|otr[oa]|tambi[ée]n|amb[oa]s|segund[oa]|autre|aussi|deuxi[èe]me|les deux)\b",
    )
});

/// Whether a figure that only `bearers` (vehicle indices) have may be said of one of them here.
pub(super) fn may_belong_to(draft: &Draft, figure: &Figure, bearers: &[usize]) -> bool {
    let Some(index) = draft.sentences.iter().position(|sentence| sentence.range.contains(&figure.span.start)) else {
        return true;
    };
    let sentence = &draft.sentences[index];
    let mentions: Vec<&Mention> = draft.mentions_in(&sentence.range).collect();
    // A year beside a name was read with the name; elsewhere it may bound a search.
    if matches!(figure.value, Value::Year(_)) {
        let words = draft.words(sentence.range.clone());
        let predicate = IS_A_YEAR.is_match(before(&draft.text, figure.span.start, 24));
        return mentions.len() != 1 || !predicate || COMPARES.is_match(words) || bears(mentions[0], bearers);
    }
    match mentions.as_slice() {
        [] => carried(draft, index).is_none_or(|mention| bears(mention, bearers)),
        [only] => bears(only, bearers) || COMPARES.is_match(draft.words(sentence.range.clone())),
        several => {
            let any = several.iter().any(|mention| bears(mention, bearers));
            any && (COMPARES.is_match(draft.words(sentence.range.clone())) || fits_an_order(draft, sentence, several))
        }
    }
}

fn bears(mention: &Mention, bearers: &[usize]) -> bool {
    mention.vehicles.iter().any(|vehicle| bearers.contains(vehicle))
}

/// The vehicle of the sentences before, when this one goes on about it.
fn carried<'a>(draft: &'a Draft, index: usize) -> Option<&'a Mention> {
    let words = draft.words(draft.sentences[index].range.clone());
    if !GOES_ON.is_match(words) || ANOTHER.is_match(words) {
        return None;
    }
    let before =
        draft.sentences[..index].iter().rev().map(|sentence| draft.mentions_in(&sentence.range).collect::<Vec<_>>());
    let last = before.into_iter().find(|mentions| !mentions.is_empty())?;
    match last.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// Whether all figures of vehicles in the sentence fit one order: each behind its name, or each
/// before it.
fn fits_an_order(draft: &Draft, sentence: &Sentence, mentions: &[&Mention]) -> bool {
    let inside = |figure: &&Figure| {
        sentence.range.contains(&figure.span.start) && !matches!(figure.value, Value::Year(_) | Value::Count { .. })
    };
    let said: Vec<(usize, Vec<usize>)> = draft
        .figures
        .iter()
        .filter(inside)
        .filter_map(|figure| Some((figure.span.start, bearers_of(draft, &figure.value)?)))
        .collect();
    let behind = said.iter().all(|(at, bearers)| {
        let name = mentions.iter().rev().find(|mention| mention.span.start <= *at).or(mentions.first());
        name.is_some_and(|name| bears(name, bearers))
    });
    let ahead = || {
        said.iter().all(|(at, bearers)| {
            mentions.iter().find(|mention| mention.span.end > *at).is_some_and(|name| bears(name, bearers))
        })
    };
    behind || ahead()
}
