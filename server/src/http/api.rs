//! The API under `/api/v1`: one file per resource.

pub(crate) mod ai;
pub(crate) mod caps;
pub(crate) mod conversations;
mod messages;
pub(crate) mod policies;
pub(crate) mod proposals;
pub(crate) mod replies;

use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{AppState, openapi::Document};

/// Every route of the API with its part of the OpenAPI document.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::thread, replies::reply))
        .routes(routes!(conversations::hand_back))
        .routes(routes!(messages::why))
        .routes(routes!(proposals::list))
        .routes(routes!(proposals::show))
        .routes(routes!(proposals::approve))
        .routes(routes!(proposals::reject))
        .routes(routes!(ai::status))
        .routes(routes!(ai::pause))
        .routes(routes!(ai::resume))
        .routes(routes!(ai::held))
        .routes(routes!(caps::show, caps::set))
        .routes(routes!(policies::list, policies::store))
        .routes(routes!(policies::validate))
        .routes(routes!(policies::show))
        .routes(routes!(policies::activate))
        .routes(routes!(policies::deactivate))
        .routes(routes!(policies::rollback))
}
