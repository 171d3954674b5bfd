//! `dealer-bench child-server`: the server library's own instance, all roles, until standard input ends.

use std::io::Write;

use forecourt_crm_store::system::instance::InstanceKind;
use forecourt_server::{
    config::Settings,
    instance::{Instance, ServeRole},
    supervisor::Supervisor,
};

use super::process::READY;

/// Serves what the environment says, like `forecourt serve`, but as a test instance whose clock moves.
///
/// # Errors
/// As `forecourt serve`.
pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    let config = settings.resolve(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
    let instance = Instance::open(config, InstanceKind::Test, &mut |_| {}).await?;
    let supervisor = Supervisor::default();
    let address = instance.start(&ServeRole::ALL, &supervisor).await?;
    if let Some(address) = address {
        writeln!(std::io::stdout(), "{READY}http://{address}/")?;
    }
    // The parent writes nothing; its end is ours.
    tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await?;
    instance.close(supervisor).await
}
