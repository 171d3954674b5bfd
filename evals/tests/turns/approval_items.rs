//! A proposal holds whatever one turn could not do alone: ordered, decided together, all or nothing.

use std::sync::Arc;

use forecourt_agent::{
    Approval, ApprovalError, Change, ItemEdit,
    models::scripted::{calls, says},
};
use forecourt_crm_store::{proposals::Proposal, testing::TestDatabase};
use forecourt_domain::{
    action::ActionKind,
    conversation::{ItemStatus, ProposalStatus},
};
use forecourt_evals::doubles::live_model::LiveModel;
use forecourt_server::why::{explain, to_text};
use serde_json::{Value, json};

use crate::world::{APPOINTMENTS_NEED_APPROVAL, REPLIES_NEED_APPROVAL, World, vehicle, visit};

const ASKED: &str = "I asked a colleague to confirm that. They will get back to you.";

fn lead(interest: &str) -> Value {
    json!({ "interest": interest, "stock_number": null, "trade_in": null, "timeframe": null, "note": null })
}

fn edit(item_no: i16, change: Change) -> ItemEdit {
    ItemEdit { item_no, change }
}

fn text(text: &str) -> Change {
    Change::Text(text.to_owned())
}

/// A visit, a change of the lead and the reply, all of which wait for a manager.
async fn three_items() -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(calls([("update_lead", lead("a red CX-50"))]))
        .then(says(ASKED));
    world.say("book me tomorrow at 3pm, I want a red CX-50").await;
    let proposal = world.the_pending().await;
    (database, model, world, proposal)
}

async fn leads(world: &World) -> Vec<String> {
    world.texts("select interest from leads where interest is not null").await
}

#[tokio::test]
async fn what_one_turn_could_not_do_alone_is_one_proposal_in_its_order() {
    let (_database, _model, world, proposal) = three_items().await;
    let items: Vec<_> = proposal.items.iter().map(|item| (item.no, item.action)).collect();
    assert_eq!(items, [(1, ActionKind::BookAppointment), (2, ActionKind::UpdateLead), (3, ActionKind::SendReply)]);
    assert_eq!(proposal.items[2].text(), Some(ASKED));
    let shown: Vec<_> = proposal.items[0].facts.iter().map(|fact| fact.shown.as_str()).collect();
    assert_eq!(shown, ["Saturday, November 21, 2026 at 3:00 PM, free"]);
    assert_eq!(world.received().len(), 1, "nothing is sent");
    let alerts =
        "select p.body ->> 'text' from outbox o join payloads p on p.id = o.payload_id where o.kind = 'staff_alert'";
    assert_eq!(world.texts(alerts).await.len(), 1, "one proposal is one alert");
}

