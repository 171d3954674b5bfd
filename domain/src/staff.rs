//! The people of a dealership and what they are there for.

text_enum! {
    /// A role held at one dealership through an assignment.
    pub enum Role {
        PlatformOwner = "platform_owner",
        Admin = "admin",
        GeneralManager = "general_manager",
        SalesManager = "sales_manager",
        Salesperson = "salesperson",
        Bdc = "bdc",
        FinanceManager = "finance_manager",
        ServiceManager = "service_manager",
        MarketingManager = "marketing_manager",
        Viewer = "viewer",
    }
}

impl Role {
    /// Whether this role may decide on words that commit the dealership's money: a discount, a trade-in value, a
    /// payment. Who decides on a proposal follows from its items; ask the policies.
    #[must_use]
    pub const fn decides_offers(self) -> bool {
        matches!(self, Self::PlatformOwner | Self::Admin | Self::GeneralManager | Self::SalesManager)
    }

    /// Whether this role may pause and resume the AI of the dealership.
    #[must_use]
    pub const fn switches_ai(self) -> bool {
        self.decides_offers()
    }

    /// Whether this role may set how tickets are escalated and how long replies are held.
    #[must_use]
    pub const fn changes_settings(self) -> bool {
        self.decides_offers()
    }

    /// Whether this role, held at every dealership of a group, may pause and resume the AI of the whole group.
    #[must_use]
    pub const fn switches_group(self) -> bool {
        matches!(self, Self::PlatformOwner | Self::Admin)
    }

    /// Whether this role may change what a day of the AI may cost.
    #[must_use]
    pub const fn sets_caps(self) -> bool {
        matches!(self, Self::PlatformOwner | Self::Admin | Self::GeneralManager)
    }

    /// Whether this role may invite people, change their roles and end their work here.
    #[must_use]
    pub const fn manages_people(self) -> bool {
        matches!(self, Self::PlatformOwner | Self::Admin | Self::GeneralManager)
    }

    /// Whether somebody in this role may give, change and take the role `other`: none above their own. The
    /// platform's owner is made on the command line only.
    #[must_use]
    pub const fn may_give(self, other: Self) -> bool {
        self.manages_people() && !matches!(other, Self::PlatformOwner) && self.rank() >= other.rank()
    }

    /// How far a role reaches, to compare roles by.
    const fn rank(self) -> u8 {
        match self {
            Self::PlatformOwner => 5,
            Self::Admin => 4,
            Self::GeneralManager => 3,
            Self::SalesManager | Self::FinanceManager | Self::ServiceManager | Self::MarketingManager => 2,
            Self::Salesperson | Self::Bdc => 1,
            Self::Viewer => 0,
        }
    }

    /// Whether this role may change the dealership's own policies.
    #[must_use]
    pub const fn sets_policies(self) -> bool {
        matches!(self, Self::PlatformOwner | Self::Admin | Self::GeneralManager)
    }

    /// Whether this role may write to customers and take conversations over.
    #[must_use]
    pub const fn writes_to_customers(self) -> bool {
        !matches!(self, Self::Viewer | Self::MarketingManager)
    }
}

text_enum! {
    /// The departments a dealership may have.
    pub enum DepartmentKind { Sales = "sales", Service = "service", Parts = "parts", Finance = "finance", Main = "main" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_role_above_their_own_and_the_platform_owner_is_given_by_nobody() {
        for giver in Role::ALL {
            assert!(!giver.may_give(Role::PlatformOwner), "{giver}");
            for given in Role::ALL {
                if giver.may_give(*given) {
                    assert!(giver.manages_people() && giver.rank() >= given.rank(), "{giver} gives {given}");
                }
            }
        }
        assert!(Role::Admin.may_give(Role::Admin) && Role::GeneralManager.may_give(Role::SalesManager));
        assert!(!Role::GeneralManager.may_give(Role::Admin) && !Role::SalesManager.may_give(Role::Viewer));
    }
}
