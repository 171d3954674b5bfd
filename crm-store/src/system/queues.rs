//! Queues of ids with leases: claimed by `skip locked` and committed at once, worked elsewhere.
//!
//! The ids to claim come as `array(select … limit …)`, which is run once. A join with the same select may run it
//! for every row of the queue, and then claims them all, whatever the limit says.

use forecourt_domain::{
    ids::{ConversationId, DealershipId, JobId, OutboxId},
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Store, StoreError, rows::sql};

/// A claimed id with the lease under which it may be worked.
#[derive(Debug, Clone, Copy)]
pub struct Claimed<T> {
    pub scope: Scope,
    pub id: T,
    /// Grows with every claim of any id: a worker with an older number is fenced off.
    pub lease_no: i64,
    /// How often this turn was claimed without coming to an end, this time included; counted of turns only.
    pub claims: i32,
    /// How often a worker has reported that this turn failed; counted of turns only.
    pub failures: i32,
}

impl Store {
    /// Claims conversations whose turn is due, oldest first.
    pub async fn claim_turns(
        &self,
        limit: i64,
        lease: SignedDuration,
    ) -> Result<Vec<Claimed<ConversationId>>, StoreError> {
        let now = self.now();
        let rows: Vec<(Uuid, Uuid, i64, i32, i32)> = sqlx::query_as(
            "update turn_queue set leased_until = $2, lease_no = nextval('lease_numbers'), claims = claims + 1
             where conversation_id = any(array(
                 select conversation_id from turn_queue
                 where due_at <= $1 and (leased_until is null or leased_until <= $1)
                 order by due_at limit $3 for update skip locked))
             returning dealership_id, conversation_id, lease_no, claims, failures",
        )
        .bind(sql(now))
        .bind(sql(later(now, lease)))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(claimed(rows, ConversationId))
    }

    /// Claims outbox rows that are due, oldest first.
    pub async fn claim_outbox(&self, limit: i64, lease: SignedDuration) -> Result<Vec<Claimed<OutboxId>>, StoreError> {
        let now = self.now();
        let rows: Vec<(Uuid, Uuid, i64, i32, i32)> = sqlx::query_as(
            "update outbox_queue set leased_until = $2, lease_no = nextval('lease_numbers')
             where outbox_id = any(array(
                 select outbox_id from outbox_queue
                 where due_at <= $1 and (leased_until is null or leased_until <= $1)
                 order by due_at, outbox_id limit $3 for update skip locked))
             returning dealership_id, outbox_id, lease_no, 1, 0",
        )
        .bind(sql(now))
        .bind(sql(later(now, lease)))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(claimed(rows, OutboxId))
    }

    /// Claims jobs that are due, oldest first.
    pub async fn claim_jobs(&self, limit: i64, lease: SignedDuration) -> Result<Vec<Claimed<JobId>>, StoreError> {
        let now = self.now();
        let rows: Vec<(Uuid, Uuid, i64, i32, i32)> = sqlx::query_as(
            "update job_queue set leased_until = $2, lease_no = nextval('lease_numbers')
             where job_id = any(array(
                 select job_id from job_queue
                 where due_at <= $1 and (leased_until is null or leased_until <= $1)
                 order by due_at limit $3 for update skip locked))
             returning dealership_id, job_id, lease_no, 1, 0",
        )
        .bind(sql(now))
        .bind(sql(later(now, lease)))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(claimed(rows, JobId))
    }

    /// Gives a turn back, to be claimed again at `due_at`.
    pub async fn release_turn(&self, claim: Claimed<ConversationId>, due_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "update turn_queue set leased_until = null, due_at = $3 where conversation_id = $1 and lease_no = $2",
        )
        .bind(claim.id.0)
        .bind(claim.lease_no)
        .bind(sql(due_at))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives a turn back that failed, to be tried again at `due_at`.
    pub async fn release_failed_turn(
        &self,
        claim: Claimed<ConversationId>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "update turn_queue set leased_until = null, due_at = $3, failures = failures + 1
             where conversation_id = $1 and lease_no = $2",
        )
        .bind(claim.id.0)
        .bind(claim.lease_no)
        .bind(sql(due_at))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Prolongs the lease of a turn that is still worked on; false when it was lost.
    pub async fn extend_turn_lease(
        &self,
        claim: Claimed<ConversationId>,
        lease: SignedDuration,
    ) -> Result<bool, StoreError> {
        let updated =
            sqlx::query("update turn_queue set leased_until = $3 where conversation_id = $1 and lease_no = $2")
                .bind(claim.id.0)
                .bind(claim.lease_no)
                .bind(sql(later(self.now(), lease)))
                .execute(&self.pool)
                .await?;
        Ok(updated.rows_affected() == 1)
    }

    /// Gives an outbox row back, to be claimed again at `due_at`.
    pub async fn release_outbox(&self, claim: Claimed<OutboxId>, due_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("update outbox_queue set leased_until = null, due_at = $3 where outbox_id = $1 and lease_no = $2")
            .bind(claim.id.0)
            .bind(claim.lease_no)
            .bind(sql(due_at))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// How many turns and sends are due and waiting, for metrics and for draining in tests.
    pub async fn queue_depths(&self) -> Result<QueueDepths, StoreError> {
        let (turns, outbox): (i64, i64) =
            sqlx::query_as("select (select count(*) from turn_queue), (select count(*) from outbox_queue)")
                .fetch_one(&self.pool)
                .await?;
        Ok(QueueDepths { turns, outbox })
    }
}

/// How much waits in the queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepths {
    pub turns: i64,
    pub outbox: i64,
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn claimed<T>(rows: Vec<(Uuid, Uuid, i64, i32, i32)>, id: fn(Uuid) -> T) -> Vec<Claimed<T>> {
    rows.into_iter()
        .map(|(dealership, claimed, lease_no, claims, failures)| Claimed {
            scope: Scope::of(DealershipId(dealership)),
            id: id(claimed),
            lease_no,
            claims,
            failures,
        })
        .collect()
}
