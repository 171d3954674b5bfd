//! A migrated PostgreSQL database per test, owned by that test alone.
//!
//! The cluster is the one of `FORECOURT_TEST_DATABASE_URL` (a superuser's URL), else an embedded one
//! under `target/test-postgres` that all test processes share and that goes on running between test
//! runs (`./test` stops it). A template is migrated once per content of the migrations; each test gets a copy of it.

mod cluster;

use std::time::Duration;

use cluster::Cluster;
use forecourt_domain::{hex::hex, scope::Scope};
use sha2::{Digest, Sha256};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::OnceCell;

use crate::{
    embedded::{
        EmbeddedError,
        roles::{self, APP_ROLE, OWNER_ROLE, execute},
    },
    migrate::{MIGRATOR, MigrateError, migrate},
};

/// The advisory locks of the maintenance database: one process at a time makes the template, or cleans up.
const TEMPLATE_LOCK: i64 = 0x666f_7265_0001;
const CLEANING_LOCK: i64 = 0x666f_7265_0002;

/// Every test database begins with this; nothing else is ever dropped.
const PREFIX: &str = "forecourt_test_";
const TEMPLATE_PREFIX: &str = "forecourt_template_";

/// A database of one test. It is dropped with this value; one left by a killed test is dropped by
/// a later [`create`](Self::create).
#[derive(Debug)]
pub struct TestDatabase {
    /// Connects as `forecourt_owner`, who owns the tables: for arranging what the app role may not.
    pub owner: PgPool,
    /// Connects as `forecourt_app`, which row-level security binds: for the code under test.
    pub app: PgPool,
    /// Its name; the process id is in it.
    pub name: String,
    server: PgConnectOptions,
    /// Shows the cleaning of other processes that this database is in use.
    _sign_of_life: PgConnection,
}

/// Why there is no test database.
#[derive(Debug, thiserror::Error)]
pub enum TestDatabaseError {
    /// `FORECOURT_TEST_DATABASE_URL` is not a URL.
    #[error("FORECOURT_TEST_DATABASE_URL must look like postgres://superuser:password@host/postgres")]
    Url,
    /// The shared cluster did not start.
    #[error("the test cluster: {0}")]
    Embedded(#[from] EmbeddedError),
    /// The server refused.
    #[error(
        "the test database: {0}; FORECOURT_TEST_DATABASE_URL must name a superuser of PostgreSQL 15+ with pgvector"
    )]
    Sql(#[from] sqlx::Error),
    /// The template could not be migrated.
    #[error("the template of the test databases: {0}")]
    Migrate(#[from] MigrateError),
}

impl TestDatabase {
    /// A new database with every migration applied.
    ///
    /// # Panics
    /// When there is none to be had; the message says what to do.
    #[allow(clippy::panic, reason = "a test without its database has failed")]
    pub async fn create() -> Self {
        Self::try_create().await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// [`create`](Self::create) without the panic.
    ///
    /// # Errors
    /// When the cluster, the template or the copy cannot be had.
    pub async fn try_create() -> Result<Self, TestDatabaseError> {
        let cluster = CLUSTER.get_or_try_init(prepare_cluster).await?;
        let server = cluster.server.clone();
        let name = format!("{PREFIX}{}_{:012x}", std::process::id(), rand::random::<u64>() >> 16);
        // Connected under the database's name before it exists, so that nobody ever sees it abandoned.
        let mut connection = server.clone().application_name(&name).connect().await?;
        drop_abandoned(&mut connection).await?;
        let (template, place) = (template_name(), cluster.place_of_copy());
        let copy = format!("create database {name} template {template} owner {OWNER_ROLE} {place}");
        execute(&mut connection, copy).await?;
        let pool = |role, size| {
            let options = server.clone().username(role).database(&name);
            PgPoolOptions::new().max_connections(size).connect_lazy_with(options)
        };
        let (owner, app) = (pool(OWNER_ROLE, 4), pool(APP_ROLE, 12));
        Ok(Self { owner, app, name, server, _sign_of_life: connection })
    }

    /// The texts of a query's one column, read by the app role inside one dealership: for claims about
    /// rows that no method of the store returns.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn texts(&self, scope: Scope, query: &'static str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(query).fetch_all(&mut *self.inside(scope).await?).await
    }

    /// Runs one statement as the app role inside one dealership: for arranging what no method does.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn execute(&self, scope: Scope, statement: &'static str) -> Result<(), sqlx::Error> {
        let mut tx = self.inside(scope).await?;
        sqlx::query(statement).execute(&mut *tx).await?;
        tx.commit().await
    }

    async fn inside(&self, scope: Scope) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let mut tx = self.app.begin().await?;
        let setting = "select set_config('app.dealership_id', $1, true)";
        sqlx::query(setting).bind(scope.dealership_id().to_string()).execute(&mut *tx).await?;
        Ok(tx)
    }

    /// The URL of the app role, for starting a whole server on this database.
    #[must_use]
    pub fn app_url(&self) -> String {
        self.url(APP_ROLE)
    }

    /// The URL of the owner role.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.url(OWNER_ROLE)
    }

    fn url(&self, role: &str) -> String {
        self.server.clone().username(role).database(&self.name).to_url_lossy().into()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // The test's own runtime may be ending, or be this very thread.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async { drop_database(&mut server.connect().await.ok()?, &name).await.ok() })
        });
        // What fails here is dropped by a later test.
        drop(dropping.join());
    }
}

