//! Opening hours as they are typed: `mon-fri 09:00-20:00, sat 09:00-18:00`, with `service=` before them
//! where they are one department's.

use std::{collections::BTreeMap, str::FromStr};

use anyhow::{Context, bail, ensure};
use forecourt_domain::{hours::Span, staff::DepartmentKind};
use jiff::civil::{Time, Weekday};

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// The spans of one department's week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentHours {
    kind: DepartmentKind,
    spans: Vec<(Weekday, Span)>,
}

impl FromStr for DepartmentHours {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (kind, week) = match text.split_once('=') {
            Some((department, week)) => (department.trim().parse()?, week),
            None => (DepartmentKind::Main, text),
        };
        let mut spans = Vec::new();
        for part in week.split(',') {
            let part = part.trim();
            let (days, span) = part
                .split_once(char::is_whitespace)
                .with_context(|| format!("{part:?} is no day and times, such as mon-fri 09:00-20:00"))?;
            let span = read_span(span.trim())?;
            spans.extend(read_days(days)?.into_iter().map(|day| (day, span)));
        }
        Ok(Self { kind, spans })
    }
}

/// The week of each department.
pub(super) type Week = BTreeMap<DepartmentKind, Vec<(Weekday, Span)>>;

/// The departments with all their spans, in time order.
///
/// # Errors
/// When two spans of a department overlap.
pub(super) fn merge(given: &[DepartmentHours]) -> anyhow::Result<Week> {
    let mut merged = Week::new();
    for department in given {
        merged.entry(department.kind).or_default().extend(&department.spans);
    }
    for (kind, spans) in &mut merged {
        spans.sort_by_key(|(day, span)| (day.to_monday_zero_offset(), span.opens));
        for pair in spans.windows(2) {
            let [(day, first), (next_day, second)] = pair else { continue };
            ensure!(day != next_day || first.closes <= second.opens, "two spans of {kind} overlap on {day:?}");
        }
    }
    Ok(merged)
}

/// What people call a department.
pub(super) const fn name(kind: DepartmentKind) -> &'static str {
    match kind {
        DepartmentKind::Sales => "Sales",
        DepartmentKind::Service => "Service",
        DepartmentKind::Parts => "Parts",
        DepartmentKind::Finance => "Finance",
        DepartmentKind::Main => "Main",
    }
}

/// `mon`, `mon-fri`, `sat-mon` or `daily`.
fn read_days(text: &str) -> anyhow::Result<Vec<Weekday>> {
    if text.eq_ignore_ascii_case("daily") {
        return Ok(WEEK.iter().map(|(_, day)| *day).collect());
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (read_day(first)?, read_day(last)?);
    let length = last.to_monday_zero_offset() - first.to_monday_zero_offset();
    Ok((0..=i64::from(length).rem_euclid(7)).map(|offset| first.wrapping_add(offset)).collect())
}

fn read_day(text: &str) -> anyhow::Result<Weekday> {
    let text = text.trim().to_ascii_lowercase();
    let found = WEEK.iter().find(|(short, day)| text == *short || text == format!("{day:?}").to_ascii_lowercase());
    Ok(found.with_context(|| format!("{text:?} is no day of the week, such as mon"))?.1)
}

fn read_span(text: &str) -> anyhow::Result<Span> {
    let (opens, closes) =
        text.split_once('-').with_context(|| format!("{text:?} are no times, such as 09:00-20:00"))?;
    let opens = read_time(opens)?;
    // Midnight at the end of a day is the last moment of it.
    let closes = if closes.trim() == "24:00" { Time::MAX } else { read_time(closes)? };
    let span = Span { opens, closes };
    if span.opens < span.closes { Ok(span) } else { bail!("{text:?} closes before it opens") }
}

fn read_time(text: &str) -> anyhow::Result<Time> {
    let text = text.trim();
    Time::strptime("%H:%M", text).map_err(|_| anyhow::anyhow!("{text:?} is no time of day, such as 09:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> anyhow::Result<String> {
        let given = texts.iter().map(|text| text.parse()).collect::<anyhow::Result<Vec<DepartmentHours>>>()?;
        let departments = merge(&given)?.into_iter().map(|(kind, spans)| {
            let spans = spans.iter().map(|(day, span)| {
                let day = &format!("{day:?}")[..3];
                format!("{day} {}-{}", span.opens.strftime("%H:%M"), span.closes.strftime("%H:%M"))
            });
            format!("{kind}: {}", spans.collect::<Vec<_>>().join(", "))
        });
        Ok(departments.collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn hours_are_read_as_people_type_them() {
        for (given, expected) in [
            (&["mon-tue 09:00-20:00, Sat 9:00-18:00"][..], "main: Mon 09:00-20:00, Tue 09:00-20:00, Sat 09:00-18:00"),
            (&["sat-mon 10:00-16:00"], "main: Mon 10:00-16:00, Sat 10:00-16:00, Sun 10:00-16:00"),
            (&["friday 13:00-24:00, fri 08:00-12:00"], "main: Fri 08:00-12:00, Fri 13:00-23:59"),
            (&["sales=sun 11:00-17:00", "service=mon 07:30-18:00"], "sales: Sun 11:00-17:00; service: Mon 07:30-18:00"),
        ] {
            assert_eq!(read(given).unwrap(), expected);
        }
        assert_eq!(read(&["daily 00:00-24:00"]).unwrap().matches("00:00-23:59").count(), 7);
    }

    #[test]
    fn hours_that_are_none_say_what_is_wrong() {
        for (given, expected) in [
            (&[""][..], "no day and times"),
            (&["mon"], "no day and times"),
            (&["moo 09:00-10:00"], "\"moo\" is no day of the week"),
            (&["mon 9-17"], "\"9\" is no time of day"),
            (&["mon 25:00-26:00"], "\"25:00\" is no time of day"),
            (&["mon 17:00-09:00"], "closes before it opens"),
            (&["sails=mon 09:00-10:00"], "sales, service"),
            (&["mon 09:00-12:00, mon 11:00-13:00"], "two spans of main overlap on Monday"),
        ] {
            let error = format!("{:#}", read(given).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
