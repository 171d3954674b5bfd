//! Whether a server already runs on a folder, and whether a leftover `postmaster.pid` is stale.

use std::{
    fs,
    io::ErrorKind,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    EmbeddedError,
    account::Account,
    folder::{Folder, postmaster_socket},
};

const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// What runs on a data folder.
#[derive(Debug)]
pub(super) enum Postmaster {
    /// Nothing, and nothing is left of an earlier server.
    Absent,
    /// A server that takes connections in this folder.
    Serving { socket_dir: PathBuf },
}

impl Postmaster {
    /// Looks for the folder's server, waiting for one that is starting or ending, and removes the
    /// pid file of one that is gone (after a crash of the machine the number may be another process's).
    pub(super) async fn find(folder: &Folder, account: &Account) -> Result<Self, EmbeddedError> {
        let pid_file = folder.data().join("postmaster.pid");
        let mut waited = Duration::ZERO;
        loop {
            let text = match fs::read_to_string(&pid_file) {
                Ok(text) => text,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::Absent),
                Err(source) => return Err(EmbeddedError::folder(&pid_file, source)),
            };
            let Some(PidFile { pid, data, socket_dir }) = PidFile::parse(&text) else {
                return remove_stale(&pid_file);
            };
            // In the copy of a folder the file still names the original, whose server is not ours.
            if let Some(socket_dir) = socket_dir.filter(|dir| data == folder.data() && answers(dir)) {
                return Ok(Self::Serving { socket_dir });
            }
            if !is_server_of(pid, &folder.data(), account).await {
                return remove_stale(&pid_file);
            }
            if waited >= PATIENCE {
                return Err(EmbeddedError::Silent { pid, data: folder.data() });
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }
}

fn remove_stale(pid_file: &Path) -> Result<Postmaster, EmbeddedError> {
    match fs::remove_file(pid_file) {
        Ok(()) => Ok(Postmaster::Absent),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Postmaster::Absent),
        Err(source) => Err(EmbeddedError::folder(pid_file, source)),
    }
}

/// The lines of `postmaster.pid` that matter here (PostgreSQL documents them in `pidfile.h`).
#[derive(Debug, PartialEq, Eq)]
struct PidFile {
    pid: u32,
    data: PathBuf,
    /// Empty until the server has made its socket.
    socket_dir: Option<PathBuf>,
}

impl PidFile {
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok()?,
            data: PathBuf::from(lines.get(1)?),
            socket_dir: lines.get(4).filter(|line| !line.is_empty()).map(PathBuf::from),
        })
    }
}

fn answers(socket_dir: &Path) -> bool {
    UnixStream::connect(postmaster_socket(socket_dir)).is_ok()
}

/// Whether that process is a PostgreSQL server working in that data folder.
async fn is_server_of(pid: u32, data: &Path, account: &Account) -> bool {
    if Path::new("/proc/self").exists() {
        // Asked as the server's own user: in a container even root may not look into others' processes.
        let cwd = account.command("readlink").arg(format!("/proc/{pid}/cwd")).output().await;
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        return name.trim() == "postgres"
            && cwd.is_ok_and(|cwd| String::from_utf8_lossy(&cwd.stdout).trim_end() == data.to_string_lossy());
    }
    let name = account.command("ps").args(["-o", "comm=", "-p", &pid.to_string()]).output().await;
    name.is_ok_and(|name| String::from_utf8_lossy(&name.stdout).trim_end().ends_with("postgres"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_whole_or_not_at_all() {
        let whole = "4711\n/data\n1790000000\n5432\n/run/x\n\n  1234 5678\nready   \n";
        let starting = "4711\n/data\n1790000000\n5432\n\n";
        let file = |socket_dir: Option<&str>| {
            Some(PidFile { pid: 4711, data: "/data".into(), socket_dir: socket_dir.map(PathBuf::from) })
        };
        for (text, expected) in [
            (whole, file(Some("/run/x"))),
            (starting, file(None)),
            ("4711\n/data", file(None)),
            ("4711", None),
            ("", None),
            ("-4711\n/data\n", None),
        ] {
            assert_eq!(PidFile::parse(text), expected, "{text:?}");
        }
    }
}
