//! One dealership in which one customer after the other writes and somebody cuts in.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use forecourt_crm_store::Store;
use forecourt_domain::{action::Workflow, autonomy::AutonomyLevel, contact::E164, hours::Zone, ids::GroupId};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;
use sqlx::PgPool;
use url::Url;
use uuid::Uuid;

use super::desk::{Answer, Desk};
use crate::{
    arrange::{Dealership, Plan, arrange},
    crash::site::{PUBLIC_URL, Site},
    customer_phone::{Carrier, Text, customer_number},
    doubles::{receptionist::request_for, twilio::TwilioDouble},
};

/// How long a turn may take at most, its sending included.
const TURN: Duration = Duration::from_millis(220);
/// How long the provider takes at most.
pub(super) const SENDING: Duration = Duration::from_millis(90);
/// How long a conversation may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);
/// Quarters of an hour in which an open day has room for a visit.
const SLOTS: u32 = 40;

/// What cuts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Takeover,
    Stop,
    Switch(Height),
    NewText,
    StopAndTakeover,
    TwoApprovals,
    TwoApprovalsAndTakeover,
    TwoApprovalsAndStop,
    TwoApprovalsAndSwitch,
}

/// Which kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Height {
    Group,
    Dealership,
    Channel,
    Conversation,
}

impl Kind {
    const AT_ONCE: [Self; 8] = [
        Self::Takeover,
        Self::Stop,
        Self::Switch(Height::Group),
        Self::Switch(Height::Dealership),
        Self::Switch(Height::Channel),
        Self::Switch(Height::Conversation),
        Self::NewText,
        Self::StopAndTakeover,
    ];
    const ON_APPROVAL: [Self; 4] =
        [Self::TwoApprovals, Self::TwoApprovalsAndTakeover, Self::TwoApprovalsAndStop, Self::TwoApprovalsAndSwitch];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Takeover => "takeover",
            Self::Stop => "STOP",
            Self::Switch(Height::Group) => "kill switch of the group",
            Self::Switch(Height::Dealership) => "kill switch of the dealership",
            Self::Switch(Height::Channel) => "kill switch of the channel",
            Self::Switch(Height::Conversation) => "kill switch of the conversation",
            Self::NewText => "new text",
            Self::StopAndTakeover => "STOP and takeover",
            Self::TwoApprovals => "approval, double-clicked",
            Self::TwoApprovalsAndTakeover => "approval, double-clicked, and takeover",
            Self::TwoApprovalsAndStop => "approval, double-clicked, and STOP",
            Self::TwoApprovalsAndSwitch => "approval, double-clicked, and kill switch",
        }
    }

    const fn takes_over(self) -> bool {
        matches!(self, Self::Takeover | Self::StopAndTakeover | Self::TwoApprovalsAndTakeover)
    }

    const fn stops(self) -> bool {
        matches!(self, Self::Stop | Self::StopAndTakeover | Self::TwoApprovalsAndStop)
    }

    const fn switch(self) -> Option<Height> {
        match self {
            Self::Switch(height) => Some(height),
            Self::TwoApprovalsAndSwitch => Some(Height::Dealership),
            Self::Takeover
            | Self::Stop
            | Self::NewText
            | Self::StopAndTakeover
            | Self::TwoApprovals
            | Self::TwoApprovalsAndTakeover
            | Self::TwoApprovalsAndStop => None,
        }
    }
}

/// One customer's turn, what cut into it, and what whoever cut in was told.
#[derive(Debug, Clone)]
pub(super) struct Played {
    pub kind: Kind,
    pub dealership: Dealership,
    pub conversation: Uuid,
    pub phone: E164,
    pub takeover: Option<Answer>,
    pub switch: Option<Answer>,
    pub approvals: Vec<Answer>,
}

/// A dealership that races.
pub(super) struct Lane {
    number: u32,
    dealership: Dealership,
    carrier: Carrier,
    desk: Desk,
    /// Whether a person decides on what the assistant would do.
    approves: bool,
    servers: Arc<[Url]>,
    twilio: Arc<TwilioDouble>,
    store: Store,
    pool: PgPool,
    random: StdRng,
}

