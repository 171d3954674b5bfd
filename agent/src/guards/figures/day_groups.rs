//! Days that belong together: a weekday with its date, "tomorrow (Saturday)", "Monday to Friday".

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{Day, Figure, Value};
use crate::guards::text::{before, pattern};

/// Joins neighbours: a weekday with its date, "tomorrow (Saturday)", and ranges of weekdays.
pub(super) fn joined(text: &str, days: Vec<Figure>) -> Vec<Figure> {
    let mut joined: Vec<Figure> = Vec::with_capacity(days.len());
    for figure in days {
        let merged = joined.last().and_then(|previous| join(text, previous, &figure));
        match merged {
            Some(merged) => {
                joined.pop();
                joined.push(merged);
            }
            None => joined.push(figure),
        }
    }
    let named: Vec<Date> = joined.iter().filter_map(plain_date).collect();
    for figure in &mut joined {
        if let Value::Days(days) = &mut figure.value {
            // "November 28 … Saturday at 3": the weekday may be that of a date named elsewhere.
            for day in days.iter_mut().filter(|day| day.weekday.is_some()) {
                day.any_of.extend(named.iter().filter(|date| Some(date.weekday()) == day.weekday));
            }
        }
    }
    joined
}

static RANGE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^\s*(?:-|to|through|thru|until|till|a|al|à|au)\s*$"));
static MOVED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:mov\w+|mueve|resched\w+|chang\w+|switch\w+|cambi\w+|pas(?:o|a|é|amos|ó)|d[ée]plac\w+|report\w+|reprogram\w+)\b",
    )
});
static APPOSITION: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^[.,]?\s*\(?\s*(?:the|el|le)?\s*$"));

fn join(text: &str, left: &Figure, right: &Figure) -> Option<Figure> {
    let (Value::Days(first), Value::Days(second)) = (&left.value, &right.value) else { return None };
    let ([a], [b]) = (first.as_slice(), second.as_slice()) else { return None };
    let gap = &text[left.span.end..right.span.start];
    let span = left.span.start..right.span.end;
    if let (Some(from), Some(to)) = (a.weekday, b.weekday) {
        // "Moved from Saturday to Monday" is two days, "Saturday to Monday" three.
        let moved = MOVED.is_match(before(text, left.span.start, 40));
        return (RANGE.is_match(gap) && !moved).then(|| Figure { value: Value::Days(range(a, from, to)), span });
    }
    if !APPOSITION.is_match(gap) {
        return None;
    }
    let both: Vec<Date> = match (a.weekday, b.weekday) {
        (Some(weekday), None) if !b.relative => {
            b.any_of.iter().copied().filter(|date| date.weekday() == weekday).collect()
        }
        (None, Some(weekday)) => a.any_of.iter().copied().filter(|date| date.weekday() == weekday).collect(),
        (None, None) if a.relative != b.relative => {
            a.any_of.iter().copied().filter(|date| b.any_of.contains(date)).collect()
        }
        _ => return None,
    };
    // A list such as "tomorrow, Sunday" names two days; in brackets it would be a contradiction.
    let list = gap.contains(',') && a.relative && both.is_empty();
    (!list).then(|| Figure { value: Value::Days(vec![Day { any_of: both, weekday: None, relative: false }]), span })
}

fn range(first: &Day, from: Weekday, to: Weekday) -> Vec<Day> {
    let today = first.any_of.first().copied();
    let length = i64::from(from.until(to));
    let dates = (0..=length).filter_map(|days| today?.checked_add(days.days()).ok());
    // Later days of the week may still be this week's: "Monday to Friday" said on a Wednesday.
    dates
        .map(|date| Day {
            any_of: [Some(date), date.checked_sub(7.days()).ok()].into_iter().flatten().collect(),
            weekday: Some(date.weekday()),
            relative: false,
        })
        .collect()
}

fn plain_date(figure: &Figure) -> Option<Date> {
    let Value::Days(days) = &figure.value else { return None };
    match days.as_slice() {
        [day] if day.weekday.is_none() && !day.relative => day.any_of.first().copied(),
        _ => None,
    }
}
