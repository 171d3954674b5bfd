//! Decides actions: typed [`Facts`] go in, a [`Decision`] with its reasons comes out.
//!
//! The rules are Cedar policies in `policies/*.cedar`, one concern per file, over the words of
//! `policies/schema.cedarschema`. Cedar by itself names only forbids when one matches and skips a
//! policy that errors, so every decision asks twice: the permits alone (none matched: deny), then
//! the forbids alone. Each forbid says in `@on_forbid` what follows when it matches; the stricter
//! verdict and the later instant win. Whatever is odd is a deny with a [`Fault`].
//!
//! Nothing here looks at a clock, does IO or draws a random number: the same facts and the same
//! [`PolicySet::version`] give the same decision for ever, which is what makes replay possible.

mod bounds;
mod built_in;
mod consequence;
mod dealership;
mod decision;
mod error;
mod facts;
mod gate;
mod policy_set;
mod request;
mod rule;
mod syntax;

pub use decision::{Decision, Fault, MatchedPolicy, PolicyEffect, Verdict};
pub use error::PolicyError;
pub use facts::{Actor, Facts, UnreadableFacts};
pub use gate::TurnGate;
pub use policy_set::PolicySet;
