//! What a dealership's models may use in a day: counted with the steps, checked before each call, told once.

use std::sync::Arc;

use forecourt_agent::{
    ChatModel, TurnLimits,
    model::Usage,
    models::scripted::{Scripted, calls, says},
    pricing::{ModelPrices, Pricing},
};
use forecourt_crm_store::{caps::DayUsage, staff::NewAssignment, testing::TestDatabase};
use forecourt_domain::staff::Role;
use forecourt_evals::doubles::live_model::LiveModel;

use crate::world::{ACKNOWLEDGES, World, mazdas};

const REPLY: &str = "Happy to help! What are you looking for?";
const A_THOUSAND_TOKENS: &str = "update dealership_profiles set daily_token_cap = 1000";
const FIVE_CENTS: &str = "update dealership_profiles set daily_token_cap = null, daily_spend_cap_minor = 5";
const A_DAY: i64 = 24 * 3600;

/// An answer that used so many tokens: input, of it cached, output.
fn using(answer: Scripted, input_tokens: u32, cached_input_tokens: u32, output_tokens: u32) -> Scripted {
    let usage = Usage { input_tokens, cached_input_tokens, output_tokens };
    answer.map(|answer| forecourt_agent::model::ModelAnswer { usage, ..answer })
}

async fn priced(pricing: Pricing) -> (TestDatabase, Arc<LiveModel>, World) {
    let model = Arc::new(LiveModel::default());
    let (database, world) =
        World::open_priced(Arc::clone(&model) as Arc<dyn ChatModel>, TurnLimits::default(), pricing).await;
    (database, model, world)
}

/// $2.50 per million tokens in, a tenth of it from the cache, $10 out.
fn prices() -> Pricing {
    let price = |text: &str| text.parse().unwrap();
    Pricing::Known(ModelPrices { input: price("2.5"), cached_input: price("0.25"), output: price("10") })
}

async fn used_on(world: &World, day: &str) -> DayUsage {
    world.begin().await.load_usage(day.parse().unwrap()).await.unwrap()
}

/// Who was alerted that a cap was reached.
async fn told(world: &World) -> Vec<String> {
    world
        .texts(
            "select split_part(o.recipient, '.', 1) from outbox o
             join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
             where o.kind = 'staff_alert' and p.body ->> 'text' like '%used up%forecourt ai caps%' order by 1",
        )
        .await
}

#[tokio::test]
async fn every_step_is_added_to_the_dealerships_own_day_at_its_price() {
    let (_database, model, world) = priced(prices()).await;
    model.then(using(calls([("search_inventory", mazdas())]), 1_000, 0, 100)).then(using(
        says("Yes: a 2021 Mazda CX-5 Touring, $26,990 (stock U1041)."),
        2_000,
        1_000,
        50,
    ));
    world.say("any CX-5?").await;
    let expected = DayUsage {
        input_tokens: 3_000,
        cached_input_tokens: 1_000,
        output_tokens: 150,
        spend_micros: (2_500 + 1_000) + (2_500 + 250 + 500),
    };
    assert_eq!(used_on(&world, "2026-11-20").await, expected);
    // 23:05 in Denver is the next day in Greenwich, and the same day here.
    world.advance(9 * 3600);
    model.then(using(says(REPLY), 10, 0, 1));
    world.say("thanks").await;
    assert_eq!(used_on(&world, "2026-11-20").await.input_tokens, 3_010);
    assert_eq!(used_on(&world, "2026-11-21").await, DayUsage::default());
}

#[tokio::test]
async fn at_the_cap_customers_are_acknowledged_a_person_is_asked_and_managers_are_told_once() {
    let (_database, model, world) = World::open().await;
    world.execute(A_THOUSAND_TOKENS).await;
    world.execute(ACKNOWLEDGES).await;
    model.then(using(says(REPLY), 900, 0, 100));
    world.say("hi there").await;
    assert_eq!(told(&world).await, Vec::<String>::new(), "the words that were paid for left");
    for (number, customer) in [(1, world.clone()), (2, world.as_customer(2))] {
        customer.say("any SUVs?").await;
        let last = customer.received().pop().unwrap();
        assert!(last.contains("A person will get back to you"), "{number}: {last}");
    }
    assert_eq!(model.requests().len(), 1);
    assert_eq!(world.turns().await[1..], ["completed budget_reached"; 2]);
    assert_eq!(world.handoffs().await, ["other"; 2]);
    assert_eq!(told(&world).await, ["avery", "maya"]);

    world.advance(A_DAY);
    model.then(using(says("Good afternoon! Which SUV do you like?"), 900, 0, 200));
    world.say("and today?").await;
    assert_eq!(model.requests().len(), 2, "another day, another budget");
    world.as_customer(2).say("hello?").await;
    assert_eq!(told(&world).await, ["avery", "avery", "maya", "maya"], "and another alert");
}

