//! Whole conversations with the checking double.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use forecourt_agent::{
    model::{ChatMessage, ChatModel, FinishReason, ModelAnswer, ModelError, ModelRequest, ToolCall, Usage},
    models::{
        openai::Delivery,
        retry::{BreakerPolicy, Resilient, RetryPolicy},
        scripted::{ScriptedModel, calls, says},
    },
    testing::openai_double::{OpenAiDouble, Shape},
};
use serde_json::json;

use crate::{ask, model_at, opening, request, tools};

const DELIVERIES: [Delivery; 2] = [Delivery::Whole, Delivery::Streamed];

async fn double(shape: Shape, model: ScriptedModel) -> OpenAiDouble {
    OpenAiDouble::start(shape, Arc::new(model)).await.unwrap()
}

fn call(id: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.into(), name: "get_vehicle".into(), arguments: arguments.into() }
}

#[tokio::test]
async fn every_server_s_answer_is_read_the_same_whole_and_streamed() {
    let usage = Usage { input_tokens: 1200, cached_input_tokens: 1024, output_tokens: 31 };
    let words = ModelAnswer {
        text: Some("Sí: U1043 está aquí — $28,990.".into()),
        tool_calls: vec![],
        finish: FinishReason::Stop,
        usage,
        model: "served-model".into(),
    };
    let lookups = ModelAnswer {
        text: None,
        tool_calls: vec![call("a1", r#"{"stock_number":"U:1"}"#), call("b2", r#"{"stock_number":"U2"}"#)],
        finish: FinishReason::ToolCalls,
        ..words.clone()
    };
    let both = ModelAnswer { text: words.text.clone(), ..lookups.clone() };
    let empty = ModelAnswer { text: None, ..words.clone() };
    let cut = ModelAnswer { finish: FinishReason::Length, ..words.clone() };
    let odd = ModelAnswer { finish: FinishReason::Other, ..words.clone() };
    for shape in Shape::ALL {
        for delivery in DELIVERIES {
            for expected in [&words, &lookups, &both, &empty, &cut, &odd] {
                let server = double(shape, ScriptedModel::queue([Ok(expected.clone())])).await;
                let (answer, heard) = ask(&model_at(&server.base_url(), delivery)).await;
                let at = format!("{shape:?} {delivery:?}");
                assert_eq!(answer.as_ref(), Ok(&as_sent_by(shape, expected)), "{at}");
                assert_eq!(heard, expected.text.clone().unwrap_or_default(), "{at}");
                assert_eq!(server.violations(), Vec::<String>::new(), "{at}");
            }
        }
    }
}

/// What of an answer survives the shape: vLLM counts no cached tokens, Ollama sends no ids.
fn as_sent_by(shape: Shape, answer: &ModelAnswer) -> ModelAnswer {
    let mut answer = answer.clone();
    match shape {
        Shape::Vllm => answer.usage.cached_input_tokens = 0,
        Shape::Ollama => {
            for (position, call) in answer.tool_calls.iter_mut().enumerate() {
                call.id = format!("call003{position:02}");
            }
        }
        Shape::OpenAi | Shape::Groq => {}
    }
    answer
}

#[tokio::test]
async fn the_model_behind_the_wire_is_asked_exactly_what_was_asked() {
    let model = Arc::new(ScriptedModel::function(|_| says("hi")));
    let server = OpenAiDouble::start(Shape::OpenAi, Arc::clone(&model) as Arc<dyn ChatModel>).await.unwrap();
    ask(&model_at(&server.base_url(), Delivery::Whole)).await.0.unwrap();
    let [asked] = model.requests().try_into().unwrap();
    assert_eq!((asked.tools, asked.messages, asked.max_output_tokens), (tools(), opening(), 400));
    assert_eq!(server.requests()[0].authorization.as_deref(), Some("Bearer sk-test"));
}

#[tokio::test]
async fn the_steps_of_a_turn_share_their_beginning_byte_for_byte() {
    let script = [calls([("get_vehicle", json!({"stock_number": "U1043"}))]), says("It is here.")];
    let server = double(Shape::OpenAi, ScriptedModel::queue(script)).await;
    let model = model_at(&server.base_url(), Delivery::Streamed);
    let mut messages = opening();
    let answer = model.respond(&request(messages.clone()), &mut |_| ()).await.unwrap();
    messages.push(ChatMessage::Assistant { text: answer.text, tool_calls: answer.tool_calls });
    messages.push(ChatMessage::ToolOutput { call_id: "call_1".into(), text: "{}".into() });
    model.respond(&request(messages), &mut |_| ()).await.unwrap();
    let [first, second] = server.requests().try_into().unwrap();
    let shared = first.body.strip_suffix("]}").unwrap();
    assert!(second.body.starts_with(shared), "{} does not begin with {shared}", second.body);
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_model_that_writes_nonsense_calls_does_not_end_the_conversation() {
    let nonsense = [("", "{"), ("drop table; --", "[1]"), ("get_vehicle", "")];
    for shape in Shape::ALL {
        let calls: Vec<_> = nonsense
            .iter()
            .map(|(name, arguments)| ToolCall {
                id: "same".into(),
                name: (*name).into(),
                arguments: (*arguments).into(),
            })
            .collect();
        let answer = ModelAnswer { tool_calls: calls, ..says("x").unwrap() };
        let server = double(shape, ScriptedModel::queue([Ok(answer), says("Sorry.")])).await;
        let model = model_at(&server.base_url(), Delivery::Whole);
        let answer = ask(&model).await.0.unwrap();
        let outputs = answer
            .tool_calls
            .iter()
            .map(|call| ChatMessage::ToolOutput { call_id: call.id.clone(), text: r#"{"error":"not_found"}"#.into() });
        let outputs: Vec<_> = outputs.collect();
        let mut messages = opening();
        messages.push(ChatMessage::Assistant { text: answer.text, tool_calls: answer.tool_calls });
        messages.extend(outputs);
        model.respond(&request(messages), &mut |_| ()).await.unwrap();
        assert_eq!(server.violations(), Vec::<String>::new(), "{shape:?}");
    }
}

#[tokio::test]
async fn a_failure_of_the_server_is_named_and_costs_exactly_one_request() {
    let unavailable = || ModelError::Unavailable("status 503".into());
    let page = ModelError::Malformed("not JSON at line 1, column 1".into());
    let retry_after = Some(Duration::from_secs(7));
    for shape in Shape::ALL {
        for delivery in DELIVERIES {
            for (failure, expected) in [
                (unavailable(), unavailable()),
                (ModelError::RateLimited { retry_after }, ModelError::RateLimited { retry_after }),
                (ModelError::RateLimited { retry_after: None }, ModelError::RateLimited { retry_after: None }),
                (ModelError::ContextOverflow, ModelError::ContextOverflow),
                (ModelError::Refused, ModelError::Refused),
                (ModelError::Malformed("x".into()), page.clone()),
                (ModelError::Rejected { status: 401 }, ModelError::Rejected { status: 401 }),
                (ModelError::Rejected { status: 403 }, ModelError::Rejected { status: 403 }),
                (ModelError::Rejected { status: 404 }, ModelError::Rejected { status: 404 }),
            ] {
                let server = double(shape, ScriptedModel::function(move |_| Err(failure.clone()))).await;
                let (answer, heard) = ask(&model_at(&server.base_url(), delivery)).await;
                assert_eq!((answer, heard.as_str()), (Err(expected), ""), "{shape:?} {delivery:?}");
                assert_eq!(server.requests().len(), 1, "{shape:?} {delivery:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout() {
    let server = double(Shape::OpenAi, ScriptedModel::function(|_| Err(ModelError::Timeout))).await;
    let hurried = ModelRequest { timeout: Duration::from_millis(80), ..request(opening()) };
    let answer = model_at(&server.base_url(), Delivery::Whole).respond(&hurried, &mut |_| ()).await;
    assert_eq!(answer, Err(ModelError::Timeout));
}

#[tokio::test]
async fn tries_are_counted_by_our_policy_alone() {
    let failures = [Err(ModelError::Unavailable("x".into())), Err(ModelError::RateLimited { retry_after: None })];
    let server = double(Shape::Vllm, ScriptedModel::queue(failures.into_iter().chain([says("Back again.")]))).await;
    let retry = RetryPolicy { first_pause: Duration::from_millis(2), ..RetryPolicy::default() };
    let adapter = || model_at(&server.base_url(), Delivery::Streamed);
    let (answer, heard) = ask(&Resilient::new(adapter(), retry, BreakerPolicy::default())).await;
    assert_eq!((answer.unwrap().text.as_deref(), heard.as_str()), (Some("Back again."), "Back again."));
    assert_eq!(server.requests().len(), 3);
    let once = RetryPolicy { attempts: NonZeroU32::MIN, ..retry };
    ask(&Resilient::new(adapter(), once, BreakerPolicy::default())).await.0.unwrap_err();
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn calls_of_one_client_travel_on_one_connection() {
    for shape in Shape::ALL {
        for delivery in DELIVERIES {
            let server = double(shape, ScriptedModel::function(|_| says("Hello there."))).await;
            let model = model_at(&server.base_url(), delivery);
            for _ in 0..3 {
                ask(&model).await.0.unwrap();
            }
            let peers: Vec<_> = server.requests().iter().map(|request| request.peer).collect();
            assert!(peers.iter().all(|peer| *peer == peers[0]), "{shape:?} {delivery:?}: {peers:?}");
        }
    }
}

#[tokio::test]
async fn the_double_refuses_and_records_a_request_that_breaks_the_rules() {
    let server = double(Shape::OpenAi, ScriptedModel::function(|_| says("hi"))).await;
    let mut messages = opening();
    messages.push(ChatMessage::ToolOutput { call_id: "nobody".into(), text: "{}".into() });
    let answer = model_at(&server.base_url(), Delivery::Whole).respond(&request(messages), &mut |_| ()).await;
    assert_eq!(answer, Err(ModelError::Rejected { status: 400 }));
    let rule = r#"request 1: messages[3]: no call "nobody" of the assistant message before it waits for an output"#;
    assert_eq!(server.violations(), [rule]);
}
