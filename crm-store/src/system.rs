//! The only way to the global tables: who exists, where the outside reaches whom, queues of ids.
//!
//! No customer data is here. Everything that reads or writes a dealership's rows needs a
//! [`CrmTx`](crate::CrmTx).

pub mod directory;
pub mod founding;
mod group_switch;
pub mod instance;
pub mod names;
pub mod queues;
pub mod tokens;
