//! Bearer tokens, by digest only.

use forecourt_domain::{
    hex::hex,
    ids::{DealershipId, UserId},
    scope::Scope,
    staff::Role,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    keys::sha256,
    rows::{instant, parse, sql, sql_opt},
};

/// Whom a token speaks for: one user, at one dealership, in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHolder {
    pub user_id: UserId,
    pub scope: Scope,
    pub role: Role,
}

/// How many hexadecimal digits of its digest name a token to people.
const ID_LENGTH: usize = 16;

/// A token as it is listed.
#[derive(Debug, Clone)]
pub struct TokenEntry {
    /// Names it to people; nothing can be done with it but revoking.
    pub id: String,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl Store {
    /// Whom a token speaks for, if it is known, not expired, not revoked, and its user works there still
    /// in the token's role. A token of a viewer is good for everybody who works there.
    pub async fn find_token_holder(&self, token: &SecretString) -> Result<Option<TokenHolder>, StoreError> {
        let row: Option<(Uuid, Uuid, String)> = sqlx::query_as(
            "select t.user_id, t.dealership_id, t.role
             from api_tokens t
             join users u on u.id = t.user_id
             join dealerships d on d.id = t.dealership_id
             where t.digest = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $2)
                 and u.disabled_at is null and d.suspended_at is null",
        )
        .bind(&sha256(token.expose_secret().as_bytes())[..])
        .bind(sql(self.now()))
        .fetch_optional(&self.pool)
        .await?;
        let Some((user_id, dealership_id, role)) = row else { return Ok(None) };
        let holder = TokenHolder {
            user_id: UserId(user_id),
            scope: Scope::of(DealershipId(dealership_id)),
            role: parse(&role)?,
        };
        let mut tx = self.begin(holder.scope).await?;
        let held = tx.find_role(holder.user_id).await?;
        Ok(held.filter(|held| may_speak_as(*held, holder.role)).map(|_| holder))
    }
}

/// Whether a token in the role `as_role` is good for somebody who holds the role `held`.
#[must_use]
pub fn may_speak_as(held: Role, as_role: Role) -> bool {
    held == as_role || as_role == Role::Viewer
}

impl CrmTx {
    /// Makes a token for a user of this dealership and returns its text, which is stored nowhere.
    pub async fn insert_token(
        &mut self,
        user_id: UserId,
        role: Role,
        expires_at: Option<Timestamp>,
    ) -> Result<SecretString, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let text = format!("fct_{}", hex(&rand::random::<[u8; 32]>()));
        let digest = sha256(text.as_bytes());
        sqlx::query(
            "insert into api_tokens (digest, user_id, dealership_id, role, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&digest[..])
        .bind(user_id.0)
        .bind(tenant)
        .bind(role.as_str())
        .bind(sql(now))
        .bind(sql_opt(expires_at))
        .execute(self.connection())
        .await?;
        let details =
            json!({ "token": hex(&digest)[..ID_LENGTH], "user": user_id, "role": role, "expires_at": expires_at });
        self.audit_token(AuditKind::TokenCreated, details).await?;
        Ok(SecretString::from(text))
    }

    /// The tokens of this dealership, newest first.
    pub async fn load_tokens(&mut self) -> Result<Vec<TokenEntry>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select t.digest, u.email, t.role, t.created_at, t.expires_at, t.revoked_at
             from api_tokens t join users u on u.id = t.user_id
             where t.dealership_id = $1 order by t.created_at desc, t.digest",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(read_token).collect()
    }

    /// Revokes a token by its id: from this commit on it speaks for nobody. Fails when there is no such
    /// token here, or when it was revoked before.
    pub async fn revoke_token(&mut self, id: &str) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let revoked = sqlx::query(
            "update api_tokens set revoked_at = $3
             where dealership_id = $1 and left(encode(digest, 'hex'), length($2)) = $2 and length($2) = $4
                 and revoked_at is null",
        )
        .bind(tenant)
        .bind(id)
        .bind(sql(now))
        .bind(i32::try_from(ID_LENGTH).unwrap_or_default())
        .execute(self.connection())
        .await?;
        if revoked.rows_affected() == 0 {
            return Err(StoreError::NotFound("the token"));
        }
        self.audit_token(AuditKind::TokenRevoked, json!({ "token": id })).await
    }

    async fn audit_token(&mut self, kind: AuditKind, details: Value) -> Result<(), StoreError> {
        let (actor, conversation_id, turn_id) = (AuditActor::System, None, None);
        self.append_audit(&[NewAuditEntry { kind, actor, conversation_id, turn_id, details }]).await?;
        Ok(())
    }
}

fn read_token(row: &sqlx::postgres::PgRow) -> Result<TokenEntry, StoreError> {
    let digest: Vec<u8> = row.try_get("digest")?;
    Ok(TokenEntry {
        id: hex(&digest)[..ID_LENGTH].to_owned(),
        email: row.try_get("email")?,
        role: parse(row.try_get("role")?)?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        expires_at: instant(row.try_get("expires_at")?),
        revoked_at: instant(row.try_get("revoked_at")?),
    })
}
