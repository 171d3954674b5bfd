//! `forecourt handoffs`: list, take and close tickets, and set who is asked for them and how fast.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use forecourt_crm_store::handoffs::{HandoffLine, HandoffSettings};
use forecourt_domain::{
    contact::EmailAddress,
    conversation::HandoffStatus,
    escalation::{Deadlines, Reach, Rung},
    ids::{HandoffId, UserId},
    scope::Scope,
    staff::{DepartmentKind, Role},
};

use crate::{config::Settings, instance::Instance};

/// How many tickets are listed.
const SHOWN: i64 = 100;

#[derive(Debug, Args)]
pub struct HandoffsArgs {
    /// The dealership's name or id, where there are several
    #[arg(long, global = true)]
    dealership: Option<String>,
    #[command(subcommand)]
    command: Option<HandoffsCommand>,
}

#[derive(Debug, Subcommand)]
enum HandoffsCommand {
    /// Tickets and how many were dropped (the default)
    List {
        /// open, taken or closed; all without it
        #[arg(long)]
        status: Option<HandoffStatus>,
    },
    /// Take an open ticket and its conversation, as the given user
    Take {
        /// Its number, such as H-1042
        ticket: String,
        /// The user's e-mail address
        #[arg(long)]
        user: EmailAddress,
    },
    /// Close a ticket, as the given user
    Close {
        /// Its number, such as H-1042
        ticket: String,
        /// The user's e-mail address
        #[arg(long)]
        user: EmailAddress,
    },
    /// Show how tickets are timed and who is asked, or set the timing, as the given user
    Settings(SettingsArgs),
    /// Set who is asked for the tickets of a department, as the given user; without a rung the default again
    Ladder {
        /// sales, service, parts, finance or main
        department: DepartmentKind,
        /// In order: owner:MINUTES, person:E-MAIL:MINUTES, role:ROLE:MINUTES or managers:MINUTES
        #[arg(long = "rung", value_name = "RUNG")]
        rungs: Vec<String>,
        /// The user's e-mail address
        #[arg(long)]
        user: EmailAddress,
    },
}

#[derive(Debug, Args)]
struct SettingsArgs {
    /// Minutes until an urgent ticket must be taken, round the clock
    #[arg(long)]
    urgent: Option<u16>,
    /// Minutes until one of high priority must be taken, while the department is open
    #[arg(long)]
    high: Option<u16>,
    /// Minutes until any other must be taken, while the department is open
    #[arg(long)]
    normal: Option<u16>,
    /// Minutes without a reply by hand until a conversation goes back to the assistant, or never
    #[arg(long, value_name = "MINUTES|never")]
    hand_back_after: Option<String>,
    /// Minutes before that at which its owner is told
    #[arg(long)]
    notice: Option<u16>,
    /// The user's e-mail address; needed to set anything
    #[arg(long)]
    user: Option<EmailAddress>,
}

