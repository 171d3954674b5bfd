//! What makes a provider's prompt cache hit: a request begins with the ones before it, byte for byte.

use forecourt_agent::{
    model::{ChatMessage, ModelRequest},
    models::scripted::{calls, says},
};

use crate::world::{World, mazdas, vehicle, visit};

/// Tools and messages as text; without the bracket that ends it, a shorter one is a beginning of a longer one.
fn serialised(request: &ModelRequest, messages: &[ChatMessage]) -> String {
    let tools = serde_json::to_string(&request.tools[..]).unwrap();
    let messages = serde_json::to_string(messages).unwrap();
    format!("{tools}{}", messages.trim_end_matches(']'))
}

fn whole(request: &ModelRequest) -> String {
    serialised(request, &request.messages)
}

/// Everything of a turn's first request that stands before its changing part.
fn before_changing_part(request: &ModelRequest) -> String {
    let changing = request.messages.iter().rposition(|message| matches!(message, ChatMessage::System { .. })).unwrap();
    serialised(request, &request.messages[..changing])
}

#[tokio::test]
async fn within_a_turn_and_from_turn_to_turn_a_request_begins_with_the_one_before() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("search_inventory", mazdas()), ("get_vehicle", vehicle("U1041"))]))
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("You're booked for Saturday, November 21 at 3:00 PM."))
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("It costs $26,990."))
        .then(says("You're welcome!"));
    for text in ["Can I see the CX-5 tomorrow at 3?", "how much is it?", "thanks"] {
        world.say(text).await;
        // The clock in the changing part moves on, as it does in life.
        world.advance(3700);
    }
    let requests = model.requests();
    let turns = [&requests[..3], &requests[3..5], &requests[5..]];
    assert_eq!((requests.len(), model.left()), (6, 0));
    for turn in turns {
        for pair in turn.windows(2) {
            let (shorter, longer) = (whole(&pair[0]), whole(&pair[1]));
            assert!(
                longer.starts_with(&shorter) && longer.len() > shorter.len(),
                "{longer}\ndoes not begin with\n{shorter}"
            );
        }
    }
    for pair in turns.windows(2) {
        let (kept, next) = (before_changing_part(&pair[0][0]), whole(&pair[1][0]));
        assert!(next.starts_with(&kept), "{next}\ndoes not begin with\n{kept}");
        assert!(!next.starts_with(&whole(&pair[0][0])), "the changing part is expected to change");
    }
}

#[tokio::test]
async fn nothing_but_the_changing_part_depends_on_the_clock() {
    let mut seen = Vec::new();
    for seconds in [0, 86_400] {
        let (_database, model, world) = World::open().await;
        world.advance(seconds);
        model.then(says("Thanks for the message. How can I help?"));
        world.say("hello").await;
        seen.push(before_changing_part(&model.requests()[0]));
    }
    assert_eq!(seen[0], seen[1]);
}
