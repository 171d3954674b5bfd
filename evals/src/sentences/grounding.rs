//! Whether the final words of a turn state only what a tool, a fact or the customer said.

use forecourt_agent::model::{ChatMessage, ModelRequest, ToolCall};

/// Claims of something done, and the tool that alone can have done it.
const CLAIMS: [(&str, &str); 5] = [
    ("booked for", "book_appointment"),
    ("is rescheduled", "reschedule_appointment"),
    ("is cancelled", "cancel_appointment"),
    ("noted your", "update_customer_profile"),
    ("passed", "escalate_to_human"),
];

/// The figures of `words` that occur in no message of `request`, and the claims without their call. The
/// texts of `request` are the facts, the history and what the tools returned.
#[must_use]
pub fn invented(words: &str, called: &[ToolCall], request: &ModelRequest) -> Vec<String> {
    let known: Vec<String> = request.messages.iter().filter_map(source).flat_map(|text| figures(&text)).collect();
    let unknown = figures(words).into_iter().filter(|figure| !known.contains(figure));
    let lower = words.to_lowercase();
    let claimed = CLAIMS.iter().filter(|(claim, _)| lower.contains(claim));
    let undone = claimed.filter(|(_, tool)| !called.iter().any(|call| call.name == *tool));
    unknown.chain(undone.map(|(claim, _)| (*claim).to_owned())).collect()
}

/// What a figure may come from; the arguments of a call are the model's own words.
fn source(message: &ChatMessage) -> Option<String> {
    match message {
        ChatMessage::System { text } | ChatMessage::User { text } | ChatMessage::ToolOutput { text, .. } => {
            Some(text.clone())
        }
        ChatMessage::Assistant { text, .. } => text.clone(),
    }
}

/// Runs of digits without separators of thousands and leading zeros.
fn figures(text: &str) -> Vec<String> {
    let joined: String = text.chars().filter(|letter| *letter != ',').collect();
    let runs = joined.split(|letter: char| !letter.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.trim_start_matches('0').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;

    fn request(texts: &[&str]) -> ModelRequest {
        let output = |text: &&str| ChatMessage::ToolOutput { call_id: "call_1".to_owned(), text: (*text).to_owned() };
        let messages = texts.iter().map(output).collect();
        ModelRequest { tools: Arc::from([]), messages, max_output_tokens: 1, timeout: Duration::from_secs(1) }
    }

    #[test]
    fn a_figure_or_claim_without_a_source_is_found() {
        let known = request(&[r#"{"price": "$26,990", "mileage": 41250}"#]);
        assert!(invented("It is $26,990 with 41,250 miles.", &[], &known).is_empty());
        assert_eq!(invented("It is $25,990.", &[], &known), ["25990"]);
        assert_eq!(invented("You're booked for Saturday.", &[], &known), ["booked for"]);
    }
}
