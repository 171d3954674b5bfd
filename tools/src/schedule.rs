//! When something can be booked: which department takes it, its hours, and what is taken already.

use forecourt_crm_store::{
    CrmTx, StoreError,
    opening_hours::{Calendar, DepartmentHours},
    slots::{Occupancy, Resource},
    vehicles::Vehicle,
};
use forecourt_domain::{
    appointment::{AppointmentKind, QUARTER},
    hours::Zone,
};
use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, DateTime},
};
use serde_json::json;

use crate::{
    failure::{FailureCode, ToolFailure},
    slot_output::{Slot, hours_facts, slot_facts},
    tool::ToolContext,
    wording::{days_from, time_label},
};

/// How soon something may be booked: somebody has to read it before the customer stands there.
pub(crate) const NOTICE: SignedDuration = SignedDuration::from_mins(15);
/// How far ahead the book is open, in days.
pub(crate) const DAYS_AHEAD: i32 = 60;
/// How many other times are offered when one is taken.
const ALTERNATIVES: usize = 4;
/// With so many full and half hours free, no others are offered.
const ENOUGH_ROUND: usize = 3;
/// How many days are looked through for another time.
const DAYS_SEARCHED: usize = 14;

/// One department's book for one kind of appointment.
pub(crate) struct Book<'a> {
    pub kind: AppointmentKind,
    pub desk: &'a DepartmentHours,
    pub zone: &'a Zone,
    pub now: Timestamp,
    /// What such an appointment occupies: the department, and the vehicle of a test drive.
    pub resources: Vec<Resource>,
}

impl<'a> Book<'a> {
    /// The book in which `kind` is written; `vehicle` is occupied too if it is to be driven.
    pub fn open(
        calendar: &'a Calendar,
        context: &'a ToolContext,
        kind: AppointmentKind,
        vehicle: Option<&Vehicle>,
    ) -> Result<Self, ToolFailure> {
        let desk = calendar.department(kind.departments()).ok_or_else(|| {
            let message = "This dealership takes no such appointments. Offer to have a colleague get in touch.";
            ToolFailure::new(FailureCode::Unavailable, message)
        })?;
        let resources = Resource::of(kind, &desk.department, vehicle.map(|vehicle| vehicle.id));
        Ok(Self { kind, desk, zone: &context.zone, now: context.now, resources })
    }

    /// When an appointment that starts then is over.
    pub fn end_of(&self, starts_at: Timestamp) -> Timestamp {
        starts_at.saturating_add(self.kind.duration()).unwrap_or(Timestamp::MAX)
    }

    /// The instant of a start that a customer may choose, whether or not it is taken.
    pub fn check_start(&self, local: DateTime) -> Result<Timestamp, ToolFailure> {
        let nearest = quarter_of(local);
        if nearest != local {
            let expected = format_args!("appointments start on the quarter hour; the nearest is {}", text(nearest));
            return Err(ToolFailure::bad_argument("starts_at", expected));
        }
        let starts_at = self
            .zone
            .instant(local)
            .filter(|at| self.zone.local(*at).datetime() == local)
            .ok_or_else(|| ToolFailure::bad_argument("starts_at", "there is no such hour on that day"))?;
        if starts_at < self.now.saturating_add(NOTICE).unwrap_or(self.now) {
            let message = "That time is over, or less than 15 minutes away. Offer a later one.";
            return Err(ToolFailure::new(FailureCode::InThePast, message));
        }
        self.check_date(local.date())?;
        if !self.desk.hours.covers(starts_at, self.end_of(starts_at)) {
            return Err(self.outside_hours(local.date()));
        }
        Ok(starts_at)
    }

    /// Whether the book is open on a day: not over, and not too far ahead.
    pub fn check_date(&self, date: Date) -> Result<(), ToolFailure> {
        let days = (date - self.today()).get_days();
        if days < 0 {
            return Err(ToolFailure::new(FailureCode::InThePast, "That day is over. Ask for a day from today on."));
        }
        if days > DAYS_AHEAD {
            let message = format!("The book is open for the next {DAYS_AHEAD} days only. Ask for an earlier day.");
            return Err(ToolFailure::new(FailureCode::TooFarAhead, message));
        }
        Ok(())
    }

    fn outside_hours(&self, date: Date) -> ToolFailure {
        let spans = self.desk.hours.spans_on(date);
        let open = spans.iter().map(|span| format!("{} to {}", time_label(span.opens), time_label(span.closes)));
        let open = match spans.as_slice() {
            [] => "The department is closed on that day.".to_owned(),
            _ => format!("On that day the department is open {}.", open.collect::<Vec<_>>().join(" and ")),
        };
        let length = self.kind.duration().as_mins();
        let message =
            format!("{open} This appointment takes {length} minutes and must end before closing. Offer another time.");
        let next = self.next_open_date(date);
        ToolFailure::new(FailureCode::OutsideHours, message)
            .with("next_open_date", json!(next.map(|date| date.to_string())))
            .citing(hours_facts(self.desk, [date].into_iter().chain(next)))
    }

