//! The observer of the races sees a foul, so that a race without one means something.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::sync::Arc;

use forecourt_agent::{TurnLimits, Walls};
use forecourt_crm_store::testing::TestDatabase;
use forecourt_domain::{clock::SystemClock, ids::ConversationId};
use forecourt_evals::{
    arrange::{Dealership, Plan},
    customer_phone::{Text, customer_number},
    doubles::receptionist::Receptionist,
    referee,
    stage::{Stage, StageParts},
};

/// A dealership with a conversation in which the assistant has answered once.
async fn answered() -> (TestDatabase, Stage, Dealership, ConversationId) {
    let database = TestDatabase::create().await;
    referee::appoint(&database).await.unwrap();
    let parts = StageParts {
        pool: database.app.clone(),
        clock: Arc::new(SystemClock::default()),
        model: Arc::new(Receptionist::default()),
        limits: TurnLimits::default(),
        walls: Walls::built_in().unwrap(),
    };
    let stage = Stage::open(parts).await.unwrap();
    let dealership = stage.add_dealership(&Plan::new("Northgate Motors", "+13035550100").unwrap()).await.unwrap();
    let phone = customer_number(1);
    stage.carrier(&dealership).unwrap().deliver(&Text::new(&phone, "hello")).await.unwrap();
    stage.work().await.unwrap();
    let mut tx = stage.store.begin(dealership.scope).await.unwrap();
    let conversation = tx.find_conversation_by_phone(phone.as_str()).await.unwrap().unwrap();
    (database, stage, dealership, conversation)
}

/// What a worker would do that asks nobody: one more attempt of the last answer.
const ONE_MORE: &str = "insert into attempts (dealership_id, id, outbox_id, attempt_no, started_at)
    select dealership_id, gen_random_uuid(), id, 7, now() from outbox where kind = 'reply'";

#[tokio::test]
async fn an_attempt_after_a_takeover_is_seen_and_one_before_it_is_not() {
    let (database, stage, dealership, conversation) = answered().await;
    database.execute(dealership.scope, ONE_MORE).await.unwrap();
    assert_eq!(referee::late_attempts(&database.app).await.unwrap(), []);
    let mut tx = stage.store.begin(dealership.scope).await.unwrap();
    tx.take_over(conversation, dealership.salesperson).await.unwrap();
    tx.commit().await.unwrap();
    let late = "insert into attempts (dealership_id, id, outbox_id, attempt_no, started_at)
        select dealership_id, gen_random_uuid(), id, 8, now() from outbox where kind = 'reply'";
    database.execute(dealership.scope, late).await.unwrap();
    let fouls = referee::late_attempts(&database.app).await.unwrap();
    assert_eq!(fouls.len(), 1);
    assert_eq!((fouls[0].conversation_id, fouls[0].cuts.as_slice()), (conversation.0, &["takeover".to_owned()][..]));
}

#[tokio::test]
async fn what_is_in_flight_at_a_cut_is_noted_with_it() {
    let (database, stage, dealership, conversation) = answered().await;
    database.execute(dealership.scope, ONE_MORE).await.unwrap();
    let mut tx = stage.store.begin(dealership.scope).await.unwrap();
    tx.take_over(conversation, dealership.salesperson).await.unwrap();
    tx.commit().await.unwrap();
    let cuts = referee::cuts(&database.app).await.unwrap();
    let leaving = database.texts(dealership.scope, "select id::text from outbox where kind = 'reply'").await.unwrap();
    let noted: Vec<_> = cuts.iter().map(|cut| (cut.cut.as_str(), cut.in_flight[0].to_string())).collect();
    assert_eq!(noted, [("takeover", leaving[0].clone())]);
}
