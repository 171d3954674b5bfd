//! Days: weekdays, dates, holidays, "in two weeks".

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Weekday},
};

use super::{
    super::{amounts::small_number, phrase::same_word, words::Word},
    Clock, PartOfDay,
};

/// A day as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    On(Date),
    /// Today's own weekday: today if a time later today was said with it, else in a week.
    TodaysWeekday,
}

impl Day {
    /// The date, now that the time said with it is known.
    pub(super) fn settle(self, now: DateTime, clock: Option<Clock>) -> Option<Date> {
        match self {
            Self::On(date) => Some(date),
            Self::TodaysWeekday => {
                let later_today = clock.is_some_and(|clock| clock.latest() > now.time());
                if later_today { Some(now.date()) } else { now.date().checked_add(1.week()).ok() }
            }
        }
    }
}

type Read = Option<(Day, Option<PartOfDay>, usize)>;

/// The day written at `at`, the part of the day its word includes ("tonight"), and where it ends.
pub(super) fn day_at(words: &[Word], at: usize, today: Date) -> Read {
    relative_day(words, at, today)
        .or_else(|| in_days(words, at, today))
        .or_else(|| weekday(words, at, today))
        .or_else(|| holiday(words, at, today))
        .or_else(|| month_and_day(words, at, today))
        .or_else(|| numeric_date(words, at, today))
        .or_else(|| day_of_month(words, at, today))
}

/// The text of the word at `at`, or nothing after the end of a sentence.
fn text(words: &[Word], start: usize, at: usize) -> &str {
    let broken = at > start && words.get(start..at).is_some_and(|gap| gap.iter().any(Word::ends_sentence));
    words.get(at).filter(|_| !broken).map(|word| word.text.as_str()).unwrap_or_default()
}

fn relative_day(words: &[Word], at: usize, today: Date) -> Read {
    let days = |count: i64, part, end| today.checked_add(count.days()).ok().map(|date| (Day::On(date), part, end));
    let next = |offset: usize| text(words, at, at + offset);
    match next(0) {
        "day" if matches!(next(1), "after" | "before") => {
            let (day, part, end) = day_at(words, at + 2, today)?;
            let Day::On(base) = day else { return None };
            let date = if next(1) == "after" { base.tomorrow() } else { base.yesterday() };
            date.ok().map(|date| (Day::On(date), part, end))
        }
        "tomorrow" | "tomorrows" => days(1, None, at + 1),
        "soonest" | "earliest" if names_a_day_soon(words, at) || words.len() <= 3 => None,
        "today" | "todays" | "soonest" | "earliest" => days(0, None, at + 1),
        "later" if next(1) == "today" => days(0, None, at + 2),
        "right" if next(1) == "now" => days(0, None, at + 2),
        "tonight" => days(0, Some(PartOfDay::Evening), at + 1),
        "this" if next(1) == "morning" => days(0, Some(PartOfDay::Morning), at + 2),
        "this" if next(1) == "afternoon" => days(0, Some(PartOfDay::Afternoon), at + 2),
        "this" if next(1) == "evening" => days(0, Some(PartOfDay::Evening), at + 2),
        "weekend" => {
            let ahead = match today.weekday() {
                Weekday::Sunday => 0,
                other => i64::from(Weekday::Saturday.to_monday_zero_offset() - other.to_monday_zero_offset()),
            };
            let following = at.checked_sub(1).is_some_and(|index| words[index].text == "next");
            days(if following { days_to_next_week(today, Weekday::Saturday) } else { ahead }, None, at + 1)
        }
        _ => None,
    }
}

/// Whether a day follows within the next words: "the earliest on Saturday".
fn names_a_day_soon(words: &[Word], at: usize) -> bool {
    let after = words.get(at + 1..words.len().min(at + 9)).unwrap_or_default();
    after.iter().any(|word| weekday_named(&word.text).is_some() || word.is_any(&["tomorrow", "today", "weekend"]))
}

