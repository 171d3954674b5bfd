//! Conversations, who speaks in them and who answers for them.

use crate::ids::UserId;

text_enum! {
    /// A customer's thread with the dealership, or a user's private one with the copilot.
    pub enum ConversationKind { Customer = "customer", Copilot = "copilot" }
}

text_enum! {
    /// Which way a message travels.
    pub enum Direction { Inbound = "inbound", Outbound = "outbound" }
}

text_enum! {
    /// Who wrote a message.
    pub enum Author {
        Customer = "customer",
        Assistant = "assistant",
        User = "user",
        /// Words of the assistant that a user approved or sent in their name.
        UserViaAssistant = "user_via_assistant",
        System = "system",
    }
}

/// Who answers a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Assistant,
    User(UserId),
}

text_enum! {
    /// Whether the assistant or a person answers a conversation, without saying which person.
    pub enum OwnerKind { Assistant = "assistant", User = "user" }
}

impl Owner {
    /// Whether that is the assistant or a person.
    #[must_use]
    pub const fn kind(self) -> OwnerKind {
        match self {
            Self::Assistant => OwnerKind::Assistant,
            Self::User(_) => OwnerKind::User,
        }
    }
}

text_enum! {
    /// How a turn ended.
    pub enum TurnStatus {
        Running = "running",
        /// A reply (or a decision to stay silent) was committed.
        Completed = "completed",
        /// The conversation changed hands, or the customer said stop, before the reply was committed.
        Superseded = "superseded",
        /// The model failed for good; a truthful sentence went out and a human was told.
        Failed = "failed",
    }
}
text_enum! {
    /// Where a proposed action stands.
    pub enum ProposalStatus {
        Pending = "pending",
        Approved = "approved",
        Rejected = "rejected",
        Expired = "expired",
        Executed = "executed",
        Refused = "refused",
    }
}

text_enum! {
    /// Why a human is asked to take a conversation.
    pub enum HandoffCategory {
        CustomerAsked = "customer_asked",
        Finance = "finance",
        TradeIn = "trade_in",
        Pricing = "pricing",
        Complaint = "complaint",
        Safety = "safety",
        NotUnderstood = "not_understood",
        ModelFailed = "model_failed",
        GuardBlocked = "guard_blocked",
        Other = "other",
    }
}

text_enum! {
    /// Where a handoff stands.
    pub enum HandoffStatus { Open = "open", Taken = "taken", Closed = "closed" }
}
