//! Connecting as the app role, and refusing any role that row-level security would not bind.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::StoreError;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("the database URL cannot be read; it looks like postgres://user:password@host/database")]
    Url,
    #[error("the database cannot be reached; is it running, and may this user log in? ({0})")]
    Unreachable(String),
    #[error(
        "the role {role:?} is {what}, so row-level security would not hold. Make the two roles once:\n  \
         psql \"$URL\" -c \"create role forecourt_owner login password '…'; create role forecourt_app login password '…'\"\n  \
         psql \"$URL\" -c \"create database forecourt owner forecourt_owner\" -c \"\\c forecourt\" -c \"create extension vector\"\n\
         then set DATABASE_URL for forecourt_app and DATABASE_OWNER_URL for forecourt_owner"
    )]
    RoleTooStrong { role: String, what: &'static str },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The oldest PostgreSQL, by its major version, that has what the migrations use.
pub const OLDEST_POSTGRES: u32 = 15;
/// The oldest pgvector whose filtered searches are complete: older ones under-return from a filtered index scan.
pub const OLDEST_PGVECTOR: (u32, u32) = (0, 8);

/// The role that is logged in, as far as row-level security depends on it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoleFacts {
    pub name: String,
    pub is_superuser: bool,
    pub bypasses_row_security: bool,
    pub owns_tables: bool,
}

/// A connection that was idle for longer is asked whether it lives before it is used.
const IDLE_UNASKED: Duration = Duration::from_secs(1);

/// How a pool is sized.
#[derive(Debug, Clone, Copy)]
pub struct PoolSize(pub u32);

/// Opens a pool as whatever role the URL names.
pub async fn open(url: &SecretString, size: PoolSize) -> Result<PgPool, ConnectError> {
    let options: PgConnectOptions = url.expose_secret().parse().map_err(|_| ConnectError::Url)?;
    PgPoolOptions::new()
        .max_connections(size.0)
        .acquire_timeout(Duration::from_secs(10))
        // Asking before every use is a round trip; one that was idle for a while may have died meanwhile.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move { Ok(meta.idle_for < IDLE_UNASKED || connection.ping().await.is_ok()) })
        })
        .connect_with(options.application_name("forecourt"))
        .await
        .map_err(|error| ConnectError::Unreachable(reason(&error)))
}

/// Logs in once and leaves: says at once why it cannot, where a pool would go on trying.
pub async fn probe(url: &SecretString) -> Result<(), ConnectError> {
    let options: PgConnectOptions = url.expose_secret().parse().map_err(|_| ConnectError::Url)?;
    let unreachable = |error: sqlx::Error| ConnectError::Unreachable(reason(&error));
    options.connect().await.map_err(unreachable)?.close().await.map_err(unreachable)
}

/// Opens a pool as the app role. A superuser, a role that bypasses row security or one that owns
/// tables is refused.
pub async fn open_app(url: &SecretString, size: PoolSize) -> Result<PgPool, ConnectError> {
    let pool = open(url, size).await?;
    let role = RoleFacts::load(&pool).await?;
    match role.unbound() {
        Some(what) => Err(ConnectError::RoleTooStrong { role: role.name, what }),
        None => Ok(pool),
    }
}

impl RoleFacts {
    /// The role that is logged in.
    pub(crate) async fn load(pool: &PgPool) -> Result<Self, StoreError> {
        Ok(sqlx::query_as(
            "select rolname::text as name, rolsuper as is_superuser, rolbypassrls as bypasses_row_security,
                 exists (select from pg_class where relowner = pg_roles.oid and relkind in ('r', 'p')) as owns_tables
             from pg_roles where rolname = current_user",
        )
        .fetch_one(pool)
        .await?)
    }

    /// What the role is that row-level security does not bind; none where it does.
    #[must_use]
    pub const fn unbound(&self) -> Option<&'static str> {
        match self {
            Self { is_superuser: true, .. } => Some("a superuser"),
            Self { bypasses_row_security: true, .. } => Some("allowed to bypass row-level security"),
            Self { owns_tables: true, .. } => Some("the owner of tables"),
            _ => None,
        }
    }
}

/// The part of an error that names no password.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.kind().to_string(),
        sqlx::Error::PoolTimedOut => "no answer in time".to_owned(),
        _ => "unexpected answer".to_owned(),
    }
}
