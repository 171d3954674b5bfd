//! The people of a dealership as its admins see and change them: roles, departments, the end of somebody's work,
//! and whether an account may be used at all.

use forecourt_domain::{
    ids::{DepartmentId, UserId},
    scope::Scope,
    staff::Role,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::sessions::{EndedWhy, Spared};
use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    rows::{instant, parse, sql},
};

/// Somebody who works or worked here.
#[derive(Debug, Clone)]
pub struct PersonEntry {
    pub user_id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    pub department_id: Option<DepartmentId>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
    pub has_password: bool,
    pub has_second_factor: bool,
}

/// What is to become of somebody's work here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PersonChange {
    pub role: Option<Role>,
    /// `Some(None)` takes the department away.
    pub department: Option<Option<DepartmentId>>,
    /// Ends the assignment.
    pub ends: bool,
}

/// Why a change of people is refused.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The role that is held or given is above the one of who asks.
    #[error("nobody can give, change or take a role above their own")]
    AboveOwn,
    /// Nobody would be left who can manage people here.
    #[error("somebody must stay who can manage the people of this dealership")]
    LastAdmin,
    /// Nobody changes their own role or disables themselves.
    #[error("nobody can change their own role, end their own work or disable themselves")]
    OneSelf,
    /// The account is used at dealerships where who asks may not decide about it.
    #[error("this person works at other dealerships too; end their work here instead")]
    WorksElsewhere,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CrmTx {
    /// Everybody who works or worked here, those who work first.
    pub async fn load_people(&mut self) -> Result<Vec<PersonEntry>, StoreError> {
        self.read_people(None).await
    }

    /// Somebody who works or worked here.
    pub async fn find_person(&mut self, user_id: UserId) -> Result<Option<PersonEntry>, StoreError> {
        Ok(self.read_people(Some(user_id)).await?.pop())
    }

    async fn read_people(&mut self, only: Option<UserId>) -> Result<Vec<PersonEntry>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select a.user_id, u.email, u.first_name, u.last_name, a.role, a.department_id, a.started_at, a.ended_at,
                 u.disabled_at, u.password_hash is not null as has_password,
                 u.totp_confirmed_at is not null as has_second_factor
             from assignments a join users u on u.id = a.user_id
             where a.dealership_id = $1 and ($2::uuid is null or a.user_id = $2)
             order by a.ended_at is not null, u.last_name, u.first_name, a.user_id limit 500",
        )
        .bind(tenant)
        .bind(only.map(|id| id.0))
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let department: Option<Uuid> = row.try_get("department_id")?;
                Ok(PersonEntry {
                    user_id: UserId(row.try_get("user_id")?),
                    email: row.try_get("email")?,
                    first_name: row.try_get("first_name")?,
                    last_name: row.try_get("last_name")?,
                    role: parse(row.try_get("role")?)?,
                    department_id: department.map(DepartmentId),
                    started_at: row.try_get::<jiff_sqlx::Timestamp, _>("started_at")?.to_jiff(),
                    ended_at: instant(row.try_get("ended_at")?),
                    disabled_at: instant(row.try_get("disabled_at")?),
                    has_password: row.try_get("has_password")?,
                    has_second_factor: row.try_get("has_second_factor")?,
                })
            })
            .collect()
    }

    /// Changes somebody's work here, as `by` may in the role they hold now.
    pub async fn change_person(
        &mut self,
        user_id: UserId,
        change: PersonChange,
        by: UserId,
    ) -> Result<(), PeopleError> {
        // Whoever changes people here comes one after the other, or two could take each other's last admin away. What
        // `by` was before the lock may be true no more.
        self.lock_people().await?;
        let as_role = self.find_role(by).await?.ok_or(PeopleError::AboveOwn)?;
        let person = self.find_person(user_id).await?.filter(|person| person.ended_at.is_none());
        let person = person.ok_or(StoreError::NotFound("the person"))?;
        let role = change.role.unwrap_or(person.role);
        let changes_standing = change.ends || role != person.role;
        if changes_standing && user_id == by {
            return Err(PeopleError::OneSelf);
        }
        if !may_change(as_role, person.role) || !may_change(as_role, role) {
            return Err(PeopleError::AboveOwn);
        }
        if role != person.role && role == Role::PlatformOwner {
            return Err(PeopleError::AboveOwn);
        }
        let (tenant, now) = (self.tenant(), self.now());
        let department = change.department.unwrap_or(person.department_id);
        sqlx::query(
            "update assignments set role = $3, department_id = $4, ended_at = case when $5 then $6 end
             where dealership_id = $1 and user_id = $2",
        )
        .bind(tenant)
        .bind(user_id.0)
        .bind(role.as_str())
        .bind(department.map(|id| id.0))
        .bind(change.ends)
        .bind(sql(now))
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        if change.ends {
            self.withdraw_invitations_of(user_id).await?;
        }
        if changes_standing && !self.has_admin().await? {
            return Err(PeopleError::LastAdmin);
        }
        let details = json!({
            "user": user_id, "from": person.role, "to": if change.ends { None } else { Some(role) },
            "department": department,
        });
        Ok(self.tell_here(AuditActor::User(by), AuditKind::RoleChanged, details).await?)
    }

    /// Fails unless there is such a department here.
    pub async fn require_department(&mut self, id: DepartmentId) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let exists: bool =
            sqlx::query_scalar("select exists (select from departments where dealership_id = $1 and id = $2)")
                .bind(tenant)
                .bind(id.0)
                .fetch_one(self.connection())
                .await?;
        if exists { Ok(()) } else { Err(StoreError::NotFound("the department")) }
    }

    pub(super) async fn lock_people(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query("select dealership_id from dealership_profiles where dealership_id = $1 for update")
            .bind(tenant)
            .fetch_optional(self.connection())
            .await?;
        Ok(())
    }

    /// Whether somebody can manage the people here: an admin whose account may be used.
    async fn has_admin(&mut self) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select exists (select from assignments a join users u on u.id = a.user_id
             where a.dealership_id = $1 and a.ended_at is null and u.disabled_at is null
                 and a.role in ('platform_owner', 'admin'))",
        )
        .bind(tenant)
        .fetch_one(self.connection())
        .await?)
    }

    /// Disables an account or lets it be used again, as somebody who may decide about it in every dealership where
    /// it works. Whatever was signed in ends in the same transaction.
    pub async fn set_disabled(&mut self, user_id: UserId, disabled: bool, by: UserId) -> Result<(), PeopleError> {
        if user_id == by {
            return Err(PeopleError::OneSelf);
        }
        let here = self.scope();
        let workplaces = self.load_workplaces(user_id).await?;
        if !workplaces.iter().any(|workplace| workplace.dealership_id == here.dealership_id()) {
            return Err(StoreError::NotFound("the person").into());
        }
        for workplace in &workplaces {
            self.enter(Scope::of(workplace.dealership_id)).await?;
            self.lock_people().await?;
            match self.find_role(by).await? {
                Some(role) if role.manages_people() && may_change(role, workplace.role) => {}
                Some(_) => return Err(PeopleError::AboveOwn),
                None => return Err(PeopleError::WorksElsewhere),
            }
        }
        self.enter(here).await?;
        self.disable(user_id, disabled, AuditActor::User(by)).await?;
        for workplace in workplaces {
            self.enter(Scope::of(workplace.dealership_id)).await?;
            if disabled && workplace.role.manages_people() && !self.has_admin().await? {
                return Err(PeopleError::LastAdmin);
            }
        }
        Ok(self.enter(here).await?)
    }

    /// Disables an account or lets it be used again, without asking who may: for operators.
    pub async fn disable(&mut self, user_id: UserId, disabled: bool, actor: AuditActor) -> Result<(), StoreError> {
        let now = self.now();
        let changed = sqlx::query(
            "update users set disabled_at = case when $2 then $3 end
             where id = $1 and (disabled_at is not null) <> $2",
        )
        .bind(user_id.0)
        .bind(disabled)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(());
        }
        let mut ended = 0;
        if disabled {
            ended = self.end_everything_of(user_id, Spared::None, EndedWhy::Disabled).await?;
            self.forget_devices(user_id).await?;
            sqlx::query("update api_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null")
                .bind(user_id.0)
                .bind(sql(now))
                .execute(self.connection())
                .await?;
            sqlx::query(
                "update password_links set withdrawn_at = $2
                 where user_id = $1 and used_at is null and withdrawn_at is null",
            )
            .bind(user_id.0)
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        }
        let kind = if disabled { AuditKind::UserDisabled } else { AuditKind::UserEnabled };
        self.tell_workplaces(user_id, actor, kind, &json!({ "user": user_id, "ended": ended })).await?;
        Ok(())
    }
}

impl Store {
    /// The user with this e-mail address, disabled or not.
    pub async fn find_any_user(
        &self,
        email: &forecourt_domain::contact::EmailAddress,
    ) -> Result<Option<UserId>, StoreError> {
        Ok(sqlx::query_scalar("select id from users where email = $1")
            .bind(email.as_str())
            .fetch_optional(&self.pool)
            .await?
            .map(UserId))
    }
}

/// Whether somebody in one role may change somebody who holds, or is to hold, another. A platform owner's own role
/// is changed by nobody here.
fn may_change(as_role: Role, other: Role) -> bool {
    as_role.may_give(other)
}
