//! The conversation is told what a decision came to: one truthful sentence, or a person who has to act.

use std::sync::Arc;

use forecourt_agent::models::scripted::{calls, says};
use forecourt_crm_store::{conversations::AiSwitch, proposals::Proposal, testing::TestDatabase};
use forecourt_domain::conversation::ProposalStatus;
use forecourt_evals::doubles::live_model::LiveModel;
use serde_json::{Value, json};

use crate::world::{APPOINTMENTS_NEED_APPROVAL, World, visit};

const ASKED: &str = "I asked a colleague to confirm that. They will get back to you.";
const NOT_THAT_TIME: &str = "We can't confirm that time. A colleague will contact you.";

async fn proposed(tool: &'static str, arguments: Value, text: &str) -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    model.then(calls([(tool, arguments)])).then(says(ASKED));
    world.say(text).await;
    assert_eq!(world.received().len(), 1);
    let proposal = world.the_pending().await;
    (database, model, world, proposal)
}

async fn proposed_visit() -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    proposed("book_appointment", visit("2026-11-21T15:00"), "book me tomorrow at 3pm").await
}

/// What the customer received after the turn's own words.
async fn told(world: &World) -> Vec<String> {
    world.work().await;
    world.received()[1..].to_vec()
}

/// Everything that alerts said.
async fn alerts(world: &World) -> Vec<String> {
    world
        .texts("select p.body ->> 'text' from outbox o join payloads p on p.id = o.payload_id where o.kind = 'staff_alert' order by o.id")
        .await
}

#[tokio::test]
async fn a_booking_that_was_approved_is_told_with_its_day_and_time() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.approve(&proposal).await.unwrap();
    assert_eq!(told(&world).await, ["Good news: your visit on Saturday, Nov 21 at 3:00 PM is confirmed."]);
    assert_eq!(world.handoffs().await, Vec::<String>::new());
    let author = "select author from messages where direction = 'outbound' order by id";
    assert_eq!(world.texts(author).await, ["assistant", "system"]);
    let judged = "select (details ->> 'passed') from audit_entries where kind = 'guard.checked' and actor = 'system'";
    assert_eq!(world.texts(judged).await, ["true"], "guards judge it like any text");
}

#[tokio::test]
async fn what_was_kept_of_a_customers_wishes_is_told_in_one_sentence() {
    let arguments =
        json!({ "interest": "a red CX-50", "stock_number": null, "trade_in": null, "timeframe": null, "note": null });
    let (_database, _model, world, proposal) = proposed("update_lead", arguments, "I want a red CX-50").await;
    world.approve(&proposal).await.unwrap();
    assert_eq!(told(&world).await, ["A colleague has looked at it, and we have noted what you told us."]);
}

#[tokio::test]
async fn whatever_ends_without_a_booking_is_told_and_a_colleague_is_asked_to_call() {
    for state in [ProposalStatus::Rejected, ProposalStatus::Expired, ProposalStatus::Refused] {
        let (_database, _model, world, proposal) = proposed_visit().await;
        match state {
            ProposalStatus::Rejected => drop(world.reject(&proposal, "we are full").await.unwrap()),
            // At 2:06 PM of the next day, when the visit would be an hour away.
            ProposalStatus::Expired => {
                world.advance(24 * 3600 + 1);
                world.stage.agent.expire_proposals(world.dealership.scope).await.unwrap();
            }
            _ => {
                world.advance(23 * 3600);
                world.execute("update departments set appointment_capacity = 3, name = name").await;
                world.execute("delete from opening_hours").await;
                world.execute("update dealership_profiles set standing_version = standing_version + 1").await;
                drop(world.approve(&proposal).await.unwrap());
            }
        }
        assert_eq!(world.find(&proposal).await.status, state);
        assert_eq!(told(&world).await, [NOT_THAT_TIME], "{state}");
        assert_eq!(world.handoffs().await, ["other"], "{state}");
        let made = "select actor || ' ' || (details ->> 'reason') from audit_entries where kind = 'handoff.made'";
        assert_eq!(world.texts(made).await, [format!("system proposal_{state}")]);
        assert_eq!(alerts(&world).await.len(), 2, "{state}: of the proposal, and of the handoff");
    }
}

#[tokio::test]
async fn a_customer_who_said_stop_hears_nothing_of_it() {
    for approved in [true, false] {
        let (_database, _model, world, proposal) = proposed_visit().await;
        world.say("STOP").await;
        let before = world.received().len();
        if approved {
            world.approve(&proposal).await.unwrap();
        } else {
            world.reject(&proposal, "they said stop").await.unwrap();
        }
        world.work().await;
        assert_eq!(world.received().len(), before, "approved: {approved}");
    }
}

#[tokio::test]
async fn where_a_person_answers_they_are_told_instead_of_the_customer() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.take_over().await;
    world.reject(&proposal, "we are full").await.unwrap();
    assert_eq!(told(&world).await, Vec::<String>::new());
    let alerts = alerts(&world).await;
    assert!(alerts.last().unwrap().contains("is decided (rejected). The customer was not told."), "{alerts:?}");
}

