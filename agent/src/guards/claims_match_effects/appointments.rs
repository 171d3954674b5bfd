//! Claims about appointments: that there is one, and that it is when the draft says.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::{
    appointment::AppointmentStatus,
    evidence::{CommittedEffect, EffectKind, Evidence, Fact, SourceKind},
};
use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use super::claims::Asserted;
use crate::guards::{
    GuardContext,
    draft::Draft,
    figures::{Figure, Value},
    grounded_figures::pairs::days_of,
    text::{Sentence, before, pattern},
};

/// An appointment our records know.
pub(super) struct Appointment {
    id: Uuid,
    version: i64,
    pub open: bool,
    /// When it is, by its newest version.
    at: Vec<DateTime>,
    /// When it was, by older ones.
    was: Vec<DateTime>,
}

/// The appointments of evidence and effects, each once.
pub(super) fn appointments(draft: &Draft, context: &GuardContext) -> Vec<Appointment> {
    let mut known: Vec<Appointment> = Vec::new();
    let ours = draft.grounds.ours.iter().copied();
    let mut evidence: Vec<_> = ours.filter(|evidence| evidence.source.kind == SourceKind::Appointment).collect();
    evidence.sort_by_key(|evidence| evidence.source.version);
    for evidence in evidence {
        let (id, version) = (evidence.source.id, evidence.source.version);
        let index = known.iter().position(|one| one.id == id).unwrap_or_else(|| {
            let cancels =
                |effect: &CommittedEffect| effect.kind == EffectKind::AppointmentCancelled && effect.subject.id == id;
            let open = !context.effects.iter().any(cancels);
            known.push(Appointment { id, version, open, at: Vec::new(), was: Vec::new() });
            known.len() - 1
        });
        let one = &mut known[index];
        if one.version < version {
            one.version = version;
            one.was.append(&mut one.at);
        }
        one.open &= !has_ended(evidence);
        let moments = draft.grounds.moments.iter().filter(|moment| std::ptr::eq(moment.evidence, evidence));
        one.at.extend(moments.map(|moment| moment.local));
    }
    known
}

/// Whether evidence says that its appointment is over or off.
fn has_ended(evidence: &Evidence) -> bool {
    let Fact::Text(text) = &evidence.fact else { return false };
    evidence.field == "status" && text.parse::<AppointmentStatus>().is_ok_and(|status| !status.is_open())
}

/// Why it may not be said that there is an appointment, if so.
pub(super) fn unproven_booking(draft: &Draft, context: &GuardContext, said: &Asserted) -> Option<&'static str> {
    let kinds = [EffectKind::AppointmentBooked, EffectKind::AppointmentRescheduled];
    let booked = context.effects.iter().any(|effect| kinds.contains(&effect.kind));
    if booked || appointments(draft, context).iter().any(|one| one.open) {
        return elsewhere(draft, context, said, true);
    }
    Some(
        "no appointment was booked: call book_appointment first, or ask whether to book it; a free time is not an appointment",
    )
}

/// Whether the sentence of a booking names a moment at which no appointment is. Moments of the past
/// count too unless only `open` ones may be meant.
pub(super) fn elsewhere(draft: &Draft, context: &GuardContext, said: &Asserted, open: bool) -> Option<&'static str> {
    let appointments = appointments(draft, context).into_iter().filter(|one| one.open || !open);
    let known: Vec<DateTime> =
        appointments.flat_map(|one| if open { one.at } else { [one.at, one.was].concat() }).collect();
    if known.is_empty() {
        return None;
    }
    let sentence = &draft.sentences[said.sentence];
    let from = draft.clause_at(sentence, said.span.start).start.min(said.span.start);
    let mut inside = draft.figures.iter().filter(|figure| (from..sentence.range.end).contains(&figure.span.start));
    let wrong = inside.any(|figure| !fits(draft, figure, &known) && !is_beside_the_point(draft, sentence, figure));
    wrong.then_some("the appointment is not at this time; repeat day and time exactly as the tool returned them")
}

/// Whether a day or time is one of the moments. Any other figure is.
fn fits(draft: &Draft, figure: &Figure, known: &[DateTime]) -> bool {
    match &figure.value {
        Value::Days(days) => days.iter().all(|day| known.iter().any(|at| day.any_of.contains(&at.date()))),
        Value::Time { any_of } => {
            let days: Vec<Date> = days_of(draft, figure).into_iter().flat_map(|day| dates(&day.value)).collect();
            known.iter().any(|at| any_of.contains(&at.time()) && (days.is_empty() || days.contains(&at.date())))
        }
        _ => true,
    }
}

static INSTEAD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:instead of|rather than|from|not(?: on)?|no longer(?: on)?|was(?: on)?|en (?:lugar|vez) del?|del|desde (?:el|las?)|ya no (?:el)?|era (?:el)?|au lieu d[eu]|du|plus|[ée]tait)\s+(?:on\s+|el\s+|le\s+)?$",
    )
});
static HOURS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:open|opens|close|closes|closed|until|till|hours|abr\w+|abiert\w+|cerr\w+|hasta|horario|ouvr\w+|ouvert\w*|ferm\w+|jusqu)\b",
    )
});

/// "Booked for Monday instead of Saturday", "… and we close at 6": not when the appointment is.
fn is_beside_the_point(draft: &Draft, sentence: &Sentence, figure: &Figure) -> bool {
    let before = |figure: &Figure| INSTEAD.is_match(before(&draft.text, figure.span.start, 24));
    let of_hours = HOURS.is_match(draft.words(draft.clause_at(sentence, figure.span.start)));
    let days = days_of(draft, figure);
    of_hours || before(figure) || (!days.is_empty() && days.iter().all(|day| before(day)))
}

fn dates(value: &Value) -> Vec<Date> {
    match value {
        Value::Days(days) => days.iter().flat_map(|day| day.any_of.iter().copied()).collect(),
        _ => Vec::new(),
    }
}
