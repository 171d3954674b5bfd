//! Words that cannot leave: answered again on today's facts, tried again, or told to a person.

use std::sync::Arc;

use forecourt_agent::{
    model::ChatMessage,
    models::scripted::{calls, says},
};
use forecourt_channels::sms::{OutboundSms, SmsBody};
use forecourt_crm_store::{Store, keys::Keys};
use forecourt_evals::{
    doubles::twilio::{Behaviour, Callbacks},
    stage::SECRET_KEY,
};
use forecourt_server::{
    providers::Providers,
    workers::{self, outbox::Sender},
};
use secrecy::SecretString;
use sqlx::PgPool;

use crate::world::{World, vehicle};

const REPLY: &str = "Happy to help! What are you looking for?";
const SALESPERSONS_PHONE: &str = "+13035550177";

/// The salesperson of the arranged dealership can be reached by SMS.
async fn give_the_salesperson_a_phone(world: &World) {
    world.execute("update assignments set alert_phone = '+13035550177' where role = 'salesperson'").await;
}

fn alerts(world: &World) -> Vec<String> {
    let taken = world.stage.twilio.taken().into_iter();
    taken.filter(|taken| taken.to == SALESPERSONS_PHONE).map(|taken| taken.body).collect()
}

/// The customer asks and the answer waits in the outbox.
async fn answer_waits(world: &World, text: &str) {
    world.text(text).await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    assert_eq!(world.outbox().await.last().map(String::as_str), Some("reply queued"));
}

#[tokio::test]
async fn words_whose_facts_changed_while_they_waited_are_answered_again_on_todays() {
    let (_database, model, world) = World::open().await;
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("It is $26,990 (stock U1041)."))
        .then(says("We are here until 8 PM."))
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("It is $25,990 now (stock U1041), and we are here until 8 PM."));
    answer_waits(&world, "what does the CX-5 cost?").await;
    answer_waits(&world, "and how long are you open?").await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_599_000)).await;
    world.advance(3);
    world.work().await;
    assert_eq!(world.received(), Vec::<String>::new(), "the old price must not leave");
    world.work().await;
    let [text] = world.received().try_into().unwrap();
    assert!(text.contains("$25,990") && !text.contains("$26,990"), "{text}");
    assert_eq!(world.outbox().await, ["reply cancelled", "reply cancelled", "reply sent"]);
    assert_eq!(world.texts("select status_reason from outbox where status = 'cancelled'").await, ["facts_changed"; 2]);
    let asked = model.requests();
    let last = &asked[asked.len() - 2].messages;
    let old = |message: &ChatMessage| matches!(message, ChatMessage::Assistant { text: Some(text), .. } if text.contains("$26,990"));
    assert!(!last.iter().any(old), "what never left was never said");
    assert_eq!(world.handoffs().await, Vec::<String>::new());
    assert_eq!(world.texts("select (first_unanswered_at is null)::text from conversations").await, ["true"]);
}

#[tokio::test]
async fn words_are_not_taken_back_while_a_turn_may_still_end_on_them() {
    let (_database, model, world) = World::open().await;
    let during = world.clone();
    model
        .then(calls([("get_vehicle", vehicle("U1041"))]))
        .then(says("It is $26,990 (stock U1041)."))
        .then_after(move |_| async move {
            during.advance(3);
            workers::outbox::drain(&during.stage.sender).await.unwrap();
            assert_eq!(during.outbox().await, ["reply queued"], "nothing leaves and nothing is taken back");
            says("We are here until 8 PM.")
        })
        .then(says("Let me look that up again: we are here until 8 PM."));
    answer_waits(&world, "what does the CX-5 cost?").await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_599_000)).await;
    answer_waits(&world, "and how long are you open?").await;
    world.advance(3);
    world.work().await;
    world.work().await;
    assert_eq!(world.received().len(), 1, "one answer to both");
    assert_eq!(world.outbox().await, ["reply cancelled", "reply cancelled", "reply sent"]);
}

