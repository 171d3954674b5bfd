//! The command line: what `forecourt` can be told. One file per command.

mod ai;
mod approvals;
mod chat;
mod clock;
mod dealership;
mod demo;
mod doctor;
mod handoffs;
mod holds;
mod import;
mod integration;
mod mail;
mod migrate;
mod policies;
mod serve;
mod token;
mod user;
mod why;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use forecourt_crm_store::system::{directory::DealershipEntry, instance::InstanceKind};
use forecourt_domain::{contact::EmailAddress, ids::UserId, scope::Scope, staff::Role};

use crate::{
    config::Settings,
    http::{principal::Principal, problem::Problem},
    instance::Instance,
    supervisor::Supervisor,
    telemetry,
};

/// An agent runtime for car dealerships: true, governed answers to customers
#[derive(Debug, Parser)]
#[command(name = "forecourt", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a demo: database, demo dealership, server. What ./start runs
    Demo(demo::DemoArgs),
    /// Serve: HTTP and workers, all roles by default
    Serve(serve::ServeArgs),
    /// Be a customer in this terminal, over the real webhook path
    Chat(chat::ChatArgs),
    /// Make dealerships, suspend them and let them work again
    #[command(subcommand)]
    Dealership(dealership::DealershipCommand),
    /// Connect a dealership to its providers
    #[command(subcommand)]
    Integration(integration::IntegrationCommand),
    /// List, invite, disable people, and make links for their passwords
    #[command(subcommand)]
    User(user::UserCommand),
    /// List and show the system's own mail to staff
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Make, list and revoke bearer tokens for programs that use the API
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Pause and resume the assistant, see what waits, and limit what it may use in a day
    Ai(ai::AiArgs),
    /// List, approve or reject what the agent proposed
    Approvals(approvals::ApprovalsArgs),
    /// Check, store and put in force a dealership's own policies
    Policies(policies::PoliciesArgs),
    /// List, take and close tickets; set who is asked for them and how fast
    Handoffs(handoffs::HandoffsArgs),
    /// Set how long replies wait for people to look at before they leave
    Holds(holds::HoldsArgs),
    /// Explain why a message was said
    Why(why::WhyArgs),
    /// Bring the database to this version
    Migrate,
    /// Bring in records from files
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Print the OpenAPI document of the API
    Openapi,
    /// Check database, roles, extension, keys, clock and time zones, and say how to fix them
    Doctor,
    /// Move the clock of a demo or test instance
    #[command(subcommand)]
    Clock(clock::ClockCommand),
}

/// Runs what the command line says. Answers go to standard output, everything else to standard error.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let default_logs = match cli.command {
        Command::Serve(_) | Command::Demo(_) => "info,sqlx=warn,hyper=warn",
        _ => "warn",
    };
    telemetry::init_logs(default_logs);
    let settings = cli.settings;
    match cli.command {
        Command::Demo(args) => demo::run(settings, args).await,
        Command::Serve(args) => serve::run(settings, args).await,
        Command::Chat(args) => chat::run(settings, args).await,
        Command::Dealership(command) => dealership::run(settings, command).await,
        Command::Integration(command) => integration::run(settings, command).await,
        Command::User(command) => user::run(settings, command).await,
        Command::Mail(command) => mail::run(settings, command).await,
        Command::Token(command) => token::run(settings, command).await,
        Command::Ai(args) => ai::run(settings, args).await,
        Command::Approvals(args) => approvals::run(settings, args).await,
        Command::Policies(args) => policies::run(settings, args).await,
        Command::Handoffs(args) => handoffs::run(settings, args).await,
        Command::Holds(args) => holds::run(settings, args).await,
        Command::Why(args) => why::run(settings, args).await,
        Command::Migrate => migrate::run(settings).await,
        Command::Import(command) => import::run(settings, command).await,
        Command::Openapi => openapi(),
        Command::Doctor => doctor::run(settings).await,
        Command::Clock(command) => clock::run(settings, command).await,
    }
}

fn openapi() -> anyhow::Result<ExitCode> {
    out(&crate::http::openapi::document().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}

/// Runs a command that works beside a server on the instance that the settings name. The instance is
/// closed whatever comes of it, so that no database goes on running.
async fn with_instance<T>(
    settings: Settings,
    run: impl AsyncFnOnce(&Instance) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let instance = open_as(settings, InstanceKind::Production).await?;
    let done = run(&instance).await;
    let closed = instance.close(Supervisor::default()).await;
    let done = done?;
    closed?;
    Ok(done)
}

async fn open_as(settings: Settings, kind: InstanceKind) -> anyhow::Result<Instance> {
    let config = settings.resolve(&environment)?;
    Instance::open(config, kind, &mut progress).await
}

/// The process's environment; a variable that is no text counts as not set.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A dealership by name or id, or the only one there is.
async fn find_dealership(instance: &Instance, wanted: Option<&str>) -> anyhow::Result<(DealershipEntry, Scope)> {
    let all = instance.store.load_dealerships().await?;
    let names = || all.iter().map(|dealership| dealership.name.clone()).collect::<Vec<_>>().join(", ");
    let found = match wanted {
        Some(wanted) => all
            .iter()
            .find(|dealership| dealership.name.eq_ignore_ascii_case(wanted) || dealership.id.to_string() == wanted)
            .ok_or_else(|| anyhow::anyhow!("there is no dealership {wanted:?}; there are: {}", names()))?,
        None => match &all[..] {
            [] => anyhow::bail!("there is no dealership yet; make one with: forecourt dealership create"),
            [only] => only,
            _ => anyhow::bail!("there are several dealerships; choose one with --dealership: {}", names()),
        },
    };
    Ok((found.clone(), Scope::of(found.id)))
}

/// A user in whose name something is done, if their role here allows it.
async fn acting_user(
    instance: &Instance,
    scope: Scope,
    user: &EmailAddress,
    allows: impl FnOnce(Role) -> bool,
) -> anyhow::Result<UserId> {
    let user_id = instance.store.find_user(user).await?.with_context(|| format!("there is no user {user}"))?;
    let mut tx = instance.store.begin(scope).await?;
    match tx.find_role(user_id).await? {
        Some(role) if allows(role) => Ok(user_id),
        Some(role) => anyhow::bail!("{user} is {role} here, which does not allow this"),
        None => anyhow::bail!("{user} does not work at this dealership"),
    }
}

/// Somebody who works at a dealership, in the role they hold there.
async fn principal_of(instance: &Instance, scope: Scope, user: &EmailAddress) -> anyhow::Result<Principal> {
    let user_id = instance.store.find_user(user).await?.with_context(|| format!("there is no user {user}"))?;
    let mut tx = instance.store.begin(scope).await?;
    let role = tx.find_role(user_id).await?.with_context(|| format!("{user} does not work at this dealership"))?;
    Ok(Principal { user_id, scope, role })
}

/// What the API would have answered, for a terminal.
fn refused(problem: Problem) -> anyhow::Error {
    match problem.detail() {
        Some(detail) => anyhow::anyhow!("{} {detail}", problem.title()),
        None => anyhow::anyhow!("{}", problem.title()),
    }
}

/// Writes a line of the answer to standard output. A reader that has gone is no error.
fn out(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Tells what takes time, on standard error.
fn progress(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "- {line}");
}
