//! What was leaving at the cut: attempts that were committed before it and whose outcome nobody knows yet. That
//! is a provider call that still runs, and one whose outcome has to be looked up.

use forecourt_domain::ids::{self, AttemptId, ConversationId, MessageId, OutboxId};
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

/// While it runs everybody waits who would send, so it looks at what is being sent and at the attempts of the last
/// minute only, by their ids: never at all that was ever sent.
const LEAVING: &str = "\
    with may_leave as (
        select id from outbox where dealership_id = $1 and status = 'sending'
        union
        select outbox_id from attempts where dealership_id = $1 and id >= $6
    )
    select o.id, o.conversation_id, o.message_id, p.body ->> 'text' as text, a.id as attempt_id, a.started_at
    from may_leave l
    join outbox o on o.dealership_id = $1 and o.id = l.id
    join payloads p on p.dealership_id = $1 and p.id = o.payload_id
    join lateral (select dealership_id, id, started_at from attempts where dealership_id = $1 and outbox_id = l.id
        order by attempt_no desc limit 1) a on true
    where (o.kind in ('reply', 'acknowledgement', 'fallback') or ($4 and o.kind = 'user_reply'))
        and (o.status = 'sending' or (a.started_at > $5 and not exists (select from attempt_outcomes e
            where e.dealership_id = $1 and e.attempt_id = a.id)))
        and ($2::text is null or o.channel = $2) and ($3::uuid is null or o.conversation_id = $3)
    order by a.started_at, o.id";

impl CrmTx {
    /// The texts within a conversation, a channel or the dealership whose latest attempt has no known
    /// outcome, oldest first. After the cut in this transaction, nothing joins them.
    pub async fn load_leaving(&mut self, scope: SwitchScope, words: CutWords) -> Result<Vec<Leaving>, StoreError> {
        let tenant = self.tenant();
        let (channel, conversation) = scope.reach();
        let since = self.now() - CALL_ENDS_WITHIN;
        let rows = sqlx::query(LEAVING)
            .bind(tenant)
            .bind(channel)
            .bind(conversation)
            .bind(words == CutWords::OfAnybody)
            .bind(sql(since))
            .bind(ids::floor(since))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{Lot, SENT, plan};

    #[tokio::test]
    async fn what_is_leaving_is_found_without_looking_at_all_that_was_sent() {
        let lot = Lot::filled_with(&SENT).await;
        let since: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let explained = plan(&lot, LEAVING, |query| {
            let query = query.bind(lot.tenant()).bind(None::<&str>).bind(None::<Uuid>).bind(false);
            query.bind(sql(since)).bind(ids::floor(since))
        });
        // Not which partitions there are.
        let explained = explained.await;
        let lines: Vec<_> = explained.lines().filter(|line| !line.contains("payload")).collect();
        insta::assert_snapshot!("leaving", lines.join("\n"));
    }
}
