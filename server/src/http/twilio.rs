//! Twilio's webhooks: messages in and status callbacks. Nothing is trusted before the signature holds.
//!
//! Source of the form fields and of the signature: Twilio's "Messaging webhooks" and "Webhooks security".

use axum::{
    Router,
    body::Bytes,
    extract::{OriginalUri, Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use forecourt_channels::twilio::{
    inbound::InboundSms,
    signature::{self, SignedBody},
    status::StatusReport,
    twiml,
};
use forecourt_crm_store::{
    audit::{AuditActor, AuditKind, NewAuditEntry},
    inbound::{Accepted, InboundKeyword, NewInbound},
    integrations::{Integration, Provider},
};
use forecourt_domain::{
    action::Channel,
    contact::{Assurance, ContactKind},
    delivery::DeliveryStatus,
    ids::{IntegrationId, OutboxId},
    keywords::{self, Keyword},
    scope::Scope,
};
use serde_json::json;

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

/// A form whose signature was made with the integration's own token.
struct SignedForm {
    scope: Scope,
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
    let form = verify(&state, &integration_id, &uri, &headers, &body?).await?;
    let sms = InboundSms::parse(&form.fields).map_err(|error| Problem::bad_request().with_detail(error.to_string()))?;
    if sms.account_sid != form.integration.account {
        tracing::warn!(integration = %form.integration.id, "a signed form names another account");
        return Err(Problem::not_found());
    }
    let began = std::time::Instant::now();
    let accepted = accept(&state, &form, &sms).await?;
    metrics::histogram!("forecourt_webhook_seconds").record(began.elapsed().as_secs_f64());
    if accepted != Accepted::Duplicate {
        state.wake.turns();
        state.wake.outbox();
    }
    Ok(([(header::CONTENT_TYPE, twiml::CONTENT_TYPE)], twiml::EMPTY).into_response())
}

async fn accept(state: &AppState, form: &SignedForm, sms: &InboundSms) -> Result<Accepted, Problem> {
    let mut tx = state.store.begin(form.scope).await?;
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
            account: form.integration.account.clone(),
            provider_message_id: sms.message_sid.clone(),
            integration_id: form.integration.id,
            department_id,
            channel: Channel::Sms,
            from_kind: ContactKind::Phone,
            from: sms.from.as_str().to_owned(),
            assurance: Assurance::Carrier,
            our_address: sms.to.as_str().to_owned(),
            body: json!({ "text": sms.body.as_str(), "media": sms.media.len() }),
            keyword,
        })
        .await?;
    tx.commit().await?;
    Ok(accepted)
}

/// What Twilio says it was, else what we read ourselves.
fn keyword_of(sms: &InboundSms) -> Option<Keyword> {
    sms.opt_out_type.or_else(|| keywords::classify(sms.body.as_str()))
}

/// The fixed answer, unless Twilio has answered already (`OptOutType` is set then).
async fn answer(
    tx: &mut forecourt_crm_store::CrmTx,
    sms: &InboundSms,
    keyword: Keyword,
) -> Result<InboundKeyword, Problem> {
    let answer = match sms.opt_out_type {
        Some(_) => None,
        None => {
            let profile = tx.load_profile().await?;
            Some(forecourt_agent::keyword_answer(&profile, keyword))
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
    let form = verify(&state, &integration_id, &uri, &headers, &body?).await?;
    let report =
        StatusReport::parse(&form.fields).map_err(|error| Problem::bad_request().with_detail(error.to_string()))?;
    let outbox_id: OutboxId = outbox_id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = state.store.begin(form.scope).await?;
    let row = tx.lock_outbox(outbox_id).await?.ok_or(Problem::not_found())?;
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
    Ok(StatusCode::NO_CONTENT)
}

/// Finds the integration by its unguessable id and checks the signature over our own public URL,
/// never over the Host header.
async fn verify(
    state: &AppState,
    integration_id: &str,
    uri: &axum::http::Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<SignedForm, Problem> {
    let id: IntegrationId = integration_id.parse().map_err(|_| Problem::not_found())?;
    let scope = state.store.find_webhook_scope(id).await?.ok_or(Problem::not_found())?;
    let mut tx = state.store.begin(scope).await?;
    let integration = tx.find_integration(id).await.map_err(|error| {
        tracing::error!(integration = %id, %error, "an integration cannot be opened");
        Problem::not_found()
    })?;
    tx.commit().await?;
    let integration = integration.ok_or(Problem::not_found())?;
    if !is_form(headers) {
        return Err(unsupported("application/x-www-form-urlencoded"));
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
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
    Ok(SignedForm { scope, integration, fields })
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
