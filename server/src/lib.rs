//! The runtime as a library: configuration, HTTP, workers and commands. The `forecourt` binary and the
//! evals call it; neither holds logic of its own.

pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
pub mod identity;
pub mod import;
pub mod instance;
pub mod number;
pub mod program;
pub mod providers;
pub mod supervisor;
pub mod telemetry;
pub mod why;
pub mod workers;
