//! Tickets: who is asked, who is asked next, what the customer hears meanwhile, and what becomes of a
//! conversation that its owner has left.

use std::time::Duration;

use forecourt_agent::models::scripted::{calls, says};
use forecourt_crm_store::{
    conversations::{EventKind, HandsBack},
    handoffs::{HandoffSettings, SettingsError},
};
use forecourt_domain::{
    conversation::HandoffStatus,
    escalation::{Reach, Rung},
    staff::{DepartmentKind, Role},
};
use forecourt_server::workers::schedule;
use serde_json::{Value, json};

use crate::world::{ACKNOWLEDGES, REPLIES_ARE_SUGGESTED, REPLIES_NEED_APPROVAL, World};

const MINUTE: i64 = 60;
/// From 14:05 to 21:05, after closing time.
const UNTIL_EVENING: i64 = 7 * 3600;

fn asks(category: &str) -> Value {
    json!({ "category": category, "summary": "Wants to talk to somebody." })
}

/// Who was alerted, oldest first.
async fn alerted(world: &World) -> Vec<String> {
    world.texts("select split_part(recipient, '.', 1) from outbox where kind = 'staff_alert' order by id").await
}

/// Two processes look at the clock at the same time.
async fn tick(world: &World) {
    let agent = &world.stage.agent;
    let (one, two) = tokio::join!(schedule::tick(agent), schedule::tick(agent));
    one.unwrap();
    two.unwrap();
}

async fn logged(world: &World) -> Vec<String> {
    world.texts("select kind from audit_entries where kind like 'handoff.%' order by id").await
}

#[tokio::test]
async fn a_ticket_that_nobody_takes_climbs_the_ladder_and_is_dropped_once_although_two_processes_look() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("escalate_to_human", asks("customer_asked"))]))
        .then(says("I've asked a colleague to get back to you."));
    world.say("can I talk to a person?").await;
    assert_eq!(alerted(&world).await, ["dana"]);
    let due = "select priority || ' ' || extract(epoch from due_at - created_at)::int / 60 from handoffs";
    assert_eq!(world.texts(due).await, ["high 30"]);
    for (minutes, told) in [(14, &["dana"][..]), (2, &["dana", "maya"]), (5, &["dana", "maya"])] {
        world.advance(minutes * MINUTE);
        tick(&world).await;
        assert_eq!(alerted(&world).await, told, "after {minutes} more minutes");
    }
    for minutes in [12, 30] {
        world.advance(minutes * MINUTE);
        tick(&world).await;
        assert_eq!(alerted(&world).await, ["dana", "maya", "maya"], "the manager is told that it was dropped");
    }
    assert_eq!(logged(&world).await, ["handoff.escalated", "handoff.dropped"]);
    let mut tx = world.begin().await;
    let counts = tx.count_handoffs().await.unwrap();
    assert_eq!((counts.open, counts.taken, counts.dropped), (1, 0, 1), "it stays open");
    let [line] = tx.load_handoffs(Some(HandoffStatus::Open), 5).await.unwrap().try_into().unwrap();
    tx.take_handoff(line.handoff.id, world.dealership.salesperson).await.unwrap();
    assert!(tx.take_handoff(line.handoff.id, world.dealership.manager).await.is_err(), "somebody was faster");
    tx.commit().await.unwrap();
    let counts = world.begin().await.count_handoffs().await.unwrap();
    assert_eq!((counts.open, counts.taken, counts.dropped), (0, 1, 1));
    assert_eq!(world.texts("select (owner_user_id is not null)::text from conversations").await, ["true"]);
}

#[tokio::test]
async fn an_open_ticket_becomes_more_urgent_when_a_graver_reason_comes_and_not_less() {
    let (_database, model, world) = World::open().await;
    let told = says("I've asked a colleague to get back to you.");
    let asks_because = |category, summary| json!({ "category": category, "summary": summary });
    model.then(calls([("escalate_to_human", asks_because("not_understood", "Asks for a part."))])).then(told);
    world.say("do you have the thing?").await;
    assert_eq!((alerted(&world).await, logged(&world).await), (vec!["dana".to_owned()], Vec::new()));
    world.advance(5 * MINUTE);
    let ask = calls([("escalate_to_human", asks_because("safety", "The brakes of the car we sold failed."))]);
    model.then(ask).then(says("A colleague will call you."));
    world.say("the brakes failed").await;
    let ticket = "select h.category || ' ' || h.priority || ' ' || (p.body ->> 'summary') from handoffs h
                      join payloads p on p.id = h.summary_payload_id";
    let raised = "safety urgent The brakes of the car we sold failed. Before: Asks for a part.";
    assert_eq!(world.texts(ticket).await, [raised]);
    let due = "select extract(epoch from due_at - created_at)::int / 60 || ' ' || level from handoffs";
    assert_eq!(world.texts(due).await, ["15 0"], "ten minutes from when it became urgent");
    assert_eq!(alerted(&world).await.len(), 2, "whoever is first on the ladder hears of it again");
    assert_eq!(logged(&world).await, ["handoff.raised"]);
    let again = calls([("escalate_to_human", asks_because("customer_asked", "Wants a call."))]);
    model.then(again).then(says("A colleague will call you."));
    world.say("call me").await;
    assert_eq!(world.texts(ticket).await, [raised]);
    assert_eq!(alerted(&world).await.len(), 2);
}

