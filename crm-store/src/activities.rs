//! The timeline: what happened with a customer. Rows are only ever added.

use forecourt_domain::{
    ids::{ActivityId, CustomerId, LeadId, PartyId, UserId},
    task::ActivityKind,
};

use crate::{CrmTx, StoreError, rows::sql};

/// Something that happened, about to be stored. `subject` is one line for the people of the dealership.
#[derive(Debug, Clone)]
pub struct NewActivity {
    pub kind: ActivityKind,
    pub subject: String,
    pub party_id: Option<PartyId>,
    pub customer_id: Option<CustomerId>,
    pub lead_id: Option<LeadId>,
    /// None for the assistant and the system.
    pub by_user_id: Option<UserId>,
}

impl CrmTx {
    /// Adds to the timeline.
    pub async fn insert_activity(&mut self, new: &NewActivity) -> Result<ActivityId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let id = ActivityId::generate(now);
        sqlx::query(
            "insert into activities
                 (dealership_id, id, party_id, customer_id, lead_id, kind, subject, by_user_id, occurred_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.party_id.map(|id| id.0))
        .bind(new.customer_id.map(|id| id.0))
        .bind(new.lead_id.map(|id| id.0))
        .bind(new.kind.as_str())
        .bind(&new.subject)
        .bind(new.by_user_id.map(|id| id.0))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(id)
    }
}