/// The cluster, once its template is there. It holds no connection: those belong to a test's runtime.
static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

async fn prepare_cluster() -> Result<Cluster, TestDatabaseError> {
    let cluster = Cluster::find().await?;
    make_template(&cluster).await?;
    Ok(cluster)
}

/// Changes with every migration.
fn template_name() -> String {
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(&migration.checksum);
    }
    format!("{TEMPLATE_PREFIX}{}", hex(&hash.finalize()[..8]))
}

/// Makes the template where it is missing. It gets its name only when it is complete.
async fn make_template(cluster: &Cluster) -> Result<(), TestDatabaseError> {
    let server = &cluster.server;
    let (template, unfinished) = (template_name(), format!("{}_unfinished", template_name()));
    let mut connection = server.connect().await?;
    if exists(&mut connection, &template).await? {
        return Ok(());
    }
    lock(&mut connection, TEMPLATE_LOCK).await?;
    if !exists(&mut connection, &template).await? {
        // What remains of an interrupted start, and templates of earlier migrations.
        let outdated = if cluster.is_embedded { TEMPLATE_PREFIX } else { &unfinished };
        for name in databases_named(&mut connection, outdated).await? {
            drop_database(&mut connection, &name).await?;
        }
        let place = cluster.place();
        execute(&mut connection, format!("create database {unfinished} owner {OWNER_ROLE} {place}")).await?;
        roles::make_extension(&server.clone().database(&unfinished)).await?;
        let owner = server.clone().username(OWNER_ROLE).database(&unfinished);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(owner).await?;
        migrate(&pool).await?;
        pool.close().await;
        execute(&mut connection, format!("alter database {unfinished} rename to {template}")).await?;
    }
    // Ends the lock too.
    Ok(connection.close().await?)
}

/// Drops the databases whose process is gone. One that somebody is connected for lives.
async fn drop_abandoned(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let alone: bool =
        sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(CLEANING_LOCK).fetch_one(&mut *connection).await?;
    if !alone {
        return Ok(());
    }
    let abandoned: Vec<String> = sqlx::query_scalar(
        "select database.datname from pg_database as database
         where starts_with(database.datname, $1)
             and not exists (select from pg_stat_activity as session where session.application_name = database.datname)",
    )
    .bind(PREFIX)
    .fetch_all(&mut *connection)
    .await?;
    for name in abandoned {
        drop_database(connection, &name).await?;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(CLEANING_LOCK).execute(connection).await.map(drop)
}

/// Ends the sessions of a database and drops it. `with (force)` alone looks for ended sessions only
/// every tenth of a second.
async fn drop_database(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    for _ in 0..100 {
        let sessions: i64 =
            sqlx::query_scalar("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1")
                .bind(name)
                .fetch_one(&mut *connection)
                .await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
        if sessions == 0 {
            break;
        }
    }
    execute(connection, format!("drop database if exists {name} with (force)")).await
}

async fn databases_named(connection: &mut PgConnection, prefix: &str) -> Result<Vec<String>, sqlx::Error> {
    let query = "select datname from pg_database where starts_with(datname, $1)";
    sqlx::query_scalar(query).bind(prefix).fetch_all(connection).await
}

async fn exists(connection: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(connection)
        .await
}

async fn lock(connection: &mut PgConnection, key: i64) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_lock($1)").bind(key).execute(connection).await.map(drop)
}
