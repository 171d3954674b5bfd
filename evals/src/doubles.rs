//! Doubles of the outside world: a provider of texts and models that do what a test wants.

pub mod live_model;
pub mod receptionist;
pub mod twilio;
