//! What a run cost the database: commits, and rows written per table, as PostgreSQL itself counts them.

use std::{collections::BTreeMap, ops::Sub, sync::atomic::Ordering};

use anyhow::Context;
use futures::future::try_join_all;
use serde::Serialize;
use sqlx::PgPool;

use super::database::{BenchDatabase, POOL, WATCHERS};

/// The log of what was decided; a floor decides nothing.
pub const AUDIT_TABLES: &[&str] = &["audit_entries", "audit_pending"];

/// Rows of one table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Writes {
    pub inserted: i64,
    pub updated: i64,
    pub deleted: i64,
}

/// The counters at one moment, or the difference of two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    pub commits: i64,
    pub tables: BTreeMap<String, Writes>,
}

impl Sub for &Reading {
    type Output = Reading;

    fn sub(self, earlier: Self) -> Reading {
        let difference = |(name, now): (&String, &Writes)| {
            let before = earlier.tables.get(name).copied().unwrap_or_default();
            let writes = Writes {
                inserted: now.inserted - before.inserted,
                updated: now.updated - before.updated,
                deleted: now.deleted - before.deleted,
            };
            (name.clone(), writes)
        };
        let mut tables: BTreeMap<_, _> = self.tables.iter().map(difference).collect();
        tables.retain(|_, writes| *writes != Writes::default());
        Reading { commits: self.commits - earlier.commits, tables }
    }
}

impl std::ops::AddAssign<&Reading> for Reading {
    fn add_assign(&mut self, more: &Reading) {
        self.commits += more.commits;
        for (name, writes) in &more.tables {
            let sum = self.tables.entry(name.clone()).or_default();
            sum.inserted += writes.inserted;
            sum.updated += writes.updated;
            sum.deleted += writes.deleted;
        }
    }
}

impl Reading {
    /// Rows inserted into any table but the audit's.
    #[must_use]
    pub fn rows(&self) -> i64 {
        let counted = self.tables.iter().filter(|(name, _)| !AUDIT_TABLES.contains(&name.as_str()));
        counted.map(|(_, writes)| writes.inserted).sum()
    }
}

/// Commits of one reading: each connection hands in its counters, and two queries read them.
const COST_OF_READING: i64 = POOL as i64 + WATCHERS as i64 + 2;

/// Makes every connection of a pool hand in what it has counted.
async fn hand_in(pool: &PgPool, size: u32) -> Result<(), sqlx::Error> {
    let connections = try_join_all((0..size).map(|_| pool.acquire())).await?;
    let handed_in = connections.into_iter().map(|mut connection| async move {
        sqlx::query("select pg_stat_force_next_flush()").execute(&mut *connection).await
    });
    try_join_all(handed_in).await.map(drop)
}

impl BenchDatabase {
    /// Reads the counters while nothing else works. PostgreSQL keeps them back per connection, so every
    /// connection of the pool is told to hand them in; what that costs is taken off again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_counters(&self) -> anyhow::Result<Reading> {
        hand_in(&self.pool, POOL).await?;
        hand_in(&self.watcher, WATCHERS).await?;
        let readings = self.readings.fetch_add(1, Ordering::Relaxed) + 1;
        let commits: i64 =
            sqlx::query_scalar("select xact_commit from pg_stat_database where datname = current_database()")
                .fetch_one(&self.watcher)
                .await
                .context("the database's counters")?;
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "select coalesce(parent.relname, s.relname)::text, sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint,
                 sum(n_tup_del)::bigint
             from pg_stat_user_tables s
             left join pg_inherits i on i.inhrelid = s.relid left join pg_class parent on parent.oid = i.inhparent
             group by 1",
        )
        .fetch_all(&self.watcher)
        .await?;
        let tables =
            rows.into_iter().map(|(name, inserted, updated, deleted)| (name, Writes { inserted, updated, deleted }));
        Ok(Reading { commits: commits - readings * COST_OF_READING, tables: tables.collect() })
    }
}
