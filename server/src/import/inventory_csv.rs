//! A dealership's inventory from a CSV export of another system.
//!
//! Nothing is dropped in silence: every row is accepted, rejected with its reason and its text, or
//! blank. A vehicle that the feed does not mention is left alone, so an empty feed changes nothing.

use std::collections::HashMap;

use forecourt_crm_store::vehicle_import::VehicleRecord;
use forecourt_domain::{
    money::Currency,
    vehicle::{Condition, VehicleStatus},
    vin::Vin,
};

use super::{
    feed_columns::{Column, Header},
    feed_text::{Row, decode, rows},
    feed_values::{
        Amount, amount, body, condition, drivetrain, features, fuel, is_yes, mileage, status, transmission, words, year,
    },
    vin_hints::{is_other_year, other_maker},
};

/// From so many miles on a vehicle is used, whatever else the feed leaves out: it was driven further
/// than moving and testing it takes (16 CFR 455.1(d)(2)).
const USED_FROM: u32 = 1000;
const LONGEST_STOCK_NUMBER: usize = 40;
const LONGEST_NAME: usize = 80;
const LONGEST_DESCRIPTION: usize = 5000;

/// What holds for every row that does not say otherwise.
#[derive(Debug, Clone, Copy)]
pub struct FeedDefaults {
    pub currency: Currency,
    /// Of rows that state neither a condition nor a telling mileage.
    pub condition: Option<Condition>,
}

/// What became of a feed.
#[derive(Debug, Default)]
pub struct ImportReport {
    pub accepted: Vec<Accepted>,
    pub rejected: Vec<Reject>,
    /// Columns that nothing is done with.
    pub ignored_columns: Vec<String>,
    pub blank_rows: usize,
}

/// A row that is a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub line: u64,
    pub record: VehicleRecord,
    /// What a person should look at: what could not be read and was left out, what contradicts itself.
    pub notices: Vec<String>,
}

/// A row that is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    pub line: u64,
    /// Everything that is wrong with it.
    pub reason: String,
    /// The row as it came, cells separated by ` | `. It may hold the cost: for the dealership's eyes only.
    pub raw: String,
}

/// A file that is no inventory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    #[error("the file is empty; nothing was changed")]
    Empty,
    #[error(
        "the file has no header with a VIN beside a stock number, make or model, so it is no inventory; its first row is: {0}"
    )]
    NoHeader(String),
}

/// Reads a feed: comma, tab, semicolon or bar separated, in any common encoding.
pub fn read_inventory(bytes: &[u8], defaults: &FeedDefaults) -> Result<ImportReport, FeedError> {
    let read = rows(&decode(bytes));
    let first = read.rows.first().ok_or(FeedError::Empty)?;
    let header = Header::find(&read.rows).ok_or_else(|| FeedError::NoHeader(raw(first)))?;
    let mut report =
        ImportReport { ignored_columns: header.unknown.clone(), blank_rows: read.blank, ..ImportReport::default() };
    for (line, raw) in read.unreadable {
        report.rejected.push(Reject { line, reason: "a quotation mark is never closed".to_owned(), raw });
    }
    let mut seen = Seen::default();
    for row in &read.rows[header.rows..] {
        let vehicle = read_row(&header, row, defaults).and_then(|vehicle| seen.admit(row.line, vehicle));
        match vehicle {
            Ok((record, notices)) => report.accepted.push(Accepted { line: row.line, record, notices }),
            Err(reason) => report.rejected.push(Reject { line: row.line, reason, raw: raw(row) }),
        }
    }
    report.rejected.sort_by_key(|reject| reject.line);
    Ok(report)
}

fn raw(row: &Row) -> String {
    row.cells.join(" | ")
}

/// A vehicle, and what a person should look at.
type Vehicle = (VehicleRecord, Vec<String>);

/// On which lines stock numbers and VINs were seen.
#[derive(Default)]
struct Seen(HashMap<String, u64>);

impl Seen {
    /// The vehicle, unless its stock number or VIN was on an earlier line.
    fn admit(&mut self, line: u64, vehicle: Vehicle) -> Result<Vehicle, String> {
        let record = &vehicle.0;
        let keys = [
            ("stock number", format!("stock {}", record.stock_number.to_uppercase())),
            ("VIN", format!("vin {}", record.vin)),
        ];
        for (what, key) in &keys {
            if let Some(earlier) = self.0.get(key) {
                return Err(format!("the {what} is on line {earlier} already"));
            }
        }
        self.0.extend(keys.map(|(_, key)| (key, line)));
        Ok(vehicle)
    }
}

