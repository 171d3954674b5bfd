//! Replies that wait a moment for people to look at: they leave by themselves, or as people decide, and never
//! after the cut. And words that waited, for whatever reason, are checked again before they leave.

use forecourt_agent::models::scripted::{calls, says};
use forecourt_crm_store::{
    conversations::AiSwitch,
    outbox::{HoldEnd, HoldSetting},
};
use forecourt_domain::{
    action::{Channel, Workflow},
    ids::MessageId,
};
use forecourt_server::workers;

use crate::world::{REPLIES_NEED_APPROVAL, World};

const REPLY: &str = "Happy to help! What are you looking for?";

/// Replies are held for so long.
async fn hold(world: &World, seconds: u32) {
    let setting = HoldSetting { workflow: Workflow::ConversationReply, channel: Channel::Sms, seconds };
    let mut tx = world.begin().await;
    tx.set_hold(world.dealership.manager, setting).await.unwrap();
    tx.commit().await.unwrap();
}

async fn held_message(world: &World) -> MessageId {
    let ids = world.texts("select message_id::text from outbox where status = 'held' and status_reason = 'hold'").await;
    ids[0].parse().unwrap()
}

/// `status reason` of the assistant's replies, oldest first.
async fn replies(world: &World) -> Vec<String> {
    world
        .texts("select status || ' ' || coalesce(status_reason, '-') from outbox where kind = 'reply' order by id")
        .await
}

#[tokio::test]
async fn a_held_reply_waits_and_then_leaves_by_itself() {
    let (_database, model, world) = World::open().await;
    hold(&world, 60).await;
    model.then(says(REPLY));
    world.say("hi there").await;
    world.advance(59);
    world.work().await;
    assert_eq!((replies(&world).await, world.received().len()), (vec!["held hold".to_owned()], 0));
    let thread = world.begin().await.load_thread(world.conversation().await, 5).await.unwrap();
    assert!(thread[1].held_until.is_some(), "{thread:#?}");
    world.advance(2);
    world.work().await;
    assert_eq!((replies(&world).await, world.received().len()), (vec!["sent -".to_owned()], 1));
    hold(&world, 0).await;
    model.then(says("Which one do you like?"));
    world.say("an SUV").await;
    assert_eq!(world.received().len(), 2, "nothing is held any more");
}

#[tokio::test]
async fn a_person_sends_a_held_reply_at_once() {
    let (_database, model, world) = World::open().await;
    hold(&world, 600).await;
    model.then(says(REPLY));
    world.say("hi there").await;
    let id = held_message(&world).await;
    let mut tx = world.begin().await;
    let (row, _) = tx.lock_held(id).await.unwrap().unwrap();
    tx.release_hold(&row, world.dealership.salesperson).await.unwrap();
    tx.commit().await.unwrap();
    assert!(world.begin().await.lock_held(id).await.unwrap().is_none());
    world.work().await;
    assert_eq!(world.received().len(), 1);
    let ended = "select details ->> 'how' from audit_entries where kind = 'hold.ended' and actor = 'user'";
    assert_eq!(world.texts(ended).await, ["sent_now"]);
}

#[tokio::test]
async fn a_reply_that_a_person_stops_is_not_sent_and_the_customer_is_theirs_to_answer() {
    for typing in [false, true] {
        let (_database, model, world) = World::open().await;
        hold(&world, 600).await;
        model.then(says(REPLY));
        world.say("hi there").await;
        let (conversation, id) = (world.conversation().await, held_message(&world).await);
        let mut tx = world.begin().await;
        if typing {
            tx.lock_conversation(conversation).await.unwrap();
            let stopped = tx.stop_held_for_typing(conversation, world.dealership.salesperson).await.unwrap();
            assert_eq!(stopped.len(), 1);
        } else {
            let (row, _) = tx.lock_held(id).await.unwrap().unwrap();
            tx.stop_held(&row, world.dealership.salesperson, HoldEnd::Cancelled).await.unwrap();
        }
        tx.commit().await.unwrap();
        world.advance(700);
        world.work().await;
        let how = if typing { "typing" } else { "stopped_by_hand" };
        assert_eq!((replies(&world).await, world.received().len()), (vec![format!("cancelled {how}")], 0));
        let owner = "select (owner_user_id = (select user_id from assignments where role = 'salesperson'))::text
            from handoffs where status = 'open'";
        assert_eq!(world.texts(owner).await, ["true"], "a ticket in their name");
        let mut tx = world.begin().await;
        tx.reply_by_hand(conversation, world.dealership.salesperson, "Dana here.").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.texts("select status from handoffs").await, ["taken"]);
    }
}

