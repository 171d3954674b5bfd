//! The worker that runs turns: claims conversations whose turn is due and keeps their leases alive.

use std::sync::Arc;

use forecourt_agent::{Agent, TurnOutcome};
use forecourt_crm_store::{StoreError, system::queues::Claimed};
use forecourt_domain::ids::ConversationId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use super::{Wake, wait};
use crate::supervisor::Supervisor;

/// How long a claimed turn is safe from other workers unless its lease is extended.
pub const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// How long a turn that failed on the database waits before it is tried again.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(2);
/// A turn that was claimed this often and never came to an end, because it failed, panicked or took its
/// process with it, is given up: fallback sentence and handoff.
const MOST_CLAIMS: i32 = 6;
const GIVE_UP_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Runs turns, at most `concurrency` at a time, until everything stops.
pub async fn run(agent: Arc<Agent>, wake: Wake, supervisor: Supervisor, concurrency: usize) {
    let slots = Arc::new(Semaphore::new(concurrency));
    loop {
        let free = slots.available_permits();
        if free > 0 {
            match agent.store().claim_turns(i64::try_from(free).unwrap_or(1), LEASE).await {
                Ok(claims) => {
                    for claim in claims {
                        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
                        let (agent, wake) = (Arc::clone(&agent), wake.clone());
                        supervisor.start(async move {
                            run_claimed(&agent, &wake, claim).await;
                            drop(slot);
                            // A slot is free, and the next turn may be due already.
                            wake.turns();
                        });
                    }
                }
                Err(error) => tracing::error!(%error, "turns could not be claimed"),
            }
        }
        if !wait(&supervisor, &wake.turns).await {
            return;
        }
    }
}

/// Runs every turn that is due now, one after the other; for tests and benches. How many ran.
pub async fn drain(agent: &Agent, wake: &Wake) -> Result<usize, StoreError> {
    let mut ran = 0;
    loop {
        let claims = agent.store().claim_turns(1, LEASE).await?;
        let Some(claim) = claims.first() else { return Ok(ran) };
        run_claimed(agent, wake, *claim).await;
        ran += 1;
    }
}

async fn run_claimed(agent: &Agent, wake: &Wake, claim: Claimed<ConversationId>) {
    let began = std::time::Instant::now();
    let is_poisoned = claim.claims > MOST_CLAIMS;
    let result = if is_poisoned {
        under_lease(agent, claim, agent.give_up(claim)).await
    } else {
        under_lease(agent, claim, agent.run_turn(claim)).await
    };
    metrics::histogram!("forecourt_turn_seconds").record(began.elapsed().as_secs_f64());
    let outcome = match result {
        Ok(TurnOutcome::Replied(_)) => "replied",
        Ok(TurnOutcome::Silent(_)) => "silent",
        Ok(TurnOutcome::Superseded(_)) => "superseded",
        Ok(TurnOutcome::Deferred(until)) => {
            release(agent, claim, until).await;
            "deferred"
        }
        Ok(TurnOutcome::NothingToDo) => {
            release(agent, claim, agent.store().now() + RETRY_AFTER).await;
            "nothing"
        }
        Err(error) => {
            tracing::error!(conversation = %claim.id, claims = claim.claims, %error, "a turn failed");
            // It is tried again from its journal.
            let after = if is_poisoned { GIVE_UP_AGAIN_AFTER } else { RETRY_AFTER };
            release(agent, claim, agent.store().now() + after).await;
            "error"
        }
    };
    metrics::counter!("forecourt_turns_total", "outcome" => outcome).increment(1);
    // Replies, escalations and proposals leave something to send.
    wake.outbox();
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
    if let Err(error) = agent.store().release_turn(claim, due_at).await {
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
