//! What leaves leaves once: ambiguous sends are looked up before anything is sent again.

use forecourt_agent::models::scripted::says;
use forecourt_crm_store::outbox::AttemptOutcome;
use forecourt_domain::delivery::DeliveryStatus;
use forecourt_evals::doubles::twilio::{Behaviour, Call};
use jiff::SignedDuration;

use crate::world::{REPLIES_NEED_APPROVAL, World};

const REPLY: &str = "Happy to help! What are you looking for?";

/// The calls that one reply made, in order: `send` or `list`.
fn calls(world: &World) -> Vec<&'static str> {
    let name = |call: &Call| match call {
        Call::Send(_) => "send",
        Call::List { .. } => "list",
        Call::Refused { .. } => "refused",
    };
    world.stage.twilio.calls().iter().map(name).collect()
}

fn send_ids(world: &World) -> Vec<String> {
    let id = |call: &Call| match call {
        Call::Send(send) => send.send_id.clone(),
        Call::List { .. } | Call::Refused { .. } => None,
    };
    let mut ids: Vec<String> = world.stage.twilio.calls().iter().filter_map(id).collect();
    ids.dedup();
    ids
}

/// Texts once, with the provider behaving so, and lets the given times pass.
async fn play(behaviours: &[Behaviour], pauses: &[i64]) -> (forecourt_crm_store::testing::TestDatabase, World) {
    let (database, model, world) = World::open().await;
    model.then(says(REPLY));
    world.stage.twilio.behave_once(behaviours.iter().copied());
    world.say("hi there").await;
    for pause in pauses {
        world.advance(*pause);
        world.work().await;
    }
    (database, world)
}