/// `in 3 days`, `two weeks from now`, `a week from Friday`.
fn in_days(words: &[Word], at: usize, today: Date) -> Read {
    let (start, said_in) = if text(words, at, at) == "in" { (at + 1, true) } else { (at, false) };
    let (count, unit) = match (text(words, at, start), text(words, at, start + 1), text(words, at, start + 2)) {
        ("a", "couple", "of") => (2, start + 3),
        ("a", "couple", _) => (2, start + 2),
        ("a" | "an" | "one", _, _) => (1, start + 1),
        (count, _, _) => {
            (count.parse().ok().or_else(|| small_number(count)).filter(|count| (1..=90).contains(count))?, start + 1)
        }
    };
    let unit_days = match text(words, at, unit) {
        word if same_word(word, "day") => 1,
        word if same_word(word, "week") => 7,
        _ => return None,
    };
    let span = count.checked_mul(unit_days)?;
    let from = |base: Date, end: usize| base.checked_add(span.days()).ok().map(|date| (Day::On(date), None, end));
    match (text(words, at, unit + 1), text(words, at, unit + 2)) {
        ("from", "now" | "today") => from(today, unit + 3),
        ("from", _) => {
            let (day, _, end) = relative_day(words, unit + 2, today).or_else(|| weekday(words, unit + 2, today))?;
            let Day::On(base) = day else { return from(today, end) };
            from(base, end)
        }
        _ if said_in => from(today, unit + 1),
        _ => None,
    }
}

/// The weekday a word names.
fn weekday_named(word: &str) -> Option<Weekday> {
    const NAMES: [(Weekday, &str, &[&str]); 7] = [
        (Weekday::Monday, "monday", &["mon"]),
        (Weekday::Tuesday, "tuesday", &["tue", "tues"]),
        (Weekday::Wednesday, "wednesday", &["wed", "weds"]),
        (Weekday::Thursday, "thursday", &["thu", "thur", "thurs"]),
        (Weekday::Friday, "friday", &["fri"]),
        (Weekday::Saturday, "saturday", &["sat"]),
        (Weekday::Sunday, "sunday", &["sun"]),
    ];
    NAMES.iter().find(|(_, name, short)| same_word(word, name) || short.contains(&word)).map(|(weekday, ..)| *weekday)
}

/// Days from `today` to `weekday` in the calendar week (Monday first) after this one.
fn days_to_next_week(today: Date, weekday: Weekday) -> i64 {
    7 - i64::from(today.weekday().to_monday_zero_offset()) + i64::from(weekday.to_monday_zero_offset())
}

fn weekday(words: &[Word], at: usize, today: Date) -> Read {
    let named = weekday_named(text(words, at, at))?;
    let previous = at.checked_sub(1).map(|index| words[index].text.as_str()).unwrap_or_default();
    // "Wed love to" is "we'd love to".
    let would = text(words, at, at) == "wed" && matches!(text(words, at, at + 1), "love" | "like" | "be" | "prefer");
    if previous == "last" || would {
        return None;
    }
    if text(words, at, at + 1) == "after"
        && let Some((Day::On(base), part, end)) = holiday(words, at + 2, today)
    {
        // "The Friday after Thanksgiving".
        let ahead = i64::from(named.to_monday_zero_offset()) - i64::from(base.weekday().to_monday_zero_offset());
        let ahead = if ahead > 0 { ahead } else { ahead + 7 };
        return base.checked_add(ahead.days()).ok().map(|date| (Day::On(date), part, end));
    }
    let next_week = text(words, at, at + 1) == "next" && text(words, at, at + 2) == "week";
    let end = if next_week { at + 3 } else { at + 1 };
    // A weekday before a written date ("Monday 11/23", "Friday the 27th") only repeats it.
    let written = if text(words, at, end) == "the" { end + 1 } else { end };
    let date = month_and_day(words, written, today)
        .or_else(|| numeric_date(words, written, today))
        .or_else(|| day_of_month(words, written, today))
        .filter(|_| written < words.len() && !words[at].ends_sentence());
    if let Some(date) = date {
        return Some(date);
    }
    let ahead = i64::from(named.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset());
    let ahead = match (next_week || previous == "next", ahead) {
        (true, _) => days_to_next_week(today, named),
        (false, 0) if previous != "this" => return Some((Day::TodaysWeekday, None, end)),
        (false, ahead) => ahead.rem_euclid(7),
    };
    today.checked_add(ahead.days()).ok().map(|date| (Day::On(date), None, end))
}

