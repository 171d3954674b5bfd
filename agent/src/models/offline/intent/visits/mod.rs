//! Appointments: asking for times, booking, moving, calling off, asking about one.

mod changes;
mod purpose;

use forecourt_domain::appointment::AppointmentKind;
use jiff::civil::Date;

use self::{
    changes::{answers_which_one, cancellation, change, changes, matches, the_one_meant},
    purpose::{kind, vehicle, visit},
};
use super::{
    super::{
        calls::Category,
        cues::{courtesy, visits as cues},
        offer::OfferKind,
        phrase::{find_outside, has_any},
        reading::Reading,
    },
    Intent, Missing, Scene, SlotsWanted, Visit, VisitVehicle, dealership,
    when::{self, When},
};

/// What the text says about appointments; `others` is what was already understood.
pub(super) fn intents(scene: &Scene<'_>, others: &[Intent]) -> Vec<Intent> {
    let cancel = calls_off(scene);
    let moved = when::said(scene, true);
    if changes(scene, cancel, moved.new) {
        return vec![change(scene, moved)];
    }
    if swaps_the_vehicle(scene) {
        let about = "wants an appointment to be for another vehicle";
        return vec![Intent::HandOff { category: Category::Other, about }];
    }
    if scene.has(cues::LATE) && moved.new.clock.is_none() {
        let about = "is running late for the appointment";
        return vec![Intent::HandOff { category: Category::Other, about }];
    }
    if let Some(intent) = answers_which_one(scene, moved.old.or(moved.new)) {
        return vec![intent];
    }
    if cancel {
        return vec![cancellation(scene, the_one_meant(scene, moved.old.or(moved.new)))];
    }
    if scene.has(cues::MINE) && !scene.has(&["new|another appointment"]) {
        return vec![Intent::MyAppointments];
    }
    booking(scene, others).into_iter().collect()
}

/// Whether every day and time said is that of an appointment they have.
fn names_no_other_time(scene: &Scene<'_>) -> bool {
    let known = |said: When| scene.conversation.facts.appointments.iter().any(|one| matches(one, said));
    scene.reading.moments.iter().map(When::from).all(known)
}

/// "Put it on U1096 instead": the same appointment for another vehicle, which no tool can do.
fn swaps_the_vehicle(scene: &Scene<'_>) -> bool {
    const SWAPS: &[&str] = &[
        "put|switch|change|make|swap|move it|that|the|my|me|this ?test|service ?drive ?@appt ?to ?be ?on|for|to|with it|#",
        "@can @we ?do|drive|see|test|have|take ?drive it instead",
        "instead of it",
    ];
    let named = !scene.reading.stocks.is_empty() || scene.reading.cars.len() == 1;
    named
        && !scene.conversation.facts.appointments.is_empty()
        && scene.reading.moments.is_empty()
        && has_any(&scene.reading.pointed, SWAPS)
}

/// Whether an appointment is called off; the vaguer words count only where there is one.
pub(super) fn calls_off(scene: &Scene<'_>) -> bool {
    let has_one = !scene.conversation.facts.appointments.is_empty();
    let vaguely = || has_one && scene.has(cues::MAYBE_CANCEL) && !scene.reading.asks() && names_no_other_time(scene);
    let said = scene.has(cues::CANCEL) || vaguely();
    said && !scene.has(cues::CANCEL_OTHER)
}

/// Settles for which vehicle a visit is, now that it is known whether this turn looks one up.
pub(super) fn with_vehicle(visit: Vec<Intent>, looks_up: bool) -> Vec<Intent> {
    let settle = |intent| match intent {
        Intent::Book(visit) if visit.vehicle == VisitVehicle::Found && !looks_up => {
            Intent::Book(Visit { vehicle: VisitVehicle::None, ..visit })
        }
        other => other,
    };
    visit.into_iter().map(settle).collect()
}

