//! A turn that can never come to an end: it is not tried for ever, and its customer is not forgotten.

use forecourt_agent::models::scripted::{calls, says};
use jiff::SignedDuration;

use crate::world::{World, vehicle};

/// Works until the turn was tried five times.
async fn try_five_times(world: &World) {
    for _ in 0..5 {
        world.work().await;
        world.advance(3);
    }
}

#[tokio::test]
async fn a_turn_that_panics_every_time_is_given_up() {
    let (_database, model, world) = World::open().await;
    for _ in 0..20 {
        model.then_after(|_| async { panic!("a fault of ours") });
    }
    world.text("hi there").await;
    try_five_times(&world).await;
    assert_eq!(world.received(), Vec::<String>::new());
    world.work().await;
    assert_eq!(model.requests().len(), 6);
    assert_eq!(world.turns().await, ["failed internal_error"]);
    assert_eq!((world.received().len(), world.handoffs().await), (1, vec!["model_failed".to_owned()]));
    assert_eq!(world.texts("select count(*)::text from turn_queue").await, ["0"]);
}

#[tokio::test]
async fn a_turn_that_takes_its_process_with_it_every_time_is_given_up_without_another_try() {
    let (_database, model, world) = World::open().await;
    world.text("hi there").await;
    let lease = SignedDuration::from_secs(15);
    for _ in 0..20 {
        // Claimed by a process that is not heard of again.
        assert_eq!(world.stage.store.claim_turns(1, lease).await.unwrap().len(), 1);
        world.advance(16);
    }
    world.work().await;
    assert_eq!(model.requests().len(), 0);
    assert_eq!((world.received().len(), world.handoffs().await), (1, vec!["model_failed".to_owned()]));
}

#[tokio::test]
async fn processes_that_died_do_not_count_as_failures_of_the_turn() {
    let (_database, model, world) = World::open().await;
    model.then_after(|_| async { panic!("a fault of ours") }).then(says("Hello! What can I do for you?"));
    world.text("hi there").await;
    for _ in 0..8 {
        assert_eq!(world.stage.store.claim_turns(1, SignedDuration::from_secs(15)).await.unwrap().len(), 1);
        world.advance(16);
    }
    world.work().await;
    assert_eq!(world.received(), Vec::<String>::new(), "it failed once");
    world.advance(3);
    world.work().await;
    assert_eq!((world.received().len(), model.requests().len()), (1, 2));
    assert_eq!(world.handoffs().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_turn_that_cannot_even_begin_is_given_up() {
    let (_database, model, world) = World::open().await;
    model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("The CX-5 (stock U1041) costs $26,990."));
    world.say("how much is U1041?").await;
    // What was said earlier can no longer be read.
    world
        .execute("update payloads set body = '\"not evidence\"' where id in (select facts_payload_id from conversation_evidence)")
        .await;
    world.text("and the mileage?").await;
    try_five_times(&world).await;
    assert_eq!(world.received().len(), 1);
    world.work().await;
    let received = world.received();
    assert_eq!(received.len(), 2, "{received:#?}");
    assert_eq!(model.requests().len(), 2, "no turn came as far as its model");
    assert_eq!(world.outbox().await[1], "fallback sent");
    assert_eq!(world.handoffs().await, ["model_failed"]);
    assert_eq!(world.texts("select count(*)::text from audit_entries where kind = 'handoff.made'").await, ["1"]);
    assert_eq!(world.texts("select answered_inbound || '/' || last_inbound from conversations").await, ["2/2"]);
    assert_eq!(world.texts("select count(*)::text from turn_queue").await, ["0"]);
}
