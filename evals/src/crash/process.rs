//! A server in a process of its own, so that kill -9 hits something real.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use url::Url;

/// How long a server may take to serve.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the child prints before its address.
pub const READY: &str = "serving on ";

/// A running server. It is killed when it is dropped, and ends by itself when this process does.
pub struct ServerProcess {
    pub url: Url,
    child: Child,
}

impl ServerProcess {
    pub(super) async fn start(program: &Path, environment: &[(&str, String)]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .arg("child-server")
            .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
            .env_remove("DATABASE_OWNER_URL")
            .env_remove("FORECOURT_CONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let output = child.stdout.take().context("the child's output")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.context("no server in time")??;
        let Some(line) = line else { bail!("the server ended before it served") };
        let url = line.strip_prefix(READY).with_context(|| format!("not an address: {line:?}"))?.parse()?;
        Ok(Self { url, child })
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}
