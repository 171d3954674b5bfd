//! What customers say about themselves and what they want, and calling a human.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod common;

use common::{World, facts, vehicle};
use forecourt_domain::{
    evidence::{EffectKind, EvidenceClass, Fact},
    staff::Role,
};
use forecourt_tools::ToolContext;
use serde_json::json;

const CUSTOMERS: &str = "select concat_ws(' ', first_name, last_name, coalesce(preferred_channel, '-'), version) from customers order by id";

#[tokio::test]
async fn a_first_name_makes_a_customer_of_a_party() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    world.call(&ann, "update_lead", json!({"interest": "a truck"})).await;
    let done = world.call(&ann, "update_customer_profile", json!({"first_name": " Ann ", "last_name": "Lee"})).await;
    assert_eq!(done.output, json!({"updated": ["first_name", "last_name"]}));
    assert_eq!(done.effects[0].kind, EffectKind::ProfileUpdated);
    assert_eq!(world.texts(world.scope, CUSTOMERS).await, ["Ann Lee - 1"]);
    let linked = "select (p.customer_id = c.id and l.customer_id = c.id)::text
                  from parties p join customers c on true join leads l on l.party_id = p.id";
    assert_eq!(world.texts(world.scope, linked).await, ["true"], "the lead they had already is theirs");
    let terms = "select term from search_terms where kind = 'customer' order by term";
    assert_eq!(world.texts(world.scope, terms).await, ["ann", "lee"]);

    // Said again, nothing changes; something new does.
    world.call(&ann, "update_customer_profile", json!({"first_name": "Ann"})).await;
    assert_eq!(world.texts(world.scope, CUSTOMERS).await, ["Ann Lee - 1"]);
    let channel = json!({"preferred_channel": "email", "last_name": "Park"});
    world.call(&ann, "update_customer_profile", channel).await;
    assert_eq!(world.texts(world.scope, CUSTOMERS).await, ["Ann Park email 2"]);
    assert_eq!(world.texts(world.scope, terms).await, ["ann", "park"]);
}

#[tokio::test]
async fn without_a_first_name_there_is_no_customer_to_write_to() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (asked, field) in [
        (json!({"last_name": "Lee"}), "first_name"),
        (json!({"preferred_channel": "sms"}), "first_name"),
        (json!({}), "arguments"),
        (json!({"first_name": "  "}), "arguments"),
        (json!({"first_name": "Ann", "email": "not an address"}), "email"),
    ] {
        let told = world.refused(&ann, "update_customer_profile", asked.clone()).await;
        assert_eq!((&told["error"], &told["field"]), (&json!("bad_arguments"), &json!(field)), "{asked}");
    }
    assert!(world.texts(world.scope, CUSTOMERS).await.is_empty());
    let points = "select value from contact_points where kind = 'email'";
    assert!(world.texts(world.scope, points).await.is_empty());
}

#[tokio::test]
async fn an_address_that_is_typed_is_claimed_and_no_more() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let done = world.call(&ann, "update_customer_profile", json!({"email": "Ann@Example.com"})).await;
    let points = "select value || ' ' || assurance from contact_points where kind = 'email'";
    assert_eq!(world.texts(world.scope, points).await, ["ann@example.com claimed"]);
    let email: Vec<_> = done.evidence.iter().filter(|piece| piece.field == "email").collect();
    assert_eq!(email[0].class, EvidenceClass::CustomerSaid);
    assert_eq!(email[0].fact, Fact::Email("ann@example.com".to_owned()));
}

#[tokio::test]
async fn whoever_types_somebody_elses_address_learns_and_gets_nothing() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let mallory = world.add_texter(world.scope, "+17205550166").await;
    let said = json!({"email": "ann@example.com"});
    let hers = world.call(&ann, "update_customer_profile", said.clone()).await;
    let his = world.call(&mallory, "update_customer_profile", said.clone()).await;
    assert_eq!(hers.output, his.output, "the answer is the same");
    world.call(&mallory, "update_customer_profile", said).await;
    let owner = "select party_id::text from contact_points where kind = 'email'";
    assert_eq!(world.texts(world.scope, owner).await, [ann.party_id.to_string()]);
    let notes = world.texts(world.scope, "select note from leads").await;
    let note = "Says their e-mail is ann@example.com; it is on file for somebody else (possible match).";
    assert_eq!(notes, [note], "said twice, noted once");
}

