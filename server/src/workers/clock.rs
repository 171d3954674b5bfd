//! Follows the instance's clock: `forecourt clock advance` in one process moves all of them.

use std::sync::Arc;

use forecourt_crm_store::Store;
use forecourt_domain::clock::SystemClock;

use super::POLL;
use crate::supervisor::Supervisor;

/// Reads the clock's offset until everything stops.
pub async fn run(store: Store, clock: Arc<SystemClock>, supervisor: Supervisor) {
    loop {
        match store.clock_offset_ms().await {
            Ok(offset) => clock.set_offset_ms(offset),
            Err(error) => tracing::warn!(%error, "the clock's offset could not be read"),
        }
        tokio::select! {
            () = supervisor.stopped() => return,
            () = tokio::time::sleep(POLL) => {}
        }
    }
}
