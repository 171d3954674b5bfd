//! Times as staff read them: in the dealership's own zone, as near or as far as they are.

use forecourt_domain::hours::Zone;
use jiff::{Timestamp, ToSpan, civil::DateTime};

/// An instant in words, and exactly for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub text: String,
    /// RFC 3339, UTC.
    pub exact: String,
}

/// Says times as seen from one place and instant.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub zone: Zone,
    pub now: Timestamp,
}

impl Calendar {
    /// `9:42 AM` today, `Yesterday`, `Nov 18`, or `Nov 18, 2025`.
    #[must_use]
    pub fn short(&self, at: Timestamp) -> When {
        let local = self.zone.local(at);
        let text = match self.nearness(local.datetime()) {
            Nearness::Today => local.strftime("%-I:%M %p").to_string(),
            Nearness::Yesterday => "Yesterday".to_owned(),
            Nearness::Tomorrow => "Tomorrow".to_owned(),
            Nearness::ThisYear => local.strftime("%b %-d").to_string(),
            Nearness::Far => local.strftime("%b %-d, %Y").to_string(),
        };
        When { text, exact: at.to_string() }
    }

    /// `9:42 AM`, whatever the day.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> When {
        When { text: self.zone.local(at).strftime("%-I:%M %p").to_string(), exact: at.to_string() }
    }

    /// The day alone: `Today`, `Yesterday`, `Wednesday, Nov 18`.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        let local = self.zone.local(at);
        match self.nearness(local.datetime()) {
            Nearness::Today => "Today".to_owned(),
            Nearness::Yesterday => "Yesterday".to_owned(),
            Nearness::Tomorrow => "Tomorrow".to_owned(),
            Nearness::ThisYear => local.strftime("%A, %b %-d").to_string(),
            Nearness::Far => local.strftime("%A, %b %-d, %Y").to_string(),
        }
    }

    /// Day and time of an instant: `today at 9:42 AM`, `Sat, Nov 21 at 10:30 AM`.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> When {
        When { text: self.civil_moment(self.zone.local(at).datetime()), exact: at.to_string() }
    }

    /// Day and time of a local date and time.
    #[must_use]
    pub fn civil_moment(&self, at: DateTime) -> String {
        let day = match self.nearness(at) {
            Nearness::Today => "today".to_owned(),
            Nearness::Yesterday => "yesterday".to_owned(),
            Nearness::Tomorrow => "tomorrow".to_owned(),
            Nearness::ThisYear => at.strftime("%a, %b %-d").to_string(),
            Nearness::Far => at.strftime("%a, %b %-d, %Y").to_string(),
        };
        format!("{day} at {}", at.strftime("%-I:%M %p"))
    }

    fn nearness(&self, at: DateTime) -> Nearness {
        let today = self.zone.local(self.now).date();
        let day = at.date();
        if day == today {
            Nearness::Today
        } else if today.checked_sub(1.day()).is_ok_and(|yesterday| day == yesterday) {
            Nearness::Yesterday
        } else if today.checked_add(1.day()).is_ok_and(|tomorrow| day == tomorrow) {
            Nearness::Tomorrow
        } else if day.year() == today.year() {
            Nearness::ThisYear
        } else {
            Nearness::Far
        }
    }
}

enum Nearness {
    Today,
    Yesterday,
    Tomorrow,
    ThisYear,
    Far,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_and_as_near_as_they_are() {
        let calendar =
            Calendar { zone: "America/Denver".parse().unwrap(), now: "2026-11-20T17:00:00Z".parse().unwrap() };
        for (at, short, moment) in [
            ("2026-11-20T16:42:00Z", "9:42 AM", "today at 9:42 AM"),
            // The day before in Denver, the same day in Greenwich.
            ("2026-11-20T05:00:00Z", "Yesterday", "yesterday at 10:00 PM"),
            ("2026-11-21T17:30:00Z", "Tomorrow", "tomorrow at 10:30 AM"),
            ("2026-11-16T17:30:00Z", "Nov 16", "Mon, Nov 16 at 10:30 AM"),
            ("2025-12-31T17:30:00Z", "Dec 31, 2025", "Wed, Dec 31, 2025 at 10:30 AM"),
        ] {
            let at = at.parse().unwrap();
            assert_eq!(calendar.short(at).text, short);
            assert_eq!(calendar.moment(at).text, moment);
        }
    }
}
