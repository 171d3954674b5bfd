//! The embedded PostgreSQL, started for real in folders of its own.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use forecourt_crm_store::embedded::{Durability, EmbeddedError, EmbeddedPostgres};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// A folder that the server's user can reach when the tests run as root; in memory where there is
/// enough, as a cluster is a thousand files.
fn reachable_folder() -> TempDir {
    let df = Command::new("df").args(["-Pk", "/dev/shm"]).output().unwrap();
    let table = String::from_utf8_lossy(&df.stdout).into_owned();
    let free: Option<u64> = table.lines().nth(1).and_then(|row| row.split_whitespace().nth(3)?.parse().ok());
    let base = if free > Some(1024 * 1024) { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir_in(base).unwrap()
}

async fn start(data_dir: &Path) -> EmbeddedPostgres {
    EmbeddedPostgres::start_with(data_dir, Durability::Off, &mut |_| {}).await.unwrap()
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn number(url: &str, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&mut connect(url).await).await.unwrap()
}

fn is_root() -> bool {
    fs::metadata(reachable_folder().path()).unwrap().uid() == 0
}

#[tokio::test]
async fn a_second_start_keeps_the_data() {
    let folder = reachable_folder();
    let first = start(folder.path()).await;
    let mut owner = connect(&first.owner_url()).await;
    sqlx::query("create table kept as select 42::bigint as answer").execute(&mut owner).await.unwrap();
    first.stop().await.unwrap();
    assert!(
        PgConnection::connect(&format!(
            "postgres://postgres@localhost/postgres?host={}",
            folder.path().join("run").display()
        ))
        .await
        .is_err()
    );

    let second = start(folder.path()).await;
    assert_eq!(number(&second.owner_url(), "select answer from kept").await, 42);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_three_roles_have_what_they_need_and_no_more() {
    let folder = reachable_folder();
    let server = start(folder.path()).await;
    for (url, role, expected) in [
        (server.app_url(), "forecourt_app", (false, false, false, false)),
        (server.owner_url(), "forecourt_owner", (false, false, false, true)),
        (server.superuser_url(), "postgres", (true, true, true, true)),
    ] {
        let found: (String, bool, bool, bool, bool) = sqlx::query_as(
            "select current_user::text, rolsuper, rolbypassrls, rolcreatedb,
                 pg_has_role(current_user, (select datdba from pg_database where datname = 'forecourt'), 'usage')
             from pg_roles where rolname = current_user",
        )
        .fetch_one(&mut connect(&url).await)
        .await
        .unwrap();
        assert_eq!((&*found.0, (found.1, found.2, found.3, found.4)), (role, expected));
    }
    let near = "select count(*) from (select 1 where '[1,2]'::vector <-> '[1,3]' = 1) as found";
    assert_eq!(number(&server.app_url(), near).await, 1);
    assert!(sqlx::query("create table intruder ()").execute(&mut connect(&server.app_url()).await).await.is_err());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn only_a_private_socket_leads_to_the_server() {
    let folder = reachable_folder();
    let server = start(folder.path()).await;
    let mut superuser = connect(&server.superuser_url()).await;
    for (setting, expected) in [("listen_addresses", ""), ("server_encoding", "UTF8"), ("TimeZone", "UTC")] {
        let found: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&mut superuser).await.unwrap();
        assert_eq!(found, expected, "{setting}");
    }
    let trusted: i64 = sqlx::query_scalar("select count(*) from pg_hba_file_rules where auth_method = 'trust'")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(trusted, 0);
    for private in ["data", "run"] {
        assert_eq!(fs::metadata(folder.path().join(private)).unwrap().permissions().mode() & 0o777, 0o700);
    }
    if is_root() {
        let owner = fs::metadata(folder.path().join("data")).unwrap().uid();
        assert_ne!(owner, 0);
        let mut stranger = Command::new("ls");
        let listing = stranger.arg(folder.path().join("run")).uid(owner + 1).gid(owner + 1).output().unwrap();
        assert!(!listing.status.success(), "another user may enter the socket's folder");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_last_one_to_leave_stops_the_server_whoever_started_it() {
    for starter_leaves_first in [true, false] {
        let folder = reachable_folder();
        let (first, second) = (start(folder.path()).await, start(folder.path()).await);
        assert_eq!(first.app_url(), second.app_url());
        let (leaves, stays) = if starter_leaves_first { (first, second) } else { (second, first) };
        leaves.stop().await.unwrap();
        assert_eq!(number(&stays.app_url(), "select 1::bigint").await, 1);
        stays.stop().await.unwrap();
        assert!(!folder.path().join("data/postmaster.pid").exists());
    }
}

#[tokio::test]
async fn starts_at_the_same_time_end_in_one_server() {
    let folder = reachable_folder();
    let (one, two) = tokio::join!(start(folder.path()), start(folder.path()));
    assert_eq!(one.app_url(), two.app_url());
    let (one, two) = tokio::join!(one.stop(), two.stop());
    one.and(two).unwrap();
    assert!(!folder.path().join("data/postmaster.pid").exists());
}

#[tokio::test]
async fn a_server_whose_starter_is_gone_is_taken_over_and_stopped() {
    let folder = reachable_folder();
    drop(start(folder.path()).await);
    let pid = server_process(folder.path());
    let heir = start(folder.path()).await;
    assert_eq!(server_process(folder.path()), pid, "the same server");
    heir.stop().await.unwrap();
    assert!(!folder.path().join("data/postmaster.pid").exists());
}

#[tokio::test]
async fn a_pid_file_left_by_a_crash_is_no_obstacle() {
    let folder = reachable_folder();
    start(folder.path()).await.stop().await.unwrap();
    let data = folder.path().canonicalize().unwrap().join("data");
    // This very process is alive, but no server: the number was given out again.
    let stale = format!("{}\n{}\n1790000000\n5432\n/nowhere\n\n 1 2\nready\n", std::process::id(), data.display());
    for text in [&*stale, "", "999999"] {
        fs::write(data.join("postmaster.pid"), text).unwrap();
        let server = start(folder.path()).await;
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_copied_folder_does_not_attach_to_the_originals_server() {
    let folder = reachable_folder();
    let original = start(&folder.path().join("original")).await;
    let copy = folder.path().join("copy");
    let status = Command::new("cp").arg("-a").arg(folder.path().join("original")).arg(&copy).status().unwrap();
    assert!(status.success());
    let started = start(&copy).await;
    assert_ne!(started.app_url(), original.app_url());
    assert_ne!(server_process(&copy), server_process(&folder.path().join("original")));
    started.stop().await.unwrap();
    original.stop().await.unwrap();
}

#[tokio::test]
async fn data_of_a_major_version_that_is_not_here_is_refused_and_not_touched() {
    let folder = reachable_folder();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("PG_VERSION"), "12\n").unwrap();
    let error = EmbeddedPostgres::start(folder.path(), &mut |_| {}).await.unwrap_err();
    assert!(matches!(&error, EmbeddedError::WrongMajor(wrong) if wrong.written_by == 12), "{error}");
    assert!(error.to_string().contains("pg_upgrade -U postgres -d data"), "{error}");
    let left: Vec<PathBuf> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [data.join("PG_VERSION")]);
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_still_gets_a_server() {
    let folder = reachable_folder();
    let long = folder.path().join("long-".repeat(30)).join("with spaces, $(quotes) and \"worse\"");
    let server = start(&long).await;
    assert_eq!(number(&server.app_url(), "select 1::bigint").await, 1);
    let url = server.app_url();
    let socket_dir = url.split("host=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    assert!(Path::new(socket_dir).is_dir(), "{url}");
    server.stop().await.unwrap();
    assert!(!Path::new(socket_dir).exists(), "a socket folder is left behind");
}

#[tokio::test]
async fn as_root_a_folder_the_server_cannot_reach_becomes_a_link_to_one_it_can() {
    if !is_root() {
        println!("skipped: only root's server runs as another user");
        return;
    }
    let closed = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap();
    let requested = closed.path().join("postgres");
    let mut told = Vec::new();
    let server = EmbeddedPostgres::start_with(&requested, Durability::Off, &mut |line| told.push(line.to_owned()))
        .await
        .unwrap();
    let elsewhere = server.folder().to_owned();
    assert!(elsewhere.starts_with("/var/lib/forecourt"), "{}", elsewhere.display());
    assert!(told.iter().any(|line| line.contains("/var/lib/forecourt")), "{told:?}");
    server.stop().await.unwrap();

    let again = start(&requested).await;
    assert_eq!(again.folder(), elsewhere, "the link leads to the same data");
    again.stop().await.unwrap();
    fs::remove_dir_all(elsewhere).unwrap();
}

fn server_process(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    text.lines().next().unwrap().to_owned()
}
