//! The words made of sample outputs (`testdata/replies.jsonl`), as one snapshot to be read.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::support::{By, FACTS, check_reply, play, request};

/// A text of a customer and what each tool answers to it.
#[derive(Deserialize)]
struct Sample {
    say: String,
    facts: Vec<String>,
    history: Vec<(By, String)>,
    outputs: Map<String, Value>,
}

fn samples() -> impl Iterator<Item = Sample> {
    include_str!("../testdata/replies.jsonl").lines().map(|line| serde_json::from_str(line).expect(line))
}

/// The reply to a sample; a tool without an answer of its own is down.
fn reply(sample: &Sample) -> String {
    let answered = |name: &str| {
        sample.outputs.get(name).cloned().unwrap_or_else(|| json!({ "error": "unavailable", "message": "" }))
    };
    let played = play(request(&sample.history, &sample.say, &sample.facts), |call| answered(&call.name));
    let outputs: String = played.outputs.iter().map(ToString::to_string).collect();
    check_reply(&played.text, &format!("{FACTS} {} {outputs}", sample.facts.join(" ")));
    played.text
}

#[test]
fn replies_read_as_they_should() {
    let text: Vec<String> = samples().map(|sample| format!("> {}\n{}\n", sample.say, reply(&sample))).collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn nothing_is_said_to_be_done_that_no_tool_has_done() {
    for sample in samples() {
        let text = reply(&sample).to_lowercase();
        let done = |key: &str| sample.outputs.values().any(|output| output.get(key).is_some());
        let claims = [
            ("booked", "booked"),
            ("is rescheduled", "rescheduled"),
            ("is cancelled", "cancelled"),
            ("i've passed", "ticket"),
            ("someone will", "ticket"),
        ];
        for (words, key) in claims {
            assert!(!text.contains(words) || done(key), "{words:?} in {text:?}");
        }
    }
}
