//! `forecourt user`: people and their accounts, for whoever runs the server.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use forecourt_crm_store::{
    audit::{AuditActor, AuditKind},
    staff::NewAssignment,
    system::links::Purpose,
};
use forecourt_domain::{contact::EmailAddress, ids::UserId, staff::Role};
use serde_json::json;

use crate::{
    config::Settings,
    identity::inviting::{NewPerson, invite, link_to},
    instance::Instance,
};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List who works at a dealership
    List {
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
    /// Print a link with which somebody chooses a new password; it works once, for 30 minutes
    Password {
        /// Their e-mail address
        email: EmailAddress,
    },
    /// Invite somebody to a dealership, and print the link with which they accept
    Invite {
        /// Their e-mail address
        email: EmailAddress,
        /// Their name
        name: String,
        /// The role that they are to have
        role: Role,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
    /// Give somebody who has an account a role at a dealership; the only way to platform_owner
    Assign {
        /// Their e-mail address
        email: EmailAddress,
        /// The role
        role: Role,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
    },
    /// Remove somebody's second factor, when phone and recovery codes are lost
    RemoveSecondFactor {
        /// Their e-mail address
        email: EmailAddress,
    },
    /// Disable an account: its sessions, tokens and open pages end within seconds
    Disable {
        /// Their e-mail address
        email: EmailAddress,
    },
    /// Let a disabled account be used again
    Enable {
        /// Their e-mail address
        email: EmailAddress,
    },
}

pub async fn run(settings: Settings, command: UserCommand) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| match command {
        UserCommand::List { dealership } => list(instance, dealership.as_deref()).await,
        UserCommand::Password { email } => password(instance, &email).await,
        UserCommand::Invite { email, name, role, dealership } => {
            invited(instance, email, &name, role, dealership.as_deref()).await
        }
        UserCommand::Assign { email, role, dealership } => assign(instance, &email, role, dealership.as_deref()).await,
        UserCommand::RemoveSecondFactor { email } => remove_second_factor(instance, &email).await,
        UserCommand::Disable { email } => set_disabled(instance, &email, true).await,
        UserCommand::Enable { email } => set_disabled(instance, &email, false).await,
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn find(instance: &Instance, email: &EmailAddress) -> anyhow::Result<UserId> {
    instance.store.find_any_user(email).await?.with_context(|| format!("there is no user {email}"))
}

const NOWHERE: &str = "this user works at no dealership; invite them first";

async fn list(instance: &Instance, dealership: Option<&str>) -> anyhow::Result<()> {
    let (_, scope) = super::find_dealership(instance, dealership).await?;
    let mut tx = instance.store.begin(scope).await?;
    for person in tx.load_people().await? {
        let state = match (person.ended_at, person.disabled_at, person.has_password) {
            (Some(at), _, _) => format!("ended {at}"),
            (None, Some(at), _) => format!("disabled {at}"),
            (None, None, false) => "has no password yet".to_owned(),
            (None, None, true) if person.has_second_factor => "password and second factor".to_owned(),
            (None, None, true) => "password".to_owned(),
        };
        super::out(&format!(
            "{:<18} {}  {} {}  {state}",
            person.role, person.email, person.first_name, person.last_name
        ));
    }
    Ok(())
}

async fn password(instance: &Instance, email: &EmailAddress) -> anyhow::Result<()> {
    let user_id = instance
        .store
        .find_user(email)
        .await?
        .with_context(|| format!("there is no user {email} whose account may be used"))?;
    let mut tx = instance.store.begin_about(user_id).await?.context(NOWHERE)?;
    let (_, text) = tx.insert_link(user_id, Purpose::Reset, None).await?;
    tx.commit().await?;
    super::progress("good for 30 minutes, once; shown only now");
    super::out(link_to(&instance.config.public_url, &text).as_str());
    Ok(())
}

async fn invited(
    instance: &Instance,
    email: EmailAddress,
    name: &str,
    role: Role,
    dealership: Option<&str>,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        role != Role::PlatformOwner,
        "invite them in another role, then: forecourt user assign {email} platform_owner"
    );
    let (_, scope) = super::find_dealership(instance, dealership).await?;
    let (first_name, last_name) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
    let (first_name, last_name) = (first_name.to_owned(), last_name.trim().to_owned());
    let person = NewPerson { email, first_name, last_name, role, department_id: None };
    let mut tx = instance.store.begin(scope).await?;
    let invited = invite(&mut tx, &instance.identity.mailer, &instance.config.public_url, &person, None)
        .await
        .map_err(super::refused)?;
    tx.commit().await?;
    super::progress("good for 7 days, once; shown only now");
    super::out(invited.link.as_str());
    Ok(())
}

async fn assign(instance: &Instance, email: &EmailAddress, role: Role, dealership: Option<&str>) -> anyhow::Result<()> {
    let user_id = find(instance, email).await?;
    let (entry, scope) = super::find_dealership(instance, dealership).await?;
    let mut tx = instance.store.begin(scope).await?;
    let before = tx.find_person(user_id).await?;
    let contact = tx.find_alert_contact(user_id).await?;
    tx.insert_assignment(&NewAssignment {
        user_id,
        role,
        department_id: before.as_ref().and_then(|person| person.department_id),
        alert_phone: contact.and_then(|contact| contact.phone).and_then(|phone| phone.parse().ok()),
        alert_email: Some(email.clone()),
    })
    .await?;
    let held = before.filter(|person| person.ended_at.is_none()).map(|person| person.role);
    let details = json!({ "user": user_id, "from": held, "to": role });
    tx.tell_here(AuditActor::System, AuditKind::RoleChanged, details).await?;
    tx.commit().await?;
    super::out(&format!("{email} is {role} at {}", entry.name));
    Ok(())
}

async fn remove_second_factor(instance: &Instance, email: &EmailAddress) -> anyhow::Result<()> {
    let user_id = find(instance, email).await?;
    let mut tx = instance.store.begin_about(user_id).await?.context(NOWHERE)?;
    tx.remove_seed(user_id, AuditActor::System).await?;
    tx.commit().await?;
    super::out(&format!("{email} signs in with the password alone now"));
    Ok(())
}

async fn set_disabled(instance: &Instance, email: &EmailAddress, disabled: bool) -> anyhow::Result<()> {
    let user_id = find(instance, email).await?;
    let mut tx = instance.store.begin_about(user_id).await?.context(NOWHERE)?;
    tx.disable(user_id, disabled, AuditActor::System).await?;
    tx.commit().await?;
    super::out(&format!("{email} {}", if disabled { "is disabled" } else { "may sign in again" }));
    Ok(())
}
