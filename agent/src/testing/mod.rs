//! Doubles of the outside world for the tests of this and other crates.

pub mod openai_double;
