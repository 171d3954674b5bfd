//! A dealership's own policies: what they bind, from which moment, and in which process.

use std::sync::Arc;

use forecourt_agent::{
    Approval, ApprovalError,
    models::scripted::{calls, says},
};
use forecourt_crm_store::{CrmTx, StoreError, own_policies::InForce};
use forecourt_domain::scope::Scope;
use forecourt_evals::arrange::Plan;
use forecourt_server::workers;

use crate::world::{APPOINTMENTS_NEED_APPROVAL, World, visit};

const REPLY: &str = "Happy to help! What are you looking for?";

/// A policy of the dealership's own: what follows when the assistant wants to do this.
fn forbid(action: &str, on_forbid: &str) -> String {
    format!(
        r#"@id("own_{action}") @reason("The house wants it so.") @on_forbid("{on_forbid}")
        forbid (principal is Agent, action == Action::"{action}", resource);"#
    )
}

async fn store(world: &World, scope: Scope, source: &str) -> i32 {
    let mut tx = world.stage.store.begin(scope).await.unwrap();
    let admin = world.dealership.admin;
    let stored = tx.insert_policy_version(admin, source, None).await.unwrap();
    tx.commit().await.unwrap();
    stored.policies.number
}

async fn change<R>(world: &World, change: impl AsyncFnOnce(&mut CrmTx) -> R) -> R {
    let mut tx = world.stage.store.begin_cut(world.dealership.scope).await.unwrap();
    let changed = change(&mut tx).await;
    tx.commit().await.unwrap();
    changed
}

/// Puts a version in force, or none.
async fn activate(world: &World, number: Option<i32>) -> InForce {
    let admin = world.dealership.admin;
    change(world, async |tx: &mut CrmTx| {
        let version = match number {
            Some(number) => Some(tx.find_policy_version(number).await.unwrap().unwrap().policies),
            None => None,
        };
        tx.activate_policies(admin, version.as_ref()).await.unwrap()
    })
    .await
}

async fn roll_back(world: &World) -> Result<InForce, StoreError> {
    let admin = world.dealership.admin;
    change(world, async |tx: &mut CrmTx| {
        let number = tx.find_active_policies().await?.map(|active| active.number);
        tx.roll_back_policies(admin, InForce { number }).await
    })
    .await
}

async fn enforce(world: &World, source: &str) {
    let number = store(world, world.dealership.scope, source).await;
    activate(world, Some(number)).await;
}

/// Whether the customer has read these words. That a person was asked for is told them besides.
fn said(world: &World, words: &str) -> bool {
    world.received().iter().any(|text| text.contains(words))
}

/// The verdicts on an action, oldest first.
async fn verdicts(world: &World, action: &str) -> Vec<String> {
    let all = world
        .texts(
            "select (details ->> 'action') || ' ' || (details ->> 'verdict') from audit_entries
             where kind = 'action.decided' order by id",
        )
        .await;
    all.into_iter().filter_map(|entry| Some(entry.strip_prefix(action)?.trim().to_owned())).collect()
}

#[tokio::test]
async fn its_own_forbids_bind_the_gate_the_calls_and_the_words() {
    let (_database, model, world) = World::open().await;
    enforce(&world, &forbid("respond", "deny")).await;
    world.say("hi there").await;
    assert_eq!((model.requests().len(), world.turns().await), (0, vec!["completed silent".to_owned()]));
    assert_eq!(world.handoffs().await, ["other"]);

    let (_database, model, world) = World::open().await;
    enforce(&world, &forbid("book_appointment", "approval")).await;
    model.then(calls([("book_appointment", visit("2026-11-21T15:00"))])).then(says("A person will confirm that."));
    world.say("book me tomorrow at 3pm").await;
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(world.pending().await.len(), 1);

    let (_database, model, world) = World::open().await;
    enforce(&world, &forbid("send_reply", "suggest")).await;
    model.then(says(REPLY));
    world.say("hi there").await;
    assert_eq!(world.drafts().await.len(), 1);
    let left = world.texts("select kind from outbox where kind <> 'staff_alert'").await;
    assert_eq!(left, ["acknowledgement"], "the one sentence that a person is asked, and no words of the model");

    let (_database, model, world) = World::open().await;
    enforce(&world, &forbid("send_reply", "deny")).await;
    model.then(says(REPLY));
    world.say("hi there").await;
    assert!(!said(&world, REPLY), "{:?}", world.received());
    assert_eq!(world.turns().await, ["completed denied"]);
    let recorded = world
        .texts("select distinct details ->> 'policy_version' from audit_entries where kind = 'action.decided'")
        .await;
    let ended = world.texts("select policy_version from turns").await;
    assert_eq!(recorded, ended, "the decisions and the turn name the set they were made under");
    let built_in = forecourt_policies::PolicySet::built_in().unwrap();
    assert_ne!(ended, [built_in.version()]);
}

