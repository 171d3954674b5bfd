//! Customers who text, a hand that kills, and time that jumps, all by one seed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use forecourt_domain::{contact::E164, hours::Zone};
use jiff::SignedDuration;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use url::Url;

use super::{process::ServerProcess, site::Site};
use crate::{
    customer_phone::{Text, customer_number},
    doubles::{
        receptionist::request_for,
        twilio::{Behaviour, Callbacks, SendRequest},
    },
};

/// A turn's lease is over after this jump; a provider's call that spans it is not.
const LEASE_JUMP: SignedDuration = SignedDuration::from_secs(16);
/// No jump follows another sooner, so that no call in flight sees two.
const JUMP_PAUSE: Duration = Duration::from_millis(1_500);
/// Makes a look-up of an ambiguous send due.
const LOOK_UP_JUMP: SignedDuration = SignedDuration::from_secs(31);
/// When nothing moved for so long, everybody waits for time to pass.
const STANDSTILL: Duration = Duration::from_millis(2_000);
/// How long everything may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(120);

/// A text that a server took with 200, as its customer remembers it.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub sid: String,
    pub from: E164,
    /// The local time that was asked for.
    pub wanted: jiff::civil::DateTime,
}

/// Two servers and what happens to them.
pub(super) struct Chaos<'a> {
    site: &'a Site,
    random: StdRng,
    servers: Vec<Option<ServerProcess>>,
    /// Where the living are, for reports.
    living: Arc<Mutex<Vec<Url>>>,
    last_jump: Instant,
}

impl<'a> Chaos<'a> {
    pub async fn new(site: &'a Site, seed: u64) -> anyhow::Result<Self> {
        let (one, two) = tokio::try_join!(site.start_server(), site.start_server())?;
        let living = Arc::new(Mutex::new(vec![one.url.clone(), two.url.clone()]));
        let servers = vec![Some(one), Some(two)];
        let mut random = StdRng::seed_from_u64(seed);
        misbehave(site, &mut random);
        report_to_the_living(site, &living);
        Ok(Self { site, random, servers, living, last_jump: Instant::now() })
    }

    /// Every customer texts until a server takes it; meanwhile servers are killed and started again.
    pub async fn rage(&mut self, customers: u32, kills: u32) -> anyhow::Result<Vec<Accepted>> {
        let texts = self.texts(customers)?;
        let seeds: Vec<u64> = texts.iter().map(|_| self.random.random()).collect();
        let (site, living) = (self.site, Arc::clone(&self.living));
        let texting = futures::future::try_join_all(texts.into_iter().zip(seeds).enumerate().map(
            |(position, ((text, wanted), seed))| {
                let living = Arc::clone(&living);
                async move { deliver(site, &living, text, wanted, position, seed).await }
            },
        ));
        let killing = async {
            for _ in 0..kills {
                tokio::time::sleep(Duration::from_millis(self.random.random_range(60..400))).await;
                self.kill_one().await?;
                self.jump_if_due(LEASE_JUMP).await?;
            }
            anyhow::Ok(())
        };
        let (accepted, ()) = tokio::try_join!(texting, killing)?;
        Ok(accepted)
    }

    fn texts(&mut self, customers: u32) -> anyhow::Result<Vec<(Text, jiff::civil::DateTime)>> {
        let zone: Zone = "America/Denver".parse()?;
        let tomorrow = zone.local(self.site.store.clock().now()).date().tomorrow()?;
        (0..customers)
            .map(|number| {
                let day = tomorrow.checked_add(jiff::Span::new().try_days(1 + number / 12)?)?;
                let wanted = day.at(8 + i8::try_from(number % 12)?, 0, 0, 0);
                Ok((Text::new(&customer_number(number), &request_for(wanted)), wanted))
            })
            .collect()
    }

    async fn kill_one(&mut self) -> anyhow::Result<()> {
        let victim = self.random.random_range(0..self.servers.len());
        let server = self.servers[victim].take().context("a server")?;
        let url = server.url.clone();
        server.kill().await?;
        forget(&self.living, &url);
        let started = self.site.start_server().await?;
        remember(&self.living, &started.url);
        self.servers[victim] = Some(started);
        Ok(())
    }

