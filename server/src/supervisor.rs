//! The one home of spawned tasks: all of them are told to stop and waited for.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Starts tasks and ends them together. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Supervisor {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Supervisor {
    /// Starts a task. It should end soon after [`stopped`](Self::stopped) resolves.
    #[allow(clippy::disallowed_methods, reason = "the one home of spawned tasks")]
    pub fn start<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// Resolves when everything is to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Whether everything is to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Tells every task to stop and waits for them, at most `patience`. False when some did not end.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(patience, self.tasks.wait()).await.is_ok()
    }
}
