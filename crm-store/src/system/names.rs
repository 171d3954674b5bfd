//! The names that a dealership's own transactions read from the global tables: its own and its people's.

use forecourt_domain::{
    ids::{DepartmentId, UserId},
    staff::Role,
};
use uuid::Uuid;

use crate::{CrmTx, StoreError, rows::parse};

/// A user who works at this dealership now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    pub user_id: UserId,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    pub department_id: Option<DepartmentId>,
    /// Where the system alerts them; never shown to a customer.
    pub alert_phone: Option<String>,
    pub alert_email: Option<String>,
}

#[derive(sqlx::FromRow)]
struct StaffRow {
    user_id: Uuid,
    first_name: String,
    last_name: String,
    role: String,
    department_id: Option<Uuid>,
    alert_phone: Option<String>,
    alert_email: Option<String>,
}

impl CrmTx {
    /// Everybody whose assignment has not ended and whose account is not disabled, longest here first.
    pub async fn load_staff(&mut self) -> Result<Vec<StaffMember>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<StaffRow> = sqlx::query_as(
            "select a.user_id, u.first_name, u.last_name, a.role, a.department_id, a.alert_phone, a.alert_email
             from assignments a join users u on u.id = a.user_id
             where a.dealership_id = $1 and a.ended_at is null and u.disabled_at is null
             order by a.started_at, a.user_id",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(StaffMember {
                    user_id: UserId(row.user_id),
                    first_name: row.first_name,
                    last_name: row.last_name,
                    role: parse(&row.role)?,
                    department_id: row.department_id.map(DepartmentId),
                    alert_phone: row.alert_phone,
                    alert_email: row.alert_email,
                })
            })
            .collect()
    }
}
