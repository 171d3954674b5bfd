//! What the provider says of attempts whose outcome nobody knows.

use forecourt_domain::ids::{AttemptId, OutboxId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{CrmTx, StoreError, rows::sql};

/// What a look-up found out about an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedUp<'a> {
    /// The provider has it, under this id.
    Adopted(&'a str),
    /// The provider does not have it.
    Absent,
}

impl CrmTx {
    /// Notes what a look-up found out about the last attempt of a row, if its process died before it
    /// could say how it ended. An attempt that was known to be ambiguous keeps that outcome.
    pub async fn insert_looked_up_outcome(
        &mut self,
        outbox_id: OutboxId,
        found: LookedUp<'_>,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let (outcome, provider_id) = match found {
            LookedUp::Adopted(provider_id) => ("adopted", Some(provider_id)),
            LookedUp::Absent => ("absent", None),
        };
        sqlx::query(
            "insert into attempt_outcomes (dealership_id, attempt_id, outcome, provider_id, occurred_at)
             select dealership_id, id, $3, $4, $5 from attempts
             where dealership_id = $1 and outbox_id = $2 order by attempt_no desc limit 1
             on conflict do nothing",
        )
        .bind(tenant)
        .bind(outbox_id.0)
        .bind(outcome)
        .bind(provider_id)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Counts a look-up at the provider that found nothing, and asks again at `again_at`.
    pub async fn defer_lookup(&mut self, id: OutboxId, again_at: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "with counted as (
                 update outbox set lookups_made = lookups_made + 1 where dealership_id = $1 and id = $2 returning id
             )
             update outbox_queue q set due_at = $3, leased_until = null from counted c where q.outbox_id = c.id",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(sql(again_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Lets a row whose attempt certainly left no trace be tried again.
    pub async fn requeue_outbox(&mut self, id: OutboxId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "with marked as (
                 update outbox set status = case when status = 'sending' then 'queued' else status end, updated_at = $3
                 where dealership_id = $1 and id = $2 returning id
             )
             update outbox_queue q set due_at = $3, leased_until = null from marked m where q.outbox_id = m.id",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// When the last try of a row began.
    pub async fn last_attempt(&mut self, id: OutboxId) -> Result<Option<(AttemptId, Timestamp)>, StoreError> {
        let tenant = self.tenant();
        let row: Option<(Uuid, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "select id, started_at from attempts where dealership_id = $1 and outbox_id = $2 order by attempt_no desc limit 1",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|(id, at)| (AttemptId(id), at.to_jiff())))
    }

    /// Whether a provider's id already belongs to one of our messages.
    pub async fn is_provider_id_known(&mut self, provider_id: &str) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar("select exists (select from outbox where dealership_id = $1 and provider_id = $2)")
            .bind(tenant)
            .bind(provider_id)
            .fetch_one(self.connection())
            .await?)
    }
}
