//! People and customers who cut in at any moment of a turn, on two servers at once: nothing is sent after
//! the cut, whoever cut is told what was leaving, and nothing is executed twice.

mod checker;
mod desk;
mod lane;

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use futures::{StreamExt, TryStreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde::Serialize;

use self::{
    checker::Findings,
    lane::{Kind, Lane, Played},
};
use crate::{
    arrange::Plan,
    crash::site::Site,
    doubles::twilio::{Behaviour, SendRequest},
    referee,
};

/// Dealerships that race at the same time; one thing after the other happens in each.
const LANES: u32 = 12;
/// The first of them are of one group, so that its switch cuts into all of them.
const SISTERS: u32 = 2;

/// How much is tried.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct RacesArgs {
    /// Turns that somebody cuts into
    #[arg(long, default_value_t = 500)]
    pub interleavings: u32,
    /// Repeats the random choices of an earlier run, though not its timing [default: a new one]
    #[arg(long)]
    pub seed: Option<u64>,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct RacesReport {
    pub seed: u64,
    pub interleavings: usize,
    /// How often each kind was tried.
    pub kinds: BTreeMap<&'static str, usize>,
    pub findings: Findings,
}

impl RacesReport {
    /// Whether nothing was broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.broken.is_empty()
    }
}

impl fmt::Display for RacesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for (kind, times) in &self.kinds {
            writeln!(f, "{times:>6} {kind}")?;
        }
        writeln!(f, "{}", self.findings)?;
        write!(f, "interleavings: {}, broken: {}", self.interleavings, self.findings.broken.len())
    }
}

/// Runs two servers (`program child-server`) and lets everybody cut in.
///
/// # Errors
/// When the test itself cannot run; what it found is in the report.
pub async fn run(
    args: &RacesArgs,
    program: PathBuf,
    progress: &mut (dyn FnMut(&str) + Send),
) -> anyhow::Result<RacesReport> {
    let seed = args.seed.unwrap_or_else(rand::random);
    progress(&format!("seed {seed}"));
    let site = Site::open(program).await?;
    referee::appoint(&site.database).await?;
    dawdle(&site, seed);
    let (one, two) = tokio::try_join!(site.start_server(), site.start_server())?;
    let servers = Arc::from([one.url.clone(), two.url.clone()]);
    let mut lanes: Vec<Lane> = Vec::new();
    for number in 0..LANES.min(args.interleavings.max(1)) {
        let mut plan = Plan::new(&format!("Lane {number} Motors"), &format!("+13035550{:03}", 200 + number))?;
        plan.appointment_capacity = 99;
        plan.group = lanes.first().filter(|_| number < SISTERS).map(Lane::group);
        lanes.push(Lane::open(&site, number, &plan, Arc::clone(&servers), seed).await?);
    }
    let each = args.interleavings.div_ceil(u32::try_from(lanes.len())?);
    let played: Vec<Vec<Played>> =
        stream::iter(lanes).map(|lane| lane.play(each)).buffer_unordered(LANES as usize).try_collect().await?;
    let played: Vec<Played> = played.into_iter().flatten().collect();
    progress("quiet now; looking at what is there");
    let findings = checker::check(&site, &played).await?;
    let mut kinds = BTreeMap::new();
    for played in &played {
        *kinds.entry(Kind::name(played.kind)).or_insert(0) += 1;
    }
    Ok(RacesReport { seed, interleavings: played.len(), kinds, findings })
}

/// The provider takes its time, so that attempts are in flight when somebody cuts in.
fn dawdle(site: &Site, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    site.twilio.behave(move |_: &SendRequest| {
        Behaviour::TakeSlowly(random.random_range(std::time::Duration::ZERO..lane::SENDING))
    });
}
