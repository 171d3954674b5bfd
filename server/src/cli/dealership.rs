//! `forecourt dealership`: a dealership of one's own, made whole or not at all; which there are; suspended, and resumed.

mod hours;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use forecourt_crm_store::{
    CrmTx,
    dealership::DealershipSettings,
    opening_hours::NewDepartment,
    staff::NewAssignment,
    system::{directory::DealershipEntry, founding::FoundedIn, links::Purpose},
};
use forecourt_domain::{
    contact::{E164, EmailAddress},
    hours::Zone,
    ids::{GroupId, IntegrationId, UserId},
    money::Currency,
    scope::Scope,
    staff::{DepartmentKind, Role},
};
use secrecy::{ExposeSecret, SecretString};

use super::{import, token};
use crate::{
    config::Settings,
    http::twilio::webhook_path,
    identity::inviting::link_to,
    import::inventory_csv::{FeedDefaults, ImportReport, read_inventory},
    instance::Instance,
    number::{self, TwilioKeys},
};
use hours::{DepartmentHours, Week};

#[derive(Debug, Subcommand)]
pub enum DealershipCommand {
    /// Make a dealership, its people and the first token
    Create(Box<CreateArgs>),
    /// Which there are, by their group
    List,
    /// Suspend a dealership: nobody signs in there, its assistant is silent, its data is kept
    Suspend {
        /// Its name or id
        dealership: String,
    },
    /// Let a suspended dealership work again
    Resume {
        /// Its name or id
        dealership: String,
    },
}

#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What it is called
    #[arg(long)]
    name: String,
    /// The id of the group that it joins, as `dealership list` shows it. The group's switch binds it from then on,
    /// and whoever throws that switch must be an admin here too [default: a new group of the same name]
    #[arg(long)]
    group: Option<GroupId>,
    /// Its time zone, such as America/Denver
    #[arg(long)]
    zone: Zone,
    /// The currency of its prices
    #[arg(long, default_value = "USD")]
    currency: Currency,
    /// Its country, as two letters
    #[arg(long, default_value = "US", value_parser = country)]
    country: String,
    /// When it is open: "mon-fri 09:00-20:00, sat 09:00-18:00"; of one department: "service=mon-fri 07:30-18:00".
    /// May be given several times
    #[arg(long, required = true, value_name = "HOURS")]
    hours: Vec<DepartmentHours>,
    /// The number that customers text, in international form. With TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN it
    /// is connected to Twilio, else it is simulated
    #[arg(long)]
    number: Option<E164>,
    /// Its inventory, as a CSV file
    #[arg(long, value_name = "FILE")]
    feed: Option<PathBuf>,
    /// Somebody who works there: e-mail address, name and role, and the phone that alerts go to by SMS, if they
    /// have one. May be given several times; the first one gets a token
    #[arg(long, required = true, num_args = 3..=4, value_names = ["EMAIL", "NAME", "ROLE", "PHONE"])]
    user: Vec<String>,
}

/// Somebody who is to work there.
struct Person {
    email: EmailAddress,
    first_name: String,
    last_name: String,
    role: Role,
    alert_phone: Option<E164>,
}

/// What was made.
struct Created {
    dealership: DealershipEntry,
    users: Vec<UserId>,
    token: SecretString,
    /// With which the first one chooses a password.
    link: url::Url,
    integration_id: Option<IntegrationId>,
    inventory: Vec<String>,
}

pub async fn run(settings: Settings, command: DealershipCommand) -> anyhow::Result<ExitCode> {
    let lines = match command {
        DealershipCommand::Create(args) => make(settings, &args).await?,
        DealershipCommand::Suspend { dealership } => suspend(settings, dealership, true).await?,
        DealershipCommand::Resume { dealership } => suspend(settings, dealership, false).await?,
        DealershipCommand::List => super::with_instance(settings, async |instance| list(instance).await).await?,
    };
    for line in lines {
        super::out(&line);
    }
    Ok(ExitCode::SUCCESS)
}

