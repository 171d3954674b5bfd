//! Where the cluster lives: its folder, the lock files in it, and the folder of its socket.
//!
//! ```text
//! <folder>/data         PostgreSQL's own folder, 0700, the server user's
//! <folder>/run          the socket, 0700, the server user's (elsewhere where the path is too long)
//! <folder>/server.log   what the server says
//! <folder>/start.lock   held during a start     <folder>/users.lock   held by everybody who uses the server
//! ```

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::ErrorKind,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
};

use forecourt_domain::hex::hex;
use sha2::{Digest, Sha256};

use super::{EmbeddedError, Progress, account::Account};

pub(super) const DATA: &str = "data";

/// Names the socket file; no TCP port is opened.
pub(super) const PORT: u16 = 5432;

/// Where root keeps data whose own folder the server's user cannot reach.
const STATE_OF_ROOT: &str = "/var/lib/forecourt";

/// What fits in `sockaddr_un` on the strictest system (macOS: 104 bytes with the final zero).
const SOCKET_PATH_LIMIT: usize = 103;

/// The folder of one cluster.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `requested`, made where it is missing. What the server's user cannot reach
    /// becomes a link to a folder which it can.
    pub(super) async fn open(
        requested: &Path,
        account: &Account,
        progress: Progress<'_>,
    ) -> Result<Self, EmbeddedError> {
        let missing = !requested.exists();
        make_public(requested)?;
        let path = canonical(requested)?;
        if account.can_enter(&path).await? {
            return Ok(Self { path });
        }
        // A folder with something in it is not moved behind its owner's back.
        if !missing && fs::read_dir(&path).map_err(|source| EmbeddedError::folder(&path, source))?.next().is_some() {
            return Err(EmbeddedError::Unreachable { user: account.name.clone(), path });
        }
        let elsewhere = relocate(requested, &path)?;
        progress(&format!(
            "The user {} cannot reach {}, so the data goes to {} (linked from there)",
            account.name,
            path.display(),
            elsewhere.display()
        ));
        Ok(Self { path: elsewhere })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    /// Waits for the lock of that name. It ends with the returned file, or with the process.
    pub(super) async fn lock(&self, name: &str, account: &Account) -> Result<File, EmbeddedError> {
        let path = self.path.join(name);
        lock(self.lock_file(name, account)?, &path).await
    }

    pub(super) fn lock_file(&self, name: &str, account: &Account) -> Result<File, EmbeddedError> {
        let path = self.path.join(name);
        let file = open_lock(&path)?;
        account.give(&path)?;
        Ok(file)
    }

    /// A clean private folder for the socket of a server to be started: beside the data, or a short one of this user.
    pub(super) fn fresh_socket_dir(&self, account: &Account) -> Result<PathBuf, EmbeddedError> {
        let beside = self.path.join("run");
        let dir = if fits(&beside) { beside } else { self.short_socket_dir(account) };
        make_private(&dir, account)?;
        // The caller knows that no server runs here, while PostgreSQL judges a leftover by its process
        // number, which may have been given out again.
        for left in [postmaster_socket(&dir), postmaster_socket(&dir).with_added_extension("lock")] {
            match fs::remove_file(&left) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(EmbeddedError::folder(&left, error)),
                _ => {}
            }
        }
        Ok(dir)
    }

    /// Removes the folder of an ended server's socket when it is not beside the data. One that is not
    /// empty, or not ours, stays: the next start looks at it again.
    pub(super) fn leave_socket_dir(&self, dir: &Path) {
        if !dir.starts_with(&self.path) {
            drop(fs::remove_dir(dir));
        }
    }

    fn short_socket_dir(&self, account: &Account) -> PathBuf {
        let name = format!("forecourt-{}-{}", account.uid, key(&self.path));
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join(&name));
        match runtime {
            // Root's own runtime folder is closed to the server's user.
            Some(dir) if !account.is_switch && dir.is_absolute() && fits(&dir) => dir,
            _ => Path::new("/tmp").join(name),
        }
    }
}

/// Opens a file to lock, making it where it is missing.
pub(super) fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(|source| EmbeddedError::folder(path.parent().unwrap_or(path), source))
}

/// Waits until the file is locked by this process alone.
pub(super) async fn lock(file: File, path: &Path) -> Result<File, EmbeddedError> {
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    locked
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
        .map_err(|source| EmbeddedError::folder(path, source))
}

/// Makes a folder and what is missing above it, open to other users whatever the umask is: the
/// cluster inside is closed by its own modes, and the server may run as another user than ours.
pub(super) fn make_public(path: &Path) -> Result<(), EmbeddedError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_public(parent)?;
    }
    match fs::create_dir(path) {
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(0o755)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
    .map_err(|source| EmbeddedError::folder(path, source))
}

