//! Times of day in a text: "3:00 PM", "15 h 30", "noon", "half past two", "at 3".

use std::{ops::Range, sync::LazyLock};

use jiff::civil::Time;
use regex::Regex;

use super::{Scan, Value};
use crate::guards::{
    lexicon::{NUMBER_WORDS, alternatives, lookup},
    text::pattern,
};

static MERIDIEM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(\d{1,2})(?:[:.]([0-5]\d))?(?::[0-5]\d)?\s?(a\.?\s?m\b\.?|p\.?\s?m\b\.?)"));
/// As the contract's date-times write it, after a `T` that is part of the date.
static COLON: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\b|T)(\d{1,2}):([0-5]\d)(?::[0-5]\d)?\b"));
static HOUR_MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b([01]?\d|2[0-3])\s?h(?:\s?([0-5]\d)|eures?)?\b"));
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(noon|midday|midnight|mediod[ií]a|medianoche|midi|minuit)\b"));
static PAST: LazyLock<Regex> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS[..13]);
    pattern(&format!(
        r"(?i)\b(half past|quarter past|quarter after|quarter to|quarter till|quarter of)\s+(\d{{1,2}}|{hour})(?:\s?(am|pm)\b)?\b"
    ))
});
static O_CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS[..13]);
    pattern(&format!(r"(?i)\b(\d{{1,2}}|{hour})\s+o'?\s?clock\b"))
});
static A_LAS: LazyLock<Regex> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS);
    pattern(&format!(
        r"(?i)\ba las?\s+(\d{{1,2}}|{hour}|una)\b(?::([0-5]\d))?(\s+y media|\s+y cuarto)?(?:\s+de la (mañana|tarde|noche))?"
    ))
});

/// Reads the times that say they are times; bare numbers beside them are read with the amounts.
pub(super) fn read_times(scan: &mut Scan) {
    for found in MERIDIEM.captures_iter(scan.text) {
        let afternoon = found[3].to_ascii_lowercase().starts_with('p');
        let time = clock_time(&found[1], found.get(2).map(|minute| minute.as_str()), Some(afternoon));
        take_times(scan, found.get(0).map_or(0..0, |all| trim_sentence_end(scan.text, all.range())), time);
    }
    for found in PAST.captures_iter(scan.text) {
        take_times(
            scan,
            found.get(0).map_or(0..0, |all| all.range()),
            past(&found[1], &found[2], found.get(3).map(|m| m.as_str())),
        );
    }
    for found in A_LAS.captures_iter(scan.text) {
        let minute = found.get(3).map_or(found.get(2).map(|m| m.as_str()), |part| {
            Some(if part.as_str().ends_with("media") { "30" } else { "15" })
        });
        let afternoon = found.get(4).map(|part| !part.as_str().to_lowercase().starts_with('m'));
        take_times(scan, found.get(0).map_or(0..0, |all| all.range()), clock_time(&found[1], minute, afternoon));
    }
    for found in O_CLOCK.captures_iter(scan.text) {
        take_times(scan, found.get(0).map_or(0..0, |all| all.range()), clock_time(&found[1], None, None));
    }
    for found in COLON.captures_iter(scan.text) {
        let (hour, minute) = (found.get(1), found.get(2));
        if let (Some(hour), Some(minute)) = (hour, minute) {
            let end = found.get(0).map_or(minute.end(), |all| all.end());
            take_times(scan, hour.start()..end, clock_time(hour.as_str(), Some(minute.as_str()), None));
        }
    }
    for found in HOUR_MARK.captures_iter(scan.text) {
        let exact = clock_time(&found[1], found.get(2).map(|minute| minute.as_str()), None).into_iter().next();
        take_times(scan, found.get(0).map_or(0..0, |all| all.range()), exact.into_iter().collect());
    }
    for found in NAMED.find_iter(scan.text) {
        let night = matches!(found.as_str().to_lowercase().as_str(), "midnight" | "medianoche" | "minuit");
        take_times(scan, found.range(), vec![if night { Time::midnight() } else { Time::constant(12, 0, 0, 0) }]);
    }
}

/// The period of "p.m." belongs to it unless it ends the sentence.
fn trim_sentence_end(text: &str, span: Range<usize>) -> Range<usize> {
    let rest = text[span.end..].trim_start();
    let ends = text[span.clone()].ends_with('.') && !rest.starts_with(|c: char| c.is_lowercase());
    span.start..if ends { span.end - 1 } else { span.end }
}

fn take_times(scan: &mut Scan, span: Range<usize>, any_of: Vec<Time>) {
    if !span.is_empty() && scan.is_free(&span) {
        scan.take(span, Value::Time { any_of });
    }
}

/// The times an hour may mean: both halves of the day when nothing says which. Empty for 25 o'clock.
pub(super) fn clock_time(hour: &str, minute: Option<&str>, afternoon: Option<bool>) -> Vec<Time> {
    let number =
        hour.parse::<i8>().ok().or_else(|| lookup(&NUMBER_WORDS, hour).and_then(|hour| i8::try_from(hour).ok()));
    let number = number.unwrap_or(if hour.eq_ignore_ascii_case("una") { 1 } else { -1 });
    let minute = minute.and_then(|minute| minute.parse().ok()).unwrap_or(0);
    let written_in_full = hour.len() == 2 && hour.starts_with('0');
    let hours = match (number, afternoon) {
        (13.., _) | (0, _) => vec![number],
        (1..=11, Some(true)) => vec![number + 12],
        (12, Some(false)) => vec![0],
        (_, Some(_)) => vec![number],
        (1..=11, None) if written_in_full => vec![number],
        (12, None) => vec![12, 0],
        (1..=11, None) => vec![number, number + 12],
        _ => vec![],
    };
    hours.into_iter().filter_map(|hour| Time::new(hour, minute, 0, 0).ok()).collect()
}

fn past(part: &str, hour: &str, meridiem: Option<&str>) -> Vec<Time> {
    let afternoon = meridiem.map(|meridiem| meridiem.to_ascii_lowercase().starts_with('p'));
    let minutes = match part.to_lowercase().as_str() {
        "half past" => 30,
        "quarter past" | "quarter after" => 15,
        _ => -15,
    };
    let span = jiff::SignedDuration::from_mins(minutes);
    clock_time(hour, None, afternoon).into_iter().map(|time| time.wrapping_add(span)).collect()
}