#[tokio::test]
async fn a_customer_who_writes_while_a_reply_is_held_gets_one_answer_to_all_of_it() {
    let (_database, model, world) = World::open().await;
    hold(&world, 60).await;
    model.then(says(REPLY)).then(says("I can look up our Sunday hours. Which one do you like?"));
    world.say("show me SUVs").await;
    world.text("and are you open on Sundays?").await;
    assert_eq!(replies(&world).await, ["cancelled customer_wrote"], "at once, not when the next turn begins");
    world.work().await;
    world.advance(61);
    world.work().await;
    let [heard] = world.received().try_into().unwrap();
    assert!(heard.contains("Sunday"), "{heard}");
    let answered = "select answered_from || '-' || answered_to from turns order by id";
    assert_eq!(world.texts(answered).await, ["0-1", "0-2"]);
    let asked = model.requests();
    let last = format!("{:?}", asked.last().unwrap().messages);
    assert!(!last.contains("Happy to help"), "what never left was never said");
}

#[tokio::test]
async fn a_reply_that_ends_a_turn_beside_newer_texts_is_answered_once_with_them() {
    let (_database, model, world) = World::open().await;
    hold(&world, 60).await;
    // The customer writes during every try, so that the turn ends with what it has.
    for text in ["and blue?", "or red?", "or green?"] {
        let during = world.clone();
        model.then_after(move |_| async move {
            during.text(text).await;
            says(REPLY)
        });
    }
    model.then(says("Which one do you like?"));
    world.say("show me SUVs").await;
    world.work().await;
    world.advance(61);
    world.work().await;
    let [heard] = world.received().try_into().unwrap();
    assert!(heard.contains("Which one"), "{heard}");
    assert_eq!(replies(&world).await, ["cancelled customer_wrote", "sent -"]);
}

#[tokio::test]
async fn a_held_reply_never_leaves_after_the_cut() {
    for (cut, expected) in
        [("takeover", "cancelled taken_over"), ("stop", "cancelled opted_out"), ("pause", "held paused")]
    {
        let (_database, model, world) = World::open().await;
        hold(&world, 60).await;
        model.then(says(REPLY));
        world.say("hi there").await;
        match cut {
            "takeover" => world.take_over().await,
            "stop" => world.text("STOP").await,
            _ => world.switch(AiSwitch::Paused).await,
        }
        if cut != "pause" {
            assert_eq!(replies(&world).await, [expected], "{cut}: at once");
        }
        world.advance(61);
        world.work().await;
        assert_eq!(replies(&world).await, [expected], "{cut}");
        let owed = usize::from(cut == "stop");
        assert_eq!(world.received().len(), owed, "{cut}");
        world.switch(AiSwitch::On).await;
        world.work().await;
        assert_eq!(world.received().len(), owed + usize::from(cut == "pause"), "{cut}: what a pause held");
    }
}

/// A reply is written and waits in the outbox, no worker having looked at it.
async fn reply_waits(world: &World, text: &str) {
    world.text(text).await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
}

