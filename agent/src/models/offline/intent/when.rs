//! Which of the days and times in a text is meant: the new one of a move, the last after a correction.

use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time},
};

use super::{
    super::{
        cues::visits as cues,
        dates::{Clock, Moment, PartOfDay},
        offer::{OfferKind, was_offered},
        phrase::{find_all, has_any},
        words::Word,
    },
    Scene,
};

/// A day and time as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct When {
    pub(super) date: Option<Date>,
    pub(super) clock: Option<Clock>,
    pub(super) part: Option<PartOfDay>,
}

impl When {
    /// The time, if one was said to the minute.
    pub(super) const fn time(&self) -> Option<Time> {
        match self.clock {
            Some(Clock::At(time)) => Some(time),
            _ => None,
        }
    }

    /// The day and time, if both are known.
    pub(super) fn instant(&self) -> Option<DateTime> {
        Some(self.date?.to_datetime(self.time()?))
    }

    /// Whether nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This, completed by what `other` knows.
    pub(super) fn or(self, other: Self) -> Self {
        Self { date: self.date.or(other.date), clock: self.clock.or(other.clock), part: self.part.or(other.part) }
    }
}

impl From<&Moment> for When {
    fn from(moment: &Moment) -> Self {
        Self { date: moment.date, clock: moment.clock, part: moment.part }
    }
}

/// The time that is to be left and the time that is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    pub(super) old: When,
    pub(super) new: When,
}

/// Sorts the moments of the text. In a `change` the last one counts, else the first.
pub(super) fn said(scene: &Scene<'_>, change: bool) -> Said {
    let words = &scene.reading.words;
    let mut said = Said::default();
    let mut end = 0;
    // "The earliest" is the first of the times offered, not some time today.
    let offered = matches!(scene.offer.kind, OfferKind::Slots(_));
    let soonest = |moment: &&Moment| words[moment.at.clone()].iter().any(|word| word.is_any(&["earliest", "soonest"]));
    for moment in scene.reading.moments.iter().filter(|moment| !(offered && soonest(moment))) {
        // "Move my 3pm to 5" is no span.
        let to = words[moment.at.clone()].iter().any(|word| word.text == "to");
        if let (true, Some(Clock::Between(from, to))) = (change && to && scene.has(cues::CHANGE), moment.clock) {
            said.old = When { date: moment.date, clock: Some(Clock::At(from)), part: None };
            said.new = When { date: None, clock: Some(Clock::At(to)), part: None };
            continue;
        }
        if is_old(words, moment, change) || (change && belongs_to_one(scene, moment)) {
            said.old = said.old.or(moment.into());
            continue;
        }
        let gap = words.get(end..moment.at.start).unwrap_or_default();
        let corrected = has_any(gap, &["no|sorry|actually|mean|wait|rather|instead|correction|scratch|oops"]);
        let alternative = gap.iter().any(|word| word.is_any(&["or", "and"])) && !corrected;
        let next = When::from(moment);
        // "I get off at 5, so 5:30 Monday": a whole day and time outdoes a bare time before it.
        if !alternative && said.new.date.is_none() && next.date.is_some() && next.clock.is_some() {
            said.new = next;
            end = moment.at.end;
            continue;
        }
        let completes = (said.new.date.is_none() || next.date.is_none())
            && (said.new.clock.is_none() || next.clock.is_none())
            && (said.new.part.is_none() || next.part.is_none());
        said.new = if said.new.is_empty() || (completes && !alternative) {
            said.new.or(next)
        } else if corrected || (change && !alternative) {
            next.or(When { clock: None, ..said.new })
        } else {
            // "Tuesday or Wednesday afternoon": the first day, and what was said of both.
            said.new.or(When { date: None, ..next })
        };
        end = moment.at.end;
    }
    said
}

/// Whether a day is that of an appointment in its owner's form: "Monday's appointment", "tomorrow's needs to be at 4".
fn belongs_to_one(scene: &Scene<'_>, moment: &Moment) -> bool {
    let words = &scene.reading.words;
    let Some(date) = moment.date else { return false };
    let on_it = scene.conversation.facts.appointments.iter().any(|one| one.starts_at.date() == date);
    let last = &words[moment.at.end - 1];
    let owns = last.raw.to_lowercase().trim_end_matches('s').ends_with('\'')
        || (last.raw.to_lowercase().ends_with('s') && words.get(moment.at.end).is_some_and(|next| next.is_any(ONE)));
    let bare = moment.clock.is_none();
    let named = words.get(moment.at.end).is_some_and(|next| next.is_any(&["appointment", "visit", "booking", "one"]));
    on_it && bare && (owns || named)
}

/// What may follow the day of an appointment that is spoken of.
const ONE: &[&str] = &["appointment", "one", "visit", "test", "service", "needs", "has", "is", "to", "booking"];

