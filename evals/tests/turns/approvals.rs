//! What a manager approves is what runs, once, and only if it may still.

use std::sync::Arc;

use forecourt_agent::{
    Approval, ApprovalError,
    models::scripted::{calls, says},
};
use forecourt_crm_store::{proposals::Proposal, testing::TestDatabase};
use forecourt_domain::conversation::ProposalStatus;
use forecourt_evals::doubles::live_model::LiveModel;

use crate::world::{World, vehicle, visit};

const APPOINTMENTS_NEED_APPROVAL: &str = "
    insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
    select id, 'appointment', 'sms', 'approve', now() from dealerships
    where id = nullif(current_setting('app.dealership_id', true), '')::uuid";
const REPLIES_NEED_APPROVAL: &str = "
    insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
    select id, 'conversation_reply', 'sms', 'approve', now() from dealerships
    where id = nullif(current_setting('app.dealership_id', true), '')::uuid";

/// A visit that waits for a manager.
async fn proposed_visit() -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("I asked a colleague to confirm that; we will text you back."));
    world.say("book me tomorrow at 3pm").await;
    assert_eq!(world.appointments().await, Vec::<String>::new(), "nothing happens before approval");
    let proposal = pending(&world).await;
    (database, model, world, proposal)
}

async fn pending(world: &World) -> Proposal {
    let proposals = world.begin().await.load_proposals(ProposalStatus::Pending, 10).await.unwrap();
    let [proposal] = proposals.try_into().unwrap_or_else(|found: Vec<Proposal>| panic!("{found:?}"));
    proposal
}

async fn approve(world: &World, proposal: &Proposal, digest: &str) -> Result<Approval, ApprovalError> {
    world.stage.agent.approve(world.dealership.scope, proposal.id, world.dealership.manager, digest).await
}

#[tokio::test]
async fn an_approved_action_runs_as_it_was_stored() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let approved = approve(&world, &proposal, &proposal.digest).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
}

#[tokio::test]
async fn approved_twice_at_once_it_runs_once() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let (one, two) =
        tokio::join!(approve(&world, &proposal, &proposal.digest), approve(&world, &proposal, &proposal.digest),);
    let executed = [&one, &two].iter().filter(|result| matches!(result, Ok(Approval::Executed(_)))).count();
    let decided = [&one, &two].iter().filter(|result| matches!(result, Err(ApprovalError::AlreadyDecided(_)))).count();
    assert_eq!((executed, decided), (1, 1), "{one:?} {two:?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
}

#[tokio::test]
async fn another_digest_than_the_one_shown_is_a_conflict_and_changes_nothing() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let digest: String = proposal.digest.chars().rev().collect();
    let approved = approve(&world, &proposal, &digest).await;
    assert!(matches!(approved, Err(ApprovalError::DigestChanged)), "{approved:?}");
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(pending(&world).await.id, proposal.id, "it can still be decided");
}

#[tokio::test]
async fn a_rejected_proposal_never_runs() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let agent = &world.stage.agent;
    let (scope, manager) = (world.dealership.scope, world.dealership.manager);
    let rejected = agent.reject(scope, proposal.id, manager, &proposal.digest, Some("we are full")).await.unwrap();
    assert_eq!(rejected, Approval::Rejected);
    let approved = approve(&world, &proposal, &proposal.digest).await;
    assert!(matches!(approved, Err(ApprovalError::AlreadyDecided(ProposalStatus::Rejected))), "{approved:?}");
    assert_eq!(world.appointments().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_approval_that_comes_too_late_finds_the_proposal_expired() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.advance(24 * 3600 + 1);
    assert_eq!(approve(&world, &proposal, &proposal.digest).await.unwrap(), Approval::Expired);
    assert_eq!(world.appointments().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_slot_that_was_taken_meanwhile_refuses_the_approval() {
    let (_database, model, world, proposal) = proposed_visit().await;
    world.execute("delete from autonomy_settings").await;
    // Three at a time fit in; others come first.
    for number in 2..=4 {
        let other = world.as_customer(number);
        model
            .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
            .then(says("You're booked for Saturday, November 21 at 3:00 PM."));
        other.say("book me tomorrow at 3pm").await;
    }
    assert_eq!(world.appointments().await.len(), 3);
    let approved = approve(&world, &proposal, &proposal.digest).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    assert_eq!(world.appointments().await.len(), 3);
}

#[tokio::test]
async fn approved_words_leave_as_they_were_shown() {
    let (_database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("It costs $26,990."));
    world.say("how much is U1041?").await;
    assert_eq!(world.received().len(), 1, "nothing is sent before approval");
    let proposal = pending(&world).await;
    let approved = approve(&world, &proposal, &proposal.digest).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    world.work().await;
    assert_eq!(world.received()[1], "It costs $26,990.");
}

/// The first answer goes out, with its disclosure; from then on replies need approval.
async fn greet_then_require_approval(world: &World, model: &LiveModel) {
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    assert_eq!(world.received().len(), 1);
    world.execute(REPLIES_NEED_APPROVAL).await;
}

#[tokio::test]
async fn words_whose_price_changed_are_refused() {
    let (_database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("It costs $26,990."));
    world.say("how much is U1041?").await;
    let proposal = pending(&world).await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
    let approved = approve(&world, &proposal, &proposal.digest).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    world.work().await;
    assert_eq!(world.received().len(), 1);
}

#[tokio::test]
async fn after_stop_an_approval_is_refused() {
    let (_database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(says("Sure, which one do you like?"));
    world.say("show me more").await;
    let proposal = pending(&world).await;
    world.say("STOP").await;
    let approved = approve(&world, &proposal, &proposal.digest).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    world.work().await;
    let received = world.received();
    assert!(received.iter().all(|text| !text.contains("which one do you like")), "{received:#?}");
}
