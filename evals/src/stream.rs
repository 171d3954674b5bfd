//! One text every few seconds for a minute: when the first answer comes, by the product's own debounce.
//!
//! Time is a clock that this drives, so a minute takes a moment; the model and the worker's polling take
//! the time they would take. The same can be played against a real process and the real clock.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use forecourt_agent::{
    ChatModel, TurnLimits, Walls,
    model::ModelRequest,
    models::scripted::{Scripted, says},
};
use forecourt_domain::clock::{Clock, ManualClock};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::PgPool;

use crate::{
    arrange::Plan,
    crash::site::Site,
    customer_phone::{Carrier, Text, customer_number},
    doubles::live_model::LiveModel,
    stage::{Stage, StageParts},
};

/// How the customer writes and how long the model thinks.
#[derive(Debug, Clone, Copy, PartialEq, clap::Args)]
pub struct StreamArgs {
    /// Texts in all
    #[arg(long, default_value_t = 31)]
    pub texts: u32,
    /// Seconds from text to text
    #[arg(long, default_value_t = 2.0)]
    pub every_s: f64,
    /// Seconds that each answer of the model takes
    #[arg(long, default_value_t = 1.5)]
    pub model_s: f64,
    /// Against a server process and the real clock: takes the whole minute
    #[arg(long)]
    pub real: bool,
}

/// What came out, in seconds since the first text.
#[derive(Debug, Clone, Serialize)]
pub struct StreamReport {
    pub texts: u32,
    pub first_answer_s: f64,
    pub answers: usize,
    pub model_calls: usize,
    pub unanswered_at_end: i64,
}

/// How long a worker waits between two looks into its queue.
const POLL: SignedDuration = SignedDuration::from_millis(250);

/// The customer and the clock. Whoever lets time pass delivers the texts that fall due meanwhile.
struct Stream {
    clock: Arc<ManualClock>,
    carrier: Carrier,
    due: Mutex<std::collections::VecDeque<(Timestamp, Text)>>,
}

impl Stream {
    /// Lets time pass, text by text.
    async fn pass(&self, by: SignedDuration) -> anyhow::Result<()> {
        let until = self.clock.now() + by;
        while let Some((at, text)) = self.next_until(until) {
            self.move_to(at);
            let status = self.carrier.deliver(&text).await?;
            anyhow::ensure!(status.is_success(), "the webhook answered {status}");
        }
        self.move_to(until);
        Ok(())
    }

    fn next_until(&self, until: Timestamp) -> Option<(Timestamp, Text)> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.front()?.0 <= until { due.pop_front() } else { None }
    }

    fn move_to(&self, at: Timestamp) {
        self.clock.advance(at.duration_since(self.clock.now()));
    }

    fn is_over(&self) -> bool {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

/// Plays the minute against a real server process.
///
/// # Errors
/// When something fails.
pub async fn run_real(args: StreamArgs, program: PathBuf) -> anyhow::Result<StreamReport> {
    let site = Site::open_with(program, &plan()?).await?;
    let server = site.start_server().await?;
    let pause = Duration::from_secs_f64(args.every_s);
    let began = site.store.now();
    for number in 0..args.texts {
        let text = Text::new(&customer_number(1), &format!("and another thing, number {number}"));
        site.carrier.deliver_to(&server.url, &text).await?;
        tokio::time::sleep(pause).await;
    }
    while site.store.queue_depths().await?.turns > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let taken = site.twilio.taken();
    let first = taken.first().context("no answer at all")?;
    Ok(StreamReport {
        texts: args.texts,
        first_answer_s: first.at.duration_since(began).as_secs_f64(),
        answers: taken.len(),
        model_calls: site.model.requests().len(),
        unanswered_at_end: 0,
    })
}

/// A dealership that waits for the end of a burst as long as a new one does.
fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan::new("Northgate Motors", "+13035550100")?;
    (plan.quiet, plan.max_wait) = (Duration::from_secs(3), Duration::from_secs(10));
    Ok(plan)
}

/// Plays the minute on a migrated database.
///
/// # Errors
/// When something fails.
pub async fn run(args: StreamArgs, pool: PgPool) -> anyhow::Result<StreamReport> {
    let began: Timestamp = "2026-11-20T21:05:00Z".parse()?;
    let clock = Arc::new(ManualClock::at(began));
    let model = Arc::new(LiveModel::default());
    let stage = Stage::open(StageParts {
        pool,
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        model: Arc::clone(&model) as Arc<dyn ChatModel>,
        limits: TurnLimits::default(),
        walls: Walls::built_in()?,
    })
    .await?;
    let dealership = stage.add_dealership(&plan()?).await?;
    let texts = (0..args.texts).map(|number| {
        let at = began + SignedDuration::try_from_secs_f64(f64::from(number) * args.every_s)?;
        anyhow::Ok((at, Text::new(&customer_number(1), &format!("and another thing, number {number}"))))
    });
    let due = Mutex::new(texts.collect::<anyhow::Result<_>>()?);
    let stream = Arc::new(Stream { clock, carrier: stage.carrier(&dealership)?, due });
    play(&stage, &stream, &model, args.model_s).await?;
    report(&stage, &model, began, args.texts).await
}

async fn play(stage: &Stage, stream: &Arc<Stream>, model: &LiveModel, model_s: f64) -> anyhow::Result<()> {
    let thinking = SignedDuration::try_from_secs_f64(model_s)?;
    loop {
        // More answers than any turn asks for.
        while model.left() < 8 {
            let stream = Arc::clone(stream);
            model.then_after(move |request| think(stream, thinking, request));
        }
        stage.work().await?;
        let depths = stage.store.queue_depths().await?;
        if stream.is_over() && depths.turns == 0 && depths.outbox == 0 {
            return Ok(());
        }
        stream.pass(POLL).await?;
    }
}

async fn think(stream: Arc<Stream>, thinking: SignedDuration, _: ModelRequest) -> Scripted {
    match stream.pass(thinking).await {
        Ok(()) => says("Thanks! Tell me more about what you have in mind."),
        Err(error) => Err(forecourt_agent::model::ModelError::Unavailable(error.to_string())),
    }
}

async fn report(stage: &Stage, model: &LiveModel, began: Timestamp, texts: u32) -> anyhow::Result<StreamReport> {
    let taken = stage.twilio.taken();
    let first = taken.first().context("no answer at all")?;
    let depths = stage.store.queue_depths().await?;
    Ok(StreamReport {
        texts,
        first_answer_s: first.at.duration_since(began).as_secs_f64(),
        answers: taken.len(),
        model_calls: model.requests().len(),
        unanswered_at_end: depths.turns,
    })
}

impl fmt::Display for StreamReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} texts: first answer after {:.2} s, {} answers, {} model calls",
            self.texts, self.first_answer_s, self.answers, self.model_calls
        )
    }
}
