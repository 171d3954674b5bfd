//! A running instance: database, keys, clock, model and agent, opened from a configuration.

use std::{fs, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use forecourt_agent::{
    Agent, AgentParts, ChatModel, TurnLimits, Walls, guards,
    models::{
        offline::OfflineModel,
        openai::{Delivery, OpenAiModel, OpenAiSettings, OutputLimitField, http_client},
        retry::{BreakerPolicy, Resilient, RetryPolicy},
    },
    pricing::Pricing,
};
use forecourt_crm_store::{
    Store,
    connect::{self, PoolSize},
    embedded::EmbeddedPostgres,
    keys::Keys,
    migrate,
    system::instance::InstanceKind,
};
use forecourt_domain::{clock::SystemClock, hex::hex, scope::Scope};
use forecourt_prompts::PromptSet;
use forecourt_tools::{HashedNgrams, Registry, Services};
use secrecy::SecretString;

use crate::{
    config::{Config, DatabaseConfig, ModelConfig},
    http::{self, AppState},
    identity::{Identity, Mailer},
    providers::Providers,
    supervisor::Supervisor,
    workers::{self, Wake, outbox::Sender},
};

const OPENAI_URL: &str = "https://api.openai.com/v1";
/// How long one try of a model call may take; a turn's deadline holds two of them.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections per process.
const POOL: PoolSize = PoolSize(24);
/// Turns and sends that one process works on at a time.
const CONCURRENCY: usize = 16;
/// How long a stopping process waits for turns and sends to finish.
const PATIENCE: Duration = Duration::from_secs(12);

/// What a process is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ServeRole {
    /// HTTP: webhooks, API, console
    Web,
    /// Runs turns
    Turns,
    /// Sends what is in the outbox
    Outbox,
    /// Does what is due by the clock
    Schedule,
}

impl ServeRole {
    /// Every role; what a process does by default.
    pub const ALL: [Self; 4] = [Self::Web, Self::Turns, Self::Outbox, Self::Schedule];
}

/// An opened instance. The embedded database is stopped by [`close`](Self::close).
pub struct Instance {
    pub store: Store,
    pub agent: Arc<Agent>,
    pub providers: Arc<Providers>,
    pub wake: Wake,
    pub identity: Identity,
    pub config: Config,
    clock: Arc<SystemClock>,
    embedded: Option<EmbeddedPostgres>,
}

impl Instance {
    /// Opens the database (starting the embedded one if none is configured), migrates it where this
    /// process may, and builds the agent. `progress` hears what takes time.
    pub async fn open(
        config: Config,
        kind: InstanceKind,
        progress: &mut (dyn FnMut(&str) + Send),
    ) -> anyhow::Result<Self> {
        match config.database.clone() {
            DatabaseConfig::Server { app_url, owner_url } => {
                let secret_key = config.secret_key.clone().context(
                    "FORECOURT_SECRET_KEY is not set; make one with: openssl rand -hex 32, and keep it safe",
                )?;
                if let Some(owner_url) = owner_url {
                    migrate_as(&owner_url, progress).await?;
                }
                Self::over(config, kind, &app_url, &secret_key).await
            }
            DatabaseConfig::Embedded { data } => {
                let embedded = EmbeddedPostgres::start(&data, &mut *progress).await?;
                match Self::over_embedded(config, kind, &data, &embedded, progress).await {
                    Ok(instance) => Ok(Self { embedded: Some(embedded), ..instance }),
                    Err(error) => {
                        embedded.stop().await?;
                        Err(error)
                    }
                }
            }
        }
    }

    async fn over_embedded(
        config: Config,
        kind: InstanceKind,
        data: &Path,
        embedded: &EmbeddedPostgres,
        progress: &mut (dyn FnMut(&str) + Send),
    ) -> anyhow::Result<Self> {
        migrate_as(&SecretString::from(embedded.owner_url()), progress).await?;
        let secret_key = match &config.secret_key {
            Some(key) => key.clone(),
            None => kept_key(&data.join(KEY_FILE))?,
        };
        Self::over(config, kind, &SecretString::from(embedded.app_url()), &secret_key).await
    }

