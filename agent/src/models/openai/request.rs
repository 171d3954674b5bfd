//! A request as the wire wants it. The same request is always the same bytes, and everything that
//! grows stands last, so that a longer request of a turn begins with the shorter one.

use std::{borrow::Cow, collections::HashMap};

use serde::{Serialize, de::IgnoredAny};
use serde_json::{Value, json};

use super::{Delivery, OutputLimitField};
use crate::model::{ChatMessage, ModelRequest, ToolCall, ToolSchema};

#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    /// Left out when empty: servers reject an empty list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "function", rename_all = "lowercase")]
enum Tool<'a> {
    Function { name: &'a str, description: &'a str, parameters: &'a Value, strict: bool },
}

#[derive(Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum Message<'a> {
    System {
        content: &'a str,
    },
    User {
        content: &'a str,
    },
    Assistant {
        content: Option<&'a str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<Call<'a>>,
    },
    Tool {
        tool_call_id: &'a str,
        content: &'a str,
    },
}

#[derive(Serialize)]
struct Call<'a> {
    id: &'a str,
    #[serde(flatten)]
    call: CalledFunction<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "function", rename_all = "lowercase")]
enum CalledFunction<'a> {
    Function { name: Cow<'a, str>, arguments: Cow<'a, str> },
}

impl<'a> Body<'a> {
    pub(super) fn of(
        request: &'a ModelRequest,
        model: &'a str,
        delivery: Delivery,
        output_limit: OutputLimitField,
    ) -> Self {
        let stream = delivery == Delivery::Streamed;
        let limit = request.max_output_tokens;
        let (max_completion_tokens, max_tokens) = match output_limit {
            OutputLimitField::MaxCompletionTokens => (Some(limit), None),
            OutputLimitField::MaxTokens => (None, Some(limit)),
        };
        Self {
            model,
            stream,
            stream_options: stream.then_some(StreamOptions { include_usage: true }),
            max_completion_tokens,
            max_tokens,
            tools: request.tools.iter().map(Tool::from).collect(),
            messages: request.messages.iter().map(Message::from).collect(),
        }
    }
}

impl<'a> From<&'a ToolSchema> for Tool<'a> {
    fn from(tool: &'a ToolSchema) -> Self {
        Self::Function { name: tool.name, description: tool.description, parameters: &tool.parameters, strict: true }
    }
}

impl<'a> From<&'a ChatMessage> for Message<'a> {
    fn from(message: &'a ChatMessage) -> Self {
        match message {
            ChatMessage::System { text } => Self::System { content: text },
            ChatMessage::User { text } => Self::User { content: text },
            ChatMessage::Assistant { text, tool_calls } => Self::Assistant {
                // Only beside tool calls may the content be null.
                content: text.as_deref().or(if tool_calls.is_empty() { Some("") } else { None }),
                tool_calls: tool_calls.iter().map(Call::from).collect(),
            },
            ChatMessage::ToolOutput { call_id, text } => Self::Tool { tool_call_id: call_id, content: text },
        }
    }
}

impl<'a> From<&'a ToolCall> for Call<'a> {
    fn from(call: &'a ToolCall) -> Self {
        let (name, arguments) = (wire_name(&call.name), wire_arguments(&call.arguments));
        Self { id: &call.id, call: CalledFunction::Function { name, arguments } }
    }
}

/// A model may call a tool by a name that no server accepts back (`^[a-zA-Z0-9_-]{1,64}$`); the
/// conversation must go on all the same.
fn wire_name(name: &str) -> Cow<'_, str> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if (1..=64).contains(&name.len()) && name.chars().all(allowed) {
        return Cow::Borrowed(name);
    }
    let name: String = name.chars().take(64).map(|letter| if allowed(letter) { letter } else { '_' }).collect();
    Cow::Owned(if name.is_empty() { "unnamed".to_owned() } else { name })
}

