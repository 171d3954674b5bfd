//! What people need beside the messages to work an inbox: what was stopped, why a person is asked
//! for, how much waits for them, and what changed lately.

use forecourt_domain::{
    conversation::HandoffCategory,
    ids::{AuditEntryId, ConversationId},
};
use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::{CrmTx, StoreError, audit::AuditKind, rows::parse};

/// Words of the assistant that were not sent, for a person to see and use.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: Uuid,
    pub text: String,
    /// `suggested_reply`, `suggested_action`, or what the turn was lost to, such as `owner_changed`.
    pub reason: String,
    pub created_at: Timestamp,
}

/// Why a conversation waits for a person.
#[derive(Debug, Clone)]
pub struct HandoffRequest {
    pub ticket: i64,
    pub category: HandoffCategory,
    /// What the person should know, in the assistant's words.
    pub summary: String,
    pub created_at: Timestamp,
}

/// How much waits for the people of a dealership.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Proposed actions that nobody decided yet.
    pub proposals: i64,
    /// Conversations in which a person is asked for.
    pub handoffs: i64,
    /// Texts that are held because the assistant is paused.
    pub held: i64,
}

/// Something that was written to the log, by id only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedChange {
    pub entry_id: AuditEntryId,
    pub kind: AuditKind,
    pub conversation_id: Option<ConversationId>,
}

impl CrmTx {
    /// The latest drafts of a conversation, oldest first.
    pub async fn load_drafts(&mut self, conversation_id: ConversationId, limit: i64) -> Result<Vec<Draft>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select d.id, d.reason, d.created_at, p.body ->> 'text' as text
             from drafts d join payloads p on p.dealership_id = d.dealership_id and p.id = d.payload_id
             where d.dealership_id = $1 and d.conversation_id = $2
             order by d.id desc limit $3",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        rows.iter().rev().map(read_draft).collect()
    }

    /// The request for a person that nobody took yet, with what they should know.
    pub async fn find_handoff_request(
        &mut self,
        conversation_id: ConversationId,
    ) -> Result<Option<HandoffRequest>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select h.ticket, h.category, h.created_at, p.body ->> 'summary' as summary
             from handoffs h join payloads p on p.dealership_id = h.dealership_id and p.id = h.summary_payload_id
             where h.dealership_id = $1 and h.conversation_id = $2 and h.status = 'open'",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(HandoffRequest {
            ticket: row.try_get("ticket")?,
            category: parse(row.try_get("category")?)?,
            summary: row.try_get::<Option<String>, _>("summary")?.unwrap_or_default(),
            created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        }))
    }

    /// How much waits for people now.
    pub async fn count_waiting(&mut self) -> Result<Waiting, StoreError> {
        let tenant = self.tenant();
        let (proposals, handoffs, held) = sqlx::query_as(
            "select (select count(*) from proposed_actions where dealership_id = $1 and status = 'pending'),
                 (select count(*) from handoffs where dealership_id = $1 and status = 'open'),
                 (select count(*) from outbox where dealership_id = $1 and status = 'held' and status_reason = 'paused')",
        )
        .bind(tenant)
        .fetch_one(self.connection())
        .await?;
        Ok(Waiting { proposals, handoffs, held })
    }

    /// What was logged at or after `since`, oldest first, at most `limit`. An entry becomes visible
    /// when its transaction commits, which may be after a later one: readers look back a little.
    pub async fn load_changes(&mut self, since: Timestamp, limit: i64) -> Result<Vec<LoggedChange>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select id, kind, conversation_id from audit_entries where dealership_id = $1 and id >= $2 order by id limit $3",
        )
        .bind(tenant)
        .bind(first_id_of(since))
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(read_change).collect()
    }
}

/// The smallest uuid v7 of an instant.
fn first_id_of(at: Timestamp) -> Uuid {
    let milliseconds = u128::try_from(at.as_millisecond()).unwrap_or(0);
    Uuid::from_u128(milliseconds << 80)
}

fn read_draft(row: &sqlx::postgres::PgRow) -> Result<Draft, StoreError> {
    Ok(Draft {
        id: row.try_get("id")?,
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        reason: row.try_get("reason")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}

fn read_change(row: &sqlx::postgres::PgRow) -> Result<LoggedChange, StoreError> {
    Ok(LoggedChange {
        entry_id: AuditEntryId(row.try_get("id")?),
        kind: parse(row.try_get("kind")?)?,
        conversation_id: row.try_get::<Option<Uuid>, _>("conversation_id")?.map(ConversationId),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_id_of_an_instant_sorts_before_every_id_made_at_it() {
        let at: Timestamp = "2026-11-20T12:00:00.123Z".parse().unwrap();
        let earlier: Timestamp = "2026-11-20T12:00:00.122Z".parse().unwrap();
        assert!(first_id_of(at) <= AuditEntryId::generate(at).0);
        assert!(AuditEntryId::generate(earlier).0 < first_id_of(at));
    }
}
