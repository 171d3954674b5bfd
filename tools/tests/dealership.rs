//! What the dealership says about itself, and that two dealerships never see each other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod common;

use common::{World, add_dealership, facts, vehicle};
use forecourt_domain::{
    evidence::{EvidenceClass, Fact, SourceKind},
    staff::Role,
};
use forecourt_tools::ToolContext;
use jiff::civil::time;
use serde_json::{Value, json};

#[tokio::test]
async fn only_what_was_asked_is_told() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let done = world.call(&ann, "get_dealership_info", json!({"topics": ["address", "website"]})).await;
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("address", done.output) });
    let address = Fact::Address("4100 Federal Blvd, Denver, CO 80211".to_owned());
    assert_eq!(facts(&done.evidence, "address"), [&address]);
    assert!(facts(&done.evidence, "phone").is_empty());
    assert!(done.evidence.iter().all(|piece| piece.class == EvidenceClass::DealershipFact));
    let phone = world.call(&ann, "get_dealership_info", json!({"topics": ["phone"], "department": "service"})).await;
    assert_eq!(phone.output["phone"], "+17205550100");
    assert_eq!(phone.output["departments"], json!([{"kind": "service", "name": "service", "phone": "+17205550101"}]));
    assert_eq!(facts(&phone.evidence, "phone").len(), 2);
    assert_eq!(world.refused(&ann, "get_dealership_info", json!({"topics": []})).await["error"], "bad_arguments");
}

#[tokio::test]
async fn hours_are_told_for_a_week_or_for_the_day_asked_with_holidays() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let asked = json!({"topics": ["hours"], "department": "sales"});
    let week = world.call(&ann, "get_dealership_info", asked).await;
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("week", week.output["hours"]) });
    let of_sales = week.evidence.iter().filter(|piece| piece.source.kind == SourceKind::Department);
    assert!(of_sales.clone().any(|piece| piece.fact == Fact::Time(time(20, 0, 0, 0))));
    assert!(of_sales.clone().any(|piece| piece.fact == Fact::Date("2026-11-26".parse().unwrap())));
    let day = world.call(&ann, "get_dealership_info", json!({"topics": ["hours"], "date": "2026-11-26"})).await;
    for department in day.output["hours"].as_array().unwrap() {
        let closed =
            json!({"date": "2026-11-26", "weekday": "Thursday", "opens": null, "closes": null, "note": "Thanksgiving"});
        assert_eq!(department["days"], json!([closed]));
    }
}

#[tokio::test]
async fn whether_it_is_open_now_is_local_time() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (now, sales, service) in [
        ("2026-11-20T15:59:00Z", false, false),
        ("2026-11-20T16:00:00Z", true, true),
        ("2026-11-21T00:30:00Z", true, false),
        ("2026-11-21T03:00:00Z", false, false),
        ("2026-11-26T18:00:00Z", false, false),
    ] {
        let context = ToolContext { now: now.parse().unwrap(), ..ann.clone() };
        let done = world.call(&context, "get_dealership_info", json!({"topics": ["hours"]})).await;
        let open: Vec<&Value> =
            done.output["hours"].as_array().unwrap().iter().map(|hours| &hours["open_now"]).collect();
        assert_eq!(open, [&json!(sales), &json!(service)], "{now}");
    }
}

#[tokio::test]
async fn a_question_is_answered_in_the_dealerships_own_words_or_not_at_all() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let entries = [
        ("financing", "Do you offer financing?", "Yes, with several lenders. Ask us for an application."),
        ("delivery", "Do you deliver?", "Within 50 miles at no charge."),
    ];
    world.add_knowledge(world.scope, &entries).await;
    let ask = |question: &str| json!({"topics": ["faq"], "question": question});
    let done = world.call(&ann, "get_dealership_info", ask("could you deliver it to me?")).await;
    let answer = json!([{"question": "Do you deliver?", "answer": "Within 50 miles at no charge."}]);
    assert_eq!(done.output["answers"], answer);
    assert_eq!(facts(&done.evidence, "answer"), [&Fact::Text("Within 50 miles at no charge.".to_owned())]);
    let none = world.call(&ann, "get_dealership_info", ask("do you rent out boats?")).await;
    assert_eq!(none.output["answers"], json!([]));
}

