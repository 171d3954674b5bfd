//! The two requests of Twilio's API that the product makes: create a message, list messages.
//!
//! Source of fields and codes: Twilio's "Messages resource" and "Error and warning dictionary".

use std::{io, sync::Arc, time::Duration};

use axum::{
    Form, Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use forecourt_domain::contact::E164;
use jiff::{Timestamp, civil::Date, fmt::rfc2822, tz::TimeZone};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::Url;

use super::{Account, Behaviour, Call, Outcome, SendCall, SendRequest, Shared, Taken, callbacks, lock};

const MESSAGES: &str = "/2010-04-01/Accounts/{account}/Messages.json";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().route(MESSAGES, post(create).get(list)).with_state(shared)
}

/// A request that is answered with an error of Twilio's own.
struct Refusal {
    status: StatusCode,
    code: u32,
    reason: String,
}

impl Refusal {
    fn bad_field(code: u32, reason: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, reason: reason.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "code": self.code, "message": self.reason, "status": self.status.as_u16() });
        (self.status, Json(body)).into_response()
    }
}

async fn create(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let request = match authorise(&shared, &account, &headers).and_then(|()| read(&fields)) {
        Ok(request) => request,
        Err(refusal) => return shared.refuse(refusal),
    };
    let behaviour = (lock(&shared.script))(&request);
    let taken = shared.note(&request, behaviour);
    if let Some(taken) = &taken {
        callbacks::report(&shared, taken, &request);
    }
    answer(&shared, behaviour, taken).await
}

async fn answer(shared: &Shared, behaviour: Behaviour, taken: Option<Taken>) -> Response {
    let accepted = |taken: Option<Taken>| match taken {
        Some(taken) => (StatusCode::CREATED, Json(shown(&shared.account.sid, &taken))).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    match behaviour {
        Behaviour::Take => accepted(taken),
        Behaviour::TakeSlowly(pause) => {
            tokio::time::sleep(pause).await;
            accepted(taken)
        }
        Behaviour::TakeThenHang => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            accepted(taken)
        }
        Behaviour::TakeThenDrop | Behaviour::Drop => cut_off(),
        Behaviour::TakeThenBabble => (StatusCode::CREATED, "<html>It works!</html>").into_response(),
        Behaviour::TakeThenFail | Behaviour::Fail => {
            let body = json!({ "code": 20500, "message": "Internal Server Error", "status": 500 });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
        }
        Behaviour::RateLimit { retry_after_s } => {
            let body = json!({ "code": 20429, "message": "Too Many Requests", "status": 429 });
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after_s.to_string())], Json(body))
                .into_response()
        }
        Behaviour::Refuse { code } => Refusal::bad_field(code, "refused on command").into_response(),
    }
}

/// An answer whose body fails at once, so that the server ends the connection instead of answering.
fn cut_off() -> Response {
    let broken = futures::stream::once(async { Err::<String, _>(io::Error::other("cut off on command")) });
    Response::new(Body::from_stream(broken))
}

async fn list(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let filter = match authorise(&shared, &account, &headers).and_then(|()| Filter::read(&query)) {
        Ok(filter) => filter,
        Err(refusal) => return shared.refuse(refusal),
    };
    let at = shared.clock.now();
    let mut state = lock(&shared.state);
    let mut found: Vec<Value> = Vec::new();
    let newest_first = state.calls.iter().rev().filter_map(Call::taken).filter(|taken| filter.fits(taken));
    found.extend(newest_first.take(filter.page_size).map(|taken| shown(&shared.account.sid, taken)));
    state.calls.push(Call::List { at, to: filter.to, found: found.len() });
    Json(json!({ "messages": found, "page": 0, "next_page_uri": null })).into_response()
}

/// What a listing asks for. `DateSent` knows whole days only, as Twilio's does.
struct Filter {
    to: Option<String>,
    from: Option<String>,
    sent_from: Option<Date>,
    page_size: usize,
}

