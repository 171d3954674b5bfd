//! The one seam through which texts leave: what is sent, what came of it, and who can say so later.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use forecourt_domain::{contact::E164, delivery::DeliveryStatus};
use jiff::Timestamp;
use url::Url;

/// Somebody who can send texts and look up what was sent. Implementations never retry: only the outbox knows
/// whether a second try is safe.
#[async_trait]
pub trait SmsProvider: Send + Sync {
    /// Tries once to send one text.
    ///
    /// # Errors
    /// The variants of [`SendError`] say whether the text may have left.
    async fn send(&self, sms: &OutboundSms) -> Result<SentSms, SendError>;

    /// The texts the provider took that could be the one looked for, newest first; how an ambiguous send is settled.
    ///
    /// # Errors
    /// On any error nothing is known: neither that the text left nor that it did not.
    async fn find_sent(&self, search: &SentSearch) -> Result<Vec<FoundSms>, LookupError>;
}

/// The words of a text. They are nobody's business in a log: `{:?}` shows only how many there are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SmsBody(String);

impl SmsBody {
    /// Takes the words as they are, but for U+0000, which a database text cannot hold: it becomes U+FFFD.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.replace('\0', "\u{fffd}"))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SmsBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmsBody({} bytes)", self.0.len())
    }
}

/// One text to one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundSms {
    pub from: E164,
    pub to: E164,
    pub body: SmsBody,
    /// Where the provider reports how it went; carries our own send id.
    pub status_callback: Url,
}

/// What the provider said when it took a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentSms {
    /// The provider's id of the text; none when nothing was sent.
    pub sid: Option<String>,
    pub status: DeliveryStatus,
}

/// What an ambiguous send is looked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentSearch {
    pub to: E164,
    pub from: E164,
    /// When the attempt was committed. Texts of the same second count.
    pub sent_after: Timestamp,
}

/// A text the provider says it took. Whether it is ours is for the caller to say: by its body, and because its
/// sid is not known from another send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSms {
    pub sid: String,
    pub status: DeliveryStatus,
    pub body: SmsBody,
    pub created_at: Timestamp,
}

/// Why a text was not, or perhaps not, taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider understood the request and said no. Final: sending the same again gives the same.
    #[error("the provider refused the text (HTTP {status}, code {code:?}); it was not sent, do not send it again")]
    Refused {
        status: u16,
        /// The provider's own code, such as Twilio's 21211 (not a number) or 20003 (wrong credentials).
        code: Option<u32>,
    },
    /// Too many at once: certainly not sent, and may be tried again after the pause the provider asked for.
    #[error("the provider is busy; it was not sent, try again after {retry_after:?}")]
    RateLimited { retry_after: Option<Duration> },
    /// No connection was made, so not a byte left: certainly not sent, and may be tried again.
    #[error("the provider was not reached ({reason}); it was not sent, try again")]
    NotSent { reason: String },
    /// The text may have left. Look for it before anything else; never just send again.
    #[error("nobody can say whether the text left ({0}); look it up before sending again")]
    Ambiguous(Doubt),
}

/// Why nobody can say whether a text left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection was cut")]
    Cut,
    #[error("the provider failed with HTTP {0}")]
    ServerError(u16),
    #[error("the answer HTTP {0} could not be read")]
    Unreadable(u16),
}

impl SendError {
    /// Whether the number has opted out at the provider (Twilio 21610): a STOP that we must record too.
    #[must_use]
    pub const fn is_opted_out(&self) -> bool {
        matches!(self, Self::Refused { code: Some(21610), .. })
    }
}

/// Why a look-up told nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    #[error("the provider refused the look-up (HTTP {status}); check the credentials")]
    Refused { status: u16 },
    #[error("the provider could not be asked ({reason}); ask again later")]
    Unavailable { reason: String },
    #[error("the provider's answer could not be read; nothing is known, show it to a human")]
    Unreadable,
}
