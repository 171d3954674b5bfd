//! Days in a text: dates, weekdays, "tomorrow", resolved from the present day at the dealership.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::{Captures, Pattern};
use jiff::{
    Span, ToSpan,
    civil::{Date, Weekday, date},
};

use super::{Day, Scan, Speaker, Value, day_groups::joined};
use crate::guards::{
    lexicon::{MONTHS, NUMBER_WORDS, RELATIVE_DAYS, SHORT_WEEKDAYS, WEEKDAYS, alternatives, lookup},
    text::{before, pattern},
};

static ISO: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b(\d{4})-(\d{2})-(\d{2})(?:\b|T)"));
static MONTH_DAY: LazyLock<Pattern> = LazyLock::new(|| {
    let month = alternatives(&MONTHS);
    pattern(&format!(r"(?i)\b({month})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}})\b)?"))
});
static DAY_MONTH: LazyLock<Pattern> = LazyLock::new(|| {
    let month = alternatives(&MONTHS);
    pattern(&format!(
        r"(?i)\b(\d{{1,2}})(st|nd|rd|th|er)?\s+(of\s+|de\s+|d')?({month})\b\.?(?:,?\s+(?:de\s+)?(\d{{4}})\b)?"
    ))
});
/// "Lunes 23", "samedi 21 à 15 h"; English puts an hour there.
static WEEKDAY_AND_DAY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),?\s+(\d{1,2})\b(?P<rest>\s*[:hH%]|\s+(?:heures?|horas|de la|[ap]\.?m)\b)?",
    )
});
/// "El 23", "le 23 à 15 h".
static THE_DAY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:el|le|d[ií]a|jour)\s+(\d{1,2})(?:[,.;:!?)]|$|\s+(?:a las?|[àa]|por la|y|et|o|ou|est[áa]|hay|tengo|il)\b)",
    )
});
static NUMERIC: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b(\d{1,2})([/.])(\d{1,2})(?:([/.])(\d{4}|\d{2}))?\b"));
static DAY_OF_MONTH: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:on|for|the|until|by|el|le)\s+(?:the\s+)?(\d{1,2}(?:st|nd|rd|th))\b(?:[,.;:!?)]|$|\s+(?:at|of|on|for|works?|is|or|and|if|in|then|when|to|until|from|we|i|you|has|looks|would)\b)",
    )
});
static ORDINAL: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b\d{1,3}(?:st|nd|rd|th)\b"));
static WEEKDAY: LazyLock<Pattern> = LazyLock::new(|| {
    let (full, short) = (alternatives(&WEEKDAYS), alternatives(&SHORT_WEEKDAYS));
    pattern(&format!(
        r"(?i)\b(?:(this coming|coming|this|next|last|past|este|pr[oó]ximo|pasado|ce|prochain)\s+)?(?:({full})s?|({short})\b\.?)(\s+prochain)?"
    ))
});
static WEEKDAYS_ONLY: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bweekdays\b"));
static RELATIVE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"(?i)\b(?:{})\b", alternatives(&RELATIVE_DAYS))));
static IN_DAYS: LazyLock<Pattern> = LazyLock::new(|| {
    let number = alternatives(&NUMBER_WORDS);
    pattern(&format!(
        r"(?i)\b(?:in|en|dans)\s+(\d{{1,2}}|{number})\s+(days?|weeks?|d[ií]as?|semanas?|jours?|semaines?)\b"
    ))
});

/// Reads the days, then joins what belongs together: "Saturday, November 21", "Monday to Friday".
pub(super) fn read_days(scan: &mut Scan) {
    let first = scan.found.len();
    read_dates(scan);
    if scan.reader.speaker != Speaker::Record {
        read_relative_days(scan);
    }
    read_weekdays(scan);
    mask_ordinals(scan);
    let mut days = scan.found.split_off(first);
    days.sort_by_key(|figure| figure.span.start);
    scan.found.extend(joined(scan.text, days));
}

