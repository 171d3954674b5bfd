//! `forecourt policies`: a dealership's own policies, from a file to force and back.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Args, Subcommand};
use forecourt_crm_store::own_policies::InForce;
use forecourt_domain::{contact::EmailAddress, scope::Scope};
use forecourt_policies::PolicySet;

use super::refused;
use crate::{
    config::Settings,
    http::{
        api::policies::{LIST_LIMIT, PolicyCheck, go_back, keep, put_in_force},
        principal::Principal,
    },
    instance::Instance,
};

#[derive(Debug, Args)]
pub struct PoliciesArgs {
    /// The dealership's name or id, where there are several
    #[arg(long, global = true)]
    dealership: Option<String>,
    #[command(subcommand)]
    command: PoliciesCommand,
}

#[derive(Debug, Subcommand)]
enum PoliciesCommand {
    /// Check a file of policies; needs no database
    Validate {
        /// Cedar, forbids only
        file: PathBuf,
    },
    /// Store a file as the next version, if it is valid; it is not in force by that
    Store {
        /// Cedar, forbids only
        file: PathBuf,
        /// What it is for: up to 200 characters
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// List the versions, the newest first
    List,
    /// Print a version
    Show { number: i32 },
    /// Put a version in force
    Activate {
        number: i32,
        #[command(flatten)]
        by: By,
    },
    /// Return to what was in force before
    Rollback {
        /// The version that is in force now, or `none` for the built-in policies alone; if it is another one, nothing
        /// is changed
        from: Left,
        #[command(flatten)]
        by: By,
    },
    /// Put the built-in policies alone in force
    Deactivate {
        #[command(flatten)]
        by: By,
    },
}

/// Who does it.
#[derive(Debug, Args)]
struct By {
    /// The e-mail address of the user who does it
    #[arg(long)]
    user: EmailAddress,
}

/// What a roll back leaves.
#[derive(Debug, Clone, Copy)]
struct Left(InForce);

impl std::str::FromStr for Left {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(InForce { number: None }));
        }
        let number = text.parse().map_err(|_| "expected the number of a version, or none".to_owned())?;
        Ok(Self(InForce { number: Some(number) }))
    }
}

pub async fn run(settings: Settings, args: PoliciesArgs) -> anyhow::Result<ExitCode> {
    if let PoliciesCommand::Validate { file } = &args.command {
        return validate(file);
    }
    super::with_instance(settings, async |instance| {
        let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
        work(instance, scope, &args.command).await
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

fn validate(file: &PathBuf) -> anyhow::Result<ExitCode> {
    let source = read(file)?;
    let checked = PolicySet::built_in()?.with_dealership(&source).map(drop);
    let check = PolicyCheck::of(&source, checked);
    for wrong in &check.messages {
        let line = wrong.line.map(|line| format!("{line}:")).unwrap_or_default();
        super::out(&format!("{}:{line} {}", file.display(), wrong.message));
    }
    if !check.ok {
        return Ok(ExitCode::FAILURE);
    }
    super::out("these policies can be used");
    Ok(ExitCode::SUCCESS)
}

async fn work(instance: &Instance, scope: Scope, command: &PoliciesCommand) -> anyhow::Result<()> {
    let agent = &instance.agent;
    match command {
        PoliciesCommand::Validate { .. } => {}
        PoliciesCommand::List => list(instance, scope).await?,
        PoliciesCommand::Show { number } => {
            let mut tx = instance.store.begin(scope).await?;
            let version = tx.find_policy_version(*number).await?.context("there is no such version")?;
            super::out(version.policies.source.trim_end());
        }
        PoliciesCommand::Store { file, note, by } => {
            let stored =
                keep(agent, who(instance, scope, by).await?, &read(file)?, note.as_deref()).await.map_err(refused)?;
            let number = stored.policies.number;
            super::out(&format!(
                "version {number} is stored; put it in force with: forecourt policies activate {number}"
            ));
        }
        PoliciesCommand::Activate { number, by } => {
            told(put_in_force(agent, who(instance, scope, by).await?, Some(*number)).await.map_err(refused)?);
        }
        PoliciesCommand::Rollback { from: Left(from), by } => {
            told(go_back(agent, who(instance, scope, by).await?, *from).await.map_err(refused)?);
        }
        PoliciesCommand::Deactivate { by } => {
            told(put_in_force(agent, who(instance, scope, by).await?, None).await.map_err(refused)?);
        }
    }
    Ok(())
}

async fn who(instance: &Instance, scope: Scope, by: &By) -> anyhow::Result<Principal> {
    super::principal_of(instance, scope, &by.user).await
}

async fn list(instance: &Instance, scope: Scope) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let versions = tx.load_policy_versions(LIST_LIMIT).await?;
    if versions.is_empty() {
        super::out("this dealership has no policies of its own");
    }
    for version in versions {
        let active = if version.active { "  in force" } else { "" };
        let by = version.created_by_name.as_deref().unwrap_or("somebody");
        let note = version.note.as_deref().unwrap_or("");
        super::out(&format!("{}{active}  {} by {by}  {note}", version.policies.number, version.created_at));
    }
    Ok(())
}

fn told(in_force: InForce) {
    match in_force.number {
        Some(number) => super::out(&format!("version {number} is in force")),
        None => super::out("the built-in policies alone are in force"),
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