impl Filter {
    fn read(query: &[(String, String)]) -> Result<Self, Refusal> {
        let mut filter = Self { to: None, from: None, sent_from: None, page_size: 50 };
        for (name, value) in query {
            match name.as_str() {
                "To" => filter.to = Some(value.clone()),
                "From" => filter.from = Some(value.clone()),
                "DateSent>" => filter.sent_from = Some(value.parse().map_err(|_| bad_parameter(name))?),
                "PageSize" => filter.page_size = value.parse().map_err(|_| bad_parameter(name))?,
                _ => return Err(bad_parameter(name)),
            }
        }
        Ok(filter)
    }

    fn fits(&self, taken: &Taken) -> bool {
        let day = taken.at.to_zoned(TimeZone::UTC).date();
        self.to.as_ref().is_none_or(|to| *to == taken.to)
            && self.from.as_ref().is_none_or(|from| *from == taken.from)
            && self.sent_from.is_none_or(|from| day >= from)
    }
}

fn bad_parameter(name: &str) -> Refusal {
    Refusal::bad_field(20001, format!("the parameter {name} is unknown here or malformed"))
}

fn authorise(shared: &Shared, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let Account { sid, auth_token } = &shared.account;
    let expected = format!("Basic {}", STANDARD.encode(format!("{sid}:{}", auth_token.expose_secret())));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if account == sid && given == Some(expected.as_str()) {
        Ok(())
    } else {
        Err(Refusal { status: StatusCode::UNAUTHORIZED, code: 20003, reason: "Authenticate".to_owned() })
    }
}

fn read(fields: &[(String, String)]) -> Result<SendRequest, Refusal> {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let number = |name: &str, missing: u32, malformed: u32| {
        let text = field(name).ok_or_else(|| Refusal::bad_field(missing, format!("{name} is required")))?;
        text.parse::<E164>().map_err(|_| Refusal::bad_field(malformed, format!("{name} is no number in E.164")))?;
        Ok(text)
    };
    let body = field("Body").filter(|body| !body.is_empty());
    let status_callback = match field("StatusCallback") {
        Some(text) => Some(Url::parse(&text).map_err(|_| Refusal::bad_field(21609, "StatusCallback is no URL"))?),
        None => None,
    };
    Ok(SendRequest {
        to: number("To", 21604, 21211)?,
        from: number("From", 21603, 21212)?,
        body: body.ok_or_else(|| Refusal::bad_field(21602, "Body is required"))?,
        status_callback,
    })
}

impl Shared {
    fn refuse(&self, refusal: Refusal) -> Response {
        let call = Call::Refused { at: self.clock.now(), reason: refusal.reason.clone() };
        lock(&self.state).calls.push(call);
        refusal.into_response()
    }

    /// Writes a send into the log, and hands the text over to who waits for it.
    fn note(&self, request: &SendRequest, behaviour: Behaviour) -> Option<Taken> {
        let at = self.clock.now();
        let taken = behaviour.takes().then(|| Taken {
            sid: format!("SM{:032x}", forecourt_domain::ids::generate(at).as_u128()),
            at,
            send_id: request.send_id(),
            to: request.to.clone(),
            from: request.from.clone(),
            body: request.body.clone(),
            behaviour,
        });
        let outcome = taken.clone().map_or(Outcome::NotTaken(behaviour), Outcome::Taken);
        let mut state = lock(&self.state);
        let send = SendCall { at, send_id: request.send_id(), request: request.clone(), outcome };
        state.calls.push(Call::Send(Box::new(send)));
        if let Some(taken) = &taken
            && let Some(waiting) = state.waiting.remove(&taken.to)
        {
            // Nobody may be waiting any more.
            let _ = waiting.send(taken.clone());
        }
        taken
    }
}

/// A message as Twilio shows it; times have whole seconds.
fn shown(account_sid: &str, taken: &Taken) -> Value {
    json!({
        "sid": taken.sid, "account_sid": account_sid, "to": taken.to, "from": taken.from, "body": taken.body,
        "status": "queued", "direction": "outbound-api", "num_segments": "1", "messaging_service_sid": null,
        "date_created": written(taken.at), "date_sent": null, "error_code": null,
    })
}

fn written(at: Timestamp) -> Option<String> {
    rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).ok()
}
