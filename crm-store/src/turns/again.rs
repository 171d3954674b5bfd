//! The turn behind words that waited, as it would be read today: for checking them again before they leave.

use forecourt_domain::{
    action::Trigger,
    conversation::Author,
    ids::{ConversationId, MessageId, TurnId},
};
use sqlx::Row;
use uuid::Uuid;

use super::{TurnRow, TurnStart};
use crate::{CrmTx, StoreError, dealership::DealershipProfile, rows::parse};

/// Words that waited, and the turn they came from.
#[derive(Debug, Clone)]
pub struct TurnAgain {
    pub start: TurnStart,
    pub trigger: Trigger,
    /// The assistant, or a user who approved its words.
    pub author: Author,
}

impl CrmTx {
    /// The turn that a message came from, with today's state of its conversation, the history before the
    /// message, and what the turn had journaled. None where no turn wrote it. The conversation must be locked.
    pub async fn load_turn_again(
        &mut self,
        message_id: MessageId,
        dealership: &DealershipProfile,
    ) -> Result<Option<TurnAgain>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select m.conversation_id, m.author, t.id, t.trigger, t.answered_from, t.answered_to, t.restarts
             from messages m join turns t on t.dealership_id = m.dealership_id and t.id = m.turn_id
             where m.dealership_id = $1 and m.id = $2",
        )
        .bind(tenant)
        .bind(message_id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id = ConversationId(row.try_get::<Uuid, _>("conversation_id")?);
        let conversation = self.lock_conversation(id).await?.ok_or(StoreError::NotFound("the conversation"))?;
        let turn_id = TurnId(row.try_get("id")?);
        let turn = TurnRow {
            id: turn_id,
            answered_from: row.try_get("answered_from")?,
            answered_to: row.try_get("answered_to")?,
            restarts: row.try_get("restarts")?,
            journal: self.load_journal(turn_id).await?,
        };
        let mut history = self.load_history(id).await?;
        history.retain(|message| message.id < message_id);
        let start = TurnStart {
            conversation,
            turn,
            history,
            fresh_evidence: self.load_fresh_evidence(id).await?,
            standing: self.load_standing(dealership).await?,
            // These words are among them.
            answers_today: self.count_answers_today(id).await?.saturating_sub(1),
            usage: self.load_usage(dealership.settings.zone.local(self.now()).date()).await?,
        };
        Ok(Some(TurnAgain { start, trigger: parse(row.try_get("trigger")?)?, author: parse(row.try_get("author")?)? }))
    }
}
