//! What a dealership chooses for the times when its assistant would not simply answer.

text_enum! {
    /// What the assistant does outside of business hours.
    pub enum AfterHours { Respond = "respond", AcknowledgeOnly = "acknowledge_only", Silent = "silent" }
}

text_enum! {
    /// What happens when the model provider is down.
    pub enum ModelFallback { OfflineAnswers = "offline_answers", AcknowledgeAndHandOff = "acknowledge_and_hand_off" }
}
