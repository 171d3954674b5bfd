//! Links that set a password once: for somebody who forgot it, and for somebody who is invited to work here. Only
//! digests of them are kept.

use forecourt_domain::{
    hex::hex,
    ids::{DealershipId, DepartmentId, PasswordLinkId, UserId},
    staff::Role,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::recovery::later;
use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    keys::sha256,
    rows::{parse_opt, sql},
    staff::NewAssignment,
};

/// How long a link is good for that was asked for.
pub const RESET_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// How long an invitation is good for.
pub const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Reset,
    Invitation { dealership: DealershipId, role: Role, department: Option<DepartmentId> },
}

/// A link that is good now.
#[derive(Debug, Clone)]
pub struct FoundLink {
    pub id: PasswordLinkId,
    pub user_id: UserId,
    pub purpose: Purpose,
    /// What the dealership of an invitation is called.
    pub dealership: Option<String>,
}

/// An invitation that was not accepted yet.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: PasswordLinkId,
    pub user_id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    pub department_id: Option<DepartmentId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Store {
    /// The link that a text names, if it is good now.
    pub async fn find_link(&self, text: &SecretString) -> Result<Option<FoundLink>, StoreError> {
        let row = sqlx::query(
            "select l.id, l.user_id, l.dealership_id, l.role, l.department_id, d.name as dealership
             from password_links l join users u on u.id = l.user_id
             left join dealerships d on d.id = l.dealership_id
             where l.digest = $1 and l.used_at is null and l.withdrawn_at is null and l.expires_at > $2
                 and u.disabled_at is null",
        )
        .bind(&sha256(text.expose_secret().as_bytes())[..])
        .bind(sql(self.now()))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_link).transpose()
    }
}

fn read_link(row: &sqlx::postgres::PgRow) -> Result<FoundLink, StoreError> {
    let dealership: Option<Uuid> = row.try_get("dealership_id")?;
    let role: Option<Role> = parse_opt(row.try_get("role")?)?;
    let department: Option<Uuid> = row.try_get("department_id")?;
    let purpose = match (dealership, role) {
        (Some(id), Some(role)) => {
            Purpose::Invitation { dealership: DealershipId(id), role, department: department.map(DepartmentId) }
        }
        _ => Purpose::Reset,
    };
    Ok(FoundLink {
        id: PasswordLinkId(row.try_get("id")?),
        user_id: UserId(row.try_get("user_id")?),
        purpose,
        dealership: row.try_get("dealership")?,
    })
}

