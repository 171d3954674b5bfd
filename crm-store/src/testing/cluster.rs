//! The cluster that holds the test databases: a given one, or an embedded one shared by all test processes.

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::process::Command;

use super::{TEMPLATE_LOCK, TestDatabaseError, lock};
use crate::embedded::{
    self, Durability, EmbeddedError, EmbeddedPostgres,
    roles::{self, execute},
};

/// Less than this free, and databases stay on the disk: a copy is some 12 MB, and each core runs a test.
const ENOUGH_MEMORY_KIB: u64 = 2 * 1024 * 1024;

/// The tablespace of databases in memory. A database is hundreds of files, and some disks take half a
/// second to make them; memory takes a fiftieth of one.
const MEMORY: &str = "memory";

/// Where the superuser finds the cluster, and how it copies databases.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    pub(super) server: PgConnectOptions,
    /// Whether it is the embedded one, which serves the tests of this working copy and of no other.
    pub(super) is_embedded: bool,
    /// Whether databases are made in memory.
    is_in_memory: bool,
}

impl Cluster {
    /// The cluster of `FORECOURT_TEST_DATABASE_URL`, else the shared one, with both roles.
    pub(super) async fn find() -> Result<Self, TestDatabaseError> {
        match std::env::var("FORECOURT_TEST_DATABASE_URL") {
            Ok(url) => Ok(Self { server: given(&url).await?, is_embedded: false, is_in_memory: false }),
            Err(_) => shared().await,
        }
    }

    /// Ends a `create database` statement for a new one.
    pub(super) fn place(&self) -> &'static str {
        if self.is_in_memory { "tablespace memory" } else { "" }
    }

    /// Ends a `create database` statement for a copy. Copying files is quicker than logging their
    /// pages where writing them out at once costs nothing.
    pub(super) fn place_of_copy(&self) -> &'static str {
        if self.is_in_memory { "tablespace memory strategy file_copy" } else { "" }
    }
}

async fn given(url: &str) -> Result<PgConnectOptions, TestDatabaseError> {
    let server: PgConnectOptions = url.parse().map_err(|_| TestDatabaseError::Url)?;
    let mut connection = server.connect().await?;
    lock(&mut connection, TEMPLATE_LOCK).await?;
    // The roles log in the way the given user does, so that one URL is enough.
    let mut url = server.to_url_lossy();
    let encoded = url.password().map(|password| format!("password={password}"));
    url.set_query(encoded.as_deref());
    let password = url.query_pairs().next().map(|(_, password)| password.into_owned());
    roles::make_roles(&mut connection, password.as_deref()).await?;
    connection.close().await?;
    Ok(server)
}

async fn shared() -> Result<Cluster, TestDatabaseError> {
    let folder = shared_folder();
    if is_memory_lost(&folder) {
        embedded::discard(&folder).await?;
    }
    let server = match start(&folder).await {
        // A copied, torn or outdated folder: it holds nothing worth a repair.
        Err(EmbeddedError::Program { .. } | EmbeddedError::WrongMajor(_)) => {
            embedded::discard(&folder).await?;
            start(&folder).await?
        }
        started => started?,
    };
    let options: PgConnectOptions = server.superuser_url().parse().map_err(|_| TestDatabaseError::Url)?;
    let is_in_memory = prepare_memory(&server, &options).await?;
    Ok(Cluster { server: options, is_embedded: true, is_in_memory })
}

async fn start(folder: &Path) -> Result<EmbeddedPostgres, EmbeddedError> {
    EmbeddedPostgres::start_with(folder, Durability::Off, &mut |line| tracing::info!("{line}")).await
}

fn shared_folder() -> PathBuf {
    let beside_the_crate = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"));
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(beside_the_crate, PathBuf::from).join("test-postgres")
}

/// The folder in memory that belongs to the cluster in `folder` and to no other.
fn memory_folder(folder: &Path) -> PathBuf {
    Path::new("/dev/shm").join(format!("forecourt-test-{}", embedded::key(folder)))
}

/// Whether the databases in memory are gone (the machine was started again) or are another
/// cluster's (the folder is a copy).
fn is_memory_lost(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let links = std::fs::read_dir(folder.join("data/pg_tblspc")).into_iter().flatten().flatten();
    let expected = memory_folder(&folder);
    links.filter_map(|link| link.path().read_link().ok()).any(|target| target != expected || !target.is_dir())
}

/// Makes the tablespace in memory when the cluster is new and the machine has enough; says whether it is there.
async fn prepare_memory(server: &EmbeddedPostgres, options: &PgConnectOptions) -> Result<bool, TestDatabaseError> {
    let mut connection = options.connect().await?;
    if has_memory(&mut connection).await? {
        return Ok(true);
    }
    if free_memory_kib().await < ENOUGH_MEMORY_KIB {
        return Ok(false);
    }
    lock(&mut connection, TEMPLATE_LOCK).await?;
    if !has_memory(&mut connection).await? {
        let location = memory_folder(server.folder());
        server.make_private_anew(&location)?;
        execute(&mut connection, format!("create tablespace {MEMORY} location '{}'", location.display())).await?;
    }
    // Ends the lock too.
    connection.close().await?;
    Ok(true)
}

async fn has_memory(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let query = "select exists (select from pg_tablespace where spcname = $1)";
    sqlx::query_scalar(query).bind(MEMORY).fetch_one(connection).await
}

/// What is free in `/dev/shm`; 0 where there is none.
async fn free_memory_kib() -> u64 {
    let Ok(output) = Command::new("df").args(["-Pk", "/dev/shm"]).output().await else { return 0 };
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let row = table.lines().nth(1).filter(|row| row.starts_with("tmpfs") || row.starts_with("shm"));
    row.and_then(|row| row.split_whitespace().nth(3)?.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_or_restarted_cluster_is_seen_to_have_lost_its_memory() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().canonicalize().unwrap();
        assert!(!is_memory_lost(&folder), "a new cluster has none to lose");

        let links = folder.join("data/pg_tblspc");
        std::fs::create_dir_all(&links).unwrap();
        std::os::unix::fs::symlink(memory_folder(&folder), links.join("16384")).unwrap();
        assert!(is_memory_lost(&folder), "its folder is gone");

        std::fs::remove_file(links.join("16384")).unwrap();
        std::os::unix::fs::symlink(&folder, links.join("16384")).unwrap();
        assert!(is_memory_lost(&folder), "the folder is another cluster's");
    }
}
