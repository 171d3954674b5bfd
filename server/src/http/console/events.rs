//! The stream of events to a page: ids only. The page fetches what changed itself, as whoever it is.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use forecourt_domain::ids::AuditEntryId;
use futures::{Stream, stream};
use secrecy::SecretString;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Interval, MissedTickBehavior},
};

use super::{
    cookies::Cookie,
    failure::Failure,
    live::{self, News, Topic},
    session::{self, SignedIn},
};
use crate::http::{AppState, principal::Principal, problem::Problem};

/// How often it is asked whether the session still holds, when no news of the log asks for it sooner: a stream
/// outlives it by no more than this.
const SESSION_CHECK: Duration = Duration::from_secs(3);
/// How soon a page that lost its stream comes back.
const RETRY: Duration = Duration::from_secs(1);

/// Opens a page's stream. It is held open until the page, the session or the process goes.
pub async fn stream(
    State(state): State<AppState>,
    SignedIn(principal): SignedIn,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let session = Cookie::Session.read(&headers, &state.public_url).ok_or_else(Problem::unauthorized)?;
    let changes = state.live.watch(principal.scope);
    let begun_at = AuditEntryId::generate(state.store.now());
    let missed = missed(&state, principal, &headers).await?;
    let mut watch = Watch::new(state, principal, session, changes);
    watch.pending.extend(missed.iter().flat_map(events));
    // Also a page that heard nothing yet can say where it left off.
    watch.pending.push_back(Event::default().retry(RETRY).comment("live").id(begun_at.to_string()));
    let mut response = Sse::new(watch.into_stream()).keep_alive(KeepAlive::default()).into_response();
    // A proxy that collects answers would keep the news to itself.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// What the page missed since the event it names; all it shows, if it names none of ours.
async fn missed(state: &AppState, principal: Principal, headers: &HeaderMap) -> Result<Option<News>, Failure> {
    let last = match headers.get("last-event-id") {
        None => None,
        Some(id) => match id.to_str().ok().and_then(|id| id.parse().ok()) {
            Some(id) => Some(id),
            None => return Ok(Some(News { topics: vec![Topic::Everything], up_to: None })),
        },
    };
    Ok(live::missed(&state.store, principal.scope, last).await?)
}

/// One page that listens.
struct Watch {
    state: AppState,
    principal: Principal,
    session: SecretString,
    changes: broadcast::Receiver<Arc<News>>,
    check: Interval,
    pending: VecDeque<Event>,
    is_over: bool,
}

impl Watch {
    fn new(
        state: AppState,
        principal: Principal,
        session: SecretString,
        changes: broadcast::Receiver<Arc<News>>,
    ) -> Self {
        let mut check = tokio::time::interval(SESSION_CHECK);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { state, principal, session, changes, check, pending: VecDeque::new(), is_over: false }
    }

    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut watch| async move { watch.next().await.map(|event| (Ok(event), watch)) })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                changes = self.changes.recv() => match changes {
                    Ok(news) => {
                        if news.topics.contains(&Topic::People) && !self.may_go_on().await {
                            self.part();
                        } else {
                            self.pending.extend(events(&news));
                        }
                    }
                    Err(RecvError::Lagged(_)) => self.pending.push_back(event(Topic::Everything)),
                    Err(RecvError::Closed) => return None,
                },
                _ = self.check.tick() => if !self.may_go_on().await {
                    self.part();
                },
            }
        }
    }

    /// Tells the page that it is over, and ends.
    fn part(&mut self) {
        self.pending.push_back(Event::default().event("session.expired").data(""));
        self.is_over = true;
    }

    /// Whether the session still speaks for the same person in the same role. A database that does not
    /// answer says nothing about it.
    async fn may_go_on(&self) -> bool {
        match session::find(&self.state, &self.session).await {
            Ok(Some(now)) => now == self.principal,
            Ok(None) => false,
            Err(_) => true,
        }
    }
}

/// News as events; each carries where to go on from.
fn events(news: &News) -> Vec<Event> {
    let with_id = |event: Event, up_to: Option<AuditEntryId>| match up_to {
        Some(id) => event.id(id.to_string()),
        None => event,
    };
    let conversations = news.topics.iter().any(|topic| matches!(topic, Topic::Conversation(_)));
    let list = conversations.then(|| Event::default().event("conversation.changed").data(""));
    news.topics.iter().map(|topic| event(*topic)).chain(list).map(|event| with_id(event, news.up_to)).collect()
}

fn event(topic: Topic) -> Event {
    let event = Event::default().data("");
    match topic {
        Topic::Conversation(id) => event.event(format!("conversation.{id}")),
        Topic::Proposals => event.event("proposal.changed"),
        Topic::Assistant => event.event("ai.changed"),
        Topic::People => event.event("people.changed"),
        Topic::Everything => event.event("resync"),
    }
}
