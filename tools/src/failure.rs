//! How a call fails: told to the model with what to do next, or fatal for the transaction.

use std::collections::BTreeMap;

use forecourt_crm_store::StoreError;
use forecourt_domain::evidence::Evidence;
use serde::Serialize;
use serde_json::{Value, json};

/// Why a call was not done. The text is what the model reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    UnknownTool,
    BadArguments,
    NotFound,
    SlotTaken,
    OutsideHours,
    InThePast,
    TooFarAhead,
    Ambiguous,
    NotIdentified,
    Denied,
    NeedsApproval,
    DraftOnly,
    /// More than one turn or one answer may ask for.
    TooMany,
    Unavailable,
}

impl FailureCode {
    /// The code as the model reads it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownTool => "unknown_tool",
            Self::BadArguments => "bad_arguments",
            Self::NotFound => "not_found",
            Self::SlotTaken => "slot_taken",
            Self::OutsideHours => "outside_hours",
            Self::InThePast => "in_the_past",
            Self::TooFarAhead => "too_far_ahead",
            Self::Ambiguous => "ambiguous",
            Self::NotIdentified => "not_identified",
            Self::Denied => "denied",
            Self::NeedsApproval => "needs_approval",
            Self::DraftOnly => "draft_only",
            Self::TooMany => "too_many",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A failure that the model is told: `{"error": code, "message": what to do next, ...details}`.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolFailure {
    pub code: FailureCode,
    /// What to do next, addressed to the model.
    pub message: String,
    pub details: BTreeMap<String, Value>,
    /// What `message` and `details` rest on: a failure may be worded to the customer too.
    pub evidence: Vec<Evidence>,
}

impl ToolFailure {
    /// A failure without details.
    #[must_use]
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: BTreeMap::new(), evidence: Vec::new() }
    }

    /// An argument that cannot be used: which one, and what was expected.
    #[must_use]
    pub fn bad_argument(field: &str, expected: impl std::fmt::Display) -> Self {
        Self::new(FailureCode::BadArguments, format!("{field}: {expected}")).with("field", json!(field))
    }

    /// The same failure, found under another field.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        if let Some(Value::String(known)) = self.details.get_mut("field") {
            self.message = format!("{field}{}", self.message.strip_prefix(known.as_str()).unwrap_or_default());
            field.clone_into(known);
        }
        self
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.details.insert(key.to_owned(), value);
        self
    }

    /// Adds what the failure rests on.
    #[must_use]
    pub fn citing(mut self, evidence: Vec<Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// What the model reads.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut fields = self.details.clone();
        fields.insert("error".to_owned(), Value::from(self.code.as_str()));
        fields.insert("message".to_owned(), Value::from(self.message.clone()));
        Value::Object(fields.into_iter().collect())
    }
}

/// A call that was not done.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The model is told and may go on; nothing was written.
    #[error("the call was refused ({})", .0.code.as_str())]
    Told(Box<ToolFailure>),
    /// The transaction is lost.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ToolFailure> for ToolError {
    fn from(failure: ToolFailure) -> Self {
        Self::Told(Box::new(failure))
    }
}