#[tokio::test]
async fn a_turn_that_reaches_the_cap_half_way_ends_with_a_true_sentence_and_a_person() {
    let (_database, model, world) = World::open().await;
    world.execute(A_THOUSAND_TOKENS).await;
    model.then(using(calls([("search_inventory", mazdas())]), 900, 0, 100)).then(says(REPLY));
    world.say("any CX-5?").await;
    assert_eq!((model.requests().len(), model.left()), (1, 1), "no second call");
    assert_eq!(world.turns().await, ["failed budget_reached"]);
    assert_eq!(world.outbox().await.iter().filter(|row| row.starts_with("fallback")).count(), 1);
    assert_eq!((world.handoffs().await, told(&world).await.len()), (vec!["other".to_owned()], 2));
    assert_eq!(used_on(&world, "2026-11-20").await.tokens(), 1_000);
    let decided = world
        .texts("select details ->> 'verdict' from audit_entries where kind = 'action.decided' and details ->> 'action' = 'respond' order by id")
        .await;
    assert_eq!(decided, ["allow", "suggest_only"], "the policies ended it");
}

#[tokio::test]
async fn other_turns_use_up_the_budget_of_one_that_is_under_way() {
    let (_database, model, world) = World::open().await;
    world.execute(A_THOUSAND_TOKENS).await;
    let during = world.clone();
    model.then_after(move |_| async move {
        during
            .execute(
                "insert into model_usage (dealership_id, day, input_tokens)
                 select id, '2026-11-20', 5000 from dealerships where id = nullif(current_setting('app.dealership_id', true), '')::uuid",
            )
            .await;
        using(calls([("search_inventory", mazdas())]), 1, 0, 1)
    });
    world.say("any CX-5?").await;
    assert_eq!(world.turns().await, ["failed budget_reached"]);
}

#[tokio::test]
async fn money_is_a_cap_too_and_what_nobody_can_count_is_spent() {
    let (_database, model, world) = priced(prices()).await;
    world.execute(FIVE_CENTS).await;
    // 50,000 millionths of a dollar.
    model.then(using(says(REPLY), 0, 0, 5_000));
    world.say("hi there").await;
    world.say("any SUVs?").await;
    assert_eq!(world.turns().await, ["completed replied", "completed budget_reached"]);

    let (_database, model, world) = priced(Pricing::Unknown).await;
    model.then(says(REPLY));
    world.say("hi there").await;
    world.execute(FIVE_CENTS).await;
    world.say("any SUVs?").await;
    assert_eq!(world.turns().await, ["completed replied", "completed budget_reached"]);
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test]
async fn without_caps_nothing_is_limited() {
    let (_database, model, world) = World::open().await;
    world.execute("update dealership_profiles set daily_token_cap = null").await;
    model.then(using(says(REPLY), 4_000_000_000, 0, 4_000_000_000)).then(says("Sure. Which one?"));
    world.say("hi there").await;
    world.say("any SUVs?").await;
    assert_eq!(world.received().len(), 2);
}

#[tokio::test]
async fn two_processes_that_find_a_cap_at_the_same_moment_tell_each_manager_once() {
    let (_database, model, world) = World::open().await;
    world.execute(A_THOUSAND_TOKENS).await;
    model.then(using(says(REPLY), 2_000, 0, 0));
    world.say("hi there").await;
    let other = world.another_process(model).await;
    for number in 2..10 {
        world.as_customer(number).text("any SUVs?").await;
    }
    let here = forecourt_server::workers::turns::drain(&world.stage.agent, &world.stage.wake);
    let there = forecourt_server::workers::turns::drain(&other.agent, &other.wake);
    let (here, there) = tokio::join!(here, there);
    assert_eq!(here.unwrap() + there.unwrap(), 8);
    assert_eq!(told(&world).await, ["avery", "maya"]);
    assert_eq!(world.turns().await.iter().filter(|turn| turn.ends_with("budget_reached")).count(), 8);
}

#[tokio::test]
async fn whoever_may_switch_the_assistant_hears_of_a_cap_whatever_their_role() {
    let (_database, model, world) = World::open().await;
    world.execute("update assignments set ended_at = now()").await;
    for &role in Role::ALL {
        let email = format!("{role}.cap@example.com").parse().unwrap();
        let user_id = world.stage.store.find_or_insert_user(&email, "A", "Miller").await.unwrap();
        let new = NewAssignment { user_id, role, department_id: None, alert_phone: None, alert_email: Some(email) };
        let mut tx = world.begin().await;
        tx.insert_assignment(&new).await.unwrap();
        tx.commit().await.unwrap();
    }
    world.execute(A_THOUSAND_TOKENS).await;
    model.then(using(says(REPLY), 900, 0, 100));
    world.say("hi there").await;
    world.say("any SUVs?").await;
    let mut may: Vec<_> = Role::ALL.iter().filter(|role| role.switches_ai()).map(ToString::to_string).collect();
    may.sort();
    assert_eq!(told(&world).await, may);
}