#[tokio::test]
async fn a_lead_keeps_what_they_want_and_grows_notes() {
    let world = World::create().await;
    world.add_vehicles(world.scope, &[vehicle("U1043")]).await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let asked = json!({
        "interest": "a family SUV", "stock_number": "u1043", "trade_in": "2015 Civic", "timeframe": "this month",
        "note": "prefers mornings",
    });
    let done = world.call(&ann, "update_lead", asked).await;
    assert_eq!(done.output, json!({"updated": ["interest", "stock_number", "trade_in", "timeframe", "note"]}));
    assert_eq!(done.effects[0].kind, EffectKind::LeadUpdated);
    world.call(&ann, "update_lead", json!({"note": "has two dogs"})).await;
    world.call(&ann, "update_lead", json!({"note": "prefers mornings"})).await;
    let lead = "select concat_ws('|', status, source, interest, trade_in, timeframe, note, version) from leads";
    let kept = "new|sms|a family SUV|2015 Civic|this month|prefers mornings\nhas two dogs|3";
    assert_eq!(world.texts(world.scope, lead).await, [kept]);
    assert_eq!(world.refused(&ann, "update_lead", json!({"stock_number": "U9"})).await["error"], "not_found");
    assert_eq!(world.refused(&ann, "update_lead", json!({})).await["error"], "bad_arguments");
    let visitor = world.add_visitor(world.scope, "visitor-7").await;
    world.call(&visitor, "update_lead", json!({"interest": "a truck"})).await;
    assert_eq!(world.texts(world.scope, "select source from leads order by id").await, ["sms", "website"]);
}

#[tokio::test]
async fn a_closed_lead_is_not_reopened_by_the_assistant() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    world.call(&ann, "update_lead", json!({"interest": "a truck"})).await;
    let mut tx = world.raw(world.scope).await;
    sqlx::query("update leads set status = 'lost'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    world.call(&ann, "update_lead", json!({"interest": "a van"})).await;
    let leads = world.texts(world.scope, "select status || ' ' || interest from leads order by id").await;
    assert_eq!(leads, ["lost a truck", "new a van"]);
}

#[tokio::test]
async fn a_human_is_asked_once_and_told() {
    let world = World::create().await;
    world.add_user(world.scope, "Bea", Role::Bdc).await;
    world.add_user(world.scope, "Fay", Role::FinanceManager).await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let asked = json!({"category": "finance", "summary": "Wants to know her payment on U1043."});
    let done = world.call(&ann, "escalate_to_human", asked).await;
    assert_eq!(done.output, json!({"ticket": "H-1001", "open_now": true, "next_open": null}));
    assert_eq!(done.effects[0].kind, EffectKind::HandedOff);
    assert_eq!(facts(&done.evidence, "ticket"), [&Fact::Identifier("H-1001".to_owned())]);
    let alerts = "select split_part(o.recipient, '@', 1) || ' ' || (p.body ->> 'text') from outbox o
        join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id order by o.id";
    let alerted = world.texts(world.scope, alerts).await;
    assert!(alerted.len() == 1 && alerted[0].contains("fay") && alerted[0].contains("H-1001"), "{alerted:?}");
    let again = world.call(&ann, "escalate_to_human", json!({"category": "trade_in", "summary": "Again."})).await;
    assert_eq!(again.output["ticket"], json!("H-1001"));
    assert_eq!(world.texts(world.scope, alerts).await.len(), 1, "nobody is alerted twice");
    let summaries = "select p.body ->> 'summary' from handoffs h join payloads p on p.id = h.summary_payload_id";
    assert_eq!(world.texts(world.scope, summaries).await, ["Wants to know her payment on U1043."]);

    let bob = world.add_texter(world.scope, "+17205550188").await;
    let next = world.call(&bob, "escalate_to_human", json!({"category": "customer_asked", "summary": ""})).await;
    assert_eq!(next.output["ticket"], json!("H-1002"));
    let alerted = world.texts(world.scope, alerts).await;
    assert!(alerted.len() == 2 && alerted[1].contains("bea"), "{alerted:?}");
}

#[tokio::test]
async fn two_conversations_that_escalate_at_once_get_two_tickets() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let bob = world.add_texter(world.scope, "+17205550188").await;
    let asked = json!({"category": "other", "summary": "x"});
    let (first, second, same) = tokio::join!(
        world.call(&ann, "escalate_to_human", asked.clone()),
        world.call(&bob, "escalate_to_human", asked.clone()),
        world.call(&ann, "escalate_to_human", asked.clone()),
    );
    assert_eq!(first.output["ticket"], same.output["ticket"]);
    assert_ne!(first.output["ticket"], second.output["ticket"]);
    assert_eq!(world.texts(world.scope, "select id::text from outbox").await.len(), 0, "nobody works here");
}

#[tokio::test]
async fn whoever_escalates_at_night_is_told_when_somebody_is_there() {
    let world = World::create().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (now, next_open) in [
        ("2026-11-20T14:00:00Z", json!("today at 9:00 AM")),
        ("2026-11-21T04:00:00Z", json!("tomorrow at 9:00 AM")),
        ("2026-11-22T04:00:00Z", json!("Monday at 9:00 AM")),
    ] {
        let context = ToolContext { now: now.parse().unwrap(), ..ann.clone() };
        let done = world.call(&context, "escalate_to_human", json!({"category": "other", "summary": "x"})).await;
        assert_eq!((&done.output["open_now"], &done.output["next_open"]), (&json!(false), &next_open), "{now}");
        assert_eq!(facts(&done.evidence, "next_open").len(), 1);
    }
}
