//! Turns that end without the model's words on their way: nothing the customer wrote is lost, nothing is
//! kept twice, and a human hears of it.

use forecourt_agent::models::scripted::{calls, says};
use forecourt_crm_store::{conversations::AiSwitch, testing::TestDatabase};
use forecourt_domain::conversation::Direction;

use crate::world::{ACKNOWLEDGES, REPLIES_ARE_SUGGESTED, REPLIES_NEED_APPROVAL, World, vehicle, visit};

const CLOSED_ACKNOWLEDGES: &str = "update dealership_profiles set after_hours = 'acknowledge_only'";
const CLOSED_IS_SILENT: &str = "update dealership_profiles set after_hours = 'silent'";
/// From 14:05 to 21:05, after closing time.
const UNTIL_EVENING: i64 = 7 * 3600;

/// Who was alerted, oldest first.
async fn alerted(world: &World) -> Vec<String> {
    world.texts("select split_part(recipient, '.', 1) from outbox where kind = 'staff_alert' order by id").await
}

/// How far answers have come, and whether a turn still waits.
async fn answered(world: &World) -> (Vec<String>, Vec<String>) {
    let answered = world.texts("select answered_inbound || '/' || last_inbound from conversations").await;
    (answered, world.texts("select count(*)::text from turn_queue").await)
}

#[tokio::test]
async fn a_text_that_arrives_while_a_reply_is_prepared_for_approval_is_part_of_it() {
    for level in [REPLIES_NEED_APPROVAL, REPLIES_ARE_SUGGESTED] {
        let (_database, model, world) = World::open().await;
        world.execute(level).await;
        let during = world.clone();
        model
            .then_after(move |_| async move {
                during.text("and are you open on Sundays?").await;
                says("Which one do you like?")
            })
            .then(says("I can look up our Sunday hours. Which one do you like?"));
        world.say("what SUVs do you have?").await;
        let kept = world
            .texts(
                "select p.body ->> 'text' from payloads p where p.id in
                (select payload_id from drafts union select arguments_payload_id from proposed_items)",
            )
            .await;
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].contains("Sunday"), "{kept:?}");
        assert_eq!(answered(&world).await, (vec!["2/2".to_owned()], vec!["0".to_owned()]));
    }
}

#[tokio::test]
async fn a_question_asked_before_a_start_is_answered_although_its_turn_was_lost_to_it() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then_after(move |_| async move {
            during.text("START").await;
            says("Which one do you like?")
        })
        .then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.work().await;
    let received = world.received();
    assert!(received.iter().any(|text| text.contains("Happy to help!")), "{received:#?}");
    assert_eq!(answered(&world).await.1, ["0"]);
}

#[tokio::test]
async fn what_is_asked_between_a_takeover_and_a_hand_back_is_answered_although_a_turn_was_ending() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then_after(move |_| async move {
            during.take_over().await;
            during.text("still there?").await;
            during.hand_back().await;
            says("Which one do you like?")
        })
        .then(says("Yes, I am here. What are you looking for?"));
    world.say("hi there").await;
    world.work().await;
    let received = world.received();
    assert_eq!(received.len(), 1, "{received:#?}");
    assert!(received[0].contains("Yes, I am here."), "{received:#?}");
    assert_eq!(answered(&world).await, (vec!["2/2".to_owned()], vec!["0".to_owned()]));
}

/// Makes every end of a turn fail at its last but one step, as a crash there would.
async fn break_ends(database: &TestDatabase) {
    for statement in [
        "create function fail() returns trigger language plpgsql as $$ begin raise exception 'down'; end $$",
        "create trigger fails before insert on audit_entries for each row when (new.kind = 'turn.ended')
             execute function fail()",
    ] {
        sqlx::query(statement).execute(&database.owner).await.unwrap();
    }
}

#[tokio::test]
async fn a_turn_that_dies_at_its_end_has_proposed_and_suggested_nothing_and_does_so_once() {
    for level in [REPLIES_NEED_APPROVAL, REPLIES_ARE_SUGGESTED] {
        let (database, model, world) = World::open().await;
        world.execute(level).await;
        world.execute(ACKNOWLEDGES).await;
        break_ends(&database).await;
        model.then(says("Which one do you like?")).then(says("Which one do you like?"));
        world.say("show me SUVs").await;
        let kept = "select id::text from drafts union all select id::text from proposed_actions";
        assert_eq!((world.texts(kept).await.len(), world.received().len()), (0, 0));
        sqlx::query("drop trigger fails on audit_entries").execute(&database.owner).await.unwrap();
        world.advance(3);
        world.work().await;
        assert_eq!((world.texts(kept).await.len(), world.received().len()), (1, 1));
        assert_eq!(world.turns().await.len(), 1);
    }
}

#[tokio::test]
async fn what_is_only_acknowledged_waits_for_a_human_who_is_told_and_is_not_acknowledged_again_and_again() {
    let (_database, model, world) = World::open().await;
    world.execute(CLOSED_ACKNOWLEDGES).await;
    world.execute(ACKNOWLEDGES).await;
    world.advance(UNTIL_EVENING);
    world.say("are you open?").await;
    assert_eq!(world.received().len(), 1);
    assert_eq!(world.turns().await, ["completed after_hours"]);
    assert_eq!(world.handoffs().await, ["other"]);
    assert_eq!(alerted(&world).await.len(), 1);
    world.advance(3600);
    world.say("hello?").await;
    assert_eq!((world.received().len(), world.handoffs().await.len()), (1, 1), "said an hour ago");
    world.advance(4 * 3600);
    world.say("hello??").await;
    assert_eq!(world.received().len(), 2, "said five hours ago");
    assert_eq!(model.requests().len(), 0);
    let made = "select details ->> 'reason' from audit_entries where kind = 'handoff.made'";
    assert_eq!(world.texts(made).await, ["after_hours"], "asked for once");
}

