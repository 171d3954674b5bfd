//! Who is asked to take a ticket, one rung after the other, and how long each has.

use jiff::{SignedDuration, Timestamp};

use crate::{
    conversation::{HandoffCategory, HandoffPriority},
    hours::OpeningHours,
    ids::UserId,
    staff::{DepartmentKind, Role},
};

text_enum! {
    /// The kinds of a rung.
    pub enum ReachKind { Owner = "owner", Person = "person", Role = "role", Managers = "managers" }
}

/// Whom a rung of a ladder asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The person whose lead it is.
    Owner,
    Person(UserId),
    /// Everybody of a role in the ticket's department, and those who belong to none.
    Role(Role),
    /// The sales and general managers.
    Managers,
}

impl Reach {
    /// The kind under which it is stored.
    #[must_use]
    pub const fn kind(self) -> ReachKind {
        match self {
            Self::Owner => ReachKind::Owner,
            Self::Person(_) => ReachKind::Person,
            Self::Role(_) => ReachKind::Role,
            Self::Managers => ReachKind::Managers,
        }
    }
}

/// A rung of a department's own ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    pub reach: Reach,
    /// How long its people have before the next one is asked.
    pub wait_minutes: u16,
}

/// The most rungs a ladder has.
pub const MOST_RUNGS: usize = 10;

/// Those who are asked when everybody else has had their time.
pub const MANAGERS: &[Role] = &[Role::SalesManager, Role::GeneralManager];

/// Whom the default ladder asks after the lead's owner, rung by rung: whoever the matter concerns, the
/// people of the department, and the managers.
#[must_use]
pub const fn default_roles(category: HandoffCategory, department: Option<DepartmentKind>) -> [&'static [Role]; 3] {
    [concerned(category), people_of(department), MANAGERS]
}

/// How long a person has to take a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    pub urgent_minutes: u16,
    pub high_minutes: u16,
    pub normal_minutes: u16,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { urgent_minutes: 10, high_minutes: 30, normal_minutes: 60 }
    }
}

impl Deadlines {
    /// How long a ticket of a priority may wait.
    #[must_use]
    pub fn of(self, priority: HandoffPriority) -> SignedDuration {
        let minutes = match priority {
            HandoffPriority::Urgent => self.urgent_minutes,
            HandoffPriority::High => self.high_minutes,
            HandoffPriority::Normal => self.normal_minutes,
        };
        SignedDuration::from_mins(minutes.into())
    }
}

/// When a wait that begins now is over: counted while the department is open, round the clock where it
/// is urgent or the department never opens.
#[must_use]
pub fn wait_ends(
    hours: Option<&OpeningHours>,
    priority: HandoffPriority,
    now: Timestamp,
    wait: SignedDuration,
) -> Timestamp {
    let counted = match priority {
        HandoffPriority::Urgent => None,
        HandoffPriority::High | HandoffPriority::Normal => hours.and_then(|hours| hours.after_open(now, wait)),
    };
    counted.unwrap_or_else(|| now.saturating_add(wait).unwrap_or(Timestamp::MAX))
}

const fn concerned(category: HandoffCategory) -> &'static [Role] {
    match category {
        HandoffCategory::Finance => &[Role::FinanceManager],
        HandoffCategory::TradeIn | HandoffCategory::Pricing => &[Role::SalesManager],
        HandoffCategory::Complaint | HandoffCategory::Safety => MANAGERS,
        HandoffCategory::CustomerAsked
        | HandoffCategory::NotUnderstood
        | HandoffCategory::ModelFailed
        | HandoffCategory::GuardBlocked
        | HandoffCategory::Other => &[],
    }
}

const fn people_of(department: Option<DepartmentKind>) -> &'static [Role] {
    match department {
        Some(DepartmentKind::Service | DepartmentKind::Parts) => &[Role::ServiceManager, Role::Bdc],
        Some(DepartmentKind::Finance) => &[Role::FinanceManager, Role::Bdc],
        Some(DepartmentKind::Sales | DepartmentKind::Main) | None => &[Role::Salesperson, Role::Bdc],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::{Weekday, time};

    use super::*;
    use crate::hours::Span;

    #[test]
    fn only_what_is_urgent_is_counted_while_the_department_is_closed() {
        let span = Span { opens: time(9, 0, 0, 0), closes: time(18, 0, 0, 0) };
        let hours = OpeningHours {
            zone: "America/Denver".parse().unwrap(),
            weekly: vec![(Weekday::Monday, span)],
            exceptions: BTreeMap::new(),
        };
        let sunday: Timestamp = "2026-11-22T18:00:00Z".parse().unwrap();
        let ends = |priority, hours| wait_ends(hours, priority, sunday, SignedDuration::from_mins(10)).to_string();
        assert_eq!(ends(HandoffPriority::Urgent, Some(&hours)), "2026-11-22T18:10:00Z");
        assert_eq!(ends(HandoffPriority::Normal, Some(&hours)), "2026-11-23T16:10:00Z");
        assert_eq!(ends(HandoffPriority::High, None), "2026-11-22T18:10:00Z", "no hours are known");
    }
}
