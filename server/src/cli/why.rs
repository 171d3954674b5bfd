//! `forecourt why`: everything that led to a message.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use forecourt_domain::ids::MessageId;

use crate::{config::Settings, instance::Instance, why};

#[derive(Debug, Args)]
pub struct WhyArgs {
    /// The message's id, or `last` for the newest answer of the assistant
    message: String,
    /// The dealership's name or id, where there are several
    #[arg(long)]
    dealership: Option<String>,
}

pub async fn run(settings: Settings, args: WhyArgs) -> anyhow::Result<ExitCode> {
    let text = super::with_instance(settings, async |instance| explain(instance, &args).await).await?;
    super::out(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn explain(instance: &Instance, args: &WhyArgs) -> anyhow::Result<String> {
    let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
    let mut tx = instance.store.begin(scope).await?;
    let id: MessageId = if args.message == "last" {
        tx.find_latest_reply().await?.context("the assistant has not answered anybody yet")?
    } else {
        args.message.parse().context("that is no message id; `last` names the newest answer")?
    };
    let trace = tx.find_message_trace(id).await?.context("there is no such message in this dealership")?;
    Ok(why::to_text(&why::explain(&trace)))
}
