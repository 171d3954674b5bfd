//! `compare_vehicles`: two to four vehicles side by side, with the differences worked out.

use async_trait::async_trait;
use forecourt_crm_store::{CrmTx, vehicles::Vehicle};
use forecourt_domain::{
    action::ActionKind,
    evidence::{Evidence, Fact},
    money::Money,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::Words,
    failure::{ToolError, ToolFailure},
    tool::{Done, Tool, ToolContext},
    vehicle_output::{VehicleDetail, detail, facts_of, no_such_vehicle},
};

/// Compares vehicles.
pub struct CompareVehicles;

/// Which vehicles.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareVehiclesArgs {
    /// 2 to 4 different stock numbers.
    stock_numbers: Vec<Words<40>>,
}

/// The vehicles in the order they were asked for. A comparison that lacks a price or mileage is null.
#[derive(Debug, Serialize)]
pub struct CompareVehiclesOutput {
    pub vehicles: Vec<VehicleDetail>,
    /// A stock number.
    pub cheapest: Option<String>,
    /// From the cheapest to the dearest.
    pub price_spread: Option<String>,
    /// A stock number.
    pub lowest_mileage: Option<String>,
    pub mileage_spread: Option<u32>,
}

#[async_trait]
impl Tool for CompareVehicles {
    type Args = CompareVehiclesArgs;
    type Output = CompareVehiclesOutput;
    type Prepared = ();

    const NAME: &'static str = "compare_vehicles";
    const DESCRIPTION: &'static str = "Puts 2 to 4 vehicles side by side and works out the differences in price and \
        mileage. Never work them out yourself.";
    const ACTION: ActionKind = ActionKind::ReadInventory;

    async fn call(
        tx: &mut CrmTx,
        _context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let mut vehicles: Vec<Vehicle> = Vec::new();
        for (place, number) in args.stock_numbers.iter().take(5).enumerate() {
            let Some(number) = number.get() else { continue };
            let found = tx.find_vehicle(number).await?;
            let vehicle = found.ok_or_else(|| no_such_vehicle(&format!("stock_numbers[{place}]")))?;
            if !vehicles.iter().any(|known| known.id == vehicle.id) {
                vehicles.push(vehicle);
            }
        }
        if !(2..=4).contains(&vehicles.len()) {
            return Err(ToolFailure::bad_argument("stock_numbers", "expected 2 to 4 different vehicles").into());
        }
        let (mut details, mut evidence) = (Vec::new(), Vec::new());
        for vehicle in &vehicles {
            let (vehicle, facts) = detail(vehicle);
            details.push(vehicle);
            evidence.extend(facts);
        }
        let prices = spread(&vehicles, price);
        let mileages = spread(&vehicles, |vehicle| vehicle.mileage);
        let price_spread = prices.and_then(|(low, high)| Some(difference(price(low)?, price(high)?)));
        let mileage_spread = mileages.and_then(|(low, high)| Some(high.mileage? - low.mileage?));
        evidence.extend(spread_facts(prices, "price_spread", price_spread.map(Fact::Money)));
        evidence.extend(spread_facts(mileages, "mileage_spread", mileage_spread.map(Fact::Mileage)));
        let output = CompareVehiclesOutput {
            vehicles: details,
            cheapest: prices.map(|(cheapest, _)| cheapest.stock_number.clone()),
            price_spread: price_spread.map(|spread| spread.to_string()),
            lowest_mileage: mileages.map(|(lowest, _)| lowest.stock_number.clone()),
            mileage_spread,
        };
        Ok(Done::read(output, evidence))
    }
}

fn price(vehicle: &Vehicle) -> Option<Money> {
    vehicle.price
}

/// The vehicles with the lowest and the highest value, if every vehicle has one.
fn spread<T: Ord>(vehicles: &[Vehicle], value: fn(&Vehicle) -> Option<T>) -> Option<(&Vehicle, &Vehicle)> {
    if vehicles.iter().any(|vehicle| value(vehicle).is_none()) {
        return None;
    }
    let lowest = vehicles.iter().min_by_key(|vehicle| value(vehicle))?;
    let highest = vehicles.iter().max_by_key(|vehicle| value(vehicle))?;
    Some((lowest, highest))
}

const fn difference(low: Money, high: Money) -> Money {
    Money::from_minor(high.minor - low.minor, low.currency)
}

/// A difference rests on both vehicles: when one of them changes it no longer holds.
fn spread_facts(ends: Option<(&Vehicle, &Vehicle)>, field: &str, difference: Option<Fact>) -> Vec<Evidence> {
    let Some(((low, high), difference)) = ends.zip(difference) else { return Vec::new() };
    [low, high]
        .into_iter()
        .flat_map(|vehicle| facts_of(vehicle).add(field, difference.clone()).into_evidence())
        .collect()
}
