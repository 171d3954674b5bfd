//! Appointments and the quarter hours they occupy.

use jiff::{SignedDuration, Timestamp};

use crate::staff::DepartmentKind;

text_enum! {
    /// What a customer comes for.
    pub enum AppointmentKind { Sales = "sales", TestDrive = "test_drive", Delivery = "delivery", Service = "service", Other = "other" }
}

impl AppointmentKind {
    /// How long such an appointment takes.
    #[must_use]
    pub const fn duration(self) -> SignedDuration {
        match self {
            Self::TestDrive | Self::Service => SignedDuration::from_mins(45),
            Self::Sales | Self::Delivery => SignedDuration::from_mins(60),
            Self::Other => SignedDuration::from_mins(30),
        }
    }

    /// The departments that take such an appointment, the first one that a dealership has.
    #[must_use]
    pub const fn departments(self) -> &'static [DepartmentKind] {
        match self {
            Self::Sales | Self::TestDrive | Self::Delivery => &[DepartmentKind::Sales, DepartmentKind::Main],
            Self::Service => &[DepartmentKind::Service, DepartmentKind::Main],
            Self::Other => &[DepartmentKind::Main, DepartmentKind::Sales],
        }
    }
}

text_enum! {
    /// Where an appointment stands.
    pub enum AppointmentStatus {
        Scheduled = "scheduled",
        Confirmed = "confirmed",
        Completed = "completed",
        NoShow = "no_show",
        Cancelled = "cancelled",
    }
}

impl AppointmentStatus {
    /// Whether the customer is still expected.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Scheduled | Self::Confirmed)
    }
}

/// The length of the unit in which time is occupied.
pub const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// The starts of the quarter hours that `[starts_at, ends_at)` touches, in time order.
///
/// ```
/// use forecourt_domain::appointment::quarters;
/// let quarters = quarters("2026-11-21T15:05:00Z".parse().unwrap(), "2026-11-21T15:30:00Z".parse().unwrap());
/// assert_eq!(quarters.len(), 2);
/// ```
#[must_use]
pub fn quarters(starts_at: Timestamp, ends_at: Timestamp) -> Vec<Timestamp> {
    let length = QUARTER.as_secs();
    let first = starts_at.as_second().div_euclid(length) * length;
    (0..)
        .map(|index| first + index * length)
        .take_while(|second| *second < ends_at.as_second())
        .filter_map(|second| Timestamp::from_second(second).ok())
        .collect()
}
