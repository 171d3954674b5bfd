//! Errors as RFC 9457 problems: a stable `code` for programs, a sentence for people, nothing internal.

use std::{any::Any, time::Duration};

use axum::{
    Json,
    extract::{
        Request, State,
        rejection::{BytesRejection, JsonRejection},
    },
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use forecourt_crm_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::api::proposals::ProposalView;

/// The body of an error.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A URI reference that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    pub status: u16,
    /// Stable; programs match on it.
    pub code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What the proposal is now, where you decided on something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Box<ProposalView>>,
    /// The roles that may, where yours may not decide on a proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_decide: Option<Vec<String>>,
    /// What is wrong with an edit, one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<String>>,
}

/// An error on its way to a caller.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    proposal: Option<Box<ProposalView>>,
    may_decide: Option<Vec<String>>,
    reasons: Option<Vec<String>>,
    retry_after: Option<i64>,
}

impl Problem {
    /// A problem with a stable code and a sentence that says what to do.
    #[must_use]
    pub const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, proposal: None, may_decide: None, reasons: None, retry_after: None }
    }

    /// Adds what is wrong with this very request.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds what a proposal is now.
    #[must_use]
    pub fn with_proposal(mut self, proposal: ProposalView) -> Self {
        self.proposal = Some(Box::new(proposal));
        self
    }

    /// Adds who may decide.
    #[must_use]
    pub fn with_may_decide(mut self, roles: Vec<String>) -> Self {
        self.may_decide = Some(roles);
        self
    }

    /// Adds what is wrong with an edit.
    #[must_use]
    pub fn with_reasons(mut self, reasons: Vec<String>) -> Self {
        self.reasons = Some(reasons);
        self
    }

    /// Adds after how many seconds the same request may be made again.
    #[must_use]
    pub const fn with_retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// 429: tried too often.
    #[must_use]
    pub fn too_many_tries(retry_after: jiff::SignedDuration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "It was tried too often. Wait, and try again.")
            .with_retry_after(retry_after.as_secs().max(1))
    }

    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here, or it is not yours to see.")
    }

    #[must_use]
    pub const fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Send a bearer token: sign in with POST /api/v1/auth/token, or make one with forecourt token create",
        )
    }

    #[must_use]
    pub const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Your role does not allow this.")
    }

    #[must_use]
    pub const fn bad_request() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", "The request cannot be read.")
    }

    #[must_use]
    pub const fn conflict(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, title)
    }

    /// The status this problem answers with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence for people.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// What is wrong with this very request.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Nothing was changed, and the same request may succeed in a moment.
    #[must_use]
    pub const fn try_again() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "try_again",
            "Somebody else is changing this, or the database is busy. Nothing was changed; try again in a moment.",
        )
    }

    /// Whether the same request may succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    const fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed on our side. Nothing was lost; try again, and name the request id when you report it.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("/problems/{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            proposal: self.proposal,
            may_decide: self.may_decide,
            reasons: self.reasons,
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::not_found(),
            StoreError::Conflict(what) => {
                Self::conflict("conflict", "It changed meanwhile; load it again.").with_detail(what)
            }
            error if error.is_transient() => {
                tracing::warn!(%error, "the store was busy or out of reach; nothing was changed");
                Self::try_again()
            }
            error @ (StoreError::Database(_) | StoreError::Corrupt(_)) => {
                tracing::error!(%error, "a request failed on the store");
                Self::internal()
            }
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => unsupported("application/json"),
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Self::bad_request().with_detail(rejection.body_text()),
        }
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Self::bad_request(),
        }
    }
}

/// 415: the route takes another content type.
#[must_use]
pub fn unsupported(expected: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "This route takes another content type.")
        .with_detail(format!("send {expected}"))
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is larger than one mebibyte.")
}

/// The answer where no route is.
pub async fn no_such_route() -> Problem {
    Problem::not_found()
}

/// The answer where a route is, but not for this method. Which it takes is in the header `Allow`.
pub async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This route takes another method.")
}

/// Ends a request that takes longer than `limit` with a problem.
pub async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let late = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "This took too long. Try again in a moment.");
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| late.into_response())
}

/// The answer when a handler panicked. The panic's text stays in the log.
#[must_use]
pub fn from_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_request_that_takes_too_long_ends_with_a_problem() {
        let app: Router = Router::new()
            .route("/slow", get(std::future::pending::<StatusCode>))
            .route("/fast", get(|| async { StatusCode::OK }))
            .layer(middleware::from_fn_with_state(Duration::ZERO, in_time));
        for (path, status) in [("/slow", StatusCode::SERVICE_UNAVAILABLE), ("/fast", StatusCode::OK)] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status);
            if status != StatusCode::OK {
                assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            }
        }
    }
}