fn read_row(header: &Header, row: &Row, defaults: &FeedDefaults) -> Result<Vehicle, String> {
    if let Some(extra) = row.cells.get(header.width..).filter(|extra| extra.iter().any(|cell| !cell.is_empty())) {
        let count = header.width + extra.len();
        return Err(format!("it has {count} cells where the header has {}, so its columns are shifted", header.width));
    }
    let mut wrong = Vec::new();
    let mut notices = Vec::new();
    let text = |column| words(header.value(row, column));
    let stock_number = required(text(Column::StockNumber), "stock number", LONGEST_STOCK_NUMBER, &mut wrong);
    let make = required(text(Column::Make), "make", LONGEST_NAME, &mut wrong);
    let model = required(text(Column::Model), "model", LONGEST_NAME, &mut wrong);
    let vin = read_vin(header.value(row, Column::Vin), &mut wrong);
    let year = read_year(header.value(row, Column::Year), &mut wrong);
    let mileage = noticed(header.value(row, Column::Mileage), "mileage", mileage, &mut notices);
    let condition = read_condition(header, row, mileage, defaults, &mut wrong);
    let (Some(vin), Some(year), Some(condition), true) = (vin, year, condition, wrong.is_empty()) else {
        return Err(wrong.join("; "));
    };
    notices.extend(contradictions(&vin, &make, year));
    let record = VehicleRecord {
        stock_number,
        vin,
        condition,
        year,
        make,
        model,
        trim: shortened(text(Column::Trim), LONGEST_NAME),
        body: noticed(header.value(row, Column::Body), "body", body, &mut notices),
        drivetrain: noticed(header.value(row, Column::Drivetrain), "drivetrain", drivetrain, &mut notices),
        fuel: noticed(header.value(row, Column::Fuel), "fuel", fuel, &mut notices),
        transmission: noticed(header.value(row, Column::Transmission), "transmission", transmission, &mut notices),
        exterior_color: shortened(text(Column::ExteriorColor), LONGEST_NAME),
        interior_color: shortened(text(Column::InteriorColor), LONGEST_NAME),
        mileage,
        currency: defaults.currency,
        price_minor: read_price(header, row, &mut notices),
        cost_minor: match amount(header.value(row, Column::Cost)) {
            Amount::Minor(minor) => Some(minor),
            Amount::None | Amount::Unreadable => None,
        },
        status: read_status(header.value(row, Column::Status), &mut notices),
        features: features(header.value(row, Column::Features)),
        description: shortened(text(Column::Description), LONGEST_DESCRIPTION),
        drawing: None,
    };
    Ok((record, notices))
}

fn required(text: String, what: &str, longest: usize, wrong: &mut Vec<String>) -> String {
    if text.is_empty() {
        wrong.push(format!("it has no {what}"));
    } else if text.chars().count() > longest {
        wrong.push(format!("its {what} is longer than {longest} characters"));
    }
    text
}

fn read_vin(text: &str, wrong: &mut Vec<String>) -> Option<Vin> {
    if text.is_empty() {
        wrong.push("it has no VIN".to_owned());
        return None;
    }
    text.parse().map_err(|error| wrong.push(format!("its VIN is none: {error}"))).ok()
}

fn read_year(text: &str, wrong: &mut Vec<String>) -> Option<i16> {
    let read = year(text);
    if read.is_none() {
        let reason = if text.is_empty() { "it has no year" } else { "its year is no year of four digits" };
        wrong.push(reason.to_owned());
    }
    read
}

/// What the feed says, else what the mileage tells, else what the one who imports says.
fn read_condition(
    header: &Header,
    row: &Row,
    mileage: Option<u32>,
    defaults: &FeedDefaults,
    wrong: &mut Vec<String>,
) -> Option<Condition> {
    let stated = header.values(row, Column::Condition).find_map(condition);
    let told_by_mileage = mileage.filter(|mileage| *mileage >= USED_FROM).map(|_| Condition::Used);
    let condition = stated.or(told_by_mileage).or(defaults.condition);
    if condition.is_none() {
        wrong.push(
            "it states neither new, used or certified nor a mileage that tells; say which with --condition".to_owned(),
        );
    }
    match condition {
        Some(Condition::Used) if is_yes(header.value(row, Column::Certified)) => Some(Condition::Certified),
        other => other,
    }
}

