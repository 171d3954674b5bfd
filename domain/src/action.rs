//! What the agent can do, on which channel, for which reason, and to which workflow that belongs.

text_enum! {
    /// Where words travel.
    pub enum Channel { Sms = "sms", Email = "email", WebChat = "web_chat", Copilot = "copilot" }
}

text_enum! {
    /// Why a turn runs.
    pub enum Trigger {
        Inbound = "inbound",
        NewLead = "new_lead",
        MissedCall = "missed_call",
        FollowUp = "follow_up",
        ReEngagement = "re_engagement",
        Reminder = "reminder",
        Survey = "survey",
        Campaign = "campaign",
        ApprovalOutcome = "approval_outcome",
        Copilot = "copilot",
    }
}

text_enum! {
    /// The kinds of work an admin sets an autonomy level for.
    pub enum Workflow {
        LeadFirstReply = "lead_first_reply",
        ConversationReply = "conversation_reply",
        Appointment = "appointment",
        RecordUpdate = "record_update",
        Task = "task",
        FollowUp = "follow_up",
        ReEngagement = "re_engagement",
        MissedCallReply = "missed_call_reply",
        Reminder = "reminder",
        Survey = "survey",
        Campaign = "campaign",
        StaffMessage = "staff_message",
    }
}

text_enum! {
    /// An action that policies decide on.
    pub enum ActionKind {
        ReadInventory = "read_inventory",
        ReadDealershipInfo = "read_dealership_info",
        ReadAppointments = "read_appointments",
        BookAppointment = "book_appointment",
        RescheduleAppointment = "reschedule_appointment",
        CancelAppointment = "cancel_appointment",
        UpdateCustomerProfile = "update_customer_profile",
        UpdateLead = "update_lead",
        EscalateToHuman = "escalate_to_human",
        /// The gate of a whole turn: may the agent work on this conversation now?
        Respond = "respond",
        /// Words that reach a customer.
        SendReply = "send_reply",
        OfferDiscount = "offer_discount",
        QuoteTradeInValue = "quote_trade_in_value",
        QuotePayment = "quote_payment",
        DecideCredit = "decide_credit",
        MakeBindingOffer = "make_binding_offer",
    }
}

/// What an action does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    ReadOnly,
    Mutates,
    Outbound,
}

impl ActionKind {
    /// What this action does to the world. Exhaustive: a new action does not compile without choosing.
    #[must_use]
    pub const fn effect(self) -> Effect {
        match self {
            Self::ReadInventory | Self::ReadDealershipInfo | Self::ReadAppointments | Self::Respond => Effect::ReadOnly,
            Self::BookAppointment
            | Self::RescheduleAppointment
            | Self::CancelAppointment
            | Self::UpdateCustomerProfile
            | Self::UpdateLead
            | Self::EscalateToHuman
            | Self::DecideCredit => Effect::Mutates,
            Self::SendReply
            | Self::OfferDiscount
            | Self::QuoteTradeInValue
            | Self::QuotePayment
            | Self::MakeBindingOffer => Effect::Outbound,
        }
    }
}

impl Workflow {
    /// The workflow an action belongs to, given why the turn runs. Reads and words belong to the
    /// workflow of the turn; changes of records belong to their own.
    #[must_use]
    pub const fn of(action: ActionKind, trigger: Trigger) -> Self {
        match action {
            ActionKind::BookAppointment | ActionKind::RescheduleAppointment | ActionKind::CancelAppointment => {
                Self::Appointment
            }
            ActionKind::UpdateCustomerProfile | ActionKind::UpdateLead => Self::RecordUpdate,
            ActionKind::ReadInventory
            | ActionKind::ReadDealershipInfo
            | ActionKind::ReadAppointments
            | ActionKind::EscalateToHuman
            | ActionKind::Respond
            | ActionKind::SendReply
            | ActionKind::OfferDiscount
            | ActionKind::QuoteTradeInValue
            | ActionKind::QuotePayment
            | ActionKind::DecideCredit
            | ActionKind::MakeBindingOffer => Self::of_turn(trigger),
        }
    }

    const fn of_turn(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Inbound | Trigger::ApprovalOutcome => Self::ConversationReply,
            Trigger::NewLead => Self::LeadFirstReply,
            Trigger::MissedCall => Self::MissedCallReply,
            Trigger::FollowUp => Self::FollowUp,
            Trigger::ReEngagement => Self::ReEngagement,
            Trigger::Reminder => Self::Reminder,
            Trigger::Survey => Self::Survey,
            Trigger::Campaign => Self::Campaign,
            Trigger::Copilot => Self::StaffMessage,
        }
    }
}
