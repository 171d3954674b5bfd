//! What the house says of itself (hours, answers) may change while words on it wait: they do not leave then.

use std::sync::Arc;

use forecourt_agent::{
    Approval,
    models::scripted::{calls, says},
};
use forecourt_crm_store::{opening_hours::Holiday, testing::TestDatabase};
use forecourt_evals::doubles::live_model::LiveModel;
use forecourt_server::workers;
use serde_json::{Value, json};

use crate::world::{REPLIES_NEED_APPROVAL, World};

const HOURS: &str = "On Saturday, November 21, we are open from 8:00 AM to 8:00 PM.";
const DEPOSIT: &str = "Yes, a deposit keeps a car for you.";

fn ask(topic: &str) -> Value {
    json!({ "topics": [topic], "department": "sales", "date": "2026-11-21", "question": "Can I put a deposit on a car?" })
}

/// A dealership with an answer of its own, whose assistant has texted this customer before.
async fn world() -> (TestDatabase, Arc<LiveModel>, World) {
    let (database, model, world) = World::open().await;
    let mut tx = world.begin().await;
    tx.insert_knowledge_entry("deposit", "Can I put a deposit on a car?", "A deposit holds a car.").await.unwrap();
    tx.commit().await.unwrap();
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    (database, model, world)
}

async fn close_on_saturday(world: &World) {
    let mut tx = world.begin().await;
    let day = "2026-11-21".parse().unwrap();
    tx.insert_holiday(&Holiday { day, name: "Stocktaking".to_owned(), span: None }).await.unwrap();
    tx.commit().await.unwrap();
}

async fn edit_answer(world: &World) {
    world.execute("update knowledge_entries set answer = 'We take no deposits.', version = version + 1").await;
}

#[tokio::test]
async fn approved_words_on_hours_or_answers_that_changed_meanwhile_are_stale_and_say_what_changed() {
    for (topic, words, changed) in [
        ("hours", HOURS, "hours on 2026-11-21 of department=sales was 8:00 AM to 8:00 PM and is closed"),
        ("faq", DEPOSIT, "answer of knowledge=deposit was A deposit holds a car. and is We take no deposits."),
    ] {
        for changes in [false, true] {
            let (_database, model, world) = world().await;
            world.execute(REPLIES_NEED_APPROVAL).await;
            model.then(calls([("get_dealership_info", ask(topic))])).then(says(words));
            world.say("can I put a deposit on a car? when are you open tomorrow?").await;
            let proposal = world.the_pending().await;
            assert_eq!(proposal.items[0].facts.len(), 1, "{topic}: {:?}", proposal.items[0].facts);
            match (changes, topic) {
                (false, _) => {}
                (true, "hours") => close_on_saturday(&world).await,
                (true, _) => edit_answer(&world).await,
            }
            let approved = world.approve(&proposal).await.unwrap();
            match approved {
                Approval::Executed(_) if !changes => {}
                Approval::Stale(found) if changes => assert_eq!(found[0].to_string(), changed),
                other => panic!("{topic}, changes: {changes}: {other:?}"),
            }
            world.advance(60);
            world.work().await;
            assert_eq!(world.received()[1..].contains(&words.to_owned()), !changes, "{topic}: {:?}", world.received());
        }
    }
}

#[tokio::test]
async fn words_on_hours_or_answers_that_change_while_they_wait_are_answered_again() {
    for topic in ["hours", "faq"] {
        let words = if topic == "hours" { HOURS } else { DEPOSIT };
        let (_database, model, world) = world().await;
        model
            .then(calls([("get_dealership_info", ask(topic))]))
            .then(says(words))
            .then(says("Let me look at that once more. Which day suits you?"));
        world.text("can I put a deposit on a car? when are you open tomorrow?").await;
        workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
        if topic == "hours" {
            close_on_saturday(&world).await;
        } else {
            edit_answer(&world).await;
        }
        world.advance(60);
        world.work().await;
        world.work().await;
        assert!(!world.received().contains(&words.to_owned()), "{topic}: {:?}", world.received());
        let taken_back = "select status_reason from outbox where kind = 'reply' and status = 'cancelled'";
        assert_eq!(world.texts(taken_back).await, ["facts_changed"], "{topic}");
        assert_eq!(world.received().len(), 2, "{topic}: {:?}", world.received());
    }
}
