//! What the tools answer, as far as the offline model words it. Unknown fields are ignored and
//! missing ones are empty: an output is data, and what is not there is not said.

use jiff::civil::{Date, DateTime};
use serde::Deserialize;

/// The output of `search_inventory`.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    #[serde(default)]
    pub(super) total: i64,
    #[serde(default = "yes")]
    pub(super) exact: bool,
    #[serde(default)]
    pub(super) vehicles: Vec<Vehicle>,
}

fn yes() -> bool {
    true
}

/// The output of `get_vehicle`.
#[derive(Debug, Deserialize)]
pub(super) struct OneVehicle {
    pub(super) vehicle: Option<Vehicle>,
}

/// The output of `compare_vehicles`.
#[derive(Debug, Deserialize)]
pub(super) struct Comparison {
    #[serde(default)]
    pub(super) vehicles: Vec<Vehicle>,
    pub(super) cheapest: Option<String>,
    pub(super) price_spread: Option<String>,
    pub(super) lowest_mileage: Option<String>,
    pub(super) mileage_spread: Option<i64>,
}

/// One vehicle; the fields below `features` only where a tool gives the whole of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Vehicle {
    pub(super) stock_number: String,
    pub(super) condition: Option<String>,
    pub(super) year: Option<i64>,
    pub(super) make: Option<String>,
    pub(super) model: Option<String>,
    pub(super) trim: Option<String>,
    pub(super) drivetrain: Option<String>,
    pub(super) fuel: Option<String>,
    pub(super) transmission: Option<String>,
    pub(super) exterior_color: Option<String>,
    pub(super) mileage: Option<i64>,
    pub(super) price: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) matched_features: Vec<String>,
    #[serde(default)]
    pub(super) features: Vec<String>,
    pub(super) vin: Option<String>,
    pub(super) interior_color: Option<String>,
}

/// The output of `get_dealership_info`.
#[derive(Debug, Deserialize)]
pub(super) struct Dealership {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) website: Option<String>,
    #[serde(default)]
    pub(super) departments: Vec<Department>,
    #[serde(default)]
    pub(super) hours: Vec<Hours>,
    #[serde(default)]
    pub(super) answers: Vec<Answer>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Department {
    #[serde(default)]
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hours {
    #[serde(default)]
    pub(super) department: String,
    pub(super) open_now: Option<bool>,
    #[serde(default)]
    pub(super) days: Vec<Day>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) opens: Option<String>,
    pub(super) closes: Option<String>,
    /// The name of a holiday.
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub(super) answer: String,
}

/// The output of `list_appointment_slots`.
#[derive(Debug, Deserialize)]
pub(super) struct Slots {
    pub(super) date: Date,
    #[serde(default = "yes")]
    pub(super) open: bool,
    #[serde(default)]
    pub(super) slots: Vec<Slot>,
    pub(super) next_open_date: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Slot {
    pub(super) starts_at: DateTime,
    /// The time as customers read it: `3:00 PM`.
    pub(super) label: String,
}

/// The output of `list_my_appointments`.
#[derive(Debug, Deserialize)]
pub(super) struct Mine {
    #[serde(default = "yes")]
    pub(super) identified: bool,
    #[serde(default)]
    pub(super) appointments: Vec<Appointment>,
}

/// The output of the tools that book, move and cancel.
#[derive(Debug, Deserialize)]
pub(super) struct Changed {
    pub(super) appointment: Appointment,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Appointment {
    /// The day and time as customers read them: `Saturday, November 21 at 3:00 PM`.
    pub(super) label: String,
    #[serde(default)]
    pub(super) kind: String,
    pub(super) vehicle: Option<String>,
    pub(super) with: Option<String>,
}

/// The output of `escalate_to_human`.
#[derive(Debug, Deserialize)]
pub(super) struct HandedOver {
    #[serde(default)]
    pub(super) open_now: bool,
    pub(super) next_open: Option<String>,
}

/// What a refused booking offers instead.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) alternatives: Vec<Slot>,
    pub(super) next_open_date: Option<Date>,
    #[serde(default)]
    pub(super) appointments: Vec<Appointment>,
}