#[tokio::test]
async fn an_item_that_comes_later_makes_the_earlier_sight_an_old_one() {
    let (_database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    let seen = Arc::new(std::sync::Mutex::new(None));
    let (during, keep) = (world.clone(), Arc::clone(&seen));
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then_after(move |_| async move {
            let first = during.the_pending().await;
            *keep.lock().unwrap() = Some(first);
            calls([("update_lead", lead("a red CX-50"))])
        })
        .then(says(ASKED));
    world.say("book me tomorrow at 3pm, I want a red CX-50").await;
    let first = seen.lock().unwrap().take().unwrap();
    let Err(ApprovalError::DigestChanged(now)) = world.approve(&first).await else { panic!("it ran") };
    assert_eq!((first.items.len(), now.items.len()), (1, 2));
    assert_eq!((first.id, world.the_pending().await.digest), (now.id, now.digest));
    assert_eq!(world.appointments().await, Vec::<String>::new());
}

/// What the customer hears once all three are done.
const DONE: &str = "Good news: your visit on Saturday, Nov 21 at 3:00 PM is confirmed. A colleague has looked at it, and we \
                    have noted what you told us.";

#[tokio::test]
async fn all_items_run_in_order_and_the_customer_hears_what_was_done_and_not_that_it_waits() {
    let (_database, _model, world, proposal) = three_items().await;
    let Approval::Executed(outputs) = world.approve(&proposal).await.unwrap() else { panic!("not executed") };
    assert_eq!(outputs.iter().map(|done| done.item_no).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(outputs[0].output["booked"], true);
    assert_eq!(
        (world.appointments().await, leads(&world).await),
        (vec!["2026-11-21T15:00".to_owned()], vec!["a red CX-50".to_owned()])
    );
    world.work().await;
    assert_eq!(world.received()[1..], [DONE]);
    let now = world.find(&proposal).await;
    let statuses: Vec<_> = now.items.iter().map(|item| item.status).collect();
    assert_eq!(statuses, [ItemStatus::Done, ItemStatus::Done, ItemStatus::Skipped]);
    assert_eq!(now.items[2].outcome.as_deref(), Some("it was done, so the customer is told that instead"));
    assert_eq!((now.status, now.decided_by_name.as_deref()), (ProposalStatus::Executed, Some("Maya")));
}

#[tokio::test]
async fn words_that_answer_something_else_leave_before_what_was_done_is_told() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    let words = "The CX-5 costs $26,990. I asked a colleague to confirm your visit.";
    model
        .then(calls([("get_vehicle", vehicle("U1041")), ("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says(words));
    world.say("how much is U1041? and book me tomorrow at 3pm").await;
    let proposal = world.the_pending().await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    world.work().await;
    let outcome = "Good news: your visit on Saturday, Nov 21 at 3:00 PM is confirmed.";
    assert_eq!(world.received()[1..], [words, outcome]);
}

#[tokio::test]
async fn words_that_became_old_are_skipped_and_what_was_approved_is_done_and_told() {
    let (_database, _model, world, proposal) = three_items().await;
    world.text("thanks!").await;
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    assert_eq!((world.appointments().await.len(), leads(&world).await.len()), (1, 1));
    let now = world.find(&proposal).await;
    assert_eq!((now.status, now.items[2].status), (ProposalStatus::Executed, ItemStatus::Skipped));
    assert!(now.items[2].outcome.as_deref().unwrap().contains("has written again"), "{:?}", now.items[2].outcome);
    forecourt_server::workers::outbox::drain(&world.stage.sender).await.unwrap();
    assert_eq!(world.received()[1..], [DONE]);
}

#[tokio::test]
async fn when_a_later_item_is_refused_nothing_of_the_proposal_ran() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(calls([("update_lead", lead("a red CX-50"))]))
        .then(says("I asked a colleague to confirm that. We are open until 8:00 PM today, Friday, November 20."));
    world.say("book me tomorrow at 3pm, I want a red CX-50. how late are you open?").await;
    let proposal = world.the_pending().await;
    world.advance(11 * 3600);
    let Approval::Refused(why) = world.approve(&proposal).await.unwrap() else { panic!("not refused") };
    assert_eq!((world.appointments().await.len(), leads(&world).await.len()), (0, 0), "the booking is undone");
    let now = world.find(&proposal).await;
    let statuses: Vec<_> = now.items.iter().map(|item| item.status).collect();
    assert_eq!(statuses, [ItemStatus::Skipped, ItemStatus::Skipped, ItemStatus::Failed]);
    assert_eq!((now.status, now.outcome), (ProposalStatus::Refused, Some(why)));
    let logged = world
        .texts("select (details ->> 'status') || ' ' || (details ->> 'failed') from audit_entries where kind = 'proposal.decided'")
        .await;
    assert_eq!(logged, ["refused 3"]);
}

/// A visit that stands, and a change of it that waits for a manager beside words on it.
async fn changed_visit(tool: &'static str, arguments: Value) -> (TestDatabase, Arc<LiveModel>, World, Proposal) {
    let (database, model, world) = World::open().await;
    model
        .then(calls([("book_appointment", visit("2026-11-23T15:00"))]))
        .then(says("You're booked for Monday, November 23 at 3:00 PM."));
    world.say("book me Monday at 3pm").await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    model.then(calls([(tool, arguments)])).then(says(ASKED));
    world.say("I can't come then, please change it").await;
    let proposal = world.the_pending().await;
    (database, model, world, proposal)
}

#[tokio::test]
async fn approved_words_on_what_the_approval_did_still_hold_after_they_waited() {
    let moved = json!({ "current_starts_at": null, "new_starts_at": "2026-11-21T15:00" });
    let cancelled = json!({ "starts_at": null, "reason": null });
    for (tool, arguments, words) in [
        ("reschedule_appointment", moved, "I moved your appointment to Saturday, November 21 at 3:00 PM."),
        ("cancel_appointment", cancelled, "I cancelled your appointment on Monday, November 23."),
    ] {
        let (_database, model, world, proposal) = changed_visit(tool, arguments).await;
        let approved = world.approve_edited(&proposal, &[edit(2, text(words))]).await.unwrap();
        assert!(matches!(approved, Approval::Executed(_)), "{tool}: {approved:?}");
        // As a provider that asks for patience makes them wait.
        world.advance(60);
        world.work().await;
        assert_eq!(world.received()[1..], [words], "{tool}");
        assert_eq!(model.left(), 0, "{tool}");
        assert!(world.outbox().await.iter().all(|row| !row.contains("cancelled")), "{:?}", world.outbox().await);
    }
}

#[tokio::test]
async fn a_takeover_ends_the_words_alone_and_the_rest_waits_on_under_another_digest() {
    let (_database, _model, world, proposal) = three_items().await;
    world.take_over().await;
    let now = world.the_pending().await;
    let statuses: Vec<_> = now.items.iter().map(|item| item.status).collect();
    assert_eq!(statuses, [ItemStatus::Pending, ItemStatus::Pending, ItemStatus::Skipped]);
    assert!(matches!(world.approve(&proposal).await, Err(ApprovalError::DigestChanged(_))));
    world.hand_back().await;
    let approved = world.approve(&now).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
    world.work().await;
    assert_eq!(world.appointments().await.len(), 1);
    assert!(
        world.received()[1].starts_with("Good news: your visit on Saturday, Nov 21 at 3:00 PM is confirmed."),
        "{:?}",
        world.received()
    );
}

#[tokio::test]
async fn edited_arguments_run_as_edited_and_both_are_kept() {
    let (_database, _model, world, proposal) = three_items().await;
    let edits = [
        edit(1, Change::Arguments(visit("2026-11-21T16:00"))),
        edit(3, text("You're booked for Saturday, November 21 at 4:00 PM.")),
    ];
    let approved = world.approve_edited(&proposal, &edits).await.unwrap();
    let Approval::Executed(outputs) = approved else { panic!("{approved:?}") };
    assert_eq!(world.appointments().await, ["2026-11-21T16:00"]);
    // Long enough for the outbox to look at them once more.
    world.advance(60);
    world.work().await;
    assert_eq!(world.received()[1], "You're booked for Saturday, November 21 at 4:00 PM.");

    let now = world.find(&proposal).await;
    let kept = now.items[0].edit.clone().unwrap();
    assert_eq!(
        (kept.before["starts_at"].as_str(), kept.after["starts_at"].as_str()),
        (Some("2026-11-21T15:00"), Some("2026-11-21T16:00"))
    );
    assert_eq!(now.items[0].arguments["starts_at"], "2026-11-21T15:00", "what was shown stays what was shown");
    assert_eq!(now.items[1].edit, None);
    let logged =
        "select jsonb_array_length(details -> 'edited')::text from audit_entries where kind = 'proposal.decided'";
    assert_eq!(world.texts(logged).await, ["2"]);
    let message = serde_json::from_value(outputs[2].output["message"].clone()).unwrap();
    let why = to_text(&explain(&world.begin().await.find_message_trace(message).await.unwrap().unwrap()));
    assert!(
        why.contains("item 1 of proposal") && why.contains("edited by Maya") && why.contains("2026-11-21T16:00"),
        "{why}"
    );
}

#[tokio::test]
async fn an_edit_that_cannot_run_says_why_and_loses_nothing() {
    let (_database, _model, world, proposal) = three_items().await;
    let unreadable = json!({ "kind": "joyride", "starts_at": "2026-11-21T15:00", "stock_number": null, "note": null });
    for (what, change, told) in [
        ("a kind that there is none of", edit(1, Change::Arguments(unreadable)), "kind"),
        ("a time after closing", edit(1, Change::Arguments(visit("2026-11-21T23:00"))), "open"),
        ("a time that is over", edit(1, Change::Arguments(visit("2026-11-20T09:00"))), "over"),
        ("a text for a tool", edit(1, text("hello")), "no text"),
        ("arguments for words", edit(3, Change::Arguments(json!({}))), "no arguments"),
        ("nothing to say", edit(3, text("  ")), "empty"),
        ("a price that nobody knows", edit(3, text("It is yours for $9,999.")), "9,999"),
        (
            "the model's own rules",
            edit(3, text("Like a good salesperson who respects the reader's time, I keep this brief.")),
            "words of your instructions",
        ),
        ("what did not happen", edit(3, text("Your test drive is booked for Sunday at noon.")), ""),
        ("an item that is none", edit(7, text("hello")), "no such item"),
    ] {
        let refused = world.approve_edited(&proposal, std::slice::from_ref(&change)).await;
        let Err(ApprovalError::EditRefused { item_no, reasons }) = refused else { panic!("{what}: {refused:?}") };
        assert_eq!(item_no, change.item_no, "{what}");
        assert!(reasons.join(" ").contains(told), "{what}: {reasons:?}");
        assert_eq!((world.appointments().await.len(), leads(&world).await.len()), (0, 0), "{what}");
        assert_eq!(world.the_pending().await.digest, proposal.digest, "{what}: it waits as it was");
    }
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Executed(_)), "{approved:?}");
}

#[tokio::test]
async fn a_field_that_is_not_cited_may_change_and_one_that_is_may_not() {
    for (name, mileage, in_stock, stays) in [("mileage", 31_400, true, true), ("stock", 31_200, false, false)] {
        let (_database, model, world) = World::open().await;
        model.then(says("Happy to help! What are you looking for?"));
        world.say("hi there").await;
        world.execute(REPLIES_NEED_APPROVAL).await;
        model.then(calls([("get_vehicle", vehicle("U1041"))])).then(says("It costs $26,990."));
        world.say("how much is U1041?").await;
        let proposal = world.the_pending().await;
        let shown: Vec<_> = proposal.items[0].facts.iter().map(|fact| fact.shown.as_str()).collect();
        assert_eq!(shown, ["$26,990", "in stock"]);
        world
            .change_vehicle("U1041", |vehicle| {
                vehicle.mileage = Some(mileage);
                if !in_stock {
                    vehicle.status = forecourt_domain::vehicle::VehicleStatus::Sold;
                }
            })
            .await;
        let approved = world.approve(&proposal).await.unwrap();
        assert_eq!(matches!(approved, Approval::Executed(_)), stays, "{name}: {approved:?}");
        assert_eq!(matches!(approved, Approval::Stale(_)), !stays, "{name}: {approved:?}");
        // Nor does the change take the words back while they wait to be sent.
        world.advance(60);
        world.work().await;
        assert_eq!(world.received().len(), if stays { 2 } else { 1 }, "{name}");
    }
}

#[tokio::test]
async fn words_that_were_true_yesterday_only_are_refused_by_the_guards() {
    let (_database, model, world) = World::open().await;
    model.then(says("Happy to help! What are you looking for?"));
    world.say("hi there").await;
    world.execute(REPLIES_NEED_APPROVAL).await;
    model.then(says("We are open until 8:00 PM today, Friday, November 20."));
    world.say("how late are you open?").await;
    let proposal = world.the_pending().await;
    world.advance(11 * 3600);
    let approved = world.approve(&proposal).await.unwrap();
    assert!(matches!(approved, Approval::Refused(_)), "{approved:?}");
    world.work().await;
    assert_eq!(world.received().len(), 1);
}

#[tokio::test]
async fn what_could_not_be_done_anyway_is_told_to_the_model_and_not_proposed() {
    let (_database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    model
        .then(calls([("book_appointment", visit("2026-11-21T23:00"))]))
        .then(says("We are closed then. Which other time suits you?"));
    world.say("book me tomorrow at 11pm").await;
    assert_eq!(world.pending().await.len(), 0);
    let called = "select outcome from tool_calls";
    assert_eq!(world.texts(called).await, ["failed"]);
}

#[tokio::test]
async fn what_a_turn_leaves_to_people_counts_toward_what_it_may_change() {
    let (_database, model, world) = World::open().await;
    world.execute(APPOINTMENTS_NEED_APPROVAL).await;
    let visits = (9..17).map(|hour| ("book_appointment", visit(&format!("2026-11-21T{hour:02}:00"))));
    model.then(calls(visits)).then(says(ASKED));
    world.say("book me for every hour of tomorrow").await;
    assert_eq!(world.the_pending().await.items.len(), 6);
    let outcomes = "select outcome || ' ' || count(*) from tool_calls group by outcome order by outcome desc";
    assert_eq!(world.texts(outcomes).await, ["proposed 6", "failed 2"]);
}

#[tokio::test]
async fn a_row_that_was_changed_behind_its_digest_is_not_decided() {
    let (database, _model, world, proposal) = three_items().await;
    let mut tampering = database.owner.begin().await.unwrap();
    sqlx::query("select set_config('app.dealership_id', $1, true)")
        .bind(world.dealership.scope.dealership_id().to_string())
        .execute(&mut *tampering)
        .await
        .unwrap();
    let changed = sqlx::query(
        "update payloads set body = jsonb_set(body, '{starts_at}', '\"2026-11-21T09:00\"') where id =
             (select arguments_payload_id from proposed_items where item_no = 1)",
    )
    .execute(&mut *tampering)
    .await
    .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    tampering.commit().await.unwrap();
    let approved = world.approve(&proposal).await;
    assert!(matches!(approved, Err(ApprovalError::Store(_))), "{approved:?}");
    assert_eq!(world.appointments().await, Vec::<String>::new());
}
