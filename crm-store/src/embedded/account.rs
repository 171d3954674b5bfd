//! The operating-system user the server runs as. PostgreSQL refuses root, so root drops to another.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Output, Stdio},
};

use tokio::process::Command;

use super::EmbeddedError;

/// Whom root drops to, in this order.
const SERVER_USERS: [&str; 2] = ["postgres", "nobody"];

/// macOS has no `C.UTF-8`.
pub(super) const LOCALE: &str = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };

/// A user of this machine.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) name: String,
    /// Whether this process is root and becomes that user to run PostgreSQL's programs.
    pub(super) is_switch: bool,
}

impl Account {
    /// This process's user; as root, the owner of existing `data`, else `postgres` or `nobody`.
    pub(super) async fn choose(data: &Path) -> Result<Self, EmbeddedError> {
        let current = Self::current().await?;
        if current.uid != 0 {
            return Ok(current);
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let owner = fs::metadata(data).map(|data| data.uid()).ok().filter(|uid| *uid != 0);
        let found = match owner {
            Some(uid) => entries(&accounts).find(|account| account.uid == uid),
            None => SERVER_USERS.iter().find_map(|name| entries(&accounts).find(|account| account.name == *name)),
        };
        found.ok_or_else(|| {
            EmbeddedError::NoAccount(match owner {
                Some(uid) => format!("the data belongs to user number {uid}, which has no name in /etc/passwd"),
                None => "there is neither a user postgres nor a user nobody".to_owned(),
            })
        })
    }

    async fn current() -> Result<Self, EmbeddedError> {
        let output = Command::new("sh").args(["-c", "id -u && id -g && id -un"]).stdin(Stdio::null()).output().await;
        let output = checked("id", output)?;
        let mut lines = output.lines();
        let (uid, gid, name) = (lines.next(), lines.next(), lines.next());
        match (uid.and_then(|uid| uid.parse().ok()), gid.and_then(|gid| gid.parse().ok()), name) {
            (Some(uid), Some(gid), Some(name)) => Ok(Self { uid, gid, name: name.to_owned(), is_switch: false }),
            _ => Err(EmbeddedError::NoAccount("the current user has no name".to_owned())),
        }
    }

    /// A command that runs as this user. Its environment is nearly empty: neither the settings of
    /// another PostgreSQL (`PG*`) nor the application's secrets reach the server.
    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().env("LC_ALL", LOCALE).env("TZ", "UTC");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()));
        command.current_dir("/").stdin(Stdio::null()).kill_on_drop(true);
        if self.is_switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this user may enter the folder, asked of the system itself (modes, access lists, mounts).
    pub(super) async fn can_enter(&self, folder: &Path) -> Result<bool, EmbeddedError> {
        if !self.is_switch {
            return Ok(true);
        }
        let status = self.command("/bin/sh").args(["-c", "cd -- \"$1\"", "sh"]).arg(folder).output().await;
        match status {
            Ok(output) => Ok(output.status.success()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(EmbeddedError::NoAccount(format!("this root may not become the user {}", self.name)))
            }
            Err(source) => Err(EmbeddedError::folder(Path::new("/bin/sh"), source)),
        }
    }

    /// Gives a file or folder to this user when root made it.
    pub(super) fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        if !self.is_switch {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
            .map_err(|source| EmbeddedError::folder(path, source))
    }
}

/// The output of a finished program, or an error with the end of what it said.
pub(super) fn checked(program: &str, output: io::Result<Output>) -> Result<String, EmbeddedError> {
    let failed = |output| EmbeddedError::Program { program: program.to_owned(), output };
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => failed("it is not installed".to_owned()),
        _ => failed(error.to_string()),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(failed(last_lines(&String::from_utf8_lossy(&said))))
}

/// The last ten lines: enough to see the cause, short enough to read.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

/// The users of a passwd(5) file.
fn entries(passwd: &str) -> impl Iterator<Item = Account> + '_ {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let mut numbers = fields.skip(1).take(2).map(str::parse);
        match (numbers.next()?, numbers.next()?) {
            (Ok(uid), Ok(gid)) => Some(Account { uid, gid, name, is_switch: true }),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passwd_line_gives_name_and_numbers_and_a_broken_one_is_skipped() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n+::::::\n# comment\npostgres:x:101:104:x:/var/lib:/bin/sh\n";
        let found: Vec<_> = entries(passwd).map(|account| (account.name, account.uid, account.gid)).collect();
        assert_eq!(found, [("root".to_owned(), 0, 0), ("postgres".to_owned(), 101, 104)]);
    }

    #[test]
    fn a_long_complaint_is_cut_to_its_last_ten_lines() {
        let text: String = (1..=30).map(|n| format!("line {n}\n\n")).collect();
        let shown = last_lines(&text);
        assert_eq!(shown.lines().count(), 10);
        assert!(shown.starts_with("line 21") && shown.ends_with("line 30"));
    }
}
