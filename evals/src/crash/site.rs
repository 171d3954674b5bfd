//! Where whole server processes are tried: a database, a dealership, doubles outside, a clock that jumps.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use forecourt_agent::testing::openai_double::{OpenAiDouble, Shape};
use forecourt_crm_store::{Store, keys::Keys, system::instance::InstanceKind, testing::TestDatabase};
use forecourt_domain::clock::{Clock, SystemClock};
use jiff::SignedDuration;
use secrecy::SecretString;
use url::Url;

use super::process::ServerProcess;
use crate::{
    arrange::{Dealership, Plan, arrange, twilio_account},
    customer_phone::Carrier,
    doubles::{receptionist::Receptionist, twilio::TwilioDouble},
    stage::SECRET_KEY,
};

/// What every server process believes to be reached at. Nothing is there: texts and reports are
/// delivered to whichever process lives.
pub const PUBLIC_URL: &str = "http://forecourt.test/";

/// How long the model takes at most.
const MODEL_PACE: std::ops::Range<Duration> = Duration::ZERO..Duration::from_millis(60);

/// Everything but the servers.
pub struct Site {
    pub database: TestDatabase,
    pub store: Store,
    pub dealership: Dealership,
    pub carrier: Carrier,
    pub twilio: Arc<TwilioDouble>,
    pub model: OpenAiDouble,
    clock: Arc<SystemClock>,
    offset: std::sync::atomic::AtomicI64,
    program: PathBuf,
}

impl Site {
    /// Opens a site whose servers are `program child-server`.
    ///
    /// # Errors
    /// When there is no database or no free port.
    pub async fn open(program: PathBuf) -> anyhow::Result<Self> {
        let mut plan = Plan::new("Northgate Motors", "+13035550100")?;
        plan.appointment_capacity = 20;
        Self::open_with(program, &plan).await
    }

    /// The same with a dealership of the caller's.
    ///
    /// # Errors
    /// When there is no database or no free port.
    pub async fn open_with(program: PathBuf, plan: &Plan) -> anyhow::Result<Self> {
        // Fails when another site of this process has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let database = TestDatabase::try_create().await?;
        let clock = Arc::new(SystemClock::default());
        let keys = Keys::derive(&SecretString::from(SECRET_KEY))?;
        let store = Store::new(database.app.clone(), keys, Arc::clone(&clock) as Arc<dyn Clock>);
        store.declare_instance(InstanceKind::Test).await?;
        let dealership = arrange(&store, plan).await?;
        let carrier = Carrier::new(&dealership, &PUBLIC_URL.parse()?)?;
        let twilio = Arc::new(TwilioDouble::start(twilio_account(), Arc::clone(&clock) as Arc<dyn Clock>).await?);
        let receptionist = Receptionist { pace: Some(MODEL_PACE) };
        let model = OpenAiDouble::start(Shape::OpenAi, Arc::new(receptionist)).await?;
        let offset = std::sync::atomic::AtomicI64::new(0);
        Ok(Self { database, store, dealership, carrier, twilio, model, clock, offset, program })
    }

    /// Starts one more server, all roles, and waits until it serves.
    ///
    /// # Errors
    /// When it ends or does not serve in time.
    pub async fn start_server(&self) -> anyhow::Result<ServerProcess> {
        let environment = [
            ("DATABASE_URL", self.database.app_url()),
            ("FORECOURT_SECRET_KEY", SECRET_KEY.to_owned()),
            ("FORECOURT_LISTEN", "127.0.0.1:0".to_owned()),
            ("FORECOURT_PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("FORECOURT_MODEL", "receptionist".to_owned()),
            ("OPENAI_BASE_URL", self.model.base_url()),
            ("OPENAI_API_KEY", "sk-test".to_owned()),
            ("TWILIO_API_URL", self.twilio.api_url().to_string()),
        ];
        ServerProcess::start(&self.program, &environment).await.context("a server process")
    }

    /// Lets time pass for the doubles and then for every server, which reads it within a quarter of a second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance(&self, by: SignedDuration) -> anyhow::Result<()> {
        use std::sync::atomic::Ordering::Relaxed;
        let by = i64::try_from(by.as_millis())?;
        // The provider's clock first: a text must never look older than the attempt that sent it.
        self.clock.set_offset_ms(self.offset.fetch_add(by, Relaxed) + by);
        Ok(self.store.advance_clock(by).await?)
    }

    /// The same path at a server that lives.
    #[must_use]
    pub fn at(server: &Url, public: &Url) -> Url {
        let mut url = server.clone();
        url.set_path(public.path());
        url
    }
}
