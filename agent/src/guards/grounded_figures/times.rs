//! Days and times of a draft, checked as the pairs they form: "Saturday at 3" is one moment.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::{Evidence, Fact, SourceKind};
use jiff::civil::{Date, Time};

use super::{
    days::{is_known_days, is_same_day, names_date, wrong_days, wrong_now},
    echo::is_echo,
    finding,
    pairs::days_of,
    support::was_said,
};
use crate::guards::{
    Finding,
    draft::Draft,
    figures::{Day, Figure, Value},
    text::{before, pattern},
};

/// All days and times that no record states, alone or together.
pub(super) fn time_findings(draft: &Draft) -> Vec<Finding> {
    let mut findings = Vec::new();
    for figure in &draft.figures {
        let excerpt = draft.words(figure.span.clone());
        match &figure.value {
            Value::Days(days) => {
                if let Some(reason) = wrong_days(draft, figure, days) {
                    findings.push(finding(excerpt, reason));
                }
            }
            Value::Time { any_of } => {
                let days = days_of(draft, figure);
                if let Some(reason) = wrong_time(draft, figure, any_of, &days) {
                    let from = days.iter().map(|day| day.span.start).chain([figure.span.start]).min();
                    let to = days.iter().map(|day| day.span.end).chain([figure.span.end]).max();
                    let span = from.unwrap_or(figure.span.start)..to.unwrap_or(figure.span.end);
                    findings.push(finding(draft.words(span), reason));
                }
            }
            _ => {}
        }
    }
    if let Some(said) = wrong_now(draft) {
        findings.push(finding(said, "the hours of the tool outputs say otherwise for this moment"));
    }
    findings
}

/// What a time is said to be, when the words say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Opens,
    Closes,
    /// "We're open at 5": any time between the two.
    OpenAt,
    Unsaid,
}

static CLOSES_AT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:until|till?|close[sd]?(?:\s+\w+)?(?:\s+(?:at|by))?|closing(?:\s+\w+)?(?:\s+at)?|hasta|hasta las|jusqu'(?:à|en)|cerramos|cierra|cierran|fermons|ferme(?:ture)?(?: [àa])?|fermons [àa]|cierre(?: es)?)\s*(?:a\s+)?$",
    )
});
static OPENS_AT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:re)?opens? (?:\w+ ){0,3}?at|opening (?:\w+ ){0,2}?at|we open|open (?:\w+ ){0,4}?from|abrimos|abre|abren|ouvrons|ouvrons [àa]|ouvre(?: [àa])?|ouverture(?: [àa])?)\s*(?:[àa]\s+|desde\s+|de\s+)?$",
    )
});
static OPEN_AT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:are|'re) (?:also |still )?open\b[^.;!?]{0,30}\bat\s*$"));
static HOURS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:open|hours|closed|close|opens?|sales|service|abr\w+|abiert\w+|cerr\w+|horario|ouvr\w+|ouvert\w*|ferm\w+|horaires?)\b",
    )
});
static SPAN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)^\s*(?:-|—|to|until|till|through|a|à|and|al?(?: las?)?|hasta(?: las?)?|y|et|jusqu'à)\s*$")
});

fn role(draft: &Draft, figure: &Figure) -> Role {
    let lead = before(&draft.text, figure.span.start, 40);
    if CLOSES_AT.is_match(lead) {
        return Role::Closes;
    }
    if OPEN_AT.is_match(lead) {
        return Role::OpenAt;
    }
    if OPENS_AT.is_match(lead) {
        return Role::Opens;
    }
    let hours = draft
        .sentence_at(figure.span.start)
        .is_some_and(|sentence| HOURS.is_match(draft.words(sentence.range.clone())));
    let times = |other: &&Figure| matches!(other.value, Value::Time { .. });
    let spans = |a: &Figure, b: &Figure| draft.text.get(a.span.end..b.span.start).is_some_and(|gap| SPAN.is_match(gap));
    if hours && draft.figures.iter().filter(times).any(|other| spans(other, figure)) {
        return Role::Closes;
    }
    if hours && draft.figures.iter().filter(times).any(|other| spans(figure, other)) {
        return Role::Opens;
    }
    Role::Unsaid
}

