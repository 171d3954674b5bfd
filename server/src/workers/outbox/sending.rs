//! One try: the provider is called outside of any transaction, and what it said is recorded in one.

use std::sync::Arc;

use forecourt_channels::sms::{OutboundSms, SendError, SentSms, SmsBody, SmsProvider};
use forecourt_crm_store::{
    StoreError,
    audit::AuditKind,
    outbox::{AttemptOutcome, OutboxRow},
    system::queues::Claimed,
};
use forecourt_domain::{
    action::Channel,
    delivery::DeliveryStatus,
    ids::{AttemptId, OutboxId},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    BACK_OFF, LOOKUP_AFTER, MOST_UNSENT_TRIES, Sender, entry,
    telling::{Trouble, tell_somebody},
};
use crate::{http::twilio::report_path, providers::ProviderError};

/// What an answer of the provider means for the row.
struct Ended {
    outcome: AttemptOutcome,
    status: DeliveryStatus,
    again_at: Option<Timestamp>,
}

impl Sender {
    /// Calls the provider and records what it said. Words that will never leave are told to a human
    /// in the same transaction.
    pub(super) async fn send(
        &self,
        claim: Claimed<OutboxId>,
        row: &OutboxRow,
        attempt: AttemptId,
    ) -> Result<(), StoreError> {
        let result = self.call(claim, row).await;
        let opted_out = matches!(&result, Err(error) if error.is_opted_out());
        let ended = ended(result, row.attempts_made, self.store.now());
        let outcome = ended.outcome.as_str();
        metrics::counter!("forecourt_sends_total", "outcome" => outcome).increment(1);
        let mut tx = self.store.begin(claim.scope).await?;
        if ended.status == DeliveryStatus::Failed {
            // What follows touches the conversation, which everybody locks before its rows.
            tx.lock_outbox(row.id).await?;
        }
        if opted_out {
            tx.opt_out_at_provider(row).await?;
        }
        tx.record_outcome(row.id, attempt, &ended.outcome, ended.status, ended.again_at).await?;
        tx.append_audit(&[entry(row, AuditKind::AttemptEnded, json!({ "attempt": attempt, "outcome": outcome }))])
            .await?;
        if ended.status == DeliveryStatus::Failed && !opted_out {
            tell_somebody(&mut tx, row, Trouble::Failed).await?;
        }
        tx.commit().await
    }

    async fn call(&self, claim: Claimed<OutboxId>, row: &OutboxRow) -> Result<SentSms, SendError> {
        match row.channel {
            Channel::Sms => match self.message(claim, row).await {
                Ok((provider, message)) => provider.send(&message).await,
                Err(error) => {
                    tracing::error!(outbox = %row.id, %error, "no way to send");
                    Err(error.as_send_error())
                }
            },
            // No mailbox is configured yet: shown, and plainly marked as not sent.
            Channel::Email | Channel::WebChat | Channel::Copilot => {
                Ok(SentSms { sid: None, status: DeliveryStatus::Simulated })
            }
        }
    }

    /// Who sends a row, and the text to send; no text where only the simulated phone can show it.
    pub(super) async fn message(
        &self,
        claim: Claimed<OutboxId>,
        row: &OutboxRow,
    ) -> Result<(Arc<dyn SmsProvider>, OutboundSms), ProviderError> {
        let integration = row.integration_id.ok_or(ProviderError::Missing)?;
        let provider = self.providers.sender(claim.scope, integration).await?;
        let unusable = |error: &dyn std::fmt::Display| ProviderError::Client(error.to_string());
        let from = row.sender.clone().unwrap_or_default();
        let message = OutboundSms {
            from: from.parse().map_err(|error| unusable(&error))?,
            to: row.recipient.parse().map_err(|error| unusable(&error))?,
            body: SmsBody::new(row.body["text"].as_str().unwrap_or_default()),
            status_callback: self
                .public_url
                .join(&report_path(integration, row.id))
                .map_err(|error| unusable(&error))?,
        };
        Ok((provider, message))
    }
}

fn ended(result: Result<SentSms, SendError>, attempts_made: i16, now: Timestamp) -> Ended {
    let (outcome, status, again_at) = match result {
        Ok(sent) => match sent.sid {
            Some(provider_id) => (AttemptOutcome::Accepted { provider_id }, DeliveryStatus::Sent, None),
            None => (AttemptOutcome::Simulated, DeliveryStatus::Simulated, None),
        },
        Err(SendError::Refused { code, .. }) => {
            (AttemptOutcome::Refused { code: code.map(|code| code.to_string()) }, DeliveryStatus::Failed, None)
        }
        Err(error @ (SendError::RateLimited { .. } | SendError::NotSent { .. }))
            if attempts_made < MOST_UNSENT_TRIES =>
        {
            (AttemptOutcome::NotSent, DeliveryStatus::Queued, Some(now + pause(&error, attempts_made)))
        }
        Err(SendError::RateLimited { .. } | SendError::NotSent { .. }) => {
            (AttemptOutcome::NotSent, DeliveryStatus::Failed, None)
        }
        Err(SendError::Ambiguous(_)) => (AttemptOutcome::Ambiguous, DeliveryStatus::Sending, Some(now + LOOKUP_AFTER)),
    };
    Ended { outcome, status, again_at }
}

fn pause(error: &SendError, attempts_made: i16) -> SignedDuration {
    match error {
        SendError::RateLimited { retry_after: Some(after) } => {
            SignedDuration::try_from(*after).unwrap_or(BACK_OFF).min(SignedDuration::from_secs(60))
        }
        _ => BACK_OFF * i32::from(attempts_made + 1),
    }
}
