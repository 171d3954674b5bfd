//! What a failed call means: statuses, error bodies and broken connections as [`ModelError`]s,
//! whose texts hold nothing of the bodies.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::{
    Response,
    header::{DATE, HeaderMap, RETRY_AFTER},
};
use serde_json::Value;

use crate::model::ModelError;

/// How much of an error body is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// The failure that an unsuccessful response reports.
pub(super) async fn of_response(mut response: Response) -> ModelError {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let mut body = Vec::new();
    // A body that cannot be read to its end still came with a status.
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend_from_slice(&bytes);
        if body.len() > MAX_ERROR_BYTES {
            break;
        }
    }
    let report = match serde_json::from_slice::<Value>(&body) {
        Ok(json) => Report::of(&json),
        Err(_) => Report { message: String::from_utf8_lossy(&body).to_lowercase(), ..Report::default() },
    };
    classify(status, &report, retry_after)
}

/// The failure that a server reports inside a reply or a stream that began well.
pub(super) fn of_report(error: &Value) -> ModelError {
    let report = Report::of(error);
    let status = report.code.parse().ok().filter(|status| (400..600).contains(status));
    if report.is("rate_limit_exceeded") {
        return ModelError::RateLimited { retry_after: None };
    }
    match classify(status.unwrap_or(400), &report, None) {
        ModelError::Rejected { .. } if status.is_none() => ModelError::Unavailable("error in the reply".into()),
        failure => failure,
    }
}

/// The failure of a connection. The error's own text holds the URL and is not kept.
pub(super) fn of_transport(error: &reqwest::Error) -> ModelError {
    if error.is_timeout() {
        ModelError::Timeout
    } else if error.is_connect() {
        ModelError::Unavailable("no connection".into())
    } else {
        ModelError::Unavailable("the connection broke".into())
    }
}

fn classify(status: u16, report: &Report, retry_after: Option<Duration>) -> ModelError {
    match status {
        400 | 422 if report.says_context_overflow() => ModelError::ContextOverflow,
        413 => ModelError::ContextOverflow,
        400 if report.is("tool_use_failed") => {
            // Groq checks its model's tool call and reports a bad one as if it were our mistake.
            ModelError::Malformed("the server could not read its model's tool call".into())
        }
        400 if report.is("content_filter") || report.is("content_policy_violation") => ModelError::Refused,
        408 => ModelError::Timeout,
        // An empty account does not fill up by waiting.
        429 if report.is("insufficient_quota") => ModelError::Rejected { status },
        429 => ModelError::RateLimited { retry_after },
        500.. => ModelError::Unavailable(format!("status {status}")),
        _ => ModelError::Rejected { status },
    }
}

/// What an error body says that may change what happens next, in lower case.
#[derive(Default)]
struct Report {
    code: String,
    kind: String,
    message: String,
}

impl Report {
    /// Servers write `{"error": {"message", "type", "code"}}`, `{"error": "…"}`, or the inner object
    /// alone; a code is a text or a number.
    fn of(body: &Value) -> Self {
        let error = body.get("error").unwrap_or(body);
        let field = |name: &str| match error.get(name) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let message = error.as_str().map_or_else(|| field("message"), str::to_lowercase);
        Self { code: field("code"), kind: field("type"), message }
    }

    /// Servers disagree about which of the two fields holds the word.
    fn is(&self, word: &str) -> bool {
        self.code == word || self.kind == word
    }

    fn says_context_overflow(&self) -> bool {
        const WORDS: [&str; 7] = [
            "maximum context length",
            "context length exceeded",
            "exceeds the context",
            "context window",
            "available context size",
            "prompt is too long",
            "reduce the length of the messages",
        ];
        self.is("context_length_exceeded")
            || self.is("exceed_context_size_error")
            || WORDS.iter().any(|words| self.message.contains(words))
    }
}

