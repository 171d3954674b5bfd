//! The ways a provider can treat a text.

use std::time::Duration;

/// What the double does with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it and says so.
    Take,
    /// Takes it and says so after a while.
    TakeSlowly(Duration),
    /// Takes it, and the connection ends before the answer.
    TakeThenDrop,
    /// Takes it and never answers.
    TakeThenHang,
    /// Takes it and answers with a failure of its own.
    TakeThenFail,
    /// Takes it and answers with something that is no answer of Twilio.
    TakeThenBabble,
    /// The connection ends; the text is not taken.
    Drop,
    /// A failure; the text is not taken.
    Fail,
    /// Too many at once; the text is not taken.
    RateLimit { retry_after_s: u32 },
    /// No: with Twilio's code, such as 21610 (the number has opted out) or 21211 (no number).
    Refuse { code: u32 },
}

impl Behaviour {
    /// Whether the customer gets the text.
    #[must_use]
    pub const fn takes(self) -> bool {
        match self {
            Self::Take
            | Self::TakeSlowly(_)
            | Self::TakeThenDrop
            | Self::TakeThenHang
            | Self::TakeThenFail
            | Self::TakeThenBabble => true,
            Self::Drop | Self::Fail | Self::RateLimit { .. } | Self::Refuse { .. } => false,
        }
    }
}
