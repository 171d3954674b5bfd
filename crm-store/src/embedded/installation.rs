//! Which PostgreSQL runs the cluster: one of this machine, else the bundle.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    EmbeddedError, Progress,
    account::{Account, checked},
    bundle,
    error::WrongMajor,
    folder::Folder,
};
use crate::connect::{OLDEST_PGVECTOR, OLDEST_POSTGRES};

/// Folders of one installation each, below which the programs are in `bin`.
const HOMES: [&str; 5] = [
    "/usr/lib/postgresql",
    "/opt/homebrew/opt",
    "/usr/local/opt",
    "/usr/local",
    "/Applications/Postgres.app/Contents/Versions",
];

/// The programs of one PostgreSQL that has pgvector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installation {
    pub(super) bin: PathBuf,
    pub(super) major: u32,
}

impl Installation {
    /// The newest installation for a new cluster, or the one of the version that wrote the data.
    pub(super) async fn find(
        written_by: Option<u32>,
        folder: &Folder,
        account: &Account,
        progress: Progress<'_>,
    ) -> Result<Self, EmbeddedError> {
        let local = usable(local_programs(), account).await;
        if let Some(found) = pick(&local, written_by) {
            return Ok(found);
        }
        let bundled = match bundle::programs(account, progress).await {
            Ok(programs) => usable(programs, account).await,
            // Without the bundle, what is here decides what can be said.
            Err(error) if local.is_empty() => return Err(error),
            Err(_) => Vec::new(),
        };
        if let Some(found) = pick(&bundled, written_by) {
            return Ok(found);
        }
        let Some(newest) = pick(&[bundled, local].concat(), None) else {
            let reason = "the fetched programs do not run on this machine".to_owned();
            return Err(EmbeddedError::NoPostgres { reason });
        };
        Err(EmbeddedError::WrongMajor(Box::new(WrongMajor {
            folder: folder.path().to_owned(),
            written_by: written_by.unwrap_or_default(),
            at_hand: newest.major,
            bin: newest.bin,
            become_user: account.is_switch.then(|| account.name.clone()),
        })))
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// The newest, or the one of that major version.
fn pick(installations: &[Installation], major: Option<u32>) -> Option<Installation> {
    let fitting = installations.iter().filter(|installation| major.is_none_or(|major| installation.major == major));
    fitting.max_by_key(|installation| installation.major).cloned()
}

/// Those of the folders that hold a server which is new enough, has pgvector, and runs as that user.
async fn usable(folders: Vec<PathBuf>, account: &Account) -> Vec<Installation> {
    let mut installations = Vec::new();
    for bin in folders {
        if !has_pgvector(&bin, account).await {
            continue;
        }
        let output = account.command(bin.join("postgres")).arg("--version").output().await;
        let major = checked("postgres", output).ok().and_then(|text| parse_major(&text));
        if let Some(major) = major.filter(|major| *major >= OLDEST_POSTGRES) {
            installations.push(Installation { bin, major });
        }
    }
    installations
}

/// Folders of this machine that hold a server's programs.
fn local_programs() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A link such as /usr/local/bin/postgres leads to where the rest of the installation is.
    let on_path = std::env::split_paths(&path)
        .filter_map(|dir| dir.join("postgres").canonicalize().ok()?.parent().map(Path::to_owned));
    let in_homes = HOMES.iter().flat_map(|home| subfolders(Path::new(home)));
    let packaged = subfolders(Path::new("/usr"));
    let named = packaged.filter(|dir| dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgsql-")));
    let mut found: Vec<PathBuf> = on_path.chain(in_homes.chain(named).map(|home| home.join("bin"))).collect();
    found.retain(|bin| ["postgres", "initdb", "pg_ctl"].iter().all(|program| bin.join(program).is_file()));
    found.sort();
    found.dedup();
    found
}

fn subfolders(dir: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(dir).into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path()))
}

async fn has_pgvector(bin: &Path, account: &Account) -> bool {
    let output = account.command(bin.join("pg_config")).arg("--sharedir").output().await;
    let told = checked("pg_config", output).ok().map(|dir| PathBuf::from(dir.trim_end()));
    told.into_iter().chain(guessed_shares(bin)).any(|share| {
        let control = fs::read_to_string(share.join("extension/vector.control")).unwrap_or_default();
        parse_pgvector(&control).is_some_and(|version| version >= OLDEST_PGVECTOR)
    })
}

/// Where the extensions of these programs are when `pg_config` is not installed.
fn guessed_shares(bin: &Path) -> Vec<PathBuf> {
    let Some(home) = bin.parent() else { return Vec::new() };
    let mut shares = vec![home.join("share/postgresql"), home.join("share")];
    if let (Some(name), true) = (home.file_name(), home.starts_with("/usr/lib/postgresql")) {
        shares = vec![Path::new("/usr/share/postgresql").join(name)];
    }
    shares
}

/// From `postgres (PostgreSQL) 18.4 (Debian 18.4-1)`.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// From the line `default_version = '0.8.5'`.
fn parse_pgvector(control: &str) -> Option<(u32, u32)> {
    let line = control.lines().find(|line| line.starts_with("default_version"))?;
    let mut numbers = line.split('\'').nth(1)?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_and_the_control_file_say() {
        for (text, major) in [
            ("postgres (PostgreSQL) 18.4\n", Some(18)),
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 19beta1\n", Some(19)),
            ("postgres (EnterpriseDB) 12\n", None),
        ] {
            assert_eq!(parse_major(text), major, "{text}");
        }
        for (text, version) in [
            ("comment = 'x'\ndefault_version = '0.8.5'\n", Some((0, 8))),
            ("default_version = '0.10.0'\n", Some((0, 10))),
            ("default_version = '1.0'\n", Some((1, 0))),
            ("", None),
        ] {
            assert_eq!(parse_pgvector(text), version, "{text}");
        }
        assert!((0, 10) >= OLDEST_PGVECTOR && (0, 7) < OLDEST_PGVECTOR);
    }

    #[test]
    fn a_new_cluster_takes_the_newest_and_an_old_one_its_own() {
        let all = [16, 18, 17].map(|major| Installation { bin: PathBuf::from(major.to_string()), major });
        for (written_by, expected) in [(None, Some(18)), (Some(16), Some(16)), (Some(15), None), (Some(19), None)] {
            assert_eq!(pick(&all, written_by).map(|found| found.major), expected, "{written_by:?}");
        }
    }
}
