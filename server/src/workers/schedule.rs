//! The schedule: a ticker that enqueues what is due by the clock, each job once, and the worker that does it.

mod handoffs;

use std::sync::Arc;

use forecourt_agent::Agent;
use forecourt_crm_store::{StoreError, jobs::JobKind, system::queues::Claimed};
use forecourt_domain::{ids::JobId, scope::Scope};
use jiff::SignedDuration;

use crate::supervisor::Supervisor;

/// How often the clock is looked at.
const TICK: std::time::Duration = std::time::Duration::from_secs(5);
/// How long a claimed job is safe from other workers.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Jobs claimed at a time.
const BATCH: i64 = 20;

/// Ticks until everything stops.
pub async fn run(agent: Arc<Agent>, supervisor: Supervisor) {
    loop {
        if let Err(error) = tick(&agent).await {
            tracing::error!(%error, "the schedule failed and goes on at the next tick");
        }
        tokio::select! {
            () = supervisor.stopped() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Enqueues what is due in every dealership and works the queue once. Two processes ticking at the
/// same time enqueue one job, and one of them does it.
pub async fn tick(agent: &Agent) -> Result<(), StoreError> {
    let store = agent.store();
    store.forget_old_tries().await?;
    store.give_up_stale_mail().await?;
    for dealership in store.load_dealerships().await? {
        let mut tx = store.begin(Scope::of(dealership.id)).await?;
        if let Some(overdue) = tx.find_overdue_proposal().await? {
            tx.enqueue_job(JobKind::ExpireProposals, &format!("expire_proposals:{overdue}")).await?;
        }
        tx.commit().await?;
        handoffs::tick(store, Scope::of(dealership.id)).await?;
    }
    for claim in store.claim_jobs(BATCH, LEASE).await? {
        if let Err(error) = work(agent, claim).await {
            tracing::error!(job = %claim.id, %error, "a job failed and is tried again when its lease is over");
        }
    }
    Ok(())
}

/// Does a job and marks it done. Doing it twice does nothing more: what is expired is expired.
async fn work(agent: &Agent, claim: Claimed<JobId>) -> Result<(), StoreError> {
    let mut tx = agent.store().begin(claim.scope).await?;
    let kind = tx.find_queued_job(claim.id).await?;
    tx.commit().await?;
    match kind {
        Some(JobKind::ExpireProposals) => {
            agent.expire_proposals(claim.scope).await?;
        }
        None => {}
    }
    let mut tx = agent.store().begin(claim.scope).await?;
    tx.finish_job(claim.id).await?;
    tx.commit().await
}
