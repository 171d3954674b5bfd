//! The book: free times, booking, moving, cancelling, and who may see what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod common;

use common::{World, facts, vehicle};
use forecourt_crm_store::vehicle_import::VehicleRecord;
use forecourt_domain::{
    evidence::{EffectKind, Fact, SourceKind},
    ids::UserId,
    staff::Role,
    vehicle::VehicleStatus,
};
use forecourt_tools::ToolContext;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Tomorrow, a Saturday: open 9 to 6.
const SATURDAY: &str = "2026-11-21";

struct Lot {
    world: World,
    ann: ToolContext,
    dana: UserId,
}

/// A dealership with two vehicles, two salespeople and one customer who texts.
async fn lot() -> Lot {
    let world = World::create().await;
    let dana = world.add_user(world.scope, "Dana", Role::Salesperson).await;
    world.add_user(world.scope, "Eli", Role::Salesperson).await;
    world.add_user(world.scope, "Morgan", Role::SalesManager).await;
    let sold = VehicleRecord { status: VehicleStatus::Sold, ..vehicle("U1100") };
    world.add_vehicles(world.scope, &[vehicle("U1043"), vehicle("U1050"), sold]).await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    Lot { world, ann, dana }
}

fn starts(output: &Value) -> Vec<&str> {
    output["slots"].as_array().unwrap().iter().map(|slot| slot["starts_at"].as_str().unwrap()).collect()
}

fn test_drive(starts_at: &str) -> Value {
    json!({"kind": "test_drive", "starts_at": starts_at, "stock_number": "U1043"})
}

#[tokio::test]
async fn free_times_follow_opening_hours_and_the_part_of_the_day() {
    let Lot { world, ann, .. } = lot().await;
    for (kind, date, part, open, expected, next) in [
        ("sales", SATURDAY, Value::Null, true, "09:00 10:30 12:00 13:30 15:00 17:00", "2026-11-23"),
        ("test_drive", SATURDAY, json!("evening"), true, "17:00 17:15", "2026-11-23"),
        ("sales", SATURDAY, json!("morning"), true, "09:00 09:30 10:00 10:30 11:00 11:30", "2026-11-23"),
        ("sales", "2026-11-22", Value::Null, false, "", "2026-11-23"),
        ("sales", "2026-11-26", Value::Null, false, "", "2026-11-27"),
        ("service", SATURDAY, Value::Null, false, "", "2026-11-23"),
        ("service", "2026-11-23", json!("evening"), true, "", "2026-11-24"),
        // Today at 14:05, with a quarter of an hour's notice.
        ("sales", "2026-11-20", json!("afternoon"), true, "14:30 15:00 15:30 16:00 16:30", "2026-11-21"),
    ] {
        let asked = json!({"kind": kind, "date": date, "part_of_day": part});
        let output = world.call(&ann, "list_appointment_slots", asked.clone()).await.output;
        let times: Vec<&str> = starts(&output).iter().map(|start| start.split_once('T').unwrap().1).collect();
        assert_eq!((&output["open"], times.join(" ").as_str()), (&json!(open), expected), "{asked}");
        assert_eq!(output["next_open_date"], next, "{asked}");
    }
}

#[tokio::test]
async fn every_time_that_is_offered_is_evidence() {
    let Lot { world, ann, .. } = lot().await;
    let asked = json!({"kind": "test_drive", "date": SATURDAY, "part_of_day": "evening", "stock_number": "U1043"});
    let done = world.call(&ann, "list_appointment_slots", asked).await;
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("slots", done.output) });
    let five = Fact::Instant("2026-11-22T00:00:00Z".parse().unwrap());
    let slots: Vec<_> = done.evidence.iter().filter(|piece| piece.fact == five).collect();
    assert_eq!(slots.len(), 2, "it rests on the department and on the vehicle");
    assert!(slots.iter().all(|piece| piece.source.kind == SourceKind::Slot));
}

