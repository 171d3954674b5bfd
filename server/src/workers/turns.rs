//! The worker that runs turns: claims conversations whose turn is due and keeps their leases alive.

use std::{panic::AssertUnwindSafe, sync::Arc};

use forecourt_agent::{Agent, TurnOutcome};
use forecourt_crm_store::{StoreError, system::queues::Claimed};
use forecourt_domain::ids::ConversationId;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};

use super::{Wake, work, work_off};
use crate::supervisor::Supervisor;

/// How long a claimed turn is safe from other workers unless its lease is extended.
pub const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// How long a turn that failed on the database waits before it is tried again.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(2);
/// A turn that has failed this often is given up: fallback sentence and handoff. What its process did
/// not live to report is not counted here.
const MOST_FAILURES: i32 = 6;
/// A turn that was claimed this often is not even tried once more. Nobody lived to say why it did not
/// end: it may take its process with it, though a slow machine that loses its leases looks the same.
const MOST_CLAIMS: i32 = 20;
const GIVE_UP_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Runs turns, at most `concurrency` at a time, until everything stops.
pub async fn run(agent: Arc<Agent>, wake: Wake, supervisor: Supervisor, concurrency: usize) {
    let queue = ("turns", Arc::clone(&wake.turns));
    let claim = |most| agent.store().claim_turns(most, LEASE);
    let run = |claimed| {
        let (agent, wake) = (Arc::clone(&agent), wake.clone());
        async move { run_claimed(&agent, &wake, claimed).await }
    };
    work(supervisor, queue, concurrency, claim, run).await;
}

/// Runs every turn that is due now, one after the other; for tests and benches. How many ran.
pub async fn drain(agent: &Agent, wake: &Wake) -> Result<usize, StoreError> {
    work_off(|| agent.store().claim_turns(1, LEASE), |claimed| run_claimed(agent, wake, claimed)).await
}

async fn run_claimed(agent: &Agent, wake: &Wake, claim: Claimed<ConversationId>) {
    let began = std::time::Instant::now();
    let mut ended = None;
    let hopeless = claim.claims > MOST_CLAIMS;
    if !hopeless {
        ended = attempt(agent, claim, agent.run_turn(claim)).await;
    }
    let given_up = hopeless || claim.failures + 1 >= MOST_FAILURES;
    if ended.is_none() && given_up {
        ended = attempt(agent, claim, agent.give_up(claim)).await;
    }
    metrics::histogram!("forecourt_turn_seconds").record(began.elapsed().as_secs_f64());
    let outcome = match ended {
        Some(TurnOutcome::Replied(_)) => "replied",
        Some(TurnOutcome::Silent(_)) => "silent",
        Some(TurnOutcome::Superseded(_)) => "superseded",
        Some(TurnOutcome::Deferred(until)) => {
            release(agent, claim, until).await;
            "deferred"
        }
        Some(TurnOutcome::NothingToDo) => {
            release(agent, claim, agent.store().now() + RETRY_AFTER).await;
            "nothing"
        }
        None => {
            // It is tried again from its journal.
            let after = if given_up { GIVE_UP_AGAIN_AFTER } else { RETRY_AFTER };
            let store = agent.store();
            released(claim, store.release_failed_turn(claim, store.now() + after).await);
            "error"
        }
    };
    metrics::counter!("forecourt_turns_total", "outcome" => outcome).increment(1);
    // Replies, escalations and proposals leave something to send.
    wake.outbox();
}

/// Works on a turn under its lease. None when it failed or panicked, of which the log knows more.
async fn attempt(
    agent: &Agent,
    claim: Claimed<ConversationId>,
    turn: impl Future<Output = Result<TurnOutcome, StoreError>>,
) -> Option<TurnOutcome> {
    // Whatever the turn held is gone after a panic; the database undoes what it had open.
    match AssertUnwindSafe(under_lease(agent, claim, turn)).catch_unwind().await {
        Ok(Ok(outcome)) => Some(outcome),
        Ok(Err(error)) => {
            tracing::error!(conversation = %claim.id, claims = claim.claims, failures = claim.failures, %error, "a turn failed");
            None
        }
        Err(_) => {
            tracing::error!(conversation = %claim.id, claims = claim.claims, "a turn panicked");
            None
        }
    }
}

/// Runs a turn while its lease is kept alive; when the lease is lost, the turn is dropped where it is.
async fn under_lease(
    agent: &Agent,
    claim: Claimed<ConversationId>,
    turn: impl Future<Output = Result<TurnOutcome, StoreError>>,
) -> Result<TurnOutcome, StoreError> {
    tokio::select! {
        result = turn => result,
        () = keep_lease(agent, claim) => Ok(TurnOutcome::NothingToDo),
    }
}

async fn release(agent: &Agent, claim: Claimed<ConversationId>, due_at: Timestamp) {
    released(claim, agent.store().release_turn(claim, due_at).await);
}

fn released(claim: Claimed<ConversationId>, done: Result<(), StoreError>) {
    if let Err(error) = done {
        // The lease runs out by itself.
        tracing::warn!(conversation = %claim.id, %error, "a turn could not be released");
    }
}

/// Extends the lease of a running turn; returns when it is lost, which ends the turn.
async fn keep_lease(agent: &Agent, claim: Claimed<ConversationId>) {
    let third = std::time::Duration::from_millis(u64::try_from(LEASE.as_millis() / 3).unwrap_or(5_000));
    loop {
        tokio::time::sleep(third).await;
        match agent.store().extend_turn_lease(claim, LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(conversation = %claim.id, %error, "a lease could not be extended"),
        }
    }
}
