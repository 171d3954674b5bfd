//! PostgreSQL: the only place with SQL. Queries on customer data are methods on [`CrmTx`], and a
//! `CrmTx` exists only for a [`Scope`](forecourt_domain::scope::Scope); global tables are reached
//! only through [`system`].

pub mod activities;
pub mod answering;
pub mod appointments;
pub mod audit;
pub mod caps;
pub mod connect;
pub mod conversations;
pub mod customers;
pub mod dealership;
pub mod doctor;
pub mod embedded;
pub mod embeddings;
pub mod error;
pub mod evidence;
pub mod handoffs;
pub mod imports;
pub mod inbound;
pub mod inbox;
pub mod integrations;
pub mod jobs;
pub mod keys;
pub mod knowledge;
pub mod leads;
pub mod migrate;
pub mod opening_hours;
pub mod outbox;
pub mod own_policies;
pub mod payloads;
#[cfg(test)]
mod plans;
pub mod proposals;
pub mod provider_opt_out;
pub mod reply_keys;
mod rows;
pub mod search_terms;
pub mod slots;
pub mod staff;
pub mod staff_alerts;
pub mod standing;
pub mod store;
pub mod system;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
pub mod turns;
pub mod unreadable;
pub mod vehicle_import;
pub mod vehicle_search;
pub mod vehicles;

pub use error::StoreError;
pub use store::{CrmTx, Store};
