//! The chat models behind the seam of [`crate::model`], and what makes one dependable.

mod breaker;
pub mod offline;
pub mod openai;
pub mod retry;
#[cfg(any(test, feature = "testing"))]
pub mod scripted;