    /// An instance over a database that is up and migrated.
    async fn over(
        config: Config,
        kind: InstanceKind,
        app_url: &SecretString,
        secret_key: &SecretString,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock::default());
        let pool = connect::open_app(app_url, POOL).await?;
        if !migrate::is_current(&pool).await.unwrap_or(false) {
            bail!("the database has not been migrated to this version; run: forecourt migrate");
        }
        let store = Store::new(pool, Keys::derive(secret_key)?, clock.clone());
        store.declare_instance(kind).await?;
        clock.set_offset_ms(store.clock_offset_ms().await?);
        let agent = Arc::new(build_agent(&config, &store)?);
        let providers = Arc::new(Providers::new(store.clone(), config.twilio_api_url.clone()));
        store.complete_workplaces().await?;
        let kind = store.find_instance_kind().await?.unwrap_or(kind);
        let mailer = Mailer::of(kind, config.smtp_url.as_ref(), config.mail_from.as_deref())?;
        let identity = Identity::new(mailer, &config.trusted_proxies);
        Ok(Self { store, agent, providers, wake: Wake::default(), identity, config, clock, embedded: None })
    }

    /// Starts the roles of this process. Returns the address it listens on, when it serves HTTP.
    pub async fn start(
        &self,
        roles: &[ServeRole],
        supervisor: &Supervisor,
    ) -> anyhow::Result<Option<std::net::SocketAddr>> {
        self.warn_of_caps_without_a_price().await?;
        // Nobody should wait for that inside a transaction.
        tokio::task::spawn_blocking(guards::warm_up).await.context("the guards")?;
        supervisor.start(workers::clock::run(self.store.clone(), Arc::clone(&self.clock), supervisor.clone()));
        let mut address = None;
        for role in roles {
            match role {
                ServeRole::Web => address = Some(self.start_web(supervisor).await?),
                ServeRole::Turns => supervisor.start(workers::turns::run(
                    Arc::clone(&self.agent),
                    self.wake.clone(),
                    supervisor.clone(),
                    CONCURRENCY,
                )),
                ServeRole::Outbox => {
                    supervisor.start(workers::outbox::run(
                        self.sender(),
                        self.wake.clone(),
                        supervisor.clone(),
                        CONCURRENCY,
                    ));
                    let mailer = Arc::clone(&self.identity.mailer);
                    supervisor.start(workers::mail::run(self.store.clone(), mailer, supervisor.clone()));
                }
                ServeRole::Schedule => {
                    supervisor.start(workers::schedule::run(Arc::clone(&self.agent), supervisor.clone()))
                }
            }
        }
        tracing::info!(
            ?roles,
            address = address.map(tracing::field::display),
            version = env!("CARGO_PKG_VERSION"),
            tzdata = forecourt_domain::hours::tzdata_version(),
            model = self.agent.model().name(),
            "this process works"
        );
        Ok(address)
    }

    /// A limit on money that nobody can count closes the assistant: whoever reads the log should know why.
    async fn warn_of_caps_without_a_price(&self) -> anyhow::Result<()> {
        if self.config.pricing != Pricing::Unknown {
            return Ok(());
        }
        for dealership in self.store.load_dealerships().await? {
            let mut tx = self.store.begin(Scope::of(dealership.id)).await?;
            if tx.find_caps().await?.is_some_and(|caps| caps.spend_minor.is_some()) {
                tracing::warn!(
                    dealership = %dealership.id,
                    "a daily spend cap is set and the model's price is not known, so the assistant only acknowledges; \
                     set FORECOURT_MODEL_PRICE_INPUT and FORECOURT_MODEL_PRICE_OUTPUT, or take the cap away"
                );
            }
        }
        Ok(())
    }

    async fn start_web(&self, supervisor: &Supervisor) -> anyhow::Result<std::net::SocketAddr> {
        let listen = self.config.listen;
        let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen on {listen}; is another server running there? Choose another with FORECOURT_LISTEN")
        })?;
        let address = listener.local_addr().context("the listening address")?;
        let state = self.app_state();
        supervisor.start(state.live.clone().run(state.store.clone(), supervisor.clone()));
        let app = http::router(state).into_make_service_with_connect_info::<std::net::SocketAddr>();
        let stop = supervisor.clone();
        supervisor.start(async move {
            let served = axum::serve(listener, app).with_graceful_shutdown(async move { stop.stopped().await }).await;
            if let Err(error) = served {
                tracing::error!(%error, "serving HTTP ended");
            }
        });
        Ok(address)
    }

    /// What HTTP handlers work with.
    #[must_use]
    pub fn app_state(&self) -> AppState {
        AppState {
            store: self.store.clone(),
            agent: Arc::clone(&self.agent),
            wake: self.wake.clone(),
            public_url: self.config.public_url.clone(),
            metrics: crate::telemetry::init_metrics(),
            live: http::console::Live::default(),
            identity: self.identity.clone(),
        }
    }

    /// What the outbox worker works with.
    #[must_use]
    pub fn sender(&self) -> Sender {
        Sender {
            store: self.store.clone(),
            agent: Arc::clone(&self.agent),
            providers: Arc::clone(&self.providers),
            public_url: self.config.public_url.clone(),
        }
    }

    /// Waits for running work and stops the embedded database.
    pub async fn close(self, supervisor: Supervisor) -> anyhow::Result<()> {
        if !supervisor.stop(PATIENCE).await {
            tracing::warn!("some work did not end in time; it goes on at the next start");
        }
        self.store.close().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await?;
        }
        tracing::info!("this process has ended its work");
        Ok(())
    }
}

