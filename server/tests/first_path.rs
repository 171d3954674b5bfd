//! One text through the whole path: signed webhook, turn, tool, guard, outbox, simulated phone, why.

mod world;

use axum::http::StatusCode;
use forecourt_agent::models::scripted::{ScriptedModel, calls, says};
use forecourt_server::why;
use serde_json::json;
use world::world;

#[tokio::test]
async fn a_text_gets_a_grounded_answer_and_a_reason() {
    let model = ScriptedModel::queue([
        calls([(
            "get_dealership_info",
            json!({ "topics": ["address"], "department": null, "date": null, "question": null }),
        )]),
        says("We are at 1 Test Street, Testville, CO 80000."),
    ]);
    let world = world(model).await;
    assert_eq!(world.text("SM1", "where are you?").await, StatusCode::OK);
    assert_eq!(world.text("SM1", "where are you?").await, StatusCode::OK, "a redelivery gets the same answer");
    world.drain().await;
    let thread = world.thread().await;
    assert_eq!(thread.len(), 2, "{thread:?}");
    assert_eq!(thread[1].0, "assistant simulated");
    assert!(thread[1].1.contains("1 Test Street"), "{thread:?}");
    let mut tx = world.store.begin(world.scope).await.unwrap();
    let id = tx.find_latest_reply().await.unwrap().unwrap();
    let trace = tx.find_message_trace(id).await.unwrap().unwrap();
    let text = why::to_text(&why::explain(&trace));
    for part in ["where are you?", "get_dealership_info", "send_reply: allow", "all passed", "simulated"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    assert!(!text.contains("ALTERED"), "{text}");
}

#[tokio::test]
async fn a_wrong_signature_changes_nothing() {
    let world = world(ScriptedModel::queue([])).await;
    assert_eq!(world.post("SM1", "hi", "another token").await, StatusCode::FORBIDDEN);
    assert_eq!(world.store.queue_depths().await.unwrap().turns, 0);
}

#[tokio::test]
async fn stop_is_confirmed_once_and_nobody_texts_after_it() {
    let world = world(ScriptedModel::queue([])).await;
    world.text("SM1", "STOP").await;
    world.text("SM1b", "stop").await;
    world.text("SM2", "why are you still here?").await;
    world.drain().await;
    let thread = world.thread().await;
    let ours: Vec<_> = thread.iter().filter(|(who, _)| !who.starts_with("customer")).collect();
    assert_eq!(ours.len(), 1, "{thread:?}");
    assert_eq!(ours[0].0, "system simulated");
}

#[tokio::test]
async fn a_booking_is_committed_before_it_is_spoken_of() {
    let model = ScriptedModel::queue([
        calls([(
            "book_appointment",
            json!({ "kind": "sales", "starts_at": "2026-11-21T15:00", "stock_number": null, "note": null }),
        )]),
        says("You're booked for Saturday, November 21 at 3:00 PM."),
    ]);
    let world = world(model).await;
    world.text("SM1", "can I come tomorrow at 3?").await;
    world.drain().await;
    let thread = world.thread().await;
    assert!(thread[1].1.contains("booked"), "{thread:?}");
    let mut tx = world.store.begin(world.scope).await.unwrap();
    let id = tx.find_latest_reply().await.unwrap().unwrap();
    let trace = tx.find_message_trace(id).await.unwrap().unwrap();
    assert_eq!(trace.calls[0].effect.as_deref(), Some("appointment_booked"));
}

#[tokio::test]
async fn a_claim_without_its_deed_ends_with_a_human() {
    let lie = "You're booked for Saturday, November 21 at 3:00 PM.";
    let world = world(ScriptedModel::queue([says(lie), says(lie)])).await;
    world.text("SM1", "can I come tomorrow at 3?").await;
    world.drain().await;
    let thread = world.thread().await;
    assert!(!thread[1].1.contains("booked"), "{thread:?}");
    let mut tx = world.store.begin(world.scope).await.unwrap();
    assert!(tx.load_conversations(5).await.unwrap()[0].handoff_open);
}
