//! Conversations, who speaks in them and who answers for them.

use crate::ids::UserId;

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
    /// Why a turn ended as it did.
    pub enum TurnReason {
        Replied = "replied",
        /// Words wait for a person's approval.
        Proposed = "proposed",
        /// Words are kept for a person to use.
        Suggested = "suggested",
        /// The dealership is closed and only acknowledges.
        AfterHours = "after_hours",
        /// A policy of the dealership's own lets the assistant only acknowledge.
        ClosedByPolicy = "closed_by_policy",
        /// The party has had as many answers today as the dealership allows.
        AnswerCap = "answer_cap",
        /// The dealership's models have used up what they may use in a day.
        BudgetReached = "budget_reached",
        /// The policies want nothing to be said.
        Silent = "silent",
        OwnedByHuman = "owned_by_human",
        /// The policies do not let these words leave.
        Denied = "denied",
        /// A guard stopped the words twice.
        GuardBlocked = "guard_blocked",
        /// What the words rest on changed with every try.
        FactsKeepChanging = "facts_keep_changing",
        /// It called tools without end.
        TooManySteps = "too_many_steps",
        /// To the end it called tools that do not exist.
        UnknownTool = "unknown_tool",
        /// To the end it called tools with arguments that nobody can read.
        BadArguments = "bad_arguments",
        ContentFilter = "content_filter",
        CutOff = "cut_off",
        EmptyAnswer = "empty_answer",
        ModelTimeout = "model_timeout",
        ModelRateLimited = "model_rate_limited",
        ModelUnavailable = "model_unavailable",
        ModelContextOverflow = "model_context_overflow",
        ModelRefused = "model_refused",
        ModelMalformed = "model_malformed",
        ModelRejected = "model_rejected",
        /// It failed again and again on our side and was given up.
        InternalError = "internal_error",
        /// Lost to a takeover or a switch.
        OwnerChanged = "owner_changed",
        /// Lost to a STOP or START.
        ConsentChanged = "consent_changed",
    }
}

text_enum! {
    /// Why words or an action of the assistant are kept for a person instead of being done.
    pub enum DraftReason {
        SuggestedReply = "suggested_reply",
        SuggestedAction = "suggested_action",
        OwnerChanged = "owner_changed",
        ConsentChanged = "consent_changed",
    }
}

text_enum! {
    /// Where a proposal stands. It leaves `pending` once, for good.
    pub enum ProposalStatus {
        Pending = "pending",
        /// A person said no.
        Rejected = "rejected",
        /// Nobody decided in time. Neither approved nor denied.
        Expired = "expired",
        /// A person or newer words answered in its place before anybody decided.
        Superseded = "superseded",
        /// A person said yes, and all of it ran.
        Executed = "executed",
        /// A person said yes, and a rule, a guard or a tool stood against it on that day. Nothing ran.
        Refused = "refused",
        /// A person said yes to something that is not so any more: a cited field has changed. Nothing ran.
        Stale = "stale",
    }
}

text_enum! {
    /// What became of one item of a proposal.
    pub enum ItemStatus {
        Pending = "pending",
        Done = "done",
        /// This is the item for which nothing of the proposal ran.
        Failed = "failed",
        /// Not tried, because nothing of the proposal runs, somebody else saw to it, or what ran made it needless.
        Skipped = "skipped",
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
    /// How soon somebody must take a handoff.
    pub enum HandoffPriority { Urgent = "urgent", High = "high", Normal = "normal" }
}

impl HandoffCategory {
    /// How soon somebody must take it. Exhaustive: a new category does not compile without choosing.
    #[must_use]
    pub const fn priority(self) -> HandoffPriority {
        match self {
            Self::Safety | Self::Complaint => HandoffPriority::Urgent,
            // Somebody wants a person, or wants to buy, or got no answer.
            Self::CustomerAsked
            | Self::Finance
            | Self::TradeIn
            | Self::Pricing
            | Self::ModelFailed
            | Self::GuardBlocked => HandoffPriority::High,
            Self::NotUnderstood | Self::Other => HandoffPriority::Normal,
        }
    }
}

text_enum! {
    /// Where a handoff stands.
    pub enum HandoffStatus { Open = "open", Taken = "taken", Closed = "closed" }
}
