//! A server on 127.0.0.1 that looks like Twilio's messaging API: takes texts, lists them, reports on
//! them, and misbehaves on command. It keeps every call with its time and send id.

mod api;
mod behaviour;
mod callbacks;
mod log;

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use forecourt_domain::clock::Clock;
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet};
use url::Url;

pub use self::{
    behaviour::Behaviour,
    callbacks::Callbacks,
    log::{Call, Outcome, SendCall, Taken},
};

type Script = Box<dyn FnMut(&SendRequest) -> Behaviour + Send>;

/// A text that somebody wants sent, as its form said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRequest {
    pub to: String,
    pub from: String,
    pub body: String,
    pub status_callback: Option<Url>,
}

impl SendRequest {
    /// The sender's own id of the send: the last part of its status callback's path.
    #[must_use]
    pub fn send_id(&self) -> Option<String> {
        let last = self.status_callback.as_ref()?.path_segments()?.next_back()?;
        (!last.is_empty()).then(|| last.to_owned())
    }
}

/// The one account the double knows.
#[derive(Debug, Clone)]
pub struct Account {
    pub sid: String,
    pub auth_token: SecretString,
}

/// A running double. It stops when it is dropped.
pub struct TwilioDouble {
    address: SocketAddr,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

pub(crate) struct Shared {
    account: Account,
    clock: Arc<dyn Clock>,
    script: Mutex<Script>,
    callbacks: Mutex<Callbacks>,
    state: Mutex<State>,
    http: reqwest::Client,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// Who waits for the next text to a number.
    waiting: HashMap<String, oneshot::Sender<Taken>>,
}

impl TwilioDouble {
    /// Starts a double that takes every text at once and reports on none. Its times are `clock`'s,
    /// which must be the clock of the instance under test.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be opened.
    pub async fn start(account: Account, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let http = reqwest::Client::builder().build().map_err(io::Error::other)?;
        let shared = Arc::new(Shared {
            account,
            clock,
            script: Mutex::new(Box::new(|_| Behaviour::Take)),
            callbacks: Mutex::default(),
            state: Mutex::default(),
            http,
        });
        let router = api::router(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move {
            // Ends only when the double is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, shared, _server: server })
    }

    /// What to give a client as the address of Twilio's API.
    #[must_use]
    pub fn api_url(&self) -> Url {
        let text = format!("http://{}/", self.address);
        text.parse().unwrap_or_else(|_| unreachable!("{text} is a URL"))
    }

    /// From now on every text is treated as `script` says.
    pub fn behave(&self, script: impl FnMut(&SendRequest) -> Behaviour + Send + 'static) {
        *lock(&self.shared.script) = Box::new(script);
    }

    /// The next texts are treated like this, one each; after them every text is taken.
    pub fn behave_once(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        let mut behaviours: std::collections::VecDeque<_> = behaviours.into_iter().collect();
        self.behave(move |_| behaviours.pop_front().unwrap_or(Behaviour::Take));
    }

    /// From now on taken texts are reported on.
    pub fn report(&self, callbacks: Callbacks) {
        *lock(&self.shared.callbacks) = callbacks;
    }

    /// Every call so far, in order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.state).calls.clone()
    }

    /// The texts that were taken, in order: what customers received.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.shared.state).calls.iter().filter_map(Call::taken).cloned().collect()
    }

    /// Resolves with the next text that is taken to `number`. A second wait ends the first.
    #[must_use]
    pub fn next_to(&self, number: &str) -> oneshot::Receiver<Taken> {
        let (sender, receiver) = oneshot::channel();
        lock(&self.shared.state).waiting.insert(number.to_owned(), sender);
        receiver
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
