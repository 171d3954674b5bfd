//! `forecourt chat`: a customer in a terminal, whose texts take the way that real ones take.

mod phone;
mod talk;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use clap::Args;
use forecourt_crm_store::system::instance::InstanceKind;
use forecourt_domain::contact::E164;

use super::{progress, serve::stop_signal};
use crate::{
    config::{Config, DatabaseConfig, Settings},
    instance::{Instance, ServeRole},
    supervisor::Supervisor,
};
use phone::Phone;
use talk::Talk;

/// How long a server that runs may take to say so.
const GREETING_PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub struct ChatArgs {
    /// The number to text from [default: an unused one, new in each run]
    #[arg(long)]
    from: Option<E164>,
    /// The dealership's name or id, where there are several
    #[arg(long)]
    dealership: Option<String>,
}

pub async fn run(settings: Settings, args: ChatArgs) -> anyhow::Result<ExitCode> {
    let mut config = settings.resolve(&super::environment)?;
    let client = reqwest::Client::builder().no_proxy().build().context("an HTTP client cannot be made")?;
    let running = find_running(&client, config.listen).await;
    let kind = if running.is_none() { own_server(&mut config) } else { InstanceKind::Production };
    let instance = Instance::open(config, kind, &mut progress).await?;
    let supervisor = Supervisor::default();
    let talked = tokio::select! {
        talked = talk(&instance, &supervisor, client, running, &args) => talked,
        stopped = stop_signal() => stopped.map(|()| ExitCode::SUCCESS).map_err(Into::into),
    };
    instance.close(supervisor).await?;
    talked
}

async fn talk(
    instance: &Instance,
    supervisor: &Supervisor,
    client: reqwest::Client,
    running: Option<SocketAddr>,
    args: &ChatArgs,
) -> anyhow::Result<ExitCode> {
    let address = match running {
        Some(address) => address,
        None => start(instance, supervisor).await?,
    };
    let (dealership, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
    let phone = Phone::pick_up(instance, scope, client, address, args.from.clone()).await?;
    Talk::begin(instance, scope, &dealership.name, phone).await?.run().await
}

/// A server in this process, on a free port, over the demo where there is nothing yet.
async fn start(instance: &Instance, supervisor: &Supervisor) -> anyhow::Result<SocketAddr> {
    let is_embedded = matches!(instance.config.database, DatabaseConfig::Embedded { .. });
    if is_embedded && instance.store.load_dealerships().await?.is_empty() {
        super::demo::load(instance).await?;
    }
    instance.start(&ServeRole::ALL, supervisor).await?.context("the server does not listen")
}

/// Takes a free port instead of the configured one. What signatures are checked against stays the same.
fn own_server(config: &mut Config) -> InstanceKind {
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    match config.database {
        DatabaseConfig::Embedded { .. } => InstanceKind::Demo,
        DatabaseConfig::Server { .. } => InstanceKind::Production,
    }
}

/// Where a server of ours answers, if one does at the configured address.
async fn find_running(client: &reqwest::Client, listen: SocketAddr) -> Option<SocketAddr> {
    let address = reachable(listen);
    let asked = client.get(format!("http://{address}/version")).timeout(GREETING_PATIENCE).send().await.ok()?;
    let version: serde_json::Value = asked.json().await.ok()?;
    version["tzdata"].is_string().then_some(address)
}

/// An address that listens everywhere is reached at home.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
