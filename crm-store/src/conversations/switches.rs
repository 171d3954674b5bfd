//! The kill switch of a dealership.

use forecourt_domain::ids::UserId;
use serde_json::json;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    rows::sql,
};

/// The position of a kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AiSwitch {
    Paused,
    On,
}

impl CrmTx {
    /// Pauses or resumes the assistant in the whole dealership. Begin with
    /// [`Store::begin_cut`](crate::Store::begin_cut). On resume, what was held is queued again.
    pub async fn switch_ai(&mut self, user_id: UserId, switch: AiSwitch) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let paused = switch == AiSwitch::Paused;
        sqlx::query(
            "update dealership_profiles set ai_paused_at = case when $2 then $3 end, ai_paused_by = case when $2 then $4 end,
                 version = version + 1
             where dealership_id = $1",
        )
        .bind(tenant)
        .bind(paused)
        .bind(sql(now))
        .bind(user_id.0)
        .execute(self.connection())
        .await?;
        if !paused {
            self.requeue_after_pause().await?;
        }
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::SwitchThrown,
            actor: AuditActor::User(user_id),
            conversation_id: None,
            turn_id: None,
            details: json!({ "switch": "dealership", "paused": paused }),
        }])
        .await?;
        Ok(())
    }

    async fn requeue_after_pause(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "with released as (
                 update outbox set status = 'queued', status_reason = null, updated_at = $2
                 where dealership_id = $1 and status = 'held' and status_reason = 'paused'
                 returning id
             ), queued as (
                 insert into outbox_queue (outbox_id, dealership_id, due_at) select id, $1, $2 from released
                 on conflict do nothing
             )
             insert into turn_queue (conversation_id, dealership_id, due_at)
             select id, dealership_id, $2 from conversations
             where dealership_id = $1 and kind = 'customer' and owner_user_id is null and last_inbound > answered_inbound
             on conflict (conversation_id) do nothing",
        )
        .bind(tenant)
        .bind(sql(self.now()))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Whether the assistant is paused in this dealership or its group.
    pub async fn is_ai_paused(&mut self) -> Result<bool, StoreError> {
        Ok(self.load_switches().await?.0)
    }

    /// Whether the assistant may do nothing in this dealership: it is paused, or the dealership suspended.
    pub(crate) async fn is_assistant_stopped(&mut self) -> Result<bool, StoreError> {
        let (paused, suspended) = self.load_switches().await?;
        Ok(paused || suspended)
    }

    async fn load_switches(&mut self) -> Result<(bool, bool), StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_as(
            "select d.ai_paused_at is not null or coalesce(g.ai_paused_at is not null, false), s.suspended_at is not null
             from dealership_profiles d
             join dealerships s on s.id = d.dealership_id
             left join group_switches g on g.group_id = s.group_id
             where d.dealership_id = $1",
        )
        .bind(tenant)
        .fetch_one(self.connection())
        .await?)
    }
}
