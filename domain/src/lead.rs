//! Leads: somebody's interest in buying, and where it stands.

text_enum! {
    /// The life of a lead.
    pub enum LeadStatus {
        New = "new",
        Contacted = "contacted",
        Qualified = "qualified",
        Proposal = "proposal",
        Negotiation = "negotiation",
        Won = "won",
        Lost = "lost",
        Duplicate = "duplicate",
    }
}

impl LeadStatus {
    /// Whether somebody still works on it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Won | Self::Lost | Self::Duplicate)
    }
}

text_enum! {
    /// Where a lead came from.
    pub enum LeadSource {
        Website = "website",
        WalkIn = "walk_in",
        Phone = "phone",
        Sms = "sms",
        Referral = "referral",
        ThirdParty = "third_party",
        Social = "social",
        Email = "email",
    }
}
