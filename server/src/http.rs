//! The HTTP surface: webhooks, the API, health, and the console page.

pub mod api;
pub mod console;
pub mod health;
pub mod openapi;
pub mod path_id;
pub mod principal;
pub mod problem;
pub mod twilio;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath},
    http::{HeaderName, HeaderValue, Request, header},
    middleware,
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
    trace::TraceLayer,
};
use url::Url;

use crate::{identity::Identity, workers::Wake};

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
    pub identity: Identity,
}

/// The whole surface as one router.
pub fn router(state: AppState) -> Router {
    let (api, document) = api::router().split_for_parts();
    Router::new()
        .merge(api)
        .merge(openapi::router(document))
        .merge(health::router())
        .merge(twilio::router())
        .layer(middleware::from_fn_with_state(REQUEST_TIMEOUT, problem::in_time))
        .route("/", get(|| async { Redirect::temporary("/console") }))
        .merge(console::router(&state))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::custom(problem::from_panic))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        // The span holds method, route and id; never what a path, a query or a body says: a path holds the
        // unguessable id of a webhook, or whatever somebody typed where no route is.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<_>| {
            let id =
                request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or("");
            let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
            tracing::info_span!("http", method = %request.method(), route, id)
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
