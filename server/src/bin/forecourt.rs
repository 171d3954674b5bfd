//! The `forecourt` binary: reads the command line, runs it, and tells what went wrong.

use std::process::ExitCode;

use clap::Parser;
use forecourt_server::cli::{self, Cli};

/// A turn makes and drops many small strings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error).context("cannot start the runtime")),
    };
    let result = runtime.block_on(cli::run(cli));
    // A terminal that is being read cannot be waited for.
    runtime.shutdown_background();
    result.unwrap_or_else(|error| fail(&error))
}

/// One line for each level of an error, from what failed down to why. No level is said twice.
#[allow(clippy::print_stderr, reason = "this is where errors reach the person at the terminal")]
fn fail(error: &anyhow::Error) -> ExitCode {
    let mut said = String::new();
    for (level, cause) in error.chain().enumerate() {
        let text = cause.to_string();
        if !said.contains(&text) {
            let lead = if level == 0 { "forecourt:" } else { "  because:" };
            eprintln!("{lead} {text}");
            said.push_str(&text);
        }
    }
    ExitCode::FAILURE
}
