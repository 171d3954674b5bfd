//! The product as a contestant: the real router, workers, policies, guards and prompts.

use std::{sync::Arc, time::Duration};

use forecourt_agent::{TurnLimits, Walls};
use forecourt_server::{supervisor::Supervisor, workers};

use super::database::BenchDatabase;
use crate::{
    doubles::receptionist::Receptionist,
    stage::{Stage, StageParts},
};

/// Opens an instance on the bench's database.
///
/// # Errors
/// When a port cannot be opened.
pub async fn open(database: &BenchDatabase) -> anyhow::Result<Stage> {
    Stage::open(StageParts {
        pool: database.pool.clone(),
        clock: Arc::clone(&database.clock),
        model: Arc::new(Receptionist::default()),
        limits: TurnLimits::default(),
        walls: Walls::built_in()?,
    })
    .await
}

/// Starts the workers of an instance; they end with [`stop`].
#[must_use]
pub fn start(stage: &Stage, concurrency: usize) -> Supervisor {
    let supervisor = Supervisor::default();
    let (agent, wake) = (Arc::clone(&stage.agent), stage.wake.clone());
    supervisor.start(workers::turns::run(agent, wake.clone(), supervisor.clone(), concurrency));
    supervisor.start(workers::outbox::run(stage.sender.clone(), wake, supervisor.clone(), concurrency));
    supervisor
}

/// Ends the workers.
///
/// # Errors
/// When something still ran after ten seconds.
pub async fn stop(supervisor: Supervisor) -> anyhow::Result<()> {
    anyhow::ensure!(supervisor.stop(Duration::from_secs(10)).await, "the workers did not end in time");
    Ok(())
}
