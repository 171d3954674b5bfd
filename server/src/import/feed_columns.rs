//! What the columns of feeds mean, however they are called.

use forecourt_domain::search::fold;

use super::feed_text::Row;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    StockNumber,
    Vin,
    Condition,
    Certified,
    Year,
    Make,
    Model,
    Trim,
    Body,
    Drivetrain,
    Fuel,
    Transmission,
    ExteriorColor,
    InteriorColor,
    Mileage,
    Price,
    Cost,
    Status,
    Features,
    Description,
}

/// The names of each column, folded. Of several columns of one kind in a file the one whose name comes
/// first here is believed: the price a dealership sells for before the one it once listed.
const NAMES: [(Column, &[&str]); 20] = [
    (
        Column::StockNumber,
        &["stocknumber", "stock", "stockno", "stocknum", "stockid", "stk", "stkno", "stknumber", "dealerstocknumber"],
    ),
    (Column::Vin, &["vin", "vinnumber", "vinno", "vehicleidentificationnumber", "vehiclevin"]),
    (Column::Condition, &["condition", "newused", "usednew", "neworused", "inventorytype", "stocktype", "type"]),
    (Column::Certified, &["certified", "iscertified", "cpo", "certifiedpreowned"]),
    (Column::Year, &["year", "modelyear", "vehicleyear", "yr"]),
    (Column::Make, &["make", "vehiclemake", "manufacturer", "brand"]),
    (Column::Model, &["model", "vehiclemodel", "modelname"]),
    (Column::Trim, &["trim", "trimlevel", "series", "submodel"]),
    (Column::Body, &["bodystyle", "body", "bodytype", "vehicletype"]),
    (Column::Drivetrain, &["drivetrain", "drivetype", "drive", "driveline", "drivewheels"]),
    (Column::Fuel, &["fueltype", "fuel"]),
    (Column::Transmission, &["transmission", "trans", "transmissiontype"]),
    (
        Column::ExteriorColor,
        &["exteriorcolor", "exteriorcolour", "extcolor", "extcolour", "color", "colour", "exterior", "externalcolor"],
    ),
    (Column::InteriorColor, &["interiorcolor", "interiorcolour", "intcolor", "intcolour", "interior", "internalcolor"]),
    (
        Column::Mileage,
        &["mileage", "miles", "odometer", "odo", "odometerreading", "kilometers", "kilometres", "km", "kms"],
    ),
    (
        Column::Price,
        &[
            "internetprice",
            "sellingprice",
            "specialprice",
            "saleprice",
            "webprice",
            "finalprice",
            "price",
            "currentprice",
            "askingprice",
            "advertisedprice",
            "listprice",
            "retailprice",
            "retail",
            "msrp",
        ],
    ),
    (Column::Cost, &["cost", "unitcost", "dealercost", "totalcost", "invoice", "invoiceprice", "acv"]),
    (Column::Status, &["status", "availability", "inventorystatus", "vehiclestatus", "salestatus"]),
    (Column::Features, &["features", "options", "equipment", "optionlist", "vehicleoptions", "installedoptions"]),
    (
        Column::Description,
        &["description", "vehicledescription", "comments", "sellercomments", "dealercomments", "sellernotes"],
    ),
];

/// Where a header is looked for: some exports begin with a title.
const HEADER_WITHIN: usize = 20;

/// A header: what each of its cells holds.
#[derive(Debug)]
pub(super) struct Header {
    /// How many rows stand before the first row of data.
    pub rows: usize,
    pub width: usize,
    /// For each kind of column the cells that hold it, the most believed first.
    cells: Vec<(Column, Vec<usize>)>,
    /// Columns that nothing is done with.
    pub unknown: Vec<String>,
}

impl Header {
    /// The first row that names a VIN and a stock number, make or model.
    pub fn find(rows: &[Row]) -> Option<Self> {
        rows.iter().take(HEADER_WITHIN).enumerate().find_map(|(at, row)| {
            let header = Self::read(at + 1, &row.cells);
            let beside = [Column::StockNumber, Column::Make, Column::Model];
            (header.has(Column::Vin) && beside.into_iter().any(|column| header.has(column))).then_some(header)
        })
    }

    fn read(rows: usize, titles: &[String]) -> Self {
        let folded: Vec<String> = titles.iter().map(|title| fold(title)).collect();
        let places = |names: &[&str]| -> Vec<usize> {
            let of_name = |name: &&str| (0..folded.len()).filter(|at| folded[*at] == *name).collect::<Vec<_>>();
            names.iter().flat_map(of_name).collect()
        };
        let cells: Vec<_> = NAMES.iter().map(|(column, names)| (*column, places(names))).collect();
        let is_known = |at: &usize| cells.iter().any(|(_, places)| places.contains(at));
        let unknown = (0..titles.len()).filter(|at| !is_known(at) && !titles[*at].is_empty());
        let unknown = unknown.map(|at| titles[at].clone()).collect();
        Self { rows, width: titles.len(), cells, unknown }
    }

    /// Whether the file has such a column.
    pub fn has(&self, column: Column) -> bool {
        self.cells.iter().any(|(known, places)| *known == column && !places.is_empty())
    }

    /// What a row says in such a column; empty if nothing.
    pub fn value<'a>(&self, row: &'a Row, column: Column) -> &'a str {
        self.values(row, column).next().unwrap_or_default()
    }

    /// Everything a row says in such columns, the most believed first.
    pub fn values<'a>(&self, row: &'a Row, column: Column) -> impl Iterator<Item = &'a str> {
        let places = self.cells.iter().filter(move |(known, _)| *known == column).flat_map(|(_, places)| places);
        places.filter_map(|at| row.cells.get(*at)).map(String::as_str).filter(|cell| !cell.is_empty())
    }
}