/// Whether a moment names what is to be left: "my Saturday appointment", "instead of 3", "can't make it at 3".
fn is_old(words: &[Word], moment: &Moment, change: bool) -> bool {
    let lead = &words[moment.at.start.saturating_sub(9)..moment.at.start];
    let start = lead.iter().rposition(Word::ends_sentence).map_or(0, |at| at + 1);
    let lead = &lead[start..];
    let tail = &words[moment.at.end..words.len().min(moment.at.end + 2)];
    let ends_with = |patterns: &[&str]| {
        patterns.iter().any(|pattern| find_all(lead, pattern).iter().any(|at| at.end == lead.len()))
    };
    let rejected = ends_with(&[
        "instead of ?at|on",
        "can not ?quite make|do|be|come ?it ?in|there ?at|by|on|for",
        "will not make ?it ?at|by|on",
        "from ?my|the",
        "not ?on|at",
        "rather than ?at|on",
    ]);
    let mine = ends_with(&[
        "the one|appointment ?that ?is ?on|for|at",
        "my|our",
        "my|our appointment ?is|was ?on|for|at",
        "have|had an|my|the appointment ?on|for|at",
    ]) || (change
        && ends_with(&["the"])
        && has_any(tail, &["appointment", "one", "slot"])
        && !ends_with(&["to the", "for the"]));
    let called_off = cues::CANCEL.iter().any(|pattern| {
        ends_with(&[
            pattern,
            &format!("{pattern} ?it ?for|my|the|our|anymore ?appointment|visit|test ?drive ?at|on|for|by"),
        ])
    });
    let owned_later = has_any(tail, &["appointment ?does|will|is not|no"]);
    // "can we make it 4" asks for 4; "I can't make it at 4" leaves it.
    rejected || (change || called_off) && (mine || called_off || owned_later)
}

/// Appointments start on the quarter hour.
pub(super) fn is_on_the_quarter(at: DateTime) -> bool {
    at.minute() % 15 == 0
}

/// The hour around a time at which no appointment can start.
pub(super) fn around(at: DateTime) -> When {
    let near = SignedDuration::from_mins(30);
    let (from, to) = (at.time().saturating_sub(near), at.time().saturating_add(near));
    When { date: Some(at.date()), clock: Some(Clock::Between(from, to)), part: None }
}

/// Which of several times, known by their place or by what was said of them, is meant.
pub(super) fn one_of(scene: &Scene<'_>, times: &[DateTime], said: When) -> Option<DateTime> {
    let fits = |time: &&DateTime| {
        said.date.is_none_or(|date| time.date() == date) && said.time().is_none_or(|said| time.time() == said)
    };
    let place = super::super::catalog::places(&scene.reading.words, times.len()).first().copied();
    match (said.is_empty(), place) {
        (false, _) => times.iter().find(fits).copied(),
        (true, Some(place)) => times.get(place).copied(),
        (true, None) => None,
    }
}

/// The slot that was chosen from those we offered: by its time, its place, or "any".
pub(super) fn chosen_slot(scene: &Scene<'_>, said: When) -> Option<DateTime> {
    let slots = match &scene.offer.kind {
        OfferKind::Slots(slots) => slots.as_slice(),
        OfferKind::Time(slot) => std::slice::from_ref(slot),
        _ => return None,
    };
    let same_day = |slot: &DateTime| said.date.is_none_or(|date| slot.date() == date);
    if let Some(time) = said.time() {
        let half_day = Time::new((time.hour() + 12) % 24, time.minute(), 0, 0).ok();
        let offered = was_offered(slots, time).or_else(|| half_day.and_then(|time| was_offered(slots, time)));
        return offered.or_else(|| one_near(scene, slots, time)).filter(same_day);
    }
    let words = &scene.reading.words;
    if let Some(clock) = said.clock {
        // "The one around lunch", where only one is.
        let mut near = slots.iter().filter(|slot| same_day(slot) && clock.allows(slot.time()));
        let one = has_any(words, &["the|that one|slot|time"]) && !has_any(words, cues::PICKS_NONE);
        return near.next().copied().filter(|_| one && !scene.reading.asks() && near.next().is_none());
    }
    let places = super::super::catalog::places(words, slots.len());
    let refuses = has_any(words, cues::PICKS_NONE);
    let picks = |patterns: &[&str]| !refuses && has_any(words, patterns);
    let placed = places.first().filter(|_| !refuses).and_then(|place| slots.get(*place)).copied();
    let latest = picks(cues::PICKS_LAST).then(|| slots.last().copied()).flatten();
    let earliest = picks(cues::PICKS_FIRST).then(|| slots.first().copied()).flatten();
    // "What about the morning?" asks for more times; "morning" chooses one.
    let asks = scene.reading.asks() && scene.reading.words.len() > 1;
    let of_part =
        said.part.filter(|_| !asks).and_then(|part| slots.iter().find(|slot| in_part(slot.time(), part)).copied());
    let agreed = (slots.len() == 1
        && scene.has(super::super::cues::courtesy::YES)
        && !scene.has(super::super::cues::courtesy::NO))
    .then(|| slots.first().copied())
    .flatten();
    placed.or(of_part).or(latest).or(earliest).or(agreed).filter(same_day)
}

/// "The noonish one" where 12:15 is the only time near: never a time that was not offered.
fn one_near(scene: &Scene<'_>, slots: &[DateTime], time: Time) -> Option<DateTime> {
    let near = SignedDuration::from_mins(45);
    let mut close = slots.iter().filter(|slot| slot.time().duration_since(time).abs() <= near);
    let one = scene.has(&["the|that .. one|slot"]) && !scene.has(cues::PICKS_NONE);
    close.next().copied().filter(|_| one && close.next().is_none())
}

fn in_part(time: Time, part: PartOfDay) -> bool {
    match part {
        PartOfDay::Morning => time.hour() < 12,
        PartOfDay::Afternoon => (12..17).contains(&time.hour()),
        PartOfDay::Evening => time.hour() >= 17,
    }
}
