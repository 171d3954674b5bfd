//! What our last text put on the table: slots, a question for a day, a human, a visit.

use jiff::civil::{Date, DateTime, Time};

use super::{
    dates,
    phrase::{find_any, has_any},
    words::{self, Stop, Word},
};

/// What a short answer such as "yes" or "3 works" refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) kind: OfferKind,
    /// The one date our text named, or the last where it asked for a time.
    pub(super) date: Option<Date>,
    /// Whether it is about moving an appointment, not about a new one.
    pub(super) change: bool,
    /// Whether our text said that something is booked.
    pub(super) booked: bool,
    /// Whether our text told opening hours.
    pub(super) hours: bool,
    /// Whether our text spoke of a test drive.
    pub(super) test_drive: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum OfferKind {
    #[default]
    Nothing,
    /// These times, of which one is to be chosen.
    Slots(Vec<DateTime>),
    /// One time to be confirmed.
    Time(DateTime),
    /// Asked for a day, a time, or both.
    When,
    /// Asked whether the customer would like to come.
    Visit,
    /// Asked whether a human should take over.
    Human,
    /// Asked whether, or which of these, to cancel.
    Cancel(Vec<DateTime>),
    /// Asked which of these appointments to move.
    Move(Vec<DateTime>),
    /// Asked for the customer's name or e-mail.
    Name,
    /// Asked for a budget.
    Budget,
    /// Offered to say more about the vehicle.
    Details,
    /// Offered to look for something similar.
    Similar,
    /// Asked which vehicle is meant.
    WhichVehicle,
}

impl Offer {
    /// Whether a bare number in the answer is a time.
    pub(super) const fn expects_a_time(&self) -> bool {
        matches!(self.kind, OfferKind::Slots(_) | OfferKind::Time(_) | OfferKind::When)
    }

    /// Whether an appointment is being arranged.
    pub(super) const fn arranges(&self) -> bool {
        matches!(self.kind, OfferKind::Slots(_) | OfferKind::Time(_) | OfferKind::When | OfferKind::Visit)
    }

    /// Reads our last text; `now` is the local time.
    pub(super) fn read(text: &str, now: DateTime) -> Self {
        let words = words::read(text);
        let asks = words.iter().any(|word| word.stop == Stop::Question) || has_any(&words, LETS_ANSWER);
        let moments = dates::moments(&words, &[], dates::Reader::at(now));
        let dates: Vec<Date> = distinct(moments.iter().filter_map(|moment| moment.date));
        let only = match dates.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let hours = has_any(&words, SAYS_HOURS);
        let booked = has_any(&words, SAYS_BOOKED) && !has_any(&words, NOT_BOOKED);
        let mut offer = Self {
            kind: OfferKind::Nothing,
            date: only,
            change: has_any(&words, ABOUT_A_CHANGE) && !booked,
            booked,
            hours,
            test_drive: has_any(&words, &["test drive", "test drives"]),
        };
        let several = offered(&moments, only).len() > 1 && !hours && !booked;
        if asks || several {
            let times = if hours { Vec::new() } else { offered(&moments, only) };
            // The time of what was just booked is not on offer any more.
            let own = has_any(&words, &["cancel", "which ?one should i move $"]);
            offer.kind = kind(&words, if booked && !own { Vec::new() } else { times });
            if matches!(offer.kind, OfferKind::When) {
                // "We're closed Sunday. Would Monday work?" proposes the last day.
                offer.date = dates.last().copied();
            }
        }
        offer
    }
}

const LETS_ANSWER: &[&str] =
    &["let me|us know", "reply yes", "just say|reply|text", "tell me which|what|when", "please send|share|tell"];
const SAYS_HOURS: &[&str] = &[
    "open|opens .. to|until|till|through",
    "from # .. to #",
    "closed on",
    "we are closed",
    "is closed",
    "hours are",
    "closes at",
    "close at",
];
const SAYS_BOOKED: &[&str] = &[
    "you are booked|scheduled|set|confirmed|down|in",
    "is|are|have booked|scheduled|confirmed|rescheduled|moved",
    "see you",
    "appointment is",
    "all set",
    "booked you|your|a",
    "moved your|you|it",
    "rescheduled",
];
const NOT_BOOKED: &[&str] =
    &["not booked|scheduled|available|confirmed|moved", "is booked up", "already booked", "taken"];
const ABOUT_A_CHANGE: &[&str] = &["move", "reschedule", "change your|the|it", "new time|day", "instead"];

fn distinct(dates: impl Iterator<Item = Date>) -> Vec<Date> {
    let mut distinct = Vec::new();
    for date in dates {
        if !distinct.contains(&date) {
            distinct.push(date);
        }
    }
    distinct
}

