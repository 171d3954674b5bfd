//! Proposals at the API: what a client is shown, sends back, and is told when it decides on something else.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use axum::http::{Request, StatusCode};
use forecourt_agent::models::scripted::{ScriptedModel, calls, says};
use forecourt_domain::staff::Role;
use secrecy::SecretString;
use serde_json::{Value, json};
use world::{Answer, World, world};

async fn get(world: &World, token: &SecretString, path: &str) -> Answer {
    world.ask(token, Request::get(path), None).await
}

async fn post(world: &World, token: &SecretString, path: &str, body: Value) -> Answer {
    world.ask(token, Request::post(path), Some(body)).await
}

fn lead(interest: &str) -> Value {
    json!({ "interest": interest, "stock_number": null, "trade_in": null, "timeframe": "this_week", "note": null })
}

/// A change of the lead that waits, its paths of approval and rejection, and a manager's token.
async fn with_a_proposal() -> (World, SecretString, Value, String) {
    let answers = [calls([("update_lead", lead("a red CX-50"))]), says("A person will look at that.")];
    let world = world(ScriptedModel::queue(answers)).await;
    let token = world.token_of("dana@test.example", Role::SalesManager).await;
    world.text("SM1", "I want a red CX-50 this week").await;
    world.drain().await;
    let list = get(&world, &token, "/api/v1/proposals").await;
    let proposal = list.body[0].clone();
    assert_eq!(proposal["items"][0]["action"], "update_lead", "{list:?}");
    let path = format!("/api/v1/proposals/{}", proposal["id"].as_str().unwrap());
    (world, token, proposal, path)
}

#[tokio::test]
async fn a_proposal_is_shown_with_its_items_and_with_who_may_decide() {
    let (world, token, proposal, path) = with_a_proposal().await;
    assert_eq!(get(&world, &token, &path).await.body, proposal, "alone as in the list");
    assert_eq!((&proposal["may_decide"], &proposal["status"]), (&json!(true), &json!("pending")));
    let item = &proposal["items"][0];
    assert_eq!((&item["no"], &item["tool"], &item["status"]), (&json!(1), &json!("update_lead"), &json!("pending")));
    assert_eq!(item["arguments"]["interest"], "a red CX-50");
    let deciders = proposal["deciders"].as_array().unwrap();
    assert!(deciders.contains(&json!("salesperson")) && !deciders.contains(&json!("viewer")), "{deciders:?}");
    let viewer = world.token_of("olive@test.example", Role::Viewer).await;
    assert_eq!(get(&world, &viewer, &path).await.body["may_decide"], false);
    let unknown = get(&world, &token, "/api/v1/proposals/00000000-0000-7000-8000-000000000000").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_digest_or_a_second_decision_is_a_conflict_that_carries_the_new_state() {
    let (world, token, proposal, path) = with_a_proposal().await;
    let approve = format!("{path}/approve");
    let other = post(&world, &token, &approve, json!({ "digest": "what I saw yesterday" })).await;
    assert_eq!((other.status, &other.body["code"]), (StatusCode::CONFLICT, &json!("digest_changed")));
    assert_eq!(other.body["proposal"], proposal, "the whole of it, so that nothing need be loaded again");

    let approved = post(&world, &token, &approve, json!({ "digest": other.body["proposal"]["digest"] })).await;
    assert_eq!((approved.status, &approved.body["status"]), (StatusCode::OK, &json!("executed")), "{approved:?}");
    assert_eq!(approved.body["results"][0]["output"]["updated"], json!(["interest", "timeframe"]));
    assert_eq!(approved.body["proposal"]["items"][0]["status"], "done");

    for path in [approve, format!("{path}/reject")] {
        let again = post(&world, &token, &path, json!({ "digest": proposal["digest"], "reason": "no" })).await;
        let again = if again.status == StatusCode::BAD_REQUEST {
            post(&world, &token, &path, json!({ "digest": proposal["digest"] })).await
        } else {
            again
        };
        assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("already_decided")), "{again:?}");
        assert_eq!(again.body["proposal"]["status"], "executed");
        assert_eq!(again.body["proposal"]["decided_by_name"], "Test");
    }
    let executed = get(&world, &token, "/api/v1/proposals?status=executed").await;
    assert_eq!(executed.body[0]["id"], proposal["id"]);
}