/// A new appointment, the free times for one, or what is missing.
fn booking(scene: &Scene<'_>, others: &[Intent]) -> Option<Intent> {
    let words = &scene.reading.words;
    let cue = find_outside(&scene.reading.pointed, cues::BOOK, cues::NOT_A_VISIT);
    let other_times = scene.offer.expects_a_time()
        && scene.has(&[
            "what|anything|something else|other",
            "other|another|different|more",
            "anything|something|any earlier|later|sooner",
        ]);
    let slots = find_outside(words, cues::SLOTS, cues::NOT_A_VISIT).is_some()
        || (other_times || asks_for_a_day(scene)) && names_no_vehicle(scene);
    let wanted = wanted(scene, cue.as_ref().map(|at| at.start));
    if comes_as_arranged(scene, wanted) {
        return Some(Intent::Courtesy(super::Courtesy::SeeYou));
    }
    let arranging = scene.offer.arranges() && !scene.has(&["^ no|nope thanks|thank|$"]);
    let handed_over = others.iter().any(|intent| matches!(intent, Intent::HandOff { .. }));
    let service = needs_service(scene);
    if let Some(starts_at) = when::chosen_slot(scene, wanted).filter(|_| arranging) {
        return Some(Intent::Book(visit(scene, starts_at)));
    }
    let asked = cue.is_some() || service || (slots && !handed_over);
    let lone = !handed_over && (arranging && !wanted.is_empty() || is_about_a_time(scene));
    if !asked && !lone {
        return answers_an_offer(scene, arranging);
    }
    if cue.is_none() && !arranging && dealership::asks_hours(scene) {
        return None;
    }
    let when = wanted.or(context(scene, wanted, arranging));
    Some(arrange(scene, when, slots))
}

/// The day and time of a new visit; those said before the wish to come belong to another question.
fn wanted(scene: &Scene<'_>, cue: Option<usize>) -> When {
    let all = when::said(scene, false).new;
    let Some(cue) = cue.filter(|_| dealership::asks_hours(scene)) else { return all };
    let after = scene
        .reading
        .moments
        .iter()
        .filter(|moment| moment.at.start >= cue)
        .map(When::from)
        .fold(When::default(), When::or);
    if after.is_empty() { all } else { after.or(When { date: all.date, ..When::default() }) }
}

/// "See you then", "I'll be there at 3", where an appointment stands at that time.
fn comes_as_arranged(scene: &Scene<'_>, said: When) -> bool {
    let coming = scene.has(&[
        "see you|ya",
        "i|we will be there",
        "be there",
        "looking forward",
        "confirmed",
        "^ confirm $",
        "on my way",
    ]);
    let fits =
        scene.conversation.facts.appointments.iter().any(|appointment| said.is_empty() || matches(appointment, said));
    coming && fits && !scene.reading.asks()
}

/// Work on a car of theirs that needs a visit: told, not asked about in general.
fn needs_service(scene: &Scene<'_>) -> bool {
    let wants = &[
        "need",
        "want",
        "due",
        "would like",
        "can|could i|you|we ?get|bring|take|do|fix|look",
        "have to",
        "my @car|brakes|tires|battery|engine|ac|check",
        "bring",
        "schedule",
        "is on",
        "making",
    ];
    let reading = &scene.reading;
    let dated = reading.moments.iter().any(|moment| moment.date.is_some());
    let theirs = reading.cars.iter().any(|car| car.is_owned(&reading.words));
    scene.has(cues::SERVICE) && (scene.has(wants) || dated || theirs) && !dealership::is_general_question(scene)
}

/// "What do you have open on the 28th?"
fn asks_for_a_day(scene: &Scene<'_>) -> bool {
    let dated = scene.reading.moments.iter().any(|moment| moment.date.is_some());
    dated && scene.has(&["have|got|is|are|anything|something ?still open|free|available"])
}

/// Whether nothing in the text describes or names a vehicle.
pub(super) fn names_no_vehicle(scene: &Scene<'_>) -> bool {
    let Reading { cars, traits, stocks, .. } = &scene.reading;
    cars.is_empty() && traits.is_empty() && stocks.is_empty()
}

