//! PostgreSQL's own programs: making a cluster, configuring, starting and stopping it.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    Durability, EmbeddedError,
    account::{Account, LOCALE, checked, last_lines},
    folder::{DATA, Folder, PORT, make_private, remove},
    installation::Installation,
    roles::{APP_ROLE, OWNER_ROLE, SUPERUSER},
};

/// Past this size the server's log is set aside at the next start.
const LOG_LIMIT: u64 = 10 * 1024 * 1024;

/// The major version that wrote the data, or `None` where there is none yet.
pub(super) fn major_of(folder: &Folder) -> Result<Option<u32>, EmbeddedError> {
    let path = folder.data().join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let broken = || EmbeddedError::folder(&path, ErrorKind::InvalidData.into());
            text.trim().parse().map(Some).map_err(|_| broken())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(EmbeddedError::folder(&path, source)),
    }
}

/// Makes a cluster. It gets its name only when it is complete, so an interrupted start leaves none.
pub(super) async fn create(
    installation: &Installation,
    folder: &Folder,
    account: &Account,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    let partial = folder.path().join("data.partial");
    let at = |source| EmbeddedError::folder(&partial, source);
    remove(&partial)?;
    make_private(&partial, account)?;
    let mut initdb = account.command(installation.program("initdb"));
    if durability == Durability::Off {
        initdb.arg("--no-sync");
    }
    let output = initdb
        .arg("-D")
        .arg(&partial)
        // Sorting by code point is the same on every system; only what is a letter comes from the locale.
        .args(["-U", SUPERUSER, "-A", "peer", "-E", "UTF8", "--lc-collate=C", "--data-checksums"])
        .args([&format!("--locale={LOCALE}"), "--lc-messages=C", "--no-instructions"])
        .output()
        .await;
    checked("initdb", output)?;
    fs::rename(&partial, folder.data()).map_err(at)
}

/// Writes the settings of this start: the folder may have moved and the user may be another.
pub(super) fn configure(
    folder: &Folder,
    account: &Account,
    socket_dir: &Path,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    for (name, text) in [
        ("postgresql.conf", settings(socket_dir, durability)),
        ("pg_hba.conf", access()),
        ("pg_ident.conf", who_may_be_whom(account)),
    ] {
        write_private(&folder.data().join(name), &text, account)?;
    }
    prepare_log(folder, account)
}

fn settings(socket_dir: &Path, durability: Durability) -> String {
    let (max_connections, safety) = match durability {
        Durability::Full => (100, "on"),
        Durability::Off => (300, "off"),
    };
    format!(
        "# Written by Forecourt at every start; changes belong in postgresql.auto.conf (alter system).\n\
         listen_addresses = ''\n\
         port = {PORT}\n\
         unix_socket_directories = '{}'\n\
         unix_socket_permissions = 0700\n\
         max_connections = {max_connections}\n\
         shared_buffers = 128MB\n\
         dynamic_shared_memory_type = posix\n\
         fsync = {safety}\n\
         synchronous_commit = {safety}\n\
         full_page_writes = {safety}\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         datestyle = 'iso, ymd'\n\
         lc_messages = 'C'\n\
         log_line_prefix = '%m [%p] '\n\
         log_checkpoints = off\n\
         # A failed statement's message, detail and text can hold a customer's words; the log must not.\n\
         log_min_messages = log\n\
         log_error_verbosity = terse\n\
         log_min_error_statement = panic\n",
        socket_dir.display()
    )
}

/// Peers of this machine through the socket, nobody over a network.
fn access() -> String {
    format!("local all {SUPERUSER},{OWNER_ROLE},{APP_ROLE} peer map=forecourt\nhost all all all reject\n")
}

/// The server's user and root may take each role; others do not get through the socket's folder either.
fn who_may_be_whom(account: &Account) -> String {
    let mut users = vec!["root", &account.name];
    users.dedup();
    let lines = users
        .iter()
        .flat_map(|user| [SUPERUSER, OWNER_ROLE, APP_ROLE].map(|role| format!("forecourt \"{user}\" {role}\n")));
    lines.collect()
}