#[tokio::test]
async fn a_day_that_cannot_be_booked_says_why() {
    let Lot { world, ann, .. } = lot().await;
    for (date, error) in [("2026-11-19", "in_the_past"), ("2027-01-20", "too_far_ahead")] {
        let told = world.refused(&ann, "list_appointment_slots", json!({"kind": "sales", "date": date})).await;
        assert_eq!(told["error"], error, "{date}");
    }
    for (stock, error) in [("U9999", "not_found"), ("U1100", "not_found")] {
        let asked = json!({"kind": "test_drive", "date": SATURDAY, "stock_number": stock});
        assert_eq!(world.refused(&ann, "list_appointment_slots", asked).await["error"], error, "{stock}");
    }
}

#[tokio::test]
async fn a_booking_writes_the_appointment_the_lead_and_the_timeline() {
    let Lot { world, ann, .. } = lot().await;
    let mut asked = test_drive("2026-11-21T15:00");
    asked["note"] = json!("brings two kids");
    let done = world.call(&ann, "book_appointment", asked).await;
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("booked", done.output) });
    let [effect] = done.effects.as_slice() else { panic!("{:?}", done.effects) };
    assert_eq!((effect.kind, effect.subject.kind), (EffectKind::AppointmentBooked, SourceKind::Appointment));
    assert!(facts(&done.evidence, "starts_at").contains(&&Fact::Instant("2026-11-21T22:00:00Z".parse().unwrap())));
    for (query, rows) in [
        (
            "select concat_ws(' ', a.kind, a.status, a.booked_by, a.note, v.stock_number, a.lead_id = l.id)
             from appointments a join vehicles v on v.id = a.vehicle_id join leads l on true",
            "test_drive scheduled assistant brings two kids U1043 t",
        ),
        ("select concat_ws(' ', status, source, vehicle_id is not null) from leads", "contacted sms t"),
        (
            "select string_agg(coalesce(from_status, '-') || '>' || to_status, ' ' order by id) from lead_status_audit",
            "->new new>contacted",
        ),
        ("select subject from activities", "Booked test_drive for Saturday, November 21 at 3:00 PM (stock U1043)"),
        ("select count(*)::text from appointment_slots", "6"),
    ] {
        assert_eq!(world.texts(world.scope, query).await, [rows], "{query}");
    }
}

#[tokio::test]
async fn asking_twice_books_once() {
    let Lot { world, ann, .. } = lot().await;
    let first = world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    let again = world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    assert_eq!((&first.output, &first.effects), (&again.output, &again.effects));
    let other = json!({"kind": "test_drive", "starts_at": "2026-11-21T15:00", "stock_number": "U1050"});
    let told = world.refused(&ann, "book_appointment", other).await;
    assert_eq!((&told["error"], told["appointments"].as_array().unwrap().len()), (&json!("ambiguous"), 1));
    assert_eq!(world.texts(world.scope, "select count(*)::text from appointments").await, ["1"]);
}

