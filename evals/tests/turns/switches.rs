//! The kill switch at its four heights: what each stops, holds, tells and lets go again.

use std::sync::Arc;

use forecourt_agent::models::scripted::{calls, says};
use forecourt_crm_store::{
    CrmTx,
    conversations::{AiSwitch, SwitchError, SwitchOrder, SwitchScope},
    staff::NewAssignment,
};
use forecourt_domain::{action::Channel, autonomy::PausedBy, ids::OutboxId, scope::Scope, staff::Role};
use forecourt_evals::{
    arrange::{Dealership, Plan},
    doubles::live_model::LiveModel,
};
use forecourt_server::workers;

use crate::world::{World, visit};

const REPLY: &str = "Happy to help! What are you looking for?";

/// The heights; a conversation has its own id only once somebody has written.
const HEIGHTS: [PausedBy; 4] = [PausedBy::Group, PausedBy::Dealership, PausedBy::Channel, PausedBy::Conversation];

async fn scope(world: &World, height: PausedBy) -> SwitchScope {
    match height {
        PausedBy::Group => SwitchScope::Group,
        PausedBy::Dealership => SwitchScope::Dealership,
        PausedBy::Channel => SwitchScope::Channel(Channel::Sms),
        PausedBy::Conversation => SwitchScope::Conversation(world.conversation().await),
    }
}

async fn pause(world: &World, height: PausedBy) {
    world.throw(scope(world, height).await, AiSwitch::Paused).await;
}

async fn resume(world: &World, height: PausedBy) {
    world.throw(scope(world, height).await, AiSwitch::On).await;
}

/// A reply of the assistant that waits in the outbox.
async fn with_a_queued_reply() -> (forecourt_crm_store::testing::TestDatabase, Arc<LiveModel>, World) {
    let (database, model, world) = World::open().await;
    model.then(says(REPLY));
    world.text("hi there").await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    assert_eq!(world.outbox().await, ["reply queued"]);
    (database, model, world)
}

/// Another dealership of the same group.
async fn sister(world: &World) -> Dealership {
    let plan = Plan::new("Southgate Motors", "+13035550190").unwrap();
    let plan = Plan { group: Some(world.dealership.group_id), ..plan };
    world.stage.add_dealership(&plan).await.unwrap()
}

/// What waits, and by which switch.
async fn held(world: &World) -> Vec<(String, Option<PausedBy>)> {
    let held = world.begin().await.load_held(10).await.unwrap();
    held.into_iter().map(|message| (message.text, message.stopped_by)).collect()
}

async fn outbox_id(world: &World) -> OutboxId {
    world.texts("select id::text from outbox").await[0].parse().unwrap()
}

/// A transaction that has made an attempt and not committed it.
async fn begin_attempt(world: &World) -> CrmTx {
    let mut tx = world.stage.store.begin_before_cut(world.dealership.scope).await.unwrap();
    let (row, state) = tx.lock_send(outbox_id(world).await).await.unwrap().unwrap();
    assert!(!state.is_paused());
    let again = tx.now() + jiff::SignedDuration::from_secs(30);
    tx.insert_attempt(&row, again).await.unwrap();
    tx
}

#[tokio::test]
async fn a_turn_that_is_thinking_loses_to_each_switch_and_leaves_a_draft() {
    for height in HEIGHTS {
        let (_database, model, world) = World::open().await;
        let during = world.clone();
        model.then_after(move |_| async move {
            pause(&during, height).await;
            says(REPLY)
        });
        world.say("hi there").await;
        assert_eq!(world.received(), Vec::<String>::new(), "{height}");
        let drafts = world.drafts().await;
        assert!(drafts.len() == 1 && drafts[0].contains("Happy to help!"), "{height}: {drafts:?}");
        assert_eq!(world.turns().await[0], "superseded owner_changed", "{height}");
    }
}

