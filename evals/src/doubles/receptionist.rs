//! A model that books what it is told: two tool calls and three answers for every text, always the same.

use std::{ops::Range, time::Duration};

use async_trait::async_trait;
use forecourt_agent::{
    model::{ChatMessage, ChatModel, ModelAnswer, ModelError, ModelRequest},
    models::scripted::{Scripted, calls, says},
};
use serde_json::{Value, json};

/// Reads `book 2026-11-21T15:00` in the customer's latest text: looks at the inventory, books that time,
/// says what came of it.
#[derive(Debug, Default)]
pub struct Receptionist {
    /// How long an answer takes, at random; none takes no time.
    pub pace: Option<Range<Duration>>,
}

/// What a customer writes to it.
#[must_use]
pub fn request_for(starts_at: jiff::civil::DateTime) -> String {
    format!("Hi! Please book {} for me.", starts_at.strftime("%Y-%m-%dT%H:%M"))
}

/// The local time that a text asks for.
#[must_use]
pub fn wanted_time(text: &str) -> Option<&str> {
    text.split("book ").nth(1)?.split_whitespace().next()
}

fn answer(request: &ModelRequest) -> Scripted {
    let last_text = request.messages.iter().rposition(|message| matches!(message, ChatMessage::User { .. }));
    let (asked, since) = request.messages.split_at(last_text.map_or(0, |position| position + 1));
    let Some(ChatMessage::User { text }) = asked.last() else { return says("How can I help?") };
    let outputs: Vec<Value> = since.iter().filter_map(output).collect();
    match (wanted_time(text), &outputs[..]) {
        (None, _) => says("Thanks for the message. What day and time would suit you?"),
        (Some(_), []) => calls([("search_inventory", search())]),
        (Some(time), [_]) => calls([(
            "book_appointment",
            json!({ "kind": "sales", "starts_at": time, "stock_number": null, "note": null }),
        )]),
        (Some(_), [.., booked]) => match booked["appointment"]["label"].as_str() {
            Some(label) => says(&format!("You're booked for {label}. See you then!")),
            None => says("I could not book that time. Would another one suit you?"),
        },
    }
}

fn output(message: &ChatMessage) -> Option<Value> {
    match message {
        ChatMessage::ToolOutput { text, .. } => serde_json::from_str(text).ok(),
        ChatMessage::System { .. } | ChatMessage::User { .. } | ChatMessage::Assistant { .. } => None,
    }
}

fn search() -> Value {
    json!({
        "query": null, "condition": "used", "make": null, "model": null, "body": "suv", "drivetrain": null, "fuel": null,
        "transmission": null, "color": null, "features": [], "year_min": null, "year_max": null, "price_min": null,
        "price_max": 40000, "mileage_max": null, "sort": "price_low", "limit": 3
    })
}

#[async_trait]
impl ChatModel for Receptionist {
    fn name(&self) -> &str {
        "receptionist"
    }

    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        if let Some(pace) = &self.pace {
            tokio::time::sleep(rand::random_range(pace.clone())).await;
        }
        let answer = answer(request)?;
        if let Some(text) = &answer.text {
            on_text(text);
        }
        Ok(answer)
    }
}
