//! The offline model: a plain receptionist that answers from tools, without network or key.
//!
//! It reads the customer's words with tables and rules, calls the tools a language model would
//! call, and words their outputs. It keeps nothing between calls: everything it knows is in the
//! request, so the same request always gets the same answer.
//!
//! The way of a request: [`context`] reads it, [`intent`] understands the customer, [`plan`]
//! chooses the calls that are still missing, [`reply`] words what they returned.

mod amounts;
mod calls;
mod cars;
mod catalog;
mod context;
mod cues;
mod dates;
mod intent;
mod language;
pub(crate) mod lexicon;
mod names;
mod negation;
mod offer;
mod outputs;
mod phrase;
mod plan;
mod reading;
mod reply;
mod spelling;
mod stock;
#[cfg(test)]
mod tests;
mod wordlists;
mod words;

use async_trait::async_trait;

use self::{calls::Call, context::Conversation, plan::Step};
use crate::model::{
    ChatMessage, ChatModel, FinishReason, ModelAnswer, ModelError, ModelRequest, ToolCall, ToolSchema, Usage,
};

/// The name under which its steps are recorded.
pub const NAME: &str = "offline";

/// A deterministic receptionist. It is no language model and never states what no tool told it.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfflineModel;

#[async_trait]
impl ChatModel for OfflineModel {
    fn name(&self) -> &str {
        NAME
    }

    fn is_language_model(&self) -> bool {
        false
    }

    /// Never fails and never waits; nothing is streamed.
    async fn respond(
        &self,
        request: &ModelRequest,
        _on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        Ok(answer(request))
    }
}

fn answer(request: &ModelRequest) -> ModelAnswer {
    let conversation = Conversation::read(request);
    let (text, tool_calls) = match plan::next(&conversation, &request.tools) {
        Step::Say(text) => (Some(text), Vec::new()),
        Step::Call(calls) => (None, written(&calls, request)),
    };
    let finish = if tool_calls.is_empty() { FinishReason::Stop } else { FinishReason::ToolCalls };
    ModelAnswer { text, tool_calls, finish, usage: Usage::default(), model: NAME.to_owned() }
}

/// The calls as a model writes them, numbered on from the calls the request already holds.
fn written(calls: &[Call], request: &ModelRequest) -> Vec<ToolCall> {
    let made = request.messages.iter().map(|message| match message {
        ChatMessage::Assistant { tool_calls, .. } => tool_calls.len(),
        _ => 0,
    });
    let made: usize = made.sum();
    let schema = |call: &Call| request.tools.iter().find(|schema: &&ToolSchema| schema.name == call.tool());
    let write = |(index, call): (usize, &Call)| {
        let arguments = call.arguments(schema(call)?).to_string();
        Some(ToolCall { id: format!("call_{}", made + index + 1), name: call.tool().to_owned(), arguments })
    };
    calls.iter().enumerate().filter_map(write).collect()
}
