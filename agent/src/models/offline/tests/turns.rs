//! Turns that do not go straight: a blocked draft, a turn without tools, a customer who writes on.

use std::sync::Arc;

use serde_json::json;

use super::{
    super::{NAME, OfflineModel},
    support::{FACTS, add_outputs, ask, play, request},
};
use crate::model::{ChatMessage, ChatModel, FinishReason};

const CX5: &str = "vehicle_discussed: U1043 2021 Mazda CX-5 Touring";

fn facts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn it_says_what_it_is() {
    assert_eq!(OfflineModel.name(), NAME);
    assert!(!OfflineModel.is_language_model());
}

#[test]
fn after_a_blocked_draft_a_human_is_asked_and_nothing_of_it_is_repeated() {
    let mut request = request(&[], "how much is it?", &facts(&[CX5]));
    let calls = ask(&request).tool_calls;
    add_outputs(
        &mut request,
        &calls,
        vec![json!({ "vehicle": { "stock_number": "U1043", "year": 2021, "price": "$26,990" } })],
    );
    let draft = ask(&request).text.unwrap();
    assert!(draft.contains("$26,990"));
    request.messages.push(ChatMessage::Assistant { text: Some(draft), tool_calls: Vec::new() });
    request.messages.push(ChatMessage::System { text: "guard_feedback: the price is not grounded".to_owned() });
    let played = play(request, |_| json!({ "ticket": "H-7", "open_now": true, "next_open": null }));
    assert_eq!(played.tools, ["escalate_to_human"]);
    assert!(played.text.contains("passed that on") && !played.text.contains('$'), "{}", played.text);
}

#[test]
fn without_tools_it_makes_no_call_and_promises_nobody() {
    let mut request = request(&[], "do you have any SUVs?", &[]);
    request.tools = Arc::from([]);
    let answer = ask(&request);
    assert_eq!(answer.finish, FinishReason::Stop);
    let text = answer.text.unwrap();
    assert!(answer.tool_calls.is_empty() && !text.contains("passed"), "{text}");
}

#[test]
fn calls_of_one_turn_have_names_of_their_own() {
    let mut request = request(&[], "are you open tomorrow, is the red CX-5 still there and can I come at 3?", &[]);
    let mut ids = Vec::new();
    loop {
        let answer = ask(&request);
        if answer.tool_calls.is_empty() {
            break;
        }
        ids.extend(answer.tool_calls.iter().map(|call| call.id.clone()));
        let outputs = answer.tool_calls.iter().map(|_| json!({ "error": "unavailable", "message": "" })).collect();
        add_outputs(&mut request, &answer.tool_calls, outputs);
    }
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert!(ids.len() > 1 && distinct.len() == ids.len(), "{ids:?}");
}

#[test]
fn what_arrives_during_a_turn_is_answered_with_it() {
    let mut request = request(&[], "is it still available?", &facts(&[CX5]));
    let calls = ask(&request).tool_calls;
    add_outputs(&mut request, &calls, vec![json!({ "vehicle": { "stock_number": "U1043", "status": "available" } })]);
    request.messages.push(ChatMessage::User { text: "and are you open sunday?".to_owned() });
    request.messages.push(ChatMessage::System { text: format!("{FACTS}\n{CX5}") });
    let names: Vec<String> = ask(&request).tool_calls.into_iter().map(|call| call.name).collect();
    assert_eq!(names, ["get_dealership_info"], "the vehicle was looked up already");
}

#[test]
fn without_a_clock_no_day_is_guessed() {
    let mut request = request(&[], "can I come tomorrow at 3?", &[]);
    request.messages.pop();
    let answer = ask(&request);
    assert!(answer.tool_calls.is_empty());
    assert!(answer.text.unwrap().contains("What day and time"));
}

#[test]
fn a_burst_of_texts_is_one_question() {
    let answer = ask(&request(&[], "hi\nany SUVs\nunder 30k\nwith heated seats", &[]));
    let arguments: serde_json::Value = serde_json::from_str(&answer.tool_calls[0].arguments).unwrap();
    assert_eq!(answer.tool_calls.len(), 1);
    assert_eq!((&arguments["body"], &arguments["price_max"]), (&json!("suv"), &json!(30_000)));
    assert_eq!(arguments["features"], json!(["heated seats"]));
}
