//! Why a set of policies was refused, in words for the admin who wrote it.

/// A policy source that is not used. Nothing of it is in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{file} cannot be read as Cedar: {message}")]
    Syntax { file: String, message: String },
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
    #[error("these policies are too long; at most {max_bytes} bytes and {max_policies} policies are kept")]
    TooLong { max_bytes: usize, max_policies: usize },
}
