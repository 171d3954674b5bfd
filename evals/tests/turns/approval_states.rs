//! A proposal leaves `pending` once: each state against each operation, many at once, over two processes, and by
//! the clock.

use std::sync::Arc;

use forecourt_agent::{
    Agent, Approval, ApprovalError, Change, Decider, ItemEdit, TurnLimits, Walls,
    models::scripted::{ScriptedModel, calls, says},
};
use forecourt_crm_store::{
    Store,
    connect::{self, PoolSize},
    keys::Keys,
    proposals::Proposal,
    testing::TestDatabase,
};
use forecourt_domain::{
    clock::Clock,
    conversation::{ItemStatus, ProposalStatus},
    staff::Role,
};
use forecourt_evals::{doubles::live_model::LiveModel, stage::SECRET_KEY};
use forecourt_server::{
    instance::{Brain, assemble},
    workers::schedule,
};
use futures::future::join_all;
use secrecy::SecretString;

use crate::world::{APPOINTMENTS_NEED_APPROVAL, World, visit};

const DAY: i64 = 24 * 3600;

async fn proposed_visit() -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("I asked a colleague to confirm that. They will get back to you."));
    world.say("book me tomorrow at 3pm").await;
    let proposal = world.the_pending().await;
    (database, model, world, proposal)
}

/// The same database seen by another process: a pool, a store and an agent of its own.
async fn other_process(database: &TestDatabase, world: &World) -> (Store, Agent) {
    let pool = connect::open_app(&SecretString::from(database.app_url()), PoolSize(8)).await.unwrap();
    let keys = Keys::derive(&SecretString::from(SECRET_KEY)).unwrap();
    let store = Store::new(pool, keys, Arc::clone(&world.clock) as Arc<dyn Clock>);
    let model = Arc::new(ScriptedModel::queue([]));
    let brain = Brain { model, limits: TurnLimits::default(), pricing: world.stage.agent.pricing() };
    let agent = assemble(store.clone(), brain, Walls::built_in().unwrap());
    (store, agent)
}

/// Brings a proposal into a state, as it comes about.
async fn bring(world: &World, proposal: &Proposal, state: ProposalStatus) {
    match state {
        ProposalStatus::Pending => {}
        ProposalStatus::Rejected => drop(world.reject(proposal, "not this week").await.unwrap()),
        ProposalStatus::Expired => {
            world.advance(DAY + 1);
            assert_eq!(world.stage.agent.expire_proposals(world.dealership.scope).await.unwrap(), 1);
        }
        // Only words are; see approvals.rs.
        ProposalStatus::Superseded => panic!("a visit is not overtaken"),
        ProposalStatus::Executed => drop(world.approve(proposal).await.unwrap()),
        ProposalStatus::Refused => {
            world.take_over().await;
            drop(world.approve(proposal).await.unwrap());
            world.hand_back().await;
        }
        ProposalStatus::Stale => {
            world.execute("update departments set appointment_capacity = 1").await;
            world
                .execute(
                    "with someone as (
                         insert into parties (dealership_id, id, created_at) select dealership_id, gen_random_uuid(), now() from dealership_profiles
                         returning dealership_id, id
                     ), taken as (
                         insert into appointments (dealership_id, id, party_id, kind, status, starts_at, ends_at, department_id, booked_by, created_at, updated_at)
                         select s.dealership_id, gen_random_uuid(), s.id, 'sales', 'scheduled', '2026-11-21T22:00:00Z', '2026-11-21T23:00:00Z', d.id, 'user', now(), now()
                         from someone s join departments d on d.dealership_id = s.dealership_id
                         returning dealership_id, id, department_id
                     )
                     insert into appointment_slots (dealership_id, resource_id, unit, quarter_at, appointment_id)
                     select t.dealership_id, t.department_id, 1, '2026-11-21T22:00:00Z'::timestamptz, t.id from taken t",
                )
                .await;
            drop(world.approve(proposal).await.unwrap());
        }
    }
    assert_eq!(world.find(proposal).await.status, state);
}

