//! The ways messages come in and go out: parse, verify, deliver. Knows neither the agent nor the database.

pub mod simulated;
pub mod sms;
pub mod twilio;
