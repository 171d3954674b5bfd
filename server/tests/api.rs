//! The API as its clients use it: what people do, what they may not, and how errors look.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use axum::http::{Request, StatusCode};
use forecourt_agent::models::scripted::{Scripted, ScriptedModel, says};
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
async fn each_switch_is_thrown_listed_and_taken_back_by_whoever_may() {
    let (world, manager) = as_manager([says("Which car do you mean?")]).await;
    let admin = world.token_of("ada@test.example", Role::Admin).await;
    let salesperson = world.token_of("sam@test.example", Role::Salesperson).await;
    let viewer = world.token_of("olive@test.example", Role::Viewer).await;
    world.text("SM1", "is it here?").await;
    world.drain().await;
    let id = world.conversation().await;
    let switches = [
        (json!({ "scope": "group" }), vec![&admin], vec![&manager, &salesperson, &viewer], "/group/reason"),
        (json!({ "scope": "dealership" }), vec![&admin, &manager], vec![&salesperson], "/dealership/reason"),
        (
            json!({ "scope": "channel", "channel": "sms" }),
            vec![&manager],
            vec![&salesperson],
            "/channels/0/paused/reason",
        ),
        (
            json!({ "scope": "conversation", "conversation_id": id }),
            vec![&manager, &salesperson],
            vec![&viewer],
            "/conversations/0/paused/reason",
        ),
    ];
    for (switch, may, may_not, reason) in switches {
        let mut pause = switch.clone();
        pause["reason"] = json!("price list is wrong");
        for token in may_not {
            let refused = post(&world, token, "/api/v1/ai/pause", pause.clone()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{switch}");
        }
        for token in may {
            let paused = post(&world, token, "/api/v1/ai/pause", pause.clone()).await;
            assert_eq!((paused.status, &paused.body["already_leaving"]), (StatusCode::OK, &json!([])), "{paused:?}");
            let status = get(&world, &viewer, "/api/v1/ai").await;
            assert_eq!(status.body.pointer(reason), Some(&json!("price list is wrong")), "{switch}: {status:?}");
            let resumed = post(&world, token, "/api/v1/ai/resume", switch.clone()).await;
            assert_eq!(resumed.status, StatusCode::OK);
            let status = get(&world, &viewer, "/api/v1/ai").await;
            assert_eq!(status.body.pointer(reason).filter(|found| !found.is_null()), None, "{switch}: {status:?}");
        }
    }
}

#[tokio::test]
async fn a_switch_that_names_nothing_or_too_much_is_refused() {
    let (world, token) = as_manager([]).await;
    for (body, status) in [
        (json!({ "scope": "channel" }), StatusCode::BAD_REQUEST),
        (json!({ "scope": "channel", "channel": "fax" }), StatusCode::BAD_REQUEST),
        (json!({ "scope": "dealership", "channel": "sms" }), StatusCode::BAD_REQUEST),
        (json!({ "scope": "everything" }), StatusCode::BAD_REQUEST),
        (json!({ "reason": "x".repeat(201) }), StatusCode::BAD_REQUEST),
        (json!({ "dealership_id": "x" }), StatusCode::BAD_REQUEST),
        (json!({ "scope": "conversation", "conversation_id": world.scope.dealership_id() }), StatusCode::NOT_FOUND),
    ] {
        let answer = post(&world, &token, "/api/v1/ai/pause", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
    }
    assert_eq!(world.texts("select kind from audit_entries where kind = 'switch.thrown'").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_waits_is_listed_with_why_and_since_when() {
    let (world, token) = as_manager([says("Which car do you mean?")]).await;
    world.text("SM1", "is it here?").await;
    world.clock.advance(SignedDuration::from_secs(11));
    forecourt_server::workers::turns::drain(&world.agent, &world.wake).await.unwrap();
    let held = get(&world, &token, "/api/v1/ai/held").await;
    assert_eq!((&held.body[0]["status"], &held.body[0]["reason"]), (&json!("queued"), &json!("queued")), "{held:?}");
    post(&world, &token, "/api/v1/ai/pause", json!({ "scope": "channel", "channel": "sms" })).await;
    forecourt_server::workers::outbox::drain(&world.sender).await.unwrap();
    let held = get(&world, &token, "/api/v1/ai/held").await;
    let line = &held.body[0];
    for (field, value) in [
        ("status", "held"),
        ("reason", "paused"),
        ("stopped_by", "channel"),
        ("who", "+13035550123"),
        ("channel", "sms"),
        ("since", "2026-11-20T21:05:11Z"),
    ] {
        assert_eq!(line[field], value, "{line}");
    }
    assert!(line["text"].as_str().unwrap().contains("Which car do you mean?"));
    assert_eq!(line["conversation_id"], json!(world.conversation().await));
}

#[tokio::test]
async fn caps_are_shown_and_set_by_whoever_may_and_money_needs_a_price() {
    let (world, manager) = as_manager([]).await;
    let admin = world.token_of("ada@test.example", Role::Admin).await;
    let put =
        async |token: &SecretString, body: Value| world.ask(token, Request::put("/api/v1/ai/caps"), Some(body)).await;
    let shown = get(&world, &manager, "/api/v1/ai/caps").await;
    assert_eq!(
        (&shown.body["daily_token_cap"], &shown.body["today"]["day"]),
        (&json!(20_000_000), &json!("2026-11-20"))
    );
    assert_eq!((&shown.body["price_known"], &shown.body["today"]["spend_micros"]), (&json!(false), &Value::Null));
    let caps = json!({ "answers_per_customer": 5, "daily_token_cap": 1000, "daily_spend_cap_minor": null });
    assert_eq!(put(&manager, caps.clone()).await.status, StatusCode::FORBIDDEN);
    let set = put(&admin, caps).await;
    assert_eq!((set.status, &set.body["answers_per_customer"]), (StatusCode::OK, &json!(5)), "{set:?}");
    for (body, status) in [
        (
            json!({ "answers_per_customer": 5, "daily_token_cap": null, "daily_spend_cap_minor": 500 }),
            StatusCode::CONFLICT,
        ),
        (
            json!({ "answers_per_customer": 0, "daily_token_cap": null, "daily_spend_cap_minor": null }),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({ "answers_per_customer": 5, "daily_token_cap": 0, "daily_spend_cap_minor": null }),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({ "answers_per_customer": 5, "daily_token_cap": -1, "daily_spend_cap_minor": null }),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let refused = put(&admin, body.clone()).await;
        assert_eq!(refused.status, status, "{body}: {refused:?}");
    }
    assert_eq!(get(&world, &manager, "/api/v1/ai/caps").await.body["daily_token_cap"], 1000);
    assert_eq!(
        world.texts("select details ->> 'tokens' from audit_entries where kind = 'caps.changed'").await,
        ["1000"]
    );
}

const FEW_ANSWERS: &str = r#"
@id("few_answers")
@reason("After the first answer a person approves every text.")
@on_forbid("approval")
forbid (principal is Agent, action == Action::"send_reply", resource)
when { context.answers_today > 0 };
"#;

#[tokio::test]
async fn own_policies_are_checked_stored_put_in_force_and_rolled_back() {
    let (world, _) = as_manager([]).await;
    let admin = world.token_of("ada@test.example", Role::Admin).await;
    let check =
        async |source: &str| post(&world, &admin, "/api/v1/policies/validate", json!({ "source": source })).await;
    assert_eq!(check(FEW_ANSWERS).await.body, json!({ "ok": true, "messages": [] }));
    let wrong = check(&FEW_ANSWERS.replace("send_reply", "send_fax")).await;
    assert_eq!((&wrong.body["ok"], &wrong.body["messages"][0]["line"]), (&json!(false), &json!(2)), "{wrong:?}");
    let store = async |source: &str| {
        post(&world, &admin, "/api/v1/policies", json!({ "source": source, "note": "spring" })).await
    };
    for refused in [
        r#"@id("a") @reason("r") permit (principal, action, resource);"#,
        r#"@id("a") @reason("r") @on_forbid("deny") forbid (principal == ?principal, action, resource);"#,
        r#"@id("opted_out") @reason("r") @on_forbid("deny") forbid (principal, action, resource);"#,
        r#"@id("a") @reason("r") @on_forbid("deny") forbid (principal, action == Action::"send_fax", resource);"#,
    ] {
        let answer = store(refused).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (StatusCode::CONFLICT, &json!("policies_invalid")),
            "{refused}"
        );
    }
    for number in [1, 2] {
        let stored = store(FEW_ANSWERS).await;
        assert_eq!((stored.status, &stored.body["number"]), (StatusCode::CREATED, &json!(number)), "{stored:?}");
    }
    let act = async |path: &str| world.ask(&admin, Request::post(format!("/api/v1/policies/{path}")), None).await;
    let back = async |from: Value| post(&world, &admin, "/api/v1/policies/rollback", json!({ "number": from })).await;
    assert_eq!(back(Value::Null).await.status, StatusCode::CONFLICT);
    assert_eq!(post(&world, &admin, "/api/v1/policies/rollback", json!({})).await.status, StatusCode::BAD_REQUEST);
    for (path, from, number) in [
        ("1/activate", None, json!(1)),
        ("2/activate", None, json!(2)),
        ("rollback", Some(json!(2)), json!(1)),
        ("deactivate", None, Value::Null),
        ("rollback", Some(Value::Null), json!(1)),
    ] {
        let answer = match from {
            Some(from) => back(from).await,
            None => act(path).await,
        };
        assert_eq!((answer.status, &answer.body["number"]), (StatusCode::OK, &number), "{path}: {answer:?}");
    }
    let twice = back(Value::Null).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "the same request again: {twice:?}");
    assert_eq!(act("9/activate").await.status, StatusCode::NOT_FOUND);
    assert_eq!(act("x/activate").await.status, StatusCode::BAD_REQUEST);
    let list = get(&world, &admin, "/api/v1/policies").await;
    let listed: Vec<_> = list.body.as_array().unwrap().iter().map(|one| (&one["number"], &one["active"])).collect();
    assert_eq!(listed, [(&json!(2), &json!(false)), (&json!(1), &json!(true))]);
    let one = get(&world, &admin, "/api/v1/policies/1").await;
    assert_eq!((&one.body["source"], &one.body["note"]), (&json!(FEW_ANSWERS), &json!("spring")));
}

#[tokio::test]
async fn own_policies_are_nobodys_but_an_admins_and_the_general_managers() {
    let (world, sales_manager) = as_manager([]).await;
    let general = world.token_of("gus@test.example", Role::GeneralManager).await;
    let body = json!({ "source": FEW_ANSWERS, "note": null });
    assert_eq!(post(&world, &general, "/api/v1/policies", body.clone()).await.status, StatusCode::CREATED);
    let requests = [
        (Request::post("/api/v1/policies"), Some(body)),
        (Request::post("/api/v1/policies/validate"), Some(json!({ "source": "" }))),
        (Request::get("/api/v1/policies"), None),
        (Request::get("/api/v1/policies/1"), None),
        (Request::post("/api/v1/policies/1/activate"), None),
        (Request::post("/api/v1/policies/rollback"), Some(json!({ "number": null }))),
        (Request::post("/api/v1/policies/deactivate"), None),
    ];
    for (request, body) in requests {
        let answer = world.ask(&sales_manager, request, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
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
