//! What a webhook answers to what should never arrive, and that nothing is kept of it.

#![allow(clippy::unwrap_used, reason = "a request that cannot be made is a failed test")]

mod world;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use forecourt_agent::{
    model::ChatMessage,
    models::scripted::{ScriptedModel, says},
};
use forecourt_channels::twilio::signature::{SignedBody, sign};
use secrecy::SecretString;
use tower::ServiceExt;
use world::{TOKEN, World, world};

const FORM: &str = "application/x-www-form-urlencoded";

/// Posts a form signed as Twilio would sign it for the given path.
async fn post(world: &World, path: &str, content_type: &str, body: String) -> StatusCode {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let url = format!("https://forecourt.example{path}");
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, content_type)
        .header("x-twilio-signature", sign(&SecretString::from(TOKEN), &url, SignedBody::Form(&fields)))
        .body(Body::from(body))
        .unwrap();
    world.app.clone().oneshot(request).await.unwrap().status()
}

fn form(account: &str, to: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("MessageSid", "SM1"),
            ("AccountSid", account),
            ("From", "+13035550123"),
            ("To", to),
            ("Body", "hi"),
        ])
        .finish()
}

#[tokio::test]
async fn what_should_never_arrive_is_refused_with_its_own_status() {
    let world = world(ScriptedModel::queue([])).await;
    let path = format!("/webhooks/twilio/{}", world.integration);
    let unknown = format!("/webhooks/twilio/{}", uuid::Uuid::from_u128(7));
    let good = form("AC1", "+17205550100");
    let cases = [
        ("an unknown integration", unknown.as_str(), FORM, good.clone(), StatusCode::NOT_FOUND),
        ("an id that is none", "/webhooks/twilio/x", FORM, good.clone(), StatusCode::NOT_FOUND),
        ("a number of nobody here", &path, FORM, form("AC1", "+17205550199"), StatusCode::NOT_FOUND),
        ("another account", &path, FORM, form("AC2", "+17205550100"), StatusCode::NOT_FOUND),
        ("another content type", &path, "application/json", good.clone(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("a form without its fields", &path, FORM, "a=b".to_owned(), StatusCode::BAD_REQUEST),
        ("more than a mebibyte", &path, FORM, format!("Body={}", "a".repeat(1_100_000)), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (what, path, content_type, body, expected) in cases {
        assert_eq!(post(&world, path, content_type, body).await, expected, "{what}");
    }
    assert_eq!(world.store.queue_depths().await.unwrap().turns, 0);
    assert_eq!(post(&world, &path, FORM, good).await, StatusCode::OK);
    assert_eq!(world.store.queue_depths().await.unwrap().turns, 1);
}

/// The routes that give tokens take none.
const SIGNING_IN: [&str; 3] = ["/api/v1/auth/token", "/api/v1/auth/refresh", "/api/v1/auth/revoke"];

#[tokio::test]
async fn the_api_answers_nobody_without_a_token() {
    let world = world(ScriptedModel::queue([])).await;
    let document = forecourt_server::http::openapi::document();
    assert!(document.paths.paths.len() >= 9);
    for path in document.paths.paths.keys() {
        let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let request = Request::builder().method(method).uri(&path).header("authorization", "Bearer fct_wrong");
            let status = world.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status();
            if SIGNING_IN.contains(&path.as_str()) {
                assert!(status.is_client_error(), "{method} {path}: {status}");
                continue;
            }
            assert!(
                [StatusCode::UNAUTHORIZED, StatusCode::METHOD_NOT_ALLOWED].contains(&status),
                "{method} {path}: {status}"
            );
        }
    }
}

#[tokio::test]
async fn a_signed_form_that_cannot_be_read_is_kept_as_it_came() {
    let world = world(ScriptedModel::queue([])).await;
    let path = format!("/webhooks/twilio/{}", world.integration);
    let short_code =
        [("MessageSid", "SM1"), ("AccountSid", "AC1"), ("From", "63975"), ("To", "+17205550100"), ("Body", "a\0b")];
    for _ in 0..2 {
        assert_eq!(world.post_form(&path, &short_code, TOKEN).await, StatusCode::BAD_REQUEST);
    }
    let report = format!("{path}/status/{}", uuid::Uuid::from_u128(7));
    assert_eq!(world.post_form(&report, &[("MessageSid", "SM2")], TOKEN).await, StatusCode::BAD_REQUEST);
    assert_eq!(world.post_form(&path, &[("Body", "hi")], "another token").await, StatusCode::FORBIDDEN);
    let kept = world
        .texts(
            "select f.reason || ': ' || (p.body -> 'fields' ->> -1) from unreadable_forms f
             join payloads p on p.dealership_id = f.dealership_id and p.id = f.payload_id order by f.id",
        )
        .await;
    let expected = [
        "the field From is a short code, which no reply can be sent to: [\"Body\", \"a\u{fffd}b\"]",
        "the field MessageStatus is missing: [\"MessageSid\", \"SM2\"]",
    ];
    assert_eq!(kept, expected);
    let mut tx = world.store.begin(world.scope).await.unwrap();
    assert_eq!(tx.count_unreadable_forms().await.unwrap(), 2);
}

#[tokio::test]
async fn pictures_are_kept_and_one_without_words_is_named_to_the_model() {
    let world = world(ScriptedModel::queue([says("Thanks! Which car is that?")])).await;
    let path = format!("/webhooks/twilio/{}", world.integration);
    let form = [
        ("MessageSid", "SM1"),
        ("AccountSid", "AC1"),
        ("From", "+13035550123"),
        ("To", "+17205550100"),
        ("Body", ""),
        ("NumMedia", "1"),
        ("MediaUrl0", "https://api.twilio.example/media/ME1"),
        ("MediaContentType0", "image/jpeg"),
    ];
    assert_eq!(world.post_form(&path, &form, TOKEN).await, StatusCode::OK);
    world.drain().await;
    let kept = world.texts("select body ->> 'media' from payloads where body ? 'media'").await;
    let [media] = kept.try_into().unwrap();
    let media: serde_json::Value = serde_json::from_str(&media).unwrap();
    assert_eq!(
        media,
        serde_json::json!([{ "url": "https://api.twilio.example/media/ME1", "content_type": "image/jpeg" }])
    );
    assert_eq!(world.thread().await[0].1, "(a picture)");
    let asked = world.model.requests();
    let told =
        |message: &ChatMessage| matches!(message, ChatMessage::User { text, .. } if text.contains("(a picture)"));
    assert!(asked[0].messages.iter().any(told), "{:?}", asked[0].messages);
}
