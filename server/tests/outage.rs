//! A database that fails for a moment, and a process that is frozen inside a transaction.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use std::time::Instant;

use axum::http::{Request, StatusCode};
use forecourt_agent::models::scripted::ScriptedModel;
use forecourt_domain::staff::Role;
use futures::future::join_all;
use world::{world, world_on_a_servers_pool};

/// What a restart of the database does to every connection of the app.
const CUT: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'forecourt_app' and datname = current_database() and pid <> pg_backend_pid()";

#[tokio::test]
async fn a_text_is_accepted_although_the_database_has_cut_every_connection() {
    let world = world_on_a_servers_pool(ScriptedModel::queue([])).await;
    // More connections than one request tries.
    let open = join_all((0..6).map(|_| world.store.begin(world.scope))).await;
    for tx in open {
        tx.unwrap().rollback().await.unwrap();
    }
    world.database.execute(world.scope, CUT).await.unwrap();
    assert_eq!(world.text("SM1", "is it here?").await, StatusCode::OK);
    assert_eq!(world.texts("select provider_message_id from receipts").await, ["SM1"]);
    assert_eq!(world.store.queue_depths().await.unwrap().turns, 1);
}

#[tokio::test]
async fn a_frozen_process_does_not_keep_the_kill_switch_from_being_thrown() {
    let world = world(ScriptedModel::queue([])).await;
    let token = world.token_of("dana@test.example", Role::SalesManager).await;
    let mut frozen = world.store.begin_before_cut(world.scope).await.unwrap();
    let began = Instant::now();
    let answer = world.ask(&token, Request::post("/api/v1/ai/pause"), None).await;
    assert_eq!((answer.status, &answer.body["paused"]), (StatusCode::OK, &true.into()), "{answer:?}");
    assert!(began.elapsed().as_secs() < 10, "the switch waited for {:?}", began.elapsed());
    assert!(frozen.is_ai_paused().await.is_err(), "what it was about to do is undone");
}
