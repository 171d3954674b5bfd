//! The console over its routes and in a browser, on a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

#[path = "../world/mod.rs"]
mod world;

mod acting;
mod assets;
mod browser;
mod desk;
mod events;
mod holding;
mod pages;
mod session;
mod templates;
