//! What was leaving at the cut: attempts that were committed before it and whose outcome nobody knows yet. That
//! is a provider call that still runs, and one whose outcome has to be looked up.

use forecourt_domain::ids::{AttemptId, ConversationId, MessageId, OutboxId};
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use uuid::Uuid;

use super::switches::SwitchScope;
use crate::{CrmTx, StoreError, rows::sql};

/// Longer than any call of a provider. A report on the delivery can be faster than the call's own answer:
/// within this time such a text counts as leaving, after it the report is believed.
const CALL_ENDS_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// A text that may have left already, or may yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    pub outbox_id: OutboxId,
    pub attempt_id: AttemptId,
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    pub text: String,
    /// When its attempt was committed.
    pub since: Timestamp,
}

/// Whose words a cut stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutWords {
    /// Those of the assistant: a takeover or a switch.
    OfAssistant,
    /// Everybody's: a STOP.
    OfAnybody,
}

impl CrmTx {
    /// The texts within a conversation, a channel or the dealership whose latest attempt has no known
    /// outcome, oldest first. After the cut in this transaction, nothing joins them.
    pub async fn load_leaving(&mut self, scope: SwitchScope, words: CutWords) -> Result<Vec<Leaving>, StoreError> {
        let tenant = self.tenant();
        let (channel, conversation) = scope.reach();
        let rows = sqlx::query(
            "select o.id, o.conversation_id, o.message_id, p.body ->> 'text' as text, a.id as attempt_id, a.started_at
             from outbox o
             join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
             join lateral (select dealership_id, id, started_at from attempts where dealership_id = o.dealership_id and outbox_id = o.id
                 order by attempt_no desc limit 1) a on true
             where o.dealership_id = $1
                 and (o.kind in ('reply', 'acknowledgement', 'fallback') or ($4 and o.kind = 'user_reply'))
                 and (o.status = 'sending' or (a.started_at > $5 and not exists (select from attempt_outcomes e
                     where e.dealership_id = a.dealership_id and e.attempt_id = a.id)))
                 and ($2::text is null or o.channel = $2) and ($3::uuid is null or o.conversation_id = $3)
             order by a.started_at, o.id",
        )
        .bind(tenant)
        .bind(channel)
        .bind(conversation)
        .bind(words == CutWords::OfAnybody)
        .bind(sql(self.now() - CALL_ENDS_WITHIN))
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(read_leaving).collect()
    }
}

fn read_leaving(row: &sqlx::postgres::PgRow) -> Result<Leaving, StoreError> {
    Ok(Leaving {
        outbox_id: OutboxId(row.try_get("id")?),
        attempt_id: AttemptId(row.try_get("attempt_id")?),
        message_id: MessageId(row.try_get::<Uuid, _>("message_id")?),
        conversation_id: ConversationId(row.try_get::<Uuid, _>("conversation_id")?),
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        since: row.try_get::<jiff_sqlx::Timestamp, _>("started_at")?.to_jiff(),
    })
}
