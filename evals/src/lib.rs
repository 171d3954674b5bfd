//! `dealer-bench` and the checkers behind it: what the product promises, measured and tried from outside.

pub mod arrange;
pub mod bench;
pub mod crash;
pub mod customer_phone;
pub mod doubles;
pub mod hostile;
pub mod races;
pub mod referee;
pub mod sentences;
pub mod stage;
pub mod stream;
