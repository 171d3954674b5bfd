//! An answer put together from a whole reply or from the pieces of a streamed one.

use std::collections::HashSet;

use serde::de::IgnoredAny;

use super::{
    failure,
    reply::{self, CallPiece, Reply, Words},
};
use crate::model::{FinishReason, ModelAnswer, ModelError, ToolCall, Usage};

/// More tool calls than this in one answer is a model that runs in circles.
const MAX_CALLS: usize = 64;

/// The answer as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    text: String,
    refusal: String,
    calls: Vec<PartialCall>,
    finish_reason: Option<String>,
    usage: Usage,
    model: String,
    has_choice: bool,
    has_end_marker: bool,
}

#[derive(Debug)]
struct PartialCall {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl Assembly {
    /// Whether nothing of the answer can be missing: the model said why it stopped, or the server
    /// said that the stream is at its end.
    pub(super) const fn is_complete(&self) -> bool {
        self.finish_reason.is_some() || self.has_end_marker
    }

    /// Takes a whole reply.
    pub(super) fn take_whole(
        &mut self,
        reply: Reply,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<(), ModelError> {
        let Some(words) = self.take_frame(reply)? else { return Ok(()) };
        self.take_words(&words, on_text);
        // In a whole reply every element is one whole call, whatever its index says.
        words.tool_calls.into_iter().try_for_each(|piece| self.open_call(piece))
    }

    /// Takes the data of one event of a stream.
    pub(super) fn take_event(
        &mut self,
        data: &[u8],
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<(), ModelError> {
        if self.has_end_marker || data.trim_ascii().is_empty() {
            return Ok(());
        }
        if data.trim_ascii() == b"[DONE]" {
            self.has_end_marker = true;
            return Ok(());
        }
        let Some(words) = self.take_frame(reply::read(data)?)? else { return Ok(()) };
        self.take_words(&words, on_text);
        words.tool_calls.into_iter().try_for_each(|piece| self.take_call_piece(piece))
    }

    /// Takes everything of a reply but the words of its first choice, which are given back.
    fn take_frame(&mut self, reply: Reply) -> Result<Option<Words>, ModelError> {
        if let Some(error) = &reply.error {
            return Err(failure::of_report(error));
        }
        if let Some(usage) = reply.usage() {
            self.usage = usage;
        }
        if self.model.is_empty() {
            self.model = reply.model;
        }
        let Some(choice) = reply.choices.into_iter().find(|choice| choice.index == 0) else { return Ok(None) };
        self.has_choice = true;
        self.finish_reason = choice.finish_reason.filter(|reason| !reason.is_empty()).or(self.finish_reason.take());
        Ok(choice.delta.or(choice.message))
    }

    fn take_words(&mut self, words: &Words, on_text: &mut (dyn for<'a> FnMut(&'a str) + Send)) {
        self.refusal.push_str(&words.refusal);
        let text = words.text();
        if !text.is_empty() {
            on_text(&text);
            self.text.push_str(&text);
        }
    }

    fn take_call_piece(&mut self, piece: CallPiece) -> Result<(), ModelError> {
        let open = match piece.index {
            Some(index) => self.calls.iter_mut().rfind(|call| call.index == Some(index)),
            None => self.calls.last_mut(),
        };
        match open {
            Some(call) if call.continues_with(&piece) => {
                call.append(&piece);
                Ok(())
            }
            _ => self.open_call(piece),
        }
    }

    fn open_call(&mut self, piece: CallPiece) -> Result<(), ModelError> {
        if self.calls.len() == MAX_CALLS {
            return Err(ModelError::Malformed("too many tool calls in one answer".into()));
        }
        let arguments = piece.function.arguments();
        self.calls.push(PartialCall { index: piece.index, id: piece.id, name: piece.function.name, arguments });
        Ok(())
    }

    /// The answer. `asked_with` is the number of messages of the request; it makes the ids that the
    /// server left out unique within the turn.
    pub(super) fn into_answer(self, default_model: &str, asked_with: usize) -> Result<ModelAnswer, ModelError> {
        if !self.has_choice {
            return Err(ModelError::Malformed("no answer in the reply".into()));
        }
        if !self.refusal.trim().is_empty() {
            return Err(ModelError::Refused);
        }
        let finish = finish_reason(self.finish_reason.as_deref(), self.calls.is_empty());
        Ok(ModelAnswer {
            text: Some(self.text).filter(|text| !text.trim().is_empty()),
            tool_calls: whole_calls(self.calls, asked_with),
            finish,
            usage: self.usage,
            model: if self.model.is_empty() { default_model.to_owned() } else { self.model },
        })
    }
}

impl PartialCall {
    /// Whether `piece`, which came under the same index or under none, belongs to this call. Ollama
    /// and some parsers of vLLM send every call under index 0, each of them whole or with its own id.
    fn continues_with(&self, piece: &CallPiece) -> bool {
        if !piece.id.is_empty() && !self.id.is_empty() {
            return piece.id == self.id;
        }
        piece.function.name.is_empty() || !self.has_whole_arguments()
    }

    fn has_whole_arguments(&self) -> bool {
        serde_json::from_str::<IgnoredAny>(&self.arguments).is_ok()
    }

    fn append(&mut self, piece: &CallPiece) {
        if self.id.is_empty() {
            self.id.clone_from(&piece.id);
        }
        if self.name.is_empty() {
            self.name.clone_from(&piece.function.name);
        }
        self.arguments.push_str(&piece.function.arguments());
    }
}

fn whole_calls(calls: Vec<PartialCall>, asked_with: usize) -> Vec<ToolCall> {
    let mut taken = HashSet::new();
    let unique = calls.into_iter().enumerate().map(|(position, call)| {
        // Nine letters and digits, because models of Mistral accept no other ids.
        let mut id = call.id;
        if id.is_empty() || taken.contains(&id) {
            id = format!("call{asked_with:03}{position:02}");
        }
        while !taken.insert(id.clone()) {
            id.push('0');
        }
        let arguments = if call.arguments.trim().is_empty() { "{}".to_owned() } else { call.arguments };
        ToolCall { id, name: call.name, arguments }
    });
    unique.collect()
}

/// Servers close an answer with tool calls by `tool_calls`, `stop` or nothing.
fn finish_reason(reason: Option<&str>, without_calls: bool) -> FinishReason {
    match reason {
        Some("length") => FinishReason::Length,
        Some("content_filter") => FinishReason::ContentFilter,
        None | Some("stop" | "tool_calls" | "function_call") => {
            if without_calls {
                FinishReason::Stop
            } else {
                FinishReason::ToolCalls
            }
        }
        Some(_) => FinishReason::Other,
    }
}