#[tokio::test]
async fn words_that_no_longer_pass_the_guards_after_they_waited_are_answered_again() {
    let (_database, model, world) = World::open().await;
    model.then(says("We are here until 8 PM today.")).then(says("We are here until 6 PM today."));
    reply_waits(&world, "how long are you open?").await;
    world.execute("update opening_hours set closes_minute = 1080").await;
    world.advance(3);
    world.work().await;
    world.work().await;
    let [heard] = world.received().try_into().unwrap();
    assert!(heard.contains("6 PM"), "{heard}");
    assert_eq!(replies(&world).await, ["cancelled checks_failed", "sent -"]);
    let why = "select details -> 'why' ->> 'findings' from audit_entries where kind = 'send.held'";
    assert_eq!(world.texts(why).await, [r#"["grounded_figures"]"#]);
}

#[tokio::test]
async fn words_that_the_policies_no_longer_let_leave_after_they_waited_are_decided_anew() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY)).then(says(REPLY));
    reply_waits(&world, "hi there").await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    world.advance(3);
    world.work().await;
    world.work().await;
    assert_eq!((replies(&world).await, world.received().len()), (vec!["cancelled not_allowed".to_owned()], 0));
    let [proposal] = world.pending().await.try_into().unwrap_or_else(|all| panic!("{all:?}"));
    // What a person approved may wait as long as it likes.
    world.approve(&proposal).await.unwrap();
    world.advance(3);
    world.work().await;
    assert_eq!(world.received().len(), 1);
}

#[tokio::test]
async fn words_that_rest_on_what_their_turn_did_still_pass_after_they_waited() {
    let (_database, model, world) = World::open().await;
    hold(&world, 60).await;
    model
        .then(calls([("book_appointment", crate::world::visit("2026-11-21T15:00"))]))
        .then(says("You're booked for Saturday, November 21 at 3:00 PM. See you then!"));
    world.say("book me tomorrow at 3pm").await;
    world.advance(61);
    world.work().await;
    assert_eq!((replies(&world).await, world.received().len()), (vec!["sent -".to_owned()], 1));
}

#[tokio::test]
async fn a_customer_who_writes_while_a_reply_waits_for_its_time_gets_one_answer_to_all_of_it() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY)).then(says("Which one do you like?"));
    reply_waits(&world, "show me SUVs").await;
    world.execute("update outbox set not_before = created_at + interval '10 hours'").await;
    world.work().await;
    world.text("and red ones?").await;
    assert_eq!(replies(&world).await, ["cancelled customer_wrote"]);
    world.work().await;
    let [heard] = world.received().try_into().unwrap();
    assert!(heard.contains("Which one"), "{heard}");
    let answered = "select answered_from || '-' || answered_to from turns order by id";
    assert_eq!(world.texts(answered).await, ["0-1", "0-2"]);
}

#[tokio::test]
async fn a_reply_that_was_held_for_a_second_is_looked_at_again_before_it_leaves() {
    for sent_by_hand in [false, true] {
        let (_database, model, world) = World::open().await;
        hold(&world, if sent_by_hand { 600 } else { 1 }).await;
        model.then(says("We are here until 8 PM today.")).then(says("We are here until 6 PM today."));
        world.say("how long are you open?").await;
        world.execute("update opening_hours set closes_minute = 1080").await;
        if sent_by_hand {
            let mut tx = world.begin().await;
            let (row, _) = tx.lock_held(held_message(&world).await).await.unwrap().unwrap();
            tx.release_hold(&row, world.dealership.manager).await.unwrap();
            tx.commit().await.unwrap();
        }
        world.advance(1);
        world.work().await;
        assert_eq!(replies(&world).await[0], "cancelled checks_failed", "by hand: {sent_by_hand}");
        assert_eq!(world.received().len(), 0, "by hand: {sent_by_hand}");
    }
}

#[tokio::test]
async fn a_hold_that_is_set_while_a_turn_thinks_holds_its_reply() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model.then_after(move |_| async move {
        hold(&during, 60).await;
        says(REPLY)
    });
    world.say("hi there").await;
    assert_eq!((replies(&world).await, world.received().len()), (vec!["held hold".to_owned()], 0));
}