#[tokio::test]
async fn a_role_that_may_not_decide_is_told_which_may() {
    let (world, _token, proposal, path) = with_a_proposal().await;
    let viewer = world.token_of("olive@test.example", Role::Viewer).await;
    for (verb, body) in [
        ("approve", json!({ "digest": proposal["digest"] })),
        ("reject", json!({ "digest": proposal["digest"], "reason": "no" })),
    ] {
        let refused = post(&world, &viewer, &format!("{path}/{verb}"), body).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
        assert_eq!(refused.body["may_decide"], proposal["deciders"]);
    }
    let salesperson = world.token_of("marcus@test.example", Role::Salesperson).await;
    let approved =
        post(&world, &salesperson, &format!("{path}/approve"), json!({ "digest": proposal["digest"] })).await;
    assert_eq!(approved.status, StatusCode::OK, "what they may do by hand they may approve: {approved:?}");
}

#[tokio::test]
async fn an_edit_runs_as_edited_or_is_refused_with_its_reasons_and_nothing_lost() {
    let (world, token, proposal, path) = with_a_proposal().await;
    let approve = format!("{path}/approve");
    let edited = |edits: Value| post(&world, &token, &approve, json!({ "digest": proposal["digest"], "edits": edits }));
    let mut wrong = lead("a blue CX-50");
    wrong["interest"] = json!("x".repeat(400));
    for edits in [
        json!([{ "no": 1, "arguments": wrong }]),
        json!([{ "no": 1, "arguments": { "interest": "a blue CX-50" , "price": 5 } }]),
        json!([{ "no": 1, "text": "hello" }]),
        json!([{ "no": 4, "text": "hello" }]),
    ] {
        let refused = edited(edits.clone()).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("edit_refused")),
            "{edits}: {refused:?}"
        );
        assert!(!refused.body["reasons"].as_array().unwrap().is_empty(), "{refused:?}");
    }
    let neither = edited(json!([{ "no": 1 }])).await;
    assert_eq!(neither.status, StatusCode::BAD_REQUEST);
    assert_eq!(get(&world, &token, &path).await.body, proposal, "it waits as it was");

    let done = edited(json!([{ "no": 1, "arguments": lead("a blue CX-50") }])).await;
    assert_eq!((done.status, &done.body["status"]), (StatusCode::OK, &json!("executed")), "{done:?}");
    let item = &done.body["proposal"]["items"][0];
    assert_eq!(
        (&item["edit"]["before"]["interest"], &item["edit"]["after"]["interest"]),
        (&json!("a red CX-50"), &json!("a blue CX-50"))
    );
    assert_eq!(world.texts("select interest from leads where interest is not null").await, ["a blue CX-50"]);
}

#[tokio::test]
async fn a_rejected_proposal_keeps_the_reason_and_runs_never() {
    let (world, token, proposal, path) = with_a_proposal().await;
    let reject = format!("{path}/reject");
    for body in [
        json!({ "digest": proposal["digest"] }),
        json!({ "digest": proposal["digest"], "reason": "  " }),
        json!({ "digest": proposal["digest"], "reason": "x".repeat(501) }),
    ] {
        assert_eq!(post(&world, &token, &reject, body).await.status, StatusCode::BAD_REQUEST);
    }
    let body = json!({ "digest": proposal["digest"], "reason": "wrong\u{0} customer" });
    let rejected = post(&world, &token, &reject, body).await;
    assert_eq!((rejected.status, &rejected.body["status"]), (StatusCode::OK, &json!("rejected")), "{rejected:?}");
    assert_eq!(rejected.body["proposal"]["decision_reason"], "wrong\u{fffd} customer");
    assert_eq!(get(&world, &token, "/api/v1/proposals").await.body, json!([]));
}
