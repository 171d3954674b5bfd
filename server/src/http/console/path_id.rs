//! The id in a path. What is no id names nothing: it is a page that does not exist.

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use super::failure::Failure;
use crate::http::{AppState, path_id, problem::Problem};

/// The one id in a route's path.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub Uuid);

impl FromRequestParts<AppState> for PathId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let path_id::PathId(id) =
            path_id::PathId::from_request_parts(parts, state).await.map_err(|_| Failure::from(Problem::not_found()))?;
        Ok(Self(id))
    }
}
