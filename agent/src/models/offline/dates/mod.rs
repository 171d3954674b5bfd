//! Days and times as customers say them, read against the dealership's local time.

mod calendar;
mod clock;
mod spoken;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};

pub(super) use clock::{Clock, shift};

use super::{phrase::same_word, words::Word};

/// A part of the day, as the tool that lists appointment slots names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PartOfDay {
    Morning,
    Afternoon,
    Evening,
}

/// A day, a time or both, said in one breath.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: Option<Date>,
    pub(super) clock: Option<Clock>,
    pub(super) part: Option<PartOfDay>,
    pub(super) at: Range<usize>,
}

impl Moment {
    /// The time of day, if one was said to the minute.
    pub(super) const fn time(&self) -> Option<Time> {
        match self.clock {
            Some(Clock::At(time)) => Some(time),
            _ => None,
        }
    }
}

/// One thing read: the pieces of a moment.
#[derive(Debug, Default)]
struct Atom {
    date: Option<calendar::Day>,
    face: Option<clock::Face>,
    part: Option<PartOfDay>,
}

/// How times are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// The local time.
    pub(super) now: DateTime,
    /// A bare number is a time, because we asked for one or offered some.
    pub(super) expected: bool,
    /// A bare 7 is in the morning, when cars are brought in for service.
    pub(super) early: bool,
}

impl Reader {
    /// Reads a text in which no time is expected.
    pub(super) const fn at(now: DateTime) -> Self {
        Self { now, expected: false, early: false }
    }
}

/// The moments in `words` that no earlier reading has `taken`.
pub(super) fn moments(words: &[Word], taken: &[bool], reader: Reader) -> Vec<Moment> {
    let mut groups: Vec<(Atom, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let after_atom = groups.last().is_some_and(|(atom, range)| {
            let alternative = atom.face.is_some() && range.end + 1 == at && words[range.end].text == "or";
            alternative || (range.end == at && atom.face.is_none())
        });
        let read = (taken.get(at) != Some(&true)).then(|| atom_at(words, taken, at, reader, after_atom)).flatten();
        let Some((atom, end)) = read else {
            at += 1;
            continue;
        };
        match groups.last_mut().filter(|(open, range)| joins(words, open, range, &atom, at)) {
            Some((open, range)) => {
                open.date = open.date.take().or(atom.date);
                open.face = open.face.take().or(atom.face);
                open.part = open.part.or(atom.part);
                range.end = end;
            }
            None => groups.push((atom, at..end)),
        }
        at = end;
    }
    groups.into_iter().filter_map(|(atom, range)| settle(&atom, range, reader)).collect()
}

fn atom_at(words: &[Word], taken: &[bool], at: usize, reader: Reader, after_atom: bool) -> Option<(Atom, usize)> {
    let Reader { now, expected, .. } = reader;
    if let Some((face, end)) = clock::in_a_while(words, at, now) {
        let date = calendar::Day::On(now.date());
        return Some((Atom { date: Some(date), face: Some(face), part: None }, end));
    }
    if let Some((day, part, end)) = calendar::day_at(words, at, now.date()) {
        return Some((Atom { date: Some(day), face: None, part }, end));
    }
    if let Some((face, end)) = spoken::face_at(words, taken, at, expected, after_atom) {
        return Some((Atom { date: None, face: Some(face), part: None }, end));
    }
    part_at(words, at, expected).map(|(part, end)| (Atom { date: None, face: None, part: Some(part) }, end))
}

fn part_at(words: &[Word], at: usize, expected: bool) -> Option<(PartOfDay, usize)> {
    let word = words.get(at)?;
    let previous = at.checked_sub(1).and_then(|index| words.get(index)).map(|word| word.text.as_str());
    // "Good morning" greets, and so does "Morning!" at the start.
    if previous == Some("good") || (at == 0 && !expected && (word.stop != super::words::Stop::None || words.len() == 1))
    {
        return None;
    }
    let next = words.get(at + 1).map(|word| word.text.as_str());
    match word.text.as_str() {
        "first" if next == Some("thing") => Some((PartOfDay::Morning, at + 2)),
        "after" if next == Some("work") => Some((PartOfDay::Evening, at + 2)),
        "before" if matches!(next, Some("noon" | "lunch")) => Some((PartOfDay::Morning, at + 2)),
        "after" if matches!(next, Some("lunch")) => Some((PartOfDay::Afternoon, at + 2)),
        "morn" => Some((PartOfDay::Morning, at + 1)),
        "aft" => Some((PartOfDay::Afternoon, at + 1)),
        word if same_word(word, "morning") => Some((PartOfDay::Morning, at + 1)),
        word if same_word(word, "afternoon") => Some((PartOfDay::Afternoon, at + 1)),
        word if same_word(word, "evening") || word == "night" => Some((PartOfDay::Evening, at + 1)),
        _ => None,
    }
}

