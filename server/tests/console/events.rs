//! The stream of events: ids only, resumed where it broke off, ended with the session and the process.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use forecourt_agent::models::scripted::says;
use forecourt_crm_store::{
    audit::{AuditActor, AuditKind},
    system::{people::PersonChange, sessions::Spared},
};
use forecourt_domain::staff::Role;
use forecourt_server::supervisor::Supervisor;
use futures::{Stream, StreamExt};
use jiff::SignedDuration;

use crate::desk::{Desk, Person, cookie, desk, person};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(5);

/// A page that listens, and all it heard.
struct Listener {
    stream: std::pin::Pin<Box<dyn Stream<Item = Result<axum::body::Bytes, axum::Error>> + Send>>,
    heard: String,
}

impl Listener {
    async fn open(desk: &Desk, person: &Person, last: Option<&str>) -> Self {
        let mut request = Request::get("/console/events").header(header::COOKIE, cookie(person));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = desk.answer(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { stream: Box::pin(answer.into_body().into_data_stream()), heard: String::new() }
    }

    /// Listens until it has heard `words`.
    async fn until(&mut self, words: &str) {
        let listening = async {
            while !self.heard.contains(words) {
                match self.stream.next().await {
                    Some(chunk) => self.heard.push_str(&String::from_utf8_lossy(&chunk.unwrap())),
                    None => panic!("the stream ended before {words:?}; heard:\n{}", self.heard),
                }
            }
        };
        tokio::time::timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("{words:?} did not come"));
    }

    /// Listens until the stream ends.
    async fn until_the_end(&mut self) {
        let listening = async {
            while let Some(chunk) = self.stream.next().await {
                self.heard.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
            }
        };
        tokio::time::timeout(PATIENCE, listening).await.expect("the stream did not end");
    }

    fn last_id(&self) -> String {
        let line = self.heard.lines().rev().find_map(|line| line.strip_prefix("id: ")).expect("no id was sent");
        line.to_owned()
    }
}

#[tokio::test]
async fn a_text_reaches_an_open_page_as_ids_only() {
    let desk = desk([says("Hello.")]).await;
    let supervisor = Supervisor::default();
    supervisor.start(desk.world.live.clone().run(desk.world.store.clone(), supervisor.clone()));
    let mut listener = Listener::open(&desk, &desk.manager, None).await;
    listener.until(": live").await;
    desk.world.text("SM1", "a secret question").await;
    let id = desk.conversation().await.id;
    listener.until(&format!("event: conversation.{id}")).await;
    listener.until("event: conversation.changed").await;
    desk.post(&desk.manager, "/console/ai/pause", &[]).await;
    listener.until("event: ai.changed").await;
    assert!(!listener.heard.contains("secret") && !listener.heard.contains("+1303"), "{}", listener.heard);
    supervisor.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_page_that_comes_back_hears_what_it_missed() {
    let desk = desk([says("Hello.")]).await;
    let (id, _) = desk.conversation_after("hi").await;
    // What changed while the page was on its way is told without being asked for.
    let mut first = Listener::open(&desk, &desk.manager, None).await;
    first.until(&format!("event: conversation.{id}")).await;
    drop(first);
    desk.world.clock.advance(SignedDuration::from_hours(1));
    // One that heard of nothing yet knows where it left off too.
    let mut quiet = Listener::open(&desk, &desk.manager, None).await;
    quiet.until("id: ").await;
    assert!(!quiet.heard.contains("conversation."), "{}", quiet.heard);
    let last = quiet.last_id();
    drop(quiet);
    desk.world.clock.advance(SignedDuration::from_hours(1));
    desk.world.text("SM2", "are you there?").await;
    desk.world.clock.advance(SignedDuration::from_mins(5));
    let mut second = Listener::open(&desk, &desk.manager, Some(&last)).await;
    second.until(&format!("event: conversation.{id}")).await;
    let mut fresh = Listener::open(&desk, &desk.manager, None).await;
    fresh.until(": live").await;
    assert!(!fresh.heard.contains("conversation."), "{}", fresh.heard);
    let mut confused = Listener::open(&desk, &desk.manager, Some("what?")).await;
    confused.until("event: resync").await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_within_five_seconds() {
    let desk = desk([]).await;
    let supervisor = Supervisor::default();
    supervisor.start(desk.world.live.clone().run(desk.world.store.clone(), supervisor.clone()));
    for ends_with in ["a disabled account", "the end of the session", "another role", "a suspended dealership"] {
        let email = format!("{}@test.example", ends_with.replace(' ', "-"));
        let guest = person(&desk.world, desk.world.scope, &email, "Gina", Role::Bdc).await;
        let mut listener = Listener::open(&desk, &guest, None).await;
        listener.until(": live").await;
        let began = std::time::Instant::now();
        let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
        match ends_with {
            "a disabled account" => tx.disable(guest.user_id, true, AuditActor::System).await.unwrap(),
            "the end of the session" => {
                tx.end_other_sign_ins(guest.user_id, Spared::None).await.unwrap();
            }
            "another role" => {
                let admin = person(&desk.world, desk.world.scope, "ada@test.example", "Ada", Role::Admin).await;
                let change = PersonChange { role: Some(Role::Viewer), ..PersonChange::default() };
                tx.change_person(guest.user_id, change, admin.user_id).await.unwrap();
            }
            _ => {
                tx.set_suspended(true).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        listener.until_the_end().await;
        assert!(listener.heard.contains("event: session.expired"), "{ends_with}: {}", listener.heard);
        assert!(began.elapsed() < Duration::from_secs(5), "{ends_with}: {:?}", began.elapsed());
    }
    supervisor.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_page_that_is_only_left_open_keeps_no_session_alive() {
    let desk = desk([]).await;
    let supervisor = Supervisor::default();
    supervisor.start(desk.world.live.clone().run(desk.world.store.clone(), supervisor.clone()));
    let mut listener = Listener::open(&desk, &desk.manager, None).await;
    listener.until(": live").await;
    desk.world.clock.advance(SignedDuration::from_hours(7));
    // The stream asks for its session, the page comes back to it, and fetches a part of itself.
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    tx.tell_here(AuditActor::System, AuditKind::RoleChanged, serde_json::json!({})).await.unwrap();
    tx.commit().await.unwrap();
    listener.until("event: people.changed").await;
    let mut second = Listener::open(&desk, &desk.manager, None).await;
    second.until(": live").await;
    let part = Request::get("/console/list").header(header::COOKIE, cookie(&desk.manager)).header("hx-request", "true");
    assert_eq!(desk.send(part.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    desk.world.clock.advance(SignedDuration::from_hours(6));
    listener.until_the_end().await;
    assert!(listener.heard.contains("event: session.expired"), "{}", listener.heard);
    assert_eq!(desk.get(&desk.manager, "/console/approvals").await.status, StatusCode::UNAUTHORIZED);
    supervisor.stop(PATIENCE).await;
}

#[tokio::test]
async fn streams_end_when_the_process_stops() {
    let desk = desk([]).await;
    let supervisor = Supervisor::default();
    supervisor.start(desk.world.live.clone().run(desk.world.store.clone(), supervisor.clone()));
    let mut listener = Listener::open(&desk, &desk.manager, None).await;
    listener.until(": live").await;
    assert!(supervisor.stop(PATIENCE).await);
    listener.until_the_end().await;
}
