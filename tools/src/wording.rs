//! How dates and times are written in what the model reads.

use jiff::{
    Span, Zoned,
    civil::{Date, Time},
};

/// `3:00 PM`.
pub(crate) fn time_label(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// `Saturday, November 21`.
pub(crate) fn day_label(date: Date) -> String {
    date.strftime("%A, %B %-d").to_string()
}

/// `Saturday, November 21 at 3:00 PM`.
pub(crate) fn moment_label(at: &Zoned) -> String {
    format!("{} at {}", day_label(at.date()), time_label(at.time()))
}

/// The same as people say it, seen from `today`: `today at 9:00 AM`, `tomorrow at 9:00 AM`, `Monday at
/// 9:00 AM`, and the date from a week ahead.
pub(crate) fn near_moment_label(today: Date, at: &Zoned) -> String {
    let days = (at.date() - today).get_days();
    let day = match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..=6 => at.strftime("%A").to_string(),
        _ => day_label(at.date()),
    };
    format!("{day} at {}", time_label(at.time()))
}

/// `2026-11-21T15:00`.
pub(crate) fn local_text(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// `date` and the days after it, `count` in all.
pub(crate) fn days_from(date: Date, count: usize) -> impl Iterator<Item = Date> {
    date.series(Span::new().days(1)).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_people_say_them() {
        let today: Date = "2026-11-20".parse().unwrap();
        for (at, far, near) in [
            ("2026-11-20T09:05[America/Denver]", "Friday, November 20 at 9:05 AM", "today at 9:05 AM"),
            ("2026-11-21T15:00[America/Denver]", "Saturday, November 21 at 3:00 PM", "tomorrow at 3:00 PM"),
            ("2026-11-23T12:00[America/Denver]", "Monday, November 23 at 12:00 PM", "Monday at 12:00 PM"),
            ("2026-11-27T00:30[America/Denver]", "Friday, November 27 at 12:30 AM", "Friday, November 27 at 12:30 AM"),
        ] {
            let at: Zoned = at.parse().unwrap();
            assert_eq!((moment_label(&at).as_str(), near_moment_label(today, &at).as_str()), (far, near));
        }
    }
}
