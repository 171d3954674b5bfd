//! What is on the lot, as everybody but the back office may see it: without cost.

use forecourt_domain::{
    ids::VehicleId,
    money::Money,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{parse, parse_opt},
};

/// A vehicle. What the feed did not say is `None` or empty, never guessed. There is no cost here on
/// purpose: whatever reads a `Vehicle` cannot leak it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    pub id: VehicleId,
    pub stock_number: String,
    pub vin: String,
    pub condition: Condition,
    pub year: i16,
    pub make: String,
    pub model: String,
    pub trim: String,
    pub body: Option<Body>,
    pub drivetrain: Option<Drivetrain>,
    pub fuel: Option<Fuel>,
    pub transmission: Option<Transmission>,
    pub exterior_color: String,
    pub interior_color: String,
    /// In the unit of the odometer; miles in the United States.
    pub mileage: Option<u32>,
    /// None: ask the dealership.
    pub price: Option<Money>,
    pub status: VehicleStatus,
    pub features: Vec<String>,
    pub description: String,
    /// The name of the drawing that the console shows for it.
    pub drawing: Option<String>,
    pub version: i64,
}

impl Vehicle {
    /// What people call it: `2021 Mazda CX-5 Touring`.
    #[must_use]
    pub fn title(&self) -> String {
        let title = format!("{} {} {} {}", self.year, self.make, self.model, self.trim);
        title.trim_end().to_owned()
    }

    /// What kind of vehicle it is, in words: body, drivetrain, fuel and transmission, as far as known.
    #[must_use]
    pub fn kind_words(&self) -> Vec<String> {
        kind_words([
            self.body.map(Body::as_str),
            self.drivetrain.map(Drivetrain::as_str),
            self.fuel.map(Fuel::as_str),
            self.transmission.map(Transmission::as_str),
        ])
    }

    /// Everything it is found by, in one text: facts only, no sales talk.
    #[must_use]
    pub fn search_text(&self) -> String {
        let kind = self.kind_words().join(", ");
        let features = self.features.join(", ");
        format!("{}, {}, {kind}, {}, {features}", self.title(), self.condition, self.exterior_color)
    }
}

/// Stored texts as words: `plug_in_hybrid` is `plug in hybrid`.
pub(crate) fn kind_words<const N: usize>(texts: [Option<&str>; N]) -> Vec<String> {
    texts.into_iter().flatten().map(|text| text.replace('_', " ")).collect()
}

#[derive(sqlx::FromRow)]
pub(crate) struct VehicleRow {
    id: Uuid,
    stock_number: String,
    vin: String,
    condition: String,
    year: i16,
    make: String,
    model: String,
    trim: String,
    body: Option<String>,
    drivetrain: Option<String>,
    fuel: Option<String>,
    transmission: Option<String>,
    exterior_color: String,
    interior_color: String,
    mileage: Option<i32>,
    price_minor: Option<i64>,
    currency: String,
    status: String,
    features: sqlx::types::Json<Vec<String>>,
    description: String,
    drawing: Option<String>,
    version: i64,
}

impl TryFrom<VehicleRow> for Vehicle {
    type Error = StoreError;

    fn try_from(row: VehicleRow) -> Result<Self, StoreError> {
        let currency = parse(&row.currency)?;
        Ok(Self {
            id: VehicleId(row.id),
            stock_number: row.stock_number,
            vin: row.vin,
            condition: parse(&row.condition)?,
            year: row.year,
            make: row.make,
            model: row.model,
            trim: row.trim,
            body: parse_opt(row.body.as_deref())?,
            drivetrain: parse_opt(row.drivetrain.as_deref())?,
            fuel: parse_opt(row.fuel.as_deref())?,
            transmission: parse_opt(row.transmission.as_deref())?,
            exterior_color: row.exterior_color,
            interior_color: row.interior_color,
            mileage: row.mileage.and_then(|mileage| u32::try_from(mileage).ok()),
            price: row.price_minor.map(|minor| Money::from_minor(minor, currency)),
            status: parse(&row.status)?,
            features: row.features.0,
            description: row.description,
            drawing: row.drawing,
            version: row.version,
        })
    }
}

impl CrmTx {
    /// The vehicle with this stock number or VIN, in capitals or not, whatever its status.
    pub async fn find_vehicle(&mut self, stock_number_or_vin: &str) -> Result<Option<Vehicle>, StoreError> {
        let tenant = self.tenant();
        let number = normal_stock_number(stock_number_or_vin);
        let row: Option<VehicleRow> = sqlx::query_as(
            "select id, stock_number, vin, condition, year, make, model, trim, body, drivetrain, fuel, transmission,
                 exterior_color, interior_color, mileage, price_minor, currency, status, features, description, drawing,
                 version
             from vehicles
             where dealership_id = $1 and (stock_number = $2 or vin = $2)
             order by stock_number = $2 desc
             limit 1",
        )
        .bind(tenant)
        .bind(number)
        .fetch_optional(self.connection())
        .await?;
        row.map(Vehicle::try_from).transpose()
    }

    /// These vehicles, in no particular order; one that does not exist is left out.
    pub async fn load_vehicles(&mut self, ids: &[VehicleId]) -> Result<Vec<Vehicle>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows: Vec<VehicleRow> = sqlx::query_as(
            "select id, stock_number, vin, condition, year, make, model, trim, body, drivetrain, fuel, transmission,
                 exterior_color, interior_color, mileage, price_minor, currency, status, features, description, drawing,
                 version
             from vehicles where dealership_id = $1 and id = any($2)",
        )
        .bind(tenant)
        .bind(&ids)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(Vehicle::try_from).collect()
    }

    /// The vehicles after `after` in the order of their ids, at most `limit`: for going through all of them.
    pub async fn load_vehicles_after(
        &mut self,
        after: Option<VehicleId>,
        limit: u16,
    ) -> Result<Vec<Vehicle>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<VehicleRow> = sqlx::query_as(
            "select id, stock_number, vin, condition, year, make, model, trim, body, drivetrain, fuel, transmission,
                 exterior_color, interior_color, mileage, price_minor, currency, status, features, description, drawing,
                 version
             from vehicles where dealership_id = $1 and id > $2 order by id limit $3",
        )
        .bind(tenant)
        .bind(after.map_or(Uuid::nil(), |id| id.0))
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(Vehicle::try_from).collect()
    }
}

/// A stock number or VIN as it is stored: capitals, no space around it.
pub(crate) fn normal_stock_number(text: &str) -> String {
    text.trim().to_uppercase()
}
