//! Reading what other systems export: pure functions from bytes to records and a report.

pub mod inventory_csv;

mod feed_columns;
mod feed_text;
mod feed_values;
mod vin_hints;
