//! Times of day in a text: "3:00 PM", "15 h 30", "noon", "half past two", "at 3".

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::{Captures, Pattern};
use jiff::civil::Time;

use super::{Scan, Value};
use crate::guards::{
    lexicon::{NUMBER_WORDS, alternatives, lookup},
    text::{before, pattern},
};

static MERIDIEM: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(\d{1,2})(?:[:.]([0-5]\d))?(?::[0-5]\d)?\s?(a\.?\s?m\b\.?|p\.?\s?m\b\.?)"));
/// As the contract's date-times write it, after a `T` that is part of the date.
static COLON: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?:\b|T)(\d{1,2}):([0-5]\d)(?::[0-5]\d)?\b"));
static HOUR_MARK: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b([01]?\d|2[0-3])\s?h(?:\s?([0-5]\d)|eures?)?\b"));
static NAMED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(noon|midday|midnight|mediod[ií]a|medianoche|midi|minuit)\b"));
static PAST: LazyLock<Pattern> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS[..13]);
    pattern(&format!(
        r"(?i)\b(half past|quarter past|quarter after|quarter to|quarter till|quarter of)\s+(\d{{1,2}}|{hour})(?:\s?(am|pm)\b)?\b"
    ))
});
static O_CLOCK: LazyLock<Pattern> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS[..13]);
    pattern(&format!(r"(?i)\b(\d{{1,2}}|{hour})\s+o'?\s?clock\b"))
});
/// What part of the day a Spanish or French time is said to be in.
const PART_OF_DAY: &str = r"\s+(?:de|por|en) la (?P<es>mañana|manana|madrugada|tarde|noche)|\s+(?:du |de l')(?P<fr>matin|après-midi|apres-midi|soir)";
/// What Spanish adds to an hour: "y media", "y quince", "menos cuarto", ":30".
const MINUTES_ES: &str = r":(?P<digits>[0-5]\d)|\s+(?:y|con)\s+(?P<and>media|cuarto|cinco|diez|quince|veinte|veinticinco|treinta|cuarenta y cinco|cuarenta|cincuenta|\d{1,2})|\s+(?P<less>menos (?:cuarto|cinco|diez|veinte|veinticinco))";
/// "A las tres y media", "hasta las 8 de la noche". "Las dos" alone may be two vehicles.
static A_LAS: LazyLock<Pattern> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS);
    pattern(&format!(
        r"(?i)\b(?:a|hasta|desde) las?\s+(?P<hour>\d{{1,2}}|once|{hour}|una)\b(?:{MINUTES_ES})?(?:\s*(?:horas?|hrs?|h)\b)?(?:\s+en punto)?(?:{PART_OF_DAY})?"
    ))
});
static LAS: LazyLock<Pattern> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS);
    pattern(&format!(
        r"(?i)\b(?:las?\s+)?(?P<hour>\d{{1,2}}|once|{hour}|una)\b(?:{MINUTES_ES})?(?:\s*(?:horas?|hrs?)\b)?(?:{PART_OF_DAY})|\blas?\s+(?P<hour2>\d{{1,2}}|once|{hour}|una)\b(?:{MINUTES_ES2}|\s+en punto\b)",
        MINUTES_ES2 = MINUTES_ES.replace("digits", "digits2").replace("<and>", "<and2>").replace("less", "less2"),
    ))
});
/// "Las tres" in a row with times: "a las dos, las tres y las cuatro".
static LAS_ALONE: LazyLock<Pattern> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS);
    pattern(&format!(r"(?i)\blas?\s+(\d{{1,2}}|once|{hour}|una)\b"))
});
/// "Quinze heures trente", "neuf heures et demie", "3 h de l'après-midi"; "15h30" in digits.
static HEURES: LazyLock<Pattern> = LazyLock::new(|| {
    let hour = alternatives(&NUMBER_WORDS);
    pattern(&format!(
        r"(?i)\b(?P<hour>\d{{1,2}}|dix[ -](?:sept|huit|neuf)|vingt(?:[ -]et[ -]une?|[ -](?:deux|trois))?|une|{hour})\s?(?:heures?|h)\b(?:\s+(?P<minutes>[0-5]\d|cinq|dix|quinze|vingt(?:[ -]cinq)?|trente|quarante(?:[ -]cinq)?|cinquante)\b(?:\s+minutes?)?|\s+et\s+(?P<and>demie?|quart)|\s+moins\s+(?:le\s+)?(?P<less>quart|cinq|dix|vingt))?(?:{PART_OF_DAY})?"
    ))
});
static LASTS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:dure|durent|pendant|dans|en|d'ici|toutes les|sous|prend|prendra|environ|moins de|plus de|durant|apr[èe]s|en moins de|24h/24)\s+$",
    )
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
        take_spanish(scan, &found, ["hour", "digits", "and", "less"]);
    }
    for found in LAS.captures_iter(scan.text) {
        let second = found.name("hour2").is_some();
        let groups = if second { ["hour2", "digits2", "and2", "less2"] } else { ["hour", "digits", "and", "less"] };
        take_spanish(scan, &found, groups);
    }
    for found in HEURES.captures_iter(scan.text) {
        take_french(scan, &found);
    }
    for found in LAS_ALONE.captures_iter(scan.text) {
        let in_a_row = |scan: &Scan, at: usize| {
            scan.found.iter().any(|figure| {
                matches!(figure.value, Value::Time { .. })
                    && figure.span.end <= at
                    && scan.text.get(figure.span.end..at).is_some_and(|gap| IN_A_ROW.is_match(gap))
            })
        };
        if let Some(all) = found.get(0).filter(|all| in_a_row(scan, all.start())) {
            take_times(scan, all.range(), clock_time(&found[1], None, None));
        }
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

static IN_A_ROW: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^\s*(?:,|,?\s*(?:y|o|u|e|a)(?:\s+a)?)\s*$"));

fn take_spanish(scan: &mut Scan, found: &Captures, [hour, digits, and, less]: [&str; 4]) {
    let (Some(all), Some(hour)) = (found.get(0), found.name(hour)) else { return };
    let minutes = match (found.name(digits), found.name(and), found.name(less)) {
        (Some(digits), _, _) => digits.as_str().parse().unwrap_or(0),
        (_, Some(and), _) => minutes_of(and.as_str()),
        (_, _, Some(less)) => -minutes_of(less.as_str().trim_start_matches(|c: char| !c.is_whitespace()).trim()),
        _ => 0,
    };
    let times = clock_time(hour.as_str(), None, is_afternoon(found));
    // "Hasta" is no part of the time: it says which of two times it is.
    let prefix = ["hasta ", "desde "].iter().find(|prefix| all.as_str().to_lowercase().starts_with(**prefix));
    take_times(scan, all.start() + prefix.map_or(0, |prefix| prefix.len())..all.end(), shifted(times, minutes));
}

fn take_french(scan: &mut Scan, found: &Captures) {
    let (Some(all), Some(hour)) = (found.get(0), found.name("hour")) else { return };
    if LASTS.is_match(before(scan.text, all.start(), 14)) {
        return;
    }
    let minutes = match (found.name("minutes"), found.name("and"), found.name("less")) {
        (Some(minutes), _, _) => minutes_of(minutes.as_str()),
        (_, Some(and), _) => minutes_of(and.as_str()),
        (_, _, Some(less)) => -minutes_of(less.as_str()),
        _ => 0,
    };
    let number = hour.as_str().parse::<i64>().ok();
    let number = number.or_else(|| spelled(hour.as_str())).unwrap_or(-1);
    let times = match is_afternoon(found) {
        // French writes "15h" where it means the afternoon; in words it may not.
        None if hour.as_str().starts_with(|c: char| c.is_ascii_digit()) => {
            clock_time(&format!("{number:02}"), None, None)
        }
        afternoon => clock_time(&number.to_string(), None, afternoon),
    };
    if !times.is_empty() {
        take_times(scan, all.range(), shifted(times, minutes));
    }
}

/// "De la tarde", "du soir"; none where nothing is said.
fn is_afternoon(found: &Captures) -> Option<bool> {
    let part = found.name("es").or_else(|| found.name("fr"))?.as_str().to_lowercase();
    Some(!matches!(part.as_str(), "mañana" | "manana" | "madrugada" | "matin"))
}

fn minutes_of(words: &str) -> i64 {
    match words.to_lowercase().as_str() {
        "media" | "demi" | "demie" => 30,
        "cuarto" | "quart" => 15,
        other => other.parse().ok().or_else(|| spelled(other)).unwrap_or(0),
    }
}

/// A small number in Spanish or French words: "veinticinco", "vingt-et-une", "cuarenta y cinco".
fn spelled(words: &str) -> Option<i64> {
    let parts = words.split([' ', '-']).filter(|part| !matches!(part.to_lowercase().as_str(), "y" | "et"));
    parts
        .map(|part| match part.to_lowercase().as_str() {
            "un" | "une" | "una" => Some(1),
            _ => lookup(&NUMBER_WORDS, part),
        })
        .try_fold(0, |sum, part| Some(sum + part?))
}

fn shifted(times: Vec<Time>, minutes: i64) -> Vec<Time> {
    let span = jiff::SignedDuration::from_mins(minutes);
    times.into_iter().map(|time| time.wrapping_add(span)).collect()
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
    let number = number.unwrap_or(match hour.to_lowercase().as_str() {
        "una" | "une" => 1,
        "once" => 11,
        _ => -1,
    });
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
