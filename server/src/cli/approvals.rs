//! `forecourt approvals`: list, approve, edit or reject what the agent proposed.

mod shown;

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use forecourt_agent::{Approval, Change, Decider, ItemEdit};
use forecourt_crm_store::proposals::Proposal;
use forecourt_domain::{contact::EmailAddress, conversation::ProposalStatus, ids::ProposedActionId, scope::Scope};
use serde_json::Value;

use crate::{config::Settings, instance::Instance};

/// So much of a digest tells it from every other one.
const SHORTEST_DIGEST: usize = 8;

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
    /// What waits for a decision (the default), or what became of it
    List {
        /// pending, rejected, expired, executed, refused or stale
        #[arg(long, default_value = "pending")]
        status: ProposalStatus,
    },
    /// One of them in whatever state, with who may decide on it
    Show { id: ProposedActionId },
    /// Approve one as it is shown, as the given user
    Approve {
        id: ProposedActionId,
        #[command(flatten)]
        by: DecidedBy,
    },
    /// Change items of one and approve it so, as the given user
    Edit {
        id: ProposedActionId,
        #[command(flatten)]
        by: DecidedBy,
        /// A new text for an item of words, as 2=TEXT
        #[arg(long = "text", value_name = "ITEM=TEXT", value_parser = new_text)]
        texts: Vec<ItemEdit>,
        /// New arguments for any other item, as 1=JSON, all of them
        #[arg(long = "arguments", value_name = "ITEM=JSON", value_parser = new_arguments)]
        arguments: Vec<ItemEdit>,
    },
    /// Reject one, as the given user
    Reject {
        id: ProposedActionId,
        #[command(flatten)]
        by: DecidedBy,
        /// Why not, in 1 to 500 characters
        #[arg(long)]
        reason: String,
    },
}

/// Who decides on what.
#[derive(Debug, Args)]
struct DecidedBy {
    /// The deciding user's e-mail address
    #[arg(long)]
    user: EmailAddress,
    /// The digest that `list` or `show` showed, or its first 8 characters; if it is another one by now, nothing is
    /// decided
    #[arg(long)]
    digest: String,
}

/// What somebody says.
enum Say {
    Yes(Vec<ItemEdit>),
    No(String),
}

pub async fn run(settings: Settings, args: ApprovalsArgs) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| {
        let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
        match args.command.unwrap_or(ApprovalsCommand::List { status: ProposalStatus::Pending }) {
            ApprovalsCommand::List { status } => list(instance, scope, status).await,
            ApprovalsCommand::Show { id } => show(instance, scope, id).await,
            ApprovalsCommand::Approve { id, by } => decide(instance, scope, id, &by, Say::Yes(Vec::new())).await,
            ApprovalsCommand::Edit { id, by, texts, arguments } => {
                let edits = [texts, arguments].concat();
                if edits.is_empty() {
                    bail!("say what to change: --text ITEM=TEXT or --arguments ITEM=JSON");
                }
                decide(instance, scope, id, &by, Say::Yes(edits)).await
            }
            ApprovalsCommand::Reject { id, by, reason } => decide(instance, scope, id, &by, Say::No(reason)).await,
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn list(instance: &Instance, scope: Scope, status: ProposalStatus) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let zone = tx.load_profile().await?.settings.zone;
    let proposals = tx.load_proposals(status, 100).await?;
    if proposals.is_empty() && status == ProposalStatus::Pending {
        super::out("nothing waits for a decision");
    }
    for proposal in proposals {
        super::out(&shown::in_lines(&proposal, &zone, tx.now()));
    }
    Ok(())
}

async fn show(instance: &Instance, scope: Scope, id: ProposedActionId) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let zone = tx.load_profile().await?.settings.zone;
    let proposal = find(instance, scope, id).await?;
    super::out(&shown::in_lines(&proposal, &zone, tx.now()));
    let deciders = instance.agent.who_decides(&mut tx).await?;
    let roles: Vec<_> = deciders.roles(&proposal).iter().map(|role| role.as_str()).collect();
    super::out(&format!("  may be decided by: {}", roles.join(", ")));
    Ok(())
}

async fn find(instance: &Instance, scope: Scope, id: ProposedActionId) -> anyhow::Result<Proposal> {
    let mut tx = instance.store.begin(scope).await?;
    tx.find_proposal(id).await?.context("there is no such proposal")
}

async fn decide(
    instance: &Instance,
    scope: Scope,
    id: ProposedActionId,
    by: &DecidedBy,
    say: Say,
) -> anyhow::Result<()> {
    let decider = decider(instance, scope, &by.user).await?;
    let now = find(instance, scope, id).await?;
    if now.status != ProposalStatus::Pending {
        bail!("it does not wait for a decision any more: it is {}", now.status);
    }
    let digest = in_full(&by.digest, &now.digest)?;
    let decided = match say {
        Say::Yes(edits) => instance.agent.approve(scope, id, decider, digest, &edits).await?,
        Say::No(reason) => instance.agent.reject(scope, id, decider, digest, &reason).await?,
    };
    match decided {
        Approval::Executed(outputs) => {
            for done in outputs {
                super::out(&format!("done: {}. {}", done.item_no, done.output));
            }
        }
        Approval::Refused(why) => super::out(&format!("refused, nothing was done: {why}")),
        Approval::Stale(changes) => {
            super::out("stale, nothing was done:");
            for change in changes {
                super::out(&format!("  {change}"));
            }
        }
        Approval::Rejected => super::out("rejected"),
        Approval::Expired => super::out("expired, nothing was done"),
    }
    Ok(())
}

/// The digest that is meant. Another one than that of now stays as it is, for the decision to refuse.
fn in_full<'a>(given: &'a str, now: &'a str) -> anyhow::Result<&'a str> {
    if given.chars().count() < SHORTEST_DIGEST {
        bail!("give the digest that was shown to you, or at least its first {SHORTEST_DIGEST} characters");
    }
    Ok(if now.starts_with(given) { now } else { given })
}

async fn decider(instance: &Instance, scope: Scope, user: &EmailAddress) -> anyhow::Result<Decider> {
    let user_id = instance.store.find_user(user).await?.with_context(|| format!("there is no user {user}"))?;
    let mut tx = instance.store.begin(scope).await?;
    let role = tx.find_role(user_id).await?.with_context(|| format!("{user} does not work at this dealership"))?;
    Ok(Decider { user_id, role })
}

fn new_text(argument: &str) -> Result<ItemEdit, String> {
    let (item_no, text) = of_item(argument)?;
    Ok(ItemEdit { item_no, change: Change::Text(text.to_owned()) })
}

fn new_arguments(argument: &str) -> Result<ItemEdit, String> {
    let (item_no, json) = of_item(argument)?;
    let arguments: Value = serde_json::from_str(json).map_err(|error| format!("not JSON ({error})"))?;
    Ok(ItemEdit { item_no, change: Change::Arguments(arguments) })
}

fn of_item(argument: &str) -> Result<(i16, &str), String> {
    let expected = || "expected the item's number, =, and what it shall be".to_owned();
    let (number, rest) = argument.split_once('=').ok_or_else(expected)?;
    Ok((number.trim().parse().map_err(|_| expected())?, rest))
}
