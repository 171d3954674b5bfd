//! Twilio's webhooks: messages in and status callbacks. Nothing is trusted before the signature holds.
//!
//! Source of the form fields and of the signature: Twilio's "Messaging webhooks" and "Webhooks security".

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{OriginalUri, Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::post,
};
use forecourt_channels::twilio::{
    form::{FieldError, pairs},
    inbound::{InboundSms, MediaRef},
    signature::{self, SignedBody},
    status::StatusReport,
    twiml,
};
use forecourt_crm_store::{
    CrmTx,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    inbound::{Accepted, InboundKeyword, NewInbound},
    integrations::{Integration, IntegrationError, Provider},
};
use forecourt_domain::{
    action::Channel,
    contact::{Assurance, ContactKind},
    delivery::DeliveryStatus,
    ids::{IntegrationId, OutboxId},
    keywords::{self, Keyword},
};
use serde_json::{Value, json};

use super::{
    AppState,
    problem::{Problem, unsupported},
};
use crate::workers::outbox::telling::{Trouble, tell_somebody};

/// The routes of this file.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/webhooks/twilio/{integration_id}", post(receive))
        .route("/webhooks/twilio/{integration_id}/status/{outbox_id}", post(report))
}

/// Where an integration's texts come in, below the public URL.
pub fn webhook_path(integration: IntegrationId) -> String {
    format!("webhooks/twilio/{integration}")
}

/// Where the reports on one text come in, below the public URL.
pub fn report_path(integration: IntegrationId, row: OutboxId) -> String {
    format!("{}/status/{row}", webhook_path(integration))
}

/// How often a form is taken when the database fails for a moment, and the pauses between. Taking it
/// again is safe: the receipt knows a message that was accepted. The last pause is longer than a
/// connection of the pool may be idle without being asked whether it lives.
const TRIES: usize = 3;
const PAUSES: [Duration; TRIES - 1] = [Duration::from_millis(100), Duration::from_millis(1_100)];

/// A form as it arrived.
struct Form<'a> {
    integration_id: &'a str,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    body: &'a Bytes,
}

/// A form whose signature was made with the integration's own token, and the transaction that read it.
struct SignedForm {
    tx: CrmTx,
    integration: Integration,
    fields: Vec<(String, String)>,
}

