//! Workers that claim ids from the queues: polling is correctness, wake-ups are speed.

pub mod clock;
pub mod outbox;
pub mod schedule;
pub mod turns;

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use crate::supervisor::Supervisor;

/// How long a worker waits at most before it looks into its queue again.
pub const POLL: Duration = Duration::from_millis(250);

/// Wakes the workers of this process after a commit that gave them work.
#[derive(Debug, Clone, Default)]
pub struct Wake {
    turns: Arc<Notify>,
    outbox: Arc<Notify>,
}

impl Wake {
    /// A turn may be due.
    pub fn turns(&self) {
        self.turns.notify_one();
    }

    /// Something may be ready to send.
    pub fn outbox(&self) {
        self.outbox.notify_one();
    }
}

/// Waits for a wake-up, the next poll or the end. False at the end.
async fn wait(supervisor: &Supervisor, wake: &Notify) -> bool {
    tokio::select! {
        () = supervisor.stopped() => false,
        () = wake.notified() => true,
        () = tokio::time::sleep(POLL) => true,
    }
}
