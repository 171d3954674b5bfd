//! The typed facts that one decision rests on. They are recorded with it, so that it can be replayed.

use forecourt_domain::{
    action::{ActionKind, Channel, Trigger, Workflow},
    autonomy::{AutonomyLevel, PausedBy},
    contact::ConsentState,
    conversation::OwnerKind,
    settings::AfterHours,
    staff::Role,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who wants to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// The assistant that serves customers.
    Agent,
    /// The copilot, which serves a user and stays inside that user's role.
    Copilot { role: Role },
    /// A user, by hand or by approving what an agent proposed.
    User { role: Role },
    /// The product itself, with the fixed texts that rules require. Never words of a model.
    System,
}

impl Actor {
    /// The role inside which the actor stays; none for those that act for no user.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Agent | Self::System => None,
            Self::Copilot { role } | Self::User { role } => Some(role),
        }
    }
}

/// Everything a policy may look at: who wants to do what, where, why and in which circumstances.
///
/// No ids, no words and no addresses, so facts may be logged and kept when a person is erased.
/// `schema.cedarschema` describes the same fields to policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    pub actor: Actor,
    pub action: ActionKind,
    /// `Workflow::of(action, trigger)` when the decision was made; kept because `level` was looked up under it.
    pub workflow: Workflow,
    pub channel: Channel,
    pub trigger: Trigger,
    /// What the dealership set for this workflow on this channel.
    pub level: AutonomyLevel,
    /// The widest kill switch that is thrown, if any.
    pub paused: Option<PausedBy>,
    /// Who answers the conversation.
    pub owner: OwnerKind,
    /// What the recipient said about being written to on this channel.
    pub consent: ConsentState,
    /// Whole days since they last said so; none when they never did.
    pub consent_age_days: Option<u32>,
    /// Every message that this turn answers arrived above `claimed`. True when it answers none.
    pub assurance_proven: bool,
    /// The change concerns the profile of the very customer who is talking.
    pub own_profile: bool,
    /// The turn answers words that the customer wrote: an inbound turn, or the outcome of an approval
    /// that one asked for. False whenever the dealership starts something by itself.
    pub answers_inbound: bool,
    pub business_open: bool,
    /// What the dealership set for the hours in which it is closed.
    pub after_hours: AfterHours,
    /// When it opens next; none while it is open or when no opening is known.
    pub opens_at: Option<Timestamp>,
    /// Local minute of the recipient's day, 0 to 1439.
    pub recipient_minute: u16,
    /// When the recipient's quiet hours end; none outside of them.
    pub quiet_hours_end: Option<Timestamp>,
    /// Answers of the assistant to this customer today.
    pub answers_today: u32,
    /// The most answers per customer and day that the dealership allows the assistant.
    pub answer_cap: u32,
    /// The dealership's models have used up the tokens that they may use in one of its days.
    pub token_cap_reached: bool,
    /// They have used up the money, or nobody can say how much they used where a limit is set.
    pub spend_cap_reached: bool,
    pub dealership_suspended: bool,
}

impl Facts {
    /// The version of the shape above, to be recorded beside the facts. A change of the shape raises
    /// it and adds an upcaster for what was recorded before.
    pub const SCHEMA_VERSION: u16 = 2;

    /// Facts as they were recorded under `version`, in today's shape.
    ///
    /// # Errors
    /// When the version is none of ours, or the facts hold a field or a word that it did not know.
    pub fn from_recorded(version: u16, mut recorded: Value) -> Result<Self, UnreadableFacts> {
        match version {
            1 => from_version_1(&mut recorded)?,
            Self::SCHEMA_VERSION => {}
            other => return Err(UnreadableFacts::Version(other)),
        }
        serde_json::from_value(recorded).map_err(|error| UnreadableFacts::Shape(error.to_string()))
    }
}

/// Recorded facts that cannot be decided on again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableFacts {
    #[error("facts of version {0} are not known here")]
    Version(u16),
    #[error("the recorded facts do not have the shape of their version: {0}")]
    Shape(String),
}

/// Version 1 knew no caps of a dealership's day, so none was reached.
fn from_version_1(recorded: &mut Value) -> Result<(), UnreadableFacts> {
    for name in ["token_cap_reached", "spend_cap_reached"] {
        let known =
            recorded.as_object_mut().is_none_or(|fields| fields.insert(name.to_owned(), false.into()).is_some());
        if known {
            return Err(UnreadableFacts::Shape(format!("version 1 has no field {name}")));
        }
    }
    Ok(())
}
