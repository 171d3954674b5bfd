//! What a manager approves is what runs, once, and only if it may still.

use std::sync::Arc;

use forecourt_agent::{
    Approval, ApprovalError,
    models::scripted::{calls, says},
};
use forecourt_crm_store::{conversations::AiSwitch, proposals::Proposal, testing::TestDatabase};
use forecourt_domain::conversation::ProposalStatus;
use forecourt_evals::doubles::live_model::LiveModel;
use forecourt_server::why::{explain, to_text};

use crate::world::{APPOINTMENTS_NEED_APPROVAL, REPLIES_NEED_APPROVAL, World, vehicle, visit};

/// A visit that waits for a manager.
async fn proposed_visit() -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("I asked a colleague to confirm that. They will get back to you."));
    world.say("book me tomorrow at 3pm").await;
    assert_eq!(world.appointments().await, Vec::<String>::new(), "nothing happens before approval");
    let proposal = world.the_pending().await;
    (database, model, world, proposal)
}

/// What it had become when somebody else had decided already.
fn already(decided: &Result<Approval, ApprovalError>) -> Option<ProposalStatus> {
    match decided {
        Err(ApprovalError::AlreadyDecided(now)) => Some(now.status),
        _ => None,
    }
}

#[tokio::test]
async fn an_approved_action_runs_as_it_was_stored() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
}

#[tokio::test]
async fn approved_twice_at_once_it_runs_once() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let (one, two) = tokio::join!(world.approve(&proposal), world.approve(&proposal));
    let executed = [&one, &two].iter().filter(|result| matches!(result, Ok(Approval::Executed(_)))).count();
    let decided = [&one, &two].iter().filter(|result| already(result) == Some(ProposalStatus::Executed)).count();
    assert_eq!((executed, decided), (1, 1), "{one:?} {two:?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
}

#[tokio::test]
async fn another_digest_than_the_one_shown_is_a_conflict_and_changes_nothing() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let digest: String = proposal.digest.chars().rev().collect();
    let approved = world.approve(&Proposal { digest, ..proposal.clone() }).await;
    let Err(ApprovalError::DigestChanged(now)) = approved else { panic!("{approved:?}") };
    assert_eq!(now.digest, proposal.digest, "it is told what it is");
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(world.the_pending().await.id, proposal.id, "it can still be decided");
}

