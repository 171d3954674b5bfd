//! The bench of the two walls: how long a decision and a judgement of words take, beside a bare commit of
//! the same run.

use std::{
    fmt,
    hint::black_box,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use forecourt_agent::{
    Walls,
    guards::{self, Finding, GuardContext},
};
use forecourt_domain::action::{ActionKind, Channel};
use forecourt_policies::{Facts, PolicySet};
use serde::Serialize;
use sqlx::PgPool;

use super::{database::BenchDatabase, figures::percentile};
use crate::hostile::{self, HostileArgs};

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct WallsArgs {
    /// Decisions
    #[arg(long, default_value_t = 20_000)]
    pub decisions: usize,
    /// Turns of a hostile run whose drafts the guards judge
    #[arg(long, default_value_t = 1_200)]
    pub turns: usize,
}

/// What a judgement of one draft by all guards may take at p99, in milliseconds, on two quiet cores.
pub const JUDGEMENT_MUST_MS: f64 = 1.0;
/// The longest draft that counts, in bytes: ten segments of a text message. Longer ones are refused for that.
const LONGEST_DRAFT: usize = 1_600;

/// The first drafts of a process, which do not count: a pattern that is asked for only where others have matched is
/// compiled when it is first asked, which takes some milliseconds once.
const FIRST_DRAFTS: usize = 500;

/// What one decision of two passes may take at p99, in milliseconds, on two quiet cores.
pub const DECISION_MUST_MS: f64 = 0.3;
/// Commits are slower, and fewer of them say enough.
const COMMITS: usize = 2_000;
/// A dealership's own policies in the measured set.
const OWN_POLICIES: usize = 20;

/// Percentiles of one thing that was measured, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Timed {
    pub times: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct WallsReport {
    pub decision: Timed,
    pub judgement: Timed,
    pub commit: Timed,
    pub optimised: bool,
}

impl WallsReport {
    /// Whether the figures are what they must be.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.decision.p99_ms < DECISION_MUST_MS && self.judgement.p99_ms < JUDGEMENT_MUST_MS
    }
}

impl fmt::Display for WallsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, what: &str, timed: &Timed| {
            writeln!(f, "{what:<52} {:>8.3} ms p50 {:>8.3} ms p99 ({} times)", timed.p50_ms, timed.p99_ms, timed.times)
        };
        line(f, "bare commit of one row", &self.commit)?;
        line(f, &format!("decision, built-in and {OWN_POLICIES} own policies"), &self.decision)?;
        line(f, &format!("a draft judged by all guards, from the {FIRST_DRAFTS}th on"), &self.judgement)?;
        if !self.optimised {
            writeln!(f, "not an optimised build: the figures mean little")?;
        }
        let holds = if self.holds() { "holds" } else { "does not hold" };
        write!(f, "below {DECISION_MUST_MS} ms and {JUDGEMENT_MUST_MS} ms at p99: {holds}")
    }
}

/// Measures on a database of its own.
///
/// # Errors
/// When the database or the policies fail.
pub async fn run(args: WallsArgs, progress: &mut (dyn FnMut(&str) + Send)) -> anyhow::Result<WallsReport> {
    let database = BenchDatabase::start(progress).await?;
    let commit = commits(&database.pool).await;
    database.close().await?;
    let decision = decisions(args.decisions)?;
    let judgement = judgements(args.turns).await?;
    Ok(WallsReport { decision, judgement, commit: commit?, optimised: !cfg!(debug_assertions) })
}

async fn commits(pool: &PgPool) -> anyhow::Result<Timed> {
    let mut latencies = Vec::with_capacity(COMMITS);
    for number in 0..COMMITS {
        let began = Instant::now();
        let mut tx = pool.begin().await?;
        sqlx::query("insert into prompt_bodies (hash, body, created_at) values ($1, '', now())")
            .bind(format!("{number:064}"))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        latencies.push(began.elapsed());
    }
    Ok(timed(latencies))
}

fn decisions(times: usize) -> anyhow::Result<Timed> {
    let policies = PolicySet::built_in()?.with_dealership(&own_policies())?;
    let facts: Facts = serde_json::from_str(include_str!("../../../policies/tests/facts.v2.json"))?;
    let asked = ActionKind::ALL.iter().flat_map(|action| Channel::ALL.iter().map(move |channel| (*action, *channel)));
    let mut latencies = Vec::with_capacity(times);
    for (action, channel) in asked.cycle().take(times) {
        let facts = Facts { action, channel, ..facts };
        let began = Instant::now();
        black_box(policies.decide(black_box(&facts)));
        latencies.push(began.elapsed());
    }
    Ok(timed(latencies))
}

/// Judges the drafts of a hostile run, with the evidence that each turn has.
async fn judgements(turns: usize) -> anyhow::Result<Timed> {
    let walls = Walls { guards: judge_timed, ..Walls::built_in()? };
    let args = HostileArgs { turns, seed: Some(1), attacks: None, whole: true };
    hostile::run(&args, &walls, &mut |_| {}).await?;
    let judged = std::mem::take(&mut *JUDGED.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(timed(judged.into_iter().skip(FIRST_DRAFTS).collect()))
}

/// How long each judgement took. Guards are a plain function, which has no other place to keep it.
static JUDGED: Mutex<Vec<Duration>> = Mutex::new(Vec::new());

fn judge_timed(text: &str, context: &GuardContext<'_>) -> Vec<Finding> {
    let began = Instant::now();
    let findings = guards::check(text, context);
    if text.len() <= LONGEST_DRAFT {
        JUDGED.lock().unwrap_or_else(PoisonError::into_inner).push(began.elapsed());
    }
    findings
}

/// Rules as dealerships write them; each looks at other facts.
fn own_policies() -> String {
    let rule = |number: usize| {
        let condition = match number % 4 {
            0 => format!("context.recipient_minute > {} && !context.answers_inbound", 1200 + number),
            1 => format!("context.answers_today >= {} && context.consent == ConsentState::\"unknown\"", 5 + number),
            2 => format!("!context.business_open && resource == Channel::\"email\" && context.answer_cap > {number}"),
            _ => format!("context has consent_age_days && context.consent_age_days > {}", 365 + number),
        };
        format!(
            "@id(\"own_{number}\") @reason(\"The dealership wants it so.\") @on_forbid(\"approval\")\n\
             forbid (principal is Agent, action in [Action::\"mutates\", Action::\"outbound\"], resource) when {{ {condition} }};\n"
        )
    };
    (0..OWN_POLICIES).map(rule).collect()
}

fn timed(mut latencies: Vec<Duration>) -> Timed {
    latencies.sort_unstable();
    Timed { times: latencies.len(), p50_ms: percentile(&latencies, 50), p99_ms: percentile(&latencies, 99) }
}
