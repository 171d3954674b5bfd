//! Appointments: asking for times, booking, moving, calling off, asking about one.

use forecourt_domain::appointment::AppointmentKind;
use jiff::civil::{Date, DateTime};

use super::{
    super::{
        calls::Category,
        context::Appointment,
        cues::{courtesy, visits as cues},
        lexicon::Term,
        offer::OfferKind,
        phrase::{find_outside, has_any},
        reading::{Car, Reading},
    },
    Intent, Missing, Scene, SlotsWanted, Visit, VisitVehicle, dealership,
    when::{self, When},
};

/// What the text says about appointments; `others` is what was already understood.
pub(super) fn intents(scene: &Scene<'_>, others: &[Intent]) -> Vec<Intent> {
    let cancel = scene.has(cues::CANCEL) && !scene.has(cues::CANCEL_OTHER);
    let moved = when::said(scene, true);
    if changes(scene, cancel, moved.new) {
        return vec![change(scene, moved)];
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

/// A cancellation; which one is said only where there are several.
fn cancellation(scene: &Scene<'_>, starts_at: Option<DateTime>) -> Intent {
    let several = scene.conversation.facts.appointments.len() > 1;
    Intent::Cancel { starts_at: starts_at.filter(|_| several), reason: None }
}

/// The answer to our question which appointment is to be called off or moved.
fn answers_which_one(scene: &Scene<'_>, said: When) -> Option<Intent> {
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
fn changes(scene: &Scene<'_>, cancel: bool, new: When) -> bool {
    let appointments = &scene.conversation.facts.appointments;
    let has_one = !appointments.is_empty() || scene.offer.booked;
    let another = scene.has(&["anything|something|any|nothing earlier|later|sooner"]);
    let times = !new.is_empty() || when::shifted(scene).is_some() || another;
    let declined = scene.has(courtesy::NO) && new.is_empty();
    // An oil change is work on a car, not another time.
    let service = scene.has(&["oil|tire|tires|filter|fluid|brake change"]);
    let sure = scene.has(cues::CHANGE) && !service && (has_one || !scene.offer.arranges());
    let answers = scene.offer.change
        && scene.offer.arranges()
        && !declined
        && (times || picks_a_slot(scene, new) || scene.has(courtesy::YES));
    let asks_again = has_one && times && scene.has(cues::MAYBE_CHANGE) && !about_another_visit(scene, new);
    // "I can't make it Saturday, can we do Monday at 10?"
    let other_time =
        cancel && new.date.is_some() && scene.has(&["can|could|how|what|instead|do|move|make|come|maybe|try"]);
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
        && !scene.has(&["instead|rather|actually|better|earlier|later|sooner|make it", "make it|that"]);
    asks_anew
        || !same && !scene.conversation.facts.appointments.is_empty()
        || (plain_time && scene.has(&["@car|another|test|see"]) && !scene.has(&["late"]))
}

/// The move itself, or what is missing for it.
fn change(scene: &Scene<'_>, said: when::Said) -> Intent {
    let appointment = the_appointment(scene, said.old);
    let current = appointment
        .map(|appointment| appointment.starts_at)
        .filter(|_| scene.conversation.facts.appointments.len() > 1);
    if let Some(new) = when::chosen_slot(scene, said.new).or_else(|| when::shifted(scene)) {
        return Intent::Reschedule { current, new };
    }
    let known_date = scene.offer.date.filter(|_| scene.offer.arranges());
    let own_date = said.old.date.or_else(|| appointment.map(|appointment| appointment.starts_at.date()));
    let wanted =
        said.new.or(When { date: known_date.or(own_date.filter(|_| !said.new.is_empty())), ..When::default() });
    if let Some(new) = wanted.instant().filter(|new| when::is_on_the_quarter(*new)) {
        return Intent::Reschedule { current, new };
    }
    let wanted = wanted.instant().map_or(wanted, when::around);
    let hinted = scene.has(&["earlier|later|sooner ?in ?on|that|the ?day $", "same|that day"]);
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

/// The appointment that is spoken of: the only one, or the one at the `old` time.
fn the_appointment<'s>(scene: &'s Scene<'_>, old: When) -> Option<&'s Appointment> {
    match scene.conversation.facts.appointments.as_slice() {
        [only] => Some(only),
        several if old.is_empty() => {
            let kind = kind_said(&scene.reading)?;
            several.iter().find(|appointment| appointment.kind == kind.as_str())
        }
        several => several.iter().find(|appointment| matches(appointment, old)),
    }
}

fn the_one_meant(scene: &Scene<'_>, said: When) -> Option<DateTime> {
    the_appointment(scene, said).map(|appointment| appointment.starts_at)
}

fn matches(appointment: &Appointment, said: When) -> bool {
    let day = said.date.is_none_or(|date| appointment.starts_at.date() == date);
    let time = said.time().is_none_or(|time| appointment.starts_at.time() == time);
    !said.is_empty() && day && time
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
    scene.has(cues::SERVICE) && scene.has(wants) && !dealership::is_general_question(scene)
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

fn visit(scene: &Scene<'_>, starts_at: DateTime) -> Visit {
    let kind = kind(scene);
    let vehicle = vehicle(scene, kind);
    let note = match (kind, &vehicle) {
        (AppointmentKind::Service, _) => Some(scene.conversation.quoted(200)),
        (_, VisitVehicle::Stock(_)) => None,
        _ => scene
            .reading
            .cars
            .iter()
            .find(|car| !car.is_owned(&scene.reading.words))
            .map(|car| format!("Interested in: {}", car_label(car))),
    };
    Visit { kind, starts_at, vehicle, note }
}

fn car_label(car: &Car) -> String {
    let year = car.year.map(|year| year.to_string());
    let parts = [year, car.make.map(str::to_owned), car.model.map(str::to_owned), car.trim.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The vehicle a visit is for.
fn vehicle(scene: &Scene<'_>, kind: AppointmentKind) -> VisitVehicle {
    if !matches!(kind, AppointmentKind::Sales | AppointmentKind::TestDrive) {
        return VisitVehicle::None;
    }
    let reading = &scene.reading;
    if let Some(stock) = reading.stocks.first() {
        return VisitVehicle::Stock(stock.clone());
    }
    let properties: Vec<Term> = reading.traits.iter().map(|hit| hit.term).collect();
    let by_property = scene.catalog.by_property(&properties, reading.exact_year());
    let cars: Vec<&Car> = reading.cars.iter().filter(|car| !car.is_owned(&reading.words)).collect();
    if let Some(car) = cars.first() {
        let shown = scene
            .catalog
            .matching(car)
            .filter(|shown| reading.traits.is_empty() || by_property.is_some_and(|other| other.stock == shown.stock));
        return shown.map_or(VisitVehicle::Found, |shown| VisitVehicle::Stock(shown.stock.clone()));
    }
    let slots_offered = matches!(scene.offer.kind, OfferKind::Slots(_));
    let placed = if slots_offered { Vec::new() } else { scene.catalog.by_place(&reading.words) };
    let picked = placed.first().copied().or(by_property);
    if picked.is_none() && !reading.traits.is_empty() {
        return VisitVehicle::Found;
    }
    picked
        .or_else(|| scene.catalog.current())
        .map_or(VisitVehicle::None, |shown| VisitVehicle::Stock(shown.stock.clone()))
}

/// What the visit is for: as said now, as arranged so far, else to see a vehicle.
fn kind(scene: &Scene<'_>) -> AppointmentKind {
    if let Some(kind) = kind_said(&scene.reading) {
        return kind;
    }
    let arranging = scene.offer.arranges() || scene.offer.test_drive;
    if scene.offer.test_drive {
        return AppointmentKind::TestDrive;
    }
    let before = arranging.then(|| scene.earlier().iter().take(3).find_map(kind_said)).flatten();
    before.unwrap_or(AppointmentKind::Sales)
}

fn kind_said(reading: &Reading) -> Option<AppointmentKind> {
    if has_any(&reading.pointed, cues::TEST_DRIVE) {
        Some(AppointmentKind::TestDrive)
    } else if reading.has(cues::SERVICE) {
        Some(AppointmentKind::Service)
    } else if reading.has(cues::DELIVERY) {
        Some(AppointmentKind::Delivery)
    } else {
        None
    }
}
