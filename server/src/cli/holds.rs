//! `forecourt holds`: how long replies of the assistant wait for people to look at before they leave.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use forecourt_crm_store::outbox::HoldSetting;
use forecourt_domain::{
    action::{Channel, Workflow},
    contact::EmailAddress,
    staff::Role,
};

use crate::config::Settings;

#[derive(Debug, Args)]
pub struct HoldsArgs {
    /// The dealership's name or id, where there are several
    #[arg(long, global = true)]
    dealership: Option<String>,
    #[command(subcommand)]
    command: Option<HoldsCommand>,
}

#[derive(Debug, Subcommand)]
enum HoldsCommand {
    /// What is set (the default)
    List,
    /// Set how long the replies of a workflow wait on a channel, as the given user
    Set {
        /// Such as conversation_reply
        workflow: Workflow,
        /// sms, email or web_chat
        channel: Channel,
        /// 0 to 3600; 0: they leave at once
        seconds: u32,
        /// The user's e-mail address
        #[arg(long)]
        user: EmailAddress,
    },
}

pub async fn run(settings: Settings, args: HoldsArgs) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| {
        let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
        let mut tx = instance.store.begin(scope).await?;
        if let Some(HoldsCommand::Set { workflow, channel, seconds, user }) = args.command {
            anyhow::ensure!(channel != Channel::Copilot, "replies are held on sms, email and web_chat only");
            let user_id = super::acting_user(instance, scope, &user, Role::changes_settings).await?;
            tx.set_hold(user_id, HoldSetting { workflow, channel, seconds }).await?;
            tx.commit().await?;
            super::out(&format!("{workflow} on {channel}: {seconds} s"));
            return Ok(());
        }
        let profile = tx.load_profile().await?;
        let standing = tx.load_standing(&profile).await?;
        let mut set = standing.holds.iter().peekable();
        if set.peek().is_none() {
            super::out("nothing is held: every reply leaves at once");
        }
        for HoldSetting { workflow, channel, seconds } in set {
            super::out(&format!("{workflow} on {channel}: {seconds} s"));
        }
        Ok(())
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}
