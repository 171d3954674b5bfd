//! Visits: a platform owner at a dealership where they do not work, to look, or as one of its people. Each has a
//! reason and an end, and stands in the log of the dealership.

use forecourt_domain::{
    ids::{UserId, VisitId},
    staff::Role,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::recovery::later;
use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    rows::{instant, sql},
};

/// The longest that a visit may last.
pub const LONGEST_VISIT: SignedDuration = SignedDuration::from_hours(4);

/// A visit as the dealership sees it.
#[derive(Debug, Clone)]
pub struct VisitEntry {
    pub id: VisitId,
    pub user_id: UserId,
    pub visitor: String,
    pub as_user_id: Option<UserId>,
    pub as_user: Option<String>,
    pub reason: String,
    pub began_at: Timestamp,
    pub until: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// Whether a user owns the platform: holds that role at a dealership where they work now.
    pub async fn is_platform_owner(&self, user_id: UserId) -> Result<bool, StoreError> {
        Ok(self.load_workplaces(user_id).await?.iter().any(|place| place.role == Role::PlatformOwner))
    }
}

impl CrmTx {
    /// Begins a visit here, whose owner the caller has found to own the platform. Nobody can be visited as who owns
    /// the platform, or who does not work here.
    pub async fn begin_visit(
        &mut self,
        user_id: UserId,
        as_user: Option<UserId>,
        reason: &str,
        lasts: SignedDuration,
    ) -> Result<VisitId, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        if let Some(other) = as_user {
            match self.find_role(other).await? {
                Some(role) if role != Role::PlatformOwner => {}
                _ => return Err(StoreError::NotFound("the person")),
            }
        }
        let id = VisitId::generate(now);
        let until = later(now, lasts.min(LONGEST_VISIT));
        sqlx::query(
            "insert into visits (dealership_id, id, user_id, as_user_id, reason, began_at, until)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(user_id.0)
        .bind(as_user.map(|id| id.0))
        .bind(reason)
        .bind(sql(now))
        .bind(sql(until))
        .execute(self.connection())
        .await?;
        let details = json!({ "visit": id, "as_user": as_user, "until": until });
        self.tell_here(AuditActor::User(user_id), AuditKind::VisitBegun, details).await?;
        Ok(id)
    }

    /// Ends a visit before its time.
    pub async fn end_visit(&mut self, id: VisitId, user_id: UserId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let ended = sqlx::query(
            "update visits set ended_at = $4
             where dealership_id = $1 and id = $2 and user_id = $3 and ended_at is null and until > $4",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(user_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if ended.rows_affected() == 1 {
            self.tell_here(AuditActor::User(user_id), AuditKind::VisitEnded, json!({ "visit": id })).await?;
        }
        Ok(())
    }

    /// As whom somebody visits here now: nothing without an open visit, `None` in their own name. Somebody who owns
    /// the platform no more visits nobody.
    pub(super) async fn find_open_visit(
        &mut self,
        id: Uuid,
        user_id: UserId,
    ) -> Result<Option<Option<UserId>>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let found: Option<Option<Uuid>> = sqlx::query_scalar(
            "select as_user_id from visits
             where dealership_id = $1 and id = $2 and user_id = $3 and ended_at is null and until > $4",
        )
        .bind(tenant)
        .bind(id)
        .bind(user_id.0)
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        let Some(as_user) = found else { return Ok(None) };
        let owns = self.load_workplaces(user_id).await?.iter().any(|place| place.role == Role::PlatformOwner);
        if !owns {
            return Ok(None);
        }
        let Some(other) = as_user.map(UserId) else { return Ok(Some(None)) };
        let usable: bool =
            sqlx::query_scalar("select exists (select from users where id = $1 and disabled_at is null)")
                .bind(other.0)
                .fetch_one(self.connection())
                .await?;
        Ok(usable.then_some(Some(other)))
    }

    /// The latest visits here, newest first.
    pub async fn load_visits(&mut self) -> Result<Vec<VisitEntry>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select v.id, v.user_id, u.first_name || ' ' || u.last_name as visitor, v.as_user_id,
                 o.first_name || ' ' || o.last_name as as_user, v.reason, v.began_at, v.until, v.ended_at
             from visits v join users u on u.id = v.user_id left join users o on o.id = v.as_user_id
             where v.dealership_id = $1 order by v.id desc limit 100",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let as_user: Option<Uuid> = row.try_get("as_user_id")?;
                Ok(VisitEntry {
                    id: VisitId(row.try_get("id")?),
                    user_id: UserId(row.try_get("user_id")?),
                    visitor: row.try_get("visitor")?,
                    as_user_id: as_user.map(UserId),
                    as_user: row.try_get("as_user")?,
                    reason: row.try_get("reason")?,
                    began_at: row.try_get::<jiff_sqlx::Timestamp, _>("began_at")?.to_jiff(),
                    until: row.try_get::<jiff_sqlx::Timestamp, _>("until")?.to_jiff(),
                    ended_at: instant(row.try_get("ended_at")?),
                })
            })
            .collect()
    }
}
