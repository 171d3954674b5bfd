//! The bench of whole turns: from the webhook to the stored provider id, with two tool calls and three
//! answers of a model that takes no time, the product and its floor in turns on one database.

use std::{fmt, time::Instant};

use serde::Serialize;

use super::{
    database::BenchDatabase,
    driver::Driver,
    figures::{Figures, Tally},
    floor::{COMMITS_PER_TURN, Floor, ROWS_PER_TURN, Sample},
    ledger::{AUDIT_TABLES, Reading},
    product,
};
use crate::stage::Stage;

/// How much is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct TurnsArgs {
    /// Turns of each contestant, warming up not counted
    #[arg(long, default_value_t = 2000)]
    pub turns: usize,
    /// Customers who wait for an answer at a time, and turns and sends a worker has in hand
    #[arg(long, default_value_t = 16)]
    pub concurrency: usize,
    /// In how many rounds each contestant drives its turns; they take turns
    #[arg(long, default_value_t = 4)]
    pub rounds: usize,
}

/// How much of the floor's speed the product must reach.
pub const MUST: f64 = 0.5;

/// Turns that are driven before anything is counted, to fill caches and pools: every connection has
/// then met each statement often enough for PostgreSQL to keep its plan.
const WARM_UP: usize = 256;

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct TurnsReport {
    pub product: Contestant,
    pub floor: Contestant,
    /// Turns per second of the product by those of the floor.
    pub ratio: f64,
    pub must: f64,
    pub optimised: bool,
}

/// One side of the bench.
#[derive(Debug, Clone, Serialize)]
pub struct Contestant {
    pub figures: Figures,
    pub commits_per_turn: f64,
    /// Rows inserted per turn, the audit's left out.
    pub rows_per_turn: f64,
    pub written: Reading,
}

/// Why the figures would mean nothing.
#[derive(Debug, thiserror::Error)]
pub enum UnfairError {
    #[error(
        "the floor inserts {floor} rows into {table} per turn and the product {product}; make evals/src/bench/floor follow it"
    )]
    Rows { table: String, product: f64, floor: f64 },
    #[error("the floor costs {commits} commits and {rows} rows per turn, not {COMMITS_PER_TURN} and {ROWS_PER_TURN}")]
    Floor { commits: f64, rows: f64 },
}

/// Runs the bench on a database of its own.
///
/// # Errors
/// When something fails, or the two sides did not write the same.
pub async fn run(args: TurnsArgs, progress: &mut (dyn FnMut(&str) + Send)) -> anyhow::Result<TurnsReport> {
    let database = BenchDatabase::start(progress).await?;
    let report = compete(&database, args, progress).await;
    database.close().await?;
    report
}

async fn compete(
    database: &BenchDatabase,
    args: TurnsArgs,
    progress: &mut (dyn FnMut(&str) + Send),
) -> anyhow::Result<TurnsReport> {
    let stage = product::open(database).await?;
    let turns = i64::try_from(args.turns + WARM_UP)?;
    let ours = customers(database, &stage, &stage.url, (turns, 1_000_000)).await?;
    progress("warming up");
    round_of_product(&stage, &ours, WARM_UP, args.concurrency).await?;
    let sample = Sample::of_latest_turn(&database.watcher).await?;
    let floor = Floor::open(database, &stage.twilio.api_url(), sample, args.concurrency).await?;
    let floors = customers(database, &stage, &floor.url, (turns, 5_000_000)).await?;
    floors.drive(WARM_UP, args.concurrency).await?;
    let (mut product, mut least) = (Side::default(), Side::default());
    for round in 0..args.rounds {
        progress(&format!("round {} of {}", round + 1, args.rounds));
        let turns = args.turns / args.rounds;
        let before = before_round(database, &ours).await?;
        let (latencies, elapsed) = round_of_product(&stage, &ours, turns, args.concurrency).await?;
        product.add(&before, database, &ours, latencies, elapsed).await?;
        let before = before_round(database, &floors).await?;
        let began = Instant::now();
        let latencies = floors.drive(turns, args.concurrency).await?;
        least.add(&before, database, &floors, latencies, began.elapsed()).await?;
    }
    floor.close().await?;
    report(&product, &least)
}

/// Customers of one contestant. The dealerships are made by the product on both sides.
async fn customers<'a>(
    database: &'a BenchDatabase,
    stage: &'a Stage,
    server: &url::Url,
    range: (i64, u32),
) -> anyhow::Result<Driver<'a>> {
    let (clock, watcher) = (&*database.clock, &database.watcher);
    Driver::new(&stage.store, clock, (server, &stage.url), &stage.twilio, watcher, range).await
}

async fn round_of_product(
    stage: &Stage,
    customers: &Driver<'_>,
    turns: usize,
    concurrency: usize,
) -> anyhow::Result<(Vec<std::time::Duration>, std::time::Duration)> {
    // The other side shall not pay for our polling.
    let workers = product::start(stage, concurrency);
    let began = Instant::now();
    let latencies = customers.drive(turns, concurrency).await;
    let elapsed = began.elapsed();
    product::stop(workers).await?;
    Ok((latencies?, elapsed))
}

