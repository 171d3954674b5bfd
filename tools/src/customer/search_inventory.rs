//! `search_inventory`: what is for sale that fits, or comes nearest.

use async_trait::async_trait;
use forecourt_crm_store::{
    CrmTx, StoreError,
    vehicle_search::{StockedModel, VehicleFilter},
    vehicles::Vehicle,
};
use forecourt_domain::{
    action::ActionKind,
    evidence::{EvidenceClass, Fact},
    search::fold,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{Words, given, in_range},
    embedder::{QueryVector, embed_query},
    facts::Facts,
    failure::{ToolError, ToolFailure},
    features::matching,
    names::{find_names, make_key},
    relaxation::{SortOrder, Wishes, search},
    relevance::Wanted,
    tool::{Done, Services, Tool, ToolContext},
    vehicle_output::{VehicleSummary, summarize},
};

/// How many vehicles are shown unless the model asks for fewer or more.
const DEFAULT_LIMIT: i64 = 3;
const MAX_LIMIT: i64 = 5;
const MAX_FEATURES: usize = 8;
/// Cars were first sold in 1886; next year's models are on the lot already.
const YEARS: std::ops::RangeInclusive<i64> = 1886..=2100;
/// Whole units of a currency; more than any vehicle costs.
const AMOUNTS: std::ops::RangeInclusive<i64> = 0..=100_000_000;

/// Finds vehicles for sale.
pub struct SearchInventory;

/// What a vehicle should be.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchInventoryArgs {
    /// What they want in a few words, when the other fields do not say it all.
    query: Option<Words<200>>,
    condition: Option<Condition>,
    make: Option<Words<60>>,
    /// The model as they say it, with or without trim.
    model: Option<Words<60>>,
    body: Option<Body>,
    drivetrain: Option<Drivetrain>,
    fuel: Option<Fuel>,
    transmission: Option<Transmission>,
    /// Exterior colour.
    color: Option<Words<40>>,
    /// What it must have, such as "heated seats"; at most 8, empty for none.
    #[serde(default)]
    features: Vec<Words<60>>,
    year_min: Option<i64>,
    year_max: Option<i64>,
    /// In whole units of the dealership's currency.
    price_min: Option<i64>,
    /// In whole units of the dealership's currency.
    price_max: Option<i64>,
    mileage_max: Option<i64>,
    sort: Option<SortOrder>,
    /// 1 to 5; null for 3.
    limit: Option<i64>,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct SearchInventoryOutput {
    /// How many vehicles have everything that was asked for.
    pub total: u32,
    /// False: nothing has everything, and `vehicles` are the nearest there are.
    pub exact: bool,
    pub vehicles: Vec<VehicleSummary>,
}

/// The query as a vector, if there is one.
#[derive(Debug, Default)]
pub struct PreparedSearch(Option<QueryVector>);

#[async_trait]
impl Tool for SearchInventory {
    type Args = SearchInventoryArgs;
    type Output = SearchInventoryOutput;
    type Prepared = PreparedSearch;

    const NAME: &'static str = "search_inventory";
    const DESCRIPTION: &'static str = "Finds vehicles for sale at this dealership. Fill in only what the customer \
        said; leave the rest null. With exact=false the vehicles are near matches and must be offered as such.";
    const ACTION: ActionKind = ActionKind::ReadInventory;

    async fn prepare(
        services: &Services,
        _context: &ToolContext,
        args: &Self::Args,
    ) -> Result<Self::Prepared, ToolError> {
        Ok(PreparedSearch(embed_query(services.embedder.as_ref(), given(&args.query)).await))
    }

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let limit = check(&args)?;
        let stocked = tx.load_stocked_models().await?;
        let wishes = wishes(tx, &args, &stocked).await?;
        let found = search(tx, &wishes, prepared.0.as_ref(), args.sort).await?;
        let total = if found.exact { u32::try_from(found.candidates.len()).unwrap_or(u32::MAX) } else { 0 };
        let ids: Vec<_> = found.candidates.iter().take(limit).map(|candidate| candidate.id).collect();
        let mut vehicles = tx.load_vehicles(&ids).await?;
        vehicles.sort_by_key(|vehicle| ids.iter().position(|id| *id == vehicle.id));
        let mut evidence = Facts::of_dealership(EvidenceClass::Tool, context, tx.scope())
            .add("matching_vehicles", Fact::Count(total))
            .into_evidence();
        let mut shown = Vec::new();
        for vehicle in &vehicles {
            let (summary, facts) = summarize(vehicle, matched_features(&wishes.features, vehicle));
            shown.push(summary);
            evidence.extend(facts);
        }
        Ok(Done::read(SearchInventoryOutput { total, exact: found.exact, vehicles: shown }, evidence))
    }
}

