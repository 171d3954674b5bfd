//! How customers pick one of several: by place ("the second one") or by rank ("the cheaper one").

use super::super::{
    amounts::small_number,
    phrase::has_any,
    words::{self, Word},
};

/// By which figure one of several vehicles is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Rank {
    Cheapest,
    Priciest,
    LowestMileage,
    HighestMileage,
    Newest,
    Oldest,
}

/// The rank that "the … one" or "which is …" asks for.
pub(in super::super) fn rank(words: &[Word]) -> Option<Rank> {
    const RANKS: &[(&[&str], Rank)] = &[
        (
            &[
                "less expensive",
                "least expensive",
                "cheaper|cheapest",
                "lower|lowest price|priced|cost",
                "costs less|least",
            ],
            Rank::Cheapest,
        ),
        (&["more expensive|?one", "most expensive", "pricier|priciest", "higher|highest price|priced"], Rank::Priciest),
        (&["lower|lowest|fewer|fewest|less|least miles|mileage", "lower|lowest ?mile mileage"], Rank::LowestMileage),
        (&["higher|highest|more|most miles|mileage"], Rank::HighestMileage),
        (&["newer|newest"], Rank::Newest),
        (&["older|oldest"], Rank::Oldest),
    ];
    RANKS.iter().find(|(patterns, _)| has_any(words, patterns)).map(|(_, rank)| *rank)
}

/// The places, from zero, that `words` pick out of a list of `length`.
pub(in super::super) fn places(words: &[Word], length: usize) -> Vec<usize> {
    let mut places = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let text = |offset: usize| words.get(at + offset).map(|word| word.text.as_str()).unwrap_or_default();
        let before = at.checked_sub(1).map(|index| words[index].text.as_str()).unwrap_or_default();
        if let Some(count) = group(&word.text, text(1), length) {
            places.extend(count);
        } else if let Some(place) = ordinal(&word.text, length)
            && stands_for_one(words, at, before)
        {
            places.push(place);
        } else if let Some(place) = compared_number(words, at, length, !places.is_empty()) {
            places.push(place);
        } else if matches!(before, "number" | "option" | "#" | "choice" | "no")
            && let Some(number) = word.number().or_else(|| small_number(&word.text))
            && let Some(place) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1))
        {
            places.push(place);
        }
    }
    places
}

/// The `1` and `3` of "compare 1 and 3", "1 vs 3".
fn compared_number(words: &[Word], at: usize, length: usize, follows: bool) -> Option<usize> {
    let before = words.get(at.checked_sub(1)?)?;
    let led = before.is_any(&["compare", "vs", "versus", "between", "comparing"])
        || (follows && before.is_any(&["and", "or", "to", "with"]));
    let versus = at == 1 && before.is_any(&["number", "option"]);
    let next = words.get(at + 1).is_some_and(|word| word.is_any(&["vs", "versus", "and", "to", "with", "or"]));
    let ends = at + 1 == words.len() || words[at].stop != words::Stop::None || next;
    let number = words[at].number().or_else(|| small_number(&words[at].text))?;
    let place = usize::try_from(number).ok()?.checked_sub(1).filter(|place| *place < length)?;
    ((led || versus) && ends && words[at].text != "one").then_some(place)
}

/// `first two`, `last two`, `first 3`.
fn group(word: &str, next: &str, length: usize) -> Option<std::ops::Range<usize>> {
    let count = next.parse().ok().or_else(|| small_number(next)).and_then(|count: i64| usize::try_from(count).ok());
    let count = count.filter(|count| (2..=4).contains(count))?;
    match word {
        "first" | "top" => Some(0..count.min(length)),
        "last" => Some(length.saturating_sub(count)..length),
        _ => None,
    }
}

fn ordinal(word: &str, length: usize) -> Option<usize> {
    match word {
        "first" | "1st" | "former" | "top" => Some(0),
        "second" | "2nd" => Some(1),
        "third" | "3rd" => Some(2),
        "fourth" | "4th" => Some(3),
        "middle" => Some(1),
        "last" | "latter" | "bottom" => length.checked_sub(1),
        _ => None,
    }
}

/// Whether an ordinal stands for a vehicle or slot: "the second one", "the first", not "third row" or "first time".
fn stands_for_one(words: &[Word], at: usize, before: &str) -> bool {
    const NOUNS: &[&str] = &[
        "one",
        "car",
        "truck",
        "suv",
        "vehicle",
        "van",
        "sedan",
        "option",
        "listing",
        "choice",
        "slot",
        "time",
        "and",
        "or",
        "is",
        "still",
        "please",
        "works",
        "has",
        "have",
        "with",
        "vs",
        "versus",
        "to",
        "available",
        "come",
        "sounds",
        "looks",
    ];
    let noun_first = words[at].text == "first" && words.get(at + 1).is_some_and(|word| word.text == "time");
    let end = words[at].stop != words::Stop::None || at + 1 == words.len();
    let followed = end || words.get(at + 1).is_some_and(|word| word.is_any(NOUNS));
    let led = matches!(before, "the" | "that" | "this" | "and" | "or" | "your" | "") || at == 0;
    // "First one vs third one": the noun says enough.
    let named = words.get(at + 1).is_some_and(|word| word.is_any(&["one", "car", "truck", "suv", "vehicle", "option"]));
    followed && (led || named) && !noun_first
}
