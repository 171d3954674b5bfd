//! Conversations that their owner has left: announced to them, then given back to the assistant. Idle means
//! that nobody has taken it or written in it by hand for as long as the dealership allows.

use forecourt_domain::ids::{ConversationId, IntegrationId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::HandsBack;
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    handoffs::HandoffSettings,
    rows::{instant, sql},
};

/// What the idleness of an owner came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idled {
    /// The owner was told that it goes back.
    Announced,
    HandedBack,
}

/// An owned conversation, locked.
struct Owned {
    owner: UserId,
    active_at: Timestamp,
    announced_at: Option<Timestamp>,
    integration_id: Option<IntegrationId>,
    our_address: Option<String>,
    who: Option<String>,
}

/// The times of a dealership where conversations go back.
#[derive(Clone, Copy)]
struct Limits {
    after: SignedDuration,
    notice: SignedDuration,
}

impl Limits {
    fn of(settings: &HandoffSettings) -> Option<Self> {
        let minutes = |minutes: u16| SignedDuration::from_mins(minutes.into());
        let after = minutes(settings.hand_back_after_minutes?);
        Some(Self { after, notice: minutes(settings.hand_back_notice_minutes) })
    }

    /// What is due for an owner who was last active and told then.
    fn due(self, owned: &Owned, now: Timestamp) -> Option<Idled> {
        let idle = now.duration_since(owned.active_at);
        match owned.announced_at {
            None if idle >= self.after - self.notice => Some(Idled::Announced),
            Some(at) if idle >= self.after && now.duration_since(at) >= self.notice => Some(Idled::HandedBack),
            _ => None,
        }
    }
}

impl CrmTx {
    /// The conversations whose owners have been idle for long enough that something is due.
    pub async fn load_idle_conversations(&mut self, limit: i64) -> Result<Vec<ConversationId>, StoreError> {
        let Some(limits) = Limits::of(&self.load_handoff_settings().await?) else { return Ok(Vec::new()) };
        let (tenant, now) = (self.tenant(), self.now());
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from conversations
             where dealership_id = $1 and owner_user_id is not null and kind = 'customer'
                 and ((hand_back_announced_at is null and coalesce(owner_active_at, last_message_at) <= $2)
                     or (hand_back_announced_at <= $3 and coalesce(owner_active_at, last_message_at) <= $4))
             order by id limit $5",
        )
        .bind(tenant)
        .bind(sql(now - (limits.after - limits.notice)))
        .bind(sql(now - limits.notice))
        .bind(sql(now - limits.after))
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        Ok(ids.into_iter().map(ConversationId).collect())
    }

    /// Tells an idle owner that the conversation goes back, or gives it back; none where nothing is due
    /// (any more), because they wrote or another process was first.
    pub async fn hand_back_if_idle(&mut self, id: ConversationId) -> Result<Option<Idled>, StoreError> {
        let Some(limits) = Limits::of(&self.load_handoff_settings().await?) else { return Ok(None) };
        let Some(owned) = self.lock_owned(id).await? else { return Ok(None) };
        let due = limits.due(&owned, self.now());
        match due {
            Some(Idled::Announced) => self.announce_hand_back(id, &owned, limits).await?,
            Some(Idled::HandedBack) => self.hand_back(id, HandsBack::Idleness).await?,
            None => {}
        }
        Ok(due)
    }

    /// When an owned conversation goes back by itself; none where it does not.
    pub async fn find_hand_back_at(&mut self, id: ConversationId) -> Result<Option<Timestamp>, StoreError> {
        let Some(limits) = Limits::of(&self.load_handoff_settings().await?) else { return Ok(None) };
        let tenant = self.tenant();
        let row: Option<(jiff_sqlx::Timestamp, Option<jiff_sqlx::Timestamp>)> = sqlx::query_as(
            "select coalesce(owner_active_at, last_message_at), hand_back_announced_at from conversations
             where dealership_id = $1 and id = $2 and owner_user_id is not null",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|(active_at, announced_at)| {
            let idle = active_at.to_jiff() + limits.after;
            instant(announced_at).map_or(idle, |at| idle.max(at + limits.notice))
        }))
    }

    async fn lock_owned(&mut self, id: ConversationId) -> Result<Option<Owned>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select c.owner_user_id, coalesce(c.owner_active_at, c.last_message_at) as active_at,
                 c.hand_back_announced_at, c.integration_id, c.our_address, nullif(cu.first_name, '') as who
             from conversations c
             left join parties p on p.dealership_id = c.dealership_id and p.id = c.party_id
             left join customers cu on cu.dealership_id = p.dealership_id and cu.id = p.customer_id
             where c.dealership_id = $1 and c.id = $2 and c.owner_user_id is not null for update of c",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Owned {
            owner: UserId(row.try_get("owner_user_id")?),
            active_at: row.try_get::<jiff_sqlx::Timestamp, _>("active_at")?.to_jiff(),
            announced_at: instant(row.try_get("hand_back_announced_at")?),
            integration_id: row.try_get::<Option<Uuid>, _>("integration_id")?.map(IntegrationId),
            our_address: row.try_get("our_address")?,
            who: row.try_get("who")?,
        }))
    }

    async fn announce_hand_back(
        &mut self,
        id: ConversationId,
        owned: &Owned,
        limits: Limits,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query("update conversations set hand_back_announced_at = $3 where dealership_id = $1 and id = $2")
            .bind(tenant)
            .bind(id.0)
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        let profile = self.load_profile().await?;
        let text = format!(
            "{}: your conversation with {} goes back to {} in {} minutes. Reply to the customer to keep it.",
            profile.name,
            owned.who.as_deref().unwrap_or("a customer"),
            profile.settings.assistant_name,
            limits.notice.as_mins(),
        );
        self.enqueue_staff_alert(owned.owner, &text, owned.integration_id, owned.our_address.as_deref()).await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::HandBackAnnounced,
            actor: AuditActor::System,
            conversation_id: Some(id),
            turn_id: None,
            details: json!({ "owner": owned.owner, "minutes": limits.notice.as_mins() }),
        }])
        .await?;
        Ok(())
    }
}
