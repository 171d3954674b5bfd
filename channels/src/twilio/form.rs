//! A webhook's form: how its fields are read and what is said of a field that cannot be.

use std::borrow::Cow;

/// The decoded parameters of an `application/x-www-form-urlencoded` body, in order, repetitions kept.
#[must_use]
pub fn pairs(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// A field that keeps a form from being understood. Names the field, never its content: keep the form as it came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the field {field} {problem}")]
pub struct FieldError {
    pub field: Cow<'static, str>,
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is missing")]
    Missing,
    #[error("is not an id")]
    NotAnId,
    #[error("is not a count")]
    NotACount,
    #[error("is not a URL of the web")]
    NotAUrl,
    #[error("is not a phone number")]
    NotAPhoneNumber,
    #[error("is a short code, which no reply can be sent to")]
    ShortCode,
    #[error("is a name, which no reply can be sent to")]
    AlphanumericSender,
    #[error("belongs to another channel than SMS")]
    OtherChannel,
}

/// The fields of one form. Of a repeated field the first counts.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [(String, String)]);

impl<'a> Fields<'a> {
    /// The content of a field, if it is there, even if empty.
    pub(super) fn get(self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The content of a field, if there is any.
    pub(super) fn filled(self, name: &str) -> Option<&'a str> {
        self.get(name).filter(|value| !value.trim().is_empty())
    }

    /// The id in the first filled of several fields: Twilio still sends older names beside the new.
    pub(super) fn id(self, names: &[&'static str]) -> Result<String, FieldError> {
        let found = names.iter().find_map(|name| Some((*name, self.filled(name)?)));
        let first = names.first().copied().unwrap_or_default();
        let (name, value) = found.ok_or_else(|| FieldError::new(first, Problem::Missing))?;
        let plausible = value.len() <= 64 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plausible { Ok(value.to_owned()) } else { Err(FieldError::new(name, Problem::NotAnId)) }
    }

    /// A number of things, or `absent` where the field is missing or empty.
    pub(super) fn count(self, name: &'static str, absent: u32) -> Result<u32, FieldError> {
        match self.filled(name) {
            None => Ok(absent),
            Some(value) => value.trim().parse().map_err(|_| FieldError::new(name, Problem::NotACount)),
        }
    }
}

impl FieldError {
    pub(super) fn new(field: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }
}
