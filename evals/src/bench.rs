//! How fast a whole turn is, beside the least that its rows, commits and calls could cost.

pub mod database;
pub mod driver;
pub mod figures;
pub mod floor;
pub mod ledger;
pub mod product;
pub mod turns;
pub mod walls;
