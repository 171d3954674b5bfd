//! The world changes while the model thinks: the turn goes on with it, and not for ever.

use forecourt_agent::{
    model::{ChatMessage, ModelRequest},
    models::scripted::{calls, says},
};

use forecourt_crm_store::conversations::AiSwitch;
use serde_json::json;

use crate::world::{World, vehicle, visit};

fn texts_of(request: &ModelRequest) -> Vec<String> {
    let text = |message: &ChatMessage| match message {
        ChatMessage::User { text } => Some(text.clone()),
        ChatMessage::System { .. } | ChatMessage::Assistant { .. } | ChatMessage::ToolOutput { .. } => None,
    };
    request.messages.iter().filter_map(text).collect()
}

#[tokio::test]
async fn a_text_that_arrives_while_the_model_thinks_is_answered_in_the_same_turn() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then_after(move |_| async move {
            during.text("and are you open on Sundays?").await;
            says("We have several. Which one do you like?")
        })
        .then(says("We have several, and I can look up our Sunday hours. Which one do you like?"));
    world.say("what SUVs do you have?").await;
    let received = world.received();
    assert_eq!(received.len(), 1, "{received:#?}");
    assert!(received[0].contains("Sunday"), "{received:#?}");
    assert_eq!(texts_of(&model.requests()[1]), ["what SUVs do you have?", "and are you open on Sundays?"]);
    assert_eq!(world.texts("select restarts::text from turns").await, ["1"]);
    assert_eq!(world.turns().await, ["completed replied"]);
}

#[tokio::test]
async fn a_customer_who_never_stops_writing_is_answered_after_two_restarts() {
    let (_database, model, world) = World::open().await;
    for number in 1..=3 {
        let during = world.clone();
        model.then_after(move |_| async move {
            during.text(&format!("wait, more {number}")).await;
            says(&format!("Answer {number}: tell me more about what you want."))
        });
    }
    model.then(says("And that is clear now too."));
    world.text("hi").await;
    world.work().await;
    let received = world.received();
    assert_eq!(received.len(), 2, "{received:#?}");
    assert!(received[0].contains("Answer 3"), "{received:#?}");
    assert_eq!(texts_of(&model.requests()[2]), ["hi", "wait, more 1", "wait, more 2"]);
    assert_eq!(world.texts("select answered_from || '-' || answered_to from turns order by id").await, ["0-3", "3-4"]);
    assert_eq!(world.texts("select answered_inbound || '/' || last_inbound from conversations").await, ["4/4"]);
}

#[tokio::test]
async fn a_price_that_changes_while_the_model_thinks_is_never_said() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then_after(move |_| async move {
            during.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
            says("The CX-5 (stock U1041) costs $26,990.")
        })
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("The CX-5 (stock U1041) costs $25,500."));
    world.say("how much is U1041?").await;
    let received = world.received();
    assert_eq!(received.len(), 1, "{received:#?}");
    assert!(received[0].contains("$25,500") && !received[0].contains("$26,990"), "{received:#?}");
    assert_eq!(model.left(), 0);
}

#[tokio::test]
async fn an_old_price_cannot_be_repeated_after_it_changed() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("The CX-5 (stock U1041) costs $26,990."))
        // From memory; the record says otherwise now.
        .then(says("As I said, it costs $26,990."))
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("The price changed: it costs $25,500 now."));
    world.say("how much is U1041?").await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
    world.say("how much was it again?").await;
    let received = world.received();
    assert_eq!(received.len(), 2, "{received:#?}");
    assert!(received[1].contains("$25,500") && !received[1].contains("$26,990"), "{received:#?}");
}

#[tokio::test]
async fn a_price_that_changes_with_every_answer_is_never_said_as_it_was() {
    let (_database, model, world) = World::open().await;
    let prices = [2_699_000, 2_650_000, 2_600_000, 2_550_000];
    for pair in prices.windows(2) {
        let (during, next) = (world.clone(), pair[1]);
        let said = format!("The CX-5 (stock U1041) costs ${},{:03}.", pair[0] / 100_000, pair[0] / 100 % 1000);
        model.then(calls([("get_vehicle", vehicle("U1041"))])).then_after(move |_| async move {
            during.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(next)).await;
            says(&said)
        });
    }
    world.say("how much is U1041?").await;
    let received = world.received();
    assert_eq!(received.len(), 1, "{received:#?}");
    assert!(!received[0].contains('$'), "a price that no longer holds: {received:#?}");
    assert_eq!(world.handoffs().await.len(), 1, "a human is asked instead");
}

