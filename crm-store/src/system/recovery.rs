//! Recovery codes and the step between password and second factor: by digest, each used once.

use forecourt_domain::{hex::hex, ids::UserId};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    keys::sha256,
    rows::sql,
};

/// How long the second step of a sign-in may take.
pub const CHALLENGE_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How many wrong codes end it.
pub const CHALLENGE_FAILURES: i32 = 5;

/// A sign-in whose password was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    pub user_id: UserId,
    pub failures: i32,
}

impl Store {
    /// The challenge that a secret names, if it is still open.
    pub async fn find_challenge(&self, secret: &SecretString) -> Result<Option<Challenge>, StoreError> {
        let row: Option<(Uuid, i32)> = sqlx::query_as(
            "select user_id, failures from sign_in_challenges
             where digest = $1 and ended_at is null and expires_at > $2 and failures < $3",
        )
        .bind(&sha256(secret.expose_secret().as_bytes())[..])
        .bind(sql(self.now()))
        .bind(CHALLENGE_FAILURES)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(user_id, failures)| Challenge { user_id: UserId(user_id), failures }))
    }

    /// Counts a try against a challenge before it is judged. False when it is over.
    pub async fn count_challenge(&self, secret: &SecretString) -> Result<bool, StoreError> {
        let counted = sqlx::query(
            "update sign_in_challenges set failures = failures + 1
             where digest = $1 and ended_at is null and expires_at > $2 and failures < $3",
        )
        .bind(&sha256(secret.expose_secret().as_bytes())[..])
        .bind(sql(self.now()))
        .bind(CHALLENGE_FAILURES)
        .execute(&self.pool)
        .await?;
        Ok(counted.rows_affected() == 1)
    }
}

impl CrmTx {
    /// Opens the second step of a sign-in; the text comes back once.
    pub async fn insert_challenge(&mut self, user_id: UserId) -> Result<SecretString, StoreError> {
        let now = self.now();
        let text = hex(&rand::random::<[u8; 32]>());
        sqlx::query("delete from sign_in_challenges where expires_at < $1")
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        sqlx::query("insert into sign_in_challenges (digest, user_id, created_at, expires_at) values ($1, $2, $3, $4)")
            .bind(&sha256(text.as_bytes())[..])
            .bind(user_id.0)
            .bind(sql(now))
            .bind(sql(later(now, CHALLENGE_LASTS)))
            .execute(self.connection())
            .await?;
        Ok(SecretString::from(text))
    }

    /// Ends a challenge because it was met. False when somebody else met it first.
    pub async fn meet_challenge(&mut self, secret: &SecretString) -> Result<bool, StoreError> {
        let now = self.now();
        let met = sqlx::query(
            "update sign_in_challenges set ended_at = $2 where digest = $1 and ended_at is null and expires_at > $2",
        )
        .bind(&sha256(secret.expose_secret().as_bytes())[..])
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(met.rows_affected() == 1)
    }

    /// Replaces the recovery codes of a user by the digests of these.
    pub async fn replace_recovery_codes(&mut self, user_id: UserId, codes: &[SecretString]) -> Result<(), StoreError> {
        let now = self.now();
        let digests: Vec<Vec<u8>> = codes.iter().map(|code| sha256(code.expose_secret().as_bytes()).to_vec()).collect();
        sqlx::query("delete from recovery_codes where user_id = $1").bind(user_id.0).execute(self.connection()).await?;
        sqlx::query("insert into recovery_codes (user_id, digest, created_at) select $1, unnest($2::bytea[]), $3")
            .bind(user_id.0)
            .bind(&digests)
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Uses a recovery code up. False when it is none of this user's or was used before.
    pub async fn use_recovery_code(&mut self, user_id: UserId, code: &SecretString) -> Result<bool, StoreError> {
        let now = self.now();
        let used = sqlx::query(
            "update recovery_codes set used_at = $3 where user_id = $1 and digest = $2 and used_at is null",
        )
        .bind(user_id.0)
        .bind(&sha256(code.expose_secret().as_bytes())[..])
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        let left = self.count_recovery_codes(user_id).await?;
        let details = json!({ "user": user_id, "left": left });
        self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::RecoveryCodeUsed, &details).await?;
        Ok(true)
    }

    /// How many recovery codes a user has left.
    pub async fn count_recovery_codes(&mut self, user_id: UserId) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select count(*) from recovery_codes where user_id = $1 and used_at is null")
            .bind(user_id.0)
            .fetch_one(self.connection())
            .await?)
    }
}

/// `at` plus `by`; the end of time where that cannot be told.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
