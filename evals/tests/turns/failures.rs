//! Every way in which a model fails: each is recorded under its own name, and the customer hears something.

use forecourt_agent::{
    model::{FinishReason, ModelAnswer, ModelError},
    models::scripted::{Scripted, calls, says},
};
use serde_json::json;

use crate::world::{World, vehicle};

/// How the model answers, for ever, and the name under which it is recorded.
fn failures() -> Vec<(&'static str, Vec<Scripted>)> {
    let ending = |finish| says("We have").map(|answer| ModelAnswer { finish, ..answer });
    let unreadable = || {
        calls([("get_vehicle", json!({}))]).map(|mut answer| {
            answer.tool_calls[0].arguments = "{\"stock_number\": ".to_owned();
            answer
        })
    };
    let always = |answer: &dyn Fn() -> Scripted| (0..8).map(|_| answer()).collect::<Vec<_>>();
    vec![
        ("model_timeout", vec![Err(ModelError::Timeout)]),
        ("model_rate_limited", vec![Err(ModelError::RateLimited { retry_after: None })]),
        ("model_unavailable", vec![Err(ModelError::Unavailable("status 503".into()))]),
        ("model_malformed", vec![Err(ModelError::Malformed("not JSON".into()))]),
        ("model_rejected", vec![Err(ModelError::Rejected { status: 401 })]),
        ("model_refused", vec![Err(ModelError::Refused)]),
        ("model_context_overflow", vec![Err(ModelError::ContextOverflow)]),
        ("content_filter", vec![ending(FinishReason::ContentFilter)]),
        ("cut_off", vec![ending(FinishReason::Length)]),
        ("empty_answer", vec![says("  \n ")]),
        ("unknown_tool", always(&|| calls([("send_money", json!({ "to": "me" }))]))),
        ("bad_arguments", always(&unreadable)),
        ("too_many_steps", always(&|| calls([("get_vehicle", vehicle("U1041"))]))),
    ]
}

#[tokio::test]
async fn each_failure_of_a_model_has_its_own_name_in_turn_and_log_and_is_never_silence() {
    for (reason, answers) in failures() {
        let (_database, model, world) = World::open().await;
        for answer in answers {
            model.then(answer);
        }
        world.say("tell me about the CX-5").await;
        assert_eq!(model.left(), 0, "{reason}");
        assert_eq!(world.turns().await, [format!("failed {reason}")]);
        let logged = world.texts("select details ->> 'outcome' from audit_entries where kind = 'turn.ended'").await;
        assert_eq!(logged, [reason]);
        assert_eq!(world.received().len(), 1, "{reason}: {:#?}", world.received());
        assert_eq!(world.outbox().await[0], "fallback sent", "{reason}");
        assert_eq!(world.handoffs().await, ["model_failed"], "{reason}");
    }
}

#[tokio::test]
async fn a_call_that_nobody_understands_is_in_the_log_with_what_was_wrong() {
    let (_database, model, world) = World::open().await;
    let two = [("send_money", json!({ "to": "me" })), ("get_vehicle", json!({ "stock": 7 }))];
    model.then(calls(two)).then(says("How can I help you?"));
    world.say("hi").await;
    let failures = "select details ->> 'failure' from audit_entries where kind = 'tool.called' order by id";
    assert_eq!(world.texts(failures).await, ["unknown_tool", "bad_arguments"]);
    assert_eq!(world.turns().await, ["completed replied"]);
}
