//! The HTTP surface: webhooks, the API, health, and the console page.

pub mod api;
pub mod console;
pub mod health;
pub mod openapi;
pub mod principal;
pub mod problem;
pub mod twilio;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Request, header},
    response::Redirect,
    routing::get,
};
use forecourt_agent::Agent;
use forecourt_crm_store::Store;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use url::Url;

use crate::workers::Wake;

/// The largest body any route takes.
pub const MAX_BODY: usize = 1024 * 1024;
/// How long a request may take; event streams are not bound by it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub store: Store,
    pub agent: Arc<Agent>,
    pub wake: Wake,
    pub public_url: Url,
    pub metrics: Option<PrometheusHandle>,
    /// Tells the pages of the console what changed.
    pub live: console::Live,
}

/// The whole surface as one router.
pub fn router(state: AppState) -> Router {
    let (api, document) = api::router().split_for_parts();
    Router::new()
        .merge(api)
        .merge(openapi::router(document))
        .merge(health::router())
        .merge(twilio::router())
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .route("/", get(|| async { Redirect::temporary("/console") }))
        .merge(console::router(&state))
        .fallback(problem::no_such_route)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::custom(problem::from_panic))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        // The span holds method, route and id; never a query string, a body or a number.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<_>| {
            let id =
                request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or("");
            tracing::info_span!("http", method = %request.method(), path = request.uri().path(), id)
        }))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId(state.store.clone())))
        .with_state(state)
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request an id of ours; one that a caller sent is kept out of our logs.
#[derive(Clone)]
struct NewRequestId(Store);

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let id = forecourt_domain::ids::generate(self.0.now());
        HeaderValue::from_str(&id.to_string()).ok().map(RequestId::new)
    }
}