#[tokio::test]
async fn an_effect_that_is_thought_of_is_not_done_after_each_switch() {
    for height in HEIGHTS {
        let (_database, model, world) = World::open().await;
        let during = world.clone();
        model.then_after(move |_| async move {
            pause(&during, height).await;
            calls([("book_appointment", visit("2026-11-21T15:00"))])
        });
        world.say("book me tomorrow at 3pm").await;
        world.advance(5);
        world.work().await;
        assert_eq!(world.appointments().await, Vec::<String>::new(), "{height}");
        assert_eq!((world.received().len(), model.requests().len()), (0, 1), "{height}");
    }
}

#[tokio::test]
async fn a_queued_reply_is_held_and_listed_by_each_switch_and_leaves_when_it_is_taken_back() {
    for height in HEIGHTS {
        let (_database, _model, world) = with_a_queued_reply().await;
        pause(&world, height).await;
        // Listed from the commit on, before any worker has looked at it.
        let listed = held(&world).await;
        assert!(listed[0].0.contains(REPLY) && listed[0].1 == Some(height), "{height}: {listed:?}");
        world.work().await;
        assert_eq!((world.outbox().await, world.received().len()), (vec!["reply held".to_owned()], 0), "{height}");
        assert_eq!(held(&world).await, listed, "{height}");
        resume(&world, height).await;
        world.work().await;
        assert_eq!((world.outbox().await, world.received().len()), (vec!["reply sent".to_owned()], 1), "{height}");
        assert_eq!(held(&world).await, []);
    }
}

#[tokio::test]
async fn what_is_asked_while_a_switch_is_thrown_asks_no_model_and_is_answered_afterwards() {
    for height in HEIGHTS {
        let (_database, model, world) = World::open().await;
        model.then(says(REPLY));
        world.say("hi there").await;
        pause(&world, height).await;
        world.say("any SUVs?").await;
        assert_eq!((model.requests().len(), world.received().len()), (1, 1), "{height}");
        model.then(says("Yes, I can look. Which size do you like?"));
        resume(&world, height).await;
        world.advance(5);
        world.work().await;
        assert_eq!(world.received().len(), 2, "{height}");
    }
}

#[tokio::test]
async fn a_switch_stops_nothing_beside_it() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY)).then(says("Hello! What brings you here?")).then(says("Sure. Which one?"));
    world.say("hi there").await;
    world.throw(SwitchScope::Channel(Channel::Email), AiSwitch::Paused).await;
    world.say("and SUVs?").await;
    assert_eq!(world.received().len(), 2, "another channel is paused");
    pause(&world, PausedBy::Conversation).await;
    let neighbour = world.as_customer(2);
    neighbour.say("hello").await;
    assert_eq!(neighbour.received().len(), 1, "another conversation is paused");
    world.say("still there?").await;
    assert_eq!(world.received().len(), 2);
}

#[tokio::test]
async fn what_was_leaving_at_the_cut_is_told_and_logged() {
    for height in HEIGHTS {
        let (_database, _model, world) = with_a_queued_reply().await;
        begin_attempt(&world).await.commit().await.unwrap();
        let thrown = world.throw(scope(&world, height).await, AiSwitch::Paused).await;
        assert_eq!(thrown.already_leaving.len(), 1, "{height}");
        assert!(thrown.already_leaving[0].text.contains(REPLY), "{height}");
        let logged = world
            .texts(
                "select details ->> 'switch' || ' ' || (details -> 'already_leaving' -> 0 ->> 1) from audit_entries
                 where kind = 'switch.thrown'",
            )
            .await;
        let attempt = thrown.already_leaving[0].attempt_id;
        assert_eq!(logged, [format!("{height} {attempt}")]);
        // Once its outcome is known it is not leaving any more.
        let mut tx = world.begin().await;
        let outcome = forecourt_crm_store::outbox::AttemptOutcome::Simulated;
        let status = forecourt_domain::delivery::DeliveryStatus::Simulated;
        tx.record_outcome(outbox_id(&world).await, attempt, &outcome, status, None).await.unwrap();
        tx.commit().await.unwrap();
        let again = world.throw(scope(&world, height).await, AiSwitch::Paused).await;
        assert_eq!(again.already_leaving, [], "{height}");
    }
}

