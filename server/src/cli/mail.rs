//! `forecourt mail`: the system's own mail to staff, for whoever runs the server. While a mail was not sent, it can
//! be read here: on an instance without a mail server this is where links are found.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use forecourt_crm_store::system::mails::MailEntry;
use forecourt_domain::ids::SystemMailId;

use crate::config::Settings;

/// How many are listed.
const LISTED: i64 = 50;

#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// List the latest mails, newest first
    List,
    /// Show what a mail says, while it was not sent
    Show {
        /// Its id, as `forecourt mail list` shows it
        id: SystemMailId,
    },
}

pub async fn run(settings: Settings, command: MailCommand) -> anyhow::Result<ExitCode> {
    super::with_instance(settings, async |instance| match command {
        MailCommand::List => {
            let mails = instance.store.load_mails(LISTED).await?;
            if mails.is_empty() {
                super::out("there is no mail");
            }
            for mail in mails {
                super::out(&format!(
                    "{}  {}  {:<22} {}  {}",
                    mail.id,
                    mail.created_at,
                    mail.kind,
                    mail.recipient,
                    state(&mail)
                ));
            }
            Ok(())
        }
        MailCommand::Show { id } => {
            let mail = instance.store.find_mail(id).await?;
            let mail = mail.context("there is no such mail, or it was sent and its words are kept no more")?;
            super::out(&format!("To: {}\nSubject: {}\n\n{}", mail.recipient, mail.subject, mail.text));
            Ok(())
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

fn state(mail: &MailEntry) -> String {
    match (mail.sent_at, mail.given_up_at) {
        (Some(at), _) => format!("sent {at}"),
        (None, Some(at)) => format!("given up {at} after {} attempts", mail.attempts),
        (None, None) if mail.attempts == 0 => "waits".to_owned(),
        (None, None) => format!("waits after {} attempts", mail.attempts),
    }
}
