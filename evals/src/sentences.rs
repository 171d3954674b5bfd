//! How many of the customers' sentences lead the offline model to the right tool and arguments.

pub mod fake_tools;
pub mod grounding;
pub mod report;

use std::{sync::Arc, time::Duration};

use forecourt_agent::{
    ChatModel,
    model::{ChatMessage, ModelAnswer, ModelRequest, ToolCall, ToolSchema},
    models::offline::OfflineModel,
};
use forecourt_domain::search::fold;
use forecourt_tools::Registry;
use serde::Deserialize;
use serde_json::Value;

/// The facts every sentence starts from: a Friday afternoon at the demo dealership.
const FACTS: &str =
    "now: 2026-11-20T14:05 Friday\nzone: America/Denver\ndealership: Northgate Motors\nopen_now: yes, until 8:00 PM";

/// One line of `sentences/customer.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Sentence {
    pub id: String,
    pub kind: String,
    /// `customer: …` and `assistant: …`, joined by `|||`, oldest first.
    history: String,
    /// More lines of the changing part, joined by `|||`.
    facts: String,
    pub text: String,
    /// The tool called first; `none` where a truthful answer needs no tool.
    tool: String,
    /// The arguments that must match, as JSON.
    arguments: String,
    /// Another tool that must be called, too.
    also: String,
}

/// How the model took a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    Right,
    /// Not as expected, but a human was asked: nobody was misled.
    ToAHuman,
    /// Not as expected; what it did instead.
    Wrong(String),
}

/// A sentence taken to the end of its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub taken: Taken,
    /// Calls that change something and that the sentence did not ask for.
    pub wrong_effects: Vec<String>,
    /// What the final words state without a source.
    pub invented: Vec<String>,
}

/// The tools that change a customer's appointments or profile.
const CHANGES: [&str; 4] =
    ["book_appointment", "reschedule_appointment", "cancel_appointment", "update_customer_profile"];

/// Reads the sentences.
pub fn read(csv: &str) -> anyhow::Result<Vec<Sentence>> {
    Ok(csv::Reader::from_reader(csv.as_bytes()).deserialize().collect::<Result<_, _>>()?)
}

/// How many steps a turn may take, as the agent's own limit allows.
const STEPS: usize = 6;

/// Asks the offline model as a turn does, until it says something. The first step must call the expected
/// tool; another tool that the sentence asks for, too, may follow once the first ones have found something.
///
/// # Errors
/// When the model fails or never says anything.
pub async fn take(sentence: &Sentence) -> anyhow::Result<Turn> {
    let mut request = request(sentence);
    let first = OfflineModel.respond(&request, &mut |_| {}).await?;
    let mut called: Vec<ToolCall> = Vec::new();
    let mut answer = first.clone();
    for _ in 0..STEPS {
        if answer.tool_calls.is_empty() {
            break;
        }
        called.extend(answer.tool_calls.iter().cloned());
        continue_with(&mut request, &answer);
        answer = OfflineModel.respond(&request, &mut |_| {}).await?;
    }
    let Some(words) = answer.text else { anyhow::bail!("no words after {STEPS} steps: {}", sentence.id) };
    let also = sentence.also.is_empty() || is_called(&sentence.also, &called);
    let taken = if is_right(sentence, &first) && also {
        Taken::Right
    } else if is_called("escalate_to_human", &called) {
        Taken::ToAHuman
    } else {
        let calls: Vec<_> = called.iter().map(written).collect();
        Taken::Wrong(format!("{} {words}", calls.join("; ")))
    };
    let unasked = called.iter().filter(|call| CHANGES.contains(&call.name.as_str()) && !is_expected(sentence, call));
    let wrong_effects = unasked.map(written).collect();
    Ok(Turn { taken, wrong_effects, invented: grounding::invented(&words, &called, &request) })
}

fn written(call: &ToolCall) -> String {
    format!("{} {}", call.name, call.arguments)
}

/// Whether the sentence asks for this very call.
fn is_expected(sentence: &Sentence, call: &ToolCall) -> bool {
    call.name == sentence.also || (call.name == sentence.tool && has_arguments(call, &sentence.arguments))
}

fn is_right(sentence: &Sentence, first: &ModelAnswer) -> bool {
    let calls = &first.tool_calls;
    match sentence.tool.as_str() {
        // Nonsense, attempts to instruct the assistant and other languages go to a human or get a text
        // that asks back; either is right, whichever the line names.
        _ if matches!(sentence.kind.as_str(), "nonsense" | "hostile" | "other_language") => {
            calls.iter().all(|call| call.name == "escalate_to_human")
        }
        "none" => calls.is_empty() && first.text.is_some(),
        tool => calls.iter().any(|call| call.name == tool && has_arguments(call, &sentence.arguments)),
    }
}

fn is_called(tool: &str, calls: &[ToolCall]) -> bool {
    calls.iter().any(|call| call.name == tool)
}

/// Appends an answer and what its calls might have found.
fn continue_with(request: &mut ModelRequest, answer: &ModelAnswer) {
    let (text, tool_calls) = (answer.text.clone(), answer.tool_calls.clone());
    request.messages.push(ChatMessage::Assistant { text, tool_calls });
    request.messages.extend(answer.tool_calls.iter().map(|call| ChatMessage::ToolOutput {
        call_id: call.id.clone(),
        text: fake_tools::output_of(call).to_string(),
    }));
}

fn request(sentence: &Sentence) -> ModelRequest {
    let tools: Arc<[ToolSchema]> = Registry::customer()
        .iter()
        .map(|tool| ToolSchema {
            name: tool.name(),
            description: tool.description(),
            parameters: tool.schema().clone(),
        })
        .collect();
    let mut messages = vec![ChatMessage::System { text: "You are the receptionist of Northgate Motors.".to_owned() }];
    messages.extend(parts(&sentence.history).map(|line| match line.strip_prefix("assistant: ") {
        Some(text) => ChatMessage::Assistant { text: Some(text.to_owned()), tool_calls: Vec::new() },
        None => ChatMessage::User { text: line.trim_start_matches("customer: ").to_owned() },
    }));
    messages.push(ChatMessage::User { text: sentence.text.clone() });
    let facts = parts(&sentence.facts).fold(FACTS.to_owned(), |facts, line| facts + "\n" + line);
    messages.push(ChatMessage::System { text: facts });
    ModelRequest { tools, messages, max_output_tokens: 700, timeout: Duration::from_secs(5) }
}

fn parts(joined: &str) -> impl Iterator<Item = &str> {
    joined.split("|||").map(str::trim).filter(|part| !part.is_empty())
}

fn has_arguments(call: &ToolCall, expected: &str) -> bool {
    if expected.is_empty() {
        return true;
    }
    let (Ok(actual), Ok(expected)) = (serde_json::from_str::<Value>(&call.arguments), serde_json::from_str(expected))
    else {
        return false;
    };
    let Value::Object(expected) = expected else { return false };
    expected.iter().all(|(name, value)| same(value, &actual[name]))
}

/// Texts compare folded, lists as sets.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::String(expected), Value::String(actual)) => fold(expected) == fold(actual),
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len() && expected.iter().all(|item| actual.iter().any(|other| same(item, other)))
        }
        _ => expected == actual,
    }
}
