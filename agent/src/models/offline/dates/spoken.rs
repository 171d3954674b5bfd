//! How customers write a time of day: `3:30 pm`, `half past 4`, `make it 4`, `between 2 and 4`.

use super::{
    super::{
        amounts::small_number,
        phrase::places,
        words::{Stop, Word},
    },
    clock::{Face, Half, Spoken},
};

/// The time or span written at `at`, and where it ends. A bare number is a time where a word
/// before or after it says so, after a day (`after_atom`), or where one is `expected`.
pub(super) fn face_at(
    words: &[Word],
    taken: &[bool],
    at: usize,
    expected: bool,
    after_atom: bool,
) -> Option<(Face, usize)> {
    let previous = before(words, at);
    // "The Saturday one" is no one o'clock.
    let after_day = after_atom && words.get(at).is_some_and(|word| word.text != "one");
    let cue = previous.is_some_and(|word| word.is_any(SAYS_A_TIME)) || after_day || to_do(words, at);
    let (from, end) = spoken_at(words, at, cue, expected)?;
    if let Some((to, end)) = span_end(words, taken, end, previous) {
        return Some((Face::Between(from, to), end));
    }
    let two_before = at.checked_sub(2).and_then(|index| words.get(index)).map(|word| word.text.as_str());
    let face = match previous.map(|word| word.text.as_str()) {
        Some("after") | Some("past") => Face::After(from),
        Some("than") if two_before == Some("later") && !no_before(words, at) => Face::After(from),
        Some("before" | "by" | "until" | "till" | "than") => Face::Before(from),
        _ => Face::At(from),
    };
    Some((face, end))
}

/// Words after which a bare number is a time of day.
const SAYS_A_TIME: &[&str] = &[
    "at",
    "around",
    "by",
    "after",
    "before",
    "until",
    "till",
    "between",
    "like",
    "maybe",
    "say",
    "approximately",
    "about",
];

fn before(words: &[Word], at: usize) -> Option<&Word> {
    at.checked_sub(1).and_then(|index| words.get(index)).filter(|word| !word.ends_sentence())
}

fn no_before(words: &[Word], at: usize) -> bool {
    at.checked_sub(3).and_then(|index| words.get(index)).is_some_and(|word| word.text == "no")
}

/// Whether the words before a bare number ask to do something at it: `make it 4`, `can we do 4`,
/// `move my visit to 4`.
fn to_do(words: &[Word], at: usize) -> bool {
    const LEADS: &[&str] = &[
        "make|do it|that",
        "do it at",
        "@can @we|you do",
        "book|schedule it for",
        "me|us|it|in|down for",
        "@move|moved|reschedul*|postpone|moving .. to|until",
        "@move ?my|the|our ?test|service @appt ?up|back|out to|until",
        "it|me|us|appointment|time|back to",
        "how|what about",
        "here|there at",
        "instead of",
    ];
    // "Not 4 but 5", "the 4 works": only where nothing that is counted follows.
    const DOUBTFUL: &[&str] = &["not|the", "up to"];
    let lead = &words[at.saturating_sub(8)..at];
    let leads = |patterns: &[&str]| places(lead, patterns).iter().any(|place| place.end == lead.len());
    leads(LEADS) || (leads(DOUBTFUL) && ends_or_fits(words, at + 1))
}

fn ends_or_fits(words: &[Word], at: usize) -> bool {
    words
        .get(at)
        .is_none_or(|word| word.is_any(&["works", "slot", "instead", "please", "but", "time", "appointment", "spot"]))
}

/// The second time of a span that started at `end`'s left.
fn span_end(words: &[Word], taken: &[bool], end: usize, previous: Option<&Word>) -> Option<(Spoken, usize)> {
    let word = words.get(end).filter(|_| taken.get(end) != Some(&true) && !words[end - 1].ends_sentence())?;
    if word.tied {
        return spoken_at(words, end, true, true);
    }
    let between = previous.is_some_and(|word| word.is_any(&["between", "from"]));
    let joins = word.is_any(&["to", "till", "until", "thru", "through"]) || (between && word.text == "and");
    joins.then(|| spoken_at(words, end + 1, true, false)).flatten()
}

/// One spoken time at `at`.
fn spoken_at(words: &[Word], at: usize, cue: bool, expected: bool) -> Option<(Spoken, usize)> {
    named_time(words, at).or_else(|| {
        let word = words.get(at)?;
        let (spoken, surely) = digits(&word.text).or_else(|| Some((hour_word(&word.text)?, false)))?;
        // "The first one": only a cue makes this word a time.
        let expected = expected && word.text != "one";
        let open = !word.ends_sentence();
        let next = words.get(at + 1).filter(|_| open).map(|word| word.text.as_str()).unwrap_or_default();
        match next {
            "am" => return Some((Spoken { half: Some(Half::Am), ..spoken }, at + 2)),
            "pm" => return Some((Spoken { half: Some(Half::Pm), ..spoken }, at + 2)),
            "oclock" | "ish" => return Some((spoken, at + 2)),
            "thirty" if cue || expected => return Some((Spoken { minute: 30, ..spoken }, at + 2)),
            "fifteen" if cue || expected => return Some((Spoken { minute: 15, ..spoken }, at + 2)),
            _ => {}
        }
        let counted = open
            && (COUNTED.contains(&next)
                || (next == "to" && words.get(at + 2).is_some_and(|word| word.is_any(COUNTED))));
        let tied_on = words.get(at + 1).is_some_and(|word| word.tied && word.number().is_none());
        let asked = before(words, at).is_some_and(|word| word.is_any(&["is", "would", "does", "if"]));
        let agreeable = asked
            && matches!(
                next,
                "okay"
                    | "good"
                    | "fine"
                    | "possible"
                    | "better"
                    | "available"
                    | "best"
                    | "be"
                    | "open"
                    | "free"
                    | "taken"
            );
        let fits = agreeable
            || (open && word.text != "one" && leads_to_a_day(words, at + 1))
            || word.stop == Stop::Question && words.len() == 1;
        (surely || (!counted && !tied_on && (cue || expected || fits))).then_some((spoken, at + 1))
    })
}