/// Arguments that are no JSON object are answered to the model as such, but vLLM and Ollama parse
/// the arguments of earlier calls and reject the whole request if they cannot.
fn wire_arguments(arguments: &str) -> Cow<'_, str> {
    if serde_json::from_str::<HashMap<Cow<'_, str>, IgnoredAny>>(arguments).is_ok() {
        Cow::Borrowed(arguments)
    } else {
        Cow::Owned(json!({ "unreadable": arguments }).to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;

    fn call(name: &str, arguments: &str) -> ToolCall {
        ToolCall { id: "call_1".into(), name: name.into(), arguments: arguments.into() }
    }

    fn request(messages: Vec<ChatMessage>) -> ModelRequest {
        let parameters = json!({"type": "object", "properties": {"stock_number": {"type": "string"}},
            "required": ["stock_number"], "additionalProperties": false});
        let tool = ToolSchema { name: "get_vehicle", description: "One vehicle.", parameters };
        ModelRequest { tools: Arc::new([tool]), messages, max_output_tokens: 400, timeout: Duration::from_secs(20) }
    }

    fn conversation() -> Vec<ChatMessage> {
        let arguments = r#"{ "stock_number" : "U1043" }"#;
        vec![
            ChatMessage::System { text: "You are Ava.".into() },
            ChatMessage::User { text: "Is U1043 still there?".into() },
            ChatMessage::System { text: "now: 2026-11-20T14:05 Friday".into() },
            ChatMessage::Assistant { text: None, tool_calls: vec![call("get_vehicle", arguments)] },
            ChatMessage::ToolOutput { call_id: "call_1".into(), text: r#"{"vehicle":null}"#.into() },
            ChatMessage::Assistant { text: Some("It is sold.".into()), tool_calls: vec![] },
        ]
    }

    fn body(request: &ModelRequest) -> String {
        serde_json::to_string(&Body::of(request, "gpt-5-mini", Delivery::Streamed, OutputLimitField::default()))
            .unwrap()
    }

    #[test]
    fn a_request_is_written_as_the_wire_wants_it() {
        let body: Value = serde_json::from_str(&body(&request(conversation()))).unwrap();
        insta::assert_json_snapshot!(body);
    }

    #[test]
    fn a_longer_request_of_a_turn_begins_with_the_shorter_one() {
        let messages = conversation();
        for length in 1..messages.len() {
            let shorter = body(&request(messages[..length].to_vec()));
            let longer = body(&request(messages[..=length].to_vec()));
            let shared = shorter.strip_suffix("]}").unwrap();
            assert!(longer.starts_with(shared), "{length} messages: {longer} does not begin with {shared}");
        }
    }

    #[test]
    fn an_output_limit_goes_where_the_server_looks_for_it() {
        let request = request(vec![]);
        let body = Body::of(&request, "llama3.2", Delivery::Whole, OutputLimitField::MaxTokens);
        let body = serde_json::to_value(body).unwrap();
        assert_eq!((body.get("max_tokens"), body.get("max_completion_tokens")), (Some(&json!(400)), None));
        assert_eq!((body.get("stream"), body.get("stream_options")), (Some(&json!(false)), None));
    }

    #[test]
    fn names_that_no_server_accepts_back_are_made_acceptable() {
        let long = "x".repeat(70);
        for (written, sent) in [
            ("get_vehicle", "get_vehicle"),
            ("functions.get vehicle", "functions_get_vehicle"),
            ("", "unnamed"),
            ("é", "_"),
        ] {
            assert_eq!(wire_name(written), sent);
        }
        assert_eq!(wire_name(&long).len(), 64);
    }

    #[test]
    fn arguments_that_are_no_object_are_wrapped_and_others_stay_byte_for_byte() {
        for (written, sent) in [
            (r#"{ "a":1 }"#, r#"{ "a":1 }"#),
            ("{", r#"{"unreadable":"{"}"#),
            ("[1]", r#"{"unreadable":"[1]"}"#),
            ("", r#"{"unreadable":""}"#),
        ] {
            assert_eq!(wire_arguments(written), sent);
        }
    }
}