#[tokio::test]
async fn a_switch_waits_for_an_attempt_that_is_being_committed_and_tells_it() {
    for height in HEIGHTS {
        let (_database, _model, world) = with_a_queued_reply().await;
        let switch = scope(&world, height).await;
        let attempt = begin_attempt(&world).await;
        let committing = async {
            world.until_somebody_waits_for_a_lock().await;
            attempt.commit().await.unwrap();
        };
        let (thrown, ()) = tokio::join!(world.throw(switch, AiSwitch::Paused), committing);
        assert_eq!(thrown.already_leaving.len(), 1, "{height}: it committed before the cut");
    }
}

#[tokio::test]
async fn an_attempt_that_waits_for_a_switch_finds_it_thrown_in_every_process() {
    for height in HEIGHTS {
        let (_database, model, world) = with_a_queued_reply().await;
        let other = world.another_process(model).await;
        let scope = scope(&world, height).await;
        let mut cut = world.stage.store.begin_to_throw(world.dealership.scope, scope).await.unwrap();
        let by = world.dealership.admin;
        cut.throw_switch(&SwitchOrder { scope, to: AiSwitch::Paused, by, reason: None }).await.unwrap();
        let committing = async {
            world.until_somebody_waits_for_a_lock().await;
            cut.commit().await.unwrap();
        };
        let (sent, ()) = tokio::join!(workers::outbox::drain(&other.sender), committing);
        assert_eq!((sent.unwrap(), other.twilio.taken().len()), (1, 0), "{height}: claimed and not sent");
        assert_eq!(world.outbox().await, ["reply held"], "{height}");
        assert_eq!(world.texts("select id::text from attempts").await, Vec::<String>::new(), "{height}");
    }
}

#[tokio::test]
async fn what_two_switches_hold_leaves_only_when_both_are_taken_back() {
    let (_database, _model, world) = with_a_queued_reply().await;
    pause(&world, PausedBy::Dealership).await;
    pause(&world, PausedBy::Conversation).await;
    world.work().await;
    resume(&world, PausedBy::Dealership).await;
    world.work().await;
    assert_eq!(world.outbox().await, ["reply held"]);
    assert_eq!(held(&world).await[0].1, Some(PausedBy::Conversation));
    resume(&world, PausedBy::Conversation).await;
    world.work().await;
    assert_eq!(world.outbox().await, ["reply sent"]);
}

#[tokio::test]
async fn a_switch_keeps_who_threw_it_when_and_why() {
    let (_database, _model, world) = with_a_queued_reply().await;
    for height in HEIGHTS {
        pause(&world, height).await;
    }
    let switches = world.begin().await.load_switches().await.unwrap();
    let thrown: Vec<_> = switches
        .group
        .into_iter()
        .chain(switches.dealership)
        .chain(switches.channels.into_iter().map(|(channel, thrown)| {
            assert_eq!(channel, Channel::Sms);
            thrown
        }))
        .chain(switches.conversations.into_iter().map(|paused| paused.thrown))
        .collect();
    let told: Vec<_> = thrown.iter().map(|one| (one.by_name.as_deref(), one.reason.as_deref())).collect();
    let (admin, manager) = ((Some("Avery"), Some("a test")), (Some("Maya"), Some("a test")));
    assert_eq!(told, [admin, manager, manager, manager]);
    // The log commits to the reason and does not hold it.
    let logged = world.texts("select details::text from audit_entries where kind = 'switch.thrown'").await;
    assert!(logged.len() == 4 && logged.iter().all(|entry| entry.contains("commitment") && !entry.contains("a test")));
    for height in HEIGHTS {
        resume(&world, height).await;
    }
    let switches = world.begin().await.load_switches().await.unwrap();
    assert!(switches.group.is_none() && switches.dealership.is_none());
    assert!(switches.channels.is_empty() && switches.conversations.is_empty());
}