/// The most believed price that is one.
fn read_price(header: &Header, row: &Row, notices: &mut Vec<String>) -> Option<i64> {
    let amounts: Vec<(&str, Amount)> = header.values(row, Column::Price).map(|text| (text, amount(text))).collect();
    let price = amounts.iter().find_map(|(_, amount)| match amount {
        Amount::Minor(minor) => Some(*minor),
        Amount::None | Amount::Unreadable => None,
    });
    if price.is_none() {
        let unreadable = amounts.iter().find(|(_, amount)| *amount == Amount::Unreadable);
        notices.extend(unreadable.map(|(text, _)| format!("the price {text:?} is no amount; shown without a price")));
    }
    price
}

/// A status that nobody knows may mean anything, so the vehicle is not offered as available.
fn read_status(text: &str, notices: &mut Vec<String>) -> VehicleStatus {
    status(text).unwrap_or_else(|| {
        notices.push(format!("the status {text:?} is not known; kept as pending"));
        VehicleStatus::Pending
    })
}

/// What a cell means; one that nobody can read is left out and noticed.
fn noticed<T>(text: &str, what: &str, read: fn(&str) -> Option<T>, notices: &mut Vec<String>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let value = read(text);
    if value.is_none() {
        notices.push(format!("the {what} {text:?} is not understood; left unknown"));
    }
    value
}

fn contradictions(vin: &Vin, make: &str, year: i16) -> Vec<String> {
    let maker = other_maker(vin, make).map(|maker| format!("its VIN is one of {maker}, the feed says {make}"));
    let other_year = is_other_year(vin, year).then(|| format!("its VIN names another model year than {year}"));
    maker.into_iter().chain(other_year).collect()
}