#[tokio::test]
async fn each_state_stands_against_each_operation() {
    for state in ProposalStatus::ALL.iter().copied().filter(|state| *state != ProposalStatus::Superseded) {
        let (_database, _model, world, proposal) = proposed_visit().await;
        bring(&world, &proposal, state).await;
        let before = (world.appointments().await, world.find(&proposal).await.decided_at);
        let edit = [ItemEdit { item_no: 1, change: Change::Arguments(visit("2026-11-21T17:00")) }];
        if state == ProposalStatus::Pending {
            let item = &world.find(&proposal).await.items[0];
            assert_eq!(item.status, ItemStatus::Pending, "and all operations are open; other tests do each of them");
            continue;
        }
        let outcomes = [
            world.approve(&proposal).await,
            world.approve_edited(&proposal, &edit).await,
            world.reject(&proposal, "too late").await,
        ];
        for outcome in outcomes {
            let Err(ApprovalError::AlreadyDecided(now)) = outcome else { panic!("{state}: {outcome:?}") };
            assert_eq!((now.status, now.id), (state, proposal.id), "it carries the state it is in");
            assert!(now.items.iter().all(|item| item.status != ItemStatus::Pending), "{state}");
        }
        world.advance(2 * DAY);
        assert_eq!(world.stage.agent.expire_proposals(world.dealership.scope).await.unwrap(), 0, "{state}");
        let after = (world.appointments().await, world.find(&proposal).await.decided_at);
        assert_eq!(before, after, "{state}: nothing changed");
        let decided = "select details ->> 'status' from audit_entries where kind = 'proposal.decided'";
        assert_eq!(world.texts(decided).await, [state.as_str()], "one decision only");
    }
}