#[tokio::test]
async fn a_time_that_cannot_be_booked_says_why_and_leaves_nothing_behind() {
    let Lot { world, ann, .. } = lot().await;
    for (starts_at, stock, error, told_with) in [
        ("2026-11-21T15:05", None, "bad_arguments", "2026-11-21T15:00"),
        ("2026-11-20T14:15", None, "in_the_past", "later"),
        ("2026-11-20T09:00", None, "in_the_past", "later"),
        ("2027-03-01T10:00", None, "too_far_ahead", "60 days"),
        ("2026-11-21T17:30", None, "outside_hours", "9:00 AM to 6:00 PM"),
        ("2026-11-22T12:00", None, "outside_hours", "2026-11-23"),
        ("2026-11-26T12:00", None, "outside_hours", "2026-11-27"),
        ("2026-11-21T15:00", Some("U1100"), "not_found", "sold"),
        ("2026-11-21T15:00", Some("U9999"), "not_found", "stock number"),
    ] {
        let asked = json!({"kind": "test_drive", "starts_at": starts_at, "stock_number": stock});
        let told = world.refused(&ann, "book_appointment", asked).await;
        assert_eq!(told["error"], error, "{starts_at}: {told}");
        assert!(told.to_string().contains(told_with), "{starts_at}: {told}");
    }
    for table in ["select id::text from appointments", "select id::text from leads", "select id::text from activities"]
    {
        assert!(world.texts(world.scope, table).await.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn a_taken_time_is_answered_with_the_nearest_free_ones() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    let failure =
        world.try_call(world.scope, &bob, "book_appointment", test_drive("2026-11-21T15:15")).await.unwrap_err();
    let told = failure.to_json();
    let offered: Vec<&str> =
        told["alternatives"].as_array().unwrap().iter().map(|slot| slot["label"].as_str().unwrap()).collect();
    assert_eq!(offered, ["1:30 PM", "2:00 PM", "4:00 PM", "4:30 PM"], "{told}");
    assert_eq!(facts(&failure.evidence, "starts_at").len(), 8, "each rests on the department and the vehicle");
    let leads = "select party_id::text from leads";
    assert_eq!(world.texts(world.scope, leads).await, [ann.party_id.to_string()], "bob's try left no lead");
    // Another vehicle is free at that time.
    let other = json!({"kind": "test_drive", "starts_at": "2026-11-21T15:15", "stock_number": "U1050"});
    world.call(&bob, "book_appointment", other).await;
}

#[tokio::test]
async fn a_department_takes_as_many_at_a_time_as_it_can() {
    let Lot { world, .. } = lot().await;
    for (number, free) in [("1", true), ("2", true), ("3", true), ("4", false)] {
        let someone = world.add_texter(world.scope, &format!("+1720555017{number}")).await;
        let asked = json!({"kind": "sales", "starts_at": "2026-11-21T17:00"});
        let booked = world.try_call(world.scope, &someone, "book_appointment", asked).await;
        assert_eq!(booked.is_ok(), free, "{number}");
        if let Err(failure) = booked {
            let told = failure.to_json();
            assert_eq!(told["error"], "slot_taken");
            let last = told["alternatives"].as_array().unwrap().last().unwrap()["label"].clone();
            assert_eq!(last, "4:00 PM", "an hour must end before the full one");
        }
    }
}

#[tokio::test]
async fn two_bookings_of_the_last_slot_at_the_same_moment_leave_one_winner() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    for round in 0..10 {
        // Overlapping starts, so that each transaction holds what the other one needs next.
        let day = ["2026-11-21", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-27"][round % 5];
        let (first, second) = if round < 5 { ("10:00", "10:30") } else { ("13:30", "13:00") };
        let (anns, bobs) = tokio::join!(
            world.try_call(world.scope, &ann, "book_appointment", test_drive(&format!("{day}T{first}"))),
            world.try_call(world.scope, &bob, "book_appointment", test_drive(&format!("{day}T{second}"))),
        );
        assert_eq!(u8::from(anns.is_ok()) + u8::from(bobs.is_ok()), 1, "round {round}: {anns:?} {bobs:?}");
        let loser = anns.err().or(bobs.err()).unwrap().to_json();
        assert_eq!(loser["error"], "slot_taken", "round {round}");
    }
    assert_eq!(world.texts(world.scope, "select count(*)::text from appointments").await, ["10"]);
}

#[tokio::test]
async fn appointments_are_shared_out_fairly() {
    let Lot { world, dana, ann } = lot().await;
    let mut with = Vec::new();
    for (number, starts_at) in [("2", "T10:00"), ("3", "T10:00"), ("4", "T12:00"), ("5", "T14:00")] {
        let someone = world.add_texter(world.scope, &format!("+1720555015{number}")).await;
        let asked = json!({"kind": "sales", "starts_at": format!("{SATURDAY}{starts_at}")});
        let done = world.call(&someone, "book_appointment", asked).await;
        with.push(done.output["appointment"]["with"].as_str().unwrap().to_owned());
    }
    assert_eq!(with, ["Dana", "Eli", "Dana", "Eli"]);
    // The lead's owner keeps their customer, however busy.
    world.call(&ann, "update_lead", json!({"interest": "an SUV"})).await;
    let mut tx = world.raw(world.scope).await;
    sqlx::query("update leads set owner_user_id = $1 where party_id = $2")
        .bind(dana.0)
        .bind(ann.party_id.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let asked = json!({"kind": "sales", "starts_at": "2026-11-21T12:00"});
    let done = world.call(&ann, "book_appointment", asked).await;
    assert_eq!(done.output["appointment"]["with"], "Dana");
}

#[tokio::test]
async fn a_visit_to_the_workshop_is_no_lead() {
    let Lot { world, ann, .. } = lot().await;
    let asked = json!({"kind": "service", "starts_at": "2026-11-23T10:00"});
    let done = world.call(&ann, "book_appointment", asked).await;
    assert_eq!(done.output["appointment"]["with"], Value::Null);
    assert!(world.texts(world.scope, "select id::text from leads").await.is_empty());
}

#[tokio::test]
async fn an_appointment_is_moved_with_what_it_occupies() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    // A quarter of an hour later overlaps itself, which is no conflict.
    let done = world.call(&ann, "reschedule_appointment", json!({"new_starts_at": "2026-11-21T15:15"})).await;
    assert_eq!(done.output["appointment"]["label"], "Saturday, November 21 at 3:15 PM");
    assert_eq!(done.effects[0].kind, EffectKind::AppointmentRescheduled);
    assert_eq!(done.effects[0].subject.version, 2);
    assert_eq!(world.texts(world.scope, "select count(*)::text from appointment_slots").await, ["6"]);
    // What it left is free again; what it took is not.
    world.call(&bob, "book_appointment", test_drive("2026-11-21T14:30")).await;
    let told = world.refused(&bob, "reschedule_appointment", json!({"new_starts_at": "2026-11-21T14:45"})).await;
    assert_eq!(told["error"], "slot_taken");
    let mine = world.call(&bob, "list_my_appointments", json!({})).await;
    assert_eq!(mine.output["appointments"][0]["starts_at"], "2026-11-21T14:30", "the old time stays");
    for (new, error) in [("2026-11-21T15:07", "new_starts_at"), ("2026-11-22T15:00", "next_open_date")] {
        let told = world.refused(&ann, "reschedule_appointment", json!({"new_starts_at": new})).await;
        assert!(told.to_string().contains(error), "{told}");
    }
}

#[tokio::test]
async fn two_customers_who_swap_their_times_never_wait_for_each_other() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    let sales = |starts_at: &str| json!({"kind": "sales", "starts_at": starts_at});
    world.call(&ann, "book_appointment", sales("2026-11-21T10:00")).await;
    world.call(&bob, "book_appointment", sales("2026-11-21T10:30")).await;
    let (anns, bobs) = tokio::join!(
        world.try_call(world.scope, &ann, "reschedule_appointment", json!({"new_starts_at": "2026-11-21T10:30"})),
        world.try_call(world.scope, &bob, "reschedule_appointment", json!({"new_starts_at": "2026-11-21T10:00"})),
    );
    assert!(anns.is_ok() && bobs.is_ok(), "{anns:?} {bobs:?}");
}

#[tokio::test]
async fn an_appointment_is_cancelled_and_its_time_is_free_again() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    let done = world.call(&ann, "cancel_appointment", json!({"reason": "kid is ill"})).await;
    assert_eq!(done.output["appointment"]["status"], "cancelled");
    assert_eq!(done.effects[0].kind, EffectKind::AppointmentCancelled);
    world.call(&bob, "book_appointment", test_drive("2026-11-21T15:00")).await;
    assert_eq!(world.refused(&ann, "cancel_appointment", json!({})).await["error"], "not_found");
    let subjects = world.texts(world.scope, "select subject from activities order by id").await;
    assert_eq!(subjects[1], "Cancelled test_drive on Saturday, November 21 at 3:00 PM: kid is ill");
}