/// Nobody but people books while the dealership is closed.
const BOOKS_WHEN_OPEN: &str = r#"@id("books_when_open") @reason("Visits are booked while we are open.")
    @on_forbid("wait:opens_at")
    forbid (principal is Agent, action == Action::"book_appointment", resource) when { !context.business_open };"#;

#[tokio::test]
async fn what_has_to_wait_is_not_done_in_a_turn_and_the_model_hears_from_when_it_may() {
    let (_database, model, world) = World::open().await;
    // 10:40 PM in Denver.
    world.advance(8 * 3600 + 35 * 60);
    enforce(&world, BOOKS_WHEN_OPEN).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("I can't book a visit right now. We open tomorrow at 8:00 AM; please write again then."));
    world.say("book me tomorrow at 3pm").await;
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(world.texts("select outcome from tool_calls").await, ["denied"]);
    let told = format!("{:?}", model.requests()[1].messages.last().unwrap());
    assert!(told.contains("may not be done before Saturday, November 21 at 8:00 AM"), "{told}");
    assert_eq!(world.received().len(), 1, "{:?}", world.texts("select details::text from audit_entries").await);
}

#[tokio::test]
async fn what_has_to_wait_is_not_done_by_a_yes_either_and_stays_to_be_decided_then() {
    let (_database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    model.then(calls([("book_appointment", visit("2026-11-21T15:00"))])).then(says("A person will confirm that."));
    world.say("book me tomorrow at 3pm").await;
    world.advance(8 * 3600 + 35 * 60);
    enforce(&world, BOOKS_WHEN_OPEN).await;
    let proposal = world.the_pending().await;
    let Err(ApprovalError::TooEarly { item_no, from, why }) = world.approve(&proposal).await else { panic!("it ran") };
    assert_eq!((item_no, from.to_string().as_str()), (1, "2026-11-21T15:00:00Z"));
    assert_eq!(why, "Visits are booked while we are open.");
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(verdicts(&world, "book_appointment").await.len(), 2, "that decision is logged, too");
    world.advance(10 * 3600);
    let approved = world.approve(&world.the_pending().await).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
}

#[tokio::test]
async fn policies_that_change_while_the_model_thinks_decide_on_its_words() {
    let (_database, model, world) = World::open().await;
    let number = store(&world, world.dealership.scope, &forbid("send_reply", "approval")).await;
    let during = world.clone();
    model
        .then_after(move |_| async move {
            activate(&during, Some(number)).await;
            says(REPLY)
        })
        .then(says(REPLY));
    world.say("hi there").await;
    assert_eq!(world.received(), Vec::<String>::new(), "words that the old policies allowed must not leave");
    assert_eq!(world.pending().await.len(), 1);
    assert_eq!(verdicts(&world, "send_reply").await, ["allow", "require_approval"]);
    assert_eq!(world.texts("select restarts::text from turns").await, ["1"], "the same turn went on");
    assert_eq!(world.turns().await, ["completed proposed"]);
}

#[tokio::test]
async fn policies_that_change_before_an_effect_decide_on_it() {
    let (_database, model, world) = World::open().await;
    let number = store(&world, world.dealership.scope, &forbid("book_appointment", "approval")).await;
    let during = world.clone();
    model
        .then_after(move |_| async move {
            activate(&during, Some(number)).await;
            calls([("book_appointment", visit("2026-11-21T15:00"))])
        })
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("A person will confirm that."));
    world.say("book me tomorrow at 3pm").await;
    world.advance(5);
    world.work().await;
    assert_eq!(world.appointments().await, Vec::<String>::new());
    assert_eq!(world.pending().await.len(), 1);
    assert_eq!(model.left(), 0);
}

