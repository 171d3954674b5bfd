//! `forecourt ai`: the kill switch at its four heights, what it holds, and the caps of a day.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use forecourt_crm_store::conversations::{AiSwitch, SwitchScope, Thrown};
use forecourt_domain::{action::Channel, contact::EmailAddress, ids::ConversationId, scope::Scope};

use super::refused;
use crate::{
    config::Settings,
    http::api::{
        ai::{HELD_LIMIT, throw, why_waiting},
        caps,
    },
    instance::Instance,
};

#[derive(Debug, Args)]
pub struct AiArgs {
    /// The dealership's name or id, where there are several
    #[arg(long, global = true)]
    dealership: Option<String>,
    #[command(subcommand)]
    command: Option<AiCommand>,
}

#[derive(Debug, Subcommand)]
enum AiCommand {
    /// Which switches are thrown, by whom and why, and which words wait (the default)
    Status,
    /// Pause the assistant at once; what is queued is held
    Pause(SwitchArgs),
    /// Let the assistant work again; what was held is sent if it still may be
    Resume(SwitchArgs),
    /// Show what the assistant may use in a day and has used today, or set it
    Caps(CapsArgs),
}

/// Which switch, and who throws it. Without a choice it is the dealership's.
#[derive(Debug, Args)]
struct SwitchArgs {
    /// In every dealership of the group; the user must be an admin of each
    #[arg(long, conflicts_with_all = ["channel", "conversation"])]
    group: bool,
    /// On one channel: sms, email, web_chat or copilot
    #[arg(long, conflicts_with = "conversation")]
    channel: Option<Channel>,
    /// In one conversation, by its id
    #[arg(long)]
    conversation: Option<ConversationId>,
    /// The e-mail address of the user who throws it
    #[arg(long)]
    user: EmailAddress,
    /// Why, for those who see it: up to 200 characters
    #[arg(long)]
    reason: Option<String>,
}

impl SwitchArgs {
    fn scope(&self) -> SwitchScope {
        match (self.group, self.channel, self.conversation) {
            (true, _, _) => SwitchScope::Group,
            (false, Some(channel), _) => SwitchScope::Channel(channel),
            (false, None, Some(id)) => SwitchScope::Conversation(id),
            (false, None, None) => SwitchScope::Dealership,
        }
    }
}

#[derive(Debug, Args)]
struct CapsArgs {
    /// The e-mail address of the user who sets them; without any cap they are only shown
    #[arg(long)]
    user: Option<EmailAddress>,
    /// The most answers to one customer in a day
    #[arg(long, requires = "user")]
    answers: Option<u32>,
    /// The most tokens in a day, or `none`
    #[arg(long, requires = "user")]
    tokens: Option<Cap>,
    /// The most that the model may cost in a day, in US cents, or `none`
    #[arg(long, requires = "user")]
    spend_cents: Option<Cap>,
}

/// A number, or none.
#[derive(Debug, Clone, Copy)]
struct Cap(Option<i64>);

impl std::str::FromStr for Cap {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" { Ok(Self(None)) } else { text.parse().map(|number| Self(Some(number))) }
    }
}

pub async fn run(settings: Settings, args: AiArgs) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| {
        let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
        match &args.command {
            None | Some(AiCommand::Status) => status(instance, scope).await,
            Some(AiCommand::Pause(switch)) => turn(instance, scope, switch, AiSwitch::Paused).await,
            Some(AiCommand::Resume(switch)) => turn(instance, scope, switch, AiSwitch::On).await,
            Some(AiCommand::Caps(caps)) => set_caps(instance, scope, caps).await,
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn turn(instance: &Instance, scope: Scope, args: &SwitchArgs, to: AiSwitch) -> anyhow::Result<()> {
    let principal = super::principal_of(instance, scope, &args.user).await?;
    let thrown = throw(&instance.store, principal, args.scope(), to, args.reason.as_deref()).await.map_err(refused)?;
    super::out(if to == AiSwitch::Paused {
        "paused; nothing of the assistant leaves there from now on"
    } else {
        "on again"
    });
    for leaving in thrown.already_leaving {
        super::out(&format!("already leaving since {}: {}", leaving.since, leaving.text));
    }
    if thrown.already_leaving_elsewhere > 0 {
        super::out(&format!("already leaving in other dealerships: {}", thrown.already_leaving_elsewhere));
    }
    Ok(())
}

async fn status(instance: &Instance, scope: Scope) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let switches = tx.load_switches().await?;
    let line =
        |what: &str, thrown: Option<&Thrown>| super::out(&format!("{what}: {}", thrown.map_or("on".to_owned(), told)));
    line("group", switches.group.as_ref());
    line("dealership", switches.dealership.as_ref());
    for &channel in Channel::ALL {
        let thrown = switches.channels.iter().find(|(of, _)| *of == channel).map(|(_, thrown)| thrown);
        line(&format!("channel {channel}"), thrown);
    }
    for paused in &switches.conversations {
        line(&format!("conversation {} ({})", paused.id, paused.who), Some(&paused.thrown));
    }
    let now = tx.now();
    for message in tx.load_held(HELD_LIMIT).await? {
        let why = why_waiting(&message, now);
        super::out(&format!("waits ({why}) since {} for {}: {}", message.since, message.who, message.text));
    }
    Ok(())
}

fn told(thrown: &Thrown) -> String {
    let by = thrown.by_name.as_deref().unwrap_or("somebody");
    let why = thrown.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("paused since {} by {by}{why}", thrown.at)
}

async fn set_caps(instance: &Instance, scope: Scope, args: &CapsArgs) -> anyhow::Result<()> {
    let pricing = instance.agent.pricing();
    let mut tx = instance.store.begin(scope).await?;
    let mut body: caps::CapsBody = tx.find_caps().await?.context("this dealership has no profile")?.into();
    drop(tx);
    if let Some(user) = &args.user {
        let principal = super::principal_of(instance, scope, user).await?;
        body.answers_per_customer = args.answers.unwrap_or(body.answers_per_customer);
        body.daily_token_cap = args.tokens.map_or(body.daily_token_cap, |Cap(cap)| cap);
        body.daily_spend_cap_minor = args.spend_cents.map_or(body.daily_spend_cap_minor, |Cap(cap)| cap);
        caps::change(&instance.store, pricing, principal, body).await.map_err(refused)?;
    }
    let status = caps::read(&instance.store, pricing, scope).await.map_err(refused)?;
    super::out(&serde_json::to_string_pretty(&status)?);
    Ok(())
}
