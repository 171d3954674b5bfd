//! Tries to send: what binds them is read and locked, each is committed before its call, and how it ended is
//! a row of its own.

use forecourt_domain::{
    delivery::DeliveryStatus,
    ids::{AttemptId, ConversationId, IntegrationId, MessageId, OutboxId, PartyId, UserId},
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::Row;
use uuid::Uuid;

use super::{AttemptOutcome, OutboxRow, SendState};
use crate::{
    CrmTx, StoreError,
    rows::{instant, parse, sql, sql_opt},
};

impl CrmTx {
    /// One outbox row with what binds it, both locked until this transaction ends. The conversation is
    /// locked first, as everybody does who may cancel the row; only then is anything read. The
    /// transaction must have been begun by [`Store::begin_before_cut`](crate::Store::begin_before_cut).
    pub async fn lock_send(&mut self, id: OutboxId) -> Result<Option<(OutboxRow, SendState)>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "select from conversations c where c.dealership_id = $1
                 and c.id = (select conversation_id from outbox where dealership_id = $1 and id = $2) for update",
        )
        .bind(tenant)
        .bind(id.0)
        .execute(self.connection())
        .await?;
        let row = sqlx::query(
            "select o.id, o.kind, o.conversation_id, o.message_id, o.seq, o.channel, o.integration_id, o.sender, o.recipient,
                 p.body, o.status, o.status_reason, o.not_before, o.hold_until, o.stopped_by, o.sources, o.provider_id, o.error_code, o.attempts_made,
                 o.lookups_made, o.created_at, o.updated_at, c.party_id,
                 coalesce(c.owner_user_id is not null, false) as owned_by_user,
                 coalesce(c.ai_paused_at is not null, false) as conversation_paused,
                 d.ai_paused_at is not null as dealership_paused, coalesce(g.ai_paused_at is not null, false) as group_paused,
                 exists (select from channel_switches k where k.dealership_id = $1 and k.channel = o.channel) as channel_paused,
                 s.suspended_at is not null as suspended, coalesce(cp.opted_out_at is not null, false) as opted_out,
                 exists (select from outbox e where e.dealership_id = $1 and e.conversation_id = o.conversation_id
                     and e.seq < o.seq and (e.status = 'sending' or (coalesce(e.not_before <= $3, true) and (e.status = 'queued'
                         or (e.status = 'held' and e.status_reason = 'hold' and o.kind <> 'keyword_answer'))))) as earlier_pending
             from outbox o
             join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
             join dealership_profiles d on d.dealership_id = o.dealership_id
             join dealerships s on s.id = o.dealership_id
             left join group_switches g on g.group_id = s.group_id
             left join conversations c on c.dealership_id = o.dealership_id and c.id = o.conversation_id
             left join contact_points cp on cp.dealership_id = o.dealership_id and cp.id = o.contact_point_id
             where o.dealership_id = $1 and o.id = $2
             for update of o",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| Ok((read_outbox(&row)?, read_send_state(&row)?))).transpose()
    }

    /// One outbox row, locked until this transaction ends; for reports that bind nothing.
    pub async fn lock_outbox(&mut self, id: OutboxId) -> Result<Option<OutboxRow>, StoreError> {
        Ok(self.lock_send(id).await?.map(|(row, _)| row))
    }

    /// Puts a row off until an instant that the policies name; words after it do not wait for it. The row must
    /// be locked.
    pub async fn defer_send(&mut self, id: OutboxId, until: Timestamp) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query("update outbox set not_before = $3, updated_at = $4 where dealership_id = $1 and id = $2")
            .bind(tenant)
            .bind(id.0)
            .bind(sql(until))
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Commits to a try: the row is `sending`, and nobody else may try until `retry_at`.
    pub async fn insert_attempt(&mut self, row: &OutboxRow, retry_at: Timestamp) -> Result<AttemptId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let attempt_id = AttemptId::generate(now);
        sqlx::query(
            "with started as (
                 insert into attempts (dealership_id, id, outbox_id, attempt_no, started_at) values ($1, $2, $3, $4, $5)
             ), marked as (
                 update outbox set status = 'sending', status_reason = null, attempts_made = $4, lookups_made = 0, updated_at = $5
                 where dealership_id = $1 and id = $3
             )
             update outbox_queue set due_at = $6, leased_until = null where outbox_id = $3",
        )
        .bind(tenant)
        .bind(attempt_id.0)
        .bind(row.id.0)
        .bind(row.attempts_made + 1)
        .bind(sql(now))
        .bind(sql(retry_at))
        .execute(self.connection())
        .await?;
        Ok(attempt_id)
    }

    /// Records how a try ended and what the row is now; the queue entry goes, or waits until `again_at`.
    /// The first text of the assistant that was taken is remembered at its recipient: only then has
    /// somebody been told who writes and how to stop.
    pub async fn record_outcome(
        &mut self,
        outbox_id: OutboxId,
        attempt_id: AttemptId,
        outcome: &AttemptOutcome,
        status: DeliveryStatus,
        again_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let provider_id = if let AttemptOutcome::Accepted { provider_id } = outcome { Some(provider_id) } else { None };
        let error_code = if let AttemptOutcome::Refused { code } = outcome { code.as_ref() } else { None };
        // A status callback may have been faster than the provider's own answer: never move back. As
        // everywhere here the queue's row is joined to the changed one, so that it is locked after it:
        // a report locks the outbox row first, and in the other order the two would wait for each other.
        sqlx::query(
            "with ended as (
                 insert into attempt_outcomes (dealership_id, attempt_id, outcome, provider_id, error_code, occurred_at)
                 values ($1, $2, $3, $4, $5, $6)
             ), marked as (
                 update outbox set status = case when status in ('sending', 'queued') then $7 else status end,
                     provider_id = coalesce(provider_id, $4), error_code = coalesce($5, error_code), updated_at = $6
                 where dealership_id = $1 and id = $8 returning id, kind, contact_point_id
             ), texted as (
                 update contact_points p set first_texted_at = $6 from marked m
                 where p.dealership_id = $1 and p.id = m.contact_point_id and p.first_texted_at is null
                     and $3 in ('accepted', 'simulated') and m.kind in ('reply', 'acknowledgement', 'fallback')
             ), waiting as (
                 update outbox_queue q set due_at = $9, leased_until = null from marked m
                 where q.outbox_id = m.id and $9 is not null
             )
             delete from outbox_queue q using marked m where q.outbox_id = m.id and $9 is null",
        )
        .bind(tenant)
        .bind(attempt_id.0)
        .bind(outcome.as_str())
        .bind(provider_id)
        .bind(error_code)
        .bind(sql(now))
        .bind(status.as_str())
        .bind(outbox_id.0)
        .bind(sql_opt(again_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Stores a provider's report and moves the row forward, never back.
    pub async fn record_delivery_report(
        &mut self,
        row: &OutboxRow,
        provider_id: &str,
        raw_status: &str,
        status: Option<DeliveryStatus>,
        error_code: Option<&str>,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let next = status.filter(|next| row.status.may_become(*next));
        sqlx::query(
            "with reported as (
                 insert into delivery_reports (dealership_id, id, outbox_id, provider_status, error_code, received_at)
                 values ($1, $2, $3, $4, $5, $6)
             ), settled as (
                 delete from outbox_queue where outbox_id = $3 and $7::text is not null
             )
             update outbox set status = coalesce($7, status), provider_id = coalesce(provider_id, $8),
                 error_code = coalesce($5, error_code), updated_at = $6
             where dealership_id = $1 and id = $3",
        )
        .bind(tenant)
        .bind(forecourt_domain::ids::generate(now))
        .bind(row.id.0)
        .bind(raw_status)
        .bind(error_code)
        .bind(sql(now))
        .bind(next.map(DeliveryStatus::as_str))
        .bind(provider_id)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn read_send_state(row: &sqlx::postgres::PgRow) -> Result<SendState, StoreError> {
    Ok(SendState {
        owned_by_user: row.try_get("owned_by_user")?,
        conversation_paused: row.try_get("conversation_paused")?,
        dealership_paused: row.try_get("dealership_paused")?,
        channel_paused: row.try_get("channel_paused")?,
        group_paused: row.try_get("group_paused")?,
        suspended: row.try_get("suspended")?,
        opted_out: row.try_get("opted_out")?,
        earlier_pending: row.try_get("earlier_pending")?,
    })
}

fn read_outbox(row: &sqlx::postgres::PgRow) -> Result<OutboxRow, StoreError> {
    let sources: Value = row.try_get("sources")?;
    Ok(OutboxRow {
        id: OutboxId(row.try_get("id")?),
        kind: row.try_get::<&str, _>("kind")?.parse()?,
        conversation_id: row.try_get::<Option<Uuid>, _>("conversation_id")?.map(ConversationId),
        party_id: row.try_get::<Option<Uuid>, _>("party_id")?.map(PartyId),
        message_id: row.try_get::<Option<Uuid>, _>("message_id")?.map(MessageId),
        seq: row.try_get("seq")?,
        channel: parse(row.try_get("channel")?)?,
        integration_id: row.try_get::<Option<Uuid>, _>("integration_id")?.map(IntegrationId),
        sender: row.try_get("sender")?,
        recipient: row.try_get("recipient")?,
        body: row.try_get("body")?,
        status: parse(row.try_get("status")?)?,
        status_reason: row.try_get("status_reason")?,
        not_before: instant(row.try_get("not_before")?),
        hold_until: instant(row.try_get("hold_until")?),
        stopped_by: row.try_get::<Option<Uuid>, _>("stopped_by")?.map(UserId),
        sources: serde_json::from_value(sources).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        provider_id: row.try_get("provider_id")?,
        error_code: row.try_get("error_code")?,
        attempts_made: row.try_get("attempts_made")?,
        lookups_made: row.try_get("lookups_made")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        updated_at: row.try_get::<jiff_sqlx::Timestamp, _>("updated_at")?.to_jiff(),
    })
}