#[tokio::test]
async fn a_change_holds_from_its_commit_on_in_every_process() {
    let (_database, model, world) = World::open().await;
    let other = world.another_process(Arc::clone(&model) as Arc<dyn forecourt_agent::ChatModel>).await;
    model.then(says(REPLY));
    world.text("hi there").await;
    workers::turns::drain(&other.agent, &other.wake).await.unwrap();
    // The other process has met the dealership without policies of its own; now this one gives it some.
    enforce(&world, &forbid("respond", "deny")).await;
    world.text("any SUVs?").await;
    workers::turns::drain(&other.agent, &other.wake).await.unwrap();
    assert_eq!(world.turns().await, ["completed replied", "completed silent"]);
    activate(&world, None).await;
    model.then(says("Sure. Which one?"));
    world.text("hello?").await;
    workers::turns::drain(&other.agent, &other.wake).await.unwrap();
    assert_eq!(world.turns().await.last().unwrap(), "completed replied");
}

#[tokio::test]
async fn rolling_back_returns_step_by_step_to_what_was_in_force_before() {
    let (_database, _model, world) = World::open().await;
    assert!(matches!(roll_back(&world).await, Err(StoreError::Conflict(_))), "nothing was ever in force");
    for action in ["respond", "send_reply"] {
        enforce(&world, &forbid(action, "deny")).await;
    }
    activate(&world, None).await;
    let mut numbers = Vec::new();
    while let Ok(in_force) = roll_back(&world).await {
        numbers.push(in_force.number);
        let found = world.begin().await.find_active_policies().await.unwrap();
        assert_eq!(found.map(|own| own.number), in_force.number);
    }
    assert_eq!(numbers, [Some(2), Some(1), None]);
    let logged = world
        .texts(
            "select coalesce(details ->> 'number', 'none') || ' ' || (details ->> 'rolled_back') from audit_entries
             where kind = 'policies.activated' order by id",
        )
        .await;
    assert_eq!(logged, ["1 false", "2 false", "none false", "2 true", "1 true", "none true"]);
}

