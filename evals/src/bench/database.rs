//! The database of a bench: embedded, durable, in a folder of its own, gone afterwards.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicI64},
};

use anyhow::Context;
use forecourt_crm_store::{
    connect::{self, PoolSize},
    embedded::EmbeddedPostgres,
    migrate,
};
use forecourt_domain::clock::{Clock, SystemClock};
use secrecy::SecretString;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Connections of the process under test, as a server has.
pub const POOL: u32 = 24;

/// Connections that only look at what was written.
pub const WATCHERS: u32 = 8;

/// A running, migrated database. [`close`](Self::close) stops it.
pub struct BenchDatabase {
    /// The one pool that both contestants work on, as the app role.
    pub pool: PgPool,
    /// Sees every dealership: for looking at what was written, never for writing.
    pub watcher: PgPool,
    pub clock: Arc<dyn Clock>,
    /// How often the counters were read; each time cost a commit per connection.
    pub(super) readings: AtomicI64,
    embedded: EmbeddedPostgres,
    folder: tempfile::TempDir,
}

impl BenchDatabase {
    /// Starts a database that survives a crash of the machine, as a real one does.
    ///
    /// # Errors
    /// When no PostgreSQL can be started; the error says what to do.
    pub async fn start(progress: &mut (dyn FnMut(&str) + Send)) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the database")?;
        let embedded = EmbeddedPostgres::start(&folder.path().join("data"), progress).await?;
        let owner = connect::open(&SecretString::from(embedded.owner_url()), PoolSize(1)).await?;
        migrate::migrate(&owner).await?;
        owner.close().await;
        let pool = connect::open_app(&SecretString::from(embedded.app_url()), PoolSize(POOL)).await?;
        let superuser: PgConnectOptions = embedded.superuser_url().parse().context("the superuser's URL")?;
        let watcher =
            PgPoolOptions::new().max_connections(WATCHERS).connect_with(superuser.database("forecourt")).await?;
        Ok(Self {
            pool,
            watcher,
            clock: Arc::new(SystemClock::default()),
            readings: AtomicI64::new(0),
            embedded,
            folder,
        })
    }

    /// Stops the database and removes its data.
    ///
    /// # Errors
    /// When it does not stop; its folder is then left alone.
    pub async fn close(self) -> anyhow::Result<()> {
        self.pool.close().await;
        self.watcher.close().await;
        // As root the data may lie elsewhere, reached by a link.
        let data: PathBuf = self.embedded.folder().to_owned();
        self.embedded.stop().await?;
        if !data.starts_with(self.folder.path()) {
            std::fs::remove_dir_all(&data).with_context(|| format!("cannot remove {}", data.display()))?;
        }
        Ok(self.folder.close()?)
    }
}