fn read_dates(scan: &mut Scan) {
    let today = scan.reader.now.date();
    for found in ISO.captures_iter(scan.text) {
        let parsed = (number(&found, 1), number(&found, 2), number(&found, 3));
        let exact = exact_date(parsed.0, parsed.1, parsed.2);
        let end = found.get(3).map_or(0, |day| day.end());
        take_dates(scan, found.get(0).map_or(0, |all| all.start())..end, exact.into_iter().collect());
    }
    for found in MONTH_DAY.captures_iter(scan.text) {
        let name = found.get(1).map_or("", |name| name.as_str());
        // "You may 3 …" is a slip, "May 3" a date; a customer does not bother.
        let month = lookup(&MONTHS, name).filter(|_| name != "may" || scan.reader.speaker == Speaker::Customer);
        take_month_day(scan, &found, month, number(&found, 2), found.get(3).is_some().then(|| number(&found, 3)));
    }
    for found in DAY_MONTH.captures_iter(scan.text) {
        let name = found.get(4).map_or("", |name| name.as_str());
        let plainly = found.get(2).is_some() || found.get(3).is_some() || name.starts_with(char::is_uppercase);
        if plainly || !matches!(name, "may" | "mar" | "sept" | "sep") {
            let month = lookup(&MONTHS, name);
            take_month_day(scan, &found, month, number(&found, 1), found.get(5).is_some().then(|| number(&found, 5)));
        }
    }
    read_numeric_dates(scan);
    let of_month = DAY_OF_MONTH.captures_iter(scan.text).chain(THE_DAY.captures_iter(scan.text));
    let beside_weekday = WEEKDAY_AND_DAY.captures_iter(scan.text).filter(|found| found.name("rest").is_none());
    for day in of_month.chain(beside_weekday).filter_map(|found| found.get(1)) {
        let nth = day.as_str().trim_end_matches(char::is_alphabetic).parse().unwrap_or(0);
        let near = [today.checked_sub(1.month()), Ok(today), today.checked_add(1.month())];
        let dates = near.into_iter().flatten().filter_map(|month| exact_date(month.year(), month.month().into(), nth));
        take_dates(scan, day.range(), dates.collect());
    }
}

/// `11/21`, `11/21/2026`, `21.11.2026`: the month stands first or, where it cannot or where dots
/// separate, second.
fn read_numeric_dates(scan: &mut Scan) {
    let today = scan.reader.now.date();
    for found in NUMERIC.captures_iter(scan.text) {
        let Some(all) = found.get(0) else { continue };
        let slashes = &found[2] == "/";
        let year = found.get(5).map(|_| number(&found, 5));
        let touches = before(scan.text, all.start(), 4).ends_with(['.', '/', ',', '$']);
        let same_marks = found.get(4).is_none_or(|mark| mark.as_str() == &found[2]);
        if touches || !same_marks || (!slashes && year.is_none()) || !scan.is_free(&all.range()) {
            continue;
        }
        let (left, right) = (number(&found, 1), number(&found, 3));
        let month_first = if slashes { near_dates(today, left, right, year) } else { Vec::new() };
        let dates = if month_first.is_empty() { near_dates(today, right, left, year) } else { month_first };
        if !dates.is_empty() {
            take_dates(scan, all.range(), dates);
        }
    }
}

fn read_relative_days(scan: &mut Scan) {
    let today = scan.reader.now.date();
    for found in RELATIVE.find_iter(scan.text) {
        let name = found.as_str();
        // "A las 9 de la mañana" is the morning of any day.
        let part_of_day = matches!(name.to_lowercase().as_str(), "mañana" | "manana")
            && before(scan.text, found.start(), 4).to_lowercase().ends_with("la ");
        let date = lookup(&RELATIVE_DAYS, name).and_then(|days| today.checked_add(days.days()).ok());
        if let Some(date) = date.filter(|_| !part_of_day && scan.is_free(&found.range())) {
            scan.take(found.range(), Value::Days(vec![Day { any_of: vec![date], weekday: None, relative: true }]));
        }
    }
    for found in IN_DAYS.captures_iter(scan.text) {
        let Some(all) = found.get(0).filter(|all| scan.is_free(&all.range())) else { continue };
        let count = found[1].parse().ok().or_else(|| lookup(&NUMBER_WORDS, &found[1])).unwrap_or(0);
        let days = if found[2].to_lowercase().starts_with(['w', 's']) { count * 7 } else { count };
        if let Ok(date) = Span::new().try_days(days).and_then(|days| today.checked_add(days)) {
            scan.take(all.range(), Value::Days(vec![Day { any_of: vec![date], weekday: None, relative: true }]));
        }
    }
}

