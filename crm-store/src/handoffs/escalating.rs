//! A ticket that nobody takes: the next rung is asked when the last one's time is over, and once all had
//! theirs it is counted as dropped. Done once, whoever looks first: the ticket is locked and compared.

use forecourt_domain::{
    conversation::HandoffStatus,
    escalation::{MANAGERS, wait_ends},
    ids::{ConversationId, HandoffId, UserId},
};
use serde_json::json;
use uuid::Uuid;

use super::{Handoff, handoffs, ladder::is_on_duty, read_handoff};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    rows::sql,
};

/// A ticket whose rung has had its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueHandoff {
    pub id: HandoffId,
    pub conversation_id: ConversationId,
}

/// What was done about a ticket that nobody took in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalated {
    /// The next rung was asked.
    Asked,
    /// There was none left: it is counted as dropped.
    Dropped,
}

impl Escalated {
    /// The label of the metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "escalated",
            Self::Dropped => "dropped",
        }
    }
}

impl CrmTx {
    /// The open tickets whose rung has had its time, the longest due first; and those from before there were
    /// ladders, which have none and would never climb.
    pub async fn load_due_handoffs(&mut self, limit: i64) -> Result<Vec<DueHandoff>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "select id, conversation_id from handoffs
             where dealership_id = $1 and status = 'open'
                 and (escalates_at <= $2 or (escalates_at is null and dropped_at is null))
             order by escalates_at, id limit $3",
        )
        .bind(tenant)
        .bind(sql(now))
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        let due = |(id, conversation): (Uuid, Uuid)| DueHandoff {
            id: HandoffId(id),
            conversation_id: ConversationId(conversation),
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Asks the next rung of a ticket, or counts it as dropped. None where somebody took it, or another
    /// process was first.
    pub async fn escalate_handoff(&mut self, due: DueHandoff) -> Result<Option<Escalated>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        // The conversation first, as everybody does who takes it.
        sqlx::query("select from conversations where dealership_id = $1 and id = $2 for update")
            .bind(tenant)
            .bind(due.conversation_id.0)
            .execute(self.connection())
            .await?;
        let row = handoffs!("and h.id = $2 for update of h")
            .bind(tenant)
            .bind(due.id.0)
            .fetch_optional(self.connection())
            .await?;
        let Some(handoff) = row.map(|row| read_handoff(&row)).transpose()? else { return Ok(None) };
        let is_due = handoff.escalates_at.map_or(handoff.dropped_at.is_none(), |at| at <= now);
        if handoff.status != HandoffStatus::Open || !is_due {
            return Ok(None);
        }
        let desk = self.load_desk(handoff.conversation_id).await?;
        let plan = self.plan_escalation(&desk, handoff.category, handoff.owner_user_id).await?;
        let next = usize::from(handoff.level) + 1;
        if !plan.has(next) {
            self.drop_handoff(&handoff).await?;
            return Ok(Some(Escalated::Dropped));
        }
        let ends = wait_ends(plan.hours.as_ref(), handoff.priority, now, plan.wait_of(next));
        sqlx::query(
            "update handoffs set level = $3, escalates_at = $4, due_at = coalesce(due_at, $5), version = version + 1
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(handoff.id.0)
        .bind(i16::try_from(next).unwrap_or(i16::MAX))
        .bind(sql(ends))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        let (people, ticket) = (plan.people_of(next), handoff.ticket_number());
        let text = format!(
            "ticket {ticket} ({}) is still waiting; nobody has taken it. Open the console to take it.",
            handoff.category
        );
        self.alert_people(&desk, people, &text).await?;
        let details = json!({ "ticket": ticket, "level": next, "asked": people, "until": ends });
        self.log_handoff(&handoff, AuditKind::HandoffEscalated, AuditActor::System, details).await?;
        Ok(Some(Escalated::Asked))
    }

    /// Counts a ticket as dropped, once, and tells the managers. It stays open.
    async fn drop_handoff(&mut self, handoff: &Handoff) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update handoffs set dropped_at = $3, escalates_at = null, due_at = coalesce(due_at, $3), version = version + 1
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(handoff.id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        let ticket = handoff.ticket_number();
        let managers: Vec<UserId> = self
            .load_staff()
            .await?
            .iter()
            .filter(|member| MANAGERS.contains(&member.role) && is_on_duty(member))
            .map(|member| member.user_id)
            .collect();
        let desk = self.load_desk(handoff.conversation_id).await?;
        let text = format!(
            "DROPPED: nobody took ticket {ticket} ({}) in time. The customer still waits. Open the console to take it.",
            handoff.category
        );
        self.alert_people(&desk, &managers, &text).await?;
        let details = json!({ "ticket": ticket, "level": handoff.level, "told": managers });
        self.log_handoff(handoff, AuditKind::HandoffDropped, AuditActor::System, details).await
    }

    pub(crate) async fn log_handoff(
        &mut self,
        handoff: &Handoff,
        kind: AuditKind,
        actor: AuditActor,
        details: serde_json::Value,
    ) -> Result<(), StoreError> {
        let conversation_id = Some(handoff.conversation_id);
        self.append_audit(&[NewAuditEntry { kind, actor, conversation_id, turn_id: None, details }]).await?;
        Ok(())
    }
}
