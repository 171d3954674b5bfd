//! Guards decide words: pure functions over a draft and the evidence it rests on.
//!
//! Every text of the assistant to a customer passes all of them before it may leave. A finding says
//! in words for the model what is wrong and what to do instead. No guard looks at a clock, a
//! database or a model: the same draft and context give the same findings for ever.

use std::fmt;

use forecourt_domain::{
    action::Channel,
    evidence::{CommittedEffect, Evidence},
    hours::Zone,
    money::Currency,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod claims_match_effects;
mod disclosure;
mod draft;
mod figures;
mod first_text;
mod grounded_figures;
mod grounds;
mod lexicon;
mod mentions;
mod names;
mod text;

pub use self::{
    disclosure::asks_if_bot,
    first_text::{OPT_OUT_LINE, with_disclosure},
};

/// What a draft is judged by.
#[derive(Debug, Clone, Copy)]
pub struct GuardContext<'a> {
    pub channel: Channel,
    /// The dealership's zone; days and times of a draft are read in it.
    pub zone: &'a Zone,
    pub now: Timestamp,
    /// The dealership's currency; it also tells miles from kilometres.
    pub currency: Currency,
    pub dealership_name: &'a str,
    pub assistant_name: &'a str,
    /// Whether this is the first text of ours in the conversation.
    pub first_message: bool,
    /// Whether the customer asks if they talk to a machine; see [`asks_if_bot`].
    pub asked_if_bot: bool,
    pub evidence: &'a [Evidence],
    /// What this turn committed.
    pub effects: &'a [CommittedEffect],
    /// The customer's texts of this conversation, oldest first.
    pub customer_said: &'a [String],
}

/// The guards, by the names they have in logs and audit entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardName {
    GroundedFigures,
    ClaimsMatchEffects,
    Disclosure,
}

impl GuardName {
    /// The one text of this guard.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GroundedFigures => "grounded_figures",
            Self::ClaimsMatchEffects => "claims_match_effects",
            Self::Disclosure => "disclosure",
        }
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing a draft may not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub guard: GuardName,
    /// The words in question as the guard read them; empty when something is missing.
    pub excerpt: String,
    /// Addressed to the model: what is wrong and what to do.
    pub reason: String,
}

/// Judges a draft by every guard; empty when it may leave.
#[must_use]
pub fn check(text: &str, context: &GuardContext) -> Vec<Finding> {
    let draft = draft::Draft::read(text, context);
    let guards = [grounded_figures::check, claims_match_effects::check, disclosure::check];
    guards.into_iter().flat_map(|guard| guard(&draft, context)).collect()
}

/// Whether a text tells the customer that a person was asked or will come back to them.
#[must_use]
pub fn says_a_person_was_asked(text: &str, context: &GuardContext) -> bool {
    claims_match_effects::speaks_of_a_person(&draft::Draft::read(text, context))
}

#[cfg(test)]
mod tests;
