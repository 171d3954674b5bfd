//! A batch of conversations played to its end on one instance, attackers and control customers together.

use std::sync::Arc;

use forecourt_agent::{ChatModel, TurnLimits, Walls, guards};
use forecourt_crm_store::{
    conversations::HandsBack,
    imports::{
        ImportedAuthor, ImportedContactPoint, ImportedConversation, ImportedCustomer, ImportedLead, ImportedMessage,
    },
    testing::TestDatabase,
};
use forecourt_domain::{
    action::Channel,
    clock::{Clock, ManualClock},
    contact::{Assurance, ContactKind},
    conversation::Owner,
    lead::{LeadSource, LeadStatus},
};
use forecourt_server::workers;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::{
    control::Control,
    lots::{Lot, arrange_all, inside},
    model::{Happening, HostileModel},
    script::{Episode, Event, Step},
};
use crate::{
    customer_phone::Text,
    referee,
    stage::{Stage, StageParts},
};

/// Friday, November 20, 2026, 10:05 in Denver.
const BEGIN: &str = "2026-11-20T17:05:00Z";
/// How many work at a time.
const WORKERS: usize = 8;
/// Between one text of a customer and the next.
const BETWEEN: SignedDuration = SignedDuration::from_secs(40);
/// How often time may pass until nothing waits any more.
const MOST_WAITS: usize = 400;

/// One instance and everything around it.
pub struct Arena {
    pub database: TestDatabase,
    pub stage: Arc<Stage>,
    pub clock: Arc<ManualClock>,
    pub model: Arc<HostileModel>,
    pub lots: Arc<Vec<Lot>>,
}

impl Arena {
    /// Opens an instance behind `walls`, whose records hold attacks.
    ///
    /// # Errors
    /// When there is no database or no free port.
    pub async fn open(walls: Walls, attacks: &[String]) -> anyhow::Result<Self> {
        tokio::task::spawn_blocking(guards::warm_up).await?;
        let database = TestDatabase::try_create().await?;
        referee::appoint(&database).await?;
        let clock = Arc::new(ManualClock::at(BEGIN.parse()?));
        let model = Arc::new(HostileModel::default());
        let parts = StageParts {
            pool: database.app.clone(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            model: Arc::clone(&model) as Arc<dyn ChatModel>,
            limits: TurnLimits::default(),
            walls,
        };
        let stage = Arc::new(Stage::open(parts).await?);
        let lots = Arc::new(arrange_all(&stage, &database, attacks).await?);
        Ok(Self { database, stage, clock, model, lots })
    }

    /// Plays conversations step by step; every step is one turn of each.
    ///
    /// # Errors
    /// When something outside of the product fails, or it does not come to rest.
    pub async fn play(&self, episodes: &[Episode], controls: &[Control]) -> anyhow::Result<()> {
        for episode in episodes {
            self.introduce(episode).await?;
        }
        let hostile = episodes.iter().map(|episode| episode.steps.len());
        let longest = hostile.chain(controls.iter().map(|control| control.questions.len())).max().unwrap_or(0);
        for number in 0..longest {
            let hostile = episodes.iter().filter_map(|episode| Some((episode, episode.steps.get(number)?)));
            let honest = controls.iter().filter_map(|control| Some((control, control.questions.get(number)?)));
            let mut texts = Vec::new();
            for (episode, step) in hostile {
                self.prepare(episode, step).await?;
                texts.push((episode.lot, Text::new(&episode.phone, &format!("{} {}", step.text, episode.tag))));
            }
            texts.extend(honest.map(|(control, question)| (control.lot, Text::new(&control.phone, &question.text))));
            stream::iter(texts)
                .map(|(lot, text)| async move { deliver(&self.lots[lot], &text).await })
                .buffer_unordered(WORKERS)
                .try_collect::<Vec<_>>()
                .await?;
            self.settle().await?;
            self.clock.advance(BETWEEN);
        }
        Ok(())
    }

    /// The next day, on which everybody has new answers and times.
    pub fn next_day(&self) {
        self.clock.advance(SignedDuration::from_hours(24) - BETWEEN * 9);
    }

    /// Runs everything that is due until nothing waits.
    pub(super) async fn settle(&self) -> anyhow::Result<()> {
        for _ in 0..MOST_WAITS {
            let agent = &self.stage.agent;
            let turns = (0..WORKERS).map(|_| workers::turns::drain(agent, &self.stage.wake));
            futures::future::try_join_all(turns).await?;
            let sends = (0..WORKERS).map(|_| workers::outbox::drain(&self.stage.sender));
            futures::future::try_join_all(sends).await?;
            let waiting = self.stage.store.queue_depths().await?;
            if waiting.turns + waiting.outbox == 0 {
                return Ok(());
            }
            self.clock.advance(SignedDuration::from_millis(250));
        }
        let waiting = self.stage.store.queue_depths().await?;
        let oldest = self.oldest_sends().await?;
        anyhow::bail!(
            "at {} it does not come to rest: {waiting:?}; the oldest sends:\n{oldest}",
            self.stage.store.now()
        )
    }

    /// The sends that have waited longest, one a line.
    async fn oldest_sends(&self) -> anyhow::Result<String> {
        let mut lines = Vec::new();
        for lot in self.lots.iter() {
            let mut tx = inside(&self.database.app, &lot.dealership).await?;
            let of_lot: Vec<String> = sqlx::query_scalar(
                "select concat_ws(' ', o.kind, o.status, o.status_reason, 'seq', o.seq, 'attempts', o.attempts_made,
                     'look-ups', o.lookups_made, 'created', o.created_at, 'not before', o.not_before, 'due', q.due_at)
                 from outbox_queue q join outbox o on o.id = q.outbox_id
                 order by q.outbox_id limit 4",
            )
            .fetch_all(&mut *tx)
            .await?;
            lines.extend(of_lot);
        }
        Ok(lines.join("\n"))
    }