fn shortened(text: String, longest: usize) -> String {
    if text.chars().count() <= longest { text } else { text.chars().take(longest).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: FeedDefaults = FeedDefaults { currency: Currency::Usd, condition: None };

    fn read(text: &str) -> ImportReport {
        read_inventory(text.as_bytes(), &DEFAULTS).unwrap()
    }

    fn rejects(report: &ImportReport) -> Vec<(u64, &str)> {
        report.rejected.iter().map(|reject| (reject.line, reject.reason.as_str())).collect()
    }

    #[test]
    fn a_full_row_becomes_a_vehicle() {
        let report = read(
            "Stock #,VIN,New/Used,Year,Make,Model,Trim,Miles,MSRP,Internet Price,Cost,Body Style,Trans,Ext Color,Options,CPO,Photo URLs\n\
             u1043,1hgcm82633a004352,Used,2003,Honda,Accord,EX,\"41,250\",\"$30,000\",\"$28,990\",24111,4dr Sedan,5-Speed A/T,\
             Soul Red,Heated Seats|Sunroof,yes,https://example.com/1.jpg\n",
        );
        assert_eq!(report.ignored_columns, ["Photo URLs"]);
        let [accepted] = report.accepted.as_slice() else { panic!("{report:?}") };
        assert!(accepted.notices.is_empty(), "{accepted:?}");
        let record = &accepted.record;
        assert_eq!((record.condition, record.year, record.mileage), (Condition::Certified, 2003, Some(41_250)));
        assert_eq!((record.price_minor, record.cost_minor), (Some(2_899_000), Some(2_411_100)));
        assert_eq!(record.features, ["Heated Seats", "Sunroof"]);
        assert_eq!(record.vin.as_str(), "1HGCM82633A004352");
    }

    #[test]
    fn every_bad_row_is_kept_with_all_its_reasons() {
        let report = read(
            "Stock,VIN,Year,Make,Model,Odometer,Price\n\
             \n\
             U1,1HGCM82633A004352,2003,Honda,Accord,90000,9000\n\
             U2,,2003,Honda,Accord,90000,9000\n\
             U3,1HGCM82633A004353,03,Honda,,90000,9000\n\
             u1,1M8GDM9AXKP042788,1989,MCI,102,90000,9000\n\
             U5,1HGCM82633A004352,2003,Honda,Accord,90000,9000\n\
             U6,11111111111111111,2001,Honda,Accord,,9000\n\
             U7,11111111111111111,2001,Honda,Accord,90000,9,000\n\
             ,,,,,,\n",
        );
        assert_eq!(report.accepted.len(), 1);
        assert_eq!(report.blank_rows, 1);
        assert_eq!(
            rejects(&report),
            [
                (4, "it has no VIN"),
                (
                    5,
                    "it has no model; its VIN is none: the check digit at position 9 does not match; its year is no year \
                     of four digits"
                ),
                (6, "the stock number is on line 3 already"),
                (7, "the VIN is on line 3 already"),
                (8, "it states neither new, used or certified nor a mileage that tells; say which with --condition"),
                (9, "it has 8 cells where the header has 7, so its columns are shifted"),
            ]
        );
        assert!(report.rejected[0].raw.starts_with("U2 |"));
    }

    #[test]
    fn what_cannot_be_read_is_left_unknown_and_noticed() {
        let report = read(
            "Stock,VIN,Year,Make,Model,Odometer,Price,Drive,Status\n\
             U1,1HGCM82633A004352,2024,Ford,F-150,TMU,Call us,2WD,Auction\n",
        );
        assert!(report.accepted.is_empty(), "nothing tells whether it is used");
        let used = FeedDefaults { condition: Some(Condition::Used), ..DEFAULTS };
        let report = read_inventory(
            b"Stock,VIN,Year,Make,Model,Odometer,Price,Drive,Status\n\
              U1,1HGCM82633A004352,2024,Ford,F-150,TMU,Call us,2WD,Auction\n",
            &used,
        )
        .unwrap();
        let [accepted] = report.accepted.as_slice() else { panic!("{report:?}") };
        assert_eq!((accepted.record.price_minor, accepted.record.mileage), (None, None));
        assert_eq!(accepted.record.status, VehicleStatus::Pending);
        assert_eq!(accepted.notices.len(), 6, "{:?}", accepted.notices);
    }

    #[test]
    fn a_file_that_is_no_inventory_is_refused_whole() {
        for text in ["", "\n\n", "First Name,Last Name,Email\nDana,Wren,dana@wren.example\n", "\u{0}\u{1}"] {
            assert!(read_inventory(text.as_bytes(), &DEFAULTS).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_title_before_the_header_is_skipped() {
        let report = read(
            "Inventory of 2026-11-20\n\nStock;VIN;Year;Make;Model;Miles\nU1;1HGCM82633A004352;2003;Honda;Accord;90000\n",
        );
        assert_eq!((report.accepted.len(), report.rejected.len()), (1, 0));
    }

    /// Feeds as the systems of the trade write them: encodings, separators, gaps, other kinds of rows.
    #[test]
    fn no_row_of_a_feed_is_lost() {
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/feeds")).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            let lines = decode(&bytes).lines().filter(|line| !line.trim_matches([',', ' ']).is_empty()).count();
            match read_inventory(&bytes, &DEFAULTS) {
                Ok(report) => {
                    assert_eq!(report.accepted.len() + report.rejected.len(), lines - 1, "{name}: {report:?}");
                }
                Err(FeedError::NoHeader(_)) => assert!(name.starts_with("no_inventory"), "{name}"),
                Err(FeedError::Empty) => panic!("{name} is not empty"),
            }
        }
    }

    #[test]
    fn a_feed_says_the_same_in_every_encoding() {
        let words = |bytes: &[u8]| {
            let report = read_inventory(bytes, &DEFAULTS).unwrap();
            report.accepted.into_iter().map(|accepted| accepted.record.description).collect::<Vec<_>>()
        };
        let kept = words(include_bytes!("../../testdata/feeds/semicolons_windows.csv"));
        assert_eq!(kept[0], "“Very clean” – one owner’s café racer…");
        assert_eq!(kept[1], "Two; parts, \"quoted\"");
        assert_eq!(words(include_bytes!("../../testdata/feeds/utf16.csv")).len(), 2);
        assert_eq!(words(include_bytes!("../../testdata/feeds/with_mark.csv")).len(), 1);
    }
}
