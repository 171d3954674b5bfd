//! Counts of vehicles and times in a text, by the noun behind a number.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;

use super::{
    Counted, Scan, Value,
    literal::{Form, Literal},
};
use crate::guards::{
    lexicon::{TIME_NOUNS, VEHICLE_NOUNS},
    text::{before, pattern},
};

static VEHICLES_AFTER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"(?i)^\s+((?:[\p{{L}}'-]+\s+){{0,3}}?)(?:{VEHICLE_NOUNS})\b")));
static TIMES_AFTER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"(?i)^\s+((?:[\p{{L}}'-]+\s+){{0,3}}?)(?:{TIME_NOUNS})\b")));
static NOT_AN_ADJECTIVE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:for|or|and|at|of|on|the|with|to|in|is|are|was|as|by|from|a|an|it|you|i|we|works?|that|which|if|when|your|our|de|por|pour|para|no|not|pm|am)\b",
    )
});
static ONE_AS_PRONOUN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:the|that|this|which|another|each|any|no|every|either|first|last|second|other|best|right)\s+$")
});

/// The number of vehicles or times that a number is followed by.
pub(super) fn count(scan: &Scan, literal: &Literal) -> Option<(usize, Value)> {
    let number = literal.whole()?;
    let rest = &scan.text[literal.span.end..];
    let one = literal.form == Form::Spelled && number == 1;
    if one
        && (rest.trim_start().starts_with("of ") || ONE_AS_PRONOUN.is_match(before(scan.text, literal.span.start, 12)))
    {
        return None;
    }
    let named = scan.reader.names.iter().find(|name| {
        name.start > literal.span.end
            && scan.text[literal.span.end..name.start].trim().is_empty()
            && literal.form != Form::Separated
    });
    if let Some(name) = named {
        return Some((name.end, Value::Count { number, of: Counted::Vehicles }));
    }
    let of = |after: &Pattern, of: Counted| {
        let found = after.captures(rest)?;
        let adjective = !NOT_AN_ADJECTIVE.is_match(found.get(1).map_or("", |words| words.as_str()));
        let end = literal.span.end + found.get(0).map_or(0, |all| all.end());
        (adjective && scan.is_free(&(literal.span.start..end))).then_some((end, Value::Count { number, of }))
    };
    of(&VEHICLES_AFTER, Counted::Vehicles).or_else(|| of(&TIMES_AFTER, Counted::Times))
}