async fn before_round(database: &BenchDatabase, customers: &Driver<'_>) -> anyhow::Result<Reading> {
    let reading = database.read_counters().await?;
    customers.forget_looks();
    Ok(reading)
}

/// One contestant's rounds.
#[derive(Default)]
struct Side {
    tally: Tally,
    written: Reading,
}

impl Side {
    async fn add(
        &mut self,
        before: &Reading,
        database: &BenchDatabase,
        customers: &Driver<'_>,
        latencies: Vec<std::time::Duration>,
        elapsed: std::time::Duration,
    ) -> anyhow::Result<()> {
        let mut written = &database.read_counters().await? - before;
        written.commits -= customers.looks();
        self.written += &written;
        self.tally.add(latencies, elapsed);
        Ok(())
    }

    fn contestant(&self) -> Contestant {
        let turns = self.tally.latencies.len() as f64;
        Contestant {
            figures: self.tally.figures(),
            commits_per_turn: self.written.commits as f64 / turns,
            rows_per_turn: self.written.rows() as f64 / turns,
            written: self.written.clone(),
        }
    }
}

fn report(product: &Side, floor: &Side) -> anyhow::Result<TurnsReport> {
    let (product, floor) = (product.contestant(), floor.contestant());
    check_fairness(&product, &floor)?;
    let ratio = product.figures.turns_per_second / floor.figures.turns_per_second;
    Ok(TurnsReport { product, floor, ratio, must: MUST, optimised: !cfg!(debug_assertions) })
}

/// Both sides inserted the same into every table but the audit's, and the floor is the floor it was.
fn check_fairness(product: &Contestant, floor: &Contestant) -> Result<(), UnfairError> {
    let tables = product.written.tables.keys().chain(floor.written.tables.keys());
    for table in tables.filter(|table| !AUDIT_TABLES.contains(&table.as_str())) {
        let (product, floor) = (product.inserted_per_turn(table), floor.inserted_per_turn(table));
        if (product - floor).abs() > 1e-9 {
            return Err(UnfairError::Rows { table: table.clone(), product, floor });
        }
    }
    let (rows, commits) = (floor.rows_per_turn, floor.commits_per_turn);
    let (extra_rows, extra_commits) = (rows - ROWS_PER_TURN as f64, commits - COMMITS_PER_TURN as f64);
    // PostgreSQL's own housekeeping commits in this database as well.
    let housekeeping = 0.5 + 150.0 / floor.figures.turns as f64;
    if extra_rows.abs() < 1e-9 && extra_commits.abs() < housekeeping {
        Ok(())
    } else {
        Err(UnfairError::Floor { commits, rows })
    }
}

impl Contestant {
    fn inserted_per_turn(&self, table: &str) -> f64 {
        self.written.tables.get(table).map_or(0, |writes| writes.inserted) as f64 / self.figures.turns as f64
    }

    fn written_per_turn(&self, table: &str) -> String {
        let per_turn = |count: i64| count as f64 / self.figures.turns as f64;
        let writes = self.written.tables.get(table).copied().unwrap_or_default();
        format!("{:.1}/{:.1}/{:.1}", per_turn(writes.inserted), per_turn(writes.updated), per_turn(writes.deleted))
    }
}

impl TurnsReport {
    /// Whether the product is fast enough.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.ratio >= self.must
    }
}

impl fmt::Display for TurnsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (product, floor) = (&self.product, &self.floor);
        writeln!(f, "{:<28}{:>16}{:>16}", "per turn, webhook to id", "product", "floor")?;
        for (name, ours, theirs) in [
            ("turns", product.figures.turns as f64, floor.figures.turns as f64),
            ("turns/s", product.figures.turns_per_second, floor.figures.turns_per_second),
            ("p50 ms", product.figures.p50_ms, floor.figures.p50_ms),
            ("p99 ms", product.figures.p99_ms, floor.figures.p99_ms),
            ("commits", product.commits_per_turn, floor.commits_per_turn),
            ("rows (audit left out)", product.rows_per_turn, floor.rows_per_turn),
        ] {
            writeln!(f, "{name:<28}{ours:>16.1}{theirs:>16.1}")?;
        }
        writeln!(f, "\n{:<28}{:>16}{:>16}", "rows new/changed/gone", "product", "floor")?;
        let mut tables: Vec<&String> = product.written.tables.keys().chain(floor.written.tables.keys()).collect();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            writeln!(f, "{table:<28}{:>16}{:>16}", product.written_per_turn(table), floor.written_per_turn(table))?;
        }
        let verdict = if self.holds() { "holds" } else { "FAILS" };
        write!(f, "\nratio {:.2}, must be at least {:.2}: {verdict}", self.ratio, self.must)?;
        if !self.optimised {
            write!(f, "\n(built without optimisation: run it with --release for figures that mean something)")?;
        }
        Ok(())
    }
}