impl CrmTx {
    /// Makes a link for a user; its text comes back and is stored nowhere. A newer one of the same purpose withdraws
    /// the older ones.
    pub async fn insert_link(
        &mut self,
        user_id: UserId,
        purpose: Purpose,
        made_by: Option<UserId>,
    ) -> Result<(PasswordLinkId, SecretString), StoreError> {
        let now = self.now();
        let (lasts, dealership, role, department) = match purpose {
            Purpose::Reset => (RESET_LASTS, None, None, None),
            Purpose::Invitation { dealership, role, department } => {
                (INVITATION_LASTS, Some(dealership.0), Some(role.as_str()), department.map(|id| id.0))
            }
        };
        sqlx::query(
            "update password_links set withdrawn_at = $3
             where user_id = $1 and dealership_id is not distinct from $2 and used_at is null and withdrawn_at is null",
        )
        .bind(user_id.0)
        .bind(dealership)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        let (id, text) = (PasswordLinkId::generate(now), hex(&rand::random::<[u8; 32]>()));
        sqlx::query(
            "insert into password_links
                 (digest, id, user_id, dealership_id, role, department_id, made_by, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&sha256(text.as_bytes())[..])
        .bind(id.0)
        .bind(user_id.0)
        .bind(dealership)
        .bind(role)
        .bind(department)
        .bind(made_by.map(|id| id.0))
        .bind(sql(now))
        .bind(sql(later(now, lasts)))
        .execute(self.connection())
        .await?;
        let actor = made_by.map_or(AuditActor::System, AuditActor::User);
        match purpose {
            Purpose::Reset => {
                let details = json!({ "user": user_id, "link": id });
                self.tell_workplaces(user_id, actor, AuditKind::PasswordLinkMade, &details).await?;
            }
            Purpose::Invitation { .. } => {
                let details = json!({ "user": user_id, "link": id, "role": role });
                self.tell_here(actor, AuditKind::UserInvited, details).await?;
            }
        }
        Ok((id, SecretString::from(text)))
    }

    /// Uses a link up. False when somebody was first, or it is good no more.
    pub async fn use_link(&mut self, id: PasswordLinkId) -> Result<bool, StoreError> {
        let now = self.now();
        let used = sqlx::query(
            "update password_links set used_at = $2
             where id = $1 and used_at is null and withdrawn_at is null and expires_at > $2",
        )
        .bind(id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(used.rows_affected() == 1)
    }

    /// Takes back the links with which somebody could set another password.
    pub(super) async fn withdraw_resets(&mut self, user_id: UserId) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query(
            "update password_links set withdrawn_at = $2
             where user_id = $1 and dealership_id is null and used_at is null and withdrawn_at is null",
        )
        .bind(user_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes back the open invitations of a user to this dealership.
    pub(crate) async fn withdraw_invitations_of(&mut self, user_id: UserId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "update password_links set withdrawn_at = $3
             where user_id = $1 and dealership_id = $2 and used_at is null and withdrawn_at is null",
        )
        .bind(user_id.0)
        .bind(tenant)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Locks what opening a link changes, in the order that everybody keeps: for an invitation the people of the
    /// dealership of this transaction, then the account. False when the account may not be used.
    pub async fn lock_for_link(&mut self, link: &FoundLink) -> Result<bool, StoreError> {
        if link.purpose != Purpose::Reset {
            self.lock_people().await?;
        }
        self.lock_account(link.user_id).await
    }

    /// Lets somebody who accepted an invitation begin to work here, under the lock of its people. False when they
    /// work here already, or whoever invited them may not give that role any more.
    pub async fn accept_invitation(
        &mut self,
        id: PasswordLinkId,
        user_id: UserId,
        role: Role,
        department_id: Option<DepartmentId>,
    ) -> Result<bool, StoreError> {
        if self.find_role(user_id).await?.is_some() || !self.may_still_be_given(id, role).await? {
            return Ok(false);
        }
        let email: String = sqlx::query_scalar("select email from users where id = $1")
            .bind(user_id.0)
            .fetch_one(self.connection())
            .await?;
        let alert_email = Some(crate::rows::parse(&email)?);
        self.insert_assignment(&NewAssignment { user_id, role, department_id, alert_phone: None, alert_email }).await?;
        let details = json!({ "user": user_id, "from": null, "to": role });
        self.tell_here(AuditActor::User(user_id), AuditKind::RoleChanged, details).await?;
        Ok(true)
    }

    /// Whether who made an invitation may make it today. An operator's has nobody who could lose the right.
    async fn may_still_be_given(&mut self, id: PasswordLinkId, role: Role) -> Result<bool, StoreError> {
        let inviter: Option<(Uuid, bool)> = sqlx::query_as(
            "select u.id, u.disabled_at is not null from password_links l join users u on u.id = l.made_by
             where l.id = $1",
        )
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some((inviter, is_disabled)) = inviter else { return Ok(true) };
        let holds = self.find_role(UserId(inviter)).await?;
        Ok(!is_disabled && holds.is_some_and(|holds| holds.may_give(role)))
    }

    /// The invitations of this dealership that can still be accepted, newest first.
    pub async fn load_invitations(&mut self) -> Result<Vec<Invitation>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let rows = sqlx::query(
            "select l.id, l.user_id, u.email, u.first_name, u.last_name, l.role, l.department_id, l.created_at, l.expires_at
             from password_links l join users u on u.id = l.user_id
             where l.dealership_id = $1 and l.used_at is null and l.withdrawn_at is null and l.expires_at > $2
             order by l.id desc limit 100",
        )
        .bind(tenant)
        .bind(sql(now))
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let department: Option<Uuid> = row.try_get("department_id")?;
                Ok(Invitation {
                    id: PasswordLinkId(row.try_get("id")?),
                    user_id: UserId(row.try_get("user_id")?),
                    email: row.try_get("email")?,
                    first_name: row.try_get("first_name")?,
                    last_name: row.try_get("last_name")?,
                    role: crate::rows::parse(row.try_get("role")?)?,
                    department_id: department.map(DepartmentId),
                    created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
                    expires_at: row.try_get::<jiff_sqlx::Timestamp, _>("expires_at")?.to_jiff(),
                })
            })
            .collect()
    }

    /// Takes an invitation of this dealership back.
    pub async fn withdraw_invitation(&mut self, id: PasswordLinkId, by: UserId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let withdrawn = sqlx::query(
            "update password_links set withdrawn_at = $3
             where id = $1 and dealership_id = $2 and used_at is null and withdrawn_at is null",
        )
        .bind(id.0)
        .bind(tenant)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if withdrawn.rows_affected() == 0 {
            return Err(StoreError::NotFound("the invitation"));
        }
        self.tell_here(AuditActor::User(by), AuditKind::InvitationWithdrawn, json!({ "link": id })).await
    }
}