/// Whether an atom at `at` belongs to the moment that is still open.
fn joins(words: &[Word], open: &Atom, range: &Range<usize>, atom: &Atom, at: usize) -> bool {
    const BETWEEN: &[&str] = &[
        "at",
        "on",
        "around",
        "about",
        "by",
        "in",
        "the",
        "for",
        "maybe",
        "say",
        "like",
        "of",
        "between",
        "from",
        "after",
        "before",
        "anytime",
        "sometime",
        "any",
        "time",
        "this",
        "afterwards",
        "is",
        "or",
        "would",
        "be",
        "works",
        "best",
        "preferably",
    ];
    let both = |a: bool, b: bool| a && b;
    let clash = both(open.date.is_some(), atom.date.is_some())
        || both(open.face.is_some(), atom.face.is_some())
        || both(open.part.is_some(), atom.part.is_some());
    let gap = &words[range.end..at];
    let one_breath = !words[range.end - 1..at].iter().any(Word::ends_sentence);
    let linked = gap.len() <= 3 && gap.iter().all(|word| word.is_any(BETWEEN));
    let alternative = gap.iter().any(|word| word.text == "or") && atom.date.is_some();
    !clash && one_breath && linked && !alternative
}

fn settle(atom: &Atom, at: Range<usize>, reader: Reader) -> Option<Moment> {
    let clock = atom.face.as_ref().map(|face| face.settle(atom.part, reader.early));
    let date = match &atom.date {
        Some(day) => Some(day.settle(reader.now, clock)?),
        None => None,
    };
    Some(Moment { date, clock, part: atom.part, at })
}

#[cfg(test)]
mod tests {
    use super::{super::words::read, *};

    /// Friday, 2026-11-20, 14:05.
    fn one(text: &str) -> String {
        let words = read(text);
        let now = "2026-11-20T14:05".parse().unwrap();
        let taken = vec![false; words.len()];
        let found = moments(&words, &taken, Reader::at(now));
        let show = |moment: &Moment| {
            let date = moment.date.map(|date| date.to_string());
            let clock = moment.clock.map(|clock| match clock {
                Clock::At(time) => time.strftime("%H:%M").to_string(),
                Clock::After(time) => time.strftime(">%H:%M").to_string(),
                Clock::Before(time) => time.strftime("<%H:%M").to_string(),
                Clock::Between(from, to) => format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M")),
            });
            let part = moment.part.map(|part| format!("{part:?}").to_lowercase());
            [date, clock, part].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        found.iter().map(show).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn days_and_times_are_read_as_said() {
        let cases = [
            ("tomorrow at 3", "2026-11-21 15:00"),
            ("Saturday morning", "2026-11-21 morning"),
            ("friday 10:30", "2026-11-27 10:30"),
            ("friday at 4", "2026-11-20 16:00"),
            ("this Friday", "2026-11-20"),
            ("Thursday afternoon", "2026-11-26 afternoon"),
            ("the 28th", "2026-11-28"),
            ("on the 3rd", "2026-12-03"),
            ("Nov 28", "2026-11-28"),
            ("November 28th at 9", "2026-11-28 09:00"),
            ("28 November", "2026-11-28"),
            ("the 28th of november", "2026-11-28"),
            ("Jan 5", "2027-01-05"),
            ("11/28", "2026-11-28"),
            ("11/28/2026 2pm", "2026-11-28 14:00"),
            ("11-28", "2026-11-28"),
            ("2026-11-28", "2026-11-28"),
            ("next Tuesday", "2026-11-24"),
            ("next saturday", "2026-11-28"),
            ("monday next week", "2026-11-23"),
            ("a week from monday", "2026-11-30"),
            ("in two days", "2026-11-22"),
            ("3 days from now", "2026-11-23"),
            ("in a week", "2026-11-27"),
            ("the day after tomorrow", "2026-11-22"),
            ("tomorrow at noon", "2026-11-21 12:00"),
            ("half past 4", "16:30"),
            ("quarter to 5", "16:45"),
            ("quarter past ten", "10:15"),
            ("today at 5ish", "2026-11-20 17:00"),
            ("tonight at 7", "2026-11-20 19:00 evening"),
            ("tomorrow at 9", "2026-11-21 09:00"),
            ("3:30 pm", "15:30"),
            ("330pm", "15:30"),
            ("at 1030", "10:30"),
            ("10am on Saturday", "2026-11-21 10:00"),
            ("at three o'clock", "15:00"),
            ("saturday between 2 and 4", "2026-11-21 14:00-16:00"),
            ("saturday 10-11", "2026-11-21 10:00-11:00"),
            ("tomorrow after 5", "2026-11-21 >17:00"),
            ("monday before 11", "2026-11-23 <11:00"),
            ("this weekend", "2026-11-21"),
            ("6 in the evening", "18:00 evening"),
            ("saturday or sunday", "2026-11-21, 2026-11-22"),
            ("in an hour", "2026-11-20 15:15"),
            ("in 30 minutes", "2026-11-20 14:45"),
            ("thanksgiving", "2026-11-26"),
            ("christmas eve", "2026-12-24"),
            ("black friday", "2026-11-27"),
            ("new year's day", "2027-01-01"),
            ("good morning", ""),
            ("I have 2 kids and 3 dogs", ""),
            ("under 30 miles", ""),
            ("may I come", ""),
            ("Sat 16:00", "2026-11-21 16:00"),
            ("lunchtime tomorrow", "2026-11-21 12:00"),
            ("Monday 11/23 at 2:15pm", "2026-11-23 14:15"),
            ("Saturday, November 21 at 3:00 PM", "2026-11-21 15:00"),
            ("2:00 PM, 3:30 PM or 4:00 PM", "14:00, 15:30, 16:00"),
            ("3 or 4", ""),
            ("at 3 or 4", "15:00, 16:00"),
        ];
        for (text, expected) in cases {
            assert_eq!(one(text), expected, "{text}");
        }
    }
}
