//! Work that is due by the clock alone: enqueued once under a unique key, claimed from the queue of ids.

use forecourt_domain::ids::JobId;
use jiff::Timestamp;

use crate::{
    CrmTx, StoreError,
    rows::{instant, parse, sql},
};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Marks pending proposals whose time is over.
    ExpireProposals,
}

impl JobKind {
    /// The text under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExpireProposals => "expire_proposals",
        }
    }
}

impl std::str::FromStr for JobKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "expire_proposals" => Ok(Self::ExpireProposals),
            other => Err(StoreError::Corrupt(format!("job kind {other:?}"))),
        }
    }
}

impl CrmTx {
    /// Enqueues a job, due now, unless one with this key was ever enqueued. False when there was one.
    pub async fn enqueue_job(&mut self, kind: JobKind, unique_key: &str) -> Result<bool, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let queued = sqlx::query(
            "with job as (
                 insert into jobs (dealership_id, id, kind, unique_key, status, created_at)
                 values ($1, $2, $3, $4, 'queued', $5)
                 on conflict on constraint jobs_unique_key do nothing
                 returning id
             )
             insert into job_queue (job_id, dealership_id, due_at) select id, $1, $5 from job",
        )
        .bind(tenant)
        .bind(JobId::generate(now).0)
        .bind(kind.as_str())
        .bind(unique_key)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(queued.rows_affected() == 1)
    }

    /// What a claimed job is to do; none when it is done already.
    pub async fn find_queued_job(&mut self, id: JobId) -> Result<Option<JobKind>, StoreError> {
        let tenant = self.tenant();
        let kind: Option<String> = sqlx::query_scalar(
            "select kind from jobs where dealership_id = $1 and id = $2 and status = 'queued' for update",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        kind.as_deref().map(parse).transpose()
    }

    /// Marks a job done in the transaction of its work, and takes it from the queue.
    pub async fn finish_job(&mut self, id: JobId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "with done as (
                 update jobs set status = 'done', attempts = attempts + 1, finished_at = $3
                 where dealership_id = $1 and id = $2
             )
             delete from job_queue where job_id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The earliest expiry among pending proposals whose time is over.
    pub async fn find_overdue_proposal(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let earliest: Option<jiff_sqlx::Timestamp> = sqlx::query_scalar(
            "select min(expires_at) from proposed_actions
             where dealership_id = $1 and status = 'pending' and expires_at <= $2",
        )
        .bind(tenant)
        .bind(sql(now))
        .fetch_one(self.connection())
        .await?;
        Ok(instant(earliest))
    }
}