pub async fn run(settings: Settings, args: HandoffsArgs) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| {
        let (_, scope) = super::find_dealership(instance, args.dealership.as_deref()).await?;
        match args.command.unwrap_or(HandoffsCommand::List { status: None }) {
            HandoffsCommand::List { status } => list(instance, scope, status).await,
            HandoffsCommand::Take { ticket, user } => take(instance, scope, &ticket, &user).await,
            HandoffsCommand::Close { ticket, user } => close(instance, scope, &ticket, &user).await,
            HandoffsCommand::Settings(args) => timing(instance, scope, args).await,
            HandoffsCommand::Ladder { department, rungs, user } => {
                ladder(instance, scope, department, &rungs, &user).await
            }
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn list(instance: &Instance, scope: Scope, status: Option<HandoffStatus>) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let counts = tx.count_handoffs().await?;
    super::out(&format!("open {}  taken {}  dropped {}", counts.open, counts.taken, counts.dropped));
    for HandoffLine { handoff, who, summary, owner_name } in tx.load_handoffs(status, SHOWN).await? {
        let due = handoff.due_at.map(|at| format!("  due {at}")).unwrap_or_default();
        let dropped = handoff.dropped_at.map(|_| "  DROPPED").unwrap_or_default();
        let owner = owner_name.map(|name| format!("  {name}")).unwrap_or_default();
        super::out(&format!(
            "{}  {}  {}  {}{owner}{due}{dropped}\n  {who}: {summary}",
            handoff.ticket_number(),
            handoff.status,
            handoff.priority,
            handoff.category
        ));
    }
    Ok(())
}

async fn take(instance: &Instance, scope: Scope, ticket: &str, user: &EmailAddress) -> anyhow::Result<()> {
    let user_id = super::acting_user(instance, scope, user, Role::writes_to_customers).await?;
    let mut tx = instance.store.begin(scope).await?;
    let (handoff, takeover) = tx.take_handoff(find(instance, scope, ticket).await?, user_id).await?;
    tx.commit().await?;
    super::out(&format!("{} is yours; the assistant is silent in its conversation", handoff.ticket_number()));
    for leaving in takeover.already_leaving {
        super::out(&format!("already leaving: {}", leaving.text));
    }
    for text in takeover.cancelled {
        super::out(&format!("stopped: {text}"));
    }
    Ok(())
}

async fn close(instance: &Instance, scope: Scope, ticket: &str, user: &EmailAddress) -> anyhow::Result<()> {
    let user_id = super::acting_user(instance, scope, user, Role::writes_to_customers).await?;
    let id = find(instance, scope, ticket).await?;
    let mut tx = instance.store.begin(scope).await?;
    let handoff = tx.close_handoff(id, user_id).await?;
    tx.commit().await?;
    super::out(&format!("{} is closed", handoff.ticket_number()));
    Ok(())
}

async fn find(instance: &Instance, scope: Scope, ticket: &str) -> anyhow::Result<HandoffId> {
    let number = ticket.trim().trim_start_matches(['H', 'h']).trim_start_matches('-');
    let number: i64 = number.parse().with_context(|| format!("{ticket} is no ticket number, such as H-1042"))?;
    let mut tx = instance.store.begin(scope).await?;
    tx.find_ticket(number).await?.map(|handoff| handoff.id).with_context(|| format!("there is no ticket H-{number}"))
}

async fn timing(instance: &Instance, scope: Scope, args: SettingsArgs) -> anyhow::Result<()> {
    let mut tx = instance.store.begin(scope).await?;
    let was = tx.load_handoff_settings().await?;
    let hand_back_after_minutes = match args.hand_back_after.as_deref() {
        None => was.hand_back_after_minutes,
        Some("never") => None,
        Some(minutes) => Some(minutes.parse().context("--hand-back-after takes minutes or never")?),
    };
    let set = HandoffSettings {
        deadlines: Deadlines {
            urgent_minutes: args.urgent.unwrap_or(was.deadlines.urgent_minutes),
            high_minutes: args.high.unwrap_or(was.deadlines.high_minutes),
            normal_minutes: args.normal.unwrap_or(was.deadlines.normal_minutes),
        },
        hand_back_after_minutes,
        hand_back_notice_minutes: args.notice.unwrap_or(was.hand_back_notice_minutes),
    };
    if set != was {
        let user = args.user.context("say who sets it with --user")?;
        let user_id = super::acting_user(instance, scope, &user, Role::changes_settings).await?;
        tx.set_handoff_settings(user_id, &set).await?;
    }
    let Deadlines { urgent_minutes, high_minutes, normal_minutes } = set.deadlines;
    super::out(&format!(
        "to be taken within: urgent {urgent_minutes} min, high {high_minutes} min, normal {normal_minutes} min"
    ));
    super::out(&match set.hand_back_after_minutes {
        Some(after) => format!(
            "back to the assistant after {after} min without a reply by hand; its owner is told {} min before",
            set.hand_back_notice_minutes
        ),
        None => "conversations go back to the assistant by hand only".to_owned(),
    });
    for department in tx.load_departments().await? {
        let rungs = tx.load_ladder(department.id).await?;
        let rungs: Vec<_> = rungs.iter().map(rung_text).collect();
        let shown = if rungs.is_empty() { "the default ladder".to_owned() } else { rungs.join(", ") };
        super::out(&format!("{}: {shown}", department.kind));
    }
    tx.commit().await?;
    Ok(())
}

async fn ladder(
    instance: &Instance,
    scope: Scope,
    department: DepartmentKind,
    rungs: &[String],
    user: &EmailAddress,
) -> anyhow::Result<()> {
    let user_id = super::acting_user(instance, scope, user, Role::changes_settings).await?;
    let mut read = Vec::with_capacity(rungs.len());
    for rung in rungs {
        read.push(rung_of(instance, rung).await?);
    }
    let mut tx = instance.store.begin(scope).await?;
    tx.set_ladder(user_id, department, &read).await?;
    tx.commit().await?;
    super::out(&format!("{department}: {} rungs", read.len()));
    Ok(())
}

async fn rung_of(instance: &Instance, text: &str) -> anyhow::Result<Rung> {
    let wrong = || {
        format!("{text:?} is no rung: owner:10, person:dana@dealership.example:10, role:salesperson:10, managers:10")
    };
    let (whom, minutes) = text.rsplit_once(':').with_context(wrong)?;
    let wait_minutes = minutes.parse().with_context(wrong)?;
    let reach = match whom.split_once(':') {
        None if whom == "owner" => Reach::Owner,
        None if whom == "managers" => Reach::Managers,
        Some(("role", role)) => Reach::Role(role.parse().with_context(wrong)?),
        Some(("person", email)) => Reach::Person(person(instance, email).await?),
        _ => bail!(wrong()),
    };
    Ok(Rung { reach, wait_minutes })
}

async fn person(instance: &Instance, email: &str) -> anyhow::Result<UserId> {
    let email: EmailAddress = email.parse().with_context(|| format!("{email} is no e-mail address"))?;
    instance.store.find_user(&email).await?.with_context(|| format!("there is no user {email}"))
}

fn rung_text(rung: &Rung) -> String {
    let whom = match rung.reach {
        Reach::Owner => "owner".to_owned(),
        Reach::Person(id) => format!("person {id}"),
        Reach::Role(role) => format!("role {role}"),
        Reach::Managers => "managers".to_owned(),
    };
    format!("{whom} {} min", rung.wait_minutes)
}
