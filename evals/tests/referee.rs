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

#[tokio::test]
async fn the_switch_of_a_group_is_noted_in_each_of_its_dealerships_with_what_was_in_flight_there() {
    let (database, stage, dealership, _) = answered().await;
    let plan = Plan { group: Some(dealership.group_id), ..Plan::new("Southgate Motors", "+13035550190").unwrap() };
    let sister = stage.add_dealership(&plan).await.unwrap();
    stage.add_dealership(&Plan::new("Far Motors", "+13035550191").unwrap()).await.unwrap();
    database.execute(dealership.scope, ONE_MORE).await.unwrap();
    // Thrown from the sister, where nothing was leaving.
    let thrown = "update group_switches set ai_paused_at = now(), reason = 'why' where group_id = (
        select group_id from dealerships where id = nullif(current_setting('app.dealership_id', true), '')::uuid)";
    database.execute(sister.scope, thrown).await.unwrap();
    let cuts = referee::cuts(&database.app).await.unwrap();
    let mut noted: Vec<_> =
        cuts.iter().map(|cut| (cut.dealership_id, cut.in_flight.len(), cut.reason.as_deref())).collect();
    noted.sort();
    let (here, there) = (dealership.scope.dealership_id().0, sister.scope.dealership_id().0);
    assert_eq!(noted, [(here, 1, Some("why")), (there, 0, Some("why"))]);
}
