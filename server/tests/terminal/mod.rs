//! The built binary on a database of a test's own: what it prints, and how it ends.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a command that cannot be run is a failed test")]

use std::{
    io::Write,
    net::TcpListener,
    process::{Command, Output, Stdio},
    sync::Arc,
};

use forecourt_crm_store::{Store, keys::Keys, testing::TestDatabase};
use forecourt_domain::{clock::SystemClock, scope::Scope};
use secrecy::SecretString;
use tempfile::TempDir;

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const WEEK: [&str; 2] = ["--hours", "mon-fri 09:00-20:00"];
pub const ANN: [&str; 4] = ["--user", "ann@bearcreek.example", "Ann Lee", "admin"];

/// A database and a folder of a test's own, and the built binary over them.
pub struct Terminal {
    pub database: TestDatabase,
    pub folder: TempDir,
}

impl Terminal {
    pub async fn new() -> Self {
        Self { database: TestDatabase::create().await, folder: tempfile::tempdir().unwrap() }
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// The command with the settings of this test and no others.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
        command
            .args(args)
            .env("DATABASE_URL", self.database.app_url())
            .env("FORECOURT_SECRET_KEY", SECRET)
            .env("FORECOURT_DATA", self.folder.path());
        for other in ["DATABASE_OWNER_URL", "FORECOURT_CONFIG", "RUST_LOG", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"] {
            command.env_remove(other);
        }
        command
    }

    /// Runs a command with lines typed into it.
    pub fn type_into(&self, args: &[&str], lines: &str) -> Output {
        // Nobody serves there, so that the command starts its own server.
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = self.command(args);
        command.env("FORECOURT_LISTEN", free.to_string());
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// The database as the server uses it.
    pub fn store(&self) -> Store {
        let keys = Keys::derive(&SecretString::from(SECRET)).unwrap();
        Store::new(self.database.app.clone(), keys, Arc::new(SystemClock::default()))
    }

    /// The one dealership there is.
    pub async fn scope(&self) -> Scope {
        Scope::of(self.store().load_dealerships().await.unwrap()[0].id)
    }

    /// Makes the dealership Bear Creek Auto.
    pub fn create(&self, more: &[&str]) -> Output {
        let args = ["dealership", "create", "--name", "Bear Creek Auto", "--zone", "America/Denver"];
        self.run(&[&args[..], more].concat())
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