#[tokio::test]
async fn a_ticket_that_is_taken_by_a_reply_by_hand_is_not_escalated() {
    let (_database, model, world) = World::open().await;
    model.then(calls([("escalate_to_human", asks("complaint"))])).then(says("I've asked a colleague to call you."));
    world.say("this is outrageous").await;
    let conversation = world.conversation().await;
    let mut tx = world.begin().await;
    tx.reply_by_hand(conversation, world.dealership.salesperson, "Dana here, I am sorry.").await.unwrap();
    tx.commit().await.unwrap();
    world.advance(UNTIL_EVENING);
    tick(&world).await;
    assert_eq!(world.texts("select status || ' ' || level from handoffs").await, ["taken 0"]);
    assert_eq!(logged(&world).await, ["handoff.taken"]);
}

#[tokio::test]
async fn outside_of_opening_hours_only_what_is_urgent_is_escalated() {
    for (category, at_night, in_the_morning) in [("complaint", "3", "3"), ("customer_asked", "0", "1")] {
        let (_database, model, world) = World::open().await;
        world.advance(UNTIL_EVENING);
        model.then(calls([("escalate_to_human", asks(category))])).then(says("I've asked a colleague to call you."));
        world.say("hello?").await;
        for _ in 0..4 {
            world.advance(5 * MINUTE);
            tick(&world).await;
        }
        let level = "select (case when dropped_at is null then level else 3 end)::text from handoffs";
        assert_eq!(world.texts(level).await, [at_night], "{category}");
        // 21:25 plus 10 hours 55 minutes is 8:20.
        world.advance(10 * 3600 + 55 * MINUTE);
        tick(&world).await;
        assert_eq!(world.texts(level).await, [in_the_morning], "{category}");
    }
}

#[tokio::test]
async fn a_department_has_a_ladder_of_its_own_on_which_somebody_must_be_reachable() {
    let (_database, model, world) = World::open().await;
    let (dana, maya) = (world.dealership.salesperson, world.dealership.manager);
    let rung = |reach, wait_minutes| Rung { reach, wait_minutes };
    let mut tx = world.begin().await;
    for (rungs, wrong) in [
        (vec![rung(Reach::Owner, 5)], "nobody on this ladder can be reached"),
        (vec![rung(Reach::Role(Role::FinanceManager), 5)], "nobody on this ladder can be reached"),
        (vec![rung(Reach::Managers, 0)], "rung 1"),
        (vec![rung(Reach::Managers, 5); 11], "1 to 10 rungs"),
    ] {
        let refused = tx.set_ladder(maya, DepartmentKind::Sales, &rungs).await.unwrap_err();
        assert!(refused.to_string().contains(wrong), "{refused}");
    }
    let elsewhere = tx.set_ladder(maya, DepartmentKind::Parts, &[]).await.unwrap_err();
    assert!(matches!(elsewhere, SettingsError::NoDepartment(_)), "{elsewhere}");
    let own = [rung(Reach::Person(maya), 3), rung(Reach::Role(Role::Salesperson), 7)];
    tx.set_ladder(maya, DepartmentKind::Sales, &own).await.unwrap();
    assert_eq!(tx.load_ladder(world.dealership.sales).await.unwrap(), own);
    tx.commit().await.unwrap();
    model
        .then(calls([("escalate_to_human", asks("customer_asked"))]))
        .then(says("I've asked a colleague to get back to you."));
    world.say("can I talk to a person?").await;
    assert_eq!(alerted(&world).await, ["maya"]);
    world.advance(3 * MINUTE);
    tick(&world).await;
    assert_eq!(alerted(&world).await, ["maya", "dana"]);
    world.advance(7 * MINUTE);
    tick(&world).await;
    assert_eq!(world.begin().await.count_handoffs().await.unwrap().dropped, 1);
    let mut tx = world.begin().await;
    world.execute("update assignments set alert_email = null where role = 'salesperson'").await;
    let gone = tx.set_ladder(maya, DepartmentKind::Sales, &[rung(Reach::Person(dana), 5)]).await.unwrap_err();
    assert!(gone.to_string().contains("rung 1 names somebody"), "{gone}");
}

