//! How far the agent may go by itself, per workflow and channel.

use crate::action::{Channel, Workflow};

text_enum! {
    /// Declared from least to most autonomous, so that levels compare.
    pub enum AutonomyLevel {
        /// The agent may not do it.
        Off = "off",
        /// A draft that a human may use.
        Suggest = "suggest",
        /// A stored typed action that runs once a permitted human approves it.
        Approve = "approve",
        /// Done, and audited.
        Autonomous = "autonomous",
    }
}

impl AutonomyLevel {
    /// The level a dealership starts with. `record_update` starts at `approve`; the policies let a
    /// customer's change of their own profile pass at that level. Pairs that make no sense are `off`.
    #[must_use]
    pub const fn default_for(workflow: Workflow, channel: Channel) -> Self {
        let copilot = matches!(channel, Channel::Copilot);
        match workflow {
            Workflow::LeadFirstReply | Workflow::ConversationReply | Workflow::Reminder => {
                if copilot {
                    Self::Off
                } else {
                    Self::Autonomous
                }
            }
            Workflow::Appointment => {
                if copilot {
                    Self::Approve
                } else {
                    Self::Autonomous
                }
            }
            Workflow::RecordUpdate | Workflow::FollowUp | Workflow::Campaign => Self::Approve,
            Workflow::Task => Self::Autonomous,
            Workflow::ReEngagement => {
                if copilot {
                    Self::Suggest
                } else {
                    Self::Off
                }
            }
            Workflow::MissedCallReply => Self::Off,
            Workflow::Survey => {
                if copilot {
                    Self::Off
                } else {
                    Self::Approve
                }
            }
            Workflow::StaffMessage => {
                if copilot {
                    Self::Approve
                } else {
                    Self::Off
                }
            }
        }
    }
}

text_enum! {
    /// At which height the kill switch of the assistant is thrown. Declared widest first.
    pub enum PausedBy {
        Group = "group",
        Dealership = "dealership",
        Channel = "channel",
        Conversation = "conversation",
    }
}