    async fn jump_if_due(&mut self, by: SignedDuration) -> anyhow::Result<()> {
        if self.last_jump.elapsed() >= JUMP_PAUSE {
            self.site.advance(by).await?;
            self.last_jump = Instant::now();
        }
        Ok(())
    }

    /// Lets time pass until nothing waits any more: leases end, look-ups become due. Time jumps only
    /// when nothing moves without it, or a slow machine would lose every lease for ever.
    pub async fn settle(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let (mut seen, mut moved) = (Waiting::read(self.site).await?, Instant::now());
        while seen.turns + seen.sends > 0 {
            anyhow::ensure!(began.elapsed() < PATIENCE, "{seen:?} after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = Waiting::read(self.site).await?;
            if now != seen {
                (seen, moved) = (now, Instant::now());
            } else if moved.elapsed() >= STANDSTILL {
                self.site.advance(LOOK_UP_JUMP).await?;
                moved = Instant::now();
            }
        }
        Ok(())
    }
}

/// What still waits, and how much the outside has heard; all of it moves while somebody works.
#[derive(Debug, PartialEq, Eq)]
struct Waiting {
    turns: i64,
    sends: i64,
    model_calls: usize,
    provider_calls: usize,
}

impl Waiting {
    async fn read(site: &Site) -> anyhow::Result<Self> {
        let depths = site.store.queue_depths().await?;
        let (model_calls, provider_calls) = (site.model.requests().len(), site.twilio.calls().len());
        Ok(Self { turns: depths.turns, sends: depths.outbox, model_calls, provider_calls })
    }
}
/// One customer's text, delivered again until a server says 200, as a carrier does; sometimes once more.
async fn deliver(
    site: &Site,
    living: &Mutex<Vec<Url>>,
    text: Text,
    wanted: jiff::civil::DateTime,
    position: usize,
    seed: u64,
) -> anyhow::Result<Accepted> {
    let mut random = StdRng::seed_from_u64(seed);
    tokio::time::sleep(Duration::from_millis(100 * u64::try_from(position)? + random.random_range(0..100))).await;
    let began = Instant::now();
    let mut takes = if random.random_bool(0.2) { 2 } else { 1 };
    while takes > 0 {
        anyhow::ensure!(began.elapsed() < PATIENCE, "no server takes a text");
        let server = living.lock().unwrap_or_else(PoisonError::into_inner).choose(&mut random).cloned();
        let taken = match server {
            Some(server) => site.carrier.deliver_to(&server, &text).await.is_ok_and(|status| status.is_success()),
            None => false,
        };
        if taken {
            takes -= 1;
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(Accepted { sid: text.sid, from: text.from, wanted })
}

/// The provider is mostly quick, sometimes slow, and now and then loses an answer or a request.
fn misbehave(site: &Site, random: &mut StdRng) {
    let mut random = StdRng::seed_from_u64(random.random());
    let mut seen: Vec<Option<String>> = Vec::new();
    site.twilio.behave(move |request: &SendRequest| {
        let id = request.send_id();
        let again = seen.contains(&id);
        seen.push(id);
        match random.random_range(0..100) {
            // A second loss would rightly leave the text to a human.
            0..6 if !again => Behaviour::Drop,
            6..14 => Behaviour::TakeThenDrop,
            14..40 => Behaviour::TakeSlowly(Duration::from_millis(random.random_range(0..80))),
            _ => Behaviour::Take,
        }
    });
}

fn report_to_the_living(site: &Site, living: &Arc<Mutex<Vec<Url>>>) {
    let living = Arc::clone(living);
    let route = move |public: &Url| {
        let server = living.lock().unwrap_or_else(PoisonError::into_inner).first().cloned();
        server.map_or_else(|| public.clone(), |server| Site::at(&server, public))
    };
    site.twilio.report(Callbacks::of(&["sent", "delivered"]).after(Duration::from_millis(30)).routed(route));
}

fn forget(living: &Mutex<Vec<Url>>, url: &Url) {
    living.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| known != url);
}

fn remember(living: &Mutex<Vec<Url>>, url: &Url) {
    living.lock().unwrap_or_else(PoisonError::into_inner).push(url.clone());
}
