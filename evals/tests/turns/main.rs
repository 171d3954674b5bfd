//! What a turn promises, tried on a real database with a provider outside and a model that does what it is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod approval_items;
mod approval_outcomes;
mod approval_states;
mod approvals;
mod caps;
mod conversation;
mod cut;
mod delivery;
mod endings;
mod failures;
mod handoffs;
mod holds;
mod house_facts;
mod isolation;
mod leaving;
mod lies;
mod outages;
mod poisoned;
mod policies;
mod prompts;
mod restarts;
mod script;
mod stuck;
mod switches;
mod tahoe;
mod world;
