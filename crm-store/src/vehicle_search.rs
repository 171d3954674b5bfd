//! Finding vehicles that can be bought: every condition is a comparison that row-level security
//! lets reach an index; what needs more than that is judged by the caller on the few that remain.

use forecourt_domain::{
    ids::VehicleId,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission},
};
use jiff::Timestamp;
use sqlx::{FromRow, Postgres, postgres::PgArguments, types::Json};
use uuid::Uuid;

use crate::{CrmTx, StoreError, rows::int, vehicles::kind_words};

/// The search, also explained by a test of its plan. `$3` and `$4` are keys as `domain::search::fold` makes them.
const SEARCH: &str = "\
    select id, status, year, make, model, body, drivetrain, fuel, transmission, exterior_color, mileage, price_minor,
        features, created_at
    from vehicles
    where dealership_id = $1
      and status = any($2)
      and ($3::text[] is null or make_key = any($3))
      and ($4::text[] is null or model_key = any($4))
      and ($5::text is null or condition = $5)
      and ($6::text is null or body = $6)
      and ($7::text is null or drivetrain = $7)
      and ($8::text is null or fuel = $8)
      and ($9::text is null or transmission = $9)
      and ($10::int is null or year >= $10)
      and ($11::int is null or year <= $11)
      and ($12::bigint is null or price_minor >= $12)
      and ($13::bigint is null or price_minor <= $13)
      and ($14::int is null or mileage <= $14)
    order by id";

/// The statuses in which a vehicle can be sold.
const FOR_SALE: [&str; 2] = ["available", "pending"];

/// What a vehicle must be. `None` asks nothing; a vehicle without a price or mileage does not meet a limit on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VehicleFilter {
    /// Folded makes, any of them.
    pub make_keys: Option<Vec<String>>,
    /// Folded models, any of them.
    pub model_keys: Option<Vec<String>>,
    pub condition: Option<Condition>,
    pub body: Option<Body>,
    pub drivetrain: Option<Drivetrain>,
    pub fuel: Option<Fuel>,
    pub transmission: Option<Transmission>,
    pub year_min: Option<i32>,
    pub year_max: Option<i32>,
    /// In minor units.
    pub price_min: Option<i64>,
    /// In minor units.
    pub price_max: Option<i64>,
    pub mileage_max: Option<u32>,
}

/// A vehicle for sale that met a filter: what it is ranked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: VehicleId,
    /// Whether nobody has put money on it yet.
    pub available: bool,
    pub year: i16,
    pub make: String,
    pub model: String,
    pub exterior_color: String,
    pub mileage: Option<u32>,
    /// In minor units.
    pub price_minor: Option<i64>,
    pub features: Vec<String>,
    /// As [`Vehicle::kind_words`](crate::vehicles::Vehicle::kind_words).
    pub kind_words: Vec<String>,
    pub created_at: Timestamp,
}

/// A make and model of which something is for sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockedModel {
    pub make: String,
    pub model: String,
    pub make_key: String,
    pub model_key: String,
}

#[derive(FromRow)]
struct CandidateRow {
    id: Uuid,
    status: String,
    year: i16,
    make: String,
    model: String,
    body: Option<String>,
    drivetrain: Option<String>,
    fuel: Option<String>,
    transmission: Option<String>,
    exterior_color: String,
    mileage: Option<i32>,
    price_minor: Option<i64>,
    features: Json<Vec<String>>,
    created_at: jiff_sqlx::Timestamp,
}

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        let kind = [&row.body, &row.drivetrain, &row.fuel, &row.transmission];
        Self {
            id: VehicleId(row.id),
            available: row.status == "available",
            year: row.year,
            make: row.make,
            model: row.model,
            kind_words: kind_words(kind.map(|text| text.as_deref())),
            exterior_color: row.exterior_color,
            mileage: row.mileage.and_then(|mileage| u32::try_from(mileage).ok()),
            price_minor: row.price_minor,
            features: row.features.0,
            created_at: row.created_at.to_jiff(),
        }
    }
}

type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

fn bind<'q>(query: Query<'q>, tenant: Uuid, filter: &'q VehicleFilter) -> Query<'q> {
    query
        .bind(tenant)
        .bind(&FOR_SALE[..])
        .bind(&filter.make_keys)
        .bind(&filter.model_keys)
        .bind(filter.condition.map(Condition::as_str))
        .bind(filter.body.map(Body::as_str))
        .bind(filter.drivetrain.map(Drivetrain::as_str))
        .bind(filter.fuel.map(Fuel::as_str))
        .bind(filter.transmission.map(Transmission::as_str))
        .bind(filter.year_min)
        .bind(filter.year_max)
        .bind(filter.price_min)
        .bind(filter.price_max)
        .bind(filter.mileage_max.map(int))
}

impl CrmTx {
    /// The vehicles for sale that meet `filter`, oldest on the lot first.
    pub async fn search_vehicles(&mut self, filter: &VehicleFilter) -> Result<Vec<Candidate>, StoreError> {
        let query = bind(sqlx::query(SEARCH), self.tenant(), filter);
        let rows = query.fetch_all(self.connection()).await?;
        let rows = rows.iter().map(CandidateRow::from_row).collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().map(Candidate::from).collect())
    }

    /// The makes and models of which something is for sale.
    pub async fn load_stocked_models(&mut self) -> Result<Vec<StockedModel>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "select min(make), min(model), make_key, model_key
             from vehicles where dealership_id = $1 and status = any($2)
             group by make_key, model_key order by make_key, model_key",
        )
        .bind(tenant)
        .bind(&FOR_SALE[..])
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(make, model, make_key, model_key)| StockedModel { make, model, make_key, model_key })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use forecourt_domain::search::fold;

    use super::*;
    use crate::plans::{Lot, plan};

    #[tokio::test]
    async fn a_search_reaches_its_index_under_row_level_security() {
        let lot = Lot::create().await;
        let filter = VehicleFilter {
            make_keys: Some(vec![fold("Mazda")]),
            model_keys: Some(vec![fold("CX-5")]),
            ..VehicleFilter::default()
        };
        insta::assert_snapshot!("by_model", plan(&lot, SEARCH, |query| bind(query, lot.tenant(), &filter)).await);
        let filter = VehicleFilter { price_max: Some(1_000_000), ..VehicleFilter::default() };
        insta::assert_snapshot!("by_price", plan(&lot, SEARCH, |query| bind(query, lot.tenant(), &filter)).await);
    }
}
