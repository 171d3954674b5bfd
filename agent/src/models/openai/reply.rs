//! What servers send, read as loosely as possible: a field that is missing, null or of another
//! shape than documented is as good as absent, and fields that say nothing to us are not read.
//!
//! A whole reply and a chunk of a streamed one are the same type: the first carries a `message`,
//! the second a `delta`.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::model::{ModelError, Usage};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Reply {
    #[serde(default, deserialize_with = "lax")]
    pub(super) model: String,
    #[serde(default, deserialize_with = "lax")]
    pub(super) choices: Vec<Choice>,
    #[serde(default, deserialize_with = "lax")]
    usage: Option<TokenCounts>,
    #[serde(default, deserialize_with = "lax")]
    x_groq: Option<GroqExtra>,
    /// An error reported under a status of success, or in the middle of a stream.
    #[serde(default)]
    pub(super) error: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    #[serde(default, deserialize_with = "lax")]
    pub(super) index: u64,
    #[serde(default, deserialize_with = "lax")]
    pub(super) message: Option<Words>,
    #[serde(default, deserialize_with = "lax")]
    pub(super) delta: Option<Words>,
    #[serde(default, deserialize_with = "lax")]
    pub(super) finish_reason: Option<String>,
}

/// What the model said, or a piece of it. Its reasoning is not read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Words {
    #[serde(default, deserialize_with = "lax")]
    content: Content,
    #[serde(default, deserialize_with = "lax")]
    pub(super) refusal: String,
    #[serde(default, deserialize_with = "lax")]
    pub(super) tool_calls: Vec<CallPiece>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<ContentPart>),
    #[default]
    Absent,
}

#[derive(Debug, Deserialize)]
struct ContentPart {
    #[serde(default, rename = "type", deserialize_with = "lax")]
    kind: String,
    #[serde(default, deserialize_with = "lax")]
    text: String,
}

/// A tool call, or a piece of one.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CallPiece {
    #[serde(default, deserialize_with = "lax")]
    pub(super) index: Option<u64>,
    #[serde(default, deserialize_with = "lax")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "lax")]
    pub(super) function: FunctionPiece,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FunctionPiece {
    #[serde(default, deserialize_with = "lax")]
    pub(super) name: String,
    #[serde(default)]
    arguments: Value,
}

#[derive(Debug, Default, Deserialize)]
struct TokenCounts {
    #[serde(default, deserialize_with = "lax")]
    prompt_tokens: u64,
    #[serde(default, deserialize_with = "lax")]
    completion_tokens: u64,
    #[serde(default, deserialize_with = "lax")]
    prompt_tokens_details: PromptTokens,
}

#[derive(Debug, Default, Deserialize)]
struct PromptTokens {
    #[serde(default, deserialize_with = "lax")]
    cached_tokens: u64,
}

/// Groq's own field; in streams it may be the only place of the token counts.
#[derive(Debug, Default, Deserialize)]
struct GroqExtra {
    #[serde(default, deserialize_with = "lax")]
    usage: Option<TokenCounts>,
}

/// Reads a whole reply or the data of one event.
pub(super) fn read(json: &[u8]) -> Result<Reply, ModelError> {
    // The parser's own words may quote the reply; only the place where it stopped is kept.
    serde_json::from_slice(json)
        .map_err(|error| ModelError::Malformed(format!("not JSON at line {}, column {}", error.line(), error.column())))
}

impl Reply {
    /// The tokens as the server counted them, if this is the part of the reply that says so.
    pub(super) fn usage(&self) -> Option<Usage> {
        let groq = self.x_groq.as_ref().and_then(|extra| extra.usage.as_ref());
        self.usage.as_ref().or(groq).map(|counts| Usage {
            input_tokens: saturating(counts.prompt_tokens),
            cached_input_tokens: saturating(counts.prompt_tokens_details.cached_tokens),
            output_tokens: saturating(counts.completion_tokens),
        })
    }
}

impl Words {
    /// The words for the reader, without reasoning and refusals.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Content::Text(text) => text.clone(),
            Content::Parts(parts) => {
                parts.iter().filter(|part| part.is_text()).map(|part| part.text.as_str()).collect()
            }
            Content::Absent => String::new(),
        }
    }
}

impl ContentPart {
    fn is_text(&self) -> bool {
        matches!(self.kind.as_str(), "text" | "output_text" | "")
    }
}

impl FunctionPiece {
    /// The arguments as text: OpenAI sends JSON in a string, some servers send the JSON itself.
    pub(super) fn arguments(&self) -> String {
        match &self.arguments {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            json => json.to_string(),
        }
    }
}

fn saturating(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn lax<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Value::deserialize(deserializer).map(|value| serde_json::from_value(value).unwrap_or_default())
}
