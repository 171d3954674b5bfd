//! Another dealership's ids open nothing, whoever writes them.

use forecourt_agent::{
    ApprovalError, Decider,
    model::ChatMessage,
    models::scripted::{calls, says},
};
use forecourt_crm_store::system::queues::Claimed;
use forecourt_domain::{conversation::ProposalStatus, staff::Role};
use forecourt_evals::{
    arrange::{Plan, vehicles},
    customer_phone::Text,
};
use jiff::SignedDuration;

use crate::world::{World, vehicle, visit};

async fn neighbour(world: &World) -> forecourt_evals::arrange::Dealership {
    let mut plan = Plan::new("Southgate Motors", "+13035550190").unwrap();
    plan.vehicles = vehicles().unwrap();
    plan.vehicles.iter_mut().for_each(|vehicle| vehicle.stock_number = format!("S{}", vehicle.stock_number));
    world.stage.add_dealership(&plan).await.unwrap()
}

#[tokio::test]
async fn a_model_that_names_a_neighbours_vehicle_finds_nothing() {
    let (_database, model, world) = World::open().await;
    neighbour(&world).await;
    let theirs = vehicles().unwrap()[0].clone();
    model
        .then(calls([("get_vehicle", vehicle("SU1041")), ("get_vehicle", vehicle("U1041"))]))
        .then(says("I could not find that one. What are you looking for?"));
    world.say("is SU1041 there?").await;
    let outputs: Vec<String> = model.requests()[1]
        .messages
        .iter()
        .filter_map(|message| match message {
            ChatMessage::ToolOutput { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    assert!(!outputs[0].contains(theirs.vin.as_str()), "{}", outputs[0]);
    assert!(outputs[1].contains(theirs.vin.as_str()), "the same car stands on our own lot: {}", outputs[1]);
}

#[tokio::test]
async fn a_signed_text_to_a_neighbours_number_is_not_found() {
    let (_database, model, world) = World::open().await;
    let neighbour = neighbour(&world).await;
    // Signed with the account that both use, sent to our webhook, but to their number.
    let mut mixed = world.dealership.clone();
    mixed.number = neighbour.number.clone();
    let carrier = world.stage.carrier(&mixed).unwrap();
    let status = carrier.deliver(&Text::new(&world.customer, "hi")).await.unwrap();
    assert_eq!(status, 404);
    world.work().await;
    assert_eq!(model.requests().len(), 0);
}

#[tokio::test]
async fn a_claim_under_the_wrong_dealership_does_nothing() {
    let (_database, model, world) = World::open().await;
    let neighbour = neighbour(&world).await;
    model.then(says("Happy to help! What are you looking for?"));
    world.text("hi").await;
    let claim = world.stage.store.claim_turns(1, SignedDuration::from_secs(15)).await.unwrap()[0];
    let wrong = Claimed { scope: neighbour.scope, ..claim };
    assert_eq!(world.stage.agent.run_turn(wrong).await.unwrap(), forecourt_agent::TurnOutcome::NothingToDo);
    assert_eq!(model.requests().len(), 0);
    world.stage.agent.run_turn(claim).await.unwrap();
    assert_eq!(model.requests().len(), 1, "the right one works");
}

#[tokio::test]
async fn a_neighbour_can_neither_see_nor_approve_a_proposal() {
    let (_database, model, world) = World::open().await;
    let neighbour = neighbour(&world).await;
    world
        .execute(
            "insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
             select id, 'appointment', 'sms', 'approve', now() from dealerships
             where id = nullif(current_setting('app.dealership_id', true), '')::uuid",
        )
        .await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("I asked a colleague to confirm that. They will get back to you."));
    world.say("book me tomorrow at 3pm").await;
    let [proposal] = world.begin().await.load_proposals(ProposalStatus::Pending, 10).await.unwrap().try_into().unwrap();
    let mut tx = world.stage.store.begin(neighbour.scope).await.unwrap();
    assert!(tx.load_proposals(ProposalStatus::Pending, 10).await.unwrap().is_empty());
    drop(tx);
    let theirs = Decider { user_id: neighbour.manager, role: Role::SalesManager };
    let approved = world.stage.agent.approve(neighbour.scope, proposal.id, theirs, &proposal.digest, &[]).await;
    assert!(matches!(approved, Err(ApprovalError::NotFound)), "{approved:?}");
    assert_eq!(world.appointments().await, Vec::<String>::new());
}
