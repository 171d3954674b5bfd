//! Sentences of customers and the calls they must lead to (`testdata/sentences.jsonl`).

use serde::Deserialize;
use serde_json::Value;

use super::support::{By, ask, request};

/// One line of the table.
#[derive(Deserialize)]
struct Sentence {
    say: String,
    #[serde(default)]
    history: Vec<(By, String)>,
    #[serde(default)]
    facts: Vec<String>,
    /// The tools called in the first answer with arguments that must be among the actual ones;
    /// none means a text.
    #[serde(default)]
    calls: Vec<(String, Value)>,
    /// What a text must contain.
    #[serde(default)]
    text: Vec<String>,
}

/// Whether `actual` has everything that `expected` names. A string starting with `~` need only be contained.
fn includes(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().all(|(name, value)| actual.get(name).is_some_and(|actual| includes(value, actual)))
        }
        (Value::String(expected), Value::String(actual)) if expected.starts_with('~') => {
            actual.to_lowercase().contains(&expected[1..].to_lowercase())
        }
        _ => expected == actual,
    }
}

/// What is wrong with the answer to `sentence`, if anything.
fn fault(sentence: &Sentence) -> Option<String> {
    let answer = ask(&request(&sentence.history, &sentence.say, &sentence.facts));
    let calls: Vec<(String, Value)> = answer
        .tool_calls
        .iter()
        .map(|call| (call.name.clone(), serde_json::from_str(&call.arguments).unwrap()))
        .collect();
    let right = calls.len() == sentence.calls.len()
        && sentence
            .calls
            .iter()
            .all(|(tool, expected)| calls.iter().any(|(name, actual)| name == tool && includes(expected, actual)));
    let text = answer.text.clone().unwrap_or_default();
    let worded = sentence.text.iter().all(|part| text.to_lowercase().contains(&part.to_lowercase()));
    let got: Vec<String> =
        calls.iter().map(|(name, arguments)| format!("{name} {}", without_nulls(arguments))).collect();
    (!(right && worded)).then(|| format!("{:?}\n    got {} {text}", sentence.say, got.join("; ")))
}

fn without_nulls(arguments: &Value) -> String {
    let object = arguments.as_object().cloned().unwrap_or_default();
    let said: serde_json::Map<String, Value> =
        object.into_iter().filter(|(_, value)| !value.is_null() && *value != Value::Array(Vec::new())).collect();
    Value::Object(said).to_string()
}

fn sentences(text: &str) -> Vec<Sentence> {
    text.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn every_sentence_of_the_table_leads_to_its_calls() {
    let sentences = sentences(include_str!("../testdata/sentences.jsonl"));
    assert!(sentences.len() >= 120, "{}", sentences.len());
    let faults: Vec<String> = sentences.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{} of {} wrong:\n{}", faults.len(), sentences.len(), faults.join("\n"));
}
