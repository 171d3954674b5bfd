//! Appointments in words. That something is booked, moved or cancelled is said only from the tool's own answer.

use jiff::civil::Date;

use super::{
    super::{
        context::ToolFailure,
        dates::Clock,
        intent::{Intent, SlotsWanted},
        outputs::{Appointment, Changed, Mine, Refusal, Slot, Slots},
        plan::{Turn, parse},
    },
    listed,
};

/// How many times are offered at once.
const OFFERED: usize = 3;

/// The free times of a day.
pub(super) fn offered(slots: &Slots, wanted: &SlotsWanted) -> String {
    let day = day(slots.date);
    let next = slots.next_open_date.filter(|next| *next != slots.date).map(self::day);
    if !slots.open {
        return match next {
            Some(next) => {
                format!("We're closed on {day}. The next day we're open is {next}. Would that day work for you?")
            }
            None => format!("We're closed on {day}. What other day would suit you?"),
        };
    }
    if slots.slots.is_empty() {
        return match next {
            Some(next) => format!("I don't see a free time on {day}. Would {next} work for you?"),
            None => format!("I don't see a free time on {day}. What other day would suit you?"),
        };
    }
    let fits = |slot: &&Slot| wanted.within.is_none_or(|clock: Clock| clock.allows(slot.starts_at.time()));
    let fitting: Vec<&Slot> = slots.slots.iter().filter(fits).collect();
    let (lead, chosen) = if fitting.is_empty() {
        ("Nothing is free then, but on", slots.slots.iter().collect())
    } else {
        ("On", fitting)
    };
    let times: Vec<String> = spread(&chosen).iter().map(|slot| slot.label.clone()).collect();
    let ask = match (wanted.change, times.len()) {
        (true, 1) => "Should I move your appointment there?",
        (true, _) => "Which one should I move your appointment to?",
        (false, 1) => "Does that work for you?",
        (false, _) => "Which one works for you?",
    };
    format!("{lead} {day} I have {}. {ask}", listed(&times, "or"))
}

/// The free times of a day, where the one asked for is outside its hours.
pub(super) fn offered_instead(slots: &Slots, wanted: &SlotsWanted) -> String {
    let offered = offered(slots, wanted);
    if slots.open { format!("That is outside our hours. {offered}") } else { offered }
}

/// The first, a middle and the last of many.
fn spread<'a>(slots: &[&'a Slot]) -> Vec<&'a Slot> {
    if slots.len() <= OFFERED {
        return slots.to_vec();
    }
    [0, slots.len() / 2, slots.len() - 1].into_iter().filter_map(|at| slots.get(at).copied()).collect()
}

/// `Saturday, November 21`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%A, %B %-d").to_string()
}

/// A booking that was made.
pub(super) fn booked(changed: &Changed) -> String {
    let Appointment { label, vehicle, with, kind } = &changed.appointment;
    let mut text = format!("You're booked for {label}");
    match (kind.as_str(), vehicle) {
        ("test_drive", Some(vehicle)) => text.push_str(&format!(" to test drive the {vehicle}")),
        ("test_drive", None) => text.push_str(" for a test drive"),
        ("service", _) => text.push_str(" for service"),
        ("delivery", _) => text.push_str(" for your delivery"),
        (_, Some(vehicle)) => text.push_str(&format!(" to see the {vehicle}")),
        (_, None) => {}
    }
    if let Some(with) = with {
        text.push_str(&format!(", with {with}"));
    }
    text.push_str(". We look forward to it!");
    text
}

/// A move that was made.
pub(super) fn moved(changed: &Changed) -> String {
    format!("Your appointment is rescheduled to {}. We look forward to it!", changed.appointment.label)
}

/// A cancellation that was made.
pub(super) fn cancelled(changed: &Changed) -> String {
    format!(
        "Your appointment on {} is cancelled. Just write if you would like another time.",
        changed.appointment.label
    )
}

/// The customer's appointments; nothing where they cannot be looked up.
pub(super) fn mine(mine: &Mine) -> Option<String> {
    if !mine.identified {
        return None;
    }
    Some(match mine.appointments.as_slice() {
        [] => "I don't see an upcoming appointment for you. Would you like to set one up?".to_owned(),
        [only] => format!("Your appointment is on {}.", described(only)),
        several => {
            let each: Vec<String> = several.iter().take(3).map(described).collect();
            format!("Your appointments: {}.", listed(&each, "and"))
        }
    })
}

