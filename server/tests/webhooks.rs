//! What a webhook answers to what should never arrive, and that nothing is kept of it.

#![allow(clippy::unwrap_used, reason = "a request that cannot be made is a failed test")]

mod world;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use forecourt_agent::models::scripted::ScriptedModel;
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

#[tokio::test]
async fn the_api_answers_nobody_without_a_token() {
    let world = world(ScriptedModel::queue([])).await;
    let document = forecourt_server::http::openapi::document();
    assert!(document.paths.paths.len() >= 9);
    for path in document.paths.paths.keys() {
        let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
        for method in ["GET", "POST"] {
            let request = Request::builder().method(method).uri(&path).header("authorization", "Bearer fct_wrong");
            let status = world.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status();
            assert!(
                [StatusCode::UNAUTHORIZED, StatusCode::METHOD_NOT_ALLOWED].contains(&status),
                "{method} {path}: {status}"
            );
        }
    }
}
