//! A ticket that is open and turns out to be more urgent: whoever is first on its ladder hears of it anew.

use forecourt_domain::{
    conversation::HandoffStatus,
    escalation::wait_ends,
    ids::{HandoffId, PayloadId},
};
use serde_json::json;
use uuid::Uuid;

use super::{Handoff, NewHandoff, handoffs, read_handoff};
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind},
    payloads::NewPayload,
    rows::sql,
};

impl CrmTx {
    /// Gives an open ticket the category of a new request that is more urgent than it, with a deadline counted
    /// from now and what the new request says before what was known. None where the ticket is as urgent already
    /// or not open any more. The conversation must be locked.
    pub async fn raise_handoff(&mut self, id: HandoffId, new: &NewHandoff) -> Result<Option<Handoff>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row = handoffs!("and h.id = $2 for update of h")
            .bind(tenant)
            .bind(id.0)
            .fetch_optional(self.connection())
            .await?;
        let Some(open) = row.map(|row| read_handoff(&row)).transpose()? else { return Ok(None) };
        let priority = new.category.priority();
        // The most urgent is declared first.
        if open.status != HandoffStatus::Open || priority >= open.priority {
            return Ok(None);
        }
        let desk = self.load_desk(open.conversation_id).await?;
        let plan = self.plan_escalation(&desk, new.category, new.asked_first).await?;
        let ends = |wait| wait_ends(plan.hours.as_ref(), priority, now, wait);
        let (due_at, escalates_at) = (ends(plan.deadline), ends(plan.wait_of(0)));
        let summary = self.summary_with(id, new).await?;
        sqlx::query(
            "update handoffs set category = $3, priority = $4, summary_payload_id = $5, department_id = $6,
                 due_at = least(due_at, $7), escalates_at = $8, level = 0, version = version + 1
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.category.as_str())
        .bind(priority.as_str())
        .bind(summary.0)
        .bind(plan.department_id.map(|id| id.0))
        .bind(sql(due_at))
        .bind(sql(escalates_at))
        .execute(self.connection())
        .await?;
        let (people, ticket) = (plan.people_of(0), open.ticket_number());
        let text =
            format!("ticket {ticket} is more urgent now ({}). Open the console to answer the customer.", new.category);
        self.alert_people(&desk, people, &text).await?;
        let details = json!({
            "ticket": ticket, "category": new.category, "priority": priority, "was": open.priority, "asked": people,
            "until": escalates_at,
        });
        self.log_handoff(&open, AuditKind::HandoffRaised, AuditActor::System, details).await?;
        self.find_handoff(id).await
    }

    /// What the new request says, then what the ticket said.
    async fn summary_with(&mut self, id: HandoffId, new: &NewHandoff) -> Result<PayloadId, StoreError> {
        let tenant = self.tenant();
        let (party, before): (Option<Uuid>, Option<String>) = sqlx::query_as(
            "select p.party_id, p.body ->> 'summary' from handoffs h
             join payloads p on p.dealership_id = h.dealership_id and p.id = h.summary_payload_id
             where h.dealership_id = $1 and h.id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_one(self.connection())
        .await?;
        let now = new.summary.body()["summary"].as_str().unwrap_or_default();
        let text = before
            .filter(|before| !before.is_empty())
            .map_or_else(|| now.to_owned(), |before| format!("{now} Before: {before}"));
        let payload =
            NewPayload::new(self.now(), party.map(forecourt_domain::ids::PartyId), json!({ "summary": text }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        Ok(payload.id)
    }
}
