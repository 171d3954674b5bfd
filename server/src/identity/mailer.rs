//! How mail of the system leaves: over SMTP, or not at all.

use anyhow::Context;
use forecourt_crm_store::system::{
    instance::InstanceKind,
    mails::{MailOutcome, OpenMail},
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp,
};
use secrecy::{ExposeSecret, SecretString};

/// How long one attempt may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// What becomes of mail.
pub enum Mailer {
    Smtp {
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        from: Box<Mailbox>,
    },
    /// A demo or test instance: mail is kept, for `forecourt mail` to show.
    Kept,
    /// A production instance without a mail server: nothing that needs mail is begun.
    Missing,
}

impl Mailer {
    /// The mailer of an instance with these settings.
    pub fn of(kind: InstanceKind, url: Option<&SecretString>, from: Option<&str>) -> anyhow::Result<Self> {
        match (url, from) {
            (Some(url), Some(from)) => {
                // The parser's own error would quote the URL, and with it a password.
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
                    .map_err(|_| {
                        anyhow::anyhow!(
                            "FORECOURT_SMTP_URL cannot be read; it looks like smtps://user:password@host:465"
                        )
                    })?
                    .timeout(Some(PATIENCE))
                    .build();
                let from = from
                    .parse()
                    .context("FORECOURT_MAIL_FROM is no address such as Forecourt <forecourt@cars.example>")?;
                Ok(Self::Smtp { transport: Box::new(transport), from: Box::new(from) })
            }
            (Some(_), None) => anyhow::bail!("FORECOURT_SMTP_URL is set; set FORECOURT_MAIL_FROM to the sender too"),
            (None, _) if kind == InstanceKind::Production => Ok(Self::Missing),
            (None, _) => Ok(Self::Kept),
        }
    }

    /// Whether somebody will read what is mailed.
    #[must_use]
    pub const fn takes_mail(&self) -> bool {
        !matches!(self, Self::Missing)
    }

    /// Whether mail is only kept for the operator.
    #[must_use]
    pub const fn only_keeps(&self) -> bool {
        matches!(self, Self::Kept)
    }

    /// Whether there is a server to send by.
    #[must_use]
    pub const fn sends(&self) -> bool {
        matches!(self, Self::Smtp { .. })
    }

    /// Hands a mail to the server, once.
    pub async fn send(&self, mail: &OpenMail) -> MailOutcome {
        let Self::Smtp { transport, from } = self else { return MailOutcome::Failed { code: None } };
        let message = mail.recipient.as_str().parse().ok().and_then(|to: Mailbox| {
            Message::builder()
                .from(Mailbox::clone(from))
                .to(to)
                .subject(&mail.subject)
                // One mail has one id, however often it is tried.
                .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
                .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
                .ok()
        });
        let Some(message) = message else { return MailOutcome::Refused { code: None } };
        match transport.send(message).await {
            Ok(_) => MailOutcome::Sent,
            Err(error) if error.is_permanent() => MailOutcome::Refused { code: code(&error) },
            Err(error) => MailOutcome::Failed { code: code(&error) },
        }
    }
}

/// The number of the server's answer. Its words may quote the mail.
fn code(error: &smtp::Error) -> Option<String> {
    error.status().map(|status| status.to_string())
}
