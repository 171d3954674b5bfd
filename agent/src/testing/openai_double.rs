//! A server on 127.0.0.1 that looks like an OpenAI-compatible one: it checks every request against
//! the rules of the wire and lets any [`ChatModel`] answer, in the shape of the server it plays.

mod rules;
mod shapes;
mod strict_schema;
mod wire_request;

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

pub use self::{rules::violations, shapes::Shape, strict_schema::violations as strict_schema_violations};
use crate::model::{ChatModel, ModelAnswer, ModelError};

/// A running double. It stops when it is dropped.
///
/// A request that breaks a rule is answered with status 400, as OpenAI does, and recorded in
/// [`OpenAiDouble::violations`]. A failure of the model becomes the failure of a server: `Timeout`
/// never answers, `RateLimited` is a 429 with `Retry-After`, `Malformed` a page instead of JSON.
#[derive(Debug)]
pub struct OpenAiDouble {
    address: SocketAddr,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The body, byte for byte.
    pub body: String,
    /// The same body read; null if it is no JSON.
    pub json: Value,
    pub authorization: Option<String>,
    /// The caller's end of the connection: equal for two requests on one connection.
    pub peer: SocketAddr,
}

struct Shared {
    shape: Shape,
    model: Arc<dyn ChatModel>,
    requests: Mutex<Vec<Received>>,
    violations: Mutex<Vec<String>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("shape", &self.shape).field("model", &self.model.name()).finish_non_exhaustive()
    }
}

impl OpenAiDouble {
    /// Starts a server that plays `shape` and answers what `model` answers.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be opened.
    pub async fn start(shape: Shape, model: Arc<dyn ChatModel>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { shape, model, requests: Mutex::default(), violations: Mutex::default() });
        let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move {
            // Ends only when the double is dropped.
            let _ = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await;
        });
        Ok(Self { address, shared, _server: server })
    }

    /// What to give an adapter as its base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        lock(&self.shared.requests).clone()
    }

    /// Every rule that a request broke, as `request 1: …`; a test expects this to be empty.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.violations).clone()
    }
}

async fn complete(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let json: Value = serde_json::from_str(&body).unwrap_or_default();
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let broken = rules::violations(&json);
    let number = {
        let mut requests = lock(&shared.requests);
        requests.push(Received { body, json: json.clone(), authorization, peer });
        requests.len()
    };
    if !broken.is_empty() {
        let message = broken.join("; ");
        lock(&shared.violations).extend(broken.into_iter().map(|rule| format!("request {number}: {rule}")));
        return error(StatusCode::BAD_REQUEST, shared.shape.error(&message, "invalid_request_error", 400));
    }
    match shared.model.respond(&wire_request::read(&json), &mut |_| ()).await {
        Ok(answer) => answered(shared.shape, &json, &answer),
        Err(failure) => failed(shared.shape, failure).await,
    }
}

fn answered(shape: Shape, request: &Value, answer: &ModelAnswer) -> Response {
    if request["stream"] != json!(true) {
        return Json(shape.whole(answer)).into_response();
    }
    let with_usage = request["stream_options"]["include_usage"] == json!(true);
    let chunks = shape.chunks(answer, with_usage).into_iter().map(|chunk| format!("data: {chunk}\n\n"));
    let events = chunks.chain(["data: [DONE]\n\n".to_owned()]).map(Ok::<_, Infallible>);
    let body = Body::from_stream(stream::iter(events.collect::<Vec<_>>()));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

async fn failed(shape: Shape, failure: ModelError) -> Response {
    match failure {
        ModelError::Timeout => std::future::pending().await,
        ModelError::RateLimited { retry_after } => {
            let body = shape.error("Rate limit reached", "rate_limit_exceeded", 429);
            let mut response = error(StatusCode::TOO_MANY_REQUESTS, body);
            if let Some(pause) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, pause.as_secs().into());
            }
            response
        }
        ModelError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response(),
        ModelError::ContextOverflow => {
            let message = "This model's maximum context length is 4096 tokens.";
            error(StatusCode::BAD_REQUEST, shape.error(message, "context_length_exceeded", 400))
        }
        ModelError::Refused => Json(shape.refusal()).into_response(),
        ModelError::Malformed(_) => "<html>It works!</html>".into_response(),
        ModelError::Rejected { status } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            error(status, shape.error("Rejected", "invalid_api_key", status.as_u16()))
        }
    }
}

fn error(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
