//! Kinds of sentences, each in many wordings, and the calls they must lead to (`testdata/kinds.txt`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::support::{By, ask, request};

/// What is known before a sentence: facts and the history.
#[derive(Debug, Clone, Default)]
struct Before {
    facts: Vec<String>,
    history: Vec<(By, String)>,
}

/// The tools under the short names of the table.
const TOOLS: &[(&str, &str)] = &[
    ("search", "search_inventory"),
    ("vehicle", "get_vehicle"),
    ("compare", "compare_vehicles"),
    ("info", "get_dealership_info"),
    ("slots", "list_appointment_slots"),
    ("mine", "list_my_appointments"),
    ("book", "book_appointment"),
    ("move", "reschedule_appointment"),
    ("cancel", "cancel_appointment"),
    ("profile", "update_customer_profile"),
    ("lead", "update_lead"),
    ("human", "escalate_to_human"),
];

/// `book kind: sales, starts_at: 2026-11-21T15:00` as a tool and the arguments it must have.
fn expected(call: &str) -> (&'static str, Map<String, Value>) {
    let (name, arguments) = call.trim().split_once(' ').unwrap_or((call.trim(), ""));
    let tool = TOOLS.iter().find(|(short, _)| *short == name).unwrap_or_else(|| panic!("no tool {call:?}")).1;
    let mut read: Vec<(&str, String)> = Vec::new();
    for part in arguments.split(", ").filter(|part| !part.is_empty()) {
        match (part.split_once(": "), read.last_mut()) {
            (Some((name, value)), _) => read.push((name, value.to_owned())),
            // A value that has a comma itself.
            (None, Some((_, value))) => *value = format!("{value}, {part}"),
            (None, None) => panic!("no argument {part:?}"),
        }
    }
    (tool, read.into_iter().map(|(name, value)| (name.to_owned(), value_of(name, &value))).collect())
}

fn value_of(name: &str, value: &str) -> Value {
    if matches!(name, "features" | "topics" | "stock_numbers") {
        return value.split('+').filter(|item| !item.is_empty()).collect();
    }
    match value {
        "null" => Value::Null,
        name_of_digits if name == "model" => json!(name_of_digits),
        digits => digits.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number)),
    }
}

fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len() && expected.iter().all(|item| actual.contains(item))
        }
        _ => expected == actual,
    }
}

/// What is wrong with the answer to `say`, if anything. `says` expects words and no call.
fn fault(before: &Before, say: &str, wanted: &str) -> Option<String> {
    let answer = ask(&request(&before.history, say, &before.facts));
    let calls: Vec<(String, Value)> = answer
        .tool_calls
        .iter()
        .map(|call| (call.name.clone(), serde_json::from_str(&call.arguments).unwrap()))
        .collect();
    let wanted: Vec<_> = if wanted == "says" { Vec::new() } else { wanted.split(" & ").map(expected).collect() };
    let made = |(tool, arguments): &(&str, Map<String, Value>)| {
        let fits = |actual: &Value| arguments.iter().all(|(name, value)| same(value, &actual[name]));
        calls.iter().any(|(name, actual)| name == tool && fits(actual))
    };
    let right = calls.len() == wanted.len() && wanted.iter().all(made);
    let got: Vec<String> = calls.iter().map(|(name, actual)| format!("{name} {}", without_nulls(actual))).collect();
    (!right).then(|| format!("{say}\n    {} {}", got.join("; "), answer.text.unwrap_or_default()))
}

fn without_nulls(arguments: &Value) -> Value {
    let object = arguments.as_object().cloned().unwrap_or_default();
    object.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([])).collect::<Map<_, _>>().into()
}

/// Every line of the table that leads elsewhere.
fn faults(table: &str) -> (usize, Vec<String>) {
    let mut known: BTreeMap<&str, Before> = BTreeMap::from([("", Before::default())]);
    let (mut lines, mut faults, mut scene) = (0, Vec::new(), "");
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('@') {
            scene = name;
            known.entry(name).or_default();
        } else if let Some(fact) = line.strip_prefix("- ") {
            known.get_mut(scene).unwrap().facts.push(fact.to_owned());
        } else if let Some(text) = line.strip_prefix("> ") {
            known.get_mut(scene).unwrap().history.push((By::Customer, text.to_owned()));
        } else if let Some(text) = line.strip_prefix("< ") {
            known.get_mut(scene).unwrap().history.push((By::Us, text.replace(" / ", "\n")));
        } else {
            let (say, wanted) = line.split_once(" => ").unwrap_or_else(|| panic!("no call in {line:?}"));
            let (name, say) = match say.strip_prefix('[') {
                Some(rest) => rest.split_once("] ").unwrap(),
                None => ("", say),
            };
            let before = known.get(name).unwrap_or_else(|| panic!("no scene {name:?}"));
            lines += 1;
            faults.extend(fault(before, say, wanted).map(|fault| format!("[{name}] {fault}\n    not {wanted}")));
        }
    }
    (lines, faults)
}

#[test]
fn sentences_of_a_kind_lead_to_the_same_calls_however_they_are_worded() {
    let table = include_str!("../testdata/kinds.txt");
    let (lines, faults) = faults(table);
    assert!(faults.is_empty(), "{} of {lines} wrong:\n{}", faults.len(), faults.join("\n"));
}
