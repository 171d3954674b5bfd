//! A wire request read back into what a [`ChatModel`](crate::model::ChatModel) is asked.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;

use crate::model::{ChatMessage, ModelRequest, ToolCall, ToolSchema};

/// Reads a body that broke no rule of [`super::rules`].
pub(super) fn read(body: &Value) -> ModelRequest {
    let limit = body["max_completion_tokens"].as_u64().or(body["max_tokens"].as_u64()).unwrap_or_default();
    ModelRequest {
        tools: elements(&body["tools"]).map(tool).collect(),
        messages: elements(&body["messages"]).map(message).collect(),
        max_output_tokens: u32::try_from(limit).unwrap_or(u32::MAX),
        timeout: Duration::from_secs(60),
    }
}

fn tool(tool: &Value) -> ToolSchema {
    let function = &tool["function"];
    ToolSchema {
        name: interned(&text(&function["name"])),
        description: interned(&text(&function["description"])),
        parameters: function["parameters"].clone(),
    }
}

fn message(message: &Value) -> ChatMessage {
    let content = text(&message["content"]);
    match message["role"].as_str() {
        Some("assistant") => ChatMessage::Assistant {
            text: message["content"].as_str().map(str::to_owned),
            tool_calls: elements(&message["tool_calls"]).map(call).collect(),
        },
        Some("tool") => ChatMessage::ToolOutput { call_id: text(&message["tool_call_id"]), text: content },
        Some("user") => ChatMessage::User { text: content },
        _ => ChatMessage::System { text: content },
    }
}

fn call(call: &Value) -> ToolCall {
    let function = &call["function"];
    ToolCall { id: text(&call["id"]), name: text(&function["name"]), arguments: text(&function["arguments"]) }
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The same text for the life of the process, as a [`ToolSchema`] wants it. A test run sees a few
/// dozen tools, and each text is kept once.
fn interned(text: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.get(text) {
        return same;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    known.insert(kept);
    kept
}
