//! The same answer as OpenAI, vLLM, Ollama and Groq write it, whole and streamed. Where a server's
//! versions differ, the shape that is hardest to read is taken.

use serde_json::{Value, json};

use crate::model::{FinishReason, ModelAnswer, ToolCall};

/// The server that a double plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Calls streamed in pieces by index, `refusal`, `obfuscation`, a usage chunk without choices.
    OpenAi,
    /// Null and vendor fields everywhere, empty ids on later pieces, errors without `error`.
    Vllm,
    /// Every call whole, without index and id, its arguments as JSON instead of a text.
    Ollama,
    /// A tier that nobody documents, no `content` beside calls, usage under `x_groq`.
    Groq,
}

impl Shape {
    /// Every shape, for tests that hold for all of them.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Vllm, Self::Ollama, Self::Groq];

    pub(super) fn whole(self, answer: &ModelAnswer) -> Value {
        let calls: Vec<_> = answer.tool_calls.iter().map(|call| self.whole_call(call)).collect();
        let mut message = json!({"role": "assistant", "content": answer.text});
        if !calls.is_empty() {
            message["tool_calls"] = json!(calls);
        }
        match self {
            Self::OpenAi => {
                message["refusal"] = Value::Null;
                message["annotations"] = json!([]);
            }
            Self::Vllm => {
                message["reasoning_content"] = json!("Let me think.");
                message["tool_calls"] = json!(calls);
            }
            Self::Ollama => {
                message["reasoning"] = json!("Let me think.");
                message["content"] = json!(answer.text.as_deref().unwrap_or_default());
            }
            Self::Groq if answer.text.is_none() => message = json!({"role": "assistant", "tool_calls": calls}),
            Self::Groq => {}
        }
        let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": self.finish(answer)});
        let mut reply = self.envelope("chat.completion", answer, json!([choice]));
        reply["usage"] = self.usage(answer);
        reply
    }

    pub(super) fn chunks(self, answer: &ModelAnswer, with_usage: bool) -> Vec<Value> {
        let mut deltas = vec![json!({"role": "assistant", "content": ""})];
        if matches!(self, Self::Vllm) {
            deltas.push(json!({"reasoning_content": "Let me think."}));
        }
        let words = answer.text.iter().flat_map(|text| text.split_inclusive(' '));
        deltas.extend(words.map(|word| json!({"content": word})));
        for (position, call) in answer.tool_calls.iter().enumerate() {
            deltas.extend(self.call_pieces(position, call).into_iter().map(|piece| json!({"tool_calls": [piece]})));
        }
        let mut chunks: Vec<_> = deltas.into_iter().map(|delta| self.chunk(answer, delta, Value::Null)).collect();
        chunks.push(self.chunk(answer, json!({}), json!(self.finish(answer))));
        if let (Self::Groq, Some(last)) = (self, chunks.last_mut()) {
            last["x_groq"] = json!({"id": "req_1", "usage": self.usage(answer)});
        } else if with_usage {
            let mut last = self.envelope("chat.completion.chunk", answer, json!([]));
            last["usage"] = self.usage(answer);
            chunks.push(last);
        }
        chunks
    }

    /// A whole reply in which the model refuses.
    pub(super) fn refusal(self) -> Value {
        let message = json!({"role": "assistant", "content": null, "refusal": "I'm sorry, I can't help with that."});
        json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    }

    /// The body of an error.
    pub(super) fn error(self, message: &str, code: &str, status: u16) -> Value {
        match self {
            Self::Vllm => json!({"object": "error", "message": message, "type": "BadRequestError", "code": status}),
            Self::OpenAi | Self::Ollama | Self::Groq => {
                json!({"error": {"message": message, "type": "api_error", "param": null, "code": code}})
            }
        }
    }

    fn envelope(self, object: &str, answer: &ModelAnswer, choices: Value) -> Value {
        let mut reply = json!({"id": "chatcmpl-1", "object": object, "created": 1_763_647_500, "model": answer.model,
            "choices": choices});
        match self {
            Self::OpenAi => {
                reply["service_tier"] = json!("default");
                reply["usage"] = Value::Null;
                reply["obfuscation"] = json!("x7Ga");
            }
            Self::Vllm => {
                reply["service_tier"] = Value::Null;
                reply["prompt_logprobs"] = Value::Null;
                reply["kv_transfer_params"] = Value::Null;
            }
            Self::Ollama => {
                reply["system_fingerprint"] = json!("fp_ollama");
                if let Some(fields) = reply.as_object_mut() {
                    fields.remove("created");
                }
            }
            Self::Groq => {
                reply["service_tier"] = json!("on_demand");
                reply["x_groq"] = json!({"id": "req_1"});
            }
        }
        reply
    }

    fn chunk(self, answer: &ModelAnswer, delta: Value, finish: Value) -> Value {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish});
        self.envelope("chat.completion.chunk", answer, json!([choice]))
    }

    fn whole_call(self, call: &ToolCall) -> Value {
        let (name, arguments) = (&call.name, &call.arguments);
        match self {
            Self::Ollama => {
                let arguments = serde_json::from_str(arguments).unwrap_or_else(|_| json!(arguments));
                json!({"function": {"name": name, "arguments": arguments}})
            }
            // Groq leaves out the type.
            Self::Groq => json!({"id": call.id, "function": {"name": name, "arguments": arguments}}),
            Self::OpenAi | Self::Vllm => {
                json!({"id": call.id, "type": "function", "function": {"name": name, "arguments": arguments}})
            }
        }
    }

    fn call_pieces(self, position: usize, call: &ToolCall) -> Vec<Value> {
        let mut whole = self.whole_call(call);
        match self {
            Self::Ollama => vec![whole],
            Self::Groq => {
                whole["index"] = json!(position);
                vec![whole]
            }
            Self::OpenAi | Self::Vllm => {
                whole["index"] = json!(position);
                whole["function"]["arguments"] = json!("");
                let later = call.arguments.split_inclusive(':').map(|piece| {
                    let mut delta = json!({"index": position, "function": {"arguments": piece}});
                    if matches!(self, Self::Vllm) {
                        delta["id"] = json!("");
                    }
                    delta
                });
                std::iter::once(whole).chain(later).collect()
            }
        }
    }

    fn finish(self, answer: &ModelAnswer) -> &'static str {
        match answer.finish {
            FinishReason::Length => "length",
            FinishReason::ContentFilter => "content_filter",
            FinishReason::Other => "insufficient_system_resource",
            // Parsers of Ollama close an answer with tool calls like any other.
            FinishReason::ToolCalls if !matches!(self, Self::Ollama) => "tool_calls",
            FinishReason::Stop | FinishReason::ToolCalls => "stop",
        }
    }

    fn usage(self, answer: &ModelAnswer) -> Value {
        let usage = answer.usage;
        let details = match self {
            Self::Vllm => Value::Null,
            Self::OpenAi | Self::Ollama | Self::Groq => json!({"cached_tokens": usage.cached_input_tokens}),
        };
        json!({
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": details,
            "total_time": 0.027,
        })
    }
}
