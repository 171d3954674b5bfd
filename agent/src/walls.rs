//! The two walls around the model, as parts: policies decide its actions, guards decide its words.

use std::fmt;

use forecourt_policies::{PolicyError, PolicySet};

use crate::guards::{self, Finding, GuardContext};

/// Judges a draft: everything that is wrong with it, or nothing when it may leave.
pub type Guards = fn(&str, &GuardContext<'_>) -> Vec<Finding>;

/// What stands between a model and the world. Every program of the product builds it by
/// [`built_in`](Self::built_in); other walls exist so that a test can show what happens without these.
#[derive(Clone)]
pub struct Walls {
    pub policies: PolicySet,
    pub guards: Guards,
}

impl Walls {
    /// The walls that are in force everywhere.
    ///
    /// # Errors
    /// Only when the policies in the binary are broken, which their tests exclude.
    pub fn built_in() -> Result<Self, PolicyError> {
        Ok(Self { policies: PolicySet::built_in()?, guards: guards::check })
    }
}

impl fmt::Debug for Walls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walls").field("policies", &self.policies).finish_non_exhaustive()
    }
}