/// What leads to a ticket.
#[derive(Debug, Clone, Copy)]
enum Path {
    ReplySaysSo,
    ReplySaysNothing,
    ReplyWaitsForApproval,
    ModelFails,
    GuardBlocks,
    Suggested,
    AfterHours,
    AnswerCap,
    TurnGivenUp,
}

const PATHS: [Path; 9] = [
    Path::ReplySaysSo,
    Path::ReplySaysNothing,
    Path::ReplyWaitsForApproval,
    Path::ModelFails,
    Path::GuardBlocks,
    Path::Suggested,
    Path::AfterHours,
    Path::AnswerCap,
    Path::TurnGivenUp,
];

/// A world in which the next text takes the path.
async fn arrange(world: &World, model: &forecourt_evals::doubles::live_model::LiveModel, path: Path) {
    let escalates = || calls([("escalate_to_human", asks("customer_asked"))]);
    match path {
        Path::ReplySaysSo => {
            model.then(escalates()).then(says("I've asked a colleague to get back to you."));
        }
        Path::ReplySaysNothing => {
            model.then(escalates()).then(says("Thanks for your patience!"));
        }
        Path::ReplyWaitsForApproval => {
            world.execute(REPLIES_NEED_APPROVAL).await;
            model.then(escalates()).then(says("I've asked a colleague to get back to you."));
        }
        // An empty script is a provider that is down.
        Path::ModelFails => {}
        Path::GuardBlocks => {
            model.then(says("It is $1.")).then(says("It is $2."));
        }
        Path::Suggested => {
            world.execute(REPLIES_ARE_SUGGESTED).await;
            model.then(says("Which one do you like?"));
        }
        Path::AfterHours => {
            world.execute("update dealership_profiles set after_hours = 'acknowledge_only'").await;
            world.advance(UNTIL_EVENING);
        }
        Path::AnswerCap => {
            world.execute("update dealership_profiles set answer_cap_per_day = 1").await;
            model.then(says("Happy to help!"));
            world.say("hi").await;
            world.advance(MINUTE);
        }
        Path::TurnGivenUp => {
            model.then_after(|_| async { panic!("this turn never ends well") });
        }
    }
}

#[tokio::test]
async fn whatever_opens_a_ticket_the_customer_hears_once_that_a_person_is_asked() {
    for path in PATHS {
        for own_sentence in [false, true] {
            let (_database, model, world) = World::open().await;
            if own_sentence {
                world.execute(ACKNOWLEDGES).await;
            }
            arrange(&world, &model, path).await;
            let before = world.received().len();
            for _ in 0..8 {
                if let Path::TurnGivenUp = path {
                    model.then_after(|_| async { panic!("this turn never ends well") });
                }
            }
            world.say("can I talk to somebody?").await;
            for _ in 0..10 {
                if !world.handoffs().await.is_empty() {
                    break;
                }
                world.advance(3);
                world.work().await;
            }
            world.work().await;
            let heard: Vec<_> = world.received().split_off(before);
            assert_eq!(heard.len(), 1, "{path:?}: {heard:#?}");
            let says_so = ["colleague", "person"].iter().any(|word| heard[0].contains(word));
            assert!(says_so, "{path:?}: {heard:#?}");
            assert_eq!(world.handoffs().await.len(), 1, "{path:?}");
            let told = world.texts("select (told_message_id is not null)::text from handoffs").await;
            assert_eq!(told, ["true"], "{path:?}");
        }
    }
}

#[tokio::test]
async fn a_second_failure_under_the_same_ticket_says_it_again_only_after_hours() {
    let (_database, _model, world) = World::open().await;
    world.say("hi there").await;
    assert_eq!(world.received().len(), 1);
    world.advance(MINUTE);
    world.say("hello?").await;
    assert_eq!(world.received().len(), 1, "they know that a person is asked");
    assert_eq!(world.turns().await, ["failed model_unavailable", "failed model_unavailable"]);
    world.advance(5 * 3600);
    world.say("is anybody there?").await;
    assert_eq!(world.received().len(), 2, "five hours later");
    assert_eq!(world.handoffs().await.len(), 1);
}

#[tokio::test]
async fn a_customer_whose_ticket_was_opened_in_silence_is_told_with_the_next_reply() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then(calls([("escalate_to_human", asks("customer_asked"))]))
        .then_after(move |_| async move {
            // Paused between the request for a person and the words that would have told of it.
            during.switch(forecourt_crm_store::conversations::AiSwitch::Paused).await;
            says("I've asked a colleague to get back to you.")
        })
        .then(says("Which car do you mean?"));
    world.say("can I talk to a person?").await;
    assert_eq!((world.received().len(), world.handoffs().await.len()), (0, 1));
    world.switch(forecourt_crm_store::conversations::AiSwitch::On).await;
    world.advance(5);
    world.work().await;
    let [heard] = world.received().try_into().unwrap();
    assert!(heard.contains("Which car") && heard.contains("asked a colleague"), "{heard}");
}

