//! The turn loop around an untrusted model: ask, decide, run, check the words, commit.

mod acting;
mod agent;
mod alerts;
mod approval;
mod budget;
mod called;
mod ending;
mod facts;
mod giving_up;
pub mod guards;
mod heard;
mod in_force;
mod keyword_answer;
mod known;
pub mod model;
pub mod models;
pub mod pricing;
mod recheck;
mod request;
mod speaking;
#[cfg(feature = "testing")]
pub mod testing;
mod thinking;
mod turn;
mod turn_state;
mod walls;

pub use agent::{Agent, AgentParts, TurnLimits};
pub use approval::{Approval, ApprovalError, Change, Decider, ItemEdit, ItemOutput, LONGEST_REASON, WhoDecides};
pub use budget::Budget;
pub use keyword_answer::keyword_answer;
pub use model::ChatModel;
pub use recheck::Recheck;
pub use turn::TurnOutcome;
pub use walls::{Guards, Walls};
