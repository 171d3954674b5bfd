//! One dealership: the tenant inside which every query on customer data runs.

use crate::ids::{DealershipId, UserId};

/// The right to look into one dealership. It comes from an authenticated request, a signed webhook
/// or a queue row, never from a model and never from the body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    dealership_id: DealershipId,
    acted_by: Option<UserId>,
}

impl Scope {
    /// A scope on one dealership.
    #[must_use]
    pub const fn of(dealership_id: DealershipId) -> Self {
        Self { dealership_id, acted_by: None }
    }

    /// The dealership that this scope covers.
    #[must_use]
    pub const fn dealership_id(self) -> DealershipId {
        self.dealership_id
    }

    /// The same scope, entered by `person` in somebody else's name: every entry of the log says so.
    #[must_use]
    pub const fn entered_by(self, person: UserId) -> Self {
        Self { acted_by: Some(person), ..self }
    }

    /// Who really acts, where it is not the one in whose name it happens.
    #[must_use]
    pub const fn acted_by(self) -> Option<UserId> {
        self.acted_by
    }
}
