//! `forecourt integration add`: connects a dealership to a provider account.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use forecourt_crm_store::integrations::Provider;
use forecourt_domain::contact::E164;
use secrecy::SecretString;
use url::Url;

use crate::{config::Settings, http::twilio::webhook_path, instance::Instance};

#[derive(Debug, Subcommand)]
pub enum IntegrationCommand {
    /// Add a provider account
    #[command(subcommand)]
    Add(AddCommand),
}

#[derive(Debug, Subcommand)]
pub enum AddCommand {
    /// A Twilio account. Its token is read from TWILIO_AUTH_TOKEN, so that no process list shows it
    Twilio {
        /// The account's SID [default: TWILIO_ACCOUNT_SID]
        #[arg(long)]
        account: Option<String>,
        /// A number of the account, in international form; may be given several times
        #[arg(long = "number", required = true)]
        numbers: Vec<E164>,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
}

pub async fn run(settings: Settings, command: IntegrationCommand) -> anyhow::Result<ExitCode> {
    let IntegrationCommand::Add(AddCommand::Twilio { account, numbers, dealership }) = command;
    let webhook =
        super::with_instance(settings, async |instance| add(instance, account, numbers, dealership.as_deref()).await)
            .await?;
    super::out(&format!("In Twilio, set the messaging webhook of these numbers to (HTTP POST):\n  {webhook}"));
    Ok(ExitCode::SUCCESS)
}

/// Stores the account and its numbers; the address of their webhook.
async fn add(
    instance: &Instance,
    account: Option<String>,
    numbers: Vec<E164>,
    dealership: Option<&str>,
) -> anyhow::Result<Url> {
    let account = account
        .or_else(|| instance.config.twilio_account_sid.clone())
        .context("name the account with --account or TWILIO_ACCOUNT_SID")?;
    let token: SecretString = instance
        .config
        .twilio_auth_token
        .clone()
        .context("set TWILIO_AUTH_TOKEN to the account's auth token and run this again")?;
    let (_, scope) = super::find_dealership(instance, dealership).await?;
    let mut tx = instance.store.begin(scope).await?;
    let numbers: Vec<_> = numbers.into_iter().map(|number| (number, None)).collect();
    let id = tx.insert_integration(Provider::Twilio, &account, &token, &numbers).await?;
    tx.commit().await?;
    Ok(instance.config.public_url.join(&webhook_path(id))?)
}
