//! The worker that sends: an attempt is committed before the provider is called, and never after the cut.

mod lookup;
mod sending;
pub mod telling;

use std::sync::Arc;

use forecourt_agent::{Agent, Recheck};
use forecourt_crm_store::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    outbox::{OutboxKind, OutboxRow, SendState, Withdrawal},
    system::queues::Claimed,
};
use forecourt_domain::{
    delivery::DeliveryStatus,
    ids::{AttemptId, OutboxId},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use url::Url;

use self::telling::{Trouble, tell_somebody};
use super::{Wake, work, work_off};
use crate::{providers::Providers, supervisor::Supervisor};

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
/// A row that cannot be taken back before a running turn has ended.
const WAIT_FOR_TURN: SignedDuration = SignedDuration::from_secs(1);
/// Before a send that did not leave is tried again; longer each time.
const BACK_OFF: SignedDuration = SignedDuration::from_secs(5);
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
    /// Checks words again that waited.
    pub agent: Arc<Agent>,
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
    let claim = |most| sender.store.claim_outbox(most, LEASE);
    let send = |claimed| {
        let sender = sender.clone();
        async move { sender.deliver_logged(claimed).await }
    };
    work(supervisor, ("outbox", wake.outbox), concurrency, claim, send).await;
}

/// Works on everything that is due now, in order; for tests and benches. How many claims.
pub async fn drain(sender: &Sender) -> Result<usize, StoreError> {
    work_off(|| sender.store.claim_outbox(1, LEASE), |claimed| sender.deliver_logged(claimed)).await
}

impl Sender {
    async fn deliver_logged(&self, claim: Claimed<OutboxId>) {
        if let Err(error) = self.deliver(claim).await {
            tracing::error!(outbox = %claim.id, %error, "a send failed and will be tried again");
            let again = self.store.now() + BACK_OFF;
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
        let waits = row.status == DeliveryStatus::Queued || row.is_on_hold();
        let gate = if row.status == DeliveryStatus::Sending {
            Gate::LookUp(Box::new(row))
        } else if waits {
            match verdict(&row, &state, now) {
                SendVerdict::Wait(until) => Gate::Wait(until),
                SendVerdict::Stop(status, reason) => {
                    tx.settle_outbox(row.id, status, Some(reason), None).await?;
                    tx.append_audit(&[entry(&row, AuditKind::SendHeld, json!({ "status": status, "reason": reason }))])
                        .await?;
                    Gate::Settled
                }
                SendVerdict::Go => self.last_look(&mut tx, row, now).await?,
            }
        } else {
            tx.settle_outbox(row.id, row.status, row.status_reason.as_deref(), None).await?;
            Gate::Settled
        };
        tx.commit().await?;
        Ok(gate)
    }

    /// Words that waited are checked again, whatever they waited for; then the attempt is committed.
    async fn last_look(&self, tx: &mut CrmTx, row: OutboxRow, now: Timestamp) -> Result<Gate, StoreError> {
        if has_waited(&row, now) {
            if !tx.load_stale_sources(&row.sources, row.party_id).await?.is_empty() {
                return withdraw(tx, &row, "facts_changed", json!({})).await;
            }
            match self.agent.recheck(tx, &row).await? {
                Recheck::Holds => {}
                Recheck::Wait(until) => {
                    tx.defer_send(row.id, until).await?;
                    return Ok(Gate::Wait(until));
                }
                Recheck::Fails { reason, details } => return withdraw(tx, &row, reason, details).await,
            }
        }
        let attempt = tx.insert_attempt(&row, now + LOOKUP_AFTER).await?;
        let details = json!({ "attempt": attempt, "attempt_no": row.attempts_made + 1 });
        tx.append_audit(&[entry(&row, AuditKind::AttemptStarted, details)]).await?;
        Ok(Gate::Send(Box::new(row), attempt))
    }
}

/// Whether a queued row may leave now.
enum SendVerdict {
    Go,
    Wait(Timestamp),
    Stop(DeliveryStatus, &'static str),
}

fn verdict(row: &OutboxRow, state: &SendState, now: Timestamp) -> SendVerdict {
    // The one confirmation of a STOP is owed even to somebody who has opted out.
    let bound_by_consent = !matches!(row.kind, OutboxKind::KeywordAnswer | OutboxKind::StaffAlert);
    if state.suspended {
        SendVerdict::Stop(DeliveryStatus::Held, "suspended")
    } else if state.opted_out && bound_by_consent {
        SendVerdict::Stop(DeliveryStatus::Cancelled, "opted_out")
    } else if row.kind.is_agent() && state.owned_by_user {
        SendVerdict::Stop(DeliveryStatus::Cancelled, "taken_over")
    } else if row.kind.is_agent() && state.is_paused() {
        SendVerdict::Stop(DeliveryStatus::Held, "paused")
    } else if let Some(not_before) =
        row.not_before.max(row.hold_until.filter(|_| row.is_on_hold())).filter(|at| *at > now)
    {
        SendVerdict::Wait(not_before)
    } else if state.earlier_pending {
        SendVerdict::Wait(now + WAIT_FOR_EARLIER)
    } else {
        SendVerdict::Go
    }
}

/// Whether the words were put off, or so much time passed since they were checked, that they are checked again.
fn has_waited(row: &OutboxRow, now: Timestamp) -> bool {
    row.kind.is_agent() && (row.was_put_off() || now.duration_since(row.created_at) > SignedDuration::from_secs(2))
}

/// Takes back words that do not hold any more: what they answered gets a turn again, and what they told of a
/// decision is left to a person.
async fn withdraw(
    tx: &mut CrmTx,
    row: &OutboxRow,
    reason: &'static str,
    why: serde_json::Value,
) -> Result<Gate, StoreError> {
    let rows = match tx.withdraw_words(row, reason).await? {
        Withdrawal::Withdrawn(rows) => rows,
        Withdrawal::TurnRuns => return Ok(Gate::Wait(tx.now() + WAIT_FOR_TURN)),
        Withdrawal::OfDecision => {
            let details = json!({
                "status": DeliveryStatus::Cancelled, "reason": reason, "next": "a_person_tells_it", "why": why,
            });
            tx.append_audit(&[entry(row, AuditKind::SendHeld, details)]).await?;
            tell_somebody(tx, row, Trouble::OutcomeNotTold).await?;
            return Ok(Gate::Settled);
        }
    };
    let entries: Vec<_> = rows
        .iter()
        .map(|(outbox, message)| {
            let details = json!({
                "status": DeliveryStatus::Cancelled, "reason": reason, "next": "answered_again", "why": why,
            });
            let mut entry = entry(row, AuditKind::SendHeld, details);
            entry.details["outbox"] = json!(outbox);
            entry.details["message"] = json!(message);
            entry
        })
        .collect();
    tx.append_audit(&entries).await?;
    Ok(Gate::Settled)
}

fn entry(row: &OutboxRow, kind: AuditKind, mut details: serde_json::Value) -> NewAuditEntry {
    details["outbox"] = json!(row.id);
    details["message"] = json!(row.message_id);
    details["kind"] = json!(row.kind.as_str());
    NewAuditEntry { kind, actor: AuditActor::System, conversation_id: row.conversation_id, turn_id: None, details }
}