async fn receive(
    State(state): State<AppState>,
    Path(integration_id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let form = Form { integration_id: &integration_id, uri: &uri, headers: &headers, body: &body? };
    let accepted = patiently(|| take(&state, &form)).await?;
    if accepted != Accepted::Duplicate {
        state.wake.turns();
        state.wake.outbox();
    }
    Ok(([(header::CONTENT_TYPE, twiml::CONTENT_TYPE)], twiml::EMPTY).into_response())
}

async fn take(state: &AppState, form: &Form<'_>) -> Result<Accepted, Problem> {
    let form = verify(state, form).await?;
    let (form, sms) = read(form, InboundSms::parse).await?;
    if sms.account_sid != form.integration.account {
        tracing::warn!(integration = %form.integration.id, "a signed form names another account");
        return Err(Problem::not_found());
    }
    let began = std::time::Instant::now();
    let accepted = accept(form, &sms).await?;
    metrics::histogram!("forecourt_webhook_seconds").record(began.elapsed().as_secs_f64());
    Ok(accepted)
}

/// Tries again what failed on the database for a moment.
async fn patiently<T, F: Future<Output = Result<T, Problem>>>(run: impl Fn() -> F) -> Result<T, Problem> {
    for pause in PAUSES {
        match run().await {
            Err(problem) if problem.is_transient() => tokio::time::sleep(pause).await,
            done => return done,
        }
    }
    run().await
}

/// Reads a signed form. What cannot be read is kept as it came before anybody is told so.
async fn read<T>(
    form: SignedForm,
    parse: impl FnOnce(&[(String, String)]) -> Result<T, FieldError>,
) -> Result<(SignedForm, T), Problem> {
    let error = match parse(&form.fields) {
        Ok(read) => return Ok((form, read)),
        Err(error) => error.to_string(),
    };
    let mut tx = form.tx;
    let is_new = tx.keep_unreadable_form(form.integration.id, &form.fields, &error).await?;
    tx.commit().await?;
    if is_new {
        metrics::counter!("forecourt_unreadable_forms_total").increment(1);
        tracing::error!(integration = %form.integration.id, %error, "a signed form cannot be read; it was kept");
    }
    Err(Problem::bad_request().with_detail(error))
}

async fn accept(form: SignedForm, sms: &InboundSms) -> Result<Accepted, Problem> {
    let mut tx = form.tx;
    let Some(department_id) = tx.find_number(form.integration.id, sms.to.as_str()).await? else {
        // Never a guess: the number may belong to another dealership of the same account.
        tracing::warn!(integration = %form.integration.id, "a message to a number that is not this integration's");
        return Err(Problem::not_found());
    };
    let keyword = match keyword_of(sms) {
        Some(keyword) => Some(answer(&mut tx, sms, keyword).await?),
        None => None,
    };
    let accepted = tx
        .accept_inbound(&NewInbound {
            provider: Provider::Twilio.as_str(),
            account: form.integration.account,
            provider_message_id: sms.message_sid.clone(),
            integration_id: form.integration.id,
            department_id,
            channel: Channel::Sms,
            from_kind: ContactKind::Phone,
            from: sms.from.as_str().to_owned(),
            assurance: Assurance::Carrier,
            our_address: sms.to.as_str().to_owned(),
            body: body_of(sms),
            keyword,
        })
        .await?;
    tx.commit().await?;
    Ok(accepted)
}

/// The words, and what came with them, which is still at Twilio.
fn body_of(sms: &InboundSms) -> Value {
    let media: Vec<Value> = sms
        .media
        .iter()
        .map(|media| json!({ "url": media.url.as_str(), "content_type": media.content_type }))
        .collect();
    let words = sms.body.as_str();
    let text = if words.trim().is_empty() { name_of(&sms.media) } else { words.to_owned() };
    json!({ "text": text, "media": media })
}

/// What stands for the words where there are none.
fn name_of(media: &[MediaRef]) -> String {
    let pictures = media.iter().all(|media| media.content_type.starts_with("image/"));
    match (media.len(), pictures) {
        (0, _) => String::new(),
        (1, true) => "(a picture)".to_owned(),
        (1, false) => "(a file)".to_owned(),
        (several, true) => format!("({several} pictures)"),
        (several, false) => format!("({several} files)"),
    }
}

/// What Twilio says it was, else what we read ourselves.
fn keyword_of(sms: &InboundSms) -> Option<Keyword> {
    sms.opt_out_type.or_else(|| keywords::classify(sms.body.as_str()))
}

/// The fixed answer, unless Twilio has answered already (`OptOutType` is set then).
async fn answer(tx: &mut CrmTx, sms: &InboundSms, keyword: Keyword) -> Result<InboundKeyword, Problem> {
    let answer = match sms.opt_out_type {
        Some(_) => None,
        None => {
            let profile = tx.load_profile().await?;
            Some(forecourt_agent::keyword_answer(&profile, keyword, sms.body.as_str()))
        }
    };
    Ok(InboundKeyword { keyword, answer })
}

async fn report(
    State(state): State<AppState>,
    Path((integration_id, outbox_id)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let form = Form { integration_id: &integration_id, uri: &uri, headers: &headers, body: &body? };
    patiently(|| note(&state, &form, &outbox_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores a report; a text that failed on its way is told to a person.
async fn note(state: &AppState, form: &Form<'_>, outbox_id: &str) -> Result<(), Problem> {
    let form = verify(state, form).await?;
    let (form, report) = read(form, StatusReport::parse).await?;
    let id: OutboxId = outbox_id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = form.tx;
    let row = tx.lock_outbox(id).await?.ok_or(Problem::not_found())?;
    if row.integration_id != Some(form.integration.id) {
        return Err(Problem::not_found());
    }
    let error_code = report.error_code.map(|code| code.to_string());
    tx.record_delivery_report(&row, &report.message_sid, &report.raw_status, report.status, error_code.as_deref())
        .await?;
    tx.append_audit(&[NewAuditEntry {
        kind: AuditKind::DeliveryReported,
        actor: AuditActor::Provider,
        conversation_id: row.conversation_id,
        turn_id: None,
        details: json!({ "outbox": row.id, "message": row.message_id, "status": report.raw_status, "error": error_code }),
    }])
    .await?;
    let fails = report.status == Some(DeliveryStatus::Failed) && row.status.may_become(DeliveryStatus::Failed);
    if fails {
        tell_somebody(&mut tx, &row, Trouble::Failed).await?;
    }
    tx.commit().await?;
    if fails {
        state.wake.outbox();
    }
    Ok(())
}

/// Finds the integration by its unguessable id and checks the signature over our own public URL,
/// never over the Host header.
async fn verify(state: &AppState, form: &Form<'_>) -> Result<SignedForm, Problem> {
    let Form { integration_id, uri, headers, body } = form;
    let id: IntegrationId = integration_id.parse().map_err(|_| Problem::not_found())?;
    let scope = state.store.find_webhook_scope(id).await?.ok_or(Problem::not_found())?;
    let mut tx = state.store.begin(scope).await?;
    let integration = tx.find_integration(id).await.map_err(|error| match error {
        IntegrationError::Store(error) => Problem::from(error),
        IntegrationError::Key(error) => {
            tracing::error!(integration = %id, %error, "an integration cannot be opened");
            Problem::not_found()
        }
    })?;
    let integration = integration.ok_or(Problem::not_found())?;
    if !is_form(headers) {
        return Err(unsupported("application/x-www-form-urlencoded"));
    }
    let fields = pairs(body);
    let path = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    let url = format!("{}{path}", state.public_url.as_str().trim_end_matches('/'));
    let given = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Err(error) = signature::verify(&integration.secret, &url, SignedBody::Form(&fields), given) {
        tracing::warn!(integration = %id, %error, "a form that Twilio did not sign");
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "bad_signature",
            "The signature does not match; check FORECOURT_PUBLIC_URL and the account's token.",
        ));
    }
    Ok(SignedForm { tx, integration, fields })
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
