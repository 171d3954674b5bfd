//! A chat model behind any OpenAI-compatible chat completions server, reached by its base URL.
//!
//! Plain `reqwest` and our own lax types, not `async-openai`: that crate logs the whole body of any
//! reply, stream event or server error that it cannot read, drops the headers of errors (so
//! `Retry-After` is lost), reads streams in a detached task with an unbounded channel, and does not
//! tell a finished stream from one that was cut. What is left of it is a URL and a JSON body.

mod assembly;
mod failure;
mod reply;
mod request;
mod sse;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{
    Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};

use self::{assembly::Assembly, request::Body, sse::EventReader};
use crate::model::{ChatModel, ModelAnswer, ModelError, ModelRequest};

/// How much of a reply is read before it is given up as unreadable, in bytes.
const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;

/// How long the rest of a stream (token counts, end marker) is waited for once the answer itself
/// is complete. Reading to the end is what lets the connection be used again.
const STREAM_TAIL: Duration = Duration::from_millis(500);

/// Whether answers arrive whole or piece by piece.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    #[default]
    Whole,
    Streamed,
}

/// The field in which a server expects the output limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutputLimitField {
    /// `max_completion_tokens`: OpenAI, Groq, vLLM since 0.6.4.
    #[default]
    MaxCompletionTokens,
    /// `max_tokens`: Ollama and older servers.
    MaxTokens,
}

/// Where a model is served and how it is asked.
#[derive(Debug, Clone)]
pub struct OpenAiSettings {
    /// Up to and including the version, such as `https://api.openai.com/v1`; a query is kept.
    pub base_url: String,
    /// None for a server that asks for none, such as a local one.
    pub api_key: Option<SecretString>,
    /// The model's name on that server.
    pub model: String,
    pub delivery: Delivery,
    pub output_limit: OutputLimitField,
}

/// Settings with which no request could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the model's base URL is not an http or https address; give one such as https://api.openai.com/v1")]
    BaseUrl,
    #[error("the model's key holds characters that no HTTP header may hold; copy it again")]
    Key,
}

/// A model on an OpenAI-compatible server. One call to `respond` is one HTTP request.
#[derive(Debug)]
pub struct OpenAiModel {
    http: reqwest::Client,
    endpoint: Url,
    authorization: Option<HeaderValue>,
    model: String,
    delivery: Delivery,
    output_limit: OutputLimitField,
}

/// The HTTP client that every model of the process shares, so that connections stay open between
/// turns. It follows no redirect and repeats no request: trying again is for [`super::retry`].
///
/// # Errors
/// When the machine's certificates cannot be read.
///
/// # Panics
/// When no TLS provider is installed; `main` does it first of all.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .pool_idle_timeout(Duration::from_secs(90))
        .tcp_keepalive(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
}

impl OpenAiModel {
    /// A model that is asked over `http` (see [`http_client`]).
    ///
    /// # Errors
    /// When the base URL or the key cannot be used in a request.
    pub fn new(settings: OpenAiSettings, http: reqwest::Client) -> Result<Self, SettingsError> {
        Ok(Self {
            http,
            endpoint: endpoint(&settings.base_url)?,
            authorization: settings.api_key.as_ref().map(authorization).transpose()?,
            model: settings.model,
            delivery: settings.delivery,
            output_limit: settings.output_limit,
        })
    }

    async fn send(&self, request: &ModelRequest) -> Result<Response, ModelError> {
        let body = Body::of(request, &self.model, self.delivery, self.output_limit);
        let body = serde_json::to_vec(&body).map_err(|_| ModelError::Malformed("request is not JSON".into()))?;
        let mut post = self.http.post(self.endpoint.clone()).header(CONTENT_TYPE, "application/json").header(
            ACCEPT,
            match self.delivery {
                Delivery::Whole => "application/json",
                Delivery::Streamed => "text/event-stream",
            },
        );
        if let Some(authorization) = &self.authorization {
            post = post.header(AUTHORIZATION, authorization);
        }
        let response = post.body(body).send().await.map_err(|error| failure::of_transport(&error))?;
        if response.status().is_success() { Ok(response) } else { Err(failure::of_response(response).await) }
    }
}

fn endpoint(base_url: &str) -> Result<Url, SettingsError> {
    let mut url = Url::parse(base_url.trim()).map_err(|_| SettingsError::BaseUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(SettingsError::BaseUrl);
    }
    url.path_segments_mut().map_err(|()| SettingsError::BaseUrl)?.pop_if_empty().extend(["chat", "completions"]);
    Ok(url)
}