async fn suspend(settings: Settings, dealership: String, suspended: bool) -> anyhow::Result<Vec<String>> {
    super::with_instance(settings, async |instance| {
        let (entry, scope) = super::find_dealership(instance, Some(&dealership)).await?;
        // Alone under the switches: what is about to leave either left before, or reads it.
        let mut tx = instance.store.begin_cut(scope).await?;
        let changed = tx.set_suspended(suspended).await?;
        tx.commit().await?;
        let state = if suspended { "suspended" } else { "at work" };
        Ok(vec![format!("{} {} {state}", entry.name, if changed { "is" } else { "was" })])
    })
    .await
}

/// Each group with its dealerships, oldest first.
async fn list(instance: &Instance) -> anyhow::Result<Vec<String>> {
    let mut groups: Vec<(GroupId, Vec<DealershipEntry>)> = Vec::new();
    for dealership in instance.store.load_dealerships().await? {
        match groups.iter_mut().find(|(id, _)| *id == dealership.group_id) {
            Some((_, members)) => members.push(dealership),
            None => groups.push((dealership.group_id, vec![dealership])),
        }
    }
    let mut lines = Vec::new();
    for (id, members) in groups {
        let name = members.first().map(|dealership| dealership.group_name.clone()).unwrap_or_default();
        lines.push(format!("group {id}  {name}"));
        lines.extend(members.iter().map(|dealership| {
            let suspended = if dealership.suspended { " (suspended)" } else { "" };
            format!("  dealership {}  {}{suspended}", dealership.id, dealership.name)
        }));
    }
    if lines.is_empty() {
        lines.push("there is no dealership yet; make one with: forecourt dealership create".to_owned());
    }
    Ok(lines)
}

async fn make(settings: Settings, args: &CreateArgs) -> anyhow::Result<Vec<String>> {
    let people = people(&args.user)?;
    let feed = args.feed.as_deref().map(|file| read_feed(file, args.currency)).transpose()?;
    let week = hours::merge(&args.hours)?;
    let (created, public_url) = super::with_instance(settings, async |instance| {
        let created = create(instance, args, week, &people, feed.as_ref()).await?;
        Ok((created, instance.config.public_url.clone()))
    })
    .await?;
    Ok(lines(&created, args, &people, &public_url))
}

fn read_feed(file: &std::path::Path, currency: Currency) -> anyhow::Result<ImportReport> {
    let report = read_inventory(&import::read(file)?, &FeedDefaults { currency, condition: None })?;
    ensure!(
        !report.accepted.is_empty(),
        "no row of {} can be imported; `forecourt import inventory` tells why, row by row. Nothing was made",
        file.display()
    );
    Ok(report)
}

async fn create(
    instance: &Instance,
    args: &CreateArgs,
    week: Week,
    people: &[Person],
    feed: Option<&ImportReport>,
) -> anyhow::Result<Created> {
    let known = instance.store.load_dealerships().await?;
    if known.iter().any(|dealership| dealership.name.eq_ignore_ascii_case(&args.name)) {
        bail!("there is a dealership {:?} already", args.name);
    }
    let group = args.group.map_or(FoundedIn::NewGroup(&args.name), FoundedIn::Group);
    let (dealership, mut tx) = instance.store.begin_founding(group, &args.name).await?;
    let settings = DealershipSettings::new(args.zone.clone(), args.currency, &args.country);
    tx.insert_profile(&settings).await?;
    for (kind, spans) in week {
        let id = tx.insert_department(&NewDepartment::new(kind, hours::name(kind), None)).await?;
        tx.insert_opening_hours(id, &spans).await?;
    }
    let (users, token) = employ(&mut tx, people).await?;
    let integration_id = match &args.number {
        Some(number) => Some(connect(&mut tx, instance, number.clone()).await?),
        None => None,
    };
    let inventory = match feed {
        Some(report) => import::summary(report, &import::store(&mut tx, report).await?),
        None => Vec::new(),
    };
    let first = *users.first().context("name somebody who works there with --user")?;
    let (_, text) = tx.insert_link(first, Purpose::Reset, None).await?;
    let link = link_to(&instance.config.public_url, &text);
    tx.commit().await?;
    import::index(instance, Scope::of(dealership.id)).await?;
    Ok(Created { dealership, users, token, link, integration_id, inventory })
}

