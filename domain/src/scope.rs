//! One dealership: the tenant inside which every query on customer data runs.

use crate::ids::DealershipId;

/// The right to look into one dealership. It comes from an authenticated request, a signed webhook
/// or a queue row, never from a model and never from the body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    dealership_id: DealershipId,
}

impl Scope {
    /// A scope on one dealership.
    #[must_use]
    pub const fn of(dealership_id: DealershipId) -> Self {
        Self { dealership_id }
    }

    /// The dealership that this scope covers.
    #[must_use]
    pub const fn dealership_id(self) -> DealershipId {
        self.dealership_id
    }
}
