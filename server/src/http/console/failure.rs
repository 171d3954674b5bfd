//! Problems as pages: the same problem that the API answers with, in words and with a way on.

use askama::Template;
use axum::{
    extract::rejection::FormRejection,
    response::{Html, IntoResponse, Response},
};
use forecourt_crm_store::StoreError;

use super::filters;
use crate::http::problem::Problem;

/// A problem on its way to somebody at the console.
#[derive(Debug)]
pub struct Failure(Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

impl From<FormRejection> for Failure {
    fn from(_: FormRejection) -> Self {
        Self(Problem::bad_request().with_detail("The form is not complete. Load the page again and send it once more."))
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    title: &'a str,
    detail: Option<&'a str>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let page = ProblemPage { title: self.0.title(), detail: self.0.detail() };
        (self.0.status(), render(&page)).into_response()
    }
}

/// A template as an answer. Rendering fails only when memory does.
pub fn render(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template could not be rendered");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The answer where no page is.
pub async fn no_such_page() -> Failure {
    Failure(Problem::not_found())
}
