//! Taking back words that waited until they were no longer true, so that they are answered on today's facts.

use forecourt_domain::{
    delivery::DeliveryStatus,
    ids::{MessageId, OutboxId},
};

use super::OutboxRow;
use crate::{CrmTx, StoreError, rows::sql};

/// What became of words that no longer hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// These rows are cancelled, and what they answered has a turn again.
    Withdrawn(Vec<(OutboxId, MessageId)>),
    /// What the system said of a decision is cancelled; nothing is answered again, and a person has to tell it.
    OfDecision,
    /// A turn runs in the conversation and may end on what is being taken back: ask again later.
    TurnRuns,
}

impl CrmTx {
    /// Cancels a reply of the assistant, and those after it that wait too, because it no longer holds, for
    /// the reason given. The inbound messages they answered count as unanswered again, and a turn is due at once.
    /// What the system says of a decision answers nothing: it is cancelled alone, and stays when words before it
    /// go. The conversation must be locked.
    pub async fn withdraw_words(&mut self, row: &OutboxRow, reason: &str) -> Result<Withdrawal, StoreError> {
        let Some(conversation_id) = row.conversation_id else { return Ok(Withdrawal::Withdrawn(Vec::new())) };
        let (tenant, now) = (self.tenant(), self.now());
        if self.tells_of_decision(row).await? {
            self.settle_outbox(row.id, DeliveryStatus::Cancelled, Some(reason), None).await?;
            return Ok(Withdrawal::OfDecision);
        }
        let turn_runs: bool = sqlx::query_scalar(
            "select exists (select from turns where dealership_id = $1 and conversation_id = $2 and status = 'running')",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_one(self.connection())
        .await?;
        if turn_runs {
            return Ok(Withdrawal::TurnRuns);
        }
        let withdrawn: Vec<(uuid::Uuid, uuid::Uuid)> = sqlx::query_as(
            "with withdrawn as (
                 update outbox o set status = 'cancelled', status_reason = $5, updated_at = $4
                 where o.dealership_id = $1 and o.conversation_id = $2 and o.seq >= $3 and o.kind = 'reply'
                     and (o.status = 'queued' or (o.status = 'held' and o.status_reason = 'hold'))
                     and not exists (select from messages m where m.dealership_id = $1 and m.id = o.message_id
                         and m.author = 'system')
                 returning o.id, o.message_id
             ), unqueued as (
                 delete from outbox_queue q using withdrawn w where q.outbox_id = w.id
             ), reopened as (
                 update conversations set first_unanswered_at = coalesce(first_unanswered_at, $4),
                     answered_inbound = least(answered_inbound, (
                         select min(t.answered_from) from withdrawn w
                         join messages m on m.dealership_id = $1 and m.id = w.message_id
                         join turns t on t.dealership_id = $1 and t.id = m.turn_id))
                 where dealership_id = $1 and id = $2
             ), queued as (
                 insert into turn_queue (conversation_id, dealership_id, due_at) values ($2, $1, $4)
                 on conflict (conversation_id) do nothing
             )
             select id, message_id from withdrawn",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(row.seq)
        .bind(sql(now))
        .bind(reason)
        .fetch_all(self.connection())
        .await?;
        Ok(Withdrawal::Withdrawn(
            withdrawn.into_iter().map(|(id, message)| (OutboxId(id), MessageId(message))).collect(),
        ))
    }

    async fn tells_of_decision(&mut self, row: &OutboxRow) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select exists (select from messages where dealership_id = $1 and id = $2 and author = 'system')",
        )
        .bind(tenant)
        .bind(row.message_id.map(|id| id.0))
        .fetch_one(self.connection())
        .await?)
    }
}