/// `Saturday, November 21 at 3:00 PM, test drive, 2021 Mazda CX-5 Touring (stock U1043), with Dana`.
fn described(appointment: &Appointment) -> String {
    let kind = match appointment.kind.as_str() {
        "test_drive" => Some("test drive"),
        "service" => Some("service"),
        "delivery" => Some("delivery"),
        _ => None,
    };
    let with = appointment.with.as_ref().map(|with| format!("with {with}"));
    let parts = [Some(appointment.label.clone()), kind.map(str::to_owned), appointment.vehicle.clone(), with];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What is said when the calendar refused.
pub(super) fn refused(intent: &Intent, failure: &ToolFailure) -> Option<String> {
    let refusal: Refusal = parse(&failure.body).unwrap_or_default();
    let moves = matches!(intent, Intent::Reschedule { .. });
    let calls_off = matches!(intent, Intent::Cancel { .. });
    if !(moves || calls_off || matches!(intent, Intent::Book(_) | Intent::Slots(_))) {
        return None;
    }
    Some(match failure.code.as_str() {
        "slot_taken" => taken(&refusal, moves),
        "outside_hours" => match refusal.next_open_date {
            Some(date) => {
                format!("That is outside our hours. After that day we're next open {}. {}", day(date), which_day(moves))
            }
            None => format!("That is outside our hours. {}", which_day(moves)),
        },
        "in_the_past" => format!("That time has already passed. {}", which_day(moves)),
        "too_far_ahead" => format!("That is further ahead than I can plan. {}", which_day(moves)),
        "ambiguous" if matches!(intent, Intent::Book(_)) => match refusal.appointments.first() {
            Some(same) => format!("You already have {}. What other time would suit you?", described(same)),
            None => "You already have an appointment at that time. What other time would suit you?".to_owned(),
        },
        "ambiguous" => {
            let each: Vec<String> = refusal.appointments.iter().take(3).map(described).collect();
            let ask = if calls_off { "Which one should I cancel?" } else { "Which one should I move?" };
            if each.is_empty() {
                format!("You have more than one appointment. {ask}")
            } else {
                format!("You have {}. {ask}", listed(&each, "and"))
            }
        }
        "not_found" if calls_off => "I don't see an upcoming appointment of yours.".to_owned(),
        "not_found" if moves => {
            "I don't see an upcoming appointment of yours to move. What day and time would suit you?".to_owned()
        }
        "not_found" => "I can't set up a visit for that vehicle. Which one would you like to see?".to_owned(),
        "needs_approval" => "A colleague has to approve that first, so it is not final yet.".to_owned(),
        _ => return None,
    })
}

fn taken(refusal: &Refusal, moves: bool) -> String {
    // A label that names its day needs no other.
    let (dated, plain): (Vec<&Slot>, Vec<&Slot>) =
        refusal.alternatives.iter().take(OFFERED).partition(|slot| slot.label.contains(" at "));
    let mut days: Vec<(Date, Vec<String>)> = Vec::new();
    for slot in plain {
        let date = slot.starts_at.date();
        match days.last_mut().filter(|(day, _)| *day == date) {
            Some((_, times)) => times.push(slot.label.clone()),
            None => days.push((date, vec![slot.label.clone()])),
        }
    }
    if days.is_empty() && dated.is_empty() {
        return format!("That time is taken. {}", which_day(moves));
    }
    let mut free: Vec<String> =
        days.iter().map(|(date, times)| format!("{} on {}", listed(times, "or"), day(*date))).collect();
    free.extend(dated.iter().map(|slot| slot.label.clone()));
    let ask = if moves { "Which one should I move your appointment to?" } else { "Which one works for you?" };
    format!("That time is taken, but I have {}. {ask}", listed(&free, "or"))
}

const fn which_day(moves: bool) -> &'static str {
    if moves {
        "What other day and time should I move your appointment to?"
    } else {
        "What other day and time would suit you?"
    }
}

/// After a booking for somebody whose name we do not know, it is asked for.
pub(super) fn closing(turn: &Turn<'_>, intent: &Intent) -> Option<&'static str> {
    let named = turn.conversation.facts.customer_first_name.is_some()
        || turn.intents.iter().any(|intent| matches!(intent, Intent::Profile(profile) if profile.first_name.is_some()));
    let made = matches!(intent, Intent::Book(_))
        && turn.call(intent).is_some_and(|call| matches!(turn.outcome(&call), super::Outcome::Done(_)));
    (made && !named).then_some("What name should I put it under?")
}