fn wrong_time(draft: &Draft, figure: &Figure, any_of: &[Time], days: &[&Figure]) -> Option<&'static str> {
    let role = role(draft, figure);
    let alone = days.is_empty();
    let on = |day: &Figure| match &day.value {
        Value::Days(days) => {
            days.iter().all(|day| day.any_of.iter().any(|date| is_known_time(draft, any_of, role, Some((day, *date)))))
        }
        _ => false,
    };
    let is_now = any_of.iter().any(|time| time.hour() == draft.now.hour() && time.minute() == draft.now.minute())
        && role == Role::Unsaid;
    let known = if alone { is_now || is_known_time(draft, any_of, role, None) } else { days.iter().any(|day| on(day)) };
    if known {
        return None;
    }
    let said = was_said(draft, &figure.value)
        && days.iter().all(|day| was_said(draft, &day.value) || is_known_days(draft, day));
    if said {
        let reason = "only the customer named this time; ask list_appointment_slots or get_dealership_info before you offer or confirm it";
        return (!is_echo(draft, figure)).then_some(reason);
    }
    Some(if alone {
        "no tool output has this time; use the times of list_appointment_slots or get_dealership_info exactly"
    } else {
        "no tool output has this time on this day; use the times of list_appointment_slots or get_dealership_info exactly"
    })
}

/// Whether a record states one of the times, on the day where one is given.
fn is_known_time(draft: &Draft, any_of: &[Time], role: Role, day: Option<(&Day, Date)>) -> bool {
    let moments = draft.grounds.moments.iter().any(|moment| {
        any_of.contains(&moment.local.time())
            && day.is_none_or(|(_, date)| moment.local.date() == date)
            && plays(moment.evidence, role)
    });
    moments
        || is_stated_time(draft, any_of, role, day)
        || is_recorded_time(draft, any_of, day)
        || (role == Role::OpenAt && is_open(draft, any_of, day))
}

/// Whether evidence may be said in a role: a closing time is no opening time.
fn plays(evidence: &Evidence, role: Role) -> bool {
    let other = match role {
        Role::Opens => "closes",
        Role::Closes => "opens",
        Role::OpenAt | Role::Unsaid => return true,
    };
    let hours = matches!(evidence.source.kind, SourceKind::Department | SourceKind::Dealership);
    !(hours && evidence.field.contains(other))
}

/// A time without a date is one of the date its field names, or else of today.
fn is_stated_time(draft: &Draft, any_of: &[Time], role: Role, day: Option<(&Day, Date)>) -> bool {
    let of_day = |evidence: &Evidence| match day {
        None => true,
        Some((_, date)) if ISO_DATE.is_match(&evidence.field) => names_date(evidence, date),
        Some((_, date)) => date == draft.now.date(),
    };
    let stated = |evidence: &Evidence| matches!(evidence.fact, Fact::Time(time) if any_of.contains(&time));
    draft.grounds.dateless.iter().any(|evidence| stated(evidence) && plays(evidence, role) && of_day(evidence))
}

static ISO_DATE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\d{4}-\d{2}-\d{2}"));

/// A time in a text of ours; with a day, both in one text.
fn is_recorded_time(draft: &Draft, any_of: &[Time], day: Option<(&Day, Date)>) -> bool {
    draft.grounds.records().iter().any(|record| {
        let times = record.figures.iter().any(|figure| matches!(&figure.value, Value::Time { any_of: known } if known.iter().any(|time| any_of.contains(time))));
        let days = || {
            record.figures.iter().any(|figure| match (&figure.value, day) {
                (Value::Days(known), Some((day, date))) => known.iter().any(|known| is_same_day(known, day, date)),
                _ => false,
            })
        };
        times && (day.is_none_or(|(_, date)| names_date(record.evidence, date)) || days())
    })
}

fn is_open(draft: &Draft, any_of: &[Time], day: Option<(&Day, Date)>) -> bool {
    let date = day.map_or(draft.now.date(), |(_, date)| date);
    draft.grounds.hours_on(date).any(|(opens, closes)| any_of.iter().any(|time| opens <= *time && *time < closes))
}
