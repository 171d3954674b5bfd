//! `forecourt token`: bearer tokens, each for one user in one role. A token's text is shown once.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use forecourt_crm_store::{
    StoreError,
    system::tokens::{TokenEntry, may_speak_as},
};
use forecourt_domain::{contact::EmailAddress, scope::Scope, staff::Role};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::{config::Settings, instance::Instance};

/// How long a token is good for unless something else is said.
pub(super) const DEFAULT_DAYS: u32 = 90;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a user of a dealership
    Create {
        /// The user's e-mail address
        #[arg(long)]
        user: EmailAddress,
        /// The role it speaks in: the one the user holds, or viewer
        #[arg(long)]
        role: Role,
        /// How long it is good for
        #[arg(long, default_value_t = DEFAULT_DAYS, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
    /// List the tokens of a dealership
    List {
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
    /// Revoke a token, at once and for good
    Revoke {
        /// Its id, as `forecourt token list` shows it
        id: String,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
}

pub async fn run(settings: Settings, command: TokenCommand) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| match command {
        TokenCommand::Create { user, role, days, dealership } => {
            let (_, scope) = super::find_dealership(instance, dealership.as_deref()).await?;
            super::out(create(instance, scope, &user, role, days).await?.expose_secret());
            Ok(())
        }
        TokenCommand::List { dealership } => {
            let (_, scope) = super::find_dealership(instance, dealership.as_deref()).await?;
            list(instance, scope).await
        }
        TokenCommand::Revoke { id, dealership } => {
            let (_, scope) = super::find_dealership(instance, dealership.as_deref()).await?;
            revoke(instance, scope, &id).await
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// When a token that is made now ends.
pub(super) fn expiry(now: Timestamp, days: u32) -> anyhow::Result<Timestamp> {
    now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).context("that is too far away")
}

async fn create(
    instance: &Instance,
    scope: Scope,
    user: &EmailAddress,
    role: Role,
    days: u32,
) -> anyhow::Result<SecretString> {
    let user_id =
        instance.store.find_user(user).await?.with_context(|| {
            format!("there is no user {user}; the first one is made by: forecourt dealership create")
        })?;
    let mut tx = instance.store.begin(scope).await?;
    let held = tx.find_role(user_id).await?.with_context(|| format!("{user} does not work at this dealership"))?;
    anyhow::ensure!(may_speak_as(held, role), "{user} is {held} here; a token speaks as {held} or as viewer");
    let expires_at = expiry(tx.now(), days)?;
    let token = tx.insert_token(user_id, role, Some(expires_at)).await?;
    tx.commit().await?;
    super::progress(&format!("good until {expires_at}; shown only now"));
    Ok(token)
}

async fn list(instance: &Instance, scope: Scope) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let (tokens, now) = (tx.load_tokens().await?, tx.now());
    if tokens.is_empty() {
        super::out("there is no token");
    }
    for token in tokens {
        super::out(&format!("{}  {:<18} {}  {}", token.id, token.role, token.email, state(&token, now)));
    }
    Ok(())
}

fn state(token: &TokenEntry, now: Timestamp) -> String {
    match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) if at <= now => format!("expired {at}"),
        (None, Some(at)) => format!("good until {at}"),
        (None, None) => "does not expire".to_owned(),
    }
}

async fn revoke(instance: &Instance, scope: Scope, id: &str) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    match tx.revoke_token(id).await {
        Err(StoreError::NotFound(_)) => {
            anyhow::bail!("no token {id:?} is in use here; `forecourt token list` shows their ids")
        }
        revoked => revoked?,
    }
    tx.commit().await?;
    super::out(&format!("revoked {id}"));
    Ok(())
}