/// The limit, if all numbers can be meant.
fn check(args: &SearchInventoryArgs) -> Result<usize, ToolFailure> {
    for (field, number, range) in [
        ("year_min", args.year_min, YEARS),
        ("year_max", args.year_max, YEARS),
        ("price_min", args.price_min, AMOUNTS),
        ("price_max", args.price_max, AMOUNTS),
        ("mileage_max", args.mileage_max, AMOUNTS),
        ("limit", args.limit, 1..=MAX_LIMIT),
    ] {
        number.map_or(Ok(()), |number| in_range(field, number, range))?;
    }
    for (field, low, high) in
        [("year_min", args.year_min, args.year_max), ("price_min", args.price_min, args.price_max)]
    {
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            return Err(ToolFailure::bad_argument(field, "expected the smaller number of the two"));
        }
    }
    if args.features.len() > MAX_FEATURES {
        return Err(ToolFailure::bad_argument("features", format_args!("expected at most {MAX_FEATURES}")));
    }
    Ok(usize::try_from(args.limit.unwrap_or(DEFAULT_LIMIT)).unwrap_or(1))
}

async fn wishes(tx: &mut CrmTx, args: &SearchInventoryArgs, stocked: &[StockedModel]) -> Result<Wishes, StoreError> {
    let mut make = given(&args.make).map(|make| make_key(make, stocked));
    let (mut models, mut trim) = (None, Vec::new());
    if let Some(model) = given(&args.model) {
        let named = find_names(model, make.as_deref(), stocked);
        make = make.or(named.make_key);
        if named.model_keys.is_empty() && !named.rest.is_empty() {
            // No such model is in stock, and no vehicle has this key.
            models = Some(vec![fold(model)]);
        } else {
            models = (!named.model_keys.is_empty()).then_some(named.model_keys);
            trim = named.rest;
        }
    }
    let year = |year: Option<i64>| year.and_then(|year| i32::try_from(year).ok());
    let filter = VehicleFilter {
        make_keys: make.map(|make| vec![make]),
        model_keys: models,
        condition: args.condition,
        body: args.body,
        drivetrain: args.drivetrain,
        fuel: args.fuel,
        transmission: args.transmission,
        year_min: year(args.year_min),
        year_max: year(args.year_max),
        price_min: args.price_min.map(minor),
        price_max: args.price_max.map(minor),
        mileage_max: args.mileage_max.and_then(|mileage| u32::try_from(mileage).ok()),
    };
    let free_text = match given(&args.query) {
        Some(text) => Wanted::understand(tx, text, stocked).await?,
        None => Wanted::default(),
    };
    Ok(Wishes {
        filter,
        free_text,
        trim: Wanted::words(tx, &trim).await?,
        color: given(&args.color).map(str::to_owned),
        features: args.features.iter().filter_map(Words::get).map(str::to_owned).collect(),
    })
}

/// Whole units as minor units.
const fn minor(amount: i64) -> i64 {
    amount.saturating_mul(100)
}

/// The vehicle's own words for what was asked for.
fn matched_features(asked: &[String], vehicle: &Vehicle) -> Vec<String> {
    let kind = vehicle.kind_words();
    let mut matched: Vec<String> = asked
        .iter()
        .filter_map(|asked| matching(asked, &vehicle.features).or_else(|| matching(asked, &kind)))
        .map(str::to_owned)
        .collect();
    matched.dedup();
    matched
}
