//! The floor: what the same rows, commits and calls cost when nothing is decided, guarded or prompted.
//!
//! Raw prepared statements on the product's own pool write row for row what one turn of the product
//! writes (the audit's left out), with bodies taken from a real turn, in as many commits as a turn of
//! the product needs. Adding to them would be no way to look better: [`ROWS_PER_TURN`] and
//! [`COMMITS_PER_TURN`] are asserted on every run.

mod accepting;
mod rows;
mod sending;
mod turning;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Form, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use forecourt_agent::model::{ChatMessage, ChatModel, ModelRequest};
use forecourt_channels::{
    sms::{OutboundSms, SmsBody, SmsProvider},
    twilio::client::{TIMEOUT, TwilioClient},
};
use forecourt_domain::clock::Clock;
use forecourt_server::supervisor::Supervisor;
use sqlx::PgPool;
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use url::Url;
use uuid::Uuid;

pub use self::rows::Sample;
use self::{accepting::Inbound, rows::Statements, turning::Turn};
use super::database::BenchDatabase;
use crate::{arrange::twilio_account, doubles::receptionist::Receptionist};

/// Rows that one turn inserts, the audit's left out.
pub const ROWS_PER_TURN: i64 = 46;
/// Commits of one turn: find the webhook's dealership, read its integration, accept the text; claim the
/// turn, begin it, read vehicles, book, end it; claim the send, commit its attempt, store its outcome.
pub const COMMITS_PER_TURN: i64 = 11;

/// How often a worker looks for the row it came for.
const CLAIMS: usize = 1000;

/// A running floor. Its HTTP server ends when it is dropped.
pub struct Floor {
    pub url: Url,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    statements: Statements,
    model: Receptionist,
    twilio: TwilioClient,
    public_url: Url,
    slots: Semaphore,
    supervisor: Supervisor,
}

impl Floor {
    /// Opens a floor whose rows look like `sample`.
    ///
    /// # Errors
    /// When a port cannot be opened.
    pub async fn open(
        database: &BenchDatabase,
        twilio_url: &Url,
        sample: Sample,
        concurrency: usize,
    ) -> anyhow::Result<Self> {
        let account = twilio_account();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url: Url = format!("http://{}/", listener.local_addr()?).parse()?;
        let (pool, clock): (PgPool, Arc<dyn Clock>) = (database.pool.clone(), Arc::clone(&database.clock));
        let shared = Arc::new(Shared {
            statements: Statements { pool, clock, sample },
            model: Receptionist::default(),
            twilio: TwilioClient::new(twilio_url, account.sid, account.auth_token, TIMEOUT)?,
            public_url: url.clone(),
            slots: Semaphore::new(concurrency),
            supervisor: Supervisor::default(),
        });
        let app = Router::new().route("/webhooks/twilio/{integration}", post(receive)).with_state(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move {
            // Ends only when the floor is dropped.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { url, shared, _server: server })
    }

    /// Waits for what still runs.
    ///
    /// # Errors
    /// When something still ran after ten seconds.
    pub async fn close(self) -> anyhow::Result<()> {
        let ended = self.shared.supervisor.stop(Duration::from_secs(10)).await;
        anyhow::ensure!(ended, "the floor's turns did not end in time");
        Ok(())
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    Path(integration_id): Path<Uuid>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<StatusCode, StatusCode> {
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone()).ok_or(StatusCode::BAD_REQUEST)
    };
    let inbound = Inbound {
        integration_id,
        sid: field("MessageSid")?,
        account: field("AccountSid")?,
        from: field("From")?,
        to: field("To")?,
        text: field("Body")?,
    };
    shared.statements.accept(&inbound).await.map_err(|error| {
        tracing::error!(%error, "the floor could not accept a text");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    let working = Arc::clone(&shared);
    shared.supervisor.start(async move {
        if let Err(error) = working.work().await {
            tracing::error!(%error, "a turn of the floor failed");
        }
    });
    Ok(StatusCode::OK)
}

impl Shared {
    /// One turn and its send, whichever are due.
    async fn work(&self) -> anyhow::Result<()> {
        let _slot = self.slots.acquire().await.context("the floor ends")?;
        let claim = until_found(|| self.statements.claim_turn()).await?;
        let turn = self.statements.begin_turn(claim).await?;
        self.ask(&turn).await?;
        self.statements.read_vehicles(&turn).await?;
        self.ask(&turn).await?;
        self.statements.book(&turn).await?;
        self.ask(&turn).await?;
        self.statements.end_turn(&turn).await?;
        let claim = until_found(|| self.statements.claim_send()).await?;
        let leaving = self.statements.begin_attempt(claim).await?;
        let sms = OutboundSms {
            from: leaving.sender.parse()?,
            to: leaving.recipient.parse()?,
            body: SmsBody::new(&leaving.text),
            status_callback: self.public_url.join(&format!("status/{}", leaving.outbox_id))?,
        };
        let sent = self.twilio.send(&sms).await?;
        self.statements.store_outcome(&leaving, sent.sid.as_deref()).await
    }

    async fn ask(&self, turn: &Turn) -> anyhow::Result<()> {
        let request = ModelRequest {
            tools: Arc::new([]),
            messages: vec![ChatMessage::User { text: turn.text.clone() }],
            max_output_tokens: 700,
            timeout: Duration::from_secs(10),
        };
        self.model.respond(&request, &mut |_| {}).await?;
        Ok(())
    }
}

/// Every worker comes for one row and there is one for each, though not always visible at once.
async fn until_found<T, F: Future<Output = anyhow::Result<Option<T>>>>(claim: impl Fn() -> F) -> anyhow::Result<T> {
    for _ in 0..CLAIMS {
        if let Some(found) = claim().await? {
            return Ok(found);
        }
    }
    anyhow::bail!("nothing was due")
}