/// The times named, each on its own date or the only one named.
fn offered(moments: &[dates::Moment], only: Option<Date>) -> Vec<DateTime> {
    let mut date = only;
    let mut offered = Vec::new();
    for moment in moments {
        date = moment.date.or(date);
        if let (Some(date), Some(time)) = (date, moment.time()) {
            offered.push(date.to_datetime(time));
        }
    }
    // "9:00 AM, 10:00 AM or 1:00 PM on Saturday": the date may come after the first times.
    offered.sort_unstable();
    offered.dedup();
    offered
}

/// What the question at the end of our text asks for.
fn kind(words: &[Word], times: Vec<DateTime>) -> OfferKind {
    let question = last_question(words);
    let asks = |patterns: &[&str]| find_any(question, patterns).is_some();
    if asks(&["cancel"]) {
        return OfferKind::Cancel(times);
    }
    if asks(&["which ?one|appointment should|do|would i|you|like ?want|like|me ?to move|reschedule|change $"]) {
        return OfferKind::Move(times);
    }
    match times.as_slice() {
        [only] if !asks(&["what|which|other|another .. day|time"]) => return OfferKind::Time(*only),
        [_, _, ..] => return OfferKind::Slots(times),
        _ => {}
    }
    if asks(&[
        "person|human|colleague|someone|somebody|manager|representative|salesperson|specialist|agent",
        "team .. call|contact|reach|help|get",
    ]) {
        OfferKind::Human
    } else if asks(&["name", "email|e mail"]) {
        OfferKind::Name
    } else if asks(&["budget", "price range", "how much .. spend"]) {
        OfferKind::Budget
    } else if asks(&[
        "day|time|times|date|when|saturday|sunday|monday|tuesday|wednesday|thursday|friday|tomorrow|today|morning|afternoon",
    ]) {
        OfferKind::When
    } else if asks(&["which vehicle|car|one|truck|suv", "which .. mean|mind"]) {
        OfferKind::WhichVehicle
    } else if asks(&["similar", "something else", "other options", "alternatives", "near matches"]) {
        OfferKind::Similar
    } else if asks(&[
        "come",
        "visit",
        "test drive",
        "stop|swing by",
        "see it|one|them|the",
        "appointment",
        "schedule",
        "book",
        "set up",
        "drive",
    ]) {
        OfferKind::Visit
    } else if asks(&["details", "know more|about", "more information", "hear more", "tell you .. more|about"]) {
        OfferKind::Details
    } else {
        OfferKind::Nothing
    }
}

/// The last sentence with a question mark, else the last sentence.
fn last_question(words: &[Word]) -> &[Word] {
    let end = words.iter().rposition(|word| word.stop == Stop::Question).map_or(words.len(), |at| at + 1);
    let before = &words[..end.saturating_sub(1)];
    let start = before.iter().rposition(Word::ends_sentence).map_or(0, |at| at + 1);
    &words[start..end]
}

/// Whether `time` on `date` was offered.
pub(super) fn was_offered(slots: &[DateTime], time: Time) -> Option<DateTime> {
    slots.iter().find(|slot| slot.time() == time).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Offer {
        Offer::read(text, "2026-11-20T14:05".parse().unwrap())
    }

    #[test]
    fn slots_are_read_with_their_day() {
        let offer = read("I have 10:00 AM, 11:30 AM or 3:00 PM on Saturday, November 21. Which one works?");
        let expected: Vec<DateTime> =
            ["2026-11-21T10:00", "2026-11-21T11:30", "2026-11-21T15:00"].iter().map(|at| at.parse().unwrap()).collect();
        assert_eq!(offer.kind, OfferKind::Slots(expected));
        let one = read("Shall I book Saturday, November 21 at 3:00 PM?");
        assert_eq!(one.kind, OfferKind::Time("2026-11-21T15:00".parse().unwrap()));
    }

    #[test]
    fn a_question_is_known_by_what_it_asks_for() {
        let cases = [
            ("What day and time would suit you?", OfferKind::When),
            ("Would you like to come see it?", OfferKind::Visit),
            ("Would you like a colleague to call you?", OfferKind::Human),
            ("We're open Sunday from 11:00 AM to 5:00 PM. Would you like to come by?", OfferKind::Visit),
            ("You're booked for Saturday, November 21 at 3:00 PM.", OfferKind::Nothing),
            ("May I have your name?", OfferKind::Name),
            ("What is your budget?", OfferKind::Budget),
            ("Which vehicle do you mean?", OfferKind::WhichVehicle),
            (
                "We are closed Sunday, November 22. We open again on Monday, November 23. What time would suit you?",
                OfferKind::When,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).kind, expected, "{text}");
        }
    }

    #[test]
    fn a_move_is_told_from_a_booking() {
        assert!(read("What day and time should I move your appointment to?").change);
        assert!(!read("What day and time would suit you?").change);
        assert!(read("You're booked for Saturday, November 21 at 3:00 PM.").booked);
    }
}