/// The people with their roles, and the first one's token.
async fn employ(tx: &mut CrmTx, people: &[Person]) -> anyhow::Result<(Vec<UserId>, SecretString)> {
    let mut users = Vec::with_capacity(people.len());
    for person in people {
        let user_id = tx.find_or_insert_user(&person.email, &person.first_name, &person.last_name).await?;
        tx.insert_assignment(&NewAssignment {
            user_id,
            role: person.role,
            department_id: None,
            alert_phone: person.alert_phone.clone(),
            alert_email: Some(person.email.clone()),
        })
        .await?;
        users.push(user_id);
    }
    let (first, user_id) = people.first().zip(users.first()).context("name somebody who works there with --user")?;
    let expires_at = token::expiry(tx.now(), token::DEFAULT_DAYS)?;
    let token = tx.insert_token(*user_id, first.role, Some(expires_at)).await?;
    Ok((users, token))
}

async fn connect(tx: &mut CrmTx, instance: &Instance, number: E164) -> anyhow::Result<IntegrationId> {
    let departments = tx.load_departments().await?;
    let of = |kind| departments.iter().find(|department| department.kind == kind);
    let answering = of(DepartmentKind::Sales).or_else(|| of(DepartmentKind::Main)).map(|department| department.id);
    let twilio = TwilioKeys::of(&instance.config);
    Ok(number::connect(tx, twilio.as_ref(), number, answering).await?)
}

fn lines(created: &Created, args: &CreateArgs, people: &[Person], public_url: &url::Url) -> Vec<String> {
    let mut lines = vec![format!("dealership {}  {}", created.dealership.id, created.dealership.name)];
    lines.push(format!("group      {}  {}", created.dealership.group_id, created.dealership.group_name));
    for (person, id) in people.iter().zip(&created.users) {
        lines.push(format!("user       {id}  {} ({})", person.email, person.role));
    }
    if let (Some(number), Some(id)) = (&args.number, created.integration_id) {
        lines.push(format!("number     {id}  {number}, its messaging webhook (HTTP POST):"));
        lines.push(format!("           {public_url}{}", webhook_path(id)));
    }
    lines.extend(created.inventory.iter().cloned());
    if let Some(first) = people.first() {
        lines.push(format!(
            "{} chooses a password for the console here, once, within 30 minutes (later: forecourt user password {}):",
            first.email, first.email
        ));
        lines.push(created.link.to_string());
        lines.push(format!(
            "token of {} ({}), good for {} days, shown only now:",
            first.email,
            first.role,
            token::DEFAULT_DAYS
        ));
        lines.push(created.token.expose_secret().to_owned());
    }
    lines
}

/// The people of all `--user`s, whose values stand one after the other: only a phone begins with a plus.
fn people(mut given: &[String]) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::new();
    while !given.is_empty() {
        let has_phone = given.get(3).is_some_and(|value| value.starts_with('+'));
        let (one, rest) = given.split_at(given.len().min(if has_phone { 4 } else { 3 }));
        people.push(person(one)?);
        given = rest;
    }
    Ok(people)
}

fn person(given: &[String]) -> anyhow::Result<Person> {
    let [email, name, role, phone @ ..] = given else {
        bail!("--user takes an e-mail address, a name and a role, and perhaps a phone in international form")
    };
    let (first_name, last_name) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
    ensure!(!first_name.is_empty(), "--user {email}: the name is empty");
    Ok(Person {
        email: email.parse().with_context(|| format!("--user {email}"))?,
        first_name: first_name.to_owned(),
        last_name: last_name.trim().to_owned(),
        role: role.parse().with_context(|| format!("--user {email}"))?,
        alert_phone: phone
            .first()
            .map(|phone| phone.parse().with_context(|| format!("--user {email}: {phone}")))
            .transpose()?,
    })
}

fn country(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { Ok(text.to_ascii_uppercase()) } else { Err("two letters, such as US".to_owned()) }
}