async fn hands_back_after(world: &World, minutes: u16) {
    let settings = HandoffSettings { hand_back_after_minutes: Some(minutes), ..HandoffSettings::default() };
    let mut tx = world.begin().await;
    tx.set_handoff_settings(world.dealership.manager, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_idle_owner_is_told_first_and_then_the_assistant_answers_what_was_asked_meanwhile() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    hands_back_after(&world, 30).await;
    world.take_over().await;
    world.advance(19 * MINUTE);
    tick(&world).await;
    assert_eq!(alerted(&world).await, Vec::<String>::new());
    world.advance(MINUTE);
    tick(&world).await;
    assert_eq!(alerted(&world).await, ["dana"], "ten minutes before");
    // Any reply keeps it.
    let conversation = world.conversation().await;
    let mut tx = world.begin().await;
    tx.reply_by_hand(conversation, world.dealership.salesperson, "One moment.").await.unwrap();
    tx.commit().await.unwrap();
    world.say("still there?").await;
    world.advance(15 * MINUTE);
    tick(&world).await;
    assert_eq!(alerted(&world).await, ["dana"]);
    assert_eq!(world.texts("select (owner_user_id is null)::text from conversations").await, ["false"]);
    world.advance(5 * MINUTE);
    tick(&world).await;
    assert_eq!(alerted(&world).await, ["dana", "dana"]);
    model.then(says("Yes, I am here. What are you looking for?"));
    world.advance(10 * MINUTE);
    tick(&world).await;
    tick(&world).await;
    let back =
        "select actor || ' ' || (details ->> 'owner') from audit_entries where kind = 'owner.changed' order by id";
    assert_eq!(world.texts(back).await, ["user user", "user user", "system assistant"], "once");
    world.work().await;
    assert!(world.received().last().unwrap().contains("Yes, I am here."), "{:#?}", world.received());
    let events = world.begin().await.load_thread_events(conversation, 20).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::TakenOver, EventKind::HandBackAnnounced, EventKind::HandBackAnnounced, EventKind::HandedBack]
    );
}

#[tokio::test]
async fn where_nothing_is_set_a_conversation_stays_with_its_owner() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.take_over().await;
    world.advance(30 * 24 * 3600);
    tick(&world).await;
    assert_eq!(world.texts("select (owner_user_id is null)::text from conversations").await, ["false"]);
    let mut tx = world.begin().await;
    for (after, notice) in [(1, 1), (10, 10), (10, 0)] {
        let settings = HandoffSettings {
            hand_back_after_minutes: Some(after),
            hand_back_notice_minutes: notice,
            ..HandoffSettings::default()
        };
        assert!(tx.set_handoff_settings(world.dealership.manager, &settings).await.is_err(), "{after} {notice}");
    }
}

#[tokio::test]
async fn a_reply_and_the_clock_at_the_same_moment_leave_one_owner() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    hands_back_after(&world, 30).await;
    world.take_over().await;
    world.advance(20 * MINUTE);
    tick(&world).await;
    world.advance(10 * MINUTE);
    // The reply holds the conversation when the clock comes; the clock waits, and finds them active again.
    let conversation = world.conversation().await;
    let mut tx = world.begin().await;
    tx.reply_by_hand(conversation, world.dealership.salesperson, "Here I am.").await.unwrap();
    let reply = async {
        world.until_somebody_waits_for_a_lock().await;
        tx.commit().await.unwrap();
    };
    let both = async { tokio::join!(tick(&world), reply) };
    tokio::time::timeout(Duration::from_secs(20), both).await.unwrap();
    assert_eq!(world.texts("select (owner_user_id is null)::text from conversations").await, ["false"]);
    let mut tx = world.begin().await;
    tx.hand_back(conversation, HandsBack::User(world.dealership.salesperson)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_ticket_from_before_there_were_ladders_climbs_like_every_other() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("escalate_to_human", asks("customer_asked"))]))
        .then(says("I've asked a colleague to get back to you."));
    world.say("can I talk to a person?").await;
    world.execute("update handoffs set escalates_at = null, due_at = null").await;
    tick(&world).await;
    assert_eq!(alerted(&world).await, ["dana", "maya"]);
    world.advance(UNTIL_EVENING + 24 * 3600);
    for _ in 0..4 {
        tick(&world).await;
    }
    let due = "select (due_at is not null)::text from handoffs where dropped_at is not null";
    assert_eq!(world.texts(due).await, ["true"]);
    assert_eq!(logged(&world).await.iter().filter(|kind| *kind == "handoff.dropped").count(), 1);
}
