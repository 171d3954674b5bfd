//! What is asked about a conversation once a proposal in it was decided: who must hear of it.

use forecourt_domain::ids::{ConversationId, UserId};
use uuid::Uuid;

use super::Proposal;
use crate::{CrmTx, StoreError};

impl CrmTx {
    /// Whether the customer has read anything of the turn that proposed it.
    pub async fn was_told_of(&mut self, proposal: &Proposal) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select exists (select from messages m
                 where m.dealership_id = $1 and m.conversation_id = $2 and m.turn_id = $3 and m.direction = 'outbound'
                     and not exists (select from outbox o where o.dealership_id = $1 and o.message_id = m.id
                         and o.status = 'cancelled'))",
        )
        .bind(tenant)
        .bind(proposal.conversation_id.0)
        .bind(proposal.turn_id.0)
        .fetch_one(self.connection())
        .await?)
    }

    /// Whether nobody has answered since what the proposed words were to answer.
    pub async fn waits_for_words_of(&mut self, proposal: &Proposal) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select exists (select from conversations where dealership_id = $1 and id = $2 and answered_inbound <= $3)",
        )
        .bind(tenant)
        .bind(proposal.conversation_id.0)
        .bind(proposal.answered_to)
        .fetch_one(self.connection())
        .await?)
    }

    /// The user who answers a conversation, where one does.
    pub async fn find_owner(&mut self, id: ConversationId) -> Result<Option<UserId>, StoreError> {
        let tenant = self.tenant();
        let owner: Option<Option<Uuid>> =
            sqlx::query_scalar("select owner_user_id from conversations where dealership_id = $1 and id = $2")
                .bind(tenant)
                .bind(id.0)
                .fetch_optional(self.connection())
                .await?;
        Ok(owner.flatten().map(UserId))
    }
}