fn authorization(key: &SecretString) -> Result<HeaderValue, SettingsError> {
    let bearer = format!("Bearer {}", key.expose_secret().trim());
    let mut value = HeaderValue::try_from(bearer).map_err(|_| SettingsError::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

#[async_trait]
impl ChatModel for OpenAiModel {
    fn name(&self) -> &str {
        &self.model
    }

    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        let deadline = Instant::now() + request.timeout;
        let response = timeout_at(deadline, self.send(request)).await.map_err(|_| ModelError::Timeout)??;
        let assembly = if is_event_stream(&response) {
            read_stream(response, deadline, on_text).await?
        } else {
            timeout_at(deadline, read_whole(response, on_text)).await.map_err(|_| ModelError::Timeout)??
        };
        assembly.into_answer(&self.model, request.messages.len())
    }
}

/// What was asked for does not matter: a server may answer a streaming request whole.
fn is_event_stream(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/event-stream"))
}

async fn read_whole(
    mut response: Response,
    on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
) -> Result<Assembly, ModelError> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|error| failure::of_transport(&error))? {
        body.extend_from_slice(&bytes);
        within_size(body.len())?;
    }
    let mut assembly = Assembly::default();
    assembly.take_whole(reply::read(&body)?, on_text)?;
    Ok(assembly)
}

async fn read_stream(
    mut response: Response,
    mut deadline: Instant,
    on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
) -> Result<Assembly, ModelError> {
    let (mut assembly, mut events, mut received) = (Assembly::default(), EventReader::default(), 0);
    loop {
        let bytes = match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(bytes))) => bytes,
            Ok(Ok(None)) => break,
            // Whatever goes wrong after the answer was complete does not make it less complete.
            Ok(Err(_)) | Err(_) if assembly.is_complete() => break,
            Ok(Err(error)) => return Err(failure::of_transport(&error)),
            Err(_) => return Err(ModelError::Timeout),
        };
        received += bytes.len();
        within_size(received)?;
        let was_complete = assembly.is_complete();
        for event in events.feed(&bytes) {
            assembly.take_event(&event, on_text)?;
        }
        if assembly.is_complete() && !was_complete {
            deadline = deadline.min(Instant::now() + STREAM_TAIL);
        }
    }
    if let Some(event) = events.finish() {
        assembly.take_event(&event, on_text).or_else(cut_instead_of_malformed)?;
    }
    if assembly.is_complete() { Ok(assembly) } else { Err(ModelError::Unavailable("the stream was cut".into())) }
}

/// Half an event at the end of a stream is a stream that was cut, which may be tried again.
fn cut_instead_of_malformed(error: ModelError) -> Result<(), ModelError> {
    if matches!(error, ModelError::Malformed(_)) { Ok(()) } else { Err(error) }
}

fn within_size(bytes: usize) -> Result<(), ModelError> {
    if bytes > MAX_REPLY_BYTES { Err(ModelError::Malformed("the reply is too long".into())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_lies_below_the_base_url_however_it_is_written() {
        for (base, expected) in [
            ("https://api.openai.com/v1", Some("https://api.openai.com/v1/chat/completions")),
            ("http://127.0.0.1:11434/v1/", Some("http://127.0.0.1:11434/v1/chat/completions")),
            (" http://gpu:8000/v1\n", Some("http://gpu:8000/v1/chat/completions")),
            ("https://x.example/v1?api-version=2", Some("https://x.example/v1/chat/completions?api-version=2")),
            ("api.openai.com/v1", None),
            ("file:///etc/passwd", None),
            ("mailto:a@b.example", None),
        ] {
            assert_eq!(endpoint(base).ok().as_ref().map(Url::as_str), expected, "{base}");
        }
    }

    #[test]
    fn a_key_never_shows_in_debug_output_and_a_broken_one_is_refused_at_the_start() {
        let value = authorization(&SecretString::from("sk-very-secret\n")).unwrap();
        assert_eq!(value.to_str().unwrap(), "Bearer sk-very-secret");
        assert!(!format!("{value:?}").contains("secret"));
        assert_eq!(authorization(&SecretString::from("sk-\u{7}")), Err(SettingsError::Key));
    }
}