    /// The first day after `date` on which the department is open.
    pub fn next_open_date(&self, date: Date) -> Option<Date> {
        days_from(date, DAYS_AHEAD.unsigned_abs() as usize)
            .skip(1)
            .find(|day| !self.desk.hours.spans_on(*day).is_empty())
    }

    /// The starts of a day that are free, in time order, one each quarter hour.
    pub async fn free_starts(&self, tx: &mut CrmTx, date: Date) -> Result<Vec<Timestamp>, StoreError> {
        let Some((from, until)) = self.bounds(date) else { return Ok(Vec::new()) };
        let taken = tx.load_occupancy(&self.resources, from, until).await?;
        Ok(self.starts(date).into_iter().filter(|at| self.is_free(&taken, *at)).collect())
    }

    fn is_free(&self, taken: &Occupancy, starts_at: Timestamp) -> bool {
        taken.is_free(&self.resources, starts_at, self.end_of(starts_at))
    }

    /// The starts that opening hours and notice allow on a day.
    fn starts(&self, date: Date) -> Vec<Timestamp> {
        let earliest = self.now.saturating_add(NOTICE).unwrap_or(self.now);
        let mut starts = Vec::new();
        for span in self.desk.hours.spans_on(date) {
            let opens = quarter_of(date.to_datetime(span.opens));
            let quarters = opens.series(jiff::Span::new().minutes(QUARTER.as_mins()));
            let in_span = quarters.take_while(|at| at.date() == date && at.time() < span.closes);
            starts.extend(in_span.filter_map(|local| self.zone.instant(local)));
        }
        starts.retain(|at| *at >= earliest && self.desk.hours.covers(*at, self.end_of(*at)));
        starts
    }

    /// What the model is told when a start is taken: the free ones nearest to it, that day or the next
    /// day that has any.
    pub async fn slot_taken(&self, tx: &mut CrmTx, wanted: Timestamp) -> Result<ToolFailure, StoreError> {
        let wanted = self.zone.local(wanted);
        let mut offered = Vec::new();
        let days = days_from(wanted.date(), DAYS_SEARCHED).take_while(|day| self.check_date(*day).is_ok());
        for day in days {
            offered = nearest(self.free_starts(tx, day).await?, &wanted, day, self.zone);
            if !offered.is_empty() {
                break;
            }
        }
        let slots: Vec<Slot> = offered.iter().map(|at| Slot::seen_from(wanted.date(), &self.zone.local(*at))).collect();
        let message = match slots.as_slice() {
            [] => {
                "That time is taken, and so is every other one of the next two weeks. Offer to have a colleague call."
            }
            _ => "That time is taken. Offer one of `alternatives`; nothing was booked or changed.",
        };
        let evidence = offered.iter().flat_map(|at| slot_facts(&self.resources, *at, self.end_of(*at), self.zone));
        Ok(ToolFailure::new(FailureCode::SlotTaken, message)
            .with("alternatives", json!(slots))
            .citing(evidence.collect()))
    }

    fn today(&self) -> Date {
        self.zone.local(self.now).date()
    }

    /// From a day's first instant to the next day's.
    pub fn bounds(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        day_bounds(self.zone, date)
    }
}

/// From a local day's first instant to the next day's.
pub(crate) fn day_bounds(zone: &Zone, date: Date) -> Option<(Timestamp, Timestamp)> {
    let midnight = |date: Date| zone.instant(date.at(0, 0, 0, 0));
    midnight(date).zip(midnight(date.tomorrow().ok()?))
}

/// The free starts nearest to the wanted time of day, in time order. Full and half hours go first where
/// there are enough of them.
fn nearest(free: Vec<Timestamp>, wanted: &Zoned, day: Date, zone: &Zone) -> Vec<Timestamp> {
    let Some(target) = zone.instant(day.to_datetime(wanted.time())) else { return Vec::new() };
    let mut offered = round_starts(free, zone);
    offered.sort_by_key(|at| (at.duration_since(target).abs(), *at));
    offered.truncate(ALTERNATIVES);
    offered.sort_unstable();
    offered
}

/// The starts on a full or half hour if there are enough of them to choose from, else all.
pub(crate) fn round_starts(free: Vec<Timestamp>, zone: &Zone) -> Vec<Timestamp> {
    let round: Vec<Timestamp> = free.iter().copied().filter(|at| zone.local(*at).minute() % 30 == 0).collect();
    if round.len() >= ENOUGH_ROUND { round } else { free }
}

/// The quarter hour nearest to a local time.
fn quarter_of(local: DateTime) -> DateTime {
    local.round(jiff::civil::DateTimeRound::new().smallest(jiff::Unit::Minute).increment(15)).unwrap_or(local)
}

fn text(local: DateTime) -> String {
    local.strftime("%Y-%m-%dT%H:%M").to_string()
}
