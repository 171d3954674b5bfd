//! What a model is told when it writes arguments that cannot be used.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use forecourt_tools::Registry;
use serde_json::{Value, json};

fn refusal(tool: &str, raw: &str) -> Value {
    let registry = Registry::customer();
    match registry.find(tool).and_then(|tool| tool.decode(raw)) {
        Ok(call) => panic!("{tool} took {raw}: {}", call.arguments()),
        Err(failure) => failure.to_json(),
    }
}

#[test]
fn a_bad_argument_is_answered_with_its_field_and_what_is_expected() {
    for (tool, raw, field, expected) in [
        ("search_inventory", r#"{"body": "lorry"}"#, "body", "sedan"),
        ("search_inventory", r#"{"price_max": "30000"}"#, "price_max", "i64"),
        ("search_inventory", r#"{"colour": "red"}"#, "arguments", "unknown field, expected one of `query`"),
        ("search_inventory", r#"{"features": ["ok", 7]}"#, "features[1]", "string"),
        ("search_inventory", r#"{"price_max": 30000.5}"#, "price_max", "i64"),
        ("search_inventory", "not json", "arguments", "not JSON"),
        ("search_inventory", r#"["red"]"#, "arguments", "object"),
        ("get_vehicle", "{}", "arguments", "stock_number"),
        ("get_vehicle", r#"{"stock_number": null}"#, "stock_number", "string"),
        ("list_appointment_slots", r#"{"kind":"test_drive","date":"tomorrow"}"#, "date", "2026-11-21"),
        ("book_appointment", r#"{"kind":"sales","starts_at":"2026-11-21T15:00-07:00"}"#, "starts_at", "without a zone"),
        ("book_appointment", r#"{"kind":"party","starts_at":"2026-11-21T15:00"}"#, "kind", "test_drive"),
        ("escalate_to_human", r#"{"category":"model_failed","summary":"x"}"#, "category", "customer_asked"),
        ("get_dealership_info", r#"{"topics":["secrets"]}"#, "topics[0]", "address"),
    ] {
        let told = refusal(tool, raw);
        assert_eq!(told["error"], "bad_arguments", "{raw}");
        assert_eq!(told["field"], field, "{raw}: {told}");
        assert!(told["message"].as_str().unwrap().contains(expected), "{raw}: {told}");
    }
}

#[test]
fn an_answer_to_hostile_arguments_stays_short() {
    let raw = format!(r#"{{"{}": 1}}"#, "x".repeat(100_000));
    let told = refusal("search_inventory", &raw).to_string();
    assert!(told.len() < 2_000, "{} bytes", told.len());
    let deep = "[".repeat(100_000);
    assert_eq!(refusal("search_inventory", &deep)["error"], "bad_arguments");
}

#[test]
fn a_tool_that_does_not_exist_is_answered_with_those_that_do() {
    let told = refusal("delete_database", "{}");
    assert_eq!(told["error"], "unknown_tool");
    assert_eq!(told["tools"].as_array().unwrap().len(), 12);
}

#[test]
fn arguments_are_kept_whole_and_in_one_form() {
    let registry = Registry::customer();
    let decode = |tool: &str, raw: &str| registry.find(tool).unwrap().decode(raw).unwrap().arguments().clone();
    let booking = decode("book_appointment", r#"{"starts_at":"2026-11-21 15:00:00","kind":"sales","note":" a\n b "}"#);
    let whole = json!({"kind": "sales", "note": "a b", "starts_at": "2026-11-21T15:00", "stock_number": null});
    assert_eq!(booking, whole);
    assert_eq!(decode("book_appointment", &booking.to_string()), booking, "what was approved decodes to itself");
    assert_eq!(decode("list_my_appointments", ""), json!({}));
}
