//! What stands before every page: changes come from our own pages only, and the browser is told
//! what a page may do.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::{Origin, Url};

use super::failure::Failure;
use crate::http::{AppState, problem::Problem};

/// Nothing but our own files, no inline script or style, no framing. `data:` is for the arrows and
/// check marks inside the vendored style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Refuses a change that does not come from a page of this origin.
///
/// INVARIANT: every request that may change something passes here; a browser sends `Origin` with all of them.
pub async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let host = text(request.headers(), &header::HOST).or(request.uri().authority().map(|authority| authority.as_str()));
    let origin = text(request.headers(), &header::ORIGIN);
    if request.method().is_safe() || is_own(origin, host, &state.public_url) {
        return next.run(request).await;
    }
    let problem = Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "This request did not come from the console.")
        .with_detail("Open the console at its own address and try again there.");
    Failure::from(problem).into_response()
}

/// Whether an origin is the public one or the one that `host` (with its port) was served on.
fn is_own(origin: Option<&str>, host: Option<&str>, public_url: &Url) -> bool {
    let Some(origin) = origin.and_then(|origin| Url::parse(origin).ok()) else { return false };
    if !matches!(origin.origin(), Origin::Tuple(..)) {
        return false;
    }
    // Behind a proxy that ends TLS, the scheme is not known here; host and port decide.
    origin.origin() == public_url.origin() || host == Some(origin.authority())
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Adds what every answer of the console carries.
pub async fn add_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // Pages show what customers wrote: no cache keeps them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_origin_may_change_something() {
        let public_url = Url::parse("https://cars.example/").unwrap();
        for (origin, host, own) in [
            (Some("https://cars.example"), "10.0.0.7:8080", true),
            (Some("http://10.0.0.7:8080"), "10.0.0.7:8080", true),
            (Some("https://10.0.0.7:8080"), "10.0.0.7:8080", true),
            (Some("http://cars.example"), "10.0.0.7:8080", false),
            (Some("https://cars.example.evil.example"), "10.0.0.7:8080", false),
            (Some("https://evil.example"), "cars.example", false),
            (Some("http://10.0.0.7:9090"), "10.0.0.7:8080", false),
            (Some("null"), "10.0.0.7:8080", false),
            (Some("file://"), "", false),
            (None, "10.0.0.7:8080", false),
        ] {
            let host = Some(host);
            assert_eq!(is_own(origin, host, &public_url), own, "{origin:?} at {host:?}");
        }
    }
}
