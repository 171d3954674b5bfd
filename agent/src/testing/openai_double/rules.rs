//! The rules of a chat completions request, as OpenAI states them and as the stricter of the
//! compatible servers enforce them.

use serde_json::Value;

use super::strict_schema;

/// Every rule that the body of a request breaks; empty for a good one.
#[must_use]
pub fn violations(body: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if text(&body["model"]).is_empty() {
        broken.push("model: a name is missing".to_owned());
    }
    if !body["stream_options"].is_null() && body["stream"] != Value::Bool(true) {
        broken.push("stream_options: allowed only with stream: true".to_owned());
    }
    match (&body["max_tokens"], &body["max_completion_tokens"]) {
        (Value::Number(_), Value::Null) | (Value::Null, Value::Number(_)) => {}
        _ => broken.push("exactly one of max_tokens and max_completion_tokens must be set".to_owned()),
    }
    check_tools(&body["tools"], &mut broken);
    check_messages(&body["messages"], &mut broken);
    broken
}

fn check_tools(tools: &Value, broken: &mut Vec<String>) {
    if tools.is_null() {
        return;
    }
    let Some(tools) = tools.as_array().filter(|tools| !tools.is_empty()) else {
        broken.push("tools: must be left out or a list with an element".to_owned());
        return;
    };
    let mut names = Vec::new();
    for (position, tool) in tools.iter().enumerate() {
        let (at, function) = (format!("tools[{position}]"), &tool["function"]);
        let name = text(&function["name"]);
        if tool["type"] != "function" {
            broken.push(format!("{at}: type must be function"));
        }
        if !is_name(name) {
            broken.push(format!("{at}: the name {name:?} does not match ^[a-zA-Z0-9_-]{{1,64}}$"));
        }
        if names.contains(&name) {
            broken.push(format!("{at}: the name {name} is there twice"));
        }
        names.push(name);
        if text(&function["description"]).is_empty() {
            broken.push(format!("{at}: without a description the model guesses"));
        }
        if function["strict"] != Value::Bool(true) {
            broken.push(format!("{at}: strict must be true"));
        }
        let schema = strict_schema::violations(&function["parameters"]);
        broken.extend(schema.into_iter().map(|rule| format!("{at} {name}: {rule}")));
    }
}

fn check_messages(messages: &Value, broken: &mut Vec<String>) {
    let Some(messages) = messages.as_array().filter(|messages| !messages.is_empty()) else {
        broken.push("messages: must be a list with an element".to_owned());
        return;
    };
    if messages.first().is_some_and(|message| message["role"] != "system") {
        broken.push("messages[0]: the first message must be the system's".to_owned());
    }
    if messages.last().is_some_and(|message| message["role"] == "assistant") {
        broken.push("messages: the last message must not be the assistant's".to_owned());
    }
    // The calls of the last assistant message that have no output yet.
    let mut waiting: Vec<&str> = Vec::new();
    for (position, message) in messages.iter().enumerate() {
        let at = format!("messages[{position}]");
        if message["role"] == "tool" {
            check_output(message, &at, &mut waiting, broken);
            continue;
        }
        broken.extend(waiting.drain(..).map(|id| format!("{at}: the call {id} has no output before this message")));
        match text(&message["role"]) {
            "system" | "developer" | "user" => {
                if !message["content"].is_string() {
                    broken.push(format!("{at}: content must be a text"));
                }
            }
            "assistant" => waiting = check_assistant(message, &at, broken),
            role => broken.push(format!("{at}: {role:?} is no role")),
        }
    }
    broken.extend(waiting.into_iter().map(|id| format!("messages: the call {id} has no output")));
}

fn check_output<'a>(message: &'a Value, at: &str, waiting: &mut Vec<&'a str>, broken: &mut Vec<String>) {
    let id = text(&message["tool_call_id"]);
    match waiting.iter().position(|call| *call == id) {
        Some(position) => {
            waiting.remove(position);
        }
        None => broken.push(format!("{at}: no call {id:?} of the assistant message before it waits for an output")),
    }
    if !message["content"].is_string() {
        broken.push(format!("{at}: content must be a text"));
    }
}

