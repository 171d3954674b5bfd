//! Requests for tests, with the tools a customer turn has.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::super::answer;
use crate::model::{ChatMessage, ModelAnswer, ModelRequest, ToolCall, ToolSchema};

/// Name and properties of every tool of a customer turn.
const TOOLS: &[(&str, &[&str])] = &[
    (
        "search_inventory",
        &[
            "query",
            "condition",
            "make",
            "model",
            "body",
            "drivetrain",
            "fuel",
            "transmission",
            "color",
            "features",
            "year_min",
            "year_max",
            "price_min",
            "price_max",
            "mileage_max",
            "sort",
            "limit",
        ],
    ),
    ("get_vehicle", &["stock_number"]),
    ("compare_vehicles", &["stock_numbers"]),
    ("get_dealership_info", &["topics", "department", "date", "question"]),
    ("list_appointment_slots", &["kind", "date", "part_of_day", "stock_number"]),
    ("list_my_appointments", &[]),
    ("book_appointment", &["kind", "starts_at", "stock_number", "note"]),
    ("reschedule_appointment", &["current_starts_at", "new_starts_at"]),
    ("cancel_appointment", &["starts_at", "reason"]),
    ("update_customer_profile", &["first_name", "last_name", "email", "preferred_channel"]),
    ("update_lead", &["interest", "stock_number", "trade_in", "timeframe", "note"]),
    ("escalate_to_human", &["category", "summary"]),
];

/// The schemas of all tools.
pub(super) fn tools() -> Arc<[ToolSchema]> {
    let schema = |(name, properties): &(&'static str, &[&str])| {
        let object: serde_json::Map<String, Value> =
            properties.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        let parameters = json!({
            "type": "object", "additionalProperties": false, "required": properties, "properties": object,
        });
        ToolSchema { name, description: "", parameters }
    };
    TOOLS.iter().map(schema).collect()
}

/// Who says a line of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    Customer,
    Us,
}

/// The facts every test starts from: a Friday afternoon.
pub(super) const FACTS: &str =
    "now: 2026-11-20T14:05 Friday\nzone: America/Denver\ndealership: Northgate Motors\nopen_now: yes, until 8:00 PM";

/// A request at the start of a turn.
pub(super) fn request(history: &[(By, String)], said: &str, facts: &[String]) -> ModelRequest {
    let mut messages = vec![ChatMessage::System { text: "You are the receptionist of Northgate Motors.".to_owned() }];
    for (by, text) in history {
        messages.push(match by {
            By::Customer => ChatMessage::User { text: text.clone() },
            By::Us => ChatMessage::Assistant { text: Some(text.clone()), tool_calls: Vec::new() },
        });
    }
    messages.extend(said.split('\n').map(|text| ChatMessage::User { text: text.to_owned() }));
    let text = std::iter::once(FACTS).chain(facts.iter().map(String::as_str)).collect::<Vec<_>>().join("\n");
    messages.push(ChatMessage::System { text });
    ModelRequest { tools: tools(), messages, max_output_tokens: 500, timeout: Duration::from_secs(5) }
}

/// Asks the model once.
pub(super) fn ask(request: &ModelRequest) -> ModelAnswer {
    answer(request)
}

/// Adds the model's calls and their outputs to `request`.
pub(super) fn add_outputs(request: &mut ModelRequest, calls: &[ToolCall], outputs: Vec<Value>) {
    request.messages.push(ChatMessage::Assistant { text: None, tool_calls: calls.to_vec() });
    for (call, output) in calls.iter().zip(outputs) {
        request.messages.push(ChatMessage::ToolOutput { call_id: call.id.clone(), text: output.to_string() });
    }
}

/// Plays a whole turn: calls until the model says something.
pub(super) struct Played {
    /// The tools called, in order.
    pub(super) tools: Vec<String>,
    pub(super) text: String,
    /// Everything the turn's tools returned.
    pub(super) outputs: Vec<Value>,
}

/// The most steps a turn may take.
const STEPS: usize = 6;

/// Plays the turn that `request` starts, with `tool` answering each call.
pub(super) fn play(mut request: ModelRequest, mut tool: impl FnMut(&ToolCall) -> Value) -> Played {
    let (mut tools, mut all) = (Vec::new(), Vec::new());
    for _ in 0..STEPS {
        let answer = ask(&request);
        if let Some(text) = answer.text {
            return Played { tools, text, outputs: all };
        }
        let outputs: Vec<Value> = answer.tool_calls.iter().map(&mut tool).collect();
        tools.extend(answer.tool_calls.iter().map(|call| call.name.clone()));
        all.extend(outputs.clone());
        add_outputs(&mut request, &answer.tool_calls, outputs);
    }
    panic!("no words after {STEPS} steps: {tools:?}");
}

/// The figures of a text: runs of digits without separators of thousands and leading zeros.
pub(super) fn figures(text: &str) -> Vec<String> {
    let joined: String = text.chars().filter(|c| *c != ',').collect();
    let runs = joined.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.trim_start_matches('0').to_owned()).collect()
}

/// What no reply may break: its length, plain words, and no figure from nowhere. `known` is every
/// output and fact of the turn.
pub(super) fn check_reply(text: &str, known: &str) {
    assert!(!text.trim().is_empty(), "an empty reply");
    assert!(text.chars().count() <= 320, "too long: {text}");
    for sign in ["**", "](", "http", "`", "_inventory", "_appointment", "escalate_to"] {
        assert!(!text.contains(sign), "{sign:?} in {text:?}");
    }
    let known = figures(known);
    for figure in figures(text) {
        assert!(known.contains(&figure), "{figure} comes from nowhere in {text:?}");
    }
}