fn month_named(word: &str) -> Option<i8> {
    const MONTHS: [(&str, &[&str]); 12] = [
        ("january", &["jan"]),
        ("february", &["feb"]),
        ("march", &["mar"]),
        ("april", &["apr"]),
        ("may", &[]),
        ("june", &["jun"]),
        ("july", &["jul"]),
        ("august", &["aug"]),
        ("september", &["sep", "sept"]),
        ("october", &["oct"]),
        ("november", &["nov"]),
        ("december", &["dec"]),
    ];
    let index = MONTHS.iter().position(|(name, short)| *name == word || short.contains(&word))?;
    i8::try_from(index + 1).ok()
}

/// The day of a month written as `28` or `28th`.
fn day_number(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    digits.parse().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)
}

/// `Nov 28`, `November 28th, 2026`, `28 Nov`, `28th of November`.
fn month_and_day(words: &[Word], at: usize, today: Date) -> Read {
    let (month, day, mut end) = if let Some(month) = month_named(text(words, at, at)) {
        (month, day_number(text(words, at, at + 1))?, at + 2)
    } else {
        let day = day_number(text(words, at, at))?;
        let of = usize::from(text(words, at, at + 1) == "of");
        (month_named(text(words, at, at + 1 + of))?, day, at + 2 + of)
    };
    let year: Option<i16> = text(words, at, end).parse().ok().filter(|year| (2000..2100).contains(year));
    end += usize::from(year.is_some());
    dated(year, month, day, today).map(|date| (Day::On(date), None, end))
}

/// The date of a day and month: in `year`, or the next time it comes.
fn dated(year: Option<i16>, month: i8, day: i8, today: Date) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let this_year = Date::new(today.year(), month, day).ok();
    this_year.filter(|date| *date >= today).or_else(|| Date::new(today.year().checked_add(1)?, month, day).ok())
}

/// `11/28`, `11/28/26`, `11-28`, `2026-11-28`.
fn numeric_date(words: &[Word], at: usize, today: Date) -> Read {
    let word = words.get(at)?;
    let on = |date: Option<Date>, end| date.map(|date| (Day::On(date), None, end));
    if word.text.contains('/') {
        let parts: Vec<i16> = word.text.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
        return match parts.as_slice() {
            [first, second] => on(month_first(None, *first, *second, today), at + 1),
            [first, second, year] => {
                let year = if *year < 100 { year + 2000 } else { *year };
                on(month_first(Some(year), *first, *second, today), at + 1)
            }
            _ => None,
        };
    }
    let tied =
        |offset: usize| words.get(at + offset).filter(|word| word.tied).and_then(|word| word.text.parse::<i16>().ok());
    let first: i16 = word.text.parse().ok().filter(|_| !word.tied)?;
    match (tied(1)?, tied(2)) {
        (month, Some(day)) if (2000..2100).contains(&first) => on(month_first(Some(first), month, day, today), at + 3),
        (day, Some(year)) if (2000..2100).contains(&year) => on(month_first(Some(year), first, day, today), at + 3),
        (day, None) if (13..=31).contains(&day) => on(month_first(None, first, day, today), at + 2),
        _ => None,
    }
}

/// Month before day, as written in North America, unless only the other order is a date.
fn month_first(year: Option<i16>, first: i16, second: i16, today: Date) -> Option<Date> {
    let (first, second) = (i8::try_from(first).ok()?, i8::try_from(second).ok()?);
    dated(year, first, second, today).or_else(|| dated(year, second, first, today))
}

/// `the 28th`: a small ordinal more often counts vehicles, so it needs "on" or "the" and no noun.
fn day_of_month(words: &[Word], at: usize, today: Date) -> Read {
    let word = text(words, at, at);
    let day = day_number(word).filter(|_| !word.ends_with(|c: char| c.is_ascii_digit()))?;
    let previous = at.checked_sub(1).map(|index| words[index].text.as_str()).unwrap_or_default();
    let counted = matches!(
        text(words, at, at + 1),
        "one" | "ones" | "car" | "vehicle" | "option" | "truck" | "suv" | "row" | "two" | "gen"
    );
    let on = at.checked_sub(2).is_some_and(|index| words[index].is_any(&["on", "for", "to", "by", "until"]));
    if counted || (day < 5 && !(on || previous == "on")) {
        return None;
    }
    let mut month = today.first_of_month();
    for _ in 0..3 {
        if let Ok(date) = Date::new(month.year(), month.month(), day)
            && date >= today
        {
            return Some((Day::On(date), None, at + 1));
        }
        month = month.checked_add(1.month()).ok()?;
    }
    None
}

