//! Types of arguments: what a model may write, checked while it is read.

use std::borrow::Cow;

use forecourt_domain::one_line::one_line;
use jiff::civil::{Date, DateTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::failure::ToolFailure;

/// A date in the dealership's zone, written `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDate(pub Date);

/// A date and time in the dealership's zone, written `2026-11-21T15:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDateTime(pub DateTime);

/// Words of at most `MAX` characters on one line: control characters and runs of space become one space,
/// and what cannot be seen is taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<const MAX: usize>(String);

impl<const MAX: usize> Words<MAX> {
    /// The words; none if there are none.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|words| !words.is_empty())
    }
}

/// The words of an argument that may be left out. Blank ones count as left out.
#[must_use]
pub fn given<const MAX: usize>(words: &Option<Words<MAX>>) -> Option<&str> {
    words.as_ref().and_then(Words::get)
}

/// Checks that a number given for `field` lies in `range`.
pub fn in_range(field: &str, number: i64, range: std::ops::RangeInclusive<i64>) -> Result<(), ToolFailure> {
    if range.contains(&number) {
        return Ok(());
    }
    Err(ToolFailure::bad_argument(field, format_args!("expected {} to {}", range.start(), range.end())))
}

impl<'de> Deserialize<'de> for LocalDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| D::Error::custom("expected a date such as 2026-11-21"))
    }
}

impl Serialize for LocalDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LocalDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expected = || D::Error::custom("expected a local date and time such as 2026-11-21T15:00, without a zone");
        // A zone or offset would be dropped in silence, and the hour would be another one.
        let local = text.split_once(['T', ' ']).is_some_and(|(_, time)| !time.contains(['Z', 'z', '+', '-', '[']));
        if !local {
            return Err(expected());
        }
        text.parse().map(Self).map_err(|_| expected())
    }
}

impl Serialize for LocalDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.strftime("%Y-%m-%dT%H:%M"))
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Words<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = one_line(&String::deserialize(deserializer)?, usize::MAX);
        if words.chars().count() > MAX {
            return Err(D::Error::custom(format_args!("expected at most {MAX} characters")));
        }
        Ok(Self(words))
    }
}

impl<const MAX: usize> Serialize for Words<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

macro_rules! text_schema {
    ([$($generics:tt)*] $name:ty) => {
        impl<$($generics)*> JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                "text".into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string" })
            }
        }
    };
}

text_schema!([] LocalDate);
text_schema!([] LocalDateTime);
text_schema!([const MAX: usize] Words<MAX>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_or_time_is_local_or_refused() {
        let read = |text: &str| serde_json::from_value::<LocalDateTime>(text.into());
        assert_eq!(serde_json::to_string(&read("2026-11-21T15:00").unwrap()).unwrap(), "\"2026-11-21T15:00\"");
        assert!(read("2026-11-21 15:00:00").is_ok());
        for text in
            ["2026-11-21", "tomorrow at 3", "2026-11-21T15:00Z", "2026-11-21T15:00-07:00", "2026-02-30T15:00", ""]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(serde_json::from_value::<LocalDate>("2026-11-21".into()).is_ok());
        assert!(serde_json::from_value::<LocalDate>("next Friday".into()).is_err());
    }

    #[test]
    fn words_are_one_short_line() {
        let words: Words<20> = serde_json::from_value("  a\n\tb\u{0} \u{202e} \u{200b}\u{e0041}c ".into()).unwrap();
        assert_eq!(words.get(), Some("a b c"));
        assert_eq!(serde_json::from_value::<Words<20>>(" \n ".into()).unwrap().get(), None);
        assert!(serde_json::from_value::<Words<3>>("abcd".into()).is_err());
    }
}
