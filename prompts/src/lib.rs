//! Every word that this system puts before a model or sends by itself: templates, the typed
//! contexts they are rendered from, and the version under which a prompt is remembered.

mod changing;
mod fixed;
mod outcome;
mod prompt_set;
mod system;
mod version;

pub use changing::{AppointmentLine, ChangingContext, GuardFeedback, OpenNow};
pub use fixed::{FixedContext, FixedText};
pub use outcome::{Asked, OutcomeText, Visit};
pub use prompt_set::{PromptError, PromptName, PromptSet};
pub use system::SystemContext;
pub use version::PromptVersion;