#[tokio::test]
async fn where_settings_want_silence_a_human_is_told() {
    let (_database, _model, world) = World::open().await;
    world.execute(CLOSED_IS_SILENT).await;
    world.advance(UNTIL_EVENING);
    world.say("are you open?").await;
    assert_eq!(world.received(), Vec::<String>::new());
    assert_eq!((world.handoffs().await.len(), alerted(&world).await.len()), (1, 1));
}

#[tokio::test]
async fn nobody_is_asked_for_while_the_assistant_is_paused_or_after_a_stop() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.switch(AiSwitch::Paused).await;
    world.say("hello?").await;
    world.switch(AiSwitch::On).await;
    world.say("STOP").await;
    assert_eq!(world.handoffs().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_suggestion_and_a_proposal_each_tell_somebody() {
    for (level, told, handoffs) in [(REPLIES_ARE_SUGGESTED, "dana", 1), (REPLIES_NEED_APPROVAL, "maya", 0)] {
        let (_database, model, world) = World::open().await;
        world.execute(level).await;
        model.then(says("Which one do you like?"));
        world.say("show me SUVs").await;
        assert_eq!(world.handoffs().await.len(), handoffs, "{told}");
        let alerted = alerted(&world).await;
        assert_eq!(alerted.len(), 1, "{told}");
        if level == REPLIES_NEED_APPROVAL {
            assert_eq!(alerted, [told]);
        }
    }
}

#[tokio::test]
async fn two_machines_do_not_thank_each_other_for_ever() {
    let (_database, model, world) = World::open().await;
    world.execute("update dealership_profiles set answer_cap_per_day = 2").await;
    world.execute(ACKNOWLEDGES).await;
    model.then(says("Happy to help!")).then(says("What are you looking for?"));
    for _ in 0..6 {
        world.say("This is an automatic reply.").await;
        world.advance(60);
    }
    assert_eq!(
        world.texts("select kind from outbox where kind <> 'staff_alert' order by id").await,
        ["reply", "reply", "acknowledgement"]
    );
    assert_eq!(model.requests().len(), 2, "past the cap no model is asked");
    assert_eq!(world.turns().await[2], "completed answer_cap");
    assert_eq!(world.handoffs().await.len(), 1);
}

#[tokio::test]
async fn a_turn_that_goes_on_with_a_newer_text_asks_the_gate_again() {
    let (_database, model, world) = World::open().await;
    world.execute(CLOSED_ACKNOWLEDGES).await;
    world.execute(ACKNOWLEDGES).await;
    let during = world.clone();
    model.then_after(move |_| async move {
        during.advance(UNTIL_EVENING);
        during.text("hello?").await;
        says("Which one do you like?")
    });
    world.say("show me SUVs").await;
    assert_eq!(model.requests().len(), 1, "it has closed meanwhile");
    let received = world.received();
    assert!(received.len() == 1 && received[0].contains("get back to you"), "{received:#?}");
}

#[tokio::test]
async fn more_calls_than_an_answer_may_hold_are_told_apart_from_wrong_ones() {
    let (_database, model, world) = World::open().await;
    model.then(calls([(); 9].map(|()| ("get_vehicle", vehicle("U1041"))))).then(says("Which one do you like?"));
    world.say("tell me about U1041").await;
    let codes = "select p.body -> 'output' ->> 'error' from tool_calls t join payloads p on p.id = t.output_payload_id
        where t.outcome = 'failed'";
    assert_eq!(world.texts(codes).await, ["too_many"]);
}

#[tokio::test]
async fn an_effect_that_could_not_be_done_is_remembered_with_what_was_tried() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T23:00"))]))
        .then(says("We are closed then. What other time would suit you?"));
    world.say("book me tomorrow at 11pm").await;
    let tried = world
        .texts(
            "select t.action || ' ' || t.outcome || ' ' || (p.body ->> 'starts_at') from tool_calls t
            join payloads p on p.id = t.arguments_payload_id",
        )
        .await;
    assert_eq!(tried, ["book_appointment failed 2026-11-21T23:00"]);
    let logged = "select details ->> 'outcome' from audit_entries where kind = 'tool.called'";
    assert_eq!(world.texts(logged).await, ["failed"]);
    let thread = world.begin().await.load_thread(world.conversation().await, 10).await.unwrap();
    assert_eq!(thread.iter().filter(|message| message.direction == Direction::Outbound).count(), 1);
}

#[tokio::test]
async fn a_house_sentence_that_names_no_person_does_not_silence_the_true_one_that_follows() {
    let (_database, model, world) = World::open().await;
    world.execute("update dealership_profiles set acknowledgement = 'Thanks for your text!'").await;
    world.execute(REPLIES_ARE_SUGGESTED).await;
    model.then(says("Which one do you like?"));
    world.say("show me SUVs").await;
    assert_eq!((world.received().len(), world.handoffs().await.len()), (1, 1));
    world.execute("update autonomy_settings set level = 'autonomous'").await;
    // The script is at its end, so the provider is down.
    world.say("hello?").await;
    assert_eq!(world.received().len(), 2, "{:?}", world.received());
    assert_eq!(world.outbox().await.iter().filter(|row| row.starts_with("fallback")).count(), 1);
}
