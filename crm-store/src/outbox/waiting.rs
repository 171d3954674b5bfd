//! What words that waited were written on, for whoever decides again whether they may leave.

use forecourt_domain::conversation::Author;
use jiff::SignedDuration;

use super::OutboxRow;
use crate::{CrmTx, StoreError, rows::sql};

/// What a decision on waiting words rests on beside the conversation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingWords {
    /// A person approved them.
    pub approved: bool,
    /// Every message they answer arrived above `claimed`.
    pub proven: bool,
    /// Answers of the assistant in the 24 hours before, themselves and later ones left out.
    pub answers_before: u32,
}

impl CrmTx {
    /// What words that wait were written on; none where the row carries no message of a conversation.
    pub async fn find_waiting_words(&mut self, row: &OutboxRow) -> Result<Option<WaitingWords>, StoreError> {
        let (Some(conversation), Some(message)) = (row.conversation_id, row.message_id) else { return Ok(None) };
        let (tenant, since) = (self.tenant(), self.now() - SignedDuration::from_hours(24));
        let found: Option<(bool, bool, i64)> = sqlx::query_as(
            "select m.author = $6,
                 coalesce((select bool_and(coalesce(i.assurance, 'claimed') <> 'claimed') from messages i
                     where i.dealership_id = $1 and i.conversation_id = $2 and i.inbound_no > t.answered_from
                         and i.inbound_no <= t.answered_to), true),
                 (select count(*) from outbox e where e.dealership_id = $1 and e.conversation_id = $2 and e.seq < $4
                     and e.kind in ('reply', 'acknowledgement', 'fallback') and e.created_at > $5)
             from messages m left join turns t on t.dealership_id = m.dealership_id and t.id = m.turn_id
             where m.dealership_id = $1 and m.id = $3",
        )
        .bind(tenant)
        .bind(conversation.0)
        .bind(message.0)
        .bind(row.seq)
        .bind(sql(since))
        .bind(Author::UserViaAssistant.as_str())
        .fetch_optional(self.connection())
        .await?;
        Ok(found.map(|(approved, proven, answers)| WaitingWords {
            approved,
            proven,
            answers_before: u32::try_from(answers).unwrap_or(u32::MAX),
        }))
    }
}
