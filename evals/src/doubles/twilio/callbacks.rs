//! Signed reports on taken texts, sent to where each text asked for them.

use std::{sync::Arc, time::Duration};

use forecourt_channels::twilio::signature::{SignedBody, sign};
use url::Url;

use super::{SendRequest, Shared, Taken, lock};

type Router = Arc<dyn Fn(&Url) -> Url + Send + Sync>;

/// How the double reports on the texts it took.
#[derive(Clone, Default)]
pub struct Callbacks {
    /// One report each, in this order, such as `sent` and `delivered`; none at first.
    statuses: Vec<&'static str>,
    pause: Duration,
    route: Option<Router>,
}

impl Callbacks {
    /// A report of each of `statuses`, at once and in this order.
    #[must_use]
    pub fn of(statuses: &[&'static str]) -> Self {
        Self { statuses: statuses.to_vec(), ..Self::default() }
    }

    /// The same, each only after `pause`.
    #[must_use]
    pub fn after(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// The same, delivered to where `route` says a public URL is served. The signature stays over the public one.
    #[must_use]
    pub fn routed(self, route: impl Fn(&Url) -> Url + Send + Sync + 'static) -> Self {
        Self { route: Some(Arc::new(route)), ..self }
    }
}

/// Reports on a text in the background, as far as reports were asked for.
#[allow(clippy::disallowed_methods, reason = "a report outlives its request and ends by itself, like Twilio's")]
pub(super) fn report(shared: &Arc<Shared>, taken: &Taken, request: &SendRequest) {
    let callbacks = lock(&shared.callbacks).clone();
    let Some(public) = request.status_callback.clone().filter(|_| !callbacks.statuses.is_empty()) else { return };
    let (shared, taken) = (Arc::clone(shared), taken.clone());
    tokio::spawn(async move {
        for status in &callbacks.statuses {
            tokio::time::sleep(callbacks.pause).await;
            deliver(&shared, &taken, &public, &callbacks, status).await;
        }
    });
}

async fn deliver(shared: &Shared, taken: &Taken, public: &Url, callbacks: &Callbacks, status: &str) {
    let fields: Vec<(String, String)> = [
        ("AccountSid", shared.account.sid.as_str()),
        ("ApiVersion", "2010-04-01"),
        ("From", &taken.from),
        ("MessageSid", &taken.sid),
        ("MessageStatus", status),
        ("SmsSid", &taken.sid),
        ("SmsStatus", status),
        ("To", &taken.to),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let signature = sign(&shared.account.auth_token, public.as_str(), SignedBody::Form(&fields));
    let target = callbacks.route.as_ref().map_or_else(|| public.clone(), |route| route(public));
    let posted = shared.http.post(target).header("X-Twilio-Signature", signature).form(&fields).send().await;
    if let Err(error) = posted {
        // Twilio's reports get lost as well.
        tracing::debug!(%error, "a status report was not taken");
    }
}
