//! An imported appointment: in any status; one that is still open occupies its time as a booked one does.

use forecourt_domain::{
    appointment::{AppointmentKind, AppointmentStatus},
    ids::{AppointmentId, DepartmentId, UserId, VehicleId},
};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::ImportedParty;
use crate::{
    CrmTx, StoreError,
    rows::sql,
    slots::{Resource, occupy},
};

/// An appointment as another system knew it.
#[derive(Debug, Clone)]
pub struct ImportedAppointment {
    pub kind: AppointmentKind,
    pub status: AppointmentStatus,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub department_id: DepartmentId,
    pub vehicle_id: Option<VehicleId>,
    pub with_user_id: Option<UserId>,
    pub note: Option<String>,
    pub created_at: Timestamp,
}

impl CrmTx {
    /// Stores an appointment of an imported customer; none, and nothing written, if it is open and one
    /// of `resources` is taken at its time.
    pub async fn import_appointment(
        &mut self,
        of: &ImportedParty,
        imported: &ImportedAppointment,
        resources: &[Resource],
    ) -> Result<Option<AppointmentId>, StoreError> {
        let tenant = self.tenant();
        let mut savepoint = self.connection().begin().await?;
        let id = insert_appointment(&mut savepoint, tenant, of, imported).await?;
        if imported.status.is_open()
            && !occupy(&mut savepoint, tenant, id, resources, imported.starts_at, imported.ends_at).await?
        {
            savepoint.rollback().await?;
            return Ok(None);
        }
        savepoint.commit().await?;
        self.log_import("appointment", id.0).await?;
        Ok(Some(id))
    }
}

async fn insert_appointment(
    connection: &mut PgConnection,
    tenant: Uuid,
    of: &ImportedParty,
    imported: &ImportedAppointment,
) -> Result<AppointmentId, StoreError> {
    let id = AppointmentId::generate(imported.created_at);
    sqlx::query(
        "insert into appointments
             (dealership_id, id, party_id, customer_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
              with_user_id, note, booked_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'import', $13, $13)",
    )
    .bind(tenant)
    .bind(id.0)
    .bind(of.party_id.0)
    .bind(of.customer_id.0)
    .bind(imported.vehicle_id.map(|id| id.0))
    .bind(imported.kind.as_str())
    .bind(imported.status.as_str())
    .bind(sql(imported.starts_at))
    .bind(sql(imported.ends_at))
    .bind(imported.department_id.0)
    .bind(imported.with_user_id.map(|id| id.0))
    .bind(&imported.note)
    .bind(sql(imported.created_at))
    .execute(connection)
    .await?;
    Ok(id)
}
