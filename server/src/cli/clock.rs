//! `forecourt clock advance`: moves the clock of a demo or test instance forward.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use jiff::Span;

use crate::{config::Settings, supervisor::Supervisor};

#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// Move the clock forward, for example by 3h or 2d
    Advance {
        /// How far: 90m, 3h, 2d
        by: String,
    },
}

pub async fn run(settings: Settings, command: ClockCommand) -> anyhow::Result<ExitCode> {
    let ClockCommand::Advance { by } = command;
    let span: Span = by.parse().with_context(|| format!("{by:?} is no length of time; write 90m, 3h or 2d"))?;
    let milliseconds = span.total((jiff::Unit::Millisecond, jiff::SpanRelativeTo::days_are_24_hours()))?;
    anyhow::ensure!(milliseconds >= 1.0, "the clock only moves forward");
    let instance = super::open(settings).await?;
    #[allow(clippy::cast_possible_truncation, reason = "a span of a clock fits")]
    let moved = instance.store.advance_clock(milliseconds as i64).await;
    if moved.is_ok() {
        let offset = instance.store.clock_offset_ms().await?;
        super::out(&format!("the clock of this instance now runs {} ahead", jiff::SignedDuration::from_millis(offset)));
    }
    instance.close(Supervisor::default()).await?;
    moved.context("only a demo or test instance's clock moves")?;
    Ok(ExitCode::SUCCESS)
}