#[tokio::test]
async fn a_rejected_proposal_never_runs() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    assert_eq!(world.reject(&proposal, "we are full").await.unwrap(), Approval::Rejected);
    assert_eq!(already(&world.approve(&proposal).await), Some(ProposalStatus::Rejected));
    assert_eq!(world.find(&proposal).await.decision_reason.as_deref(), Some("we are full"));
    assert_eq!(world.appointments().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_approval_that_comes_too_late_finds_the_proposal_expired() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.advance(24 * 3600 + 1);
    assert_eq!(world.approve(&proposal).await.unwrap(), Approval::Expired);
    assert_eq!(world.appointments().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_slot_that_was_taken_meanwhile_makes_the_approval_stale() {
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
    let approved = world.approve(&proposal).await.unwrap();
    let Approval::Stale(changes) = approved else { panic!("{approved:?}") };
    assert_eq!((changes[0].field.as_str(), changes[0].is.as_str()), ("starts_at", "taken"));
    assert_eq!(world.appointments().await.len(), 3);
}

#[tokio::test]
async fn approved_words_leave_as_they_were_shown() {
    let (_database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("It costs $26,990."));
    world.say("how much is U1041?").await;
    assert_eq!(world.received().len(), 1, "nothing is sent before approval");
    let proposal = world.the_pending().await;
    let approved = world.approve(&proposal).await.unwrap();
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
async fn words_whose_price_changed_are_stale_and_say_from_what_to_what() {
    let (_database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("It costs $26,990."));
    world.say("how much is U1041?").await;
    let proposal = world.the_pending().await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
    let approved = world.approve(&proposal).await.unwrap();
    let Approval::Stale(changes) = approved else { panic!("{approved:?}") };
    assert_eq!(changes[0].to_string(), "price of stock=U1041 was $26,990 and is $25,500");
    world.work().await;
    assert_eq!(world.received().len(), 1);
    let now = world.find(&proposal).await;
    assert_eq!((now.status, now.changes), (ProposalStatus::Stale, changes));
    assert_eq!(world.handoffs().await, ["other"], "the customer's side is a person's");
}

#[tokio::test]
async fn after_stop_an_approval_is_refused() {
    let (_database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(says("Sure, which one do you like?"));
    world.say("show me more").await;
    let proposal = world.the_pending().await;
    world.say("STOP").await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    world.work().await;
    let received = world.received();
    assert!(received.iter().all(|text| !text.contains("which one do you like")), "{received:#?}");
}

/// Words that wait for a manager, after a first answer that went out by itself.
async fn proposed_words() -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    greet_then_require_approval(&world, &model).await;
    model.then(says("Sure, which one do you like?"));
    world.say("show me more").await;
    let proposal = world.the_pending().await;
    (database, model, world, proposal)
}

#[tokio::test]
async fn what_was_proposed_is_not_answered_again_after_a_pause() {
    for approved in [true, false] {
        let (_database, model, world, proposal) = proposed_words().await;
        if approved {
            world.approve(&proposal).await.unwrap();
            world.work().await;
        }
        world.execute("delete from autonomy_settings").await;
        let (asked, received) = (model.requests().len(), world.received().len());
        world.switch(AiSwitch::Paused).await;
        world.switch(AiSwitch::On).await;
        world.work().await;
        assert_eq!((model.requests().len(), world.received().len()), (asked, received), "approved: {approved}");
        assert_eq!(world.pending().await.len(), usize::from(!approved));
    }
}

#[tokio::test]
async fn words_are_refused_once_the_customer_has_written_again_and_a_human_is_asked() {
    let (_database, _model, world, proposal) = proposed_words().await;
    world.text("never mind").await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    assert_eq!(world.received().len(), 1);
    assert_eq!(world.handoffs().await, ["other"]);
    let made = "select actor || ' ' || (details ->> 'reason') from audit_entries where kind = 'handoff.made'";
    assert_eq!(world.texts(made).await, ["system words_not_sent"]);
}

#[tokio::test]
async fn newer_words_take_the_place_of_those_that_still_wait() {
    let (_database, model, world, older) = proposed_words().await;
    model.then(says("We have several SUVs. Which one do you like?"));
    world.say("SUVs, I mean").await;
    assert_ne!(world.the_pending().await.id, older.id);
    let approved = world.approve(&older).await;
    assert_eq!(already(&approved), Some(ProposalStatus::Superseded));
}

#[tokio::test]
async fn a_takeover_settles_the_words_that_wait() {
    let (_database, _model, world, proposal) = proposed_words().await;
    world.take_over().await;
    world.hand_back().await;
    let approved = world.approve(&proposal).await;
    assert_eq!(already(&approved), Some(ProposalStatus::Superseded));
    let decided = "select actor || ' ' || (details ->> 'outcome') from audit_entries where kind = 'proposal.decided'";
    assert_eq!(world.texts(decided).await, ["user taken_over"]);
}

#[tokio::test]
async fn each_proposal_that_expires_is_logged_and_words_that_expire_leave_a_human_to_answer() {
    let (_database, _model, world, _proposal) = proposed_words().await;
    world.advance(12 * 3600 + 1);
    assert_eq!(world.stage.agent.expire_proposals(world.dealership.scope).await.unwrap(), 1);
    let decided = "select actor || ' ' || (details ->> 'status') from audit_entries where kind = 'proposal.decided'";
    assert_eq!(world.texts(decided).await, ["system expired"]);
    assert_eq!(world.handoffs().await, ["other"]);
}

#[tokio::test]
async fn an_approved_action_is_logged_with_what_it_changed_and_for_whom() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    world.approve(&proposal).await.unwrap();
    let logged = world
        .texts(
            "select actor || ' ' || (details ->> 'tool') || ' ' || (details -> 'effects' -> 0 ->> 0) || ' '
                || jsonb_array_length(details -> 'sources') from audit_entries
            where kind = 'tool.called' and details ->> 'proposal' = (select id::text from proposed_actions)",
        )
        .await;
    assert_eq!(logged.len(), 1);
    assert!(logged[0].starts_with("user book_appointment appointment_booked "), "{logged:?}");
    assert!(!logged[0].ends_with(" 0"), "what it rests on: {logged:?}");
}

#[tokio::test]
async fn a_refused_approval_keeps_the_decision_that_refused_it() {
    let (_database, _model, world, proposal) = proposed_words().await;
    world.say("STOP").await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    let decided = world
        .texts(
            "select (details ->> 'verdict') || ' ' || (details -> 'matched' @> '[[\"opted_out\", \"deny\"]]')::text
            from audit_entries where kind = 'action.decided' and actor = 'user'",
        )
        .await;
    assert_eq!(decided, ["deny true"]);
}

#[tokio::test]
async fn why_names_the_approver_of_words() {
    let (_database, _model, world, proposal) = proposed_words().await;
    let Approval::Executed(outputs) = world.approve(&proposal).await.unwrap() else { panic!("not executed") };
    let message = serde_json::from_value(outputs[0].output["message"].clone()).unwrap();
    let mut tx = world.begin().await;
    let trace = tx.find_message_trace(message).await.unwrap().unwrap();
    let why = to_text(&explain(&trace));
    assert!(why.contains("approved by Maya"), "{why}");
    assert!(why.contains(&proposal.digest), "{why}");
}

#[tokio::test]
async fn words_that_rest_on_what_was_said_earlier_are_stale_when_that_changed() {
    let (_database, model, world) = World::open().await;
    model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("The CX-5 (stock U1041) costs $26,990."));
    world.say("how much is U1041?").await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    model.then(says("Yes, the CX-5 (stock U1041) still costs $26,990."));
    world.say("is that still the price?").await;
    let proposal = world.the_pending().await;
    world.change_vehicle("U1041", |vehicle| vehicle.price_minor = Some(2_550_000)).await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Stale(_)), "{approved:?}");
}

#[tokio::test]
async fn what_waits_in_a_conversation_is_found_however_much_waits_elsewhere() {
    let (_database, model, world) = World::open().await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    let other = world.as_customer(2);
    for customer in [&world, &other] {
        model.then(says("Happy to help! What are you looking for?"));
        customer.say("hi there").await;
    }
    assert_eq!(world.pending().await.len(), 2);
    for customer in [&world, &other] {
        let conversation = customer.conversation().await;
        let found = world.begin().await.load_pending_of_conversation(conversation, 1).await.unwrap();
        assert_eq!(found.iter().map(|one| one.conversation_id).collect::<Vec<_>>(), [conversation]);
    }
}
