//! What the double remembers: every call, with its time and send id.

use jiff::Timestamp;

use super::{Behaviour, SendRequest};

/// One request as it arrived.
#[derive(Debug, Clone)]
pub enum Call {
    /// Somebody wanted a text sent.
    Send(Box<SendCall>),
    /// Somebody asked what was sent to a number.
    List { at: Timestamp, to: Option<String>, found: usize },
    /// A request that Twilio would not have understood or believed.
    Refused { at: Timestamp, reason: String },
}

impl Call {
    /// The text that this call made the customer receive.
    #[must_use]
    pub fn taken(&self) -> Option<&Taken> {
        match self {
            Self::Send(send) => match &send.outcome {
                Outcome::Taken(taken) => Some(taken),
                Outcome::NotTaken(_) => None,
            },
            Self::List { .. } | Self::Refused { .. } => None,
        }
    }
}

/// A request to send a text, and what came of it.
#[derive(Debug, Clone)]
pub struct SendCall {
    pub at: Timestamp,
    pub send_id: Option<String>,
    pub request: SendRequest,
    pub outcome: Outcome,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Taken(Taken),
    NotTaken(Behaviour),
}

/// A text that was taken: the customer received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub sid: String,
    pub at: Timestamp,
    pub send_id: Option<String>,
    pub to: String,
    pub from: String,
    pub body: String,
    /// How the answer went; the taking did not depend on it.
    pub behaviour: Behaviour,
}
