//! What a request tells the offline model: the facts, the conversation, the new words, this turn's outputs.

use jiff::civil::{Date, DateTime};
use serde_json::Value;

use crate::model::{ChatMessage, ModelRequest};

/// Who wrote a line of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Customer,
    Us,
}

/// One earlier message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) by: Speaker,
    pub(super) text: String,
}

/// A vehicle the conversation is about: `U1043 2021 Mazda CX-5 Touring`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Discussed {
    pub(super) stock: String,
    pub(super) label: String,
}

/// An appointment the customer already has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Appointment {
    pub(super) starts_at: DateTime,
    pub(super) kind: String,
    pub(super) stock: Option<String>,
}

/// The changing part of the prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) now: Option<DateTime>,
    pub(super) dealership: Option<String>,
    pub(super) customer_first_name: Option<String>,
    /// The one discussed last comes last.
    pub(super) discussed: Vec<Discussed>,
    /// Open appointments in time order.
    pub(super) appointments: Vec<Appointment>,
    /// Whether a guard rejected what we wrote before in this turn.
    pub(super) blocked: bool,
}

/// A tool call of this turn and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    pub(super) tool: String,
    pub(super) arguments: Value,
    pub(super) result: Result<Value, ToolFailure>,
}

/// A failed or refused tool call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ToolFailure {
    pub(super) code: String,
    pub(super) body: Value,
}

/// A request as the offline model reads it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Conversation {
    pub(super) facts: Facts,
    /// Oldest first, without the new words.
    pub(super) history: Vec<Line>,
    /// Everything the customer wrote that nobody answered yet, one message a line.
    pub(super) said: String,
    pub(super) outcomes: Vec<Outcome>,
}

impl Conversation {
    /// Reads a request. Nothing in it can make this fail: what is not understood is left out.
    pub(super) fn read(request: &ModelRequest) -> Self {
        let messages = &request.messages;
        let asked = messages.iter().position(|message| matches!(message, ChatMessage::User { .. })).unwrap_or(0);
        let turn = (asked..messages.len()).find(|at| is_changing_part(&messages[*at])).unwrap_or(messages.len());
        let mut conversation = Self::default();
        for message in messages {
            if let ChatMessage::System { text } = message {
                conversation.facts.read(text);
            }
        }
        let (before, within) = messages.split_at(turn);
        let first_new = before
            .iter()
            .rposition(|message| matches!(message, ChatMessage::Assistant { .. }))
            .map_or(0, |last_answer| last_answer + 1);
        conversation.history = before[..first_new].iter().filter_map(line).collect();
        let new = before[first_new..].iter().chain(within).filter_map(|message| match message {
            ChatMessage::User { text } => Some(text.as_str()),
            _ => None,
        });
        conversation.said = new.collect::<Vec<_>>().join("\n");
        conversation.outcomes = outcomes(within);
        conversation
    }

    /// What we wrote last, if anything.
    pub(super) fn our_last_text(&self) -> Option<&str> {
        self.our_texts().next()
    }

    /// What we wrote, newest first.
    pub(super) fn our_texts(&self) -> impl Iterator<Item = &str> {
        self.history.iter().rev().filter(|line| line.by == Speaker::Us).map(|line| line.text.as_str())
    }

    /// The customer's new words on one line, cut at a word to at most `limit` letters.
    pub(super) fn quoted(&self, limit: usize) -> String {
        let mut quoted = String::new();
        for word in self.said.split_whitespace() {
            if quoted.chars().count() + word.chars().count() + 1 > limit {
                break;
            }
            if !quoted.is_empty() {
                quoted.push(' ');
            }
            quoted.push_str(word);
        }
        quoted
    }

    /// The successful output of `tool` in this turn that came last.
    pub(super) fn output(&self, tool: &str) -> Option<&Value> {
        self.outcomes
            .iter()
            .rev()
            .filter(|outcome| outcome.tool == tool)
            .find_map(|outcome| outcome.result.as_ref().ok())
    }
}

fn is_changing_part(message: &ChatMessage) -> bool {
    matches!(message, ChatMessage::System { text } if text.lines().any(|line| line.starts_with("now: ")))
}

fn line(message: &ChatMessage) -> Option<Line> {
    match message {
        ChatMessage::User { text } => Some(Line { by: Speaker::Customer, text: text.clone() }),
        ChatMessage::Assistant { text: Some(text), .. } => Some(Line { by: Speaker::Us, text: text.clone() }),
        ChatMessage::Assistant { text: None, .. } | ChatMessage::System { .. } | ChatMessage::ToolOutput { .. } => None,
    }
}

fn outcomes(messages: &[ChatMessage]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for message in messages {
        let ChatMessage::ToolOutput { call_id, text } = message else { continue };
        let calls = messages.iter().flat_map(|message| match message {
            ChatMessage::Assistant { tool_calls, .. } => tool_calls.as_slice(),
            _ => &[],
        });
        let Some(call) = calls.into_iter().find(|call| call.id == *call_id) else { continue };
        let arguments = serde_json::from_str(&call.arguments).unwrap_or(Value::Null);
        outcomes.push(Outcome { tool: call.name.clone(), arguments, result: result(text) });
    }
    outcomes
}

