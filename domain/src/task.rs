//! Tasks and activities of the dealership's people.

text_enum! {
    /// What a task asks for.
    pub enum TaskKind {
        Call = "call", Email = "email", Sms = "sms", FollowUp = "follow_up", Appointment = "appointment", Other = "other",
    }
}

text_enum! {
    /// Where a task stands.
    pub enum TaskStatus { Open = "open", Done = "done", Snoozed = "snoozed", Cancelled = "cancelled" }
}

text_enum! {
    /// What happened, on a customer's timeline.
    pub enum ActivityKind {
        Note = "note",
        Call = "call",
        Sms = "sms",
        Email = "email",
        StatusChange = "status_change",
        Assignment = "assignment",
        Appointment = "appointment",
        Handoff = "handoff",
    }
}
