//! What follows when a forbid matches: the grammar of `@on_forbid`.

use std::str::FromStr;

use jiff::Timestamp;

use crate::{Facts, Verdict};

/// The meaning of one `@on_forbid` annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consequence {
    /// The action is not done now; at best the given verdict remains.
    Restrict(Verdict),
    /// The action may be done, but not before an instant that the facts name.
    Wait(WaitFact),
}

/// A fact that is an instant, so that a policy can make an action wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitFact {
    QuietHoursEnd,
    OpensAt,
}

/// An `@on_forbid` that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnknownConsequence {
    #[error("{0:?} is no consequence; use \"approval\", \"suggest\", \"deny\" or \"wait:<fact>\"")]
    Consequence(String),
    #[error("{0:?} is no instant to wait for; use \"wait:quiet_hours_end\" or \"wait:opens_at\"")]
    WaitFact(String),
}

impl WaitFact {
    #[cfg(test)]
    const ALL: [Self; 2] = [Self::QuietHoursEnd, Self::OpensAt];

    /// The name of the fact, in policies and in [`Facts`].
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::QuietHoursEnd => "quiet_hours_end",
            Self::OpensAt => "opens_at",
        }
    }

    /// The instant itself, when it is known.
    pub(crate) const fn instant(self, facts: &Facts) -> Option<Timestamp> {
        match self {
            Self::QuietHoursEnd => facts.quiet_hours_end,
            Self::OpensAt => facts.opens_at,
        }
    }
}

impl FromStr for WaitFact {
    type Err = UnknownConsequence;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "quiet_hours_end" => Ok(Self::QuietHoursEnd),
            "opens_at" => Ok(Self::OpensAt),
            other => Err(UnknownConsequence::WaitFact(other.to_owned())),
        }
    }
}

impl FromStr for Consequence {
    type Err = UnknownConsequence;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "approval" => Ok(Self::Restrict(Verdict::RequireApproval)),
            "suggest" => Ok(Self::Restrict(Verdict::SuggestOnly)),
            "deny" => Ok(Self::Restrict(Verdict::Deny)),
            other => match other.strip_prefix("wait:") {
                Some(fact) => fact.parse().map(Self::Wait),
                None => Err(UnknownConsequence::Consequence(other.to_owned())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consequence_is_read_exactly_or_not_at_all() {
        assert_eq!("approval".parse(), Ok(Consequence::Restrict(Verdict::RequireApproval)));
        assert_eq!("wait:opens_at".parse(), Ok(Consequence::Wait(WaitFact::OpensAt)));
        for text in ["", "allow", "Deny", " deny", "deny;", "wait", "wait:", "wait:tomorrow", "wait: opens_at"] {
            assert!(text.parse::<Consequence>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_instant_of_the_schema_can_be_waited_for_and_nothing_else_can() {
        let (fragment, _) = cedar_policy::SchemaFragment::from_cedarschema_str(crate::built_in::SCHEMA.text).unwrap();
        let schema = fragment.to_json_value().unwrap();
        let attributes = schema[""]["commonTypes"]["Facts"]["attributes"].as_object().unwrap();
        let mut instants: Vec<_> =
            attributes.iter().filter(|(_, kind)| kind["name"] == "datetime").map(|(name, _)| name.as_str()).collect();
        let mut names = WaitFact::ALL.map(WaitFact::as_str);
        instants.sort_unstable();
        names.sort_unstable();
        assert_eq!(instants, names);
    }

    #[test]
    fn every_wait_fact_reads_back_from_its_name() {
        for fact in WaitFact::ALL {
            assert_eq!(fact.as_str().parse(), Ok(fact));
        }
    }
}
