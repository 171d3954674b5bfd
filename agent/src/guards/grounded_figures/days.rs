//! Days of a draft: known to our records, and open or closed as it says.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::{Evidence, Fact};
use jiff::civil::Date;

use super::{echo::is_echo, pairs::days_of, support::was_said};
use crate::guards::{
    draft::Draft,
    figures::{Day, Figure, Value},
    text::pattern,
};

static CHECKS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:check\w*|look(?:ing)? (?:at|up|for|into)|see (?:what|if|whether|which)|find out|search\w*|let me know (?:if|whether|which)|if (?:you|that|it)|vers si|voir si|regard\w+|v[ée]rifi\w+|cherch\w+|verific\w*|revis\w+|busc\w+|consult\w+|ver si|d[íi]game si|si (?:le|les|lo|la|vous|cela))\b",
    )
});

/// Why the days a figure names may not be said, if so.
pub(super) fn wrong_days(draft: &Draft, figure: &Figure, days: &[Day]) -> Option<&'static str> {
    if days.iter().any(|day| day.any_of.is_empty()) {
        return Some("this weekday and this date are not the same day; write them as the tool returned them");
    }
    let today = draft.now.date();
    let stated =
        days.iter().all(|day| day.any_of == [today] || day.any_of.iter().any(|date| is_known_day(draft, day, *date)));
    if stated {
        return contradicted_opening(draft, figure, days);
    }
    let sentence = draft.sentence_at(figure.span.start)?;
    // "I can check Saturday" says nothing about Saturday.
    if CHECKS.is_match(draft.words(sentence.range.clone())) && !is_timed(draft, figure) {
        return None;
    }
    if was_said(draft, &figure.value) {
        let reason = "only the customer named this day; ask list_appointment_slots or get_dealership_info before you say anything of it";
        return (!is_echo(draft, figure)).then_some(reason);
    }
    Some(
        "no tool output speaks of this day; ask list_appointment_slots or get_dealership_info first, or leave the day out",
    )
}

fn is_timed(draft: &Draft, figure: &Figure) -> bool {
    draft.figures.iter().any(|other| {
        matches!(other.value, Value::Time { .. }) && days_of(draft, other).iter().any(|day| day.span == figure.span)
    })
}

fn is_known_day(draft: &Draft, day: &Day, date: Date) -> bool {
    let facts =
        draft.grounds.ours.iter().any(|evidence| evidence.fact == Fact::Date(date) || names_date(evidence, date));
    facts
        || draft.grounds.moments.iter().any(|moment| moment.local.date() == date)
        || recorded_days(draft).any(|known| is_same_day(known, day, date))
}

fn recorded_days<'a>(draft: &'a Draft) -> impl Iterator<Item = &'a Day> {
    draft.grounds.records().iter().flat_map(|record| &record.figures).flat_map(|figure| match &figure.value {
        Value::Days(days) => days.as_slice(),
        _ => &[],
    })
}

/// A record's "Saturdays" is every Saturday a draft names as one; its "November 21" is that date.
pub(super) fn is_same_day(known: &Day, day: &Day, date: Date) -> bool {
    match known.weekday {
        Some(weekday) => day.weekday == Some(weekday),
        None => known.any_of.contains(&date),
    }
}

static CLOSED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:closed|not open|cerrad[oa]s?|ferm[ée]e?s?|cierra todo|no abr\w+|n'ouvr\w+)\b|n't open\b|\b(?:cerramos|fermons)\s*(?:[.!,;]|$|ese|todo|ce |toute)",
    )
});
static OPEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\bwe(?:'re| are)(?: also| still)? open\b|\bopen (?:on|every|daily|all)\b|\babiert[oa]s?\b|\babrimos\b|\bouverte?s?\b|\bouvrons\b",
    )
});

/// "Closed Sunday" needs a closed Sunday, "open on Sunday" an open one; told apart only where our
/// records say which.
fn contradicted_opening(draft: &Draft, figure: &Figure, days: &[Day]) -> Option<&'static str> {
    let sentence = draft.sentence_at(figure.span.start)?;
    // The words about a day may go on behind a comma, up to the next day.
    let days_behind = |other: &&Figure| other.span.start >= figure.span.end && matches!(other.value, Value::Days(_));
    let next = draft.figures.iter().find(days_behind).filter(|next| next.span.start < sentence.range.end);
    let end = next.map_or(sentence.range.end, |next| draft.clause_at(sentence, next.span.start).start);
    let clause = draft.clause_at(sentence, figure.span.start);
    let clause = draft.words(clause.start..clause.end.max(end));
    let opens = |day: &Day| day.any_of.iter().any(|date| draft.grounds.hours_on(*date).next().is_some());
    let closed = |day: &Day| day.any_of.iter().any(|date| draft.grounds.is_closed_on(*date));
    let says_closed = CLOSED.is_match(clause);
    if says_closed && days.iter().any(|day| opens(day) && !closed(day)) {
        return Some("the tool output says that we are open on this day");
    }
    let says_open = OPEN.is_match(clause) && !says_closed && !sentence.question;
    (says_open && days.iter().any(|day| closed(day) && !opens(day)))
        .then_some("the tool output says that we are closed on this day")
}

static NOW: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:(open|closed)(?: right)? now|currently (open|closed)|(open|closed) at the moment)\b")
});

/// "We're open now" while the hours of today say otherwise, or the opposite.
pub(super) fn wrong_now<'a>(draft: &'a Draft) -> Option<&'a str> {
    let (today, time) = (draft.now.date(), draft.now.time());
    let hours: Vec<_> = draft.grounds.hours_on(today).collect();
    let is_open = hours.iter().any(|(opens, closes)| *opens <= time && time < *closes);
    let wrong = |words: &'a str| {
        let said = NOW.captures(words)?;
        let all = said.get(0)?;
        let says_open = said.iter().skip(1).flatten().any(|word| word.as_str().eq_ignore_ascii_case("open"));
        let denied = words[..all.start()].to_lowercase().trim_end().ends_with("not");
        ((says_open != denied) != is_open).then_some(all.as_str())
    };
    let stated = draft.sentences.iter().filter(|sentence| !sentence.question && !hours.is_empty());
    stated.map(|sentence| draft.words(sentence.range.clone())).find_map(wrong)
}

/// Whether our records speak of all days of a figure, or it is today.
pub(super) fn is_known_days(draft: &Draft, figure: &Figure) -> bool {
    let Value::Days(days) = &figure.value else { return false };
    days.iter().all(|day| day.any_of.iter().any(|date| *date == draft.now.date() || is_known_day(draft, day, *date)))
}

/// Whether the field or label of evidence names a date, such as `hours.2026-11-21.opens`.
pub(super) fn names_date(evidence: &Evidence, date: Date) -> bool {
    let date = date.to_string();
    evidence.field.contains(&date) || evidence.source.label.contains(&date)
}
