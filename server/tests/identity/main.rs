//! Who somebody is: signing in at the console and over the API, and everything that takes it away again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

#[path = "../world/mod.rs"]
mod world;

mod forged;
mod guessing;
mod invitations;
mod meanwhile;
mod office;
mod people;
mod postbox;
mod refreshing;
mod second_factor;
mod sign_in;
mod visits;
