//! The answer to a webhook: nothing to say here, the reply is sent on its own.

/// An empty TwiML document. An answer without one is Twilio error 12300.
pub const EMPTY: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#;

/// The content type TwiML is served with.
pub const CONTENT_TYPE: &str = "text/xml";
