//! Whole replies as servers were seen to write them, and as no server should.

use forecourt_agent::{
    model::{FinishReason, ModelAnswer, ModelError, ToolCall, Usage},
    models::openai::Delivery,
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::{ask, model_at};

/// Asks a server that answers `reply` to everything, in either delivery.
async fn read(reply: ResponseTemplate) -> Result<ModelAnswer, ModelError> {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(reply).expect(1).mount(&server).await;
    ask(&model_at(&server.uri(), Delivery::Whole)).await.0
}

async fn read_json(reply: &Value) -> Result<ModelAnswer, ModelError> {
    read(ResponseTemplate::new(200).set_body_json(reply)).await
}

fn saying(message: Value) -> Value {
    json!({"choices": [{"message": message, "finish_reason": "stop"}]})
}

#[tokio::test]
async fn words_are_found_wherever_a_server_puts_them() {
    for (reply, expected) in [
        (saying(json!({"role": "assistant", "content": "Hello"})), Some("Hello")),
        (saying(json!({"content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]})), Some("Hello")),
        (
            saying(
                json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, {"type": "text", "text": "Hello"}]}),
            ),
            Some("Hello"),
        ),
        (
            saying(json!({"content": "Hello", "reasoning": "Hm", "reasoning_content": "Hm", "refusal": null})),
            Some("Hello"),
        ),
        (saying(json!({"content": null})), None),
        (saying(json!({"content": ""})), None),
        (saying(json!({"content": " \n"})), None),
        (saying(json!({"content": {"unexpected": true}})), None),
        (saying(json!({})), None),
        (saying(json!(null)), None),
        (json!({"choices": [{"message": {"content": "Hello"}}]}), Some("Hello")),
        (
            json!({"error": null, "created": "yesterday", "usage": "many", "service_tier": "gold", "model": 7,
            "choices": [{"index": "0", "message": {"content": "Hello"}, "finish_reason": "eos", "logprobs": 1}]}),
            Some("Hello"),
        ),
    ] {
        let answer = read_json(&reply).await.unwrap_or_else(|error| panic!("{reply}: {error}"));
        assert_eq!(answer.text.as_deref(), expected, "{reply}");
        assert_eq!((answer.model.as_str(), answer.usage), ("test-model", Usage::default()), "{reply}");
    }
}

#[tokio::test]
async fn an_unknown_reason_to_stop_costs_nothing_but_its_name() {
    for (reason, expected) in [
        (json!("stop"), FinishReason::Stop),
        (json!("length"), FinishReason::Length),
        (json!("content_filter"), FinishReason::ContentFilter),
        (json!("eos_token"), FinishReason::Other),
        (json!(null), FinishReason::Stop),
        (json!(3), FinishReason::Stop),
    ] {
        let reply = json!({"choices": [{"message": {"content": "Hello"}, "finish_reason": reason}]});
        assert_eq!(read_json(&reply).await.unwrap().finish, expected, "{reason}");
    }
}

#[tokio::test]
async fn calls_are_read_with_or_without_type_id_and_string_arguments() {
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.into(),
        name: name.into(),
        arguments: arguments.into(),
    };
    for (calls, expected) in [
        (
            json!([{"id": "a", "function": {"name": "f", "arguments": "{\"x\": 1}"}}]),
            vec![call("a", "f", "{\"x\": 1}")],
        ),
        (
            json!([{"id": "", "function": {"name": "f", "arguments": {"x": 1}}}]),
            vec![call("call00300", "f", "{\"x\":1}")],
        ),
        (json!([{"id": 7, "function": {"name": "f", "arguments": ""}}]), vec![call("call00300", "f", "{}")]),
        (json!([{"id": null, "function": {"name": "f", "arguments": null}}]), vec![call("call00300", "f", "{}")]),
        (json!([{"function": {"name": "f"}}]), vec![call("call00300", "f", "{}")]),
        (json!([{"id": "a", "function": {"name": "f", "arguments": "not json"}}]), vec![call("a", "f", "not json")]),
        (json!([{"id": "a"}]), vec![call("a", "", "{}")]),
        (
            json!([{"id": "a", "index": 0, "function": {"name": "f", "arguments": "{"}},
                {"id": "a", "index": 0, "function": {"name": "g", "arguments": "{}"}}]),
            vec![call("a", "f", "{"), call("call00301", "g", "{}")],
        ),
        (
            json!([{"id": "call00301", "function": {"name": "f"}}, {"function": {"name": "g"}}]),
            vec![call("call00301", "f", "{}"), call("call003010", "g", "{}")],
        ),
        (json!(null), vec![]),
        (json!("none"), vec![]),
    ] {
        let answer = read_json(&saying(json!({"content": null, "tool_calls": calls}))).await.unwrap();
        assert_eq!(answer.tool_calls, expected, "{calls}");
        let finish = if expected.is_empty() { FinishReason::Stop } else { FinishReason::ToolCalls };
        assert_eq!(answer.finish, finish, "{calls}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_an_error_and_never_half_an_answer() {
    let call = json!({"id": "a", "function": {"name": "f", "arguments": "{}"}});
    let circles: Vec<_> = (0..65).map(|_| call.clone()).collect();
    let malformed = |why: &str| ModelError::Malformed(why.into());
    for (reply, expected) in [
        (json!({"choices": []}), malformed("no answer in the reply")),
        (json!({}), malformed("no answer in the reply")),
        (json!({"object": "error", "message": "SECRET"}), malformed("no answer in the reply")),
        (json!([]), malformed("no answer in the reply")),
        (saying(json!({"content": null, "refusal": "SECRET: I can't help with that."})), ModelError::Refused),
        (saying(json!({"content": "x", "tool_calls": circles})), malformed("too many tool calls in one answer")),
        (json!({"error": {"message": "SECRET", "code": 502}}), ModelError::Unavailable("status 502".into())),
        (json!({"error": {"message": "SECRET", "code": "context_length_exceeded"}}), ModelError::ContextOverflow),
    ] {
        let error = read_json(&reply).await.unwrap_err();
        assert_eq!(error, expected, "{reply}");
        assert!(!error.to_string().contains("SECRET"), "{error}");
    }
}

#[tokio::test]
async fn the_text_of_an_error_holds_nothing_of_the_body() {
    for reply in [
        ResponseTemplate::new(200).set_body_string("SECRET, not JSON"),
        ResponseTemplate::new(200).set_body_string(r#"{"choices": [{"message": {"content": "SECRET"#),
        ResponseTemplate::new(200).set_body_json(json!({"choices": "SECRET"})),
        ResponseTemplate::new(400).set_body_json(json!({"error": {"message": "SECRET", "code": "SECRET"}})),
        ResponseTemplate::new(500).set_body_string("SECRET"),
    ] {
        let error = read(reply).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("SECRET"), "{error:?}");
    }
}

#[tokio::test]
async fn the_key_and_the_conversation_follow_no_redirect() {
    let elsewhere = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    for status in [301, 302, 307, 308] {
        let reply = ResponseTemplate::new(status).insert_header("location", elsewhere.uri());
        assert_eq!(read(reply).await, Err(ModelError::Rejected { status }));
    }
}

#[tokio::test]
async fn a_date_in_retry_after_is_read_against_the_server_s_clock() {
    let reply = ResponseTemplate::new(429)
        .insert_header("date", "Fri, 20 Nov 2026 21:05:00 GMT")
        .insert_header("retry-after", "Fri, 20 Nov 2026 21:05:12 GMT");
    let retry_after = Some(std::time::Duration::from_secs(12));
    assert_eq!(read(reply).await, Err(ModelError::RateLimited { retry_after }));
}