#[tokio::test]
async fn a_refused_reply_asks_for_a_person_and_texts_them() {
    let (_database, model, world) = World::open().await;
    give_the_salesperson_a_phone(&world).await;
    model.then(says(REPLY));
    world.stage.twilio.behave_once([Behaviour::Refuse { code: 30007 }]);
    world.say("hi there").await;
    assert_eq!(world.outbox().await, ["reply failed", "staff_alert sent"]);
    assert_eq!(world.handoffs().await, ["other"]);
    let [alert] = alerts(&world).try_into().unwrap();
    assert!(alert.contains("Northgate Motors: ticket H-1001") && alert.contains("could not be sent"), "{alert}");
    let logged = world
        .texts("select details ->> 'reason' from audit_entries where kind = 'handoff.made' and actor = 'system'")
        .await;
    assert_eq!(logged, ["send_failed"]);
}

#[tokio::test]
async fn a_reply_that_the_carrier_drops_later_asks_for_a_person_once() {
    let (_database, model, world) = World::open().await;
    give_the_salesperson_a_phone(&world).await;
    model.then(says(REPLY));
    world.stage.twilio.report(Callbacks::of(&["sent", "undelivered", "undelivered"]));
    let alerted = world.stage.twilio.next_to(SALESPERSONS_PHONE);
    world.say("hi there").await;
    // The reports come in the background; the alert of the failure is sent by whoever looks next.
    let work = async {
        while world.outbox().await.len() < 2 {
            tokio::task::yield_now().await;
        }
        world.work().await;
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), work).await.unwrap();
    assert!(alerted.await.unwrap().body.contains("could not be sent"));
    assert_eq!(world.outbox().await[0], "reply failed");
    assert_eq!(world.handoffs().await, ["other"]);
}

#[tokio::test]
async fn a_database_that_does_not_answer_between_attempt_and_call_is_no_refusal() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY));
    answer_waits(&world, "hi there").await;
    let gone = PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();
    gone.close().await;
    let keys = Keys::derive(&SecretString::from(SECRET_KEY)).unwrap();
    let providers = Providers::new(Store::new(gone, keys, world.stage.store.clock()), None);
    let unlucky = Sender { providers: Arc::new(providers), ..world.stage.sender.clone() };
    workers::outbox::drain(&unlucky).await.unwrap();
    assert_eq!(world.outbox().await, ["reply queued"]);
    assert_eq!(world.texts("select outcome from attempt_outcomes").await, ["not_sent"]);
    world.advance(6);
    world.work().await;
    assert_eq!(world.outbox().await, ["reply sent"]);
    assert_eq!(world.received().len(), 1);
}

#[tokio::test]
async fn a_key_that_does_not_open_the_integration_is_final_and_told() {
    let (database, model, world) = World::open().await;
    model.then(says(REPLY));
    answer_waits(&world, "hi there").await;
    let store = Store::new(
        database.app.clone(),
        Keys::derive(&SecretString::from("another key ".repeat(4))).unwrap(),
        world.stage.store.clock(),
    );
    let other = Sender { providers: Arc::new(Providers::new(store, None)), ..world.stage.sender.clone() };
    workers::outbox::drain(&other).await.unwrap();
    assert_eq!(world.outbox().await[0], "reply failed");
    assert_eq!(world.handoffs().await, ["other"]);
}

#[tokio::test]
async fn an_attempt_whose_process_died_gets_its_outcome_from_the_look_up() {
    for left in [true, false] {
        let (_database, model, world) = World::open().await;
        model.then(says(REPLY));
        answer_waits(&world, "hi there").await;
        let claim = world.attempt_and_die().await;
        if left {
            let sender = &world.stage.sender;
            let twilio = sender.providers.sender(claim.scope, world.dealership.integration_id).await.unwrap();
            let [text] = world
                .texts("select body ->> 'text' from payloads where id = (select payload_id from outbox)")
                .await
                .try_into()
                .unwrap();
            let message = OutboundSms {
                from: world.dealership.number.clone(),
                to: world.customer.clone(),
                body: SmsBody::new(&text),
                status_callback: world.stage.url.clone(),
            };
            twilio.send(&message).await.unwrap();
        }
        for pause in [31, 61, 1] {
            world.advance(pause);
            world.work().await;
        }
        let outcomes = world.texts("select outcome from attempt_outcomes order by occurred_at").await;
        assert_eq!(outcomes, if left { &["adopted"][..] } else { &["absent", "accepted"] }, "left: {left}");
        assert_eq!(world.outbox().await, ["reply sent"], "left: {left}");
        assert_eq!(world.received().len(), 1, "left: {left}");
    }
}
