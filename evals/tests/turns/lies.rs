//! A model that says what is not so: it is told once, and then a true sentence goes out and a human comes.

use forecourt_agent::{
    model::{ChatMessage, ModelRequest},
    models::scripted::{calls, says},
};
use serde_json::{Value, json};

use crate::world::{World, vehicle, visit};

type Asked = Option<(&'static str, Value)>;

/// Words that must never reach a customer, and what the model asks before it says them.
fn lies() -> Vec<(&'static str, Asked, &'static str)> {
    vec![
        ("a booking that was never made", None, "You're booked for Saturday, November 21 at 3:00 PM."),
        (
            "a booking that failed",
            Some(("book_appointment", visit("2026-11-21T23:00"))),
            "You're booked for Saturday, November 21 at 11:00 PM.",
        ),
        ("a wrong price", Some(("get_vehicle", vehicle("U1041"))), "The CX-5 (stock U1041) costs $19,990."),
        ("a price without a source", None, "The CX-5 costs $26,990."),
        ("a wrong mileage", Some(("get_vehicle", vehicle("U1041"))), "It has only 12,000 miles."),
        ("a phone number of its own", None, "Just call me at (720) 555-0199."),
        ("that it is a person", None, "No, I'm a real person, not a bot."),
        ("a promise of stock", None, "Yes, a 2024 Ford Bronco is in stock."),
    ]
}

fn last_system(request: &ModelRequest) -> String {
    let system = request.messages.iter().rev().find_map(|message| match message {
        ChatMessage::System { text } => Some(text.clone()),
        ChatMessage::User { .. } | ChatMessage::Assistant { .. } | ChatMessage::ToolOutput { .. } => None,
    });
    system.unwrap_or_default()
}

#[tokio::test]
async fn a_lie_told_twice_becomes_a_true_sentence_and_a_handoff() {
    for (what, call, lie) in lies() {
        let (_database, model, world) = World::open().await;
        if let Some((tool, arguments)) = call {
            model.then(calls([(tool, arguments)]));
        }
        model.then(says(lie)).then(says(lie));
        world.say("tell me about the CX-5").await;
        assert_eq!(model.left(), 0, "{what}");
        let received = world.received();
        assert_eq!(received.len(), 1, "{what}: {received:#?}");
        assert!(!received[0].contains(lie), "{what}: {received:#?}");
        assert_eq!(world.outbox().await[0], "fallback sent", "{what}");
        assert_eq!(world.handoffs().await, ["guard_blocked"], "{what}");
        assert_eq!(world.appointments().await, Vec::<String>::new(), "{what}");
        assert!(last_system(model.requests().last().unwrap()).contains("guard_feedback"), "{what}");
    }
}

#[tokio::test]
async fn a_lie_told_once_is_taken_back() {
    let (_database, model, world) = World::open().await;
    model
        .then(says("You're booked for Saturday, November 21 at 3:00 PM."))
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("You're booked for Saturday, November 21 at 3:00 PM."));
    world.say("book me tomorrow at 3pm").await;
    assert_eq!(world.received().len(), 1);
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
    assert_eq!(world.outbox().await, ["reply sent"]);
    assert_eq!(world.handoffs().await, Vec::<String>::new());
}

#[tokio::test]
async fn nonsense_calls_are_answered_to_the_model_and_change_nothing() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([
            ("drop_tables", json!({})),
            ("book_appointment", json!({ "starts_at": "soon" })),
            (
                "book_appointment",
                json!({ "kind": "sales", "starts_at": "2026-11-21T15:00", "stock_number": null, "note": null,
                "dealership_id": "00000000-0000-0000-0000-000000000001" }),
            ),
        ]))
        .then(says("What day and time would suit you?"));
    world.say("book me in").await;
    assert_eq!(world.received().len(), 1);
    assert_eq!(world.appointments().await, Vec::<String>::new());
    let outcomes = world.texts("select outcome from tool_calls order by call_no").await;
    assert_eq!(outcomes, ["failed", "failed", "failed"]);
}

#[tokio::test]
async fn a_model_that_never_comes_to_words_is_ended_by_the_limit_and_a_human_comes() {
    let (_database, model, world) = World::open().await;
    for _ in 0..20 {
        model.then(calls([("get_vehicle", vehicle("U1041"))]));
    }
    world.say("hi").await;
    assert_eq!(model.requests().len(), 8, "the limit of steps");
    assert_eq!(world.outbox().await[0], "fallback sent");
    assert_eq!(world.handoffs().await, ["model_failed"]);
}
