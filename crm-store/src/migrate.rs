//! Bringing a database to this version: migrations as the owner role, and partitions two years ahead.

use sqlx::PgPool;

/// The plain SQL files of `migrations/`, embedded.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// The append-only tables that are partitioned by range of id.
pub const PARTITIONED: [&str; 4] = ["payloads", "messages", "steps", "audit_entries"];

/// Why a database could not be migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("a migration failed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("partitions could not be made: {0}")]
    Partitions(#[from] sqlx::Error),
}

/// Applies what is missing and makes the partitions of the next two years. Run by the owner role.
pub async fn migrate(owner: &PgPool) -> Result<(), MigrateError> {
    MIGRATOR.run(owner).await?;
    for table in PARTITIONED {
        sqlx::query("select make_partitions($1, now()::date, (now() + interval '2 years')::date)")
            .bind(table)
            .execute(owner)
            .await?;
    }
    Ok(())
}

/// Whether every migration of this version is applied.
pub async fn is_current(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let newest: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(pool).await?;
    Ok(newest >= MIGRATOR.iter().map(|migration| migration.version).max())
}