#[tokio::test]
async fn whoever_has_several_is_asked_which_one() {
    let Lot { world, ann, .. } = lot().await;
    world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    world.call(&ann, "book_appointment", json!({"kind": "service", "starts_at": "2026-11-23T10:00"})).await;
    for (tool, asked) in
        [("cancel_appointment", json!({})), ("reschedule_appointment", json!({"new_starts_at": "2026-11-24T10:00"}))]
    {
        let told = world.refused(&ann, tool, asked).await;
        assert_eq!(
            (&told["error"], told["appointments"].as_array().unwrap().len()),
            (&json!("ambiguous"), 2),
            "{tool}"
        );
    }
    let told = world.refused(&ann, "cancel_appointment", json!({"starts_at": "2026-11-21T11:00"})).await;
    assert_eq!((&told["error"], told["appointments"].as_array().unwrap().len()), (&json!("not_found"), 2));
    world.call(&ann, "cancel_appointment", json!({"starts_at": "2026-11-23T10:00"})).await;
    let mine = world.call(&ann, "list_my_appointments", json!({})).await;
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("mine", mine.output) });
}

#[tokio::test]
async fn whoever_has_proven_nothing_sees_and_changes_nothing() {
    let Lot { world, ann, .. } = lot().await;
    world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    let forged = ToolContext { assurance_proven: false, ..ann.clone() };
    let listed = world.call(&forged, "list_my_appointments", json!({})).await;
    assert_eq!(listed.output, json!({"identified": false, "appointments": []}));
    for (tool, asked) in [
        ("cancel_appointment", json!({})),
        ("reschedule_appointment", json!({"new_starts_at": "2026-11-23T10:00"})),
        ("book_appointment", test_drive("2026-11-21T15:00")),
        ("update_customer_profile", json!({"first_name": "Mallory"})),
        ("update_lead", json!({"note": "wants a refund"})),
    ] {
        let told = world.refused(&forged, tool, asked).await;
        assert_eq!(told["error"], "not_identified", "{tool}");
        assert!(!told.to_string().contains("3:00"), "{tool} told: {told}");
    }
    let visitor = world.add_visitor(world.scope, "visitor-7").await;
    world.call(&visitor, "book_appointment", json!({"kind": "sales", "starts_at": "2026-11-21T10:00"})).await;
    assert_eq!(world.refused(&visitor, "cancel_appointment", json!({})).await["error"], "not_identified");
}

