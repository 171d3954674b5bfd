//! The cut: after a takeover, a STOP or a switch is committed, nothing of the assistant leaves.

use forecourt_agent::models::scripted::{calls, says};
use forecourt_crm_store::conversations::AiSwitch;

use crate::world::{World, vehicle, visit};

/// What can end the assistant's right to speak while it thinks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cut {
    Takeover,
    Stop,
    Pause,
}

const CUTS: [Cut; 3] = [Cut::Takeover, Cut::Stop, Cut::Pause];

async fn throw(world: &World, cut: Cut) {
    match cut {
        Cut::Takeover => world.take_over().await,
        Cut::Stop => world.text("STOP").await,
        Cut::Pause => world.switch(AiSwitch::Paused).await,
    }
}

/// What the customer still gets: the one confirmation of a STOP.
fn owed(cut: Cut) -> usize {
    usize::from(cut == Cut::Stop)
}

#[tokio::test]
async fn a_reply_that_was_being_thought_of_is_not_sent_and_its_draft_is_kept() {
    for cut in CUTS {
        let (_database, model, world) = World::open().await;
        let during = world.clone();
        model.then_after(move |_| async move {
            throw(&during, cut).await;
            says("Happy to help! What are you looking for?")
        });
        world.say("hi there").await;
        assert_eq!(world.received().len(), owed(cut), "{cut:?}: {:#?}", world.received());
        let [draft] = world.drafts().await.try_into().unwrap_or_else(|drafts| panic!("{cut:?}: {drafts:?}"));
        assert!(draft.contains("Happy to help!"), "{cut:?}: {draft}");
        let turns = world.turns().await;
        assert!(turns[0].starts_with("superseded"), "{cut:?}: {turns:?}");
        let outbox = world.outbox().await;
        assert!(outbox.iter().all(|row| !row.starts_with("reply")), "{cut:?}: {outbox:?}");
    }
}

#[tokio::test]
async fn an_action_that_was_being_thought_of_is_not_done() {
    for cut in CUTS {
        let (_database, model, world) = World::open().await;
        let during = world.clone();
        model
            .then_after(move |_| async move {
                throw(&during, cut).await;
                calls([("book_appointment", visit("2026-11-21T15:00"))])
            })
            .then(says("You're booked for Saturday, November 21 at 3:00 PM."));
        world.say("book me tomorrow at 3pm").await;
        assert_eq!(world.appointments().await, Vec::<String>::new(), "{cut:?}");
        // The next claim of the turn finds that there is nothing left for it to do.
        world.advance(5);
        world.work().await;
        assert_eq!(world.received().len(), owed(cut), "{cut:?}: {:#?}", world.received());
        assert_eq!((model.requests().len(), world.appointments().await.len()), (1, 0), "{cut:?}");
        let turns = world.turns().await;
        assert!(turns.iter().all(|turn| !turn.starts_with("running")), "{cut:?} leaves a turn running: {turns:?}");
    }
}

#[tokio::test]
async fn a_turn_that_only_reads_asks_no_further_once_it_is_cut() {
    for cut in CUTS {
        let (_database, model, world) = World::open().await;
        let during = world.clone();
        model
            .then_after(move |_| async move {
                throw(&during, cut).await;
                calls([("get_vehicle", vehicle("U1041"))])
            })
            .then(calls([("get_vehicle", vehicle("U1043"))]))
            .then(says("Happy to help! What are you looking for?"));
        world.say("tell me about U1041").await;
        assert_eq!(model.requests().len(), 1, "{cut:?}: the provider is shown no more of what the customer wrote");
        assert_eq!(world.received().len(), owed(cut), "{cut:?}: {:#?}", world.received());
        let turns = world.turns().await;
        assert!(turns[0].starts_with("superseded"), "{cut:?}: {turns:?}");
        assert_eq!(world.texts("select count(*)::text from steps").await, ["1"], "{cut:?}: what it used is journaled");
    }
}

#[tokio::test]
async fn in_a_dealership_that_is_suspended_meanwhile_no_action_is_done() {
    let (database, model, world) = World::open().await;
    let owner = database.owner.clone();
    model.then_after(move |_| async move {
        sqlx::query("update dealerships set suspended_at = now()").execute(&owner).await.unwrap();
        calls([("book_appointment", visit("2026-11-21T15:00"))])
    });
    world.say("book me tomorrow at 3pm").await;
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(model.left(), 0);
}

#[tokio::test]
async fn a_reply_that_waits_in_the_outbox_does_not_leave_after_the_cut() {
    for (cut, expected) in [(Cut::Takeover, "cancelled"), (Cut::Stop, "cancelled"), (Cut::Pause, "held")] {
        let (_database, model, world) = World::open().await;
        model.then(says("Happy to help! What are you looking for?"));
        world.text("hi there").await;
        forecourt_server::workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
        assert_eq!(world.outbox().await, ["reply queued"], "{cut:?}");
        throw(&world, cut).await;
        world.work().await;
        assert_eq!(world.outbox().await[0], format!("reply {expected}"), "{cut:?}");
        assert_eq!(world.received().len(), owed(cut), "{cut:?}");
    }
}

#[tokio::test]
async fn what_a_pause_held_leaves_when_the_assistant_is_switched_on_again() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.text("hi there").await;
    forecourt_server::workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    world.switch(AiSwitch::Paused).await;
    world.work().await;
    assert_eq!(world.received(), Vec::<String>::new());
    world.switch(AiSwitch::On).await;
    world.work().await;
    assert_eq!(world.received().len(), 1);
    assert_eq!(world.outbox().await, ["reply sent"]);
}

#[tokio::test]
async fn while_a_human_owns_it_or_it_is_paused_no_model_is_asked() {
    for cut in [Cut::Takeover, Cut::Pause] {
        let (_database, model, world) = World::open().await;
        model.then(says("Happy to help! What are you looking for?"));
        world.say("hi there").await;
        throw(&world, cut).await;
        world.say("are you there?").await;
        assert_eq!(model.requests().len(), 1, "{cut:?}");
        assert_eq!(world.received().len(), 1, "{cut:?}");
    }
}

#[tokio::test]
async fn what_was_written_during_a_pause_or_a_takeover_is_answered_afterwards() {
    let (_database, model, world) = World::open().await;
    world.switch(AiSwitch::Paused).await;
    world.say("hi there").await;
    assert_eq!(world.received(), Vec::<String>::new());
    model.then(says("Happy to help! What are you looking for?"));
    world.switch(AiSwitch::On).await;
    world.advance(5);
    world.work().await;
    assert_eq!(world.received().len(), 1, "after the pause");

    world.take_over().await;
    world.say("still there?").await;
    assert_eq!(world.received().len(), 1, "while a human owns it");
    model.then(says("Yes, I am here. What are you looking for?"));
    world.hand_back().await;
    world.advance(5);
    world.work().await;
    assert_eq!(world.received().len(), 2, "after the hand-back");
}
