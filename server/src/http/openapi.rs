//! The OpenAPI document, made from the code of the routes.

use axum::{Json, Router, routing::get};
use utoipa::{
    OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::AppState;

/// What the document says beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Forecourt",
        description = "The API of the agent runtime for car dealerships. Errors are RFC 9457 problems with a stable `code`."
    ),
    modifiers(&Security)
)]
pub struct Document;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("forecourt token create")).build();
        document
            .components
            .get_or_insert_with(Default::default)
            .add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The document as `forecourt openapi` prints it.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    super::api::router().split_for_parts().1
}

/// The route that serves the document.
pub fn router(document: utoipa::openapi::OpenApi) -> Router<AppState> {
    Router::new().route("/api/openapi.json", get(move || async move { Json(document) }))
}
