//! The cookies of the console: read by no script, sent to this server only.

use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::failure::Failure;
use crate::http::problem::Problem;

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session of somebody who is in.
    Session,
    /// Somebody between password and second factor.
    Step,
    /// A browser in which somebody has signed in before.
    Device,
}

impl Cookie {
    /// With TLS, a browser takes these from this very host only (`__Host-`, RFC 6265bis 4.1.3.2); without, it would
    /// refuse such a name.
    const fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Session, true) => "__Host-forecourt",
            (Self::Session, false) => "forecourt_session",
            (Self::Step, true) => "__Host-forecourt_step",
            (Self::Step, false) => "forecourt_step",
            (Self::Device, true) => "__Host-forecourt_device",
            (Self::Device, false) => "forecourt_device",
        }
    }

    /// How long a browser keeps it. What it opens may be over sooner.
    const fn seconds(self) -> u32 {
        match self {
            Self::Session => 30 * 24 * 60 * 60,
            Self::Step => 10 * 60,
            Self::Device => 365 * 24 * 60 * 60,
        }
    }

    /// What a request carries.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, public_url: &Url) -> Option<SecretString> {
        let name = self.name(is_secure(public_url));
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, value)| *found == name && !value.is_empty())
            .map(|(_, value)| SecretString::from(value))
    }

    /// The header that sets it.
    pub fn set(self, value: &SecretString, public_url: &Url) -> Result<HeaderValue, Failure> {
        self.header(value.expose_secret(), self.seconds(), public_url)
    }

    /// The header that makes a browser forget it.
    pub fn forget(self, public_url: &Url) -> Result<HeaderValue, Failure> {
        self.header("", 0, public_url)
    }

    fn header(self, value: &str, seconds: u32, public_url: &Url) -> Result<HeaderValue, Failure> {
        let secure = if is_secure(public_url) { "; Secure" } else { "" };
        let name = self.name(is_secure(public_url));
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::from_str(&text).map_err(|_| Failure::from(Problem::bad_request()))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

fn is_secure(public_url: &Url) -> bool {
    public_url.scheme() == "https"
}
