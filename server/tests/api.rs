//! The API as its clients use it: what people do, what they may not, and how errors look.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use axum::http::{Request, StatusCode};
use forecourt_agent::models::scripted::{Scripted, ScriptedModel, calls, says};
use forecourt_domain::staff::Role;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::{Value, json};
use world::{Answer, World, world};

async fn as_manager(answers: impl IntoIterator<Item = Scripted>) -> (World, SecretString) {
    let world = world(ScriptedModel::queue(answers)).await;
    let token = world.token_of("dana@test.example", Role::SalesManager).await;
    (world, token)
}

async fn get(world: &World, token: &SecretString, path: &str) -> Answer {
    world.ask(token, Request::get(path), None).await
}

async fn post(world: &World, token: &SecretString, path: &str, body: Value) -> Answer {
    world.ask(token, Request::post(path), Some(body)).await
}

#[tokio::test]
async fn a_conversation_is_read_answered_by_hand_and_handed_back() {
    let (world, token) = as_manager([says("Which car do you mean?")]).await;
    world.text("SM1", "is it here?").await;
    world.drain().await;
    let list = get(&world, &token, "/api/v1/conversations").await;
    assert_eq!(list.body[0]["owner"], "assistant", "{list:?}");
    let path = format!("/api/v1/conversations/{}", list.body[0]["id"].as_str().unwrap());
    let messages = format!("{path}/messages");

    let sent = post(&world, &token, &messages, json!({ "text": "It is.\u{0} Dana" })).await;
    assert_eq!((sent.status, &sent.body["cancelled"]), (StatusCode::OK, &json!([])), "{sent:?}");
    let thread = get(&world, &token, &messages).await;
    let said: Vec<_> =
        thread.body.as_array().unwrap().iter().map(|message| message["author"].as_str().unwrap()).collect();
    assert_eq!(said, ["customer", "assistant", "user"]);
    assert_eq!(thread.body[2]["text"], "It is.\u{fffd} Dana");
    let list = get(&world, &token, "/api/v1/conversations").await;
    assert_ne!(list.body[0]["owner"], "assistant");

    let back = world.ask(&token, Request::post(format!("{path}/hand-back")), None).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT);
    let list = get(&world, &token, "/api/v1/conversations").await;
    assert_eq!(list.body[0]["owner"], "assistant");

    let why = get(&world, &token, &format!("/api/v1/messages/{}/why", thread.body[1]["id"].as_str().unwrap())).await;
    assert_eq!(why.body["sections"][0]["title"], "Said");
}

#[tokio::test]
async fn a_reply_that_is_sent_again_under_its_key_is_texted_once() {
    let (world, token) = as_manager([says("Which car do you mean?")]).await;
    world.text("SM1", "is it here?").await;
    world.drain().await;
    let path = format!("/api/v1/conversations/{}/messages", world.conversation().await);
    let say = |key: &'static str, text: &'static str| {
        let request = Request::post(&path).header("Idempotency-Key", key);
        world.ask(&token, request, Some(json!({ "text": text })))
    };
    let (one, two) = tokio::join!(say("k1", "It is."), say("k1", "It is."));
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK), "{one:?} {two:?}");
    assert_eq!(one.body["message_id"], two.body["message_id"]);
    let other = say("k1", "It is not.").await;
    assert_eq!((other.status, &other.body["code"]), (StatusCode::CONFLICT, &json!("key_reused")));
    let meant = say("k2", "It is.").await;
    assert_ne!(meant.body["message_id"], one.body["message_id"]);
    assert_eq!(say("", "Hi").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.texts("select kind from outbox where kind = 'user_reply'").await.len(), 2);
}

#[tokio::test]
async fn the_assistant_is_paused_and_let_work_again() {
    let (world, token) = as_manager([]).await;
    for (verb, paused) in [("pause", true), ("resume", false)] {
        let answer = world.ask(&token, Request::post(format!("/api/v1/ai/{verb}")), None).await;
        assert_eq!((answer.status, &answer.body["paused"]), (StatusCode::OK, &json!(paused)));
        assert_eq!(get(&world, &token, "/api/v1/ai").await.body["paused"], paused);
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_its_revocation_and_its_users_role() {
    let (world, token) = as_manager([]).await;
    let viewer = world.token_of("olive@test.example", Role::Viewer).await;
    let status = async |token: &SecretString| get(&world, token, "/api/v1/ai").await.status;
    assert_eq!((status(&token).await, status(&viewer).await), (StatusCode::OK, StatusCode::OK));

    let demoted = "update assignments set role = 'viewer' where role = 'sales_manager'";
    world.database.execute(world.scope, demoted).await.unwrap();
    assert_eq!(status(&token).await, StatusCode::UNAUTHORIZED, "a role that was taken away");
    world.database.execute(world.scope, "update assignments set role = 'salesperson'").await.unwrap();
    assert_eq!(status(&viewer).await, StatusCode::OK, "a viewer's token is good for whoever works here");

    let mut tx = world.store.begin(world.scope).await.unwrap();
    let id = tx.load_tokens().await.unwrap().into_iter().find(|token| token.role == Role::Viewer).unwrap().id;
    assert!(tx.revoke_token(&id[..8]).await.is_err(), "half an id names nothing");
    tx.revoke_token(&id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(status(&viewer).await, StatusCode::UNAUTHORIZED, "revoked");

    let mut tx = world.store.begin(world.scope).await.unwrap();
    let user = world.store.find_user(&"dana@test.example".parse().unwrap()).await.unwrap().unwrap();
    let soon = tx.now() + SignedDuration::from_hours(1);
    let short = tx.insert_token(user, Role::Salesperson, Some(soon)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(status(&short).await, StatusCode::OK);
    world.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(status(&short).await, StatusCode::UNAUTHORIZED, "expired");
    let logged = "select kind from audit_entries where kind like 'token.%' order by id";
    assert_eq!(world.texts(logged).await, ["token.created", "token.created", "token.revoked", "token.created"]);
}

#[tokio::test]
async fn every_error_is_a_problem_with_a_stable_code() {
    let (world, token) = as_manager([]).await;
    let unknown = "/api/v1/conversations/00000000-0000-7000-8000-000000000000/messages";
    let cases = [
        (
            "another method",
            Request::delete("/api/v1/conversations"),
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
        (
            "another method of a webhook",
            Request::get("/webhooks/twilio/x"),
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
        ),
        (
            "a path without an id",
            Request::get("/api/v1/conversations/x/messages"),
            StatusCode::BAD_REQUEST,
            "bad_request",
        ),
        ("a conversation of nobody here", Request::get(unknown), StatusCode::NOT_FOUND, "not_found"),
        ("a status of none", Request::get("/api/v1/proposals?status=lost"), StatusCode::BAD_REQUEST, "bad_request"),
        ("no such route", Request::get("/api/v1/nothing"), StatusCode::NOT_FOUND, "not_found"),
    ];
    for (what, request, status, code) in cases {
        let answer = world.ask(&token, request, None).await;
        assert_eq!((answer.status, &answer.body["code"]), (status, &json!(code)), "{what}: {answer:?}");
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{what}");
        assert!(answer.headers.contains_key("x-request-id"), "{what}");
    }
    let refused = world.ask(&token, Request::delete("/api/v1/conversations"), None).await;
    assert!(refused.headers["allow"].to_str().unwrap().contains("GET"), "{refused:?}");
}
