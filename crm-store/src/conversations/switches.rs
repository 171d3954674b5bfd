//! The kill switch at its four heights: thrown, taken back, and read by whatever must obey it.

use forecourt_domain::{
    action::Channel,
    autonomy::PausedBy,
    ids::{ConversationId, UserId},
};
use serde_json::{Value, json};

use super::leaving::{CutWords, Leaving};
use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    payloads::NewPayload,
    rows::sql,
};

/// The longest reason that may be given, in characters.
pub const LONGEST_REASON: usize = 200;

/// The position of a kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AiSwitch {
    Paused,
    On,
}

/// What a switch stops. Widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchScope {
    /// Every dealership of the group that the transaction's dealership belongs to.
    Group,
    Dealership,
    Channel(Channel),
    Conversation(ConversationId),
}

impl SwitchScope {
    /// The height of the switch.
    #[must_use]
    pub const fn height(self) -> PausedBy {
        match self {
            Self::Group => PausedBy::Group,
            Self::Dealership => PausedBy::Dealership,
            Self::Channel(_) => PausedBy::Channel,
            Self::Conversation(_) => PausedBy::Conversation,
        }
    }

    /// What of one dealership it reaches: a channel, a conversation, or everything where both are none.
    pub(super) fn reach(self) -> (Option<&'static str>, Option<uuid::Uuid>) {
        match self {
            Self::Group | Self::Dealership => (None, None),
            Self::Channel(channel) => (Some(channel.as_str()), None),
            Self::Conversation(id) => (None, Some(id.0)),
        }
    }

    const fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id) => Some(id),
            Self::Group | Self::Dealership | Self::Channel(_) => None,
        }
    }
}

/// A switch to throw, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct SwitchOrder<'a> {
    pub scope: SwitchScope,
    pub to: AiSwitch,
    pub by: UserId,
    /// At most [`LONGEST_REASON`] characters.
    pub reason: Option<&'a str>,
}

/// What throwing a switch found on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwitchThrown {
    /// Texts of the assistant whose attempt was committed before the cut, and of which nobody knows yet
    /// whether they left.
    pub already_leaving: Vec<Leaving>,
    /// How many there are in the other dealerships of the group.
    pub already_leaving_elsewhere: usize,
}

/// Why a switch was not thrown.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    #[error("only an admin of every dealership in the group may switch the whole group")]
    NotOverTheWholeGroup,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Queues what was held within a switch again, and gives customers who wait for an answer a turn. It runs while
/// everybody waits who would send: it looks at what is held and at who waits, not at all there ever was.
const RELEASE: &str = "\
    with released as (
         update outbox set status = 'queued', status_reason = null, updated_at = $4
         where dealership_id = $1 and status = 'held' and status_reason = 'paused'
             and ($2::text is null or channel = $2) and ($3::uuid is null or conversation_id = $3)
         returning id
     ), queued as (
         insert into outbox_queue (outbox_id, dealership_id, due_at) select id, $1, $4 from released
         on conflict do nothing
     )
     insert into turn_queue (conversation_id, dealership_id, due_at)
     select id, dealership_id, $4 from conversations
     where dealership_id = $1 and kind = 'customer' and owner_user_id is null and last_inbound > answered_inbound
         and ($2::text is null or channel = $2) and ($3::uuid is null or id = $3)
     on conflict (conversation_id) do nothing";

impl Store {
    /// Begins the transaction that throws a switch: above one conversation under the exclusive lock of
    /// the switches, for which every attempt and every end of a turn waits or has been waited for; a
    /// conversation's own switch is its row, which those lock too.
    pub async fn begin_to_throw(
        &self,
        tenant: forecourt_domain::scope::Scope,
        switch: SwitchScope,
    ) -> Result<CrmTx, StoreError> {
        match switch {
            SwitchScope::Group => self.begin_cut_of_group(tenant).await,
            SwitchScope::Dealership | SwitchScope::Channel(_) => self.begin_cut(tenant).await,
            SwitchScope::Conversation(_) => self.begin(tenant).await,
        }
    }
}

impl CrmTx {
    /// Throws a switch. Begin with [`Store::begin_to_throw`]. On resume, what was held is queued again,
    /// and is checked once more before it leaves; what customers wrote meanwhile gets a turn.
    pub async fn throw_switch(&mut self, order: &SwitchOrder<'_>) -> Result<SwitchThrown, SwitchError> {
        match order.scope {
            SwitchScope::Group => return self.throw_group_switch(order).await,
            SwitchScope::Dealership => self.set_dealership_switch(order).await?,
            SwitchScope::Channel(channel) => self.set_channel_switch(channel, order).await?,
            SwitchScope::Conversation(id) => self.set_conversation_switch(id, order).await?,
        }
        let already_leaving = self.follow_switch(order).await?;
        Ok(SwitchThrown { already_leaving, already_leaving_elsewhere: 0 })
    }