    /// Tells the model its part, and does what happens before the text.
    pub(super) async fn prepare(&self, episode: &Episode, step: &Step) -> anyhow::Result<()> {
        let lot = &self.lots[episode.lot];
        if step.meanwhile == Some(Event::HandBack) {
            self.hand_back(episode, lot).await?;
        }
        let others = self.lots.iter().enumerate().filter(|(position, _)| *position != episode.lot);
        let foreign: Vec<String> = others
            .flat_map(|(_, other)| other.own_words().into_iter().chain(other.bystander.secrets.clone()))
            .chain(lot.bystander.secrets.iter().cloned())
            .collect();
        let happening = step.meanwhile.map(|event| self.happening(episode, lot, event));
        self.model.prepare(episode, step, &foreign, happening);
        Ok(())
    }

    async fn hand_back(&self, episode: &Episode, lot: &Lot) -> anyhow::Result<()> {
        let mut tx = self.stage.store.begin(lot.dealership.scope).await?;
        if let Some(conversation) = tx.find_conversation_by_phone(episode.phone.as_str()).await? {
            tx.hand_back(conversation, HandsBack::User(lot.dealership.salesperson)).await?;
        }
        Ok(tx.commit().await?)
    }

    fn happening(&self, episode: &Episode, lot: &Lot, event: Event) -> Happening {
        let (stage, lot, episode) = (Arc::clone(&self.stage), lot.clone(), episode.clone());
        Box::new(move || {
            Box::pin(async move {
                if let Err(error) = happen(&stage, &lot, &episode, event).await {
                    tracing::error!(%error, ?event, "what was to happen meanwhile did not");
                }
            })
        })
    }

    /// A customer whom the dealership knows under an attack as name, with one as lead comment and one as
    /// an e-mail of last week.
    async fn introduce(&self, episode: &Episode) -> anyhow::Result<()> {
        let Some(attack) = &episode.known_as else { return Ok(()) };
        let lot = &self.lots[episode.lot];
        let at = self.stage.store.now() - SignedDuration::from_hours(24 * 7);
        let email = format!("hostile{}@customer.example", episode.number);
        let point = |kind, value: &str, assurance| ImportedContactPoint {
            kind,
            value: value.to_owned(),
            assurance,
            opted_out_at: None,
        };
        let mut tx = self.stage.store.begin(lot.dealership.scope).await?;
        let party = tx
            .import_customer(&ImportedCustomer {
                first_name: attack.clone(),
                last_name: attack.clone(),
                preferred_channel: None,
                tags: vec![attack.clone()],
                contact_points: vec![
                    point(ContactKind::Phone, episode.phone.as_str(), Assurance::Carrier),
                    point(ContactKind::Email, &email, Assurance::AuthenticatedMail),
                ],
                created_at: at,
            })
            .await?;
        let lead = ImportedLead {
            status: LeadStatus::New,
            source: LeadSource::Website,
            owner_user_id: Some(lot.dealership.salesperson),
            vehicle_id: None,
            note: Some(attack.clone()),
            created_at: at,
        };
        tx.import_lead(&party, &lead).await?;
        let message = |author, text: &str, at: Timestamp| ImportedMessage { author, text: text.to_owned(), at };
        let conversation = ImportedConversation {
            channel: Channel::Email,
            contact_point_id: party.contact_points[1],
            assurance: Assurance::AuthenticatedMail,
            integration_id: lot.dealership.integration_id,
            our_address: lot.dealership.number.as_str().to_owned(),
            department_id: Some(lot.dealership.sales),
            owner: Owner::Assistant,
            messages: vec![
                message(ImportedAuthor::Customer, attack, at),
                message(ImportedAuthor::Assistant, "Thanks, a colleague will look into it.", at),
            ],
        };
        tx.import_conversation(&party, &conversation).await?;
        Ok(tx.commit().await?)
    }
}

pub(super) async fn deliver(lot: &Lot, text: &Text) -> anyhow::Result<()> {
    let status = lot.carrier.deliver(text).await?;
    anyhow::ensure!(status.is_success(), "a text was answered with {status}");
    Ok(())
}

async fn happen(stage: &Stage, lot: &Lot, episode: &Episode, event: Event) -> anyhow::Result<()> {
    match event {
        Event::Stop => deliver(lot, &Text::new(&episode.phone, "STOP")).await,
        Event::TextsAgain => {
            deliver(lot, &Text::new(&episode.phone, &format!("and one more thing {}", episode.tag))).await
        }
        Event::TakeOver => {
            let mut tx = stage.store.begin(lot.dealership.scope).await?;
            if let Some(conversation) = tx.find_conversation_by_phone(episode.phone.as_str()).await? {
                tx.take_over(conversation, lot.dealership.salesperson).await?;
            }
            Ok(tx.commit().await?)
        }
        // Nobody but the control customers' vehicles stay as they are.
        Event::PriceChanges => {
            let mut vehicle = lot.vehicles[2].clone();
            let raised = episode.number % 2 * 50_000;
            vehicle.price_minor = vehicle.price_minor.map(|minor| minor + i64::from(raised));
            let mut tx = stage.store.begin(lot.dealership.scope).await?;
            tx.upsert_vehicle(&vehicle).await?;
            Ok(tx.commit().await?)
        }
        Event::HandBack => Ok(()),
    }
}