#[tokio::test]
async fn at_night_the_sentence_waits_for_the_morning() {
    let (_database, _model, world, proposal) =
        proposed("book_appointment", visit("2026-11-23T15:00"), "book me Monday at 3pm").await;
    // 10:05 PM in Denver.
    world.advance(8 * 3600);
    world.approve(&proposal).await.unwrap();
    assert_eq!(told(&world).await, Vec::<String>::new());
    world.advance(9 * 3600 + 3600);
    assert_eq!(told(&world).await, ["Good news: your visit on Monday, Nov 23 at 3:00 PM is confirmed."]);
}

#[tokio::test]
async fn words_that_are_approved_at_night_wait_for_the_morning_too() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.execute(crate::world::REPLIES_NEED_APPROVAL).await;
    model.then(says("Sure, which one do you like?"));
    world.say("show me more").await;
    // 10:05 PM in Denver.
    world.advance(8 * 3600);
    world.approve(&world.the_pending().await).await.unwrap();
    assert_eq!(told(&world).await, Vec::<String>::new());
    world.advance(9 * 3600 + 3600);
    assert_eq!(told(&world).await, ["Sure, which one do you like?"]);
}

#[tokio::test]
async fn while_the_assistant_is_paused_a_person_tells_them() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.switch(AiSwitch::Paused).await;
    world.reject(&proposal, "we are full").await.unwrap();
    assert_eq!(told(&world).await, Vec::<String>::new());
    assert_eq!(world.handoffs().await, ["other"]);
}

#[tokio::test]
async fn past_the_days_answers_a_person_tells_them_what_was_done() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.execute("update dealership_profiles set answer_cap_per_day = 1").await;
    world.approve(&proposal).await.unwrap();
    // The cap binds words, and the booking stands.
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
    assert_eq!(told(&world).await, Vec::<String>::new());
    let made = "select details ->> 'reason' from audit_entries where kind = 'handoff.made'";
    assert_eq!(world.texts(made).await, ["outcome_not_told"]);
}

#[tokio::test]
async fn words_that_expire_ask_for_a_person_who_is_alerted() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.execute(crate::world::REPLIES_NEED_APPROVAL).await;
    model.then(says("Sure, which one do you like?"));
    world.say("show me more").await;
    world.advance(12 * 3600 + 1);
    assert_eq!(world.stage.agent.expire_proposals(world.dealership.scope).await.unwrap(), 1);
    assert_eq!(world.handoffs().await, ["other"]);
    let alerts = alerts(&world).await;
    assert!(alerts.last().unwrap().contains("is waiting for you"), "{alerts:?}");
    assert_eq!(told(&world).await, Vec::<String>::new(), "they were told of nothing that could end");
}

/// A sentence on what was decided at 10:05 PM, which waits for the morning.
async fn with_a_sentence_that_waits() -> (TestDatabase, Arc<LiveModel>, World) {
    let (database, model, world, proposal) =
        proposed("book_appointment", visit("2026-11-23T15:00"), "book me Monday at 3pm").await;
    world.advance(8 * 3600);
    world.approve(&proposal).await.unwrap();
    assert_eq!(told(&world).await, Vec::<String>::new());
    (database, model, world)
}

#[tokio::test]
async fn a_later_text_is_answered_at_once_although_a_sentence_waits_for_the_morning() {
    let (_database, model, world) = with_a_sentence_that_waits().await;
    model.then(says("Sure, what would you like to know?"));
    world.say("one more question").await;
    assert_eq!(told(&world).await, ["Sure, what would you like to know?"]);
    world.advance(10 * 3600);
    let told = told(&world).await;
    assert_eq!(told[1..], ["Good news: your visit on Monday, Nov 23 at 3:00 PM is confirmed."], "{told:?}");
}

#[tokio::test]
async fn a_stop_is_confirmed_at_night_and_what_waited_for_the_morning_never_leaves() {
    let (_database, _model, world) = with_a_sentence_that_waits().await;
    world.say("STOP").await;
    let [confirmed] = told(&world).await.try_into().unwrap();
    assert!(confirmed.contains("START"), "{confirmed}");
    let cancelled = "select status_reason from outbox where status = 'cancelled'";
    assert_eq!(world.texts(cancelled).await, ["opted_out"], "at once, not when it would have left");
    world.say("START").await;
    world.advance(10 * 3600);
    let told = told(&world).await;
    assert!(told.iter().all(|text| !text.contains("confirmed.")), "{told:?}");
}

#[tokio::test]
async fn a_sentence_on_a_decision_that_no_longer_holds_is_left_to_a_person_and_proposes_nothing_again() {
    let (_database, model, world) = with_a_sentence_that_waits().await;
    world.execute("update appointments set version = version + 1").await;
    let (asked, turns) = (model.requests().len(), world.turns().await.len());
    world.advance(10 * 3600);
    assert_eq!(told(&world).await, Vec::<String>::new());
    assert_eq!((model.requests().len(), world.turns().await.len()), (asked, turns), "the question is not open again");
    assert_eq!(world.pending().await.len(), 0);
    assert_eq!(world.handoffs().await, ["other"]);
    let last = "select status_reason from outbox where kind = 'reply' order by id desc limit 1";
    assert_eq!(world.texts(last).await, ["facts_changed"]);
}
