//! Times of day: `3:30 pm`, `half past 4`, `between 2 and 4`, and the hours a business keeps.

use jiff::{
    SignedDuration, Unit,
    civil::{DateTime, DateTimeRound, Time},
};

use super::{
    super::{amounts::small_number, phrase::find_any, words::Word},
    PartOfDay,
};

/// A time or a span of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Clock {
    At(Time),
    After(Time),
    Before(Time),
    Between(Time, Time),
}

impl Clock {
    /// The last time it allows.
    pub(super) const fn latest(self) -> Time {
        match self {
            Self::At(time) | Self::Before(time) | Self::Between(_, time) => time,
            Self::After(_) => Time::MAX,
        }
    }

    /// Whether `time` is within it.
    pub(in super::super) fn allows(self, time: Time) -> bool {
        match self {
            Self::At(wanted) => time == wanted,
            Self::After(earliest) => time >= earliest,
            Self::Before(latest) => time <= latest,
            Self::Between(earliest, latest) => earliest <= time && time <= latest,
        }
    }
}

/// An hour and minute as spoken: which half of the day it is may not have been said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) half: Option<Half>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
    /// Written with 24 hours.
    Whole,
}

/// A time as said, before the part of the day said with it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    At(Spoken),
    After(Spoken),
    Before(Spoken),
    Between(Spoken, Spoken),
}

impl Face {
    /// The time it means; where `early`, a bare 7 is in the morning.
    pub(super) fn settle(self, part: Option<PartOfDay>, early: bool) -> Clock {
        match self {
            Self::At(time) => Clock::At(time.settle(part, early)),
            Self::After(time) => Clock::After(time.settle(part, early)),
            Self::Before(time) => Clock::Before(time.settle(part, early)),
            Self::Between(from, to) => {
                let from = Spoken { half: from.half.or(to.half.filter(|_| from.hour <= to.hour)), ..from };
                let (from, to) = (from.settle(part, early), to.settle(part, early));
                Clock::Between(from.min(to), to.max(from))
            }
        }
    }
}

impl Spoken {
    /// Without am or pm a time lies in business hours: 8 to 11 in the morning, 12 to 7 after noon.
    fn settle(self, part: Option<PartOfDay>, early: bool) -> Time {
        let afternoon = match (self.half, part) {
            (Some(Half::Whole), _) => return self.time(self.hour),
            (Some(Half::Pm), _) => true,
            (Some(Half::Am), _) => false,
            (None, Some(PartOfDay::Morning)) => self.hour == 12,
            (None, Some(PartOfDay::Afternoon | PartOfDay::Evening)) => self.hour != 11,
            (None, None) => self.hour == 12 || self.hour < if early { 7 } else { 8 },
        };
        let hour = self.hour % 12;
        self.time(if afternoon { hour + 12 } else { hour })
    }

    fn time(self, hour: i8) -> Time {
        Time::new(hour, self.minute, 0, 0).unwrap_or(Time::MIN)
    }
}

/// `in an hour`, `in 30 minutes`: the quarter hour after that time from `now`, if it is still today.
pub(super) fn in_a_while(words: &[Word], at: usize, now: DateTime) -> Option<(Face, usize)> {
    let text = |offset: usize| words.get(at + offset).map(|word| word.text.as_str()).unwrap_or_default();
    if text(0) != "in" {
        return None;
    }
    let (span, end) = length(words, at + 1)?;
    let then = now.checked_add(span).ok()?;
    let then =
        then.round(DateTimeRound::new().smallest(Unit::Minute).increment(15).mode(jiff::RoundMode::Ceil)).ok()?;
    let spoken = Spoken { hour: then.hour(), minute: then.minute(), half: Some(Half::Whole) };
    (then.date() == now.date()).then_some((Face::At(spoken), end))
}

/// A length of time such as `an hour`, `half an hour`, `2 hours`, `30 minutes`, and where it ends.
fn length(words: &[Word], at: usize) -> Option<(SignedDuration, usize)> {
    let text = |offset: usize| words.get(at + offset).map(|word| word.text.as_str()).unwrap_or_default();
    if text(0) == "half" {
        let end = if matches!(text(1), "an" | "a") { 3 } else { 2 };
        return (text(end - 1) == "hour").then_some((SignedDuration::from_mins(30), at + end));
    }
    let (count, unit) = match (text(0), text(1)) {
        ("a", "couple") => (2, if text(2) == "of" { 3 } else { 2 }),
        ("a" | "an", _) => (1, 1),
        (count, _) => {
            (count.parse().ok().or_else(|| small_number(count)).filter(|count| (1..=300).contains(count))?, 1)
        }
    };
    match text(unit) {
        "hour" | "hours" if text(unit + 1) == "and" && text(unit + 2) == "a" && text(unit + 3) == "half" => {
            Some((SignedDuration::from_mins(count * 60 + 30), at + unit + 4))
        }
        "hour" | "hours" => Some((SignedDuration::from_hours(count), at + unit + 1)),
        "minutes" | "minute" => Some((SignedDuration::from_mins(count), at + unit + 1)),
        "day" | "days" => Some((SignedDuration::from_hours(24 * count), at + unit + 1)),
        "week" | "weeks" => Some((SignedDuration::from_hours(168 * count), at + unit + 1)),
        _ => None,
    }
}

/// By how much a customer wants to move: `an hour later`, `push it back 30 minutes`, `half an hour earlier`.
pub(in super::super) fn shift(words: &[Word]) -> Option<SignedDuration> {
    let (span, start, end) = (0..words.len()).find_map(|at| length(words, at).map(|(span, end)| (span, at, end)))?;
    let after = words.get(end).map(|word| word.text.as_str()).unwrap_or_default();
    let lead = &words[start.saturating_sub(6)..start];
    if matches!(after, "earlier" | "sooner" | "before") || find_any(lead, &["move|bring|push .. up|forward"]).is_some()
    {
        return Some(-span);
    }
    let delayed = find_any(lead, &["push|bump|delay|postpone|scoot"]).is_some();
    let later = delayed || after == "later" || find_any(lead, &["push|move|bump|put .. back|out"]).is_some();
    later.then_some(span)
}

#[cfg(test)]
mod tests {
    use super::{super::super::words::read, *};

    #[test]
    fn a_shift_is_read_with_its_direction() {
        let minutes = |text: &str| shift(&read(text)).map(|span| span.as_mins());
        assert_eq!(minutes("can we do it an hour later"), Some(60));
        assert_eq!(minutes("push it back 30 min"), Some(30));
        assert_eq!(minutes("half an hour earlier please"), Some(-30));
        assert_eq!(minutes("can you move it up two hours"), Some(-120));
        assert_eq!(minutes("bump it 30 min"), Some(30));
        assert_eq!(minutes("an hour and a half later"), Some(90));
        assert_eq!(minutes("see you in an hour"), None);
    }
}