/// The holidays dealerships are asked about. Source: 5 U.S.C. 6103 for the federal ones.
fn holiday(words: &[Word], at: usize, today: Date) -> Read {
    let next = |offset: usize| text(words, at, at + offset);
    let day = usize::from(next(1) == "day");
    let (rule, end): (fn(i16) -> Option<Date>, usize) = match (next(0), next(1)) {
        ("turkey", "day") => (thanksgiving, at + 2),
        ("thanksgiving", _) => (thanksgiving, at + 1 + day),
        ("black", "friday") => (|year| thanksgiving(year)?.tomorrow().ok(), at + 2),
        ("christmas" | "xmas", "eve") => (|year| Date::new(year, 12, 24).ok(), at + 2),
        ("christmas" | "xmas", _) => (|year| Date::new(year, 12, 25).ok(), at + 1 + day),
        ("new", "years" | "year") if next(2) == "eve" => (|year| Date::new(year, 12, 31).ok(), at + 3),
        ("new", "years") => (|year| Date::new(year, 1, 1).ok(), at + 2 + usize::from(next(2) == "day")),
        ("new", "year") if next(2) == "day" => (|year| Date::new(year, 1, 1).ok(), at + 3),
        ("independence", "day") => (|year| Date::new(year, 7, 4).ok(), at + 2),
        ("fourth" | "4th", "of") if next(2) == "july" => (|year| Date::new(year, 7, 4).ok(), at + 3),
        ("juneteenth", _) => (|year| Date::new(year, 6, 19).ok(), at + 1),
        ("labor" | "labour", "day") => (|year| nth(year, 9, 1, Weekday::Monday), at + 2),
        ("memorial", "day") => (|year| nth(year, 5, -1, Weekday::Monday), at + 2),
        ("mlk", "day") => (|year| nth(year, 1, 3, Weekday::Monday), at + 2),
        ("presidents" | "president", "day") => (|year| nth(year, 2, 3, Weekday::Monday), at + 2),
        ("veterans" | "veteran", "day") => (|year| Date::new(year, 11, 11).ok(), at + 2),
        ("columbus", "day") => (|year| nth(year, 10, 2, Weekday::Monday), at + 2),
        ("mother" | "mothers", "day") => (|year| nth(year, 5, 2, Weekday::Sunday), at + 2),
        ("father" | "fathers", "day") => (|year| nth(year, 6, 3, Weekday::Sunday), at + 2),
        ("halloween", _) => (|year| Date::new(year, 10, 31).ok(), at + 1),
        ("easter", _) => (easter, at + 1 + usize::from(next(1) == "sunday")),
        _ => return None,
    };
    let date = rule(today.year()).filter(|date| *date >= today).or_else(|| rule(today.year().checked_add(1)?))?;
    Some((Day::On(date), None, end))
}

fn nth(year: i16, month: i8, nth: i8, weekday: Weekday) -> Option<Date> {
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
}

fn thanksgiving(year: i16) -> Option<Date> {
    nth(year, 11, 4, Weekday::Thursday)
}

/// Western Easter by the Anonymous Gregorian algorithm (Nature, 20 April 1876).
fn easter(year: i16) -> Option<Date> {
    let (year, a) = (i32::from(year), i32::from(year) % 19);
    let (century, rest) = (year / 100, year % 100);
    let h = (19 * a + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (century % 4) + 2 * (rest / 4) - h - rest % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let number = h + l - 7 * m + 114;
    Date::new(i16::try_from(year).ok()?, i8::try_from(number / 31).ok()?, i8::try_from(number % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn moving_holidays_fall_where_the_calendar_puts_them() {
        assert_eq!(easter(2026), Some(date(2026, 4, 5)));
        assert_eq!(easter(2027), Some(date(2027, 3, 28)));
        assert_eq!(thanksgiving(2026), Some(date(2026, 11, 26)));
        assert_eq!(nth(2026, 5, -1, Weekday::Monday), Some(date(2026, 5, 25)));
    }
}
