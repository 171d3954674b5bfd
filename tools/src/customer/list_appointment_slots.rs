//! `list_appointment_slots`: when somebody can come on a day.

use async_trait::async_trait;
use forecourt_crm_store::CrmTx;
use forecourt_domain::{action::ActionKind, appointment::AppointmentKind, vehicle::VehicleStatus};
use jiff::{Timestamp, civil::Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{LocalDate, Words, given},
    failure::{FailureCode, ToolError, ToolFailure},
    schedule::{Book, round_starts},
    slot_output::{Slot, hours_facts, slot_facts},
    tool::{Done, Tool, ToolContext},
    vehicle_output::no_such_vehicle,
};

/// How many times are offered at most.
const MOST_SLOTS: usize = 6;
const NOON: Time = Time::constant(12, 0, 0, 0);
const EVENING: Time = Time::constant(17, 0, 0, 0);

/// Lists free times.
pub struct ListAppointmentSlots;

/// A part of a day: before noon, from noon to five, from five on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum PartOfDay {
    Morning,
    Afternoon,
    Evening,
}

impl PartOfDay {
    fn contains(self, time: Time) -> bool {
        match self {
            Self::Morning => time < NOON,
            Self::Afternoon => (NOON..EVENING).contains(&time),
            Self::Evening => time >= EVENING,
        }
    }
}

/// For what, and when.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAppointmentSlotsArgs {
    kind: AppointmentKind,
    /// Local date, such as 2026-11-21.
    date: LocalDate,
    part_of_day: Option<PartOfDay>,
    /// The vehicle of a test drive; its own book counts too.
    stock_number: Option<Words<40>>,
}

/// What is free.
#[derive(Debug, Serialize)]
pub struct ListAppointmentSlotsOutput {
    pub date: String,
    /// Whether the department is open on that day at all.
    pub open: bool,
    /// At most six, spread over the day; others may be free too.
    pub slots: Vec<Slot>,
    /// The next day on which the department is open.
    pub next_open_date: Option<String>,
}

#[async_trait]
impl Tool for ListAppointmentSlots {
    type Args = ListAppointmentSlotsArgs;
    type Output = ListAppointmentSlotsOutput;
    type Prepared = ();

    const NAME: &'static str = "list_appointment_slots";
    const DESCRIPTION: &'static str = "Free appointment times on one day. Call it before offering any time, and offer \
        only times it returned.";
    const ACTION: ActionKind = ActionKind::ReadAppointments;

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let vehicle = match given(&args.stock_number) {
            Some(number) => Some(tx.find_vehicle(number).await?.ok_or_else(|| no_such_vehicle("stock_number"))?),
            None => None,
        };
        if vehicle.as_ref().is_some_and(|vehicle| vehicle.status == VehicleStatus::Sold) {
            return Err(ToolFailure::new(FailureCode::NotFound, "That vehicle is sold. Offer another one.").into());
        }
        let calendar = tx.load_calendar().await?;
        let book = Book::open(&calendar, context, args.kind, vehicle.as_ref())?;
        let date = args.date.0;
        book.check_date(date)?;
        let mut free = book.free_starts(tx, date).await?;
        free.retain(|at| args.part_of_day.is_none_or(|part| part.contains(context.zone.local(*at).time())));
        let free = spread(round_starts(free, &context.zone));
        let next_open = book.next_open_date(date);
        let mut evidence = hours_facts(book.desk, [date].into_iter().chain(next_open));
        for at in &free {
            evidence.extend(slot_facts(&book.resources, *at, book.end_of(*at), &context.zone));
        }
        let output = ListAppointmentSlotsOutput {
            date: date.to_string(),
            open: !book.desk.hours.spans_on(date).is_empty(),
            slots: free.iter().map(|at| Slot::seen_from(date, &context.zone.local(*at))).collect(),
            next_open_date: next_open.map(|date| date.to_string()),
        };
        Ok(Done::read(output, evidence))
    }
}

/// At most [`MOST_SLOTS`] of the free times, evenly from the first to the last.
fn spread(free: Vec<Timestamp>) -> Vec<Timestamp> {
    if free.len() <= MOST_SLOTS {
        return free;
    }
    (0..MOST_SLOTS).map(|index| free[index * (free.len() - 1) / (MOST_SLOTS - 1)]).collect()
}