/// Whether the text is about little else than a day or time: "tomorrow at 3?", "Saturday works".
fn is_about_a_time(scene: &Scene<'_>) -> bool {
    let reading = &scene.reading;
    let spoken_for: usize = reading.moments.iter().map(|moment| moment.at.len()).sum();
    let rest = reading.words.len().saturating_sub(spoken_for);
    let other = !names_no_vehicle(scene) || !reading.amounts.is_empty();
    let timed = reading.moments.iter().any(|moment| moment.date.is_some());
    let vague = reading.has(&["next week|month", "sometime", "this|next week"]) && scene.catalog.current().is_some();
    (timed || vague) && rest <= 5 && !other && !dealership::asks_hours(scene)
}

/// "Yes" to a question for a day, a time or a visit.
fn answers_an_offer(scene: &Scene<'_>, arranging: bool) -> Option<Intent> {
    let yes = scene.has(courtesy::YES) && !scene.has(courtesy::NO);
    let rejects = scene.has(courtesy::NO)
        && matches!(scene.offer.kind, OfferKind::Slots(_) | OfferKind::Time(_))
        && !scene.has(courtesy::THANKS);
    if rejects {
        return Some(Intent::Ask(Missing::When(kind(scene))));
    }
    let busy = !scene.catalog.by_place(&scene.reading.words).is_empty()
        || !scene.reading.cars.is_empty()
        || !scene.reading.traits.is_empty()
        || scene.reading.asks();
    if !arranging || !yes || busy {
        return None;
    }
    match scene.offer.kind {
        OfferKind::Slots(_) => Some(Intent::Ask(Missing::WhichSlot)),
        OfferKind::Visit | OfferKind::When => {
            let context = context(scene, When::default(), true);
            Some(arrange(scene, context, false))
        }
        _ => None,
    }
}

/// What earlier words say about the time: the day we just named, the time the customer gave before.
fn context(scene: &Scene<'_>, said: When, arranging: bool) -> When {
    let mut context = When { date: scene.offer.date.filter(|_| !scene.offer.booked), ..When::default() };
    if scene.offer.kind == OfferKind::When || (arranging && said.date.is_none() && context.date.is_none()) {
        let earlier = scene.earlier().iter().take(2).find(|reading| !reading.moments.is_empty());
        if let Some(earlier) = earlier {
            let moment = earlier.moments.iter().map(When::from).fold(When::default(), When::or);
            // A day said anew makes the old one void, but not the time said with it.
            context = context.or(moment);
            if matches!(scene.offer.kind, OfferKind::When) && scene.offer.date.is_some() && said.clock.is_none() {
                // We asked for another time on this day: the old time was refused.
                context.clock = None;
            }
        }
    }
    context
}

/// Books, lists times, or asks for what is missing.
fn arrange(scene: &Scene<'_>, when: When, asks_for_times: bool) -> Intent {
    let kind = kind(scene);
    match (when.date, when.instant()) {
        (Some(_), Some(starts_at)) if when::is_on_the_quarter(starts_at) => Intent::Book(visit(scene, starts_at)),
        (Some(date), Some(starts_at)) => Intent::Slots(slots(scene, kind, date, when::around(starts_at))),
        (Some(date), None) => Intent::Slots(slots(scene, kind, date, when)),
        (None, _) if when.time().is_some() && !asks_for_times => Intent::Ask(Missing::Day),
        (None, _) => Intent::Ask(Missing::When(kind)),
    }
}

fn slots(scene: &Scene<'_>, kind: AppointmentKind, date: Date, when: When) -> SlotsWanted {
    let stock = match vehicle(scene, kind) {
        VisitVehicle::Stock(stock) => Some(stock),
        VisitVehicle::None | VisitVehicle::Found => None,
    };
    SlotsWanted { kind, date, part: when.part, within: when.clock, stock, change: false }
}