#[tokio::test]
async fn dealerships_neither_see_nor_feel_each_others_policies() {
    let (_database, model, world) = World::open().await;
    let neighbour = world.stage.add_dealership(&Plan::new("Southgate Motors", "+13035550190").unwrap()).await.unwrap();
    let mut tx = world.stage.store.begin_cut(neighbour.scope).await.unwrap();
    let stored = tx.insert_policy_version(neighbour.admin, &forbid("respond", "deny"), None).await.unwrap();
    tx.activate_policies(neighbour.admin, Some(&stored.policies)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.begin().await;
    assert!(tx.find_policy_version(1).await.unwrap().is_none() && tx.find_active_policies().await.unwrap().is_none());
    assert!(tx.load_policy_versions(10).await.unwrap().is_empty());
    // A row cannot point at a neighbour's version either.
    let stolen = tx.activate_policies(world.dealership.admin, Some(&stored.policies)).await;
    assert!(stolen.is_err_and(|error| error.constraint().is_some()));
    drop(tx);
    model.then(says(REPLY));
    world.say("hi there").await;
    assert_eq!(world.received().len(), 1);
}

#[tokio::test]
async fn words_that_waited_are_decided_on_under_the_policies_of_the_day() {
    let (_database, model, world) = World::open().await;
    model.then(says(REPLY)).then(says("Happy to help! Which car is it?"));
    world.text("hi there").await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    enforce(&world, &forbid("send_reply", "approval")).await;
    world.advance(3);
    world.work().await;
    world.work().await;
    assert_eq!(world.received(), Vec::<String>::new());
    assert_eq!(
        world.texts("select status || ' ' || status_reason from outbox where kind = 'reply'").await,
        ["cancelled not_allowed"]
    );
    let [proposal] = world.pending().await.try_into().unwrap();
    // What a person approves is allowed by that.
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    world.advance(3);
    world.work().await;
    assert_eq!(world.received().len(), 1);
}

#[tokio::test]
async fn what_waits_and_is_still_allowed_leaves() {
    let (_database, model, world) = World::open().await;
    world.execute("update dealership_profiles set answer_cap_per_day = 1").await;
    model.then(says(REPLY));
    world.text("hi there").await;
    workers::turns::drain(&world.stage.agent, &world.stage.wake).await.unwrap();
    world.advance(3);
    world.work().await;
    assert_eq!(world.received().len(), 1, "an answer does not count against itself");
}

#[tokio::test]
async fn a_gate_that_the_house_closes_is_not_told_as_closing_time() {
    let (_database, model, world) = World::open().await;
    enforce(&world, &forbid("respond", "suggest")).await;
    world.say("hi there").await;
    assert_eq!((model.requests().len(), world.turns().await), (0, vec!["completed closed_by_policy".to_owned()]));
    assert_eq!(world.handoffs().await, ["other"]);
}

#[tokio::test]
async fn policies_under_which_nobody_could_decide_what_is_proposed_are_refused() {
    let (_database, _model, world) = World::open().await;
    let check = |principal: &str, on_forbid: &str| {
        let source = format!(
            r#"@id("x") @reason("r") @on_forbid("{on_forbid}")
            forbid ({principal}, action == Action::"book_appointment", resource);"#
        );
        world.stage.agent.check_own_policies(&source).map_err(|error| error.to_string())
    };
    for (principal, on_forbid) in [("principal", "approval"), ("principal is User", "deny")] {
        let refused = check(principal, on_forbid).unwrap_err();
        assert!(refused.contains("ask for approval of book_appointment, and nobody may give it"), "{refused}");
    }
    for (principal, on_forbid) in [("principal is Agent", "approval"), ("principal", "deny")] {
        assert_eq!(check(principal, on_forbid), Ok(()), "{principal} {on_forbid}");
    }
}

#[tokio::test]
async fn a_proposal_is_brought_to_somebody_who_may_decide_on_it() {
    let (_database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    let not_the_manager = r#"@id("x") @reason("r") @on_forbid("deny")
        forbid (principal is User, action == Action::"book_appointment", resource)
        when { context has role && context.role == Role::"sales_manager" };"#;
    enforce(&world, not_the_manager).await;
    model.then(calls([("book_appointment", visit("2026-11-21T15:00"))])).then(says("A person will confirm that."));
    world.say("book me tomorrow at 3pm").await;
    let alerted = "select split_part(recipient, '.', 1) from outbox where kind = 'staff_alert'";
    assert_eq!(world.texts(alerted).await, ["avery"]);
}

#[tokio::test]
async fn where_nobody_who_may_decide_can_be_told_a_ticket_says_so_and_the_model_does_not_claim_it() {
    let (_database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    world.execute("update assignments set alert_email = null, alert_phone = null where role <> 'salesperson'").await;
    let not_the_desk = r#"@id("x") @reason("r") @on_forbid("deny")
        forbid (principal is User, action == Action::"book_appointment", resource)
        when { context has role && context.role == Role::"salesperson" };"#;
    enforce(&world, not_the_desk).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("That time is not confirmed yet. Is there anything else you want to know?"));
    world.say("book me tomorrow at 3pm").await;
    assert_eq!((world.pending().await.len(), world.handoffs().await), (1, vec!["other".to_owned()]));
    let told = format!("{:?}", model.requests()[1].messages.last().unwrap());
    assert!(told.contains("nobody who may could be told") && !told.contains("has been asked"), "{told}");
    let reason = "select details ->> 'reason' from audit_entries where kind = 'handoff.made'";
    assert_eq!(world.texts(reason).await, ["proposed"]);
}

#[tokio::test]
async fn an_approval_is_refused_once_the_house_forbids_it() {
    let (_database, model, world) = World::open().await;
    world.execute(crate::world::REPLIES_NEED_APPROVAL).await;
    model.then(says(REPLY));
    world.say("hi there").await;
    let [proposal] = world.pending().await.try_into().unwrap();
    enforce(&world, &forbid("send_reply", "deny")).await;
    let refused = world.approve(&proposal).await.unwrap();
    assert_eq!(refused, Approval::Refused("The house wants it so.".to_owned()));
    assert_eq!(world.received(), Vec::<String>::new());
}

#[tokio::test]
async fn a_version_that_cannot_be_used_any_more_denies_everything_and_says_so() {
    let (_database, model, world) = World::open().await;
    // As an upgrade would leave it that took a word out of the schema.
    enforce(&world, &forbid("send_fax", "deny")).await;
    world.say("hi there").await;
    assert_eq!((model.requests().len(), world.received().len()), (0, 0));
    assert_eq!(world.handoffs().await, ["other"]);
    let why = world.texts("select details ->> 'why' from audit_entries where kind = 'action.decided'").await;
    assert!(why[0].starts_with("Version 1 of the dealership's own policies cannot be used"), "{why:?}");
    activate(&world, None).await;
    model.then(says(REPLY));
    world.say("hello?").await;
    assert_eq!(world.received().len(), 1);
}
