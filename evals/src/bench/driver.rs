//! The customers of a bench: each texts, waits until the answer's provider id is stored, and is done.

use std::{
    sync::atomic::{AtomicI64, AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use forecourt_domain::{clock::Clock, hours::Zone};
use futures::stream::{StreamExt, TryStreamExt, iter};
use jiff::{Timestamp, civil::DateTime};
use sqlx::PgPool;
use url::Url;

use crate::{
    arrange::{Dealership, Plan, arrange},
    customer_phone::{Carrier, Text, customer_number},
    doubles::{receptionist::request_for, twilio::TwilioDouble},
};

/// Hours a day that a dealership takes visits in, and days of its book that are used.
const HOURS: i64 = 12;
const DAYS: i64 = 57;
/// How long one turn may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A dealership of a contestant, with somebody who delivers to it.
pub struct Desk {
    pub dealership: Dealership,
    carrier: Carrier,
}

/// Customers for one contestant.
pub struct Driver<'a> {
    pub desks: Vec<Desk>,
    pub server: Url,
    pub twilio: &'a TwilioDouble,
    pub watcher: &'a PgPool,
    next_text: AtomicI64,
    next_customer: AtomicU32,
    looks: AtomicI64,
    first_day: Timestamp,
}

/// One answered text: from the first byte of the webhook to the stored id.
pub type Latency = Duration;

impl<'a> Driver<'a> {
    /// Customers with so many dealerships that `turns` visits never meet in the same hour.
    ///
    /// # Errors
    /// When the dealerships cannot be made.
    pub async fn new(
        store: &forecourt_crm_store::Store,
        clock: &dyn Clock,
        (server, public_url): (&Url, &Url),
        twilio: &'a TwilioDouble,
        watcher: &'a PgPool,
        (turns, first_customer): (i64, u32),
    ) -> anyhow::Result<Self> {
        let mut desks = Vec::new();
        for number in 0..=turns / (HOURS * DAYS) {
            let plan = Plan::new("Northgate Motors", &format!("+13035{:06}", i64::from(first_customer) / 10 + number))?;
            let dealership = arrange(store, &plan).await?;
            let carrier = Carrier::new(&dealership, public_url)?;
            desks.push(Desk { dealership, carrier });
        }
        let first_day = clock.now();
        let (next_text, next_customer) = (AtomicI64::new(0), AtomicU32::new(first_customer));
        let (server, looks) = (server.clone(), AtomicI64::new(0));
        Ok(Self { desks, server, twilio, watcher, next_text, next_customer, looks, first_day })
    }

    /// `turns` customers text, `concurrency` at a time.
    ///
    /// # Errors
    /// When one of them gets no answer.
    pub async fn drive(&self, turns: usize, concurrency: usize) -> anyhow::Result<Vec<Latency>> {
        iter((0..turns).map(|_| self.one_turn())).buffer_unordered(concurrency).try_collect().await
    }

    /// How often the database was asked whether an id is stored yet: commits that are nobody's.
    #[must_use]
    pub fn looks(&self) -> i64 {
        self.looks.load(Ordering::Relaxed)
    }

    /// Counts the looks from here on.
    pub fn forget_looks(&self) {
        self.looks.store(0, Ordering::Relaxed);
    }

    async fn one_turn(&self) -> anyhow::Result<Latency> {
        let number = self.next_text.fetch_add(1, Ordering::Relaxed);
        let customer = customer_number(self.next_customer.fetch_add(1, Ordering::Relaxed));
        let slots = HOURS * DAYS;
        let desk = usize::try_from(number / slots).ok().and_then(|desk| self.desks.get(desk)).context("a desk")?;
        let text = Text::new(&customer, &request_for(self.hour(number % slots)?));
        let answered = self.twilio.next_to(customer.as_str());
        let began = Instant::now();
        let status = desk.carrier.deliver_to(&self.server, &text).await?;
        if !status.is_success() {
            bail!("the webhook answered {status}");
        }
        let taken = tokio::time::timeout(PATIENCE, answered).await.context("no answer in time")??;
        self.until_stored(desk, &taken.sid, began).await?;
        Ok(began.elapsed())
    }

    /// The hour of the `slot`th visit, from tomorrow on.
    fn hour(&self, slot: i64) -> anyhow::Result<DateTime> {
        let zone: Zone = "America/Denver".parse()?;
        let first = zone.local(self.first_day).date().tomorrow()?;
        let day = first.checked_add(jiff::Span::new().try_days(slot / HOURS)?)?;
        Ok(day.at(8 + i8::try_from(slot % HOURS)?, 0, 0, 0))
    }

    async fn until_stored(&self, desk: &Desk, sid: &str, began: Instant) -> anyhow::Result<()> {
        let dealership = desk.dealership.scope.dealership_id().0;
        loop {
            self.looks.fetch_add(1, Ordering::Relaxed);
            let stored: bool =
                sqlx::query_scalar("select exists (select from outbox where dealership_id = $1 and provider_id = $2)")
                    .bind(dealership)
                    .bind(sid)
                    .fetch_one(self.watcher)
                    .await?;
            if stored {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("the provider's id was never stored");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
