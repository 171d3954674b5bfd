//! How a vehicle gets onto the lot: stored by stock number, changed only when something differs.

use forecourt_domain::{
    ids::VehicleId,
    money::{Currency, Money},
    search::fold,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
    vin::Vin,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    embeddings::{EmbeddedKind, Embedding, content_hash},
    rows::{int, sql},
    search_terms::TermKind,
    vehicles::{Vehicle, normal_stock_number},
};

/// A vehicle as the back office tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleRecord {
    pub stock_number: String,
    pub vin: Vin,
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
    pub mileage: Option<u32>,
    pub currency: Currency,
    /// In minor units of `currency`.
    pub price_minor: Option<i64>,
    /// What the dealership paid, in minor units. Stored, and read by nothing that a customer or model sees.
    pub cost_minor: Option<i64>,
    pub status: VehicleStatus,
    pub features: Vec<String>,
    pub description: String,
    pub drawing: Option<String>,
}

impl VehicleRecord {
    /// The asking price.
    #[must_use]
    pub fn price(&self) -> Option<Money> {
        self.price_minor.map(|minor| Money::from_minor(minor, self.currency))
    }
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upserted {
    Inserted(VehicleId),
    /// Something differed; the version grew.
    Changed(VehicleId),
    Unchanged(VehicleId),
    /// The VIN belongs to another vehicle than the stock number does; nothing was written.
    VinTaken {
        stock_number: String,
    },
}

const UPSERT: &str = "\
    insert into vehicles as old
        (dealership_id, id, stock_number, vin, condition, year, make, model, trim, make_key, model_key, body, drivetrain,
         fuel, transmission, exterior_color, interior_color, mileage, price_minor, cost_minor, currency, status, features,
         description, drawing, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
            $25, $26, $26)
    on conflict (dealership_id, id) do update
    set stock_number = excluded.stock_number, vin = excluded.vin, condition = excluded.condition, year = excluded.year,
        make = excluded.make, model = excluded.model, trim = excluded.trim, make_key = excluded.make_key,
        model_key = excluded.model_key, body = excluded.body, drivetrain = excluded.drivetrain, fuel = excluded.fuel,
        transmission = excluded.transmission, exterior_color = excluded.exterior_color,
        interior_color = excluded.interior_color, mileage = excluded.mileage, price_minor = excluded.price_minor,
        cost_minor = excluded.cost_minor, currency = excluded.currency, status = excluded.status,
        features = excluded.features, description = excluded.description, drawing = excluded.drawing,
        updated_at = excluded.updated_at, version = old.version + 1
    where (old.stock_number, old.vin, old.condition, old.year, old.make, old.model, old.trim, old.body, old.drivetrain,
           old.fuel, old.transmission, old.exterior_color, old.interior_color, old.mileage, old.price_minor,
           old.cost_minor, old.currency, old.status, old.features, old.description, old.drawing)
        is distinct from
          (excluded.stock_number, excluded.vin, excluded.condition, excluded.year, excluded.make, excluded.model,
           excluded.trim, excluded.body, excluded.drivetrain, excluded.fuel, excluded.transmission,
           excluded.exterior_color, excluded.interior_color, excluded.mileage, excluded.price_minor,
           excluded.cost_minor, excluded.currency, excluded.status, excluded.features, excluded.description,
           excluded.drawing)
    returning id";

impl CrmTx {
    /// Stores a vehicle under its stock number. A known VIN under a new stock number is the same car,
    /// taken back or renumbered, and keeps its history.
    pub async fn upsert_vehicle(&mut self, record: &VehicleRecord) -> Result<Upserted, StoreError> {
        let stock_number = normal_stock_number(&record.stock_number);
        let known = self.lock_same_vehicles(&stock_number, record.vin.as_str()).await?;
        let id = match known.as_slice() {
            [] => None,
            [(id, _)] => Some(VehicleId(*id)),
            [(_, first), (_, second), ..] => {
                let other = if *first == stock_number { second } else { first };
                return Ok(Upserted::VinTaken { stock_number: other.clone() });
            }
        };
        let written = self.write_vehicle(id.unwrap_or(VehicleId::generate(self.now())), &stock_number, record).await?;
        Ok(match (id, written) {
            (None, Some(new)) => Upserted::Inserted(new),
            (Some(id), Some(_)) => Upserted::Changed(id),
            (Some(id), None) => Upserted::Unchanged(id),
            (None, None) => return Err(StoreError::Conflict("the vehicle")),
        })
    }

    /// The vehicles that have this stock number or VIN: none, one, or two that a feed mixed up.
    async fn lock_same_vehicles(&mut self, stock_number: &str, vin: &str) -> Result<Vec<(Uuid, String)>, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_as(
            "select id, stock_number from vehicles
             where dealership_id = $1 and (stock_number = $2 or vin = $3) order by id for update",
        )
        .bind(tenant)
        .bind(stock_number)
        .bind(vin)
        .fetch_all(self.connection())
        .await?)
    }

    /// Makes a vehicle findable: by `terms`, and by the vector made of [`Vehicle::search_text`].
    pub async fn index_vehicle(
        &mut self,
        vehicle: &Vehicle,
        terms: &[String],
        embedding: &Embedding,
    ) -> Result<(), StoreError> {
        self.replace_terms(TermKind::Vehicle, vehicle.id.0, terms).await?;
        let hash = content_hash(&vehicle.search_text());
        self.put_embedding(EmbeddedKind::Vehicle, vehicle.id.0, hash, embedding).await
    }

    /// None if nothing differed.
    async fn write_vehicle(
        &mut self,
        id: VehicleId,
        stock_number: &str,
        record: &VehicleRecord,
    ) -> Result<Option<VehicleId>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let written: Option<Uuid> = sqlx::query_scalar(UPSERT)
            .bind(tenant)
            .bind(id.0)
            .bind(stock_number)
            .bind(record.vin.as_str())
            .bind(record.condition.as_str())
            .bind(record.year)
            .bind(&record.make)
            .bind(&record.model)
            .bind(&record.trim)
            .bind(fold(&record.make))
            .bind(fold(&record.model))
            .bind(record.body.map(Body::as_str))
            .bind(record.drivetrain.map(Drivetrain::as_str))
            .bind(record.fuel.map(Fuel::as_str))
            .bind(record.transmission.map(Transmission::as_str))
            .bind(&record.exterior_color)
            .bind(&record.interior_color)
            .bind(record.mileage.map(int))
            .bind(record.price_minor)
            .bind(record.cost_minor)
            .bind(record.currency.as_str())
            .bind(record.status.as_str())
            .bind(Json(&record.features))
            .bind(&record.description)
            .bind(&record.drawing)
            .bind(sql(now))
            .fetch_optional(self.connection())
            .await?;
        Ok(written.map(VehicleId))
    }
}
