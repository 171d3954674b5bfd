//! Questions beside a wish or a visit: which words belong to which of several things wanted at once.

use std::ops::Range;

use super::super::{
    cars::Car,
    cues::{vehicles as cues, visits},
    phrase::{has_any, places},
    reading::Reading,
};

/// Where one question may end and the next begin, beside the end of a sentence.
const JOINTS: &[&str] = &[
    "also|plus|additionally|btw",
    "and|oh|but do|does|did|are|is|any|what|how|got|have|if|where|when",
    "then|and separately",
];

/// Asks for others of a kind, where vehicles or properties are named.
const ANY: &[&str] = &["any|some|got|have|about|else"];

/// The questions of a text as spans of its words: split at the ends of sentences and at "also".
fn spans(reading: &Reading) -> Vec<Range<usize>> {
    let words = &reading.words;
    let mut ends: Vec<usize> = (0..words.len()).filter(|at| words[*at].ends_sentence()).map(|at| at + 1).collect();
    ends.extend(places(words, JOINTS).into_iter().map(|at| at.start));
    ends.push(words.len());
    ends.sort_unstable();
    ends.dedup();
    let mut start = 0;
    let mut spans = Vec::new();
    for end in ends.into_iter().filter(|end| *end > 0) {
        spans.push(start..end);
        start = end;
    }
    spans
}

/// `reading` with the vehicles, properties and figures of those `spans` alone.
fn within(reading: &Reading, spans: &[Range<usize>]) -> Reading {
    let inside = |at: &Range<usize>| spans.iter().any(|span| span.contains(&at.start));
    let mut part = reading.clone();
    part.cars.retain(|car| inside(&car.at));
    part.traits.retain(|hit| inside(&hit.at));
    part.amounts.retain(|amount| inside(&amount.at));
    part
}

/// What is said of one of several cars: in its own span, or in one that names none.
pub(super) fn said_of(reading: &Reading, car: &Car) -> Reading {
    let mut spans = spans(reading);
    let others = |span: &Range<usize>| reading.cars.iter().any(|other| span.contains(&other.at.start));
    spans.retain(|span| span.contains(&car.at.start) || !others(span));
    within(reading, &spans)
}

/// A wish to come and a wish for other vehicles in one text, apart: "book me for 1 to drive the Crosstrek, also do
/// you have any other Subarus under 16k?"
pub(super) fn visit_and_wish(reading: &Reading) -> Option<(Reading, Reading)> {
    let spans = spans(reading);
    let (first, rest) = spans.split_first()?;
    if !has_any(&reading.pointed[first.clone()], visits::BOOK)
        || has_any(&reading.words[first.clone()], cues::ASKS_STOCK)
    {
        return None;
    }
    let asks = |span: &&Range<usize>| {
        let words = &reading.words[(*span).clone()];
        let cars = reading.cars.iter().map(|car| car.at.start);
        let mut named = cars.chain(reading.traits.iter().map(|hit| hit.at.start));
        let wishes = [cues::ASKS_STOCK, cues::WISHES, cues::OTHERS, ANY].iter().any(|cues| has_any(words, cues));
        wishes && named.any(|start| span.contains(&start)) && !has_any(words, cues::PRONOUN)
    };
    let asking: Vec<Range<usize>> = rest.iter().filter(asks).cloned().collect();
    let coming: Vec<Range<usize>> = spans.iter().filter(|span| !asking.contains(span)).cloned().collect();
    (!asking.is_empty()).then(|| (within(reading, &coming), within(reading, &asking)))
}
