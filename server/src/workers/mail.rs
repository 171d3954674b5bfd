//! Sends the system's own mail: one claim after the other, each attempt recorded.

use std::{sync::Arc, time::Duration};

use forecourt_crm_store::{
    Store,
    system::mails::{MailError, MailOutcome},
};

use crate::{identity::Mailer, supervisor::Supervisor};

/// How often it is looked for.
const PERIOD: Duration = Duration::from_secs(1);

/// Sends what is due, until everything stops. Without a mail server there is nothing to do.
pub async fn run(store: Store, mailer: Arc<Mailer>, supervisor: Supervisor) {
    while mailer.sends() {
        if let Err(error) = drain(&store, &mailer).await {
            tracing::error!(%error, "mail could not be sent and is tried again");
        }
        tokio::select! {
            () = supervisor.stopped() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Sends every mail that is due now. How many were tried.
pub async fn drain(store: &Store, mailer: &Mailer) -> Result<usize, MailError> {
    let mut tried = 0;
    while let Some(id) = store.claim_mail().await? {
        tried += 1;
        let Some(mail) = store.find_mail(id).await? else { continue };
        let outcome = mailer.send(&mail).await;
        if let MailOutcome::Failed { code } | MailOutcome::Refused { code } = &outcome {
            tracing::warn!(mail = %id, attempt = mail.attempts, code = code.as_deref().unwrap_or("none"), "a mail was not taken");
        }
        store.end_mail_attempt(id, mail.attempts, &outcome).await?;
    }
    Ok(tried)
}