    async fn set_dealership_switch(&mut self, order: &SwitchOrder<'_>) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update dealership_profiles set ai_paused_at = case when $2 then $3 end, ai_paused_by = case when $2 then $4 end,
                 ai_pause_reason = case when $2 then $5 end, version = version + 1
             where dealership_id = $1",
        )
        .bind(tenant)
        .bind(order.to == AiSwitch::Paused)
        .bind(sql(now))
        .bind(order.by.0)
        .bind(order.reason)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn set_channel_switch(&mut self, channel: Channel, order: &SwitchOrder<'_>) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let statement = match order.to {
            AiSwitch::Paused => sqlx::query(
                "insert into channel_switches (dealership_id, channel, ai_paused_at, ai_paused_by, reason)
                 values ($1, $2, $3, $4, $5)
                 on conflict (dealership_id, channel) do update set ai_paused_at = excluded.ai_paused_at,
                     ai_paused_by = excluded.ai_paused_by, reason = excluded.reason",
            )
            .bind(tenant)
            .bind(channel.as_str())
            .bind(sql(now))
            .bind(order.by.0)
            .bind(order.reason),
            AiSwitch::On => sqlx::query("delete from channel_switches where dealership_id = $1 and channel = $2")
                .bind(tenant)
                .bind(channel.as_str()),
        };
        statement.execute(self.connection()).await?;
        Ok(())
    }

    async fn set_conversation_switch(&mut self, id: ConversationId, order: &SwitchOrder<'_>) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let changed = sqlx::query(
            "update conversations set ai_paused_at = case when $3 then $4 end, ai_paused_by = case when $3 then $5 end,
                 ai_pause_reason = case when $3 then $6 end
             where dealership_id = $1 and id = $2 and kind = 'customer'",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(order.to == AiSwitch::Paused)
        .bind(sql(now))
        .bind(order.by.0)
        .bind(order.reason)
        .execute(self.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound("the conversation"));
        }
        Ok(())
    }

    /// What follows a switch in this dealership: the log, what is leaving, or what may go on.
    pub(crate) async fn follow_switch(&mut self, order: &SwitchOrder<'_>) -> Result<Vec<Leaving>, StoreError> {
        let leaving = match order.to {
            AiSwitch::Paused => self.load_leaving(order.scope, CutWords::OfAssistant).await?,
            AiSwitch::On => {
                self.release_held(order.scope).await?;
                Vec::new()
            }
        };
        let reason = match order.reason {
            Some(reason) => {
                let payload = NewPayload::new(self.now(), None, json!({ "reason": reason }));
                self.insert_payloads(std::slice::from_ref(&payload)).await?;
                json!({ "payload": payload.id, "commitment": payload.commitment() })
            }
            None => Value::Null,
        };
        let channel = if let SwitchScope::Channel(channel) = order.scope { Some(channel) } else { None };
        let attempts: Vec<_> = leaving.iter().map(|one| json!([one.outbox_id, one.attempt_id])).collect();
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::SwitchThrown,
            actor: AuditActor::User(order.by),
            conversation_id: order.scope.conversation(),
            turn_id: None,
            details: json!({
                "switch": order.scope.height(), "channel": channel, "paused": order.to == AiSwitch::Paused,
                "reason": reason, "already_leaving": attempts,
            }),
        }])
        .await?;
        Ok(leaving)
    }

    /// Queues what was held within a switch again, and gives customers who wait for an answer a turn.
    /// What another switch still stops is held again by whoever would have sent it.
    async fn release_held(&mut self, scope: SwitchScope) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let (channel, conversation) = scope.reach();
        // Conversations before their outbox rows, as everybody does.
        sqlx::query(
            "select from conversations where dealership_id = $1 and id in (select conversation_id from outbox
                 where dealership_id = $1 and status = 'held' and status_reason = 'paused'
                     and ($2::text is null or channel = $2) and ($3::uuid is null or conversation_id = $3))
             order by id for update",
        )
        .bind(tenant)
        .bind(channel)
        .bind(conversation)
        .execute(self.connection())
        .await?;
        sqlx::query(RELEASE)
            .bind(tenant)
            .bind(channel)
            .bind(conversation)
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Whether the assistant is paused in this whole dealership, by its own switch or its group's.
    pub async fn is_ai_paused(&mut self) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select d.ai_paused_at is not null or coalesce(g.ai_paused_at is not null, false)
             from dealership_profiles d
             join dealerships s on s.id = d.dealership_id
             left join group_switches g on g.group_id = s.group_id
             where d.dealership_id = $1",
        )
        .bind(tenant)
        .fetch_one(self.connection())
        .await?)
    }

    /// Whether the assistant may do nothing on a channel: a switch above conversations is thrown, or the
    /// dealership is suspended.
    pub(crate) async fn is_assistant_stopped(&mut self, channel: Channel) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select d.ai_paused_at is not null or coalesce(g.ai_paused_at is not null, false) or s.suspended_at is not null
                 or exists (select from channel_switches k where k.dealership_id = $1 and k.channel = $2)
             from dealership_profiles d
             join dealerships s on s.id = d.dealership_id
             left join group_switches g on g.group_id = s.group_id
             where d.dealership_id = $1",
        )
        .bind(tenant)
        .bind(channel.as_str())
        .fetch_one(self.connection())
        .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{Lot, SENT, plan};

    #[tokio::test]
    async fn what_was_held_is_found_without_looking_at_all_there_is() {
        let lot = Lot::filled_with(&SENT).await;
        let now = sql("2026-11-21T12:00:00Z".parse().unwrap());
        let explained =
            plan(&lot, RELEASE, |query| query.bind(lot.tenant()).bind(None::<&str>).bind(None::<uuid::Uuid>).bind(now));
        insta::assert_snapshot!("release", explained.await);
    }
}
