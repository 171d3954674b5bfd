//! What is already leaving at a cut: recorded with it, and shown to whoever cut.

use forecourt_agent::models::scripted::says;
use forecourt_crm_store::conversations::{CutWords, EventKind, SwitchScope};
use forecourt_evals::doubles::twilio::Behaviour;
use forecourt_server::workers;

use crate::world::World;

const REPLY: &str = "Happy to help! What are you looking for?";

/// How an attempt came to be in flight at the cut.
#[derive(Debug, Clone, Copy)]
enum InFlight {
    /// Committed, and its call runs or its process has died.
    Committed,
    /// The call ended and nobody knows whether the text left.
    Ambiguous,
}

async fn reply_in_flight(how: InFlight) -> (forecourt_crm_store::testing::TestDatabase, World) {
    let (database, model, world) = World::open().await;
    model.then(says(REPLY));
    world.text("hi there").await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    match how {
        InFlight::Committed => {
            world.attempt_and_die().await;
        }
        InFlight::Ambiguous => {
            world.stage.twilio.behave_once([Behaviour::TakeThenFail]);
            workers::outbox::drain(&world.stage.sender).await.unwrap();
        }
    }
    assert_eq!(world.outbox().await, ["reply sending"], "{how:?}");
    (database, world)
}

#[tokio::test]
async fn an_attempt_in_flight_is_shown_to_whoever_takes_over_and_kept_with_the_takeover() {
    for how in [InFlight::Committed, InFlight::Ambiguous] {
        let (_database, world) = reply_in_flight(how).await;
        let conversation = world.conversation().await;
        let mut tx = world.begin().await;
        let takeover = tx.take_over(conversation, world.dealership.salesperson).await.unwrap();
        tx.commit().await.unwrap();
        let [leaving] = &takeover.already_leaving[..] else { panic!("{how:?}: {takeover:?}") };
        assert!(leaving.text.contains(REPLY), "{how:?}");
        assert_eq!(takeover.cancelled, Vec::<String>::new(), "{how:?}");
        let events = world.begin().await.load_thread_events(conversation, 5).await.unwrap();
        let [event] = &events[..] else { panic!("{how:?}: {events:?}") };
        assert_eq!((event.kind, &event.already_leaving[..]), (EventKind::TakenOver, &[leaving.message_id][..]));
    }
}

#[tokio::test]
async fn an_attempt_in_flight_at_a_stop_is_kept_with_it() {
    for how in [InFlight::Committed, InFlight::Ambiguous] {
        let (_database, world) = reply_in_flight(how).await;
        world.text("STOP").await;
        let conversation = world.conversation().await;
        let events = world.begin().await.load_thread_events(conversation, 5).await.unwrap();
        let [event] = &events[..] else { panic!("{how:?}: {events:?}") };
        assert_eq!((event.kind, event.already_leaving.len()), (EventKind::OptedOut, 1), "{how:?}");
        let mut tx = world.begin().await;
        let leaving = tx.load_leaving(SwitchScope::Dealership, CutWords::OfAssistant).await.unwrap();
        assert_eq!(leaving.iter().map(|leaving| leaving.message_id).collect::<Vec<_>>(), event.already_leaving);
    }
}

#[tokio::test]
async fn what_had_not_begun_to_leave_is_stopped_and_not_called_leaving() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY));
    world.text("hi there").await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    let mut tx = world.begin().await;
    let conversation = world.conversation().await;
    let takeover = tx.take_over(conversation, world.dealership.salesperson).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((takeover.already_leaving.len(), takeover.cancelled.len()), (0, 1));
}