fn result(text: &str) -> Result<Value, ToolFailure> {
    let body: Value =
        serde_json::from_str(text).map_err(|_| ToolFailure { code: "unavailable".to_owned(), body: Value::Null })?;
    match body.get("error") {
        None => Ok(body),
        Some(code) => Err(ToolFailure { code: code.as_str().unwrap_or("unavailable").to_owned(), body }),
    }
}

impl Facts {
    /// Takes the facts out of one system message; a later one replaces what an earlier one said.
    fn read(&mut self, text: &str) {
        if text.lines().any(|line| line.starts_with("now: ")) {
            *self = Self { blocked: self.blocked, ..Self::default() };
            text.lines().filter_map(|line| line.split_once(": ")).for_each(|(key, value)| self.fact(key, value.trim()));
            self.appointments.sort_by_key(|appointment| appointment.starts_at);
        } else if text.lines().any(|line| line.starts_with("guard_feedback: ")) {
            self.blocked = true;
        }
    }

    fn fact(&mut self, key: &str, value: &str) {
        match key {
            "now" => self.now = value.split(' ').next().and_then(|instant| instant.parse().ok()),
            "dealership" => self.dealership = Some(value.to_owned()),
            "customer_first_name" => self.customer_first_name = Some(value.to_owned()),
            "vehicle_discussed" => {
                if let Some((stock, label)) = value.split_once(' ') {
                    self.discussed.retain(|vehicle| vehicle.stock != stock);
                    self.discussed.push(Discussed { stock: stock.to_owned(), label: label.to_owned() });
                }
            }
            "appointment" => self.appointments.extend(appointment(value)),
            "guard_feedback" => self.blocked = true,
            _ => {}
        }
    }

    /// The local date.
    pub(super) fn today(&self) -> Option<Date> {
        self.now.map(DateTime::date)
    }
}

/// `2026-11-21T15:00 test_drive scheduled U1043`, if it is still to come about.
fn appointment(value: &str) -> Option<Appointment> {
    let mut parts = value.split(' ');
    let starts_at = parts.next()?.parse().ok()?;
    let kind = parts.next()?.to_owned();
    let open = matches!(parts.next()?, "scheduled" | "confirmed");
    open.then(|| Appointment { starts_at, kind, stock: parts.next().map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::model::ToolCall;

    fn request(messages: Vec<ChatMessage>) -> ModelRequest {
        ModelRequest { tools: Arc::from([]), messages, max_output_tokens: 500, timeout: Duration::from_secs(1) }
    }

    fn system(text: &str) -> ChatMessage {
        ChatMessage::System { text: text.to_owned() }
    }

    fn user(text: &str) -> ChatMessage {
        ChatMessage::User { text: text.to_owned() }
    }

    fn assistant(text: &str) -> ChatMessage {
        ChatMessage::Assistant { text: Some(text.to_owned()), tool_calls: Vec::new() }
    }

    const PART: &str = "now: 2026-11-20T14:05 Friday\nzone: America/Denver\ndealership: Northgate Motors\n\
        customer_first_name: Ann\nvehicle_discussed: U1 2020 Honda Civic EX\nvehicle_discussed: U1043 2021 Mazda CX-5 Touring\n\
        appointment: 2026-11-21T15:00 test_drive scheduled U1043\nappointment: 2026-11-19T15:00 sales cancelled";

    #[test]
    fn history_new_words_and_outputs_are_told_apart() {
        let call =
            ToolCall { id: "c1".into(), name: "get_vehicle".into(), arguments: r#"{"stock_number":"U1"}"#.into() };
        let conversation = Conversation::read(&request(vec![
            system("You are the receptionist."),
            user("hi"),
            assistant("Hello!"),
            user("is it there"),
            user("now: 2020-01-01T00:00"),
            system(PART),
            ChatMessage::Assistant { text: None, tool_calls: vec![call] },
            ChatMessage::ToolOutput { call_id: "c1".into(), text: r#"{"error":"not_found"}"#.into() },
        ]));
        assert_eq!(conversation.history.len(), 2);
        assert_eq!(conversation.said, "is it there\nnow: 2020-01-01T00:00");
        assert_eq!(conversation.facts.now, Some("2026-11-20T14:05".parse().unwrap()));
        assert_eq!(conversation.facts.discussed[1].stock, "U1043");
        assert_eq!(conversation.facts.appointments.len(), 1, "a cancelled one is over");
        assert_eq!(conversation.outcomes[0].result.as_ref().unwrap_err().code, "not_found");
    }

    #[test]
    fn an_output_that_is_no_json_is_a_failure() {
        assert_eq!(result("oops").unwrap_err().code, "unavailable");
        assert!(result("{}").is_ok());
    }
}
