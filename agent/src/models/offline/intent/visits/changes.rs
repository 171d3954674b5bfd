//! Appointments that are moved or called off, and which of several is meant.

use forecourt_domain::appointment::AppointmentKind;
use jiff::civil::DateTime;

use super::{
    super::{
        super::{
            context::Appointment,
            cues::{courtesy, visits as cues},
            dates,
            offer::OfferKind,
            phrase::{find_outside, has_any},
        },
        Courtesy, Intent, Missing, Scene, SlotsWanted,
        when::{self, When},
    },
    purpose::kind_said,
};

/// A cancellation; which one is said only where there are several.
pub(super) fn cancellation(scene: &Scene<'_>, starts_at: Option<DateTime>) -> Intent {
    let several = scene.conversation.facts.appointments.len() > 1;
    Intent::Cancel { starts_at: starts_at.filter(|_| several), reason: None }
}

/// The answer to our question which appointment is to be called off or moved.
pub(super) fn answers_which_one(scene: &Scene<'_>, said: When) -> Option<Intent> {
    let agrees = scene.has(courtesy::YES) && !scene.has(courtesy::NO);
    match &scene.offer.kind {
        OfferKind::Cancel(times) => {
            let chosen = when::one_of(scene, times, said)
                .or_else(|| times.first().copied().filter(|_| agrees && times.len() < 2));
            (chosen.is_some() || agrees).then(|| cancellation(scene, chosen))
        }
        OfferKind::Move(times) => {
            let current = when::one_of(scene, times, said)?;
            let wanted = scene.earlier().iter().take(2).find_map(|reading| reading.moments.last().map(When::from));
            Some(match wanted.unwrap_or_default().instant() {
                Some(new) => Intent::Reschedule { current: Some(current), new },
                None => Intent::Ask(Missing::NewTime),
            })
        }
        _ => None,
    }
}

/// Whether an appointment is to be moved.
pub(super) fn changes(scene: &Scene<'_>, cancel: bool, new: When) -> bool {
    let appointments = &scene.conversation.facts.appointments;
    let has_one = !appointments.is_empty() || scene.offer.booked;
    let another = scene.has(&[
        "anything|something|any|nothing earlier|later|sooner",
        "earlier|later|sooner ?on in|on|that ?the day|morning|afternoon|evening",
        "^ ?a ?bit|little|the earlier|later|sooner",
        "^ ?a different|another|new|other|better day|time|date",
    ]);
    let times = !new.is_empty() || (has_one && dates::shift(&scene.reading.words).is_some()) || another;
    let declined = scene.has(courtesy::NO) && new.is_empty();
    // An oil change is work on a car, not another time; "no need to rebook" asks for none.
    let other = &[
        "oil|tire|tires|filter|fluid|brake change",
        "no|not|without ?need|want|going|have|having ?to reschedul*|rebook|rebooking|move|change|switch",
    ];
    let asked = find_outside(&scene.reading.words, cues::CHANGE, other).is_some();
    let sure = asked && (has_one || !scene.offer.arranges());
    let answers = scene.offer.change
        && scene.offer.arranges()
        && !declined
        && (times || picks_a_slot(scene, new) || scene.has(courtesy::YES));
    let asks_again = has_one && times && scene.has(cues::MAYBE_CHANGE) && !about_another_visit(scene, new);
    // "I can't make it Saturday, can we do Monday at 10?", "won't make tomorrow. Monday 10am?"
    let unlike_any = !new.is_empty() && !appointments.iter().any(|one| matches(one, new));
    let asks = scene.has(&["can|could|how|what|instead|do|move|come|maybe|try|is"]);
    let other_time = cancel
        && (new.date.is_some() && asks
            || has_one && unlike_any && (new.clock.is_some() || new.date.is_some() && scene.reading.asks()));
    sure || answers || asks_again || other_time
}

fn picks_a_slot(scene: &Scene<'_>, new: When) -> bool {
    when::chosen_slot(scene, new).is_some()
}

/// A full new day and time for another kind of visit or another vehicle is a second appointment.
fn about_another_visit(scene: &Scene<'_>, new: When) -> bool {
    let asks_anew = scene.has(&["another|second|new|separate appointment|visit|test"])
        || has_any(&scene.reading.words, &["can|could i also"]);
    let same = scene.conversation.facts.appointments.iter().any(|appointment| {
        let asked = kind_said(&scene.reading);
        asked.is_none_or(|kind| kind.as_str() == appointment.kind || (kind == AppointmentKind::Sales))
    });
    let plain_time = new.date.is_some()
        && new.clock.is_some()
        && !scene.has(&["instead|rather|actually|better|earlier|later|sooner", "make it|that"]);
    asks_anew
        || !same && !scene.conversation.facts.appointments.is_empty()
        || (plain_time && scene.has(&["@car|another|test|see"]) && !scene.has(&["late"]))
}

