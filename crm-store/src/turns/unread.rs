//! A turn that is given up: locked and ended without reading anything that may be what it fails on.

use forecourt_domain::ids::{ConversationId, TurnId};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    system::queues::Claimed,
    turns::{TurnConversation, TurnRow},
};

impl CrmTx {
    /// As [`begin_turn`](Self::begin_turn), but reads neither history, evidence nor journal. `None`: the
    /// lease is not ours any more, or there is nothing to answer.
    pub async fn begin_unread_turn(
        &mut self,
        claim: Claimed<ConversationId>,
        model: &str,
    ) -> Result<Option<(TurnConversation, TurnRow)>, StoreError> {
        let Some((conversation, answered)) = self.lock_for_turn(claim).await? else { return Ok(None) };
        let tenant = self.tenant();
        let running: Option<(Uuid, i64, i64, i16)> = sqlx::query_as(
            "update turns set lease_no = $3 where dealership_id = $1 and conversation_id = $2 and status = 'running'
             returning id, answered_from, answered_to, restarts",
        )
        .bind(tenant)
        .bind(conversation.id.0)
        .bind(conversation.seen.lease_no)
        .fetch_optional(self.connection())
        .await?;
        let turn = match running {
            Some((id, answered_from, answered_to, restarts)) => {
                Some(TurnRow { id: TurnId(id), answered_from, answered_to, restarts, journal: Vec::new() })
            }
            None => self.find_or_insert_turn(&conversation, answered, model).await?,
        };
        if turn.is_none() {
            self.clear_turn_queue(&conversation).await?;
        }
        Ok(turn.map(|turn| (conversation, turn)))
    }
}
