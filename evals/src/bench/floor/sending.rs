//! A reply leaves: claimed, its attempt committed, its outcome stored. Three commits around the call.

use forecourt_domain::ids::generate;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use uuid::Uuid;

use super::rows::Statements;

/// A send whose attempt was committed.
pub(super) struct Leaving {
    pub outbox_id: Uuid,
    pub sender: String,
    pub recipient: String,
    pub text: String,
    dealership: Uuid,
    attempt: Uuid,
}

impl Statements {
    /// `None`: as with a turn.
    pub async fn claim_send(&self) -> anyhow::Result<Option<(Uuid, Uuid)>> {
        let now = self.clock.now();
        Ok(sqlx::query_as(
            "update outbox_queue set leased_until = $2, lease_no = nextval('lease_numbers')
             where outbox_id = any(array(
                 select outbox_id from outbox_queue
                 where due_at <= $1 and (leased_until is null or leased_until <= $1)
                 order by due_at, outbox_id limit 1 for update skip locked))
             returning dealership_id, outbox_id",
        )
        .bind(now.to_sqlx())
        .bind((now + SignedDuration::from_secs(30)).to_sqlx())
        .fetch_optional(&self.pool)
        .await?)
    }

    pub async fn begin_attempt(&self, (dealership, outbox_id): (Uuid, Uuid)) -> anyhow::Result<Leaving> {
        let (mut tx, now) = self.begin(dealership).await?;
        let (sender, recipient, body): (String, String, Value) = sqlx::query_as(
            "select o.sender, o.recipient, p.body from outbox o
             join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
             where o.dealership_id = $1 and o.id = $2 for update of o",
        )
        .bind(dealership)
        .bind(outbox_id)
        .fetch_one(&mut *tx)
        .await?;
        let attempt = generate(now);
        sqlx::query(
            "with started as (
                 insert into attempts (dealership_id, id, outbox_id, attempt_no, started_at) values ($1, $2, $3, 1, $4)
             ), marked as (
                 update outbox set status = 'sending', attempts_made = 1, updated_at = $4 where dealership_id = $1 and id = $3
             )
             update outbox_queue set due_at = $5, leased_until = null where outbox_id = $3",
        )
        .bind(dealership)
        .bind(attempt)
        .bind(outbox_id)
        .bind(now.to_sqlx())
        .bind((now + SignedDuration::from_secs(30)).to_sqlx())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let text = body["text"].as_str().unwrap_or_default().to_owned();
        Ok(Leaving { outbox_id, sender, recipient, text, dealership, attempt })
    }

    pub async fn store_outcome(&self, leaving: &Leaving, sid: Option<&str>) -> anyhow::Result<()> {
        let (mut tx, now) = self.begin(leaving.dealership).await?;
        sqlx::query(
            "with ended as (
                 insert into attempt_outcomes (dealership_id, attempt_id, outcome, provider_id, occurred_at)
                 values ($1, $2, 'accepted', $3, $4)
             ), marked as (
                 update outbox set status = 'sent', provider_id = $3, updated_at = $4 where dealership_id = $1 and id = $5
             )
             delete from outbox_queue where outbox_id = $5",
        )
        .bind(leaving.dealership)
        .bind(leaving.attempt)
        .bind(sid)
        .bind(now.to_sqlx())
        .bind(leaving.outbox_id)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
