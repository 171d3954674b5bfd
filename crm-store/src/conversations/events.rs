//! What happened to a conversation beside its messages, read from the log: who took it, who gave it back,
//! when the customer said stop, and what was already leaving then.

use forecourt_domain::ids::{ConversationId, MessageId, UserId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::Row;
use uuid::Uuid;

use crate::{CrmTx, StoreError};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    TakenOver,
    HandedBack,
    OptedOut,
    OptedIn,
    /// The owner was told that it goes back to the assistant.
    HandBackAnnounced,
    HandoffDropped,
}

impl EventKind {
    /// The text under which programs know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TakenOver => "taken_over",
            Self::HandedBack => "handed_back",
            Self::OptedOut => "opted_out",
            Self::OptedIn => "opted_in",
            Self::HandBackAnnounced => "hand_back_announced",
            Self::HandoffDropped => "handoff_dropped",
        }
    }

    fn read(kind: &str, details: &Value) -> Option<Self> {
        match (kind, details["owner"].as_str(), details["consent"].as_str()) {
            ("owner.changed", Some("user"), _) => Some(Self::TakenOver),
            ("owner.changed", Some("assistant"), _) => Some(Self::HandedBack),
            ("consent.changed", _, Some("opt_out")) => Some(Self::OptedOut),
            ("consent.changed", _, Some("opt_in")) => Some(Self::OptedIn),
            ("hand_back.announced", _, _) => Some(Self::HandBackAnnounced),
            ("handoff.dropped", _, _) => Some(Self::HandoffDropped),
            _ => None,
        }
    }
}

/// Something that happened to a conversation.
#[derive(Debug, Clone)]
pub struct ThreadEvent {
    pub at: Timestamp,
    pub kind: EventKind,
    /// The first name of the user who did it, where one did.
    pub by: Option<String>,
    /// Who did it, where a user did.
    pub user_id: Option<UserId>,
    /// Messages that were already leaving at this cut.
    pub already_leaving: Vec<MessageId>,
}

impl CrmTx {
    /// The latest events of a conversation, oldest first.
    pub async fn load_thread_events(
        &mut self,
        conversation_id: ConversationId,
        limit: i64,
    ) -> Result<Vec<ThreadEvent>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select a.kind, a.details, a.occurred_at, a.actor_user_id, u.first_name
             from audit_entries a left join users u on u.id = a.actor_user_id
             where a.dealership_id = $1 and a.conversation_id = $2
                 and a.kind in ('owner.changed', 'consent.changed', 'hand_back.announced', 'handoff.dropped')
             order by a.id desc limit $3",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        let mut events = Vec::new();
        // Every reply by hand takes over once more; only the first of an owner tells anything.
        let mut owner = None;
        for row in rows.iter().rev() {
            let details: Value = row.try_get("details")?;
            let Some(kind) = EventKind::read(row.try_get("kind")?, &details) else { continue };
            // Entries of earlier releases hold a number here.
            let already_leaving: Vec<MessageId> =
                serde_json::from_value(details["already_leaving"].clone()).unwrap_or_default();
            let user_id = row.try_get::<Option<Uuid>, _>("actor_user_id")?.map(UserId);
            if kind == EventKind::TakenOver && owner == user_id && already_leaving.is_empty() {
                continue;
            }
            match kind {
                EventKind::TakenOver => owner = user_id,
                EventKind::HandedBack => owner = None,
                _ => {}
            }
            events.push(ThreadEvent {
                at: row.try_get::<jiff_sqlx::Timestamp, _>("occurred_at")?.to_jiff(),
                kind,
                by: row.try_get("first_name")?,
                user_id,
                already_leaving,
            });
        }
        Ok(events)
    }
}
