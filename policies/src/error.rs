//! Why a set of policies was refused, in words for the admin who wrote it.

/// A policy source that is not used. Nothing of it is in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{file} cannot be read as Cedar: {}{message}", .line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Syntax {
        file: String,
        /// Where; the first line is 1.
        line: Option<usize>,
        message: String,
    },
    #[error("the schema cannot be read: {message}")]
    Schema { message: String },
    #[error("a template cannot be used here; write a policy with its principal and resource filled in")]
    Template,
    #[error("a policy has no @id; give it one such as @id(\"no_texts_on_sunday\")")]
    NoId,
    #[error("{id:?} cannot be an @id; use up to 64 letters, digits, '_' and '-'")]
    BadId { id: String },
    #[error("the id {id:?} is already taken; choose another @id")]
    IdTaken { id: String },
    #[error("the policy {id} has no @reason; say in plain English what a manager should read when it applies")]
    NoReason { id: String },
    #[error("the policy {id} has no @on_forbid; add \"approval\", \"suggest\", \"deny\" or \"wait:<fact>\"")]
    NoConsequence { id: String },
    #[error("the @on_forbid of policy {id} means nothing: {message}")]
    UnknownConsequence { id: String, message: String },
    #[error("the policy {id} is a permit; a dealership's own policies may only forbid")]
    NotAForbid { id: String },
    #[error("the permit {id} has an @on_forbid, which only a forbid can have")]
    ConsequenceOfPermit { id: String },
    #[error("the policies do not fit the schema: {}", .messages.join("; "))]
    Invalid { messages: Vec<String> },
    #[error(
        "a policy is too complicated; at most {max_depth} brackets inside each other and {max_operators} operators \
         and brackets in all are read; write several policies instead"
    )]
    TooNested { max_depth: usize, max_operators: usize },
    #[error(
        "the assistant would have to ask for approval of {action}, and nobody may give it; bind only the assistant \
         (principal is Agent), or deny it to the assistant too"
    )]
    NobodyDecides { action: String },
    #[error("these policies are too long; at most {max_bytes} bytes and {max_policies} policies are kept")]
    TooLong { max_bytes: usize, max_policies: usize },
}

impl PolicyError {
    /// Each thing that is wrong with `source`, with its line where it is about one; the first line is 1.
    #[must_use]
    pub fn in_lines(&self, source: &str) -> Vec<(Option<usize>, String)> {
        match self {
            Self::Syntax { line, message, .. } => vec![(*line, message.clone())],
            Self::Invalid { messages } => {
                messages.iter().map(|message| (line_of_named(message, source), message.clone())).collect()
            }
            Self::BadId { id }
            | Self::NoReason { id }
            | Self::NoConsequence { id }
            | Self::UnknownConsequence { id, .. }
            | Self::NotAForbid { id }
            | Self::ConsequenceOfPermit { id } => vec![(lines_of(id, source).next(), self.to_string())],
            // Taken by the one before it, or by a built-in policy.
            Self::IdTaken { id } => vec![(lines_of(id, source).last(), self.to_string())],
            Self::Schema { .. }
            | Self::Template
            | Self::NoId
            | Self::TooNested { .. }
            | Self::NobodyDecides { .. }
            | Self::TooLong { .. } => vec![(None, self.to_string())],
        }
    }
}

/// The lines on which `@id("id")` stands.
fn lines_of<'a>(id: &'a str, source: &'a str) -> impl Iterator<Item = usize> + 'a {
    let wanted = format!("\"{id}\"");
    source
        .lines()
        .enumerate()
        .filter(move |(_, line)| line.contains("@id") && line.contains(&wanted))
        .map(|(number, _)| number + 1)
}

/// The line of the policy that a message of the validator names in backquotes.
fn line_of_named(message: &str, source: &str) -> Option<usize> {
    message.split('`').skip(1).step_by(2).find_map(|id| lines_of(id, source).next())
}
