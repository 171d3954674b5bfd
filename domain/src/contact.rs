//! How somebody can be reached, and how sure we are that it is theirs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

text_enum! {
    /// What kind of address a contact point is.
    pub enum ContactKind { Phone = "phone", Email = "email", ChatVisitor = "chat_visitor" }
}

text_enum! {
    /// How a contact point came to be believed. Declared weakest first.
    pub enum Assurance {
        /// Somebody typed it. It opens nothing and changes nothing of its owner's.
        Claimed = "claimed",
        /// A one-time code that was sent to it came back.
        Code = "code",
        /// A mail from it passed DKIM/DMARC.
        AuthenticatedMail = "authenticated_mail",
        /// An SMS arrived from it through the carrier.
        Carrier = "carrier",
    }
}

impl Assurance {
    /// Whether a turn answering such a message may see and change what the party owns.
    #[must_use]
    pub const fn proves_ownership(self) -> bool {
        !matches!(self, Self::Claimed)
    }
}

text_enum! {
    /// What somebody has said about being written to at a contact point. Declared most willing first.
    pub enum ConsentState {
        /// They asked for it: a keyword, a ticked box, a user's note of their word.
        OptedIn = "opted_in",
        /// They wrote first or gave the address for an answer.
        Implied = "implied",
        Unknown = "unknown",
        /// They said stop. Only they can take it back.
        OptedOut = "opted_out",
    }
}

/// A phone number or e-mail address that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    #[error("not a phone number in international form, such as +17205550100")]
    NotE164,
    #[error("not a phone number that can be dialled from {0}")]
    NotDialable(String),
    #[error("not an e-mail address, such as name@example.com")]
    NotEmail,
}

/// A phone number in E.164 form: `+` and 7 to 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

impl E164 {
    /// The number as it is dialled and stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a number as people type it in `country` (ISO 3166 alpha-2), such as `(720) 555-0100`.
    pub fn parse_local(text: &str, country: &str) -> Result<Self, ContactError> {
        let region = country.parse().map_err(|_| ContactError::NotDialable(country.to_owned()))?;
        let number =
            phonenumber::parse(Some(region), text).map_err(|_| ContactError::NotDialable(country.to_owned()))?;
        number.format().mode(phonenumber::Mode::E164).to_string().parse()
    }
}

impl FromStr for E164 {
    type Err = ContactError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('+').ok_or(ContactError::NotE164)?;
        let plausible = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if plausible { Ok(Self(text.to_owned())) } else { Err(ContactError::NotE164) }
    }
}

impl TryFrom<String> for E164 {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Only the last two digits, so that a number cannot reach a log by `{:?}`.
impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E164(…{})", &self.0[self.0.len() - 2..])
    }
}

/// An e-mail address, lower-cased: `name@example.com`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address in its stored form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = ContactError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_lowercase();
        let (local, host) = text.rsplit_once('@').ok_or(ContactError::NotEmail)?;
        let plausible = !local.is_empty()
            && text.len() <= 254
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'));
        if plausible { Ok(Self(text)) } else { Err(ContactError::NotEmail) }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hides the address, so that it cannot reach a log by `{:?}`.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_as_people_type_it_becomes_e164() {
        for text in ["(720) 555-0100", "720-555-0100", "+1 720 555 0100", "1.720.555.0100"] {
            assert_eq!(E164::parse_local(text, "US").unwrap().as_str(), "+17205550100");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "+", "17205550100", "+1720555o100", "+0720555010", "+1234567890123456"] {
            assert!(text.parse::<E164>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_or_address_never_reaches_a_log_by_debug() {
        let number: E164 = "+17205550100".parse().unwrap();
        let address: EmailAddress = "Ann@Example.com".parse().unwrap();
        assert_eq!(format!("{number:?} {address:?}"), "E164(…00) EmailAddress(…)");
        assert_eq!(address.as_str(), "ann@example.com");
    }
}
