//! `forecourt clock advance`: moves the clock of a demo or test instance forward.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use crate::config::Settings;

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
    let milliseconds = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .ok()
        .and_then(|by| i64::try_from(by.as_millis()).ok())
        .with_context(|| format!("{by:?} is longer than a clock can be moved"))?;
    anyhow::ensure!(milliseconds > 0, "the clock only moves forward");
    let offset = super::with_instance(settings, async |instance| {
        instance.store.advance_clock(milliseconds).await.context("only a demo or test instance's clock moves")?;
        Ok(SignedDuration::from_millis(instance.store.clock_offset_ms().await?))
    })
    .await?;
    super::out(&format!("the clock of this instance now runs {offset} ahead"));
    Ok(ExitCode::SUCCESS)
}
