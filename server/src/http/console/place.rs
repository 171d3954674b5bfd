//! Where somebody is in the console, as a path that forms carry and answers go back to.

use std::{fmt, str::FromStr};

use forecourt_domain::ids::ConversationId;
use serde::{Deserialize, Deserializer};

/// A page of the console. Only these are ever gone to: a path from a form is parsed, never followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Home,
    Approvals,
    Assistant,
    Conversation(ConversationId),
}

impl Place {
    /// Whether this is where one begins.
    #[must_use]
    pub const fn is_home(&self) -> bool {
        matches!(self, Self::Home)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("/console"),
            Self::Approvals => f.write_str("/console/approvals"),
            Self::Assistant => f.write_str("/console/ai"),
            Self::Conversation(id) => write!(f, "/console/conversations/{id}"),
        }
    }
}

/// A path that is no page of the console.
#[derive(Debug, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(path: &str) -> Result<Self, NoPlace> {
        match path {
            "/console" => Ok(Self::Home),
            "/console/approvals" => Ok(Self::Approvals),
            "/console/ai" => Ok(Self::Assistant),
            _ => {
                let id = path.strip_prefix("/console/conversations/").ok_or(NoPlace)?;
                id.parse().map(Self::Conversation).map_err(|_| NoPlace)
            }
        }
    }
}

/// As a field of a form: what is no place is home.
impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.parse().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_its_path_and_nothing_else_is_one() {
        let id: ConversationId = "01941f29-7c00-7000-8000-000000000001".parse().unwrap();
        for place in [Place::Home, Place::Approvals, Place::Assistant, Place::Conversation(id)] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for path in
            ["", "/", "//evil.example", "/console/../admin", "https://evil.example/console", "/console/conversations/x"]
        {
            assert_eq!(path.parse::<Place>(), Err(NoPlace), "{path}");
        }
    }
}
