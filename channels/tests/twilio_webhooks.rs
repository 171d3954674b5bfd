//! Webhooks as Twilio and others sent them: signatures that must verify, forms that must be understood.

mod shared;

use forecourt_channels::twilio::form::pairs;
use forecourt_channels::twilio::inbound::InboundSms;
use forecourt_channels::twilio::signature::{SignedBody, sign, verify};
use forecourt_channels::twilio::status::StatusReport;
use secrecy::SecretString;
use serde::Deserialize;

#[derive(Deserialize)]
struct SignatureFile {
    vectors: Vec<Vector>,
    relational_vectors_twilio_node: Vec<RelationalVector>,
}

/// A request with the signature it came with.
#[derive(Deserialize)]
struct Vector {
    name: String,
    auth_token: String,
    request_url: String,
    form_params: Vec<(String, String)>,
    raw_body: Option<String>,
    x_twilio_signature: String,
    expect_valid: bool,
}

/// A request to one spelling of a URL with the signature of another.
#[derive(Deserialize)]
struct RelationalVector {
    name: String,
    auth_token: String,
    signed_url: String,
    request_url: String,
    expect_valid: bool,
    signature: Option<String>,
}

#[test]
fn the_signatures_of_the_official_sdks_are_judged_as_they_judge_them() {
    let Some(file) = shared::shared("twilio/signature_vectors.json") else { return };
    let file: SignatureFile = serde_json::from_str(&file).unwrap();
    assert!(!file.vectors.is_empty());
    for vector in file.vectors {
        let body = match &vector.raw_body {
            Some(raw) => SignedBody::Raw(raw.as_bytes()),
            None => SignedBody::Form(&vector.form_params),
        };
        let token = SecretString::from(vector.auth_token);
        let verdict = verify(&token, &vector.request_url, body, &vector.x_twilio_signature);
        assert_eq!(verdict.is_ok(), vector.expect_valid, "{}: {verdict:?}", vector.name);
    }
    for vector in file.relational_vectors_twilio_node {
        let token = SecretString::from(vector.auth_token);
        let made = sign(&token, &vector.signed_url, SignedBody::Form(&[]));
        let signature = vector.signature.unwrap_or_else(|| made.clone());
        assert_eq!(made, signature, "{}", vector.name);
        let verdict = verify(&token, &vector.request_url, SignedBody::Form(&[]), &signature);
        assert_eq!(verdict.is_ok(), vector.expect_valid, "{}: {verdict:?}", vector.name);
    }
}

#[derive(Deserialize)]
struct FormBody {
    name: String,
    body: String,
}

/// The texts are understood; what came by WhatsApp is an error that names the field.
#[test]
fn every_recorded_form_is_understood_or_refused_by_field() {
    let Some(file) = shared::shared("twilio/webhook_form_bodies.json") else { return };
    let bodies: Vec<FormBody> = serde_json::from_str(&file).unwrap();
    assert!(!bodies.is_empty());
    for FormBody { name, body } in bodies {
        let form = pairs(body.as_bytes());
        let field = |wanted: &str| form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        if field("MessageStatus").is_some() {
            let report = StatusReport::parse(&form).unwrap();
            assert_eq!(Some(report.message_sid.as_str()), field("MessageSid"), "{name}");
            assert_eq!(Some(report.raw_status.as_str()), field("MessageStatus"), "{name}");
            let code = field("ErrorCode").map(|code| code.parse().unwrap());
            assert_eq!(report.error_code, code, "{name}");
            continue;
        }
        let from = field("From").unwrap();
        match InboundSms::parse(&form) {
            Ok(sms) => {
                assert_eq!(Some(sms.message_sid.as_str()), field("MessageSid"), "{name}");
                assert_eq!(Some(sms.body.as_str()), field("Body"), "{name}");
                assert!(sms.from.as_str().ends_with(from.trim_start_matches('+')), "{name}");
            }
            Err(error) => {
                assert!(from.starts_with("whatsapp:"), "{name}: {error}");
                assert_eq!(error.to_string(), "the field From belongs to another channel than SMS", "{name}");
            }
        }
    }
}
