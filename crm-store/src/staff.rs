//! Assignments: a user's role at this dealership, ended and never deleted.

use forecourt_domain::{
    contact::{E164, EmailAddress},
    ids::{DepartmentId, UserId},
    staff::Role,
};

use crate::{CrmTx, StoreError, rows::sql};

/// A user's role at this dealership, about to be stored.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    pub user_id: UserId,
    pub role: Role,
    pub department_id: Option<DepartmentId>,
    /// Where the system alerts them.
    pub alert_phone: Option<E164>,
    pub alert_email: Option<EmailAddress>,
}

/// Where alerts reach a user.
#[derive(Clone)]
pub struct AlertContact {
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl CrmTx {
    /// Gives a user a role here. One who left and comes back is assigned again. Open invitations are over with it.
    pub async fn insert_assignment(&mut self, new: &NewAssignment) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "insert into assignments (dealership_id, user_id, role, department_id, alert_phone, alert_email, started_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (dealership_id, user_id) do update
             set role = excluded.role, department_id = excluded.department_id, alert_phone = excluded.alert_phone,
                 alert_email = excluded.alert_email, ended_at = null",
        )
        .bind(tenant)
        .bind(new.user_id.0)
        .bind(new.role.as_str())
        .bind(new.department_id.map(|id| id.0))
        .bind(new.alert_phone.as_ref().map(E164::as_str))
        .bind(new.alert_email.as_ref().map(EmailAddress::as_str))
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        self.withdraw_invitations_of(new.user_id).await?;
        self.note_workplace(new.user_id).await
    }

    /// The role a user holds here now.
    pub async fn find_role(&mut self, user_id: UserId) -> Result<Option<Role>, StoreError> {
        let tenant = self.tenant();
        let role: Option<String> = sqlx::query_scalar(
            "select role from assignments where dealership_id = $1 and user_id = $2 and ended_at is null",
        )
        .bind(tenant)
        .bind(user_id.0)
        .fetch_optional(self.connection())
        .await?;
        role.as_deref().map(crate::rows::parse).transpose()
    }

    /// Where alerts of the system reach a user here: phone and e-mail, as far as they are known.
    pub async fn find_alert_contact(&mut self, user_id: UserId) -> Result<Option<AlertContact>, StoreError> {
        let tenant = self.tenant();
        let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
            "select alert_phone, alert_email from assignments
             where dealership_id = $1 and user_id = $2 and ended_at is null",
        )
        .bind(tenant)
        .bind(user_id.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|(phone, email)| AlertContact { phone, email }))
    }
}
