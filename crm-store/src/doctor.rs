//! What can be wrong with a database, read as it is and judged by nobody here: the server's `doctor` does.

use std::{sync::Arc, time::Duration};

use forecourt_domain::{clock::Clock, ids::IntegrationId};
use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    CrmTx, Store, StoreError,
    connect::{self, ConnectError, PoolSize, RoleFacts},
    integrations::Provider,
    keys::Keys,
    migrate::{MIGRATOR, PARTITIONED},
};

/// How far the migrations of this version are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrationFacts {
    /// None when there is no table of migrations that this role may read.
    pub applied: Option<i64>,
    pub expected: i64,
}

/// The partitions of one append-only table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionFacts {
    pub table: &'static str,
    /// Rows made before this instant have a partition of their own.
    pub made_until: Option<Timestamp>,
    /// Whether rows ever fell into the default partition, where they are slow to find and hard to move.
    pub default_is_used: bool,
}

/// The database's clock, and how long asking took: its answer is that much older at most.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseClock {
    pub now: Timestamp,
    pub asking_took: Duration,
}

/// Whether the instance's key opens what an integration has stored.
#[derive(Debug, Clone)]
pub struct SealedIntegration {
    pub id: IntegrationId,
    pub provider: Provider,
    pub opens: bool,
}

/// A database under examination, as whatever role the URL names.
pub struct ExaminedDatabase {
    pool: PgPool,
}

impl ExaminedDatabase {
    /// Logs in, and asks nothing of the role.
    pub async fn reach(url: &SecretString) -> Result<Self, ConnectError> {
        connect::probe(url).await?;
        Ok(Self { pool: connect::open(url, PoolSize(2)).await? })
    }

    /// The store over this database, if its role and migrations allow one.
    #[must_use]
    pub fn store(&self, keys: Keys, clock: Arc<dyn Clock>) -> Store {
        Store::new(self.pool.clone(), keys, clock)
    }

    /// The role that is logged in.
    pub async fn find_role(&self) -> Result<RoleFacts, StoreError> {
        RoleFacts::load(&self.pool).await
    }

    /// The major version of PostgreSQL.
    pub async fn load_server_major(&self) -> Result<u32, StoreError> {
        let version: i32 =
            sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&self.pool).await?;
        Ok(version.unsigned_abs() / 10_000)
    }

    /// The version of pgvector in this database, such as `0.8.5`.
    pub async fn find_vector_version(&self) -> Result<Option<String>, StoreError> {
        let query = "select extversion from pg_extension where extname = 'vector'";
        Ok(sqlx::query_scalar(query).fetch_optional(&self.pool).await?)
    }

    /// How far the migrations are.
    pub async fn load_migrations(&self) -> Result<MigrationFacts, StoreError> {
        let readable: Option<bool> =
            sqlx::query_scalar("select has_table_privilege(to_regclass('_sqlx_migrations'), 'select')")
                .fetch_one(&self.pool)
                .await?;
        let query = "select max(version) from _sqlx_migrations where success";
        let applied = match readable {
            Some(true) => sqlx::query_scalar(query).fetch_one(&self.pool).await?,
            Some(false) | None => None,
        };
        let expected = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
        Ok(MigrationFacts { applied, expected })
    }

    /// The partitions of every append-only table.
    pub async fn load_partitions(&self) -> Result<Vec<PartitionFacts>, StoreError> {
        let mut all = Vec::with_capacity(PARTITIONED.len());
        for table in PARTITIONED {
            // The size is readable without a grant on the partition, which the app role must not have.
            let rows: Vec<(Option<String>, i64)> = sqlx::query_as(
                "select pg_get_expr(part.relpartbound, part.oid), pg_relation_size(part.oid)
                 from pg_inherits i join pg_class part on part.oid = i.inhrelid
                 where i.inhparent = to_regclass($1)",
            )
            .bind(table)
            .fetch_all(&self.pool)
            .await?;
            let made_until = rows.iter().filter_map(|(bound, _)| upper_bound(bound.as_deref()?)).max();
            let default_is_used = rows.iter().any(|(bound, size)| bound.as_deref() == Some("DEFAULT") && *size > 0);
            all.push(PartitionFacts { table, made_until, default_is_used });
        }
        Ok(all)
    }

    /// What the database's clock shows.
    pub async fn load_clock(&self) -> Result<DatabaseClock, StoreError> {
        let asked = std::time::Instant::now();
        let now: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.pool).await?;
        Ok(DatabaseClock { now: now.to_jiff(), asking_took: asked.elapsed() })
    }
}

/// The instant of the upper bound in `FOR VALUES FROM ('…') TO ('…')`.
fn upper_bound(bound: &str) -> Option<Timestamp> {
    let (_, upper) = bound.rsplit_once("TO ('")?;
    let id: Uuid = upper.strip_suffix("')")?.parse().ok()?;
    // Only the first 48 bits count: the bound is no whole UUID version 7.
    let milliseconds = i64::try_from(id.as_u128() >> 80).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}

impl CrmTx {
    /// Tries the instance's key on every enabled integration.
    pub async fn check_integrations(&mut self) -> Result<Vec<SealedIntegration>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, String, Option<Vec<u8>>)> = sqlx::query_as(
            "select id, provider, sealed_secret from integrations
             where dealership_id = $1 and disabled_at is null order by created_at",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|(id, provider, sealed)| {
                let opens = self.keys.open(id, &sealed.unwrap_or_default()).is_ok();
                Ok(SealedIntegration { id: IntegrationId(id), provider: provider.parse()?, opens })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_of_a_partition_is_an_instant() {
        let bound =
            "FOR VALUES FROM ('01995e3a-1c00-0000-0000-000000000000') TO ('019b76da-a800-0000-0000-000000000000')";
        assert_eq!(upper_bound(bound).unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(upper_bound("DEFAULT"), None);
    }
}