#[tokio::test]
async fn a_group_is_switched_by_an_admin_of_each_of_its_dealerships_and_by_nobody_else() {
    let (database, _model, world) = with_a_queued_reply().await;
    let sister = sister(&world).await;
    let stranger = world.stage.add_dealership(&Plan::new("Far Motors", "+13035550191").unwrap()).await.unwrap();
    let admin = world.dealership.admin;
    let order = |by| SwitchOrder { scope: SwitchScope::Group, to: AiSwitch::Paused, by, reason: None };
    for by in [admin, sister.admin, world.dealership.manager] {
        let mut tx = world.stage.store.begin_to_throw(world.dealership.scope, SwitchScope::Group).await.unwrap();
        let refused = tx.throw_switch(&order(by)).await;
        assert!(matches!(refused, Err(SwitchError::NotOverTheWholeGroup)), "{refused:?}");
    }
    let assignment =
        NewAssignment { user_id: admin, role: Role::Admin, department_id: None, alert_phone: None, alert_email: None };
    let mut tx = world.stage.store.begin(sister.scope).await.unwrap();
    tx.insert_assignment(&assignment).await.unwrap();
    tx.commit().await.unwrap();
    world.throw(SwitchScope::Group, AiSwitch::Paused).await;
    let paused = async |scope: Scope| world.stage.store.begin(scope).await.unwrap().is_ai_paused().await.unwrap();
    assert!(paused(world.dealership.scope).await && paused(sister.scope).await);
    assert!(!paused(stranger.scope).await, "another group");
    let kind = "select kind from audit_entries where kind = 'switch.thrown'";
    for scope in [world.dealership.scope, sister.scope] {
        assert_eq!(database.texts(scope, kind).await.unwrap().len(), 1, "each dealership logs it");
    }
    world.work().await;
    assert_eq!(world.outbox().await, ["reply held"]);
    // Thrown from the one, taken back from the other.
    let mut tx = world.stage.store.begin_to_throw(sister.scope, SwitchScope::Group).await.unwrap();
    tx.throw_switch(&SwitchOrder { to: AiSwitch::On, ..order(admin) }).await.unwrap();
    tx.commit().await.unwrap();
    world.work().await;
    assert_eq!(world.outbox().await, ["reply sent"]);
}

#[tokio::test]
async fn what_leaves_in_a_sister_dealership_is_counted_and_not_shown() {
    let (_database, _model, world) = with_a_queued_reply().await;
    begin_attempt(&world).await.commit().await.unwrap();
    let sister = sister(&world).await;
    let admin = NewAssignment {
        user_id: world.dealership.admin,
        role: Role::Admin,
        department_id: None,
        alert_phone: None,
        alert_email: None,
    };
    let mut tx = world.stage.store.begin(sister.scope).await.unwrap();
    tx.insert_assignment(&admin).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.stage.store.begin_to_throw(sister.scope, SwitchScope::Group).await.unwrap();
    let by = world.dealership.admin;
    let order = SwitchOrder { scope: SwitchScope::Group, to: AiSwitch::Paused, by, reason: None };
    let thrown = tx.throw_switch(&order).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((thrown.already_leaving, thrown.already_leaving_elsewhere), (Vec::new(), 1));
}

#[tokio::test]
async fn a_dealership_that_throws_its_switch_keeps_no_sister_waiting_and_a_group_keeps_all() {
    let (_database, _model, world) = World::open().await;
    let sister = sister(&world).await;
    let store = &world.stage.store;
    let cut = store.begin_to_throw(world.dealership.scope, SwitchScope::Dealership).await.unwrap();
    store.begin_before_cut(sister.scope).await.unwrap().rollback().await.unwrap();
    cut.rollback().await.unwrap();
    let cut = store.begin_to_throw(world.dealership.scope, SwitchScope::Group).await.unwrap();
    let ending = async {
        world.until_somebody_waits_for_a_lock().await;
        cut.rollback().await.unwrap();
    };
    let (begun, ()) = tokio::join!(store.begin_before_cut(sister.scope), ending);
    begun.unwrap();
}
