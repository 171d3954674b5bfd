//! Tickets, takeovers and held replies over the API.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use axum::http::{Request, StatusCode};
use forecourt_agent::models::scripted::{Scripted, ScriptedModel, calls, says};
use forecourt_domain::staff::Role;
use forecourt_server::workers;
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

async fn post(world: &World, token: &SecretString, path: &str) -> Answer {
    world.ask(token, Request::post(path), None).await
}

async fn put(world: &World, token: &SecretString, path: &str, body: Value) -> Answer {
    world.ask(token, Request::put(path), Some(body)).await
}

fn escalates() -> [Scripted; 2] {
    let arguments = json!({ "category": "complaint", "summary": "Is upset about the service." });
    [calls([("escalate_to_human", arguments)]), says("I've asked a colleague to call you.")]
}

#[tokio::test]
async fn a_ticket_is_listed_taken_once_and_closed() {
    let (world, token) = as_manager(escalates()).await;
    world.text("SM1", "this is outrageous").await;
    world.drain().await;
    let list = get(&world, &token, "/api/v1/handoffs?status=open").await;
    assert_eq!(list.body["counts"], json!({ "open": 1, "taken": 0, "dropped": 0 }), "{list:?}");
    let ticket = &list.body["handoffs"][0];
    assert_eq!(
        (&ticket["ticket"], &ticket["priority"], &ticket["summary"]),
        (&json!("H-1001"), &json!("urgent"), &json!("Is upset about the service."))
    );
    let due: jiff::Timestamp = ticket["due_at"].as_str().unwrap().parse().unwrap();
    let made: jiff::Timestamp = ticket["created_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(due.duration_since(made).as_mins(), 10);
    let path = format!("/api/v1/handoffs/{}", ticket["id"].as_str().unwrap());

    let viewer = world.token_of("olive@test.example", Role::Viewer).await;
    assert_eq!(post(&world, &viewer, &format!("{path}/take")).await.status, StatusCode::FORBIDDEN);
    let take = format!("{path}/take");
    let (one, two) = tokio::join!(post(&world, &token, &take), post(&world, &token, &take));
    let mut both = [one.status, two.status];
    both.sort();
    assert_eq!(both, [StatusCode::OK, StatusCode::CONFLICT], "one of two takes it");
    let again = post(&world, &token, &format!("{path}/take")).await;
    assert_eq!(again.body["code"], "already_taken");
    assert_ne!(get(&world, &token, "/api/v1/conversations").await.body[0]["owner"], "assistant");
    let closed = post(&world, &token, &format!("{path}/close")).await;
    assert_eq!((closed.status, &closed.body["status"]), (StatusCode::OK, &json!("closed")));
    let again = post(&world, &token, &format!("{path}/close")).await;
    assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("already_closed")));
    assert_eq!(get(&world, &token, "/api/v1/handoffs?status=open").await.body["handoffs"], json!([]));
    assert_eq!(get(&world, &token, "/api/v1/handoffs?status=lost").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn timing_and_ladders_are_set_and_what_cannot_work_is_refused_with_help() {
    let (world, token) = as_manager([]).await;
    let path = "/api/v1/handoffs/settings";
    let defaults = get(&world, &token, path).await.body;
    assert_eq!((&defaults["high_minutes"], &defaults["hand_back_after_minutes"]), (&json!(30), &Value::Null));
    let mut timing = defaults.clone();
    timing["hand_back_after_minutes"] = json!(45);
    assert_eq!(put(&world, &token, path, timing.clone()).await.status, StatusCode::OK);
    assert_eq!(get(&world, &token, path).await.body, timing);
    timing["hand_back_notice_minutes"] = json!(45);
    let refused = put(&world, &token, path, timing).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body["detail"].as_str().unwrap().contains("told at least one minute before"), "{refused:?}");

    let ladder = "/api/v1/handoffs/ladders/sales";
    let rungs = json!({ "rungs": [{ "reach": "role", "user_id": null, "role": "sales_manager", "wait_minutes": 5 }] });
    let nobody = put(&world, &token, ladder, rungs.clone()).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    assert!(nobody.body["detail"].as_str().unwrap().contains("alert phone or e-mail"), "{nobody:?}");
    let reachable = "update assignments set alert_email = 'dana@test.example' where role = 'sales_manager'";
    world.database.execute(world.scope, reachable).await.unwrap();
    assert_eq!(put(&world, &token, ladder, rungs.clone()).await.status, StatusCode::OK);
    let set = get(&world, &token, "/api/v1/handoffs/ladders").await;
    assert_eq!((&set.body[0]["department"], &set.body[0]["rungs"]), (&json!("sales"), &rungs["rungs"]));
    for (path, body, wrong) in [
        ("/api/v1/handoffs/ladders/parts", json!({ "rungs": [] }), "no parts department"),
        ("/api/v1/handoffs/ladders/moon", json!({ "rungs": [] }), "moon"),
        (
            ladder,
            json!({ "rungs": [{ "reach": "role", "user_id": null, "role": null, "wait_minutes": 5 }] }),
            "names a role",
        ),
    ] {
        let refused = put(&world, &token, path, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(refused.body["detail"].as_str().unwrap().contains(wrong), "{refused:?}");
    }
    let seller = world.token_of("marcus@test.example", Role::Salesperson).await;
    assert_eq!(put(&world, &seller, ladder, rungs).await.status, StatusCode::FORBIDDEN);
    assert_eq!(put(&world, &seller, path, defaults).await.status, StatusCode::FORBIDDEN);
    let logged = "select details ->> 'settings' from audit_entries where kind = 'settings.changed' order by id";
    assert_eq!(world.texts(logged).await, ["handoffs", "ladder"]);
}

#[tokio::test]
async fn a_conversation_is_taken_over_without_a_word_and_its_events_tell_what_was_leaving() {
    let (world, token) = as_manager([says("Which car do you mean?")]).await;
    world.text("SM1", "is it here?").await;
    world.clock.advance(jiff::SignedDuration::from_secs(11));
    workers::turns::drain(&world.agent, &world.wake).await.unwrap();
    // A process commits its attempt and has not heard from the provider.
    let claim = world.store.claim_outbox(1, jiff::SignedDuration::from_secs(30)).await.unwrap()[0];
    let mut tx = world.store.begin_before_cut(claim.scope).await.unwrap();
    let (row, _) = tx.lock_send(claim.id).await.unwrap().unwrap();
    tx.insert_attempt(&row, tx.now()).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/api/v1/conversations/{}", world.conversation().await);
    let taken = post(&world, &token, &format!("{path}/takeover")).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert!(taken.body["already_leaving"][0].as_str().unwrap().contains("Which car"), "{taken:?}");
    world.text("SM2", "STOP").await;
    let events = get(&world, &token, &format!("{path}/events")).await;
    let thread = get(&world, &token, &format!("{path}/messages")).await;
    let leaving = json!([thread.body[1]["id"]]);
    for (event, kind) in events.body.as_array().unwrap().iter().zip(["taken_over", "opted_out"]) {
        assert_eq!((&event["kind"], &event["already_leaving"]), (&json!(kind), &leaving), "{events:?}");
    }
    assert_eq!(events.body.as_array().unwrap().len(), 2);
    let nowhere = "/api/v1/conversations/01941f29-7c00-7000-8000-000000000001";
    assert_eq!(post(&world, &token, &format!("{nowhere}/takeover")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&world, &token, &format!("{nowhere}/events")).await.status, StatusCode::NOT_FOUND);
}

/// A world in which a reply is held, and the path of its message.
async fn with_a_held_reply() -> (World, SecretString, String) {
    let (world, token) = as_manager([says("Which car do you mean?")]).await;
    let hold = json!({ "workflow": "conversation_reply", "channel": "sms", "seconds": 600 });
    assert_eq!(put(&world, &token, "/api/v1/holds", hold.clone()).await.status, StatusCode::OK);
    assert_eq!(get(&world, &token, "/api/v1/holds").await.body, json!([hold]));
    world.text("SM1", "is it here?").await;
    world.drain().await;
    let thread = format!("/api/v1/conversations/{}/messages", world.conversation().await);
    let messages = get(&world, &token, &thread).await;
    let held = &messages.body[1];
    assert_eq!((&held["delivery"], &held["delivery_reason"]), (&json!("held"), &json!("hold")), "{messages:?}");
    assert!(held["held_until"].is_string());
    let path = format!("/api/v1/messages/{}", held["id"].as_str().unwrap());
    (world, token, path)
}

#[tokio::test]
async fn a_held_reply_is_sent_now_once() {
    let (world, token, path) = with_a_held_reply().await;
    let viewer = world.token_of("olive@test.example", Role::Viewer).await;
    for verb in ["send-now", "cancel"] {
        assert_eq!(post(&world, &viewer, &format!("{path}/{verb}")).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(post(&world, &token, &format!("{path}/send-now")).await.status, StatusCode::NO_CONTENT);
    workers::outbox::drain(&world.sender).await.unwrap();
    assert_eq!(world.texts("select status from outbox where kind = 'reply'").await, ["simulated"]);
    for verb in ["send-now", "cancel"] {
        let late = post(&world, &token, &format!("{path}/{verb}")).await;
        assert_eq!((late.status, &late.body["code"]), (StatusCode::CONFLICT, &json!("not_held")), "{verb}");
    }
    let nothing = "/api/v1/messages/01941f29-7c00-7000-8000-000000000001/send-now";
    assert_eq!(post(&world, &token, nothing).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_held_reply_is_sent_in_other_words_which_take_over_and_are_only_warned_about() {
    let (world, token, path) = with_a_held_reply().await;
    let edit = format!("{path}/edit");
    let empty = world.ask(&token, Request::post(&edit), Some(json!({ "text": " " }))).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    let body = json!({ "text": "It is here, and it is $12,345." });
    let edited = world.ask(&token, Request::post(&edit), Some(body)).await;
    assert_eq!(edited.status, StatusCode::OK, "{edited:?}");
    assert_eq!(edited.body["warnings"][0]["guard"], "grounded_figures", "{edited:?}");
    workers::outbox::drain(&world.sender).await.unwrap();
    let rows = "select kind || ' ' || status || ' ' || coalesce(status_reason, '-') from outbox
        where kind <> 'staff_alert' order by id";
    assert_eq!(world.texts(rows).await, ["reply cancelled edited", "user_reply simulated -"]);
    assert_eq!(
        world.texts("select author from messages where direction = 'outbound' order by id").await,
        ["assistant", "user_via_assistant"]
    );
    assert_ne!(get(&world, &token, "/api/v1/conversations").await.body[0]["owner"], "assistant");
    assert_eq!(world.texts("select id::text from handoffs").await.len(), 0, "their own words answered");
}

#[tokio::test]
async fn typing_stops_a_held_reply_and_says_so() {
    let (world, token, _) = with_a_held_reply().await;
    let path = format!("/api/v1/conversations/{}/typing", world.conversation().await);
    let stopped = post(&world, &token, &path).await;
    assert!(stopped.body["stopped"][0].as_str().unwrap().contains("Which car"), "{stopped:?}");
    assert_eq!(post(&world, &token, &path).await.body["stopped"], json!([]));
    assert_eq!(world.texts("select status_reason from outbox where kind = 'reply'").await, ["typing"]);
    let list = get(&world, &token, "/api/v1/handoffs").await;
    assert_eq!(list.body["counts"]["open"], 1, "whoever typed has a ticket");
}

#[tokio::test]
async fn a_hold_is_set_by_those_who_may_and_within_reason() {
    let (world, token) = as_manager([]).await;
    let hold = |channel: &str, seconds: u32| json!({ "workflow": "conversation_reply", "channel": channel, "seconds": seconds });
    for (body, wrong) in
        [(hold("sms", 3601), "3600"), (hold("copilot", 5), "sms, email and web_chat"), (hold("pigeon", 5), "pigeon")]
    {
        let refused = put(&world, &token, "/api/v1/holds", body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.body["detail"].as_str().unwrap().contains(wrong), "{refused:?}");
    }
    let seller = world.token_of("marcus@test.example", Role::Salesperson).await;
    assert_eq!(put(&world, &seller, "/api/v1/holds", hold("sms", 5)).await.status, StatusCode::FORBIDDEN);
}
