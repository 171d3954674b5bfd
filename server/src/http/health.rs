//! Whether the process lives, whether it can work, what it is, and its figures.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;

use super::{AppState, problem::Problem};

/// What runs here.
#[derive(Debug, Serialize)]
struct Version {
    version: &'static str,
    /// The time zone rules in use, as IANA names them.
    tzdata: &'static str,
    model: String,
    /// False for the offline receptionist, which is no language model.
    language_model: bool,
}

/// The routes of this file.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/version", get(version))
        .route("/metrics", get(figures))
}

async fn ready(State(state): State<AppState>) -> Result<&'static str, Problem> {
    state.store.ping().await.map_err(|_| not_ready("the database does not answer"))?;
    let depths = state.store.queue_depths().await.map_err(|_| not_ready("the queues cannot be read"))?;
    {
        metrics::gauge!("forecourt_turn_queue_length").set(depths.turns as f64);
        metrics::gauge!("forecourt_outbox_queue_length").set(depths.outbox as f64);
    }
    Ok("ready")
}

fn not_ready(why: &'static str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "This process cannot work now.").with_detail(why)
}

async fn version(State(state): State<AppState>) -> Json<Version> {
    let model = state.agent.model();
    Json(Version {
        version: env!("CARGO_PKG_VERSION"),
        tzdata: forecourt_domain::hours::tzdata_version(),
        model: model.name().to_owned(),
        language_model: model.is_language_model(),
    })
}

async fn figures(State(state): State<AppState>) -> String {
    state.metrics.map(|metrics| metrics.render()).unwrap_or_default()
}
