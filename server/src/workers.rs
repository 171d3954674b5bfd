//! Workers that claim ids from the queues: polling is correctness, wake-ups are speed.

pub mod clock;
pub mod mail;
pub mod outbox;
pub mod schedule;
pub mod turns;

use std::{sync::Arc, time::Duration};

use forecourt_crm_store::{StoreError, system::queues::Claimed};
use tokio::sync::{Notify, Semaphore};

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

/// Claims from the queue called `name` and works, on at most `concurrency` claims at a time, until everything stops.
async fn work<I, C, W>(
    supervisor: Supervisor,
    (name, wake): (&'static str, Arc<Notify>),
    concurrency: usize,
    claim: impl Fn(i64) -> C,
    work: impl Fn(Claimed<I>) -> W,
) where
    C: Future<Output = Result<Vec<Claimed<I>>, StoreError>>,
    W: Future<Output = ()> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(concurrency));
    loop {
        let free = slots.available_permits();
        if free > 0 {
            match claim(i64::try_from(free).unwrap_or(1)).await {
                Ok(claims) => {
                    for claimed in claims {
                        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
                        let (working, wake) = (work(claimed), Arc::clone(&wake));
                        supervisor.start(async move {
                            working.await;
                            drop(slot);
                            // A slot is free, and the next claim may be due already.
                            wake.notify_one();
                        });
                    }
                }
                Err(error) => tracing::error!(queue = name, %error, "nothing could be claimed"),
            }
        }
        if !wait(&supervisor, &wake).await {
            return;
        }
    }
}

/// Works on everything that is due now, one claim after the other. How many there were.
async fn work_off<I, C, W>(claim: impl Fn() -> C, work: impl Fn(Claimed<I>) -> W) -> Result<usize, StoreError>
where
    C: Future<Output = Result<Vec<Claimed<I>>, StoreError>>,
    W: Future<Output = ()>,
{
    let mut worked = 0;
    while let Some(claimed) = claim().await?.into_iter().next() {
        work(claimed).await;
        worked += 1;
    }
    Ok(worked)
}

/// Waits for a wake-up, the next poll or the end. False at the end.
async fn wait(supervisor: &Supervisor, wake: &Notify) -> bool {
    tokio::select! {
        () = supervisor.stopped() => false,
        () = wake.notified() => true,
        () = tokio::time::sleep(POLL) => true,
    }
}
