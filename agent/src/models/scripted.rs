//! A model for tests: it answers by a script and remembers what it was asked. It asserts nothing.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;

use crate::model::{ChatModel, FinishReason, ModelAnswer, ModelError, ModelRequest, ToolCall, Usage};

/// What a model may come back with.
pub type Scripted = Result<ModelAnswer, ModelError>;

type Script = Box<dyn FnMut(&ModelRequest) -> Scripted + Send>;

/// A model that answers from a queue or by a function of the request.
///
/// ```
/// use forecourt_agent::models::scripted::{ScriptedModel, calls, says};
/// use serde_json::json;
///
/// let model = ScriptedModel::queue([calls([("get_vehicle", json!({"stock_number": "U1043"}))]), says("It is here.")]);
/// assert!(model.requests().is_empty());
/// ```
pub struct ScriptedModel {
    script: Mutex<Script>,
    requests: Mutex<Vec<ModelRequest>>,
}

impl ScriptedModel {
    /// Answers in this order; asked once more than it has answers, it is unavailable.
    pub fn queue(answers: impl IntoIterator<Item = Scripted>) -> Self {
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        Self::function(move |_| {
            answers.pop_front().unwrap_or_else(|| Err(ModelError::Unavailable("the script is at its end".into())))
        })
    }

    /// Answers whatever `script` makes of the request.
    pub fn function(script: impl FnMut(&ModelRequest) -> Scripted + Send + 'static) -> Self {
        Self { script: Mutex::new(Box::new(script)), requests: Mutex::default() }
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<ModelRequest> {
        lock(&self.requests).clone()
    }
}

impl fmt::Debug for ScriptedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedModel").field("requests", &lock(&self.requests).len()).finish_non_exhaustive()
    }
}

/// An answer of words.
pub fn says(text: &str) -> Scripted {
    Ok(ModelAnswer { text: Some(text.to_owned()), ..answer(FinishReason::Stop) })
}

/// An answer of tool calls with the ids `call_1`, `call_2`, ….
pub fn calls<'a>(calls: impl IntoIterator<Item = (&'a str, Value)>) -> Scripted {
    let calls = calls.into_iter().enumerate().map(|(position, (name, arguments))| ToolCall {
        id: format!("call_{}", position + 1),
        name: name.to_owned(),
        arguments: arguments.to_string(),
    });
    Ok(ModelAnswer { tool_calls: calls.collect(), ..answer(FinishReason::ToolCalls) })
}

fn answer(finish: FinishReason) -> ModelAnswer {
    ModelAnswer { text: None, tool_calls: Vec::new(), finish, usage: Usage::default(), model: NAME.to_owned() }
}

const NAME: &str = "scripted";

#[async_trait]
impl ChatModel for ScriptedModel {
    fn name(&self) -> &str {
        NAME
    }

    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        lock(&self.requests).push(request.clone());
        let answer = (lock(&self.script))(request);
        if let Ok(ModelAnswer { text: Some(text), .. }) = &answer {
            on_text(text);
        }
        answer
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::model::ChatMessage;

    fn ask(text: &str) -> ModelRequest {
        let messages = vec![ChatMessage::User { text: text.into() }];
        ModelRequest { tools: Arc::new([]), messages, max_output_tokens: 100, timeout: Duration::from_secs(1) }
    }

    #[tokio::test]
    async fn a_queue_answers_in_order_and_then_is_unavailable() {
        let model = ScriptedModel::queue([says("one"), Err(ModelError::Timeout)]);
        let mut heard = String::new();
        assert_eq!(model.respond(&ask("a"), &mut |text| heard.push_str(text)).await, says("one"));
        assert_eq!(heard, "one");
        assert_eq!(model.respond(&ask("b"), &mut |_| ()).await, Err(ModelError::Timeout));
        assert!(matches!(model.respond(&ask("c"), &mut |_| ()).await, Err(ModelError::Unavailable(_))));
        assert_eq!(model.requests(), [ask("a"), ask("b"), ask("c")]);
    }

    #[tokio::test]
    async fn a_function_sees_the_request_it_answers() {
        let model = ScriptedModel::function(|request| says(&request.messages.len().to_string()));
        assert_eq!(model.respond(&ask("a"), &mut |_| ()).await, says("1"));
    }
}