fn read_weekdays(scan: &mut Scan) {
    let today = scan.reader.now.date();
    for found in WEEKDAY.captures_iter(scan.text) {
        let Some(all) = found.get(0).filter(|all| scan.is_free(&all.range())) else { continue };
        let full = found.get(2).and_then(|name| lookup(&WEEKDAYS, name.as_str()));
        let short = found.get(3).filter(|name| is_short_weekday(scan, name.as_str(), name.end()));
        let weekday = full.or_else(|| short.and_then(|name| lookup(&SHORT_WEEKDAYS, name.as_str())));
        let Some(weekday) = weekday.filter(|_| !is_name_of_a_day(scan.text, all.range())) else { continue };
        let which = found.get(1).or_else(|| found.get(4)).map_or("", |word| word.as_str().trim());
        let day = Day { any_of: weekday_dates(today, weekday, which), weekday: Some(weekday), relative: false };
        scan.take(all.range(), Value::Days(vec![day]));
    }
    for found in WEEKDAYS_ONLY.find_iter(scan.text) {
        let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let days = days.map(|weekday| Day {
            any_of: weekday_dates(today, weekday, ""),
            weekday: Some(weekday),
            relative: false,
        });
        scan.take(found.range(), Value::Days(days.into()));
    }
}

/// We write "Sat"; "sat" and "sun" are words, and so is the "Sun" of a roof.
fn is_short_weekday(scan: &Scan, name: &str, end: usize) -> bool {
    let written = scan.reader.speaker == Speaker::Customer || name.starts_with(char::is_uppercase);
    let rest = scan.text[end..].trim_start().to_lowercase();
    written && !["roof", "shade", "visor"].iter().any(|word| rest.starts_with(word))
}

/// "Black Friday" is a name and "Enjoy your Friday!" a wish; neither states anything of a day.
fn is_name_of_a_day(text: &str, span: Range<usize>) -> bool {
    let before = before(text, span.start, 12).to_lowercase();
    let name = ["black ", "cyber ", "good ", "happy ", "easter "].iter().any(|word| before.ends_with(word));
    let wish = ["your ", "great ", "nice ", "lovely ", "wonderful "].iter().any(|word| before.ends_with(word));
    name || (wish && !text[span.end..].trim_start_matches(' ').starts_with(char::is_alphanumeric))
}

fn weekday_dates(today: Date, weekday: Weekday, which: &str) -> Vec<Date> {
    let ahead = i64::from(today.weekday().until(weekday));
    let days = match which.to_lowercase().as_str() {
        "last" | "past" => vec![if ahead == 0 { -7 } else { ahead - 7 }],
        "next" | "próximo" | "proximo" | "prochain" if ahead == 0 => vec![7],
        "next" | "próximo" | "proximo" | "prochain" => vec![ahead, ahead + 7],
        "" if ahead == 0 => vec![0, 7],
        _ => vec![ahead],
    };
    days.into_iter().filter_map(|days| today.checked_add(days.days()).ok()).collect()
}

/// What is left with "st", "nd" or "th" ranks something and is no day.
fn mask_ordinals(scan: &mut Scan) {
    let spans: Vec<_> = ORDINAL.find_iter(scan.text).map(|found| found.range()).collect();
    for span in spans {
        scan.mask(span);
    }
}

fn take_month_day(scan: &mut Scan, found: &Captures, month: Option<i8>, day: i16, year: Option<i16>) {
    if let (Some(all), Some(month)) = (found.get(0), month) {
        let dates = near_dates(scan.reader.now.date(), month.into(), day, year);
        take_dates(scan, all.range(), dates);
    }
}

fn take_dates(scan: &mut Scan, span: Range<usize>, any_of: Vec<Date>) {
    if scan.is_free(&span) {
        scan.take(span, Value::Days(vec![Day { any_of, weekday: None, relative: false }]));
    }
}

/// The date of a month and day; without a year, the one that is at most three months past.
fn near_dates(today: Date, month: i16, day: i16, year: Option<i16>) -> Vec<Date> {
    if let Some(year) = year {
        return exact_date(if year < 100 { 2000 + year } else { year }, month, day).into_iter().collect();
    }
    let earliest = today.checked_sub(3.months()).unwrap_or(today);
    let years = [today.year() - 1, today.year(), today.year() + 1];
    years
        .into_iter()
        .filter_map(|year| exact_date(year, month, day))
        .find(|date| *date >= earliest)
        .into_iter()
        .collect()
}

fn exact_date(year: i16, month: i16, day: i16) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().filter(|date| *date > date_of_the_first_car())
}

const fn date_of_the_first_car() -> Date {
    date(1885, 1, 1)
}

fn number(found: &Captures, group: usize) -> i16 {
    found.get(group).and_then(|digits| digits.as_str().parse().ok()).unwrap_or(0)
}
