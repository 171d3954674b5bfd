//! What the system prompt of the customer assistant speaks of: the persona of one dealership and
//! nothing else, so that the prompt is the same for every one of its conversations.

use serde::Serialize;

use forecourt_domain::one_line::one_line;

/// The persona of a dealership's assistant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SystemContext {
    pub assistant_name: String,
    pub dealership_name: String,
}

impl SystemContext {
    /// A persona to try drafts and tests with.
    #[must_use]
    pub fn sample() -> Self {
        Self { assistant_name: "Madison".to_owned(), dealership_name: "Northgate Motors".to_owned() }
    }

    /// The same persona as it is rendered.
    pub(crate) fn on_lines(&self) -> Self {
        Self {
            assistant_name: one_line(&self.assistant_name, 40),
            dealership_name: one_line(&self.dealership_name, 80),
        }
    }
}