impl Lane {
    pub(super) async fn open(
        site: &Site,
        number: u32,
        plan: &Plan,
        servers: Arc<[Url]>,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let dealership = arrange(&site.store, plan).await?;
        let carrier = Carrier::new(&dealership, &PUBLIC_URL.parse()?)?;
        let desk = Desk::open(&site.store, &dealership).await?;
        let approves = number % 3 == 2;
        let lane = Self {
            number,
            dealership,
            carrier,
            desk,
            approves,
            servers,
            twilio: Arc::clone(&site.twilio),
            store: site.store.clone(),
            pool: site.database.app.clone(),
            random: StdRng::seed_from_u64(seed.wrapping_add(u64::from(number))),
        };
        if approves {
            // Half of them on what is said, half on what is done.
            let workflow = if number.is_multiple_of(2) { Workflow::ConversationReply } else { Workflow::Appointment };
            lane.set_level(workflow, AutonomyLevel::Approve).await?;
        }
        Ok(lane)
    }

    /// The group that its dealership belongs to.
    pub(super) const fn group(&self) -> GroupId {
        self.dealership.group_id
    }

    async fn set_level(&self, workflow: Workflow, level: AutonomyLevel) -> anyhow::Result<()> {
        let mut tx = self.pool.begin().await?;
        let tenant = self.dealership.scope.dealership_id().0;
        let setting = "select set_config('app.dealership_id', $1, true)";
        sqlx::query(setting).bind(tenant.to_string()).execute(&mut *tx).await?;
        sqlx::query(
            "insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
             values ($1, $2, 'sms', $3, now())",
        )
        .bind(tenant)
        .bind(workflow.as_str())
        .bind(level.as_str())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// One customer after the other, each of whom is interrupted once.
    pub(super) async fn play(mut self, times: u32) -> anyhow::Result<Vec<Played>> {
        let mut played = Vec::new();
        for time in 0..times {
            let kinds: &[Kind] = if self.approves { &Kind::ON_APPROVAL } else { &Kind::AT_ONCE };
            let kind = kinds.choose(&mut self.random).copied().context("a kind")?;
            played.push(self.play_one(time, kind).await?);
        }
        Ok(played)
    }

    async fn play_one(&mut self, time: u32, kind: Kind) -> anyhow::Result<Played> {
        let phone = customer_number(self.number * 100_000 + time);
        let draw = self.draw();
        self.deliver(&draw.asking, &phone, &request_for(self.visit(time)?)).await?;
        let conversation = self.conversation_of(&phone).await?;
        let mut played = Played {
            kind,
            dealership: self.dealership.clone(),
            conversation,
            phone,
            takeover: None,
            switch: None,
            approvals: Vec::new(),
        };
        if self.approves {
            let proposal = self.proposal_of(conversation).await?;
            let (approvals, (takeover, switch)) = tokio::try_join!(
                self.approve_twice(&proposal, &draw),
                self.cut_at(&played, &draw, Moment::After(draw.soon))
            )?;
            (played.approvals, played.takeover, played.switch) = (approvals, takeover, switch);
        } else {
            (played.takeover, played.switch) = self.cut_at(&played, &draw, draw.moment).await?;
        }
        self.settle(conversation).await?;
        if let Some(height) = kind.switch() {
            self.desk.resume(&draw.asking, height, conversation).await?;
            self.settle(conversation).await?;
        }
        Ok(played)
    }

    fn draw(&mut self) -> Draw {
        let mut server = || self.servers[self.random.random_range(0..self.servers.len())].clone();
        let (asking, cutting) = (server(), server());
        Draw {
            asking,
            cutting,
            moment: if self.random.random_bool(0.5) {
                Moment::WhileSending(self.random.random_range(Duration::ZERO..SENDING))
            } else {
                Moment::After(self.random.random_range(Duration::ZERO..TURN))
            },
            soon: self.random.random_range(Duration::ZERO..Duration::from_millis(25)),
            between: self.random.random_range(Duration::ZERO..Duration::from_millis(12)),
        }
    }

    /// Whoever cuts in, at their moment.
    async fn cut_at(
        &self,
        played: &Played,
        draw: &Draw,
        moment: Moment,
    ) -> anyhow::Result<(Option<Answer>, Option<Answer>)> {
        match moment {
            Moment::After(pause) => tokio::time::sleep(pause).await,
            Moment::WhileSending(pause) => {
                // Nothing may ever be sent to them; then the cut comes late.
                let sending = self.twilio.next_to(played.phone.as_str());
                if tokio::time::timeout(TURN * 4, sending).await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
            }
        }
        self.cut(played, draw).await
    }

    async fn cut(&self, played: &Played, draw: &Draw) -> anyhow::Result<(Option<Answer>, Option<Answer>)> {
        let kind = played.kind;
        let takeover = async {
            if !kind.takes_over() {
                return anyhow::Ok(None);
            }
            let answer = self.desk.take_over(&draw.cutting, played.conversation).await?;
            // Nobody may write to somebody who said stop a moment before.
            anyhow::ensure!(answer.status == 200 || (kind.stops() && answer.status == 409), "takeover: {answer:?}");
            Ok(Some(answer))
        };
        let stop = async {
            if kind.stops() {
                tokio::time::sleep(draw.between).await;
                self.deliver(&draw.cutting, &played.phone, "STOP").await?;
            }
            anyhow::Ok(())
        };
        let switch = async {
            let Some(height) = kind.switch() else { return anyhow::Ok(None) };
            let answer = self.desk.pause(&draw.cutting, height, played.conversation).await?;
            anyhow::ensure!(answer.status == 200, "kill switch: {answer:?}");
            Ok(Some(answer))
        };
        let text = async {
            if kind == Kind::NewText {
                self.deliver(&draw.cutting, &played.phone, "Oh, and is it far from the airport?").await?;
            }
            anyhow::Ok(())
        };
        let (takeover, (), switch, ()) = tokio::try_join!(takeover, stop, switch, text)?;
        Ok((takeover, switch))
    }

    /// The same decision at both servers, as from a double click or two people.
    async fn approve_twice(&self, proposal: &Value, draw: &Draw) -> anyhow::Result<Vec<Answer>> {
        tokio::time::sleep(draw.between).await;
        let (one, two) = tokio::try_join!(
            self.desk.approve(&self.servers[0], proposal),
            self.desk.approve(&self.servers[1], proposal)
        )?;
        Ok(vec![one, two])
    }

    async fn deliver(&self, server: &Url, phone: &E164, body: &str) -> anyhow::Result<()> {
        let status = self.carrier.deliver_to(server, &Text::new(phone, body)).await?;
        anyhow::ensure!(status.is_success(), "a text was answered with {status}");
        Ok(())
    }

    /// A time that nobody else asks for.
    fn visit(&self, time: u32) -> anyhow::Result<jiff::civil::DateTime> {
        let zone: Zone = "America/Denver".parse()?;
        let tomorrow = zone.local(self.store.now()).date().tomorrow()?;
        let day = tomorrow.checked_add(jiff::Span::new().try_days(time / SLOTS % 28)?)?;
        let slot = i8::try_from(time % SLOTS)?;
        Ok(day.at(9 + slot / 4, slot % 4 * 15, 0, 0))
    }

    async fn conversation_of(&self, phone: &E164) -> anyhow::Result<Uuid> {
        let mut tx = self.store.begin(self.dealership.scope).await?;
        let found = tx.find_conversation_by_phone(phone.as_str()).await?;
        Ok(found.context("a text makes a conversation")?.0)
    }

    async fn proposal_of(&self, conversation: Uuid) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            if let Some(proposal) = self.desk.find_pending(&self.servers[0], conversation).await? {
                return Ok(proposal);
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "nothing was proposed");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until nothing of a conversation is queued.
    async fn settle(&self, conversation: Uuid) -> anyhow::Result<()> {
        let began = Instant::now();
        let waits = "select exists (select from turn_queue where conversation_id = $1)
            or exists (select from outbox_queue q join outbox o on o.id = q.outbox_id where o.conversation_id = $1)";
        loop {
            let mut tx = self.pool.begin().await?;
            let setting = "select set_config('app.dealership_id', $1, true)";
            let tenant = self.dealership.scope.dealership_id().to_string();
            sqlx::query(setting).bind(tenant).execute(&mut *tx).await?;
            if !sqlx::query_scalar::<_, bool>(waits).bind(conversation).fetch_one(&mut *tx).await? {
                return Ok(());
            }
            drop(tx);
            anyhow::ensure!(began.elapsed() < PATIENCE, "conversation {conversation} does not come to rest");
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }
}

/// When somebody cuts in.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Anywhere in a turn, counted from the customer's text.
    After(Duration),
    /// While the provider's answer is awaited, counted from the provider's taking it.
    WhileSending(Duration),
}

/// What chance decides about one race.
struct Draw {
    /// Which server hears the customer, and which whoever cuts in.
    asking: Url,
    cutting: Url,
    /// When whoever cuts in does so, and when near an approval.
    moment: Moment,
    soon: Duration,
    /// Between two cuts, and before the clicks.
    between: Duration,
}
