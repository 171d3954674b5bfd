//! Everything of an instance but its process: store, agent, workers and HTTP over real loopback, with a
//! Twilio double outside. Time and model are the caller's.

use std::{net::Ipv4Addr, sync::Arc};

use forecourt_agent::{Agent, ChatModel, TurnLimits, Walls, pricing::Pricing};
use forecourt_crm_store::{Store, keys::Keys};
use forecourt_domain::clock::Clock;
use forecourt_server::{
    http::{self, AppState},
    identity::{Identity, Mailer},
    instance::{Brain, assemble},
    providers::Providers,
    workers::{self, Wake, outbox::Sender},
};
use secrecy::SecretString;
use sqlx::PgPool;
use tokio::{net::TcpListener, task::JoinSet};
use url::Url;

use crate::{
    arrange::{Dealership, Plan, arrange, twilio_account},
    customer_phone::Carrier,
    doubles::twilio::TwilioDouble,
};

/// The key of every staged instance; it guards nothing.
pub const SECRET_KEY: &str = "0123456789abcdef0123456789abcdef";

/// What a stage is built from.
pub struct StageParts {
    /// Logs in as the app role of a migrated database.
    pub pool: PgPool,
    pub clock: Arc<dyn Clock>,
    pub model: Arc<dyn ChatModel>,
    pub limits: TurnLimits,
    /// What stands between the model and the world.
    pub walls: Walls,
}

/// An instance in this process. Its HTTP server ends when it is dropped.
pub struct Stage {
    pub store: Store,
    pub agent: Arc<Agent>,
    pub sender: Sender,
    pub wake: Wake,
    pub twilio: TwilioDouble,
    /// Where it is served, and its public URL.
    pub url: Url,
    _server: JoinSet<()>,
}

impl Stage {
    /// Opens an instance without any dealership.
    ///
    /// # Errors
    /// When a port cannot be opened or the built-in policies do not load.
    pub async fn open(parts: StageParts) -> anyhow::Result<Self> {
        Self::open_priced(parts, Pricing::Free).await
    }

    /// Opens an instance whose model has a price.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_priced(parts: StageParts, pricing: Pricing) -> anyhow::Result<Self> {
        // Fails when another stage of this process has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = Store::new(parts.pool, Keys::derive(&SecretString::from(SECRET_KEY))?, Arc::clone(&parts.clock));
        let brain = Brain { model: parts.model, limits: parts.limits, pricing };
        let agent = Arc::new(assemble(store.clone(), brain, parts.walls));
        let twilio = TwilioDouble::start(twilio_account(), parts.clock).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url: Url = format!("http://{}/", listener.local_addr()?).parse()?;
        let providers = Arc::new(Providers::new(store.clone(), Some(twilio.api_url())));
        let sender = Sender { store: store.clone(), agent: Arc::clone(&agent), providers, public_url: url.clone() };
        let wake = Wake::default();
        let app = http::router(AppState {
            store: store.clone(),
            agent: Arc::clone(&agent),
            wake: wake.clone(),
            public_url: url.clone(),
            metrics: None,
            live: http::console::Live::default(),
            identity: Identity::new(Mailer::Kept, &[]),
        });
        let mut server = JoinSet::new();
        server.spawn(async move {
            // Ends only when the stage is dropped.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { store, agent, sender, wake, twilio, url, _server: server })
    }

    /// Adds a dealership.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_dealership(&self, plan: &Plan) -> anyhow::Result<Dealership> {
        arrange(&self.store, plan).await
    }

    /// Somebody who delivers texts to a dealership here.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn carrier(&self, dealership: &Dealership) -> anyhow::Result<Carrier> {
        Ok(Carrier::new(dealership, &self.url)?)
    }

    /// Runs every turn that is due now, then every send; how many of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work(&self) -> anyhow::Result<(usize, usize)> {
        let turns = workers::turns::drain(&self.agent, &self.wake).await?;
        Ok((turns, workers::outbox::drain(&self.sender).await?))
    }
}
