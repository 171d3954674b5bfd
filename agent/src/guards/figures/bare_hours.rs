//! Numbers that are times only by what stands beside them: "at 3", "9-5", "2, 3 or 4:15 PM".

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use jiff::civil::Time;

use super::{Scan, Value, clock::clock_time, literal::Literal};
use crate::guards::{
    lexicon::{SHORT_WEEKDAYS, WEEKDAYS, alternatives},
    text::{before, pattern},
};

/// Turns bare hours into times: those a preposition introduces, then those that stand in a row with
/// a time or beside a day, read from both ends.
pub(super) fn read_bare_hours(scan: &mut Scan, small: &mut Vec<Literal>) {
    small.retain(|literal| {
        let hours = bare_hour(literal);
        let time = !hours.is_empty() && is_time_by_context(scan.text, &literal.span);
        if time {
            scan.take(literal.span.clone(), Value::Time { any_of: hours });
        }
        !time
    });
    for _ in 0..2 {
        small.reverse();
        small.retain(|literal| {
            let hours = bare_hour(literal);
            let time = !hours.is_empty() && stands_with_a_time(scan, literal);
            if time {
                scan.take(literal.span.clone(), Value::Time { any_of: hours });
            }
            !time
        });
    }
}

fn stands_with_a_time(scan: &Scan, literal: &Literal) -> bool {
    let span = &literal.span;
    let touches = scan.text[span.end..].starts_with(|c: char| c.is_alphanumeric() || c == '%');
    !touches
        && scan.found.iter().any(|figure| {
            let gap = if figure.span.end <= span.start {
                &scan.text[figure.span.end..span.start]
            } else if figure.span.start >= span.end {
                &scan.text[span.end..figure.span.start]
            } else {
                return false;
            };
            let before = figure.span.end <= span.start;
            match &figure.value {
                Value::Time { .. } => gap.len() < 12 && joins_time(gap),
                Value::Days(_) if before => gap.len() < 16 && follows_day(scan.text, gap, span),
                Value::Days(_) => gap.len() < 8 && precedes_day(gap),
                _ => false,
            }
        })
}

/// The times a bare hour may mean, such as the 3 of "at 3".
fn bare_hour(literal: &Literal) -> Vec<Time> {
    match literal.whole() {
        Some(hour @ 1..=23) => clock_time(&hour.to_string(), None, None),
        _ => Vec::new(),
    }
}

static AT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)(?:\b(?:at|until|till|til|jusqu'à|hasta las)|@|\bà)\s*$"));
static FROM: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:by|from|after|before|between|around|past|desde las|vers|de)\s+$"));
static FOLLOWS: LazyLock<Pattern> = LazyLock::new(|| {
    let day = format!("{}|{}", alternatives(&WEEKDAYS), alternatives(&SHORT_WEEKDAYS));
    pattern(&format!(
        r"(?i)^(?:\s*(?:[,;:!?)—-]|\.(?:\s|$)|$|\n)|\s+(?:on|and|or|to|till?|until|through|today|tonight|tomorrow|this|next|for|works?|if|with|in the|is|sharp|would|then|when|as|so|but|because|the|at|please|you|we|i|instead|suits?|sounds?|{day})\b)"
    ))
});
static NOUN_FOLLOWS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^[\s-]+(?:[a-z]{3,}s)\b"));
static VERB_FOLLOWS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^\s+(?:works|this|suits|sounds|was|has|does|seems|fits|is|as|\w+days)\b"));

/// Whether the words around a small bare number make it a time: "at 3", "until 8", "from 9 to …".
fn is_time_by_context(text: &str, span: &Range<usize>) -> bool {
    let (prefix, rest) = (before(text, span.start, 14), &text[span.end..]);
    let touches = rest.starts_with(['%', '/']) || rest.starts_with(|c: char| c.is_alphanumeric());
    if touches {
        return false;
    }
    let noun = NOUN_FOLLOWS.is_match(rest) && !VERB_FOLLOWS.is_match(rest);
    (AT.is_match(prefix) && !noun) || (FROM.is_match(prefix) && FOLLOWS.is_match(rest))
}

static CONNECTOR: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:[,/&—-]|,?\s*(?:to|or|and|through|thru|until|till|a|à|y|o|ou|et))\s*$"));
static DAY_THEN_HOUR: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^[\s:,(.]*(?:(?:morning|afternoon|evening|night)[\s:,(]*)?$"));
static HOUR_THEN_DAY: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^\s+(?:(?:on|this)\s+)?$"));

/// Whether a bare number belongs to a row of times: "2, 3 or 4:15 PM", "9-5".
fn joins_time(gap: &str) -> bool {
    CONNECTOR.is_match(gap)
}

/// Whether a bare number right after a day is a time: "Sat: 9-5", "Saturday 3 works".
fn follows_day(text: &str, gap: &str, span: &Range<usize>) -> bool {
    DAY_THEN_HOUR.is_match(gap) && FOLLOWS.is_match(&text[span.end..]) && !NOUN_FOLLOWS.is_match(&text[span.end..])
}

/// Whether a bare number right before a day is a time: "3 on Saturday".
fn precedes_day(gap: &str) -> bool {
    HOUR_THEN_DAY.is_match(gap)
}
