//! The only way to the global tables: who exists, where the outside reaches whom, queues of ids.
//!
//! No customer data is here. Everything that reads or writes a dealership's rows needs a
//! [`CrmTx`](crate::CrmTx).

pub mod credentials;
pub mod directory;
pub mod founding;
mod group_switch;
pub mod instance;
pub mod links;
pub mod mails;
pub mod names;
pub mod people;
pub mod queues;
pub mod recovery;
pub mod refreshing;
pub mod sessions;
mod standing_of;
pub mod suspension;
pub mod tokens;
pub mod tries;
pub mod visits;
pub mod workplaces;

pub use standing_of::Whereabouts;