#[tokio::test]
async fn nobody_finds_somebody_elses_appointment() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    world.call(&ann, "book_appointment", test_drive("2026-11-21T15:00")).await;
    let listed = world.call(&bob, "list_my_appointments", json!({})).await;
    assert_eq!(listed.output, json!({"identified": true, "appointments": []}));
    let told = world.refused(&bob, "cancel_appointment", json!({"starts_at": "2026-11-21T15:00"})).await;
    assert_eq!(told["error"], "not_found");
}

#[tokio::test]
async fn a_slot_that_was_spoken_of_changes_its_version_when_somebody_else_takes_it() {
    let Lot { world, ann, .. } = lot().await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    let asked = json!({"kind": "test_drive", "date": SATURDAY, "part_of_day": "evening", "stock_number": "U1043"});
    let done = world.call(&ann, "list_appointment_slots", asked).await;
    let version_of = async |source: &forecourt_domain::evidence::Source| {
        let mut tx = world.store.begin(world.scope).await.unwrap();
        tx.load_slot_version(source.id, Some(ann.party_id)).await.unwrap()
    };
    let five = Fact::Instant("2026-11-22T00:00:00Z".parse().unwrap());
    let sources: Vec<_> = done.evidence.iter().filter(|piece| piece.fact == five).map(|piece| &piece.source).collect();
    let [department, car] = sources.as_slice() else { panic!("{sources:?}") };
    assert_eq!((version_of(department).await, version_of(car).await), (department.version, car.version));
    world.call(&ann, "book_appointment", test_drive("2026-11-21T17:00")).await;
    assert_eq!(version_of(car).await, car.version, "what they took themselves is no change to them");
    world.call(&ann, "cancel_appointment", json!({})).await;
    world.call(&bob, "book_appointment", test_drive("2026-11-21T17:00")).await;
    assert_ne!(version_of(car).await, car.version, "somebody else drives it then");
    assert_eq!(version_of(department).await, department.version, "the department has room for two more");
}

#[tokio::test]
async fn whoever_is_late_can_still_move_their_appointment() {
    let Lot { world, ann, .. } = lot().await;
    world.call(&ann, "book_appointment", test_drive("2026-11-20T15:00")).await;
    world.clock.advance(SignedDuration::from_mins(65));
    let late = ToolContext { now: world.store.now(), ..ann };
    let done = world.call(&late, "reschedule_appointment", json!({"new_starts_at": "2026-11-20T16:00"})).await;
    assert_eq!(done.output["appointment"]["label"], "Friday, November 20 at 4:00 PM");
}
