//! Nobody knows whether an attempt left: the provider is asked, twice, before anything is sent once more.

use forecourt_channels::sms::{FoundSms, SentSearch};
use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::AuditKind,
    outbox::{LookedUp, OutboxRow},
    system::queues::Claimed,
};
use forecourt_domain::{delivery::DeliveryStatus, ids::OutboxId};
use jiff::Timestamp;
use serde_json::json;

use super::{
    LOOKUP_AFTER, MOST_ATTEMPTS, SECOND_LOOKUP_AFTER, Sender, UNKNOWN_AFTER, entry,
    telling::{Trouble, tell_somebody},
};

impl Sender {
    /// Asks the provider for the last attempt of a row, and goes on from its answer.
    pub(super) async fn look_up(&self, claim: Claimed<OutboxId>, row: OutboxRow) -> Result<(), StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        let last = tx.last_attempt(row.id).await?;
        tx.commit().await?;
        let Some((_, attempted_at)) = last else { return self.send_again(claim, &row).await };
        let found = self.ask(claim, &row, attempted_at).await;
        let now = self.store.now();
        match found {
            Ok(found) => match self.unclaimed(claim, found).await? {
                Some(sid) => self.adopt(claim, &row, &sid).await,
                None if row.lookups_made == 0 => self.defer(claim, &row, now + SECOND_LOOKUP_AFTER).await,
                None if row.attempts_made < MOST_ATTEMPTS => self.send_again(claim, &row).await,
                None => self.leave_to_a_human(claim, &row, Some(LookedUp::Absent)).await,
            },
            Err(error) => {
                tracing::warn!(outbox = %row.id, %error, "a sent message could not be looked up");
                if now.duration_since(attempted_at) >= UNKNOWN_AFTER {
                    self.leave_to_a_human(claim, &row, None).await
                } else {
                    self.store.release_outbox(claim, now + LOOKUP_AFTER).await
                }
            }
        }
    }

    /// The texts of these words that the provider has taken since the attempt.
    async fn ask(
        &self,
        claim: Claimed<OutboxId>,
        row: &OutboxRow,
        attempted_at: Timestamp,
    ) -> Result<Vec<FoundSms>, String> {
        let (provider, message) = self.message(claim, row).await.map_err(|error| error.to_string())?;
        let search = SentSearch { to: message.to, from: message.from, sent_after: attempted_at };
        let found = provider.find_sent(&search).await.map_err(|error| error.to_string())?;
        Ok(found.into_iter().filter(|sms| sms.body == message.body).collect())
    }

    /// The first of the provider's messages that belongs to none of ours yet.
    async fn unclaimed(&self, claim: Claimed<OutboxId>, found: Vec<FoundSms>) -> Result<Option<String>, StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        for message in found {
            if !tx.is_provider_id_known(&message.sid).await? {
                return Ok(Some(message.sid));
            }
        }
        Ok(None)
    }

    async fn defer(&self, claim: Claimed<OutboxId>, row: &OutboxRow, again_at: Timestamp) -> Result<(), StoreError> {
        let Some(mut tx) = self.lock_undecided(claim, row).await? else { return Ok(()) };
        tx.defer_lookup(row.id, again_at).await?;
        let details = json!({ "outcome": "absent", "next": "look_up_again" });
        tx.append_audit(&[entry(row, AuditKind::AttemptEnded, details)]).await?;
        tx.commit().await
    }

    /// Queues the row once more under its send id; the gate decides again before it leaves.
    async fn send_again(&self, claim: Claimed<OutboxId>, row: &OutboxRow) -> Result<(), StoreError> {
        let Some(mut tx) = self.lock_undecided(claim, row).await? else { return Ok(()) };
        tx.insert_looked_up_outcome(row.id, LookedUp::Absent).await?;
        tx.requeue_outbox(row.id).await?;
        let details = json!({ "outcome": "absent_twice", "next": "once_more" });
        tx.append_audit(&[entry(row, AuditKind::AttemptEnded, details)]).await?;
        tx.commit().await
    }

    /// The provider has it: its id becomes ours.
    async fn adopt(&self, claim: Claimed<OutboxId>, row: &OutboxRow, sid: &str) -> Result<(), StoreError> {
        let Some(mut tx) = self.lock_undecided(claim, row).await? else { return Ok(()) };
        tx.insert_looked_up_outcome(row.id, LookedUp::Adopted(sid)).await?;
        settle(&mut tx, row, DeliveryStatus::Sent, Some(sid)).await?;
        tx.commit().await
    }

    /// Nobody can say whether it left: a human looks at the conversation.
    async fn leave_to_a_human(
        &self,
        claim: Claimed<OutboxId>,
        row: &OutboxRow,
        found: Option<LookedUp<'_>>,
    ) -> Result<(), StoreError> {
        let Some(mut tx) = self.lock_undecided(claim, row).await? else { return Ok(()) };
        if let Some(found) = found {
            tx.insert_looked_up_outcome(row.id, found).await?;
        }
        settle(&mut tx, row, DeliveryStatus::Unknown, None).await?;
        tell_somebody(&mut tx, row, Trouble::Unknown).await?;
        tx.commit().await
    }

    /// A transaction with the row locked, unless a report of the provider has moved it on while it was
    /// looked up: what a report said is never taken back.
    async fn lock_undecided(&self, claim: Claimed<OutboxId>, row: &OutboxRow) -> Result<Option<CrmTx>, StoreError> {
        let mut tx = self.store.begin(claim.scope).await?;
        let now = tx.lock_outbox(row.id).await?;
        Ok(now.is_some_and(|now| now.status == DeliveryStatus::Sending).then_some(tx))
    }
}

async fn settle(
    tx: &mut CrmTx,
    row: &OutboxRow,
    status: DeliveryStatus,
    provider_id: Option<&str>,
) -> Result<(), StoreError> {
    tx.settle_outbox(row.id, status, Some("looked_up"), provider_id).await?;
    let details = json!({ "outcome": "looked_up", "status": status });
    tx.append_audit(&[entry(row, AuditKind::AttemptEnded, details)]).await?;
    Ok(())
}