/// Migrates the configured database and leaves; the embedded one is started for it.
pub async fn migrate_only(config: &Config, progress: &mut (dyn FnMut(&str) + Send)) -> anyhow::Result<()> {
    match &config.database {
        DatabaseConfig::Server { owner_url, .. } => {
            let owner_url = owner_url.as_ref().context("set DATABASE_OWNER_URL: only the owner role may migrate")?;
            migrate_as(owner_url, progress).await
        }
        DatabaseConfig::Embedded { data } => {
            let embedded = EmbeddedPostgres::start(data, progress).await?;
            migrate_as(&SecretString::from(embedded.owner_url()), progress).await?;
            Ok(embedded.stop().await?)
        }
    }
}

async fn migrate_as(owner_url: &SecretString, progress: &mut (dyn FnMut(&str) + Send)) -> anyhow::Result<()> {
    let owner = connect::open(owner_url, PoolSize(1)).await?;
    if !migrate::is_current(&owner).await.unwrap_or(false) {
        progress("migrating the database");
    }
    migrate::migrate(&owner).await?;
    owner.close().await;
    Ok(())
}

/// The key file in the data folder of an embedded database.
const KEY_FILE: &str = "secret.key";

/// The instance's key as it is configured or kept, without making one.
pub fn find_secret_key(config: &Config) -> Option<SecretString> {
    let kept =
        || fs::read_to_string(config.data.join(KEY_FILE)).ok().map(|key| SecretString::from(key.trim().to_owned()));
    match (&config.secret_key, &config.database) {
        (Some(key), _) => Some(key.clone()),
        (None, DatabaseConfig::Embedded { .. }) => kept(),
        (None, DatabaseConfig::Server { .. }) => None,
    }
}

/// The key file beside an embedded database: made once, readable by its owner only.
fn kept_key(path: &Path) -> anyhow::Result<SecretString> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    match fs::read_to_string(path) {
        Ok(key) => return Ok(SecretString::from(key.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    let key = hex(&rand::random::<[u8; 32]>());
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(key.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    file.sync_all().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(SecretString::from(key))
}

fn build_agent(config: &Config, store: &Store) -> anyhow::Result<Agent> {
    let model: Arc<dyn ChatModel> = match &config.model {
        ModelConfig::Offline => Arc::new(OfflineModel),
        ModelConfig::OpenAi { model, base_url, api_key } => {
            let settings = OpenAiSettings {
                base_url: base_url.as_ref().map_or(OPENAI_URL, url::Url::as_str).to_owned(),
                api_key: api_key.clone(),
                model: model.clone(),
                delivery: Delivery::Streamed,
                // OpenAI's own server wants the newer name; the others know the older one.
                output_limit: if base_url.is_none() {
                    OutputLimitField::MaxCompletionTokens
                } else {
                    OutputLimitField::MaxTokens
                },
            };
            let openai = OpenAiModel::new(settings, http_client()?)?;
            let retry = RetryPolicy { attempt_timeout: Some(ATTEMPT_TIMEOUT), ..RetryPolicy::default() };
            Arc::new(Resilient::new(openai, retry, BreakerPolicy::default()))
        }
    };
    let brain = Brain { model, limits: TurnLimits::default(), pricing: config.pricing };
    Ok(assemble(store.clone(), brain, Walls::built_in()?))
}

/// What thinks in an agent, how far it may go, and what it costs.
pub struct Brain {
    pub model: Arc<dyn ChatModel>,
    pub limits: TurnLimits,
    pub pricing: Pricing,
}

/// The agent of every instance: this brain behind these walls, with all tools for customers.
#[must_use]
pub fn assemble(store: Store, brain: Brain, walls: Walls) -> Agent {
    Agent::new(AgentParts {
        store,
        model: brain.model,
        offline: Arc::new(OfflineModel),
        walls,
        prompts: PromptSet::built_in(),
        registry: Registry::customer(),
        services: Services { embedder: Arc::new(HashedNgrams) },
        limits: brain.limits,
        pricing: brain.pricing,
    })
}
