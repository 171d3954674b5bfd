//! Bearer tokens, by digest only.

use forecourt_domain::{
    ids::{DealershipId, UserId},
    scope::Scope,
    staff::Role,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    keys::{hex, sha256},
    rows::{parse, sql, sql_opt},
};

/// Whom a token speaks for: one user, at one dealership, in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHolder {
    pub user_id: UserId,
    pub scope: Scope,
    pub role: Role,
}

impl Store {
    /// Makes a token and returns its text, which is stored nowhere.
    pub async fn insert_token(
        &self,
        holder: TokenHolder,
        expires_at: Option<Timestamp>,
    ) -> Result<SecretString, StoreError> {
        let mut connection = self.pool.acquire().await?;
        insert_token(&mut connection, self.now(), holder, expires_at).await
    }

    /// Whom a token speaks for, if it is known, not expired, not revoked, and its user works there.
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
        // A token ends with its user's assignment.
        let mut tx = self.begin(holder.scope).await?;
        Ok(tx.find_role(holder.user_id).await?.map(|_| holder))
    }
}

pub(super) async fn insert_token(
    connection: &mut PgConnection,
    now: Timestamp,
    holder: TokenHolder,
    expires_at: Option<Timestamp>,
) -> Result<SecretString, StoreError> {
    let text = format!("fct_{}", hex(&rand::random::<[u8; 32]>()));
    sqlx::query(
        "insert into api_tokens (digest, user_id, dealership_id, role, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&sha256(text.as_bytes())[..])
    .bind(holder.user_id.0)
    .bind(holder.scope.dealership_id().0)
    .bind(holder.role.as_str())
    .bind(sql(now))
    .bind(sql_opt(expires_at))
    .execute(connection)
    .await?;
    Ok(SecretString::from(text))
}
