//! `forecourt token create`: a bearer token for one user in one role. Its text is shown once.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use forecourt_crm_store::{
    audit::{AuditActor, AuditKind, NewAuditEntry},
    system::tokens::TokenHolder,
};
use forecourt_domain::{contact::EmailAddress, staff::Role};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::{config::Settings, supervisor::Supervisor};

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a user of a dealership
    Create {
        /// The user's e-mail address
        #[arg(long)]
        user: EmailAddress,
        /// The role it speaks in, such as sales_manager
        #[arg(long)]
        role: Role,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
}

pub async fn run(settings: Settings, command: TokenCommand) -> anyhow::Result<ExitCode> {
    let TokenCommand::Create { user, role, dealership } = command;
    let instance = super::open(settings).await?;
    let (_, scope) = super::find_dealership(&instance, dealership.as_deref()).await?;
    let user_id =
        instance.store.find_user(&user).await?.with_context(|| {
            format!("there is no user {user}; the first one is made by: forecourt dealership create")
        })?;
    let mut tx = instance.store.begin(scope).await?;
    let held = tx.find_role(user_id).await?.with_context(|| format!("{user} does not work at this dealership"))?;
    drop(tx);
    anyhow::ensure!(
        role == held || role == Role::Viewer,
        "{user} is {held} here; a token speaks as {held} or as viewer"
    );
    let token = instance.store.insert_token(TokenHolder { user_id, scope, role }, None).await?;
    let mut tx = instance.store.begin(scope).await?;
    tx.append_audit(&[NewAuditEntry {
        kind: AuditKind::TokenCreated,
        actor: AuditActor::System,
        conversation_id: None,
        turn_id: None,
        details: json!({ "user": user_id, "role": role }),
    }])
    .await?;
    tx.commit().await?;
    super::out(token.expose_secret());
    instance.close(Supervisor::default()).await?;
    Ok(ExitCode::SUCCESS)
}
