//! Sign-ins over the API: a family of refresh tokens, each of which is used once and followed by the next.
//!
//! The text of a successor is a MAC over its predecessor's digest, under a key that the database does not hold. So
//! two honest clients that refresh at the same time get the *same* successor, and the family stays one line. So does
//! one whose answer was lost, as long as nobody used the successor. A token that is used again after its successor was
//! used is in two hands, and ends the family (RFC 9700, 4.14.2).

use forecourt_domain::{
    hex::hex,
    ids::{DealershipId, RefreshFamilyId, UserId, VisitId},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::{
    recovery::later,
    sessions::{Client, EndedWhy},
    standing_of::Whereabouts,
};
use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    keys::{MacPurpose, sha256},
    rows::sql,
};

/// A sign-in over the API is over after so long.
pub const FAMILY_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A refresh token that nobody used for so long is worth nothing any more.
pub const REFRESH_IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// For so long, a token answers with the same successor again even if that was used too: a second request that was on
/// its way already.
pub const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// A sign-in over the API that is good now.
#[derive(Debug, Clone)]
pub struct FoundFamily {
    pub id: RefreshFamilyId,
    /// Who signed in, also on a visit as somebody else.
    pub user_id: UserId,
    pub dealership_id: DealershipId,
    pub visit_id: Option<VisitId>,
    pub whereabouts: Whereabouts,
}

/// What became of a refresh token.
#[derive(Debug)]
pub enum Refreshed {
    Next {
        family: RefreshFamilyId,
        token: SecretString,
    },
    /// It was used before, and so was its successor: everything that followed from this sign-in is over.
    Reused {
        user_id: UserId,
    },
    Unknown,
}

impl Store {
    /// The sign-in over the API with this id, if it is good now and its user is not disabled.
    pub async fn find_family(&self, id: RefreshFamilyId) -> Result<Option<FoundFamily>, StoreError> {
        let row = sqlx::query(
            "select f.user_id, f.dealership_id, f.visit_id
             from refresh_families f join users u on u.id = f.user_id
             where f.id = $1 and f.ended_at is null and f.expires_at > $2 and u.disabled_at is null",
        )
        .bind(id.0)
        .bind(sql(self.now()))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let user_id = UserId(row.try_get("user_id")?);
        let (dealership, visit): (Uuid, Option<Uuid>) = (row.try_get("dealership_id")?, row.try_get("visit_id")?);
        let whereabouts = self.find_whereabouts(user_id, Some(dealership), visit).await?;
        let (dealership_id, visit_id) = (DealershipId(dealership), visit.map(VisitId));
        Ok(Some(FoundFamily { id, user_id, dealership_id, visit_id, whereabouts }))
    }

    /// Uses a refresh token up and gives the next one of its family.
    pub async fn refresh(&self, token: &SecretString) -> Result<Refreshed, StoreError> {
        let digest = sha256(token.expose_secret().as_bytes());
        let user: Option<Uuid> = sqlx::query_scalar(
            "select f.user_id from refresh_tokens t join refresh_families f on f.id = t.family_id where t.digest = $1",
        )
        .bind(&digest[..])
        .fetch_optional(&self.pool)
        .await?;
        let Some(user_id) = user.map(UserId) else { return Ok(Refreshed::Unknown) };
        let Some(mut tx) = self.begin_about(user_id).await? else { return Ok(Refreshed::Unknown) };
        let refreshed = tx.refresh(user_id, &digest).await?;
        tx.commit().await?;
        Ok(refreshed)
    }

    /// Goes on at another dealership, or on a visit.
    pub async fn move_family(
        &self,
        id: RefreshFamilyId,
        to: DealershipId,
        visit: Option<VisitId>,
    ) -> Result<(), StoreError> {
        sqlx::query("update refresh_families set dealership_id = $2, visit_id = $3 where id = $1 and ended_at is null")
            .bind(id.0)
            .bind(to.0)
            .bind(visit.map(|id| id.0))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The family that a refresh token belongs to, used or not, and whose it is.
    pub async fn find_family_of(&self, token: &SecretString) -> Result<Option<(RefreshFamilyId, UserId)>, StoreError> {
        let row: Option<(Uuid, Uuid)> = sqlx::query_as(
            "select f.id, f.user_id from refresh_tokens t join refresh_families f on f.id = t.family_id
             where t.digest = $1",
        )
        .bind(&sha256(token.expose_secret().as_bytes())[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(id, user)| (RefreshFamilyId(id), UserId(user))))
    }
}

impl CrmTx {
    /// Begins a sign-in over the API; the text of its first refresh token comes back and is stored nowhere.
    pub async fn insert_family(
        &mut self,
        user_id: UserId,
        dealership: DealershipId,
        client: &Client,
    ) -> Result<(RefreshFamilyId, SecretString), StoreError> {
        let now = self.now();
        let id = RefreshFamilyId::generate(now);
        sqlx::query(
            "insert into refresh_families
                 (id, user_id, dealership_id, user_agent, address, created_at, last_seen_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $6, $7)",
        )
        .bind(id.0)
        .bind(user_id.0)
        .bind(dealership.0)
        .bind(&client.user_agent)
        .bind(&client.address)
        .bind(sql(now))
        .bind(sql(later(now, FAMILY_LASTS)))
        .execute(self.connection())
        .await?;
        let token = format!("fcr_{}", hex(&rand::random::<[u8; 32]>()));
        self.insert_refresh_token(id.0, &sha256(token.as_bytes())).await?;
        let details = json!({ "user": user_id, "session": id, "by": "api" });
        self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::SignedIn, &details).await?;
        Ok((id, SecretString::from(token)))
    }