#[tokio::test]
async fn a_text_that_was_taken_without_an_answer_is_found_and_adopted() {
    for behaviour in [Behaviour::TakeThenDrop, Behaviour::TakeThenFail, Behaviour::TakeThenBabble] {
        let (_database, world) = play(&[behaviour], &[31]).await;
        assert_eq!(calls(&world), ["send", "list"], "{behaviour:?}");
        assert_eq!(world.outbox().await, ["reply sent"], "{behaviour:?}");
        let sids: Vec<String> = world.stage.twilio.taken().into_iter().map(|taken| taken.sid).collect();
        assert_eq!(world.texts("select provider_id from outbox").await, sids, "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_text_that_left_no_trace_is_looked_up_twice_and_sent_once_more_under_its_id() {
    for behaviour in [Behaviour::Drop, Behaviour::Fail] {
        let (_database, world) = play(&[behaviour], &[29]).await;
        assert_eq!(calls(&world), ["send"], "{behaviour:?}: nobody asks before 30 seconds");
        for (pause, expected) in [(2, &["send", "list"][..]), (61, &["send", "list", "list", "send"])] {
            world.advance(pause);
            world.work().await;
            assert_eq!(calls(&world), expected, "{behaviour:?}");
        }
        assert_eq!(world.received().len(), 1, "{behaviour:?}");
        assert_eq!(send_ids(&world).len(), 1, "{behaviour:?}");
        assert_eq!(world.outbox().await, ["reply sent"], "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_second_text_without_a_trace_is_left_to_a_human() {
    let (_database, world) = play(&[Behaviour::Drop, Behaviour::Drop], &[31, 61, 31, 61, 31, 61]).await;
    assert_eq!(calls(&world).iter().filter(|call| **call == "send").count(), 2, "{:?}", calls(&world));
    assert_eq!(world.outbox().await[0], "reply unknown");
    assert_eq!(world.handoffs().await.len(), 1);
}

#[tokio::test]
async fn a_text_taken_twice_by_the_provider_is_still_one_message_of_ours() {
    // The first was taken but its answer lost, and the look-ups come too late to matter for the count.
    let (_database, world) = play(&[Behaviour::TakeThenDrop], &[31, 61, 61]).await;
    assert_eq!(world.received().len(), 1);
    assert_eq!(world.texts("select attempts_made::text from outbox").await, ["1"]);
}

#[tokio::test]
async fn too_many_at_once_means_later_and_a_refusal_means_never() {
    let (_database, world) = play(&[Behaviour::RateLimit { retry_after_s: 7 }], &[6]).await;
    assert_eq!(world.received().len(), 0, "it asked for seven seconds");
    world.advance(2);
    world.work().await;
    assert_eq!((world.received().len(), calls(&world)), (1, vec!["send", "send"]));

    let (_database, world) = play(&[Behaviour::Refuse { code: 21211 }], &[60, 600]).await;
    assert_eq!((world.received().len(), calls(&world)), (0, vec!["send"]));
    assert_eq!(world.outbox().await[0], "reply failed");
    assert_eq!(world.texts("select error_code from outbox where kind = 'reply'").await, ["21211"]);
}

#[tokio::test]
async fn a_number_that_opted_out_at_the_provider_has_opted_out_here() {
    let (_database, world) = play(&[Behaviour::Refuse { code: 21610 }], &[]).await;
    assert_eq!(world.texts("select (opted_out_at is not null)::text from contact_points").await, ["true"]);
    assert_eq!(world.texts("select kind || ' ' || source from consents").await, ["opt_out provider"]);
}

#[tokio::test]
async fn a_later_text_of_a_conversation_waits_for_an_earlier_one() {
    let (_database, model, world) = World::open().await;
    model.then(says("First answer: what are you looking for?")).then(says("Second answer: which one do you like?"));
    world.stage.twilio.behave_once([Behaviour::Drop]);
    world.say("hi there").await;
    world.advance(1);
    world.say("hello?").await;
    assert_eq!(world.received(), Vec::<String>::new(), "the first one may still be leaving");
    for pause in [31, 61, 1, 1] {
        world.advance(pause);
        world.work().await;
    }
    let received = world.received();
    assert!(received[0].contains("First answer") && received[1].contains("Second answer"), "{received:#?}");
    assert_eq!(received.len(), 2);
}

#[tokio::test]
async fn a_report_that_comes_with_the_answer_waits_for_it_and_both_are_stored() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY));
    world.text("hi there").await;
    let stage = &world.stage;
    forecourt_server::workers::turns::drain(&stage.agent, &stage.wake).await.unwrap();
    let claim = stage.store.claim_outbox(1, SignedDuration::from_secs(30)).await.unwrap()[0];
    let mut tx = stage.store.begin_before_cut(claim.scope).await.unwrap();
    let (row, _) = tx.lock_send(claim.id).await.unwrap().unwrap();
    let attempt = tx.insert_attempt(&row, tx.now() + SignedDuration::from_secs(30)).await.unwrap();
    tx.commit().await.unwrap();

    let mut reporting = world.begin().await;
    let row = reporting.lock_outbox(claim.id).await.unwrap().unwrap();
    let mut answering = world.begin().await;
    let accepted = AttemptOutcome::Accepted { provider_id: "SM1".to_owned() };
    let answer = async {
        answering.record_outcome(claim.id, attempt, &accepted, DeliveryStatus::Sent, None).await?;
        answering.commit().await
    };
    let report = async {
        world.until_somebody_waits_for_a_lock().await;
        reporting.record_delivery_report(&row, "SM1", "sent", Some(DeliveryStatus::Sent), None).await?;
        reporting.commit().await
    };
    let (answered, reported) = tokio::join!(answer, report);
    answered.unwrap();
    reported.unwrap();
    assert_eq!(world.outbox().await, ["reply sent"]);
    assert_eq!(world.texts("select outcome from attempt_outcomes").await, ["accepted"]);
}

#[tokio::test]
async fn who_writes_and_how_to_stop_is_said_in_the_first_text_that_really_leaves() {
    let (_database, model, world) = World::open().await;
    model
        .then(says("First answer: what are you looking for?"))
        .then(says("Second answer: which one do you like?"))
        .then(says("Third answer: shall I book a visit?"));
    world.text("hi there").await;
    forecourt_server::workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    world.take_over().await;
    world.hand_back().await;
    world.say("hello?").await;
    let received = world.received();
    assert_eq!(received.len(), 1, "the first answer was cancelled: {received:#?}");
    assert!(received[0].contains("Northgate Motors") && received[0].contains("STOP"), "{received:#?}");

    // What a manager approved counts as well.
    world.execute("update contact_points set first_texted_at = null").await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    world.say("a red one").await;
    let [proposal] = world.pending().await.try_into().unwrap();
    world.approve(&proposal).await.unwrap();
    assert_eq!(world.texts("select coalesce(first_texted_at::text, 'never') from contact_points").await, ["never"]);
    world.work().await;
    assert!(world.received()[1].contains("STOP"), "{:#?}", world.received());
    assert_eq!(world.texts("select (first_texted_at is not null)::text from contact_points").await, ["true"]);
}
