//! Twilio: verify its webhooks, read its forms, call its REST API.
//!
//! Rules are from <https://www.twilio.com/docs/usage/security>, `/docs/messaging/guides/webhook-request`,
//! `/docs/messaging/api/message-resource` and `/docs/api/errors`.

pub mod client;
pub mod form;
pub mod inbound;
pub mod signature;
pub mod status;
pub mod twiml;