    async fn insert_refresh_token(&mut self, family: Uuid, digest: &[u8; 32]) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query(
            "insert into refresh_tokens (digest, family_id, created_at) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(&digest[..])
        .bind(family)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn refresh(&mut self, user_id: UserId, digest: &[u8; 32]) -> Result<Refreshed, StoreError> {
        let now = self.now();
        // The family is locked, so that parallel refreshes of it come one after the other.
        let row = sqlx::query(
            "select f.id, t.used_at, t.created_at, f.ended_at is null and f.expires_at > $2 and u.disabled_at is null as open
             from refresh_tokens t join refresh_families f on f.id = t.family_id join users u on u.id = f.user_id
             where t.digest = $1 for update of f, t",
        )
        .bind(&digest[..])
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(Refreshed::Unknown) };
        let family = RefreshFamilyId(row.try_get("id")?);
        let is_open: bool = row.try_get("open")?;
        let used_at = crate::rows::instant(row.try_get("used_at")?);
        let created_at = row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff();
        if !is_open {
            return Ok(Refreshed::Unknown);
        }
        let mac = self.keys.mac(MacPurpose::RefreshSuccessor, digest);
        let token = format!("fcr_{}", hex(&mac));
        let is_late = used_at.is_some_and(|used_at| now.duration_since(used_at) > GRACE);
        if is_late && self.was_used(&sha256(token.as_bytes())).await? {
            self.end_family(user_id, family, FamilyEnd::Reused).await?;
            return Ok(Refreshed::Reused { user_id });
        }
        // One that was used is as old as its successor.
        if now.duration_since(used_at.unwrap_or(created_at)) >= REFRESH_IDLE {
            return Ok(Refreshed::Unknown);
        }
        if used_at.is_none() {
            sqlx::query("update refresh_tokens set used_at = $2 where digest = $1")
                .bind(&digest[..])
                .bind(sql(now))
                .execute(self.connection())
                .await?;
            self.insert_refresh_token(family.0, &sha256(token.as_bytes())).await?;
            sqlx::query("update refresh_families set last_seen_at = $2 where id = $1")
                .bind(family.0)
                .bind(sql(now))
                .execute(self.connection())
                .await?;
        }
        Ok(Refreshed::Next { family, token: SecretString::from(token) })
    }

    /// Whether a refresh token was used. One that is not there any more was.
    async fn was_used(&mut self, digest: &[u8; 32]) -> Result<bool, StoreError> {
        let was_used: Option<bool> =
            sqlx::query_scalar("select used_at is not null from refresh_tokens where digest = $1")
                .bind(&digest[..])
                .fetch_optional(self.connection())
                .await?;
        Ok(was_used.unwrap_or(true))
    }

    /// Ends a sign-in over the API. False when it is none of this user's, or over.
    pub async fn end_family(
        &mut self,
        user_id: UserId,
        id: RefreshFamilyId,
        end: FamilyEnd,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let ended = sqlx::query(
            "update refresh_families set ended_at = $3, ended_why = $4
             where id = $1 and user_id = $2 and ended_at is null",
        )
        .bind(id.0)
        .bind(user_id.0)
        .bind(sql(now))
        .bind(end.as_str())
        .execute(self.connection())
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        let details = json!({ "user": user_id, "session": id, "why": end.as_str() });
        let (actor, kind) = match end {
            FamilyEnd::Reused => (AuditActor::System, AuditKind::RefreshReused),
            FamilyEnd::By(_) => (AuditActor::User(user_id), AuditKind::SessionEnded),
        };
        self.tell_workplaces(user_id, actor, kind, &details).await?;
        Ok(true)
    }
}

/// Why a sign-in over the API ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyEnd {
    By(EndedWhy),
    Reused,
}

impl FamilyEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::By(why) => why.as_str(),
            Self::Reused => "reused",
        }
    }
}

impl FoundFamily {
    /// Until when a family that begins at `at` can be refreshed.
    #[must_use]
    pub fn expires_at(at: Timestamp) -> Timestamp {
        later(at, FAMILY_LASTS)
    }
}