#[tokio::test]
async fn of_sixteen_who_click_at_once_over_two_processes_one_decides() {
    let (database, _model, world, proposal) = proposed_visit().await;
    let (_store, other) = other_process(&database, &world).await;
    let (scope, by) = (world.dealership.scope, world.decider());
    let clicks = (0..16).map(|number| {
        let agent: &Agent = if number % 2 == 0 { &world.stage.agent } else { &other };
        agent.approve(scope, proposal.id, by, &proposal.digest, &[])
    });
    let decided = join_all(clicks).await;
    let executed = decided.iter().filter(|result| matches!(result, Ok(Approval::Executed(_)))).count();
    let told = decided
        .iter()
        .filter(|result| matches!(result, Err(ApprovalError::AlreadyDecided(now)) if now.status == ProposalStatus::Executed))
        .count();
    assert_eq!((executed, told), (1, 15), "{decided:?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
    let ran = "select count(*)::text from audit_entries where kind = 'tool.called' and actor = 'user'";
    assert_eq!(world.texts(ran).await, ["1"]);
    world.work().await;
    assert_eq!(world.received().iter().filter(|text| text.starts_with("Good news")).count(), 1);
}

#[tokio::test]
async fn a_yes_and_a_no_at_once_are_one_decision() {
    let (database, _model, world, proposal) = proposed_visit().await;
    let (_store, other) = other_process(&database, &world).await;
    let (scope, by) = (world.dealership.scope, world.decider());
    let (yes, no) =
        tokio::join!(world.approve(&proposal), other.reject(scope, proposal.id, by, &proposal.digest, "we are full"));
    assert_ne!(yes.is_ok(), no.is_ok(), "{yes:?} {no:?}");
    assert_eq!(world.appointments().await.len(), usize::from(yes.is_ok()));
}

#[tokio::test]
async fn a_process_that_starts_later_decides_on_what_another_one_stored() {
    let (database, _model, world, proposal) = proposed_visit().await;
    let (store, agent) = other_process(&database, &world).await;
    let mut tx = store.begin(world.dealership.scope).await.unwrap();
    let found = tx.find_proposal(proposal.id).await.unwrap().unwrap();
    drop(tx);
    let approved = agent.approve(world.dealership.scope, found.id, world.decider(), &found.digest, &[]).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
}

#[tokio::test]
async fn an_approval_that_dies_at_its_end_has_done_nothing_and_may_be_given_again() {
    let (database, _model, world, proposal) = proposed_visit().await;
    for statement in [
        "create function fails() returns trigger language plpgsql as $$ begin raise exception 'it died here'; end $$",
        "create trigger fails before update on proposed_actions for each row when (new.status = 'executed') execute function fails()",
    ] {
        sqlx::query(statement).execute(&database.owner).await.unwrap();
    }
    assert!(matches!(world.approve(&proposal).await, Err(ApprovalError::Store(_))));
    assert_eq!((world.appointments().await.len(), world.the_pending().await.digest), (0, proposal.digest.clone()));
    let sent = "select kind from outbox where kind <> 'staff_alert' order by id";
    assert_eq!(world.texts(sent).await, ["reply"], "the turn's own words and no outcome");
    sqlx::query("drop trigger fails on proposed_actions").execute(&database.owner).await.unwrap();
    assert!(matches!(world.approve(&proposal).await, Ok(Approval::Executed(_))));
    assert_eq!(world.appointments().await.len(), 1);
}

#[tokio::test]
async fn the_schedule_expires_what_nobody_decided_once_although_two_processes_tick() {
    let (database, _model, world, proposal) = proposed_visit().await;
    let (_store, other) = other_process(&database, &world).await;
    world.advance(DAY + 1);
    let (one, two) = tokio::join!(schedule::tick(&world.stage.agent), schedule::tick(&other));
    one.unwrap();
    two.unwrap();
    let now = world.find(&proposal).await;
    assert_eq!((now.status, now.outcome.as_deref(), now.decided_by), (ProposalStatus::Expired, Some("expired"), None));
    let logged = "select actor || ' ' || (details ->> 'status') from audit_entries where kind = 'proposal.decided'";
    assert_eq!(world.texts(logged).await, ["system expired"]);
    assert_eq!(world.handoffs().await, ["other"]);
}

#[tokio::test]
async fn who_may_decide_follows_from_what_is_proposed_and_others_are_told_who_may() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    let agent = &world.stage.agent;
    let (scope, salesperson) = (world.dealership.scope, world.dealership.salesperson);
    let viewer = Decider { user_id: salesperson, role: Role::Viewer };
    let refused = agent.approve(scope, proposal.id, viewer, &proposal.digest, &[]).await;
    let Err(ApprovalError::NotAllowed { may, .. }) = refused else { panic!("{refused:?}") };
    let who = agent.who_decides(&mut world.begin().await).await.unwrap();
    assert_eq!(may, who.roles(&proposal));
    assert!(may.contains(&Role::Salesperson) && !may.contains(&Role::MarketingManager), "{may:?}");

    // A discount commits the dealership's money.
    world.execute("update proposed_items set action = 'offer_discount'").await;
    let discount = world.find(&proposal).await;
    let managers = [Role::PlatformOwner, Role::Admin, Role::GeneralManager, Role::SalesManager];
    assert_eq!(who.roles(&discount), managers);
    let nobodys = Proposal { items: vec![], ..discount.clone() };
    assert_eq!(who.roles(&nobodys), managers, "what an earlier version proposed");
    world.execute("update proposed_items set action = 'make_binding_offer'").await;
    assert_eq!(who.roles(&world.find(&proposal).await), []);
}

#[tokio::test]
async fn a_no_needs_a_reason_of_a_sane_length() {
    let (_database, _model, world, proposal) = proposed_visit().await;
    for reason in ["", "  \n ", &"x".repeat(501)] {
        let rejected = world.reject(&proposal, reason).await;
        assert!(matches!(rejected, Err(ApprovalError::NoReason)), "{rejected:?}");
    }
    assert_eq!(world.the_pending().await.id, proposal.id);
    assert_eq!(world.reject(&proposal, &"x".repeat(500)).await.unwrap(), Approval::Rejected);
}
