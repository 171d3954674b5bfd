//! A real SMTP server, aiosmtpd from PyPI in a virtual environment of its own under `target`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use forecourt_crm_store::system::instance::InstanceKind;
use forecourt_server::identity::Mailer;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A mail server that tells what it takes.
pub struct Postbox {
    port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    _server: Child,
}

impl Postbox {
    /// Starts it, or says what is missing; then the test is skipped.
    pub async fn open() -> Option<Self> {
        let Some(python) = python().await else {
            println!("SKIPPED: the test of mail needs python3 with venv, and once a package index for aiosmtpd");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/server.py"))
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"));
        Some(Self { port, lines, _server: server })
    }

    /// A mailer of a production instance that sends there.
    pub fn mailer(&self) -> Mailer {
        let url = SecretString::from(format!("smtp://127.0.0.1:{}", self.port));
        Mailer::of(InstanceKind::Production, Some(&url), Some("Forecourt <forecourt@cars.example>")).unwrap()
    }

    /// The next message that was taken.
    pub async fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next_line().await.unwrap().unwrap()).unwrap()
    }
}

/// The interpreter of the virtual environment, which is made once, whole or not at all.
async fn python() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    let (folder, made) = (target.join("mail-venv"), target.join("mail-venv/made"));
    if !made.exists() {
        let own = target.join(format!("mail-venv-{}", std::process::id()));
        run("python3", &["-m", "venv", own.to_str()?]).await?;
        let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/requirements.txt");
        let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements];
        run(own.join("bin/python").to_str()?, &pip).await?;
        std::fs::write(own.join("made"), "").ok()?;
        // Another test may have been first; its environment is as good.
        if std::fs::rename(&own, &folder).is_err() {
            std::fs::remove_dir_all(&own).ok()?;
        }
    }
    let python = Path::new(&folder).join("bin/python");
    python.exists().then_some(python)
}

async fn run(program: &str, arguments: &[&str]) -> Option<()> {
    let done = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().await.ok()?;
    done.success().then_some(())
}
