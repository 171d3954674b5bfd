//! How the database can disappoint, as far as callers can act on it.

/// A failed store operation. `Display` names what to do; values of rows are never part of it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    #[error("a stored value cannot be read: {0}")]
    Corrupt(String),
    /// Another writer was first: a version, a lease or a unique key changed underneath.
    #[error("the record changed underneath; load it again")]
    Conflict(&'static str),
    #[error("{0} does not exist")]
    NotFound(&'static str),
}

impl StoreError {
    /// The name of the constraint that was violated, if that is what failed.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// Whether running the same transaction again may succeed: serialization, deadlock, a lock or a
    /// connection that was waited for too long, a connection that was lost.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                let code = error.code();
                matches!(
                    code.as_deref(),
                    Some("40001" | "40P01" | "55P03" | "25P03" | "53300" | "57P01" | "57P02" | "57P03" | "57P05")
                )
            }
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound("the record"),
            other => Self::Database(other),
        }
    }
}

impl From<forecourt_domain::UnknownText> for StoreError {
    fn from(error: forecourt_domain::UnknownText) -> Self {
        Self::Corrupt(error.to_string())
    }
}
