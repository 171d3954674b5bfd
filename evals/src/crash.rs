//! Kill -9 at random moments of many turns: no message lost, none sent twice, no effect twice.

mod chaos;
pub mod checker;
pub mod child;
pub mod process;
pub mod site;

use std::{fmt, path::PathBuf};

use serde::Serialize;

use self::{
    chaos::Chaos,
    checker::{Findings, check},
    site::Site,
};

/// How much is broken.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct CrashArgs {
    /// Customers who each ask for one visit
    #[arg(long, default_value_t = 50)]
    pub turns: u32,
    /// How often one of the two servers is killed
    #[arg(long, default_value_t = 16)]
    pub kills: u32,
    /// Repeats the random choices of an earlier run [default: a new one]
    #[arg(long)]
    pub seed: Option<u64>,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct CrashReport {
    pub seed: u64,
    pub turns: u32,
    pub kills: u32,
    pub findings: Findings,
}

/// Runs two servers (`program child-server`), texts, kills, waits until all is quiet, and checks.
///
/// # Errors
/// When the test itself cannot run; what it found is in the report.
pub async fn run(
    args: &CrashArgs,
    program: PathBuf,
    progress: &mut (dyn FnMut(&str) + Send),
) -> anyhow::Result<CrashReport> {
    let seed = args.seed.unwrap_or_else(rand::random);
    progress(&format!("seed {seed}"));
    let site = Site::open(program).await?;
    let mut chaos = Chaos::new(&site, seed).await?;
    let accepted = chaos.rage(args.turns, args.kills).await?;
    progress("quiet now; time passes");
    chaos.settle().await?;
    let findings = check(&site, &accepted).await?;
    Ok(CrashReport { seed, turns: args.turns, kills: args.kills, findings })
}

impl CrashReport {
    /// Whether nothing was broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.broken.is_empty()
    }
}

impl fmt::Display for CrashReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {} customers, {} kills", self.seed, self.turns, self.kills)?;
        write!(f, "{}", self.findings)
    }
}