#[tokio::test]
async fn a_price_said_earlier_that_changes_while_the_model_thinks_is_not_repeated() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("The CX-5 (stock U1041) costs $26,990."))
        .then_after(move |_| async move {
            during.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
            says("As I said, the CX-5 (stock U1041) costs $26,990.")
        })
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("The price has just changed: the CX-5 (stock U1041) costs $25,500 now."));
    world.say("how much is U1041?").await;
    world.say("sorry, how much was it?").await;
    let received = world.received();
    assert_eq!(received.len(), 2, "{received:#?}");
    assert!(!received[1].contains("$26,990"), "a price that no longer holds: {received:#?}");
}

#[tokio::test]
async fn once_a_record_was_read_anew_its_older_version_supports_nothing() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then_after(move |_| async move {
            during.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
            calls([("get_vehicle", vehicle("U1041"))])
        })
        // What it read first; what it read last says otherwise.
        .then(says("The CX-5 (stock U1041) costs $26,990."))
        .then(says("The CX-5 (stock U1041) costs $25,500."));
    world.say("how much is U1041?").await;
    let received = world.received();
    assert_eq!((received.len(), model.left()), (1, 0), "{received:#?}");
    assert!(received[0].contains("$25,500"), "{received:#?}");
}

#[tokio::test]
async fn an_appointment_that_this_turn_itself_moved_does_not_make_its_words_stale() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("You're booked for Saturday, November 21 at 3:00 PM."))
        .then(calls([(
            "reschedule_appointment",
            json!({ "current_starts_at": null, "new_starts_at": "2026-11-21T16:00" }),
        )]))
        .then(says("Done: you're now booked for Saturday, November 21 at 4:00 PM."));
    world.say("book me tomorrow at 3pm").await;
    world.say("can we make it 4?").await;
    let received = world.received();
    assert_eq!((received.len(), model.left()), (2, 0), "{received:#?}");
    assert!(received[1].contains("4:00 PM"), "{received:#?}");
    assert_eq!(world.appointments().await, ["2026-11-21T16:00"]);
}

#[tokio::test]
async fn a_price_repeated_from_memory_does_not_leave_once_it_has_changed_while_the_text_waited() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("The CX-5 (stock U1041) costs $26,990."))
        .then(says("Yes, the CX-5 (stock U1041) still costs $26,990."));
    world.say("how much is U1041?").await;
    world.text("is that still the price?").await;
    forecourt_server::workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    world.switch(AiSwitch::Paused).await;
    world.work().await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
    world.advance(60);
    world.switch(AiSwitch::On).await;
    world.work().await;
    assert_eq!(model.left(), 0);
    let old = world.received().into_iter().filter(|text| text.contains("$26,990")).count();
    assert_eq!(old, 1, "{:#?}", world.received());
}

#[tokio::test]
async fn an_appointment_that_is_moved_while_the_model_thinks_is_not_confirmed_at_its_old_time() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("You're booked for Saturday, November 21 at 3:00 PM."))
        .then_after(move |_| async move {
            let moved = "update appointments set starts_at = starts_at + interval '1 hour',
                ends_at = ends_at + interval '1 hour', version = version + 1";
            during.execute(moved).await;
            says("Yes, you're booked for Saturday, November 21 at 3:00 PM.")
        })
        .then(says("Yes, you're booked for Saturday, November 21 at 4:00 PM."));
    world.say("book me tomorrow at 3pm").await;
    world.say("when was it again?").await;
    let received = world.received();
    assert_eq!((received.len(), model.left()), (2, 0), "{received:#?}");
    assert!(received[1].contains("4:00 PM"), "{received:#?}");
}