/// Makes a folder that only the server's user may enter, and refuses one that somebody else made.
pub(super) fn make_private(path: &Path, account: &Account) -> Result<(), EmbeddedError> {
    let at = |source| EmbeddedError::folder(path, source);
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return account.give(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(at(error)),
    }
    // A link, or a folder of another user in /tmp, would hand that user the connection.
    let existing = fs::symlink_metadata(path).map_err(at)?;
    if !existing.is_dir() || existing.uid() != account.uid {
        return Err(EmbeddedError::SocketFolder(path.to_owned()));
    }
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(at)
}

/// Removes a folder with everything in it; none is as good.
pub(super) fn remove(path: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(EmbeddedError::folder(path, error)),
        _ => Ok(()),
    }
}

/// Replaces the empty folder at `requested` by a link to a new one that every user can reach.
fn relocate(requested: &Path, path: &Path) -> Result<PathBuf, EmbeddedError> {
    let at = |source| EmbeddedError::folder(requested, source);
    make_public(Path::new(STATE_OF_ROOT))?;
    let elsewhere = free_folder(path)?;
    fs::remove_dir(path).map_err(at)?;
    symlink(&elsewhere, requested).map_err(at)?;
    Ok(elsewhere)
}

/// A new folder named after the path it stands for. An older one of that name belongs to a link
/// that was removed, and so is left alone.
fn free_folder(path: &Path) -> Result<PathBuf, EmbeddedError> {
    for number in 1_u32.. {
        let folder = Path::new(STATE_OF_ROOT).join(format!("{}-{number}", key(path)));
        match DirBuilder::new().mode(0o755).create(&folder) {
            Ok(()) => {
                let open = fs::set_permissions(&folder, Permissions::from_mode(0o755));
                return open.map(|()| folder.clone()).map_err(|source| EmbeddedError::folder(&folder, source));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(source) => return Err(EmbeddedError::folder(&folder, source)),
        }
    }
    Err(EmbeddedError::folder(path, ErrorKind::StorageFull.into()))
}

fn canonical(path: &Path) -> Result<PathBuf, EmbeddedError> {
    path.canonicalize().map_err(|source| EmbeddedError::folder(path, source))
}

/// A short name for a path.
pub(crate) fn key(path: &Path) -> String {
    hex(&Sha256::digest(path.as_os_str().as_bytes())[..6])
}

/// Whether a socket in this folder has a path that is short enough and needs no quoting, neither in
/// PostgreSQL's list of folders nor in a URL.
fn fits(dir: &Path) -> bool {
    let socket = postmaster_socket(dir);
    let bytes = socket.as_os_str().as_bytes();
    bytes.len() <= SOCKET_PATH_LIMIT
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-'))
}

/// The socket file of a server that listens in `dir`.
pub(super) fn postmaster_socket(dir: &Path) -> PathBuf {
    dir.join(format!(".s.PGSQL.{PORT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn myself() -> Account {
        let dir = tempfile::tempdir().unwrap();
        let mine = fs::metadata(dir.path()).unwrap();
        Account { uid: mine.uid(), gid: mine.gid(), name: "me".to_owned(), is_switch: false }
    }

    #[test]
    fn only_a_short_plain_path_holds_the_socket() {
        for (dir, expected) in [
            ("/var/lib/forecourt/run", true),
            (&*format!("/{}", "x".repeat(88)), true),
            (&*format!("/{}", "x".repeat(89)), false),
            ("/home/a b/run", false),
            ("/home/a,b/run", false),
            ("/home/ä/run", false),
            ("/home/o'hara/run", false),
            ("/home/x?host=evil/run", false),
        ] {
            assert_eq!(fits(Path::new(dir)), expected, "{dir}");
        }
    }

    #[test]
    fn a_long_path_gets_a_short_socket_folder_of_its_own() {
        let base = tempfile::tempdir().unwrap();
        let [one, two] = ["a", "b"].map(|name| Folder { path: base.path().join(name.repeat(120)) });
        let account = Account { is_switch: true, ..myself() };
        let [one, two] = [&one, &two].map(|folder| folder.short_socket_dir(&account));
        assert!(fits(&one) && fits(&two), "{} {}", one.display(), two.display());
        assert_ne!(one, two);
    }

    #[test]
    fn a_link_in_place_of_the_socket_folder_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("run");
        symlink("/tmp", &path).unwrap();
        assert!(matches!(make_private(&path, &myself()), Err(EmbeddedError::SocketFolder(_))));
    }

    #[test]
    fn a_socket_folder_of_another_user_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let somebody_else = Account { uid: myself().uid + 1, ..myself() };
        assert!(matches!(make_private(base.path(), &somebody_else), Err(EmbeddedError::SocketFolder(_))));
    }

    #[test]
    fn an_open_socket_folder_is_closed() {
        let base = tempfile::tempdir().unwrap();
        fs::set_permissions(base.path(), Permissions::from_mode(0o777)).unwrap();
        make_private(base.path(), &myself()).unwrap();
        assert_eq!(fs::metadata(base.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
