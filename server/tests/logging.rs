//! What the log says of a day's work: which request it was, and nothing of anybody's.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::http::{Request, StatusCode};
use forecourt_agent::models::scripted::{ScriptedModel, says};
use forecourt_domain::staff::Role;
use secrecy::ExposeSecret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use world::{TOKEN, world};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_request_can_be_found_by_its_id_and_nothing_personal_by_anything() {
    let log = Log::default();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(log.clone()).init();
    let lie = "You're booked for Saturday, November 21 at 3:00 PM.";
    let world = world(ScriptedModel::queue([says("Hello Zebulon, which car?"), says(lie), says(lie)])).await;
    let token = world.token_of("dana@test.example", Role::SalesManager).await;
    world.text("SM1", "I am Zebulon Quist, mail me at zeb@quist.example").await;
    world.drain().await;
    world.text("SM2", "book me then, Quist").await;
    world.drain().await;
    world.post("SM3", "Quist again", "another token").await;
    let path = format!("/webhooks/twilio/{}", world.integration);
    let short_code =
        [("MessageSid", "SM4"), ("AccountSid", "AC1"), ("From", "63975"), ("To", "+17205550100"), ("Body", "Quist")];
    assert_eq!(world.post_form(&path, &short_code, TOKEN).await, StatusCode::BAD_REQUEST);
    let thread = format!("/api/v1/conversations/{}/messages", world.conversation().await);
    let replied = world.ask(&token, Request::post(&thread), Some(json!({ "text": "Quist, Dana here" }))).await;
    assert_eq!(replied.status, StatusCode::OK);
    world.drain().await;
    let lost = world.ask(&token, Request::get("/api/v1/people/zeb@quist.example?phone=3035550123"), None).await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let id = replied.headers["x-request-id"].to_str().unwrap();
    let of_reply = logged.lines().find(|line| line.contains(id)).unwrap_or_else(|| panic!("{id} is not in\n{logged}"));
    assert!(of_reply.contains("/api/v1/conversations/{id}/messages"), "{of_reply}");
    assert!(logged.contains("a form that Twilio did not sign") && logged.contains("it was kept"), "{logged}");
    let secrets = [TOKEN, "another token", token.expose_secret()];
    let personal =
        ["Quist", "quist", "Zebulon", "zeb@", "3035550123", "7205550100", "dana@test", "63975", "booked for"];
    for never in secrets.into_iter().chain(personal) {
        let found = logged.lines().find(|line| line.contains(never));
        assert_eq!(found, None, "{never:?} was logged");
    }
    assert!(!logged.contains(&path), "the path of a webhook is a secret of its own");
}
