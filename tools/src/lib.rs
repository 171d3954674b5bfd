//! The typed tools a model may ask for: one file each under [`customer`], an erased [`registry`] over
//! them, and what they share.
//!
//! A tool never calls a chat model: it returns facts with their evidence, and the asking model words
//! them. Ids come from the [`ToolContext`], never from the model.

pub mod arguments;
pub mod customer;
pub mod embedder;
pub mod failure;
pub mod handoff;
pub mod indexing;
pub mod registry;
pub mod schema;
pub mod tool;

mod appointment_output;
mod citing;
mod colors;
mod facts;
mod faq;
mod features;
mod house_facts;
mod lead_in_progress;
mod my_appointments;
mod names;
mod ngrams;
mod ownership;
mod relaxation;
mod relevance;
mod schedule;
mod slot_output;
mod vehicle_output;
mod wording;

pub use citing::read_again;
pub use embedder::{EmbedError, Embedder};
pub use failure::{FailureCode, ToolError, ToolFailure};
pub use house_facts::hours_by_day;
pub use ngrams::HashedNgrams;
pub use registry::{DecodedCall, ErasedDone, ErasedTool, PreparedCall, Registry};
pub use tool::{Contact, Done, Services, Tool, ToolContext};