/// How long the server asks to be left alone (RFC 9110, section 10.2.3). A date is read against the
/// server's own clock, its `Date` header, so that ours does not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let value = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = rfc2822::parse(value).ok()?.timestamp();
    let now = rfc2822::parse(text(DATE.as_str())?).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_failure_means_what_its_status_and_body_say() {
        let unavailable = |status: u16| ModelError::Unavailable(format!("status {status}"));
        let vllm = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens";
        let limited = ModelError::RateLimited { retry_after: None };
        let malformed = ModelError::Malformed("the server could not read its model's tool call".into());
        for (status, body, expected) in [
            (
                401,
                json!({"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}),
                ModelError::Rejected { status: 401 },
            ),
            (403, json!(null), ModelError::Rejected { status: 403 }),
            (404, json!({"error": {"message": "model \"x\" not found"}}), ModelError::Rejected { status: 404 }),
            (400, json!({"error": {"message": "Unknown parameter"}}), ModelError::Rejected { status: 400 }),
            (400, json!({"error": {"message": "…", "code": "context_length_exceeded"}}), ModelError::ContextOverflow),
            (
                400,
                json!({"object": "error", "message": vllm, "type": "BadRequestError", "code": 400}),
                ModelError::ContextOverflow,
            ),
            (400, json!({"error": {"type": "exceed_context_size_error", "code": 400}}), ModelError::ContextOverflow),
            (413, json!({"error": {"code": "rate_limit_exceeded"}}), ModelError::ContextOverflow),
            (400, json!({"error": {"code": "tool_use_failed", "failed_generation": "<secret>"}}), malformed),
            (400, json!({"error": {"code": "content_filter"}}), ModelError::Refused),
            (408, json!(null), ModelError::Timeout),
            (429, json!({"error": "slow down"}), limited.clone()),
            (429, json!({"error": {"code": "rate_limit_exceeded"}}), limited),
            (429, json!({"error": {"code": "insufficient_quota"}}), ModelError::Rejected { status: 429 }),
            (500, json!({"error": {"message": "context window"}}), unavailable(500)),
            (503, json!(null), unavailable(503)),
            (302, json!(null), ModelError::Rejected { status: 302 }),
        ] {
            assert_eq!(classify(status, &Report::of(&body), None), expected, "{status} {body}");
        }
    }

    #[test]
    fn an_error_inside_a_reply_is_read_like_one_with_a_status() {
        for (error, expected) in [
            (json!({"message": "…", "code": "context_length_exceeded"}), ModelError::ContextOverflow),
            (json!({"message": "…", "code": 429}), ModelError::RateLimited { retry_after: None }),
            (json!({"message": "…", "code": 502}), ModelError::Unavailable("status 502".into())),
            (json!({"message": "…", "type": "rate_limit_exceeded"}), ModelError::RateLimited { retry_after: None }),
            (json!("overloaded"), ModelError::Unavailable("error in the reply".into())),
        ] {
            assert_eq!(of_report(&error), expected, "{error}");
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_milliseconds_or_a_date_by_the_servers_clock() {
        let date = ("date", "Fri, 20 Nov 2026 21:05:00 GMT");
        for (headers, expected) in [
            (vec![("retry-after", "2")], Some(Duration::from_secs(2))),
            (vec![("retry-after", "0.5")], Some(Duration::from_millis(500))),
            (vec![("retry-after", "1"), ("retry-after-ms", "250")], Some(Duration::from_millis(250))),
            (vec![date, ("retry-after", "Fri, 20 Nov 2026 21:05:07 GMT")], Some(Duration::from_secs(7))),
            (vec![date, ("retry-after", "Fri, 20 Nov 2026 21:04:00 GMT")], Some(Duration::ZERO)),
            (vec![("retry-after", "Fri, 20 Nov 2026 21:05:07 GMT")], None),
            (vec![("retry-after", "-3")], None),
            (vec![("retry-after", "1e300")], None),
            (vec![("retry-after", "soon")], None),
            (vec![], None),
        ] {
            let map: HeaderMap =
                headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
            assert_eq!(retry_after(&map), expected, "{headers:?}");
        }
    }
}
