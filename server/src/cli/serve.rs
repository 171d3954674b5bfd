//! `forecourt serve`: HTTP and workers until Ctrl-C or SIGTERM.

use std::process::ExitCode;

use clap::Args;
use forecourt_crm_store::system::instance::InstanceKind;

use super::progress;
use crate::{
    config::Settings,
    instance::{Instance, ServeRole},
    supervisor::Supervisor,
};

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// What this process does; may be given several times [default: all]
    #[arg(long = "role", value_enum)]
    roles: Vec<ServeRole>,
}

pub async fn run(settings: Settings, args: ServeArgs) -> anyhow::Result<ExitCode> {
    let instance = super::open_as(settings, InstanceKind::Production).await?;
    let roles = if args.roles.is_empty() { ServeRole::ALL.to_vec() } else { args.roles };
    let supervisor = Supervisor::default();
    match instance.start(&roles, &supervisor).await {
        Ok(address) => {
            if let Some(address) = address {
                progress(&format!("serving on http://{address}"));
            }
            until_stopped(instance, supervisor).await
        }
        Err(error) => {
            instance.close(supervisor).await?;
            Err(error)
        }
    }
}

/// Waits for Ctrl-C or SIGTERM, then ends everything cleanly.
pub async fn until_stopped(instance: Instance, supervisor: Supervisor) -> anyhow::Result<ExitCode> {
    stop_signal().await?;
    progress("stopping");
    instance.close(supervisor).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
