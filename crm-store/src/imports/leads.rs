//! An imported lead: in the status it had, with the owner it had.

use forecourt_domain::{
    ids::{LeadId, UserId, VehicleId},
    lead::{LeadSource, LeadStatus},
};
use jiff::Timestamp;

use super::ImportedParty;
use crate::{CrmTx, StoreError, rows::sql};

/// A lead as another system knew it.
#[derive(Debug, Clone)]
pub struct ImportedLead {
    pub status: LeadStatus,
    pub source: LeadSource,
    pub owner_user_id: Option<UserId>,
    pub vehicle_id: Option<VehicleId>,
    pub note: Option<String>,
    pub created_at: Timestamp,
}

impl CrmTx {
    /// Stores a lead of an imported customer. How it came to its status is not known: the history
    /// begins with the status it arrived in.
    pub async fn import_lead(&mut self, of: &ImportedParty, imported: &ImportedLead) -> Result<LeadId, StoreError> {
        let (tenant, id) = (self.tenant(), LeadId::generate(imported.created_at));
        sqlx::query(
            "with lead as (
                 insert into leads (dealership_id, id, party_id, customer_id, status, source, owner_user_id, vehicle_id,
                     note, created_at, updated_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
             )
             insert into lead_status_audit (dealership_id, id, lead_id, to_status, reason, changed_at)
             values ($1, $11, $2, $5, 'imported', $10)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(of.party_id.0)
        .bind(of.customer_id.0)
        .bind(imported.status.as_str())
        .bind(imported.source.as_str())
        .bind(imported.owner_user_id.map(|id| id.0))
        .bind(imported.vehicle_id.map(|id| id.0))
        .bind(&imported.note)
        .bind(sql(imported.created_at))
        .bind(forecourt_domain::ids::generate(imported.created_at))
        .execute(self.connection())
        .await?;
        self.log_import("lead", id.0).await?;
        Ok(id)
    }
}
