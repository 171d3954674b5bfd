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
