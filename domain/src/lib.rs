//! The words of a dealership as types: ids, enums, money, phone numbers, opening hours.
//!
//! This crate performs no IO, is not async and knows neither SQL nor HTTP. Time and ids are given
//! to it; it never looks at a clock except in [`clock::SystemClock`], the one home of "now".

#[macro_use]
mod text_enum;

pub mod action;
pub mod appointment;
pub mod autonomy;
pub mod clock;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod escalation;
pub mod evidence;
pub mod hex;
pub mod hours;
pub mod ids;
pub mod keywords;
pub mod language;
pub mod lead;
pub mod money;
pub mod one_line;
pub mod price_disclosure;
pub mod scope;
pub mod search;
pub mod settings;
pub mod staff;
pub mod task;
pub mod vehicle;
pub mod vin;

pub use text_enum::UnknownText;