/// Whether what follows a bare number shows it to be a time: `3 works`, `10 tomorrow`, `6 in the evening`.
fn leads_to_a_day(words: &[Word], at: usize) -> bool {
    const DAYS: &[&str] = &["tomorrow", "today", "tonight", "works", "work", "instead", "sharp"];
    const PARTS: &[&str] = &["morning", "afternoon", "evening", "night"];
    let text = |offset: usize| words.get(at + offset).map(|word| word.text.as_str()).unwrap_or_default();
    match text(0) {
        "in" => text(1) == "the" && PARTS.contains(&text(2)),
        "at" => text(1) == "night",
        "would" => matches!(text(1), "be" | "work" | "suit"),
        "is" => matches!(text(1), "good" | "better" | "best" | "fine" | "perfect" | "okay" | "great"),
        "on" => text(1).ends_with("day") || text(1).ends_with("days"),
        next => DAYS.contains(&next),
    }
}

/// After a number these show that it counts something else than hours of the day.
const COUNTED: &[&str] = &[
    "miles",
    "mile",
    "k",
    "grand",
    "thousand",
    "years",
    "year",
    "days",
    "day",
    "weeks",
    "week",
    "months",
    "month",
    "minutes",
    "minute",
    "hours",
    "hour",
    "people",
    "kids",
    "passengers",
    "passenger",
    "seats",
    "seat",
    "doors",
    "door",
    "cylinder",
    "percent",
    "row",
    "rows",
    "owners",
    "owner",
    "options",
    "cars",
    "vehicles",
    "trucks",
    "suvs",
    "of",
    "series",
    "speed",
    "wheel",
    "ones",
    "one",
    "x",
    "star",
    "stars",
    "times",
    "dollars",
    "bucks",
    "more",
    "other",
    "seater",
    "adults",
    "car",
    "mpg",
    "hundred",
    "day",
    "cheaper",
];

/// `noon`, `half past 4`, `quarter to five`.
fn named_time(words: &[Word], at: usize) -> Option<(Spoken, usize)> {
    let text = |offset: usize| words.get(at + offset).map(|word| word.text.as_str()).unwrap_or_default();
    let noon = Spoken { hour: 12, minute: 0, half: Some(Half::Pm) };
    match (text(0), text(1)) {
        ("12", "noon") => return Some((noon, at + 2)),
        ("noon" | "midday" | "noonish" | "lunchtime", _) => return Some((noon, at + 1)),
        ("lunch", "time") => return Some((noon, at + 2)),
        _ => {}
    }
    let (minute, backwards, hour_at) = match (text(0), text(1)) {
        ("half", "past") => (30, false, at + 2),
        ("half", "after") => (30, false, at + 2),
        ("quarter", "past" | "after") => (15, false, at + 2),
        ("quarter", "to" | "till" | "of" | "before") => (45, true, at + 2),
        _ => return None,
    };
    let word = words.get(hour_at)?;
    let (spoken, _) = digits(&word.text).or_else(|| Some((hour_word(&word.text)?, false)))?;
    let half = match words.get(hour_at + 1).map(|word| word.text.as_str()) {
        Some("am") => Some(Half::Am),
        Some("pm") => Some(Half::Pm),
        _ => spoken.half,
    };
    let end = hour_at + 1 + usize::from(half.is_some() && spoken.half.is_none());
    let hour = match (backwards, spoken.hour) {
        (true, 1) => 12,
        (true, hour) => hour - 1,
        (false, hour) => hour,
    };
    (spoken.minute == 0).then_some((Spoken { hour, minute, half }, end))
}

fn hour_word(word: &str) -> Option<Spoken> {
    let hour = small_number(word).filter(|hour| *hour > 0)?;
    Some(Spoken { hour: i8::try_from(hour).ok()?, minute: 0, half: None })
}

/// `3`, `3:30`, `330`, `15:00`, `3pm`, `3:30pm`, `10ish`; and whether it can be nothing but a time.
fn digits(text: &str) -> Option<(Spoken, bool)> {
    const HALVES: &[(&str, Option<Half>)] =
        &[("am", Some(Half::Am)), ("pm", Some(Half::Pm)), ("a", Some(Half::Am)), ("p", Some(Half::Pm)), ("ish", None)];
    let ending = HALVES.iter().find_map(|(ending, half)| text.strip_suffix(ending).map(|digits| (digits, *half)));
    let (digits, half) = ending.unwrap_or((text, None));
    // All that follows counts in bytes.
    if !digits.is_ascii() || digits.len() > 5 {
        return None;
    }
    let (hour, minute, separated) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute, true),
        Some(_) => return None,
        None if matches!(digits.len(), 3 | 4) => {
            (digits.get(..digits.len() - 2)?, digits.get(digits.len() - 2..)?, false)
        }
        None => (digits, "0", false),
    };
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok().filter(|minute| (0..60).contains(minute))?);
    let surely = ending.is_some() || (separated && digits.contains(':'));
    match hour {
        1..=12 => Some((Spoken { hour, minute, half }, surely)),
        0 | 13..=23 if digits.contains(':') => Some((Spoken { hour, minute, half: Some(Half::Whole) }, surely)),
        13..=20 if digits.len() == 4 && minute % 15 == 0 => {
            Some((Spoken { hour, minute, half: Some(Half::Whole) }, false))
        }
        _ => None,
    }
}
