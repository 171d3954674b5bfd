//! The part of a request that changes from turn to turn: one fact a line, `key: value`. Models read
//! it, and the offline model parses it, so a value can never become a line of its own.

use forecourt_domain::appointment::{AppointmentKind, AppointmentStatus};
use jiff::{
    Zoned,
    civil::{DateTime, Time, date},
    tz::TimeZone,
};
use serde::Serialize;

use forecourt_domain::one_line::one_line;

/// What is true at the start of a turn.
#[derive(Debug, Clone)]
pub struct ChangingContext {
    /// Now, in the dealership's zone.
    pub now: Zoned,
    pub dealership_name: String,
    pub open_now: OpenNow,
    /// None where the turn may not see who is writing.
    pub customer_first_name: Option<String>,
    /// Whether every message of the turn came from a proven contact point.
    pub customer_identified: bool,
    /// `U1043 2021 Mazda CX-5 Touring`, the one discussed last at the end.
    pub vehicles_discussed: Vec<String>,
    pub appointments: Vec<AppointmentLine>,
    pub handoff_open: bool,
}

/// Whether the dealership is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenNow {
    /// Open, until this local time.
    Until(Time),
    /// Closed, until this local date and time where an opening is known.
    Closed { opens: Option<Zoned> },
}

/// An open appointment of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentLine {
    /// In the dealership's zone.
    pub starts_at: DateTime,
    pub kind: AppointmentKind,
    pub status: AppointmentStatus,
    pub stock_number: Option<String>,
}

/// Why a draft was not sent, told to the model as a later system message of the same turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardFeedback {
    /// Whole sentences that say what to do differently.
    pub reasons: Vec<String>,
}

/// The values of the template, each fit for its line.
#[derive(Debug, Serialize)]
pub(crate) struct ChangingLines {
    now: String,
    zone: String,
    dealership: String,
    open_now: String,
    customer_first_name: Option<String>,
    customer_identified: &'static str,
    vehicles_discussed: Vec<String>,
    appointments: Vec<String>,
    handoff_open: bool,
}

/// The values of the feedback's template.
#[derive(Debug, Serialize)]
pub(crate) struct FeedbackLines {
    reasons: Vec<String>,
}

impl ChangingContext {
    /// A turn to try drafts and tests with.
    #[must_use]
    pub fn sample() -> Self {
        let appointment = AppointmentLine {
            starts_at: date(2026, 11, 21).at(15, 0, 0, 0),
            kind: AppointmentKind::TestDrive,
            status: AppointmentStatus::Scheduled,
            stock_number: Some("U1043".to_owned()),
        };
        Self {
            now: sample_now(),
            dealership_name: "Northgate Motors".to_owned(),
            open_now: OpenNow::Until(Time::constant(20, 0, 0, 0)),
            customer_first_name: Some("Ann".to_owned()),
            customer_identified: true,
            vehicles_discussed: vec!["N2207 2026 Honda CR-V EX".to_owned(), "U1043 2021 Mazda CX-5 Touring".to_owned()],
            appointments: vec![appointment],
            handoff_open: true,
        }
    }

    pub(crate) fn lines(&self) -> ChangingLines {
        ChangingLines {
            now: self.now.strftime("%Y-%m-%dT%H:%M %A").to_string(),
            zone: self.now.time_zone().iana_name().unwrap_or("UTC").to_owned(),
            dealership: one_line(&self.dealership_name, 80),
            open_now: self.open_now.written_at(&self.now),
            customer_first_name: self.customer_first_name.as_ref().map(|name| one_line(name, 40)),
            customer_identified: if self.customer_identified { "yes" } else { "no" },
            vehicles_discussed: self.vehicles_discussed.iter().map(|vehicle| one_line(vehicle, 120)).collect(),
            appointments: self.appointments.iter().map(AppointmentLine::written).collect(),
            handoff_open: self.handoff_open,
        }
    }
}

impl OpenNow {
    /// Within the next six days a weekday says it all; later the date is needed.
    fn written_at(&self, now: &Zoned) -> String {
        match self {
            Self::Until(closes) => format!("yes, until {}", closes.strftime("%-I:%M %p")),
            Self::Closed { opens: None } => "no".to_owned(),
            Self::Closed { opens: Some(opens) } => {
                let days = now.date().until(opens.date()).map_or(0, |span| span.get_days());
                let day = if days <= 6 { "%A" } else { "%A, %B %-d" };
                format!("no, opens {} at {}", opens.strftime(day), opens.strftime("%-I:%M %p"))
            }
        }
    }
}

impl AppointmentLine {
    fn written(&self) -> String {
        let starts_at = self.starts_at.strftime("%Y-%m-%dT%H:%M");
        let vehicle = self.stock_number.as_ref().map(|stock_number| format!(" {}", one_line(stock_number, 40)));
        format!("{starts_at} {} {}{}", self.kind, self.status, vehicle.unwrap_or_default())
    }
}

impl GuardFeedback {
    /// A feedback to try drafts and tests with.
    #[must_use]
    pub fn sample() -> Self {
        Self { reasons: vec!["The price $27,500 is in no tool's answer; look the vehicle up again.".to_owned()] }
    }

    pub(crate) fn lines(&self) -> FeedbackLines {
        FeedbackLines { reasons: self.reasons.iter().map(|reason| one_line(reason, 300)).collect() }
    }
}

fn sample_now() -> Zoned {
    let zone = jiff::tz::TimeZoneDatabase::bundled().get("America/Denver").unwrap_or(TimeZone::UTC);
    date(2026, 11, 20).at(14, 5, 0, 0).to_zoned(zone).unwrap_or_default()
}
