//! Webhooks as Twilio sends them: signatures that must verify or not, forms that must be understood.

use forecourt_channels::twilio::form::pairs;
use forecourt_channels::twilio::inbound::InboundSms;
use forecourt_channels::twilio::signature::{SignedBody, verify};
use forecourt_channels::twilio::status::StatusReport;
use secrecy::SecretString;
use serde::Deserialize;

/// Requests with a signature each, made by another implementation of Twilio's published rule.
const SIGNATURES: &str = include_str!("../testdata/signatures.json");
/// Bodies of webhooks, one a line; a line that begins with `#` names the kind.
const FORMS: &str = include_str!("../testdata/forms.txt");

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

#[test]
fn a_signature_is_believed_exactly_where_the_published_rule_makes_it() {
    let vectors: Vec<Vector> = serde_json::from_str(SIGNATURES).unwrap();
    assert!(vectors.iter().any(|vector| vector.expect_valid) && vectors.iter().any(|vector| !vector.expect_valid));
    for vector in vectors {
        let body = match &vector.raw_body {
            Some(raw) => SignedBody::Raw(raw.as_bytes()),
            None => SignedBody::Form(&vector.form_params),
        };
        let token = SecretString::from(vector.auth_token);
        let verdict = verify(&token, &vector.request_url, body, &vector.x_twilio_signature);
        assert_eq!(verdict.is_ok(), vector.expect_valid, "{}: {verdict:?}", vector.name);
    }
}

/// The texts and reports are understood; what came by WhatsApp is an error that names the field.
#[test]
fn every_form_is_understood_or_refused_by_field() {
    for body in FORMS.lines().filter(|line| !line.starts_with('#')) {
        let form = pairs(body.as_bytes());
        let field = |wanted: &str| form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        if field("MessageStatus").is_some() {
            let report = StatusReport::parse(&form).unwrap();
            assert_eq!(Some(report.message_sid.as_str()), field("MessageSid"), "{body}");
            assert_eq!(Some(report.raw_status.as_str()), field("MessageStatus"), "{body}");
            let code = field("ErrorCode").map(|code| code.parse().unwrap());
            assert_eq!(report.error_code, code, "{body}");
            continue;
        }
        let from = field("From").unwrap();
        match InboundSms::parse(&form) {
            Ok(sms) => {
                assert_eq!(Some(sms.message_sid.as_str()), field("MessageSid"), "{body}");
                assert_eq!(Some(sms.body.as_str()), field("Body"), "{body}");
                assert!(sms.from.as_str().ends_with(from.trim_start_matches('+')), "{body}");
            }
            Err(error) => {
                assert!(from.starts_with("whatsapp:"), "{body}: {error}");
                assert_eq!(error.to_string(), "the field From belongs to another channel than SMS", "{body}");
            }
        }
    }
}
