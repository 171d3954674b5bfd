//! The only seam to a chat model: what is asked, what comes back, how it can fail.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A tool as the model sees it. `parameters` is a strict JSON Schema (draft 2020-12): closed
/// objects, every property required, absence as `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolSchema {
    pub name: &'static str,
    pub description: &'static str,
    pub parameters: Value,
}

/// A tool call as the model wrote it. Nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The model's name for this call, unique within its answer.
    pub id: String,
    pub name: String,
    /// JSON text exactly as the model produced it; it may not even be JSON.
    pub arguments: String,
}

/// One message of a request, in the order the model reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum ChatMessage {
    System {
        text: String,
    },
    User {
        text: String,
    },
    Assistant {
        text: Option<String>,
        tool_calls: Vec<ToolCall>,
    },
    /// The one output of the tool call `call_id` of the assistant message before it.
    ToolOutput {
        call_id: String,
        text: String,
    },
}

/// Everything a model is asked. Within a turn, request n+1 begins with request n; a provider's
/// prompt cache therefore hits.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRequest {
    pub tools: Arc<[ToolSchema]>,
    pub messages: Vec<ChatMessage>,
    pub max_output_tokens: u32,
    /// How long the whole call may take, retries included.
    pub timeout: Duration,
}

/// Tokens as the provider counted them; zero where it did not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub input_tokens: u32,
    pub cached_input_tokens: u32,
    pub output_tokens: u32,
}

/// Why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    Stop,
    ToolCalls,
    /// The output limit cut the answer off: its text is not whole.
    Length,
    /// The provider withheld the answer.
    ContentFilter,
    /// A value that no known provider documents.
    Other,
}

/// What the model answered: words, tool calls, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelAnswer {
    pub text: Option<String>,
    pub tool_calls: Vec<ToolCall>,
    pub finish: FinishReason,
    pub usage: Usage,
    /// The model that answered, as the provider names it.
    pub model: String,
}

/// How a call can fail. The text of an error holds no prompt and no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("the model did not answer within its time")]
    Timeout,
    #[error("the provider limits our rate")]
    RateLimited { retry_after: Option<Duration> },
    #[error("the provider is unavailable ({0})")]
    Unavailable(String),
    #[error("the request is larger than the model's context")]
    ContextOverflow,
    #[error("the model refused to answer")]
    Refused,
    #[error("the provider's answer could not be read: {0}")]
    Malformed(String),
    #[error("the provider rejected the request ({status}): check the key, the base URL and the model's name")]
    Rejected { status: u16 },
}

impl ModelError {
    /// Whether the same request may succeed a moment later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Timeout | Self::RateLimited { .. } | Self::Unavailable(_))
    }
}

/// A chat model behind any wire.
#[async_trait]
pub trait ChatModel: Send + Sync + 'static {
    /// The name under which steps are recorded, such as `offline` or `gpt-5-mini`.
    fn name(&self) -> &str;

    /// Whether this is a language model; the console says so where it is not.
    fn is_language_model(&self) -> bool {
        true
    }

    /// Asks once. `on_text` is called with pieces of text as they arrive, if the model streams;
    /// nothing that it was given has been checked.
    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError>;
}
