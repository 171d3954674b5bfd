//! The worker that sends: an attempt is committed before the provider is called, and never after the cut.

use std::sync::Arc;

use forecourt_channels::sms::{
    FoundSms, OutboundSms, SendError, Sender as From, SentSearch, SentSms, SmsBody, SmsProvider,
};
use forecourt_crm_store::{
    Store, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    outbox::{AttemptOutcome, OutboxKind, OutboxRow, SendState},
    system::queues::Claimed,
};
use forecourt_domain::{
    action::Channel,
    delivery::DeliveryStatus,
    ids::{AttemptId, OutboxId},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::sync::Semaphore;
use url::Url;

use super::{Wake, wait};
use crate::{
    providers::{ProviderError, Providers},
    supervisor::Supervisor,
};

/// How long a claimed row is safe from other workers; longer than a provider's time-out.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// A provider's answer that is missing this long after the attempt is looked up.
pub const LOOKUP_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// The second look-up, before the message is sent once more.
pub const SECOND_LOOKUP_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// When nobody could be asked for this long, a human is told.
pub const UNKNOWN_AFTER: SignedDuration = SignedDuration::from_mins(4);
/// A row whose turn has not come in its conversation.
const WAIT_FOR_EARLIER: SignedDuration = SignedDuration::from_millis(200);
const RATE_LIMIT_PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// At most this many tries under one send id when the provider can be asked, each but the first
/// after two look-ups that found nothing.
const MOST_ATTEMPTS: i16 = 2;
/// Tries that certainly did not leave are repeated this often.
const MOST_UNSENT_TRIES: i16 = 6;

/// What the sender works with.
#[derive(Clone)]
pub struct Sender {
    pub store: Store,
    pub providers: Arc<Providers>,
    pub public_url: Url,
}

/// What the short transaction before a provider call decided.
enum Gate {
    /// Nothing more to do with this claim.
    Settled,
    Send(Box<OutboxRow>, AttemptId),
    /// An earlier attempt has no known outcome.
    LookUp(Box<OutboxRow>),
    Wait(Timestamp),
}

/// Sends, at most `concurrency` at a time, until everything stops.
pub async fn run(sender: Sender, wake: Wake, supervisor: Supervisor, concurrency: usize) {
    let slots = Arc::new(Semaphore::new(concurrency));
    loop {
        let free = slots.available_permits();
        if free > 0 {
            match sender.store.claim_outbox(i64::try_from(free).unwrap_or(1), LEASE).await {
                Ok(claims) => {
                    for claim in claims {
                        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
                        let (sender, wake) = (sender.clone(), wake.clone());
                        supervisor.start(async move {
                            sender.deliver_logged(claim).await;
                            drop(slot);
                            wake.outbox();
                        });
                    }
                }
                Err(error) => tracing::error!(%error, "sends could not be claimed"),
            }
        }
        if !wait(&supervisor, &wake.outbox).await {
            return;
        }
    }
}

/// Works on everything that is due now, in order; for tests and benches. How many claims.
pub async fn drain(sender: &Sender) -> Result<usize, StoreError> {
    let mut worked = 0;
    loop {
        let claims = sender.store.claim_outbox(1, LEASE).await?;
        let Some(claim) = claims.first() else { return Ok(worked) };
        sender.deliver_logged(*claim).await;
        worked += 1;
    }
}

impl Sender {
    async fn deliver_logged(&self, claim: Claimed<OutboxId>) {
        if let Err(error) = self.deliver(claim).await {
            tracing::error!(outbox = %claim.id, %error, "a send failed and will be tried again");
            let again = self.store.now() + RATE_LIMIT_PAUSE;
            if let Err(error) = self.store.release_outbox(claim, again).await {
                tracing::warn!(outbox = %claim.id, %error, "a send could not be released");
            }
        }
    }

    async fn deliver(&self, claim: Claimed<OutboxId>) -> Result<(), StoreError> {
        match self.gate(claim).await? {
            Gate::Settled => Ok(()),
            Gate::Wait(until) => self.store.release_outbox(claim, until).await,
            Gate::Send(row, attempt) => self.send(claim, &row, attempt).await,
            Gate::LookUp(row) => self.look_up(claim, *row).await,
        }
    }

    /// One transaction: lock, check everything that can forbid the send, commit the attempt.
    async fn gate(&self, claim: Claimed<OutboxId>) -> Result<Gate, StoreError> {
        let mut tx = self.store.begin_before_cut(claim.scope).await?;
        let Some((row, state)) = tx.lock_send(claim.id).await? else {
            return Ok(Gate::Settled);
        };
        let now = tx.now();
        let gate = match row.status {
            DeliveryStatus::Sending => Gate::LookUp(Box::new(row)),
            DeliveryStatus::Queued => match verdict(&row, &state, now) {
                SendVerdict::Wait(until) => Gate::Wait(until),
                SendVerdict::Stop(status, reason) => {
                    tx.settle_outbox(row.id, status, Some(reason), None).await?;
                    tx.append_audit(&[entry(&row, AuditKind::SendHeld, json!({ "status": status, "reason": reason }))])
                        .await?;
                    Gate::Settled
                }
                SendVerdict::Go
                    if has_waited(&row, now)
                        && !tx.load_stale_sources(&row.sources, row.party_id).await?.is_empty() =>
                {
                    tx.settle_outbox(row.id, DeliveryStatus::Held, Some("facts_changed"), None).await?;
                    let details = json!({ "status": DeliveryStatus::Held, "reason": "facts_changed" });
                    tx.append_audit(&[entry(&row, AuditKind::SendHeld, details)]).await?;
                    Gate::Settled
                }
                SendVerdict::Go => {
                    let attempt = tx.insert_attempt(&row, now + LOOKUP_AFTER).await?;
                    let details = json!({ "attempt": attempt, "attempt_no": row.attempts_made + 1 });
                    tx.append_audit(&[entry(&row, AuditKind::AttemptStarted, details)]).await?;
                    Gate::Send(Box::new(row), attempt)
                }
            },
            _ => {
                tx.settle_outbox(row.id, row.status, row.status_reason.as_deref(), None).await?;
                Gate::Settled
            }
        };
        tx.commit().await?;
        Ok(gate)
    }

    /// Calls the provider, outside of any transaction, and records what it said.
    async fn send(&self, claim: Claimed<OutboxId>, row: &OutboxRow, attempt: AttemptId) -> Result<(), StoreError> {
        let result = match row.channel {
            Channel::Sms => match self.message(claim, row).await {
                Ok((provider, message)) => provider.send(&message).await,
                Err(error) => {
                    tracing::error!(outbox = %row.id, %error, "no way to send");
                    Err(SendError::Refused { code: None, status: 0 })
                }
            },
            // No mailbox is configured yet: shown, and plainly marked as not sent.
            Channel::Email | Channel::WebChat | Channel::Copilot => {
                Ok(SentSms { sid: None, status: DeliveryStatus::Simulated, segments: None })
            }
        };
        let opted_out = matches!(&result, Err(error) if error.is_opted_out());
        let now = self.store.now();
        let (outcome, status, again_at) = match result {
            Ok(sent) => match sent.sid {
                Some(provider_id) => (AttemptOutcome::Accepted { provider_id }, DeliveryStatus::Sent, None),
                None => (AttemptOutcome::Simulated, DeliveryStatus::Simulated, None),
            },
            Err(SendError::Refused { code, .. }) => {
                (AttemptOutcome::Refused { code: code.map(|code| code.to_string()) }, DeliveryStatus::Failed, None)
            }
            Err(error @ (SendError::RateLimited { .. } | SendError::NotSent { .. }))
                if row.attempts_made < MOST_UNSENT_TRIES =>
            {
                (AttemptOutcome::NotSent, DeliveryStatus::Queued, Some(now + pause(&error, row.attempts_made)))
            }
            Err(SendError::RateLimited { .. } | SendError::NotSent { .. }) => {
                (AttemptOutcome::NotSent, DeliveryStatus::Failed, None)
            }
            Err(SendError::Ambiguous(_)) => {
                (AttemptOutcome::Ambiguous, DeliveryStatus::Sending, Some(now + LOOKUP_AFTER))
            }
        };
        metrics::counter!("forecourt_sends_total", "outcome" => outcome.as_str()).increment(1);
        let mut tx = self.store.begin(claim.scope).await?;
        if opted_out {
            tx.opt_out_at_provider(row).await?;
        }
        tx.record_outcome(row.id, attempt, &outcome, status, again_at).await?;
        tx.append_audit(&[entry(
            row,
            AuditKind::AttemptEnded,
            json!({ "attempt": attempt, "outcome": outcome.as_str() }),
        )])
        .await?;
        tx.commit().await
    }

    /// Who sends a row, and the text to send; no text where only the simulated phone can show it.
    async fn message(
        &self,
        claim: Claimed<OutboxId>,
        row: &OutboxRow,
    ) -> Result<(Arc<dyn SmsProvider>, OutboundSms), ProviderError> {
        let integration = row.integration_id.ok_or(ProviderError::Missing)?;
        let provider = self.providers.sender(claim.scope, integration).await?;
        let unusable = |error: &dyn std::fmt::Display| ProviderError::Client(error.to_string());
        let path = format!("webhooks/twilio/{integration}/status/{}", row.id);
        let from = row.sender.clone().unwrap_or_default();
        let message = OutboundSms {
            from: From::Number(from.parse().map_err(|error| unusable(&error))?),
            to: row.recipient.parse().map_err(|error| unusable(&error))?,
            body: SmsBody::new(row.body["text"].as_str().unwrap_or_default()),
            status_callback: self.public_url.join(&path).map_err(|error| unusable(&error))?,
        };
        Ok((provider, message))
    }

    /// Nobody knows whether an attempt left: ask the provider, twice, before sending once more.
    async fn look_up(&self, claim: Claimed<OutboxId>, row: OutboxRow) -> Result<(), StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        let last = tx.last_attempt(row.id).await?;
        tx.commit().await?;
        let Some((_, attempted_at)) = last else { return self.settle(claim, &row, DeliveryStatus::Queued, None).await };
        let found = match self.message(claim, &row).await {
            Ok((provider, message)) => {
                let search = SentSearch { to: message.to, from: message.from, sent_after: attempted_at };
                let found = provider.find_sent(&search).await.map_err(|error| error.to_string());
                found.map(|found| found.into_iter().filter(|sms| sms.body == message.body).collect())
            }
            Err(error) => Err(error.to_string()),
        };
        let now = self.store.now();
        match found {
            Ok(found) => match self.unclaimed(claim, found).await? {
                Some(sid) => self.settle(claim, &row, DeliveryStatus::Sent, Some(&sid)).await,
                None if row.lookups_made == 0 => self.defer(claim, &row, now + SECOND_LOOKUP_AFTER).await,
                None if row.attempts_made < MOST_ATTEMPTS => self.send_again(claim, &row).await,
                None => self.settle(claim, &row, DeliveryStatus::Unknown, None).await,
            },
            Err(error) => {
                tracing::warn!(outbox = %row.id, %error, "a sent message could not be looked up");
                if now.duration_since(attempted_at) >= UNKNOWN_AFTER {
                    self.settle(claim, &row, DeliveryStatus::Unknown, None).await
                } else {
                    self.store.release_outbox(claim, now + LOOKUP_AFTER).await
                }
            }
        }
    }

    /// The first of the provider's messages that belongs to none of ours yet.
    async fn unclaimed(&self, claim: Claimed<OutboxId>, found: Vec<FoundSms>) -> Result<Option<String>, StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        for message in found {
            if !tx.is_provider_id_known(&message.sid).await? {
                return Ok(Some(message.sid));
            }
        }
        Ok(None)
    }

    async fn defer(&self, claim: Claimed<OutboxId>, row: &OutboxRow, again_at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        tx.defer_lookup(row.id, again_at).await?;
        tx.commit().await
    }

    /// Queues the row once more under its send id; the gate decides again before it leaves.
    async fn send_again(&self, claim: Claimed<OutboxId>, row: &OutboxRow) -> Result<(), StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        tx.requeue_outbox(row.id).await?;
        tx.append_audit(&[entry(
            row,
            AuditKind::AttemptEnded,
            json!({ "outcome": "absent_twice", "next": "once_more" }),
        )])
        .await?;
        tx.commit().await
    }

    async fn settle(
        &self,
        claim: Claimed<OutboxId>,
        row: &OutboxRow,
        status: DeliveryStatus,
        provider_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        tx.settle_outbox(row.id, status, Some("looked_up"), provider_id).await?;
        tx.append_audit(&[entry(row, AuditKind::AttemptEnded, json!({ "outcome": "looked_up", "status": status }))])
            .await?;
        if status == DeliveryStatus::Unknown {
            // Nobody can say whether it left: a human looks at the conversation.
            tx.open_handoff_for_unknown(row).await?;
        }
        tx.commit().await
    }
}

