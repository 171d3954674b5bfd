//! The history a turn reads: the latest messages, from a point that stays put for many turns.

use forecourt_domain::{
    contact::Assurance,
    conversation::{Author, Direction},
    ids::{ConversationId, MessageId},
};
use jiff::Timestamp;
use sqlx::Row;

use crate::{
    CrmTx, StoreError,
    rows::{parse, parse_opt},
};

/// How many of the latest messages a turn reads at most, and where a longer history may begin: at an
/// inbound message whose number is a multiple of the block. So the beginning of a request stays the
/// same for many turns and a provider's prompt cache hits.
const HISTORY_LIMIT: i64 = 120;
const HISTORY_BLOCK: i64 = 20;

/// One message of the history.
#[derive(Debug, Clone)]
pub struct HistoryMessage {
    pub id: MessageId,
    pub direction: Direction,
    pub author: Author,
    pub text: String,
    pub assurance: Option<Assurance>,
    pub inbound_no: Option<i64>,
    pub created_at: Timestamp,
}

impl CrmTx {
    /// The latest messages of a conversation, oldest first. Words that were taken back before they left
    /// were never said.
    pub async fn load_history(&mut self, conversation_id: ConversationId) -> Result<Vec<HistoryMessage>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select m.id, m.direction, m.author, m.assurance, m.inbound_no, m.created_at, (
                 select p.body ->> 'text' from payloads p where p.dealership_id = m.dealership_id and p.id = m.payload_id
             ) as text
             from messages m
             where m.dealership_id = $1 and m.conversation_id = $2
                 and not exists (select from outbox o where o.dealership_id = m.dealership_id and o.message_id = m.id
                     and o.status = 'cancelled')
             order by m.id desc limit $3",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(HISTORY_LIMIT)
        .fetch_all(self.connection())
        .await?;
        let mut history = rows.iter().map(read_history).collect::<Result<Vec<_>, _>>()?;
        history.reverse();
        let begins_block = |message: &HistoryMessage| message.inbound_no.is_some_and(|no| no % HISTORY_BLOCK == 0);
        if i64::try_from(history.len()) == Ok(HISTORY_LIMIT)
            && let Some(first) = history.iter().position(begins_block)
        {
            history.drain(..first);
        }
        Ok(history)
    }
}

fn read_history(row: &sqlx::postgres::PgRow) -> Result<HistoryMessage, StoreError> {
    Ok(HistoryMessage {
        id: MessageId(row.try_get("id")?),
        direction: parse(row.try_get("direction")?)?,
        author: parse(row.try_get("author")?)?,
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        assurance: parse_opt(row.try_get("assurance")?)?,
        inbound_no: row.try_get("inbound_no")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}