/// The move itself, or what is missing for it; to the very time it has, nothing is moved.
pub(super) fn change(scene: &Scene<'_>, said: when::Said) -> Intent {
    match moved(scene, said) {
        Intent::Reschedule { new, .. } if stands_at(scene, new) => Intent::Courtesy(Courtesy::SeeYou),
        other => other,
    }
}

/// Whether the only appointment already is at that time.
fn stands_at(scene: &Scene<'_>, new: DateTime) -> bool {
    matches!(scene.conversation.facts.appointments.as_slice(), [only] if only.starts_at == new)
}

fn moved(scene: &Scene<'_>, said: when::Said) -> Intent {
    let appointment = the_appointment(scene, said.old);
    let current = appointment
        .map(|appointment| appointment.starts_at)
        .filter(|_| scene.conversation.facts.appointments.len() > 1);
    if let Some(new) = when::chosen_slot(scene, said.new).or_else(|| shifted(scene, appointment)) {
        return Intent::Reschedule { current, new };
    }
    if scene.has(&["same time|hour"])
        && let (Some(date), Some(appointment)) = (said.new.date, appointment)
    {
        return Intent::Reschedule { current, new: date.to_datetime(appointment.starts_at.time()) };
    }
    let known_date = scene.offer.date.filter(|_| scene.offer.arranges());
    let own_date = said.old.date.or_else(|| appointment.map(|appointment| appointment.starts_at.date()));
    let wanted =
        said.new.or(When { date: known_date.or(own_date.filter(|_| !said.new.is_empty())), ..When::default() });
    if let Some(new) = wanted.instant().filter(|new| when::is_on_the_quarter(*new)) {
        return Intent::Reschedule { current, new };
    }
    let wanted = wanted.instant().map_or(wanted, when::around);
    let hinted = scene.has(&[
        "earlier|later|sooner ?in ?on|that|the ?day $",
        "earlier|later|sooner in|that ?the day",
        "same|that day",
    ]);
    let yes_to_a_day = scene.has(courtesy::YES).then_some(known_date).flatten();
    match wanted.date.or(yes_to_a_day).or(own_date.filter(|_| hinted)) {
        Some(date) => Intent::Slots(SlotsWanted {
            kind: appointment.and_then(|appointment| appointment.kind.parse().ok()).unwrap_or(AppointmentKind::Sales),
            date,
            part: wanted.part,
            within: wanted.clock,
            stock: appointment.and_then(|appointment| appointment.stock.clone()),
            change: true,
        }),
        None => Intent::Ask(Missing::NewTime),
    }
}

/// The appointment's own time moved by "an hour later" or "30 minutes earlier".
fn shifted(scene: &Scene<'_>, appointment: Option<&Appointment>) -> Option<DateTime> {
    appointment?.starts_at.checked_add(dates::shift(&scene.reading.words)?).ok()
}

/// The appointment that is spoken of: the only one, or the one at the `old` time.
fn the_appointment<'s>(scene: &'s Scene<'_>, old: When) -> Option<&'s Appointment> {
    match scene.conversation.facts.appointments.as_slice() {
        [only] => Some(only),
        several if old.is_empty() => {
            let kind = kind_meant(scene)?;
            let mut of_kind = several.iter().filter(|appointment| appointment.kind == kind.as_str());
            of_kind.next().filter(|_| of_kind.next().is_none())
        }
        several => several.iter().find(|appointment| matches(appointment, old)),
    }
}

/// The kind an appointment is called by: "the service one", "my test drive".
fn kind_meant(scene: &Scene<'_>) -> Option<AppointmentKind> {
    const SERVICE: &[&str] = &["service|maintenance|oil|tire|tires|brakes|inspection|alignment|repair|recall"];
    const SALES: &[&str] = &["sales|viewing|look"];
    let named = || if scene.has(SERVICE) { Some(AppointmentKind::Service) } else { None };
    let sales = || if scene.has(SALES) { Some(AppointmentKind::Sales) } else { None };
    let drive = || scene.has(&["drive"]).then_some(AppointmentKind::TestDrive);
    kind_said(&scene.reading).or_else(named).or_else(drive).or_else(sales)
}

/// Which one is called off: known by its day or time, its kind, or because there is only one.
pub(super) fn the_one_meant(scene: &Scene<'_>, said: When) -> Option<DateTime> {
    the_appointment(scene, said).map(|appointment| appointment.starts_at)
}

pub(super) fn matches(appointment: &Appointment, said: When) -> bool {
    let day = said.date.is_none_or(|date| appointment.starts_at.date() == date);
    let time = said.time().is_none_or(|time| appointment.starts_at.time() == time);
    !said.is_empty() && day && time
}
