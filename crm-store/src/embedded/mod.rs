//! The embedded PostgreSQL of a demo, a test or a small dealership: found or fetched, started, stopped.
//!
//! One call of [`EmbeddedPostgres::start`] leaves a running server with the database `forecourt`,
//! its two roles and pgvector. The server is a daemon of its own: when the process that started it
//! is killed, it goes on, and the next start takes it over.

mod account;
mod bundle;
mod cluster;
mod error;
mod folder;
mod installation;
mod postmaster;
pub(crate) mod roles;

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use account::Account;
pub use error::EmbeddedError;
use folder::Folder;
#[cfg(feature = "testing")]
pub(crate) use folder::key;
use installation::Installation;
use postmaster::Postmaster;
use roles::{APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER};

/// Receives one line per step that may take a while, in words for the person who waits.
pub type Progress<'a> = &'a mut (dyn FnMut(&str) + Send);

/// What a committed transaction survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A crash of the machine. For everything that matters to anyone.
    Full,
    /// A crash of the process only; faster, and with room for many tests at once.
    Off,
}

/// A running server with the database `forecourt`.
///
/// Dropping it leaves the server running; [`stop`](Self::stop) ends it.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    account: Account,
    folder: Folder,
    socket_dir: PathBuf,
    /// Locked together with everybody else who uses the server. It goes with the process that holds
    /// it, so a killed one counts no longer.
    in_use: File,
}

impl EmbeddedPostgres {
    /// Starts the server of `data_dir`, making the folder, the database and the roles where they
    /// are missing, or attaches to the server that already runs there.
    ///
    /// As root the server runs as the user `postgres` or `nobody` (or whoever owns the data), and
    /// a folder which that user cannot reach becomes a link to one below `/var/lib/forecourt`.
    ///
    /// # Errors
    /// Every [`EmbeddedError`] says what to do about it.
    pub async fn start(data_dir: &Path, progress: Progress<'_>) -> Result<Self, EmbeddedError> {
        Self::start_with(data_dir, Durability::Full, progress).await
    }

    /// [`start`](Self::start) with a choice of durability. A running server keeps the one it has.
    ///
    /// # Errors
    /// Every [`EmbeddedError`] says what to do about it.
    pub async fn start_with(
        data_dir: &Path,
        durability: Durability,
        progress: Progress<'_>,
    ) -> Result<Self, EmbeddedError> {
        let account = Account::choose(&data_dir.join(folder::DATA)).await?;
        let folder = Folder::open(data_dir, &account, &mut *progress).await?;
        let _starting = folder.lock("start.lock", &account).await?;
        let socket_dir = match Postmaster::find(&folder, &account).await? {
            Postmaster::Serving { socket_dir } => socket_dir,
            Postmaster::Absent => launch(&folder, &account, durability, progress).await?,
        };
        roles::prepare(&roles::superuser_options(&socket_dir)).await?;
        let in_use = folder.lock_file("users.lock", &account)?;
        // INVARIANT: only who holds start.lock locks it alone, so this never waits.
        in_use.lock_shared().map_err(|source| EmbeddedError::folder(folder.path(), source))?;
        Ok(Self { account, folder, socket_dir, in_use })
    }

    /// Connects as the app role, which row-level security binds.
    #[must_use]
    pub fn app_url(&self) -> String {
        self.url(APP_ROLE, DATABASE)
    }

    /// Connects as the owner of the database: for migrations.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.url(OWNER_ROLE, DATABASE)
    }

    /// Connects as the superuser to the maintenance database `postgres`.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.url(SUPERUSER, "postgres")
    }

    /// The folder that holds the data, which is not the requested one where the server could not reach that.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the server, ending its connections, unless somebody else still uses it: the last one to
    /// leave stops it.
    ///
    /// # Errors
    /// When the server cannot be stopped within a minute; its data stays safe.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let _starting = self.folder.lock("start.lock", &self.account).await?;
        if self.is_used_by_others()? {
            return Ok(());
        }
        if let Err(error) = cluster::stop(&self.folder, &self.account).await {
            match Postmaster::find(&self.folder, &self.account).await? {
                // It was gone before it was asked to go.
                Postmaster::Absent => {}
                Postmaster::Serving { .. } => return Err(error),
            }
        }
        self.folder.leave_socket_dir(&self.socket_dir);
        Ok(())
    }

    fn is_used_by_others(&self) -> Result<bool, EmbeddedError> {
        let failed = |source| EmbeddedError::folder(self.folder.path(), source);
        self.in_use.unlock().map_err(failed)?;
        match self.in_use.try_lock() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Makes an empty folder that only the server's user may enter, in place of one it had there before.
    #[cfg(feature = "testing")]
    pub(crate) fn make_private_anew(&self, path: &Path) -> Result<(), EmbeddedError> {
        folder::make_private(path, &self.account)?;
        folder::remove(path)?;
        folder::make_private(path, &self.account)
    }

    fn url(&self, role: &str, database: &str) -> String {
        let socket_dir = self.socket_dir.to_string_lossy();
        format!("postgres://{role}@localhost:{}/{database}?host={socket_dir}&sslmode=disable", folder::PORT)
    }
}

/// Removes the data of a folder unless a server runs on it: for test clusters, which can be made anew.
#[cfg(feature = "testing")]
pub(crate) async fn discard(data_dir: &Path) -> Result<(), EmbeddedError> {
    let account = Account::choose(&data_dir.join(folder::DATA)).await?;
    let folder = Folder::open(data_dir, &account, &mut |_| {}).await?;
    let _starting = folder.lock("start.lock", &account).await?;
    match Postmaster::find(&folder, &account).await? {
        Postmaster::Serving { .. } => Ok(()),
        Postmaster::Absent => folder::remove(&folder.data()),
    }
}

async fn launch(
    folder: &Folder,
    account: &Account,
    durability: Durability,
    progress: Progress<'_>,
) -> Result<PathBuf, EmbeddedError> {
    let written_by = cluster::major_of(folder)?;
    let installation = Installation::find(written_by, folder, account, &mut *progress).await?;
    if written_by.is_none() {
        progress(&format!("Creating the database in {}", folder.path().display()));
        cluster::create(&installation, folder, account, durability).await?;
    }
    let socket_dir = folder.fresh_socket_dir(account)?;
    cluster::configure(folder, account, &socket_dir, durability)?;
    progress(&format!("Starting PostgreSQL {}", installation.major));
    cluster::start(&installation, folder, account).await?;
    Ok(socket_dir)
}