fn write_private(path: &Path, text: &str, account: &Account) -> Result<(), EmbeddedError> {
    let at = |source| EmbeddedError::folder(path, source);
    fs::write(path, text).map_err(at)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(at)?;
    account.give(path)
}

fn prepare_log(folder: &Folder, account: &Account) -> Result<(), EmbeddedError> {
    let log = folder.log();
    let size = fs::metadata(&log).map(|log| log.len());
    if size.as_ref().is_ok_and(|size| *size > LOG_LIMIT) {
        fs::rename(&log, log.with_extension("log.1")).map_err(|source| EmbeddedError::folder(&log, source))?;
    }
    if size.is_ok_and(|size| size <= LOG_LIMIT) { Ok(()) } else { write_private(&log, "", account) }
}

/// Starts the server and waits until it takes connections.
pub(super) async fn start(
    installation: &Installation,
    folder: &Folder,
    account: &Account,
) -> Result<(), EmbeddedError> {
    // pg_ctl hands these to a shell between double quotes: relative names keep the path out of it.
    let output = account
        .command(installation.program("pg_ctl"))
        .current_dir(folder.path())
        .args(["start", "-s", "-w", "-t", "60", "-D", DATA, "-l", "server.log"])
        .output()
        .await;
    checked("pg_ctl start", output).map(drop).map_err(|error| match error {
        EmbeddedError::Program { program, output } => {
            let log = last_lines(&fs::read_to_string(folder.log()).unwrap_or_default());
            EmbeddedError::Program { program, output: format!("{output}\n{log}") }
        }
        other => other,
    })
}

/// Stops the server, ending its connections but finishing what was committed.
pub(super) async fn stop(folder: &Folder, account: &Account) -> Result<(), EmbeddedError> {
    let output = account
        .command(running_programs(folder)?.join("pg_ctl"))
        .current_dir(folder.path())
        .args(["stop", "-s", "-w", "-t", "60", "-m", "fast", "-D", DATA])
        .output()
        .await;
    checked("pg_ctl stop", output).map(drop)
}

/// The folder of the programs the server was started with: the first word of `postmaster.opts`.
fn running_programs(folder: &Folder) -> Result<PathBuf, EmbeddedError> {
    let path = folder.data().join("postmaster.opts");
    let options = fs::read_to_string(&path).map_err(|source| EmbeddedError::folder(&path, source))?;
    let program = options.split(" \"").next().unwrap_or_default().trim_end();
    Path::new(program)
        .parent()
        .map(Path::to_owned)
        .ok_or_else(|| EmbeddedError::folder(&path, ErrorKind::InvalidData.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Account {
        Account { uid: 1, gid: 1, name: name.to_owned(), is_switch: false }
    }

    #[test]
    fn root_and_the_servers_user_may_take_each_role_and_nobody_else() {
        assert_eq!(
            who_may_be_whom(&account("alice")),
            "forecourt \"root\" postgres\nforecourt \"root\" forecourt_owner\nforecourt \"root\" forecourt_app\n\
             forecourt \"alice\" postgres\nforecourt \"alice\" forecourt_owner\nforecourt \"alice\" forecourt_app\n"
        );
    }

    #[test]
    fn no_way_in_is_trusted() {
        assert!(!access().contains("trust"), "{}", access());
        assert!(access().contains("host all all all reject"));
        assert!(settings(Path::new("/run"), Durability::Full).contains("listen_addresses = ''\n"));
    }

    #[test]
    fn only_a_test_cluster_gives_up_durability() {
        for (durability, expected) in [(Durability::Full, "on"), (Durability::Off, "off")] {
            let text = settings(Path::new("/run"), durability);
            for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
                assert!(text.contains(&format!("\n{setting} = {expected}\n")), "{setting} {durability:?}");
            }
        }
    }
}