/// Checks the message and gives back the ids of its calls.
fn check_assistant<'a>(message: &'a Value, at: &str, broken: &mut Vec<String>) -> Vec<&'a str> {
    let calls = match &message["tool_calls"] {
        Value::Null => &[][..],
        Value::Array(calls) if !calls.is_empty() => calls,
        _ => {
            broken.push(format!("{at}: tool_calls must be left out or a list with an element"));
            &[][..]
        }
    };
    match &message["content"] {
        Value::String(_) => {}
        Value::Null if !calls.is_empty() => {}
        _ => broken.push(format!("{at}: content must be a text, or null beside tool calls")),
    }
    let mut ids = Vec::new();
    for call in calls {
        let (id, function) = (text(&call["id"]), &call["function"]);
        if id.is_empty() || ids.contains(&id) {
            broken.push(format!("{at}: the call id {id:?} is empty or there twice"));
        }
        ids.push(id);
        if call["type"] != "function" {
            broken.push(format!("{at} {id}: type must be function"));
        }
        if !is_name(text(&function["name"])) {
            broken.push(format!("{at} {id}: the name does not match ^[a-zA-Z0-9_-]{{1,64}}$"));
        }
        let arguments = function["arguments"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        if !arguments.is_some_and(|arguments| arguments.is_object()) {
            broken.push(format!("{at} {id}: arguments must be a text that holds a JSON object"));
        }
    }
    ids
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(id: &str) -> Value {
        json!({"id": id, "type": "function", "function": {"name": "get_vehicle", "arguments": "{}"}})
    }

    fn good() -> Value {
        json!({
            "model": "m", "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 10,
            "tools": [{"type": "function", "function": {"name": "get_vehicle", "description": "One.", "strict": true,
                "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": false}}}],
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "u"},
                {"role": "assistant", "content": null, "tool_calls": [call("a"), call("b")]},
                {"role": "tool", "tool_call_id": "b", "content": "{}"},
                {"role": "tool", "tool_call_id": "a", "content": "{}"},
                {"role": "assistant", "content": "done"},
                {"role": "system", "content": "guard_feedback: x"},
            ],
        })
    }

    #[test]
    fn a_good_request_breaks_no_rule() {
        assert_eq!(violations(&good()), Vec::<String>::new());
    }

    #[test]
    fn every_rule_is_seen_when_it_is_broken() {
        let cases: &[(&str, Value, &str)] = &[
            ("/model", json!(""), "model: a name is missing"),
            ("/stream", json!(false), "stream_options: allowed only with stream"),
            ("/max_tokens", json!(null), "exactly one of max_tokens"),
            ("/tools", json!([]), "tools: must be left out"),
            ("/tools/0/type", json!("tool"), "type must be function"),
            ("/tools/0/function/name", json!("get vehicle"), "does not match"),
            ("/tools/0/function/name", json!("x".repeat(65)), "does not match"),
            ("/tools/0/function/description", json!(null), "without a description"),
            ("/tools/0/function/strict", json!(false), "strict must be true"),
            ("/tools/0/function/parameters/additionalProperties", json!(true), "additionalProperties must be false"),
            ("/messages", json!([]), "messages: must be a list"),
            ("/messages/0/role", json!("user"), "the first message must be the system's"),
            ("/messages/6", json!({"role": "assistant", "content": "x"}), "the last message must not be"),
            ("/messages/1/role", json!("customer"), "is no role"),
            ("/messages/1/content", json!(null), "content must be a text"),
            ("/messages/2/tool_calls", json!([]), "tool_calls must be left out"),
            ("/messages/2/tool_calls/0/id", json!("b"), "empty or there twice"),
            ("/messages/2/tool_calls/0/type", json!(null), "type must be function"),
            ("/messages/2/tool_calls/0/function/name", json!(""), "the name does not match"),
            ("/messages/2/tool_calls/0/function/arguments", json!({}), "arguments must be a text"),
            ("/messages/2/tool_calls/0/function/arguments", json!("{"), "arguments must be a text"),
            ("/messages/3/tool_call_id", json!("z"), "no call \"z\""),
            ("/messages/3/tool_call_id", json!("a"), "no call \"a\""),
            ("/messages/3/role", json!("user"), "the call b has no output before this message"),
            ("/messages/4/content", json!({}), "content must be a text"),
            ("/messages/5/content", json!(null), "content must be a text, or null"),
        ];
        for (pointer, value, expected) in cases {
            let mut body = good();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            let broken = violations(&body);
            assert!(broken.iter().any(|rule| rule.contains(expected)), "{pointer} = {value}: {broken:?}");
        }
    }

    #[test]
    fn calls_that_wait_at_the_end_are_seen() {
        let mut body = good();
        body["messages"].as_array_mut().unwrap().truncate(3);
        assert!(violations(&body).contains(&"messages: the call a has no output".to_owned()));
    }
}