/// Whether a queued row may leave now.
enum SendVerdict {
    Go,
    Wait(Timestamp),
    Stop(DeliveryStatus, &'static str),
}

fn verdict(row: &OutboxRow, state: &SendState, now: Timestamp) -> SendVerdict {
    let paused = state.conversation_paused || state.dealership_paused || state.group_paused;
    // The one confirmation of a STOP is owed even to somebody who has opted out.
    let bound_by_consent = !matches!(row.kind, OutboxKind::KeywordAnswer | OutboxKind::StaffAlert);
    if state.suspended {
        SendVerdict::Stop(DeliveryStatus::Held, "suspended")
    } else if state.opted_out && bound_by_consent {
        SendVerdict::Stop(DeliveryStatus::Cancelled, "opted_out")
    } else if row.kind.is_agent() && state.owned_by_user {
        SendVerdict::Stop(DeliveryStatus::Cancelled, "taken_over")
    } else if row.kind.is_agent() && paused {
        SendVerdict::Stop(DeliveryStatus::Held, "paused")
    } else if let Some(not_before) = row.not_before.filter(|at| *at > now) {
        SendVerdict::Wait(not_before)
    } else if state.earlier_pending {
        SendVerdict::Wait(now + WAIT_FOR_EARLIER)
    } else {
        SendVerdict::Go
    }
}

/// Whether so much time passed since the words were checked that their facts are checked again.
fn has_waited(row: &OutboxRow, now: Timestamp) -> bool {
    row.kind.is_agent() && now.duration_since(row.created_at) > SignedDuration::from_secs(2)
}

fn pause(error: &SendError, attempts_made: i16) -> SignedDuration {
    match error {
        SendError::RateLimited { retry_after: Some(after) } => {
            SignedDuration::try_from(*after).unwrap_or(RATE_LIMIT_PAUSE).min(SignedDuration::from_secs(60))
        }
        _ => RATE_LIMIT_PAUSE * i32::from(attempts_made + 1),
    }
}

fn entry(row: &OutboxRow, kind: AuditKind, mut details: serde_json::Value) -> NewAuditEntry {
    details["outbox"] = json!(row.id);
    details["message"] = json!(row.message_id);
    details["kind"] = json!(row.kind.as_str());
    NewAuditEntry { kind, actor: AuditActor::System, conversation_id: row.conversation_id, turn_id: None, details }
}