#[tokio::test]
async fn nothing_of_another_dealership_is_ever_seen() {
    let world = World::create().await;
    let other = add_dealership(&world.store, "Southgate Motors").await;
    world.add_user(other, "Sam", Role::Salesperson).await;
    world.add_vehicles(world.scope, &[vehicle("U1043")]).await;
    world.add_vehicles(other, &[vehicle("S2000"), vehicle("S2001")]).await;
    world.add_knowledge(other, &[("delivery", "Do you deliver?", "Southgate delivers.")]).await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    // The same number at the other dealership is somebody else's business there.
    let theirs = world.add_texter(other, "+17205550199").await;
    let booking = json!({"kind": "test_drive", "starts_at": "2026-11-21T15:00", "stock_number": "S2000"});
    world.try_call(other, &theirs, "book_appointment", booking.clone()).await.unwrap();
    world.try_call(other, &theirs, "update_customer_profile", json!({"email": "ann@example.com"})).await.unwrap();

    let found = world.call(&ann, "search_inventory", json!({"model": "cx5", "query": "mazda"})).await;
    assert_eq!((&found.output["total"], &found.output["vehicles"][0]["stock_number"]), (&json!(1), &json!("U1043")));
    let vehicle = world.call(&ann, "get_vehicle", json!({"stock_number": "S2000"})).await;
    assert_eq!(vehicle.output["vehicle"], Value::Null);
    assert_eq!(world.refused(&ann, "book_appointment", booking).await["error"], "not_found");
    let mine = world.call(&ann, "list_my_appointments", json!({})).await;
    assert_eq!(mine.output["appointments"], json!([]));
    let asked = json!({"topics": ["faq", "address"], "question": "Do you deliver?"});
    let info = world.call(&ann, "get_dealership_info", asked).await;
    assert_eq!((&info.output["name"], &info.output["answers"]), (&json!("Northgate Motors"), &json!([])));
    // Their bookings take no room here, their staff takes no customers here, and an address is free here.
    let slots = json!({"kind": "sales", "starts_at": "2026-11-21T15:00"});
    assert_eq!(world.call(&ann, "book_appointment", slots).await.output["appointment"]["with"], Value::Null);
    world.call(&ann, "update_customer_profile", json!({"first_name": "Ann", "email": "ann@example.com"})).await;
    let owned = world.texts(world.scope, "select value from contact_points where kind = 'email'").await;
    assert_eq!(owned, ["ann@example.com"]);
    let ticket = json!({"category": "other", "summary": "x"});
    let here = world.call(&ann, "escalate_to_human", ticket.clone()).await;
    let there = world.try_call(other, &theirs, "escalate_to_human", ticket).await.unwrap();
    assert_eq!(here.output["ticket"], there.output["ticket"], "each dealership counts its own tickets");
}

#[tokio::test]
async fn a_context_of_one_dealership_reaches_nobody_in_another() {
    let world = World::create().await;
    let other = add_dealership(&world.store, "Southgate Motors").await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    // A mixed-up context finds no party there: the call fails, and nothing is written.
    let call = world.registry.find("update_lead").unwrap().decode(r#"{"note": "x"}"#).unwrap();
    let services = forecourt_tools::Services { embedder: std::sync::Arc::new(forecourt_tools::HashedNgrams) };
    let prepared = call.prepare(&services, &ann).await.unwrap();
    let mut tx = world.store.begin(other).await.unwrap();
    assert!(prepared.run(&mut tx, &ann).await.is_err());
}
