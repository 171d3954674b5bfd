//! `forecourt approvals`: list, approve or reject what the agent proposed.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use forecourt_agent::Approval;
use forecourt_crm_store::proposals::Proposal;
use forecourt_domain::{
    contact::EmailAddress,
    conversation::ProposalStatus,
    ids::{ProposedActionId, UserId},
    scope::Scope,
};

use crate::{config::Settings, instance::Instance};

#[derive(Debug, Args)]
pub struct ApprovalsArgs {
    /// The dealership's name or id, where there are several
    #[arg(long, global = true)]
    dealership: Option<String>,
    #[command(subcommand)]
    command: Option<ApprovalsCommand>,
}

#[derive(Debug, Subcommand)]
enum ApprovalsCommand {
    /// What waits for a decision (the default)
    List,
    /// Approve one, as the given user
    Approve {
        id: ProposedActionId,
        /// The deciding user's e-mail address
        #[arg(long)]
        user: EmailAddress,
    },
    /// Reject one, as the given user
    Reject {
        id: ProposedActionId,
        /// The deciding user's e-mail address
        #[arg(long)]
        user: EmailAddress,
        /// Why not
        #[arg(long)]
        reason: Option<String>,
    },
}

pub async fn run(settings: Settings, args: ApprovalsArgs) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| {
        let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
        match args.command.unwrap_or(ApprovalsCommand::List) {
            ApprovalsCommand::List => list(instance, scope).await,
            ApprovalsCommand::Approve { id, user } => decide(instance, scope, id, &user, None).await,
            ApprovalsCommand::Reject { id, user, reason } => {
                decide(instance, scope, id, &user, Some(reason.unwrap_or_default())).await
            }
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn list(instance: &Instance, scope: Scope) -> anyhow::Result<()> {
    let pending = pending(instance, scope).await?;
    if pending.is_empty() {
        super::out("nothing waits for a decision");
    }
    for proposal in pending {
        super::out(&format!(
            "{}  {} {}  until {}\n  {}",
            proposal.id, proposal.action, proposal.arguments, proposal.expires_at, proposal.reason
        ));
    }
    Ok(())
}

async fn pending(instance: &Instance, scope: Scope) -> anyhow::Result<Vec<Proposal>> {
    let mut tx = instance.store.begin(scope).await?;
    Ok(tx.load_proposals(ProposalStatus::Pending, 100).await?)
}

async fn decide(
    instance: &Instance,
    scope: Scope,
    id: ProposedActionId,
    user: &EmailAddress,
    rejection: Option<String>,
) -> anyhow::Result<()> {
    let user_id = decider(instance, scope, user).await?;
    let shown = pending(instance, scope).await?;
    let shown =
        shown.iter().find(|proposal| proposal.id == id).context("it does not wait for a decision (any more)")?;
    let decided = match rejection {
        Some(reason) => instance.agent.reject(scope, id, user_id, &shown.digest, Some(&reason)).await?,
        None => instance.agent.approve(scope, id, user_id, &shown.digest).await?,
    };
    match decided {
        Approval::Executed(output) => super::out(&format!("done: {output}")),
        Approval::Refused(why) => super::out(&format!("refused: {why}")),
        Approval::Rejected => super::out("rejected"),
        Approval::Expired => super::out("expired"),
    }
    Ok(())
}

async fn decider(instance: &Instance, scope: Scope, user: &EmailAddress) -> anyhow::Result<UserId> {
    let user_id = instance.store.find_user(user).await?.with_context(|| format!("there is no user {user}"))?;
    let mut tx = instance.store.begin(scope).await?;
    match tx.find_role(user_id).await? {
        Some(role) if role.decides_proposals() => Ok(user_id),
        Some(role) => bail!("{user} is {role} here, which does not decide proposals"),
        None => bail!("{user} does not work at this dealership"),
    }
}
