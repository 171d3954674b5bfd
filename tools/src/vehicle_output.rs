//! How a vehicle is shown to a model, and the evidence that goes with it.

use forecourt_crm_store::vehicles::Vehicle;
use forecourt_domain::{
    evidence::{Evidence, EvidenceClass, Fact, SourceKind},
    one_line::one_line,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
};
use serde::Serialize;

use crate::{
    facts::Facts,
    failure::{FailureCode, ToolFailure},
};

/// The feed's sales talk is cut here; the facts have their own fields.
const LONGEST_DESCRIPTION: usize = 600;

/// A vehicle in a list. What is not known is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VehicleSummary {
    pub stock_number: String,
    pub condition: Condition,
    pub year: i16,
    pub make: String,
    pub model: String,
    pub trim: Option<String>,
    pub body: Option<Body>,
    pub drivetrain: Option<Drivetrain>,
    pub fuel: Option<Fuel>,
    pub transmission: Option<Transmission>,
    pub exterior_color: Option<String>,
    pub mileage: Option<u32>,
    /// Null: the dealership is to be asked.
    pub price: Option<String>,
    pub status: VehicleStatus,
    /// The vehicle's own words for the features that were asked for.
    pub matched_features: Vec<String>,
}

/// Everything a customer may know of a vehicle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VehicleDetail {
    #[serde(flatten)]
    pub summary: VehicleSummary,
    pub vin: String,
    pub interior_color: Option<String>,
    pub features: Vec<String>,
    pub description: Option<String>,
    /// Whether it can be sold today.
    pub in_stock: bool,
}

/// A vehicle in a list, with its evidence.
pub(crate) fn summarize(vehicle: &Vehicle, matched_features: Vec<String>) -> (VehicleSummary, Vec<Evidence>) {
    let mut facts = summary_facts(vehicle);
    for feature in &matched_features {
        facts = facts.add_text("features", feature);
    }
    (summary(vehicle, matched_features), facts.into_evidence())
}

/// A whole vehicle, with its evidence.
pub(crate) fn detail(vehicle: &Vehicle) -> (VehicleDetail, Vec<Evidence>) {
    let description = description(vehicle);
    let mut facts = summary_facts(vehicle)
        .add("vin", Fact::Identifier(vehicle.vin.clone()))
        .add_text("interior_color", &vehicle.interior_color)
        .add_text("description", description.as_deref().unwrap_or_default());
    for feature in &vehicle.features {
        facts = facts.add_text("features", feature);
    }
    let detail = VehicleDetail {
        summary: summary(vehicle, Vec::new()),
        vin: vehicle.vin.clone(),
        interior_color: known(&vehicle.interior_color),
        features: vehicle.features.clone(),
        description,
        in_stock: vehicle.status == VehicleStatus::Available,
    };
    (detail, facts.into_evidence())
}

/// `2021 Mazda CX-5 Touring (stock U1043)`.
pub(crate) fn short_title(vehicle: &Vehicle) -> String {
    format!("{} (stock {})", vehicle.title(), vehicle.stock_number)
}

/// Facts of a vehicle, none yet.
pub(crate) fn facts_of(vehicle: &Vehicle) -> Facts {
    let label = format!("stock={}", vehicle.stock_number);
    Facts::of(EvidenceClass::Tool, SourceKind::Vehicle, vehicle.id.0, vehicle.version, label)
}

/// What names a vehicle: its year, make, model, trim and stock number.
pub(crate) fn identity_facts(vehicle: &Vehicle) -> Facts {
    facts_of(vehicle)
        .add("stock_number", Fact::Identifier(vehicle.stock_number.clone()))
        .add("year", Fact::Year(vehicle.year))
        .add_name("make", &vehicle.make)
        .add_name("model", &vehicle.model)
        .add_name("trim", &vehicle.trim)
}

/// What the model is told when no vehicle has the number it wrote in `field`; never the number itself.
pub(crate) fn no_such_vehicle(field: &str) -> ToolFailure {
    let message = "No vehicle here has that stock number or VIN. Ask which one they mean, or use search_inventory.";
    ToolFailure::new(FailureCode::NotFound, message).with("field", field.into())
}

fn summary(vehicle: &Vehicle, matched_features: Vec<String>) -> VehicleSummary {
    VehicleSummary {
        stock_number: vehicle.stock_number.clone(),
        condition: vehicle.condition,
        year: vehicle.year,
        make: vehicle.make.clone(),
        model: vehicle.model.clone(),
        trim: known(&vehicle.trim),
        body: vehicle.body,
        drivetrain: vehicle.drivetrain,
        fuel: vehicle.fuel,
        transmission: vehicle.transmission,
        exterior_color: known(&vehicle.exterior_color),
        mileage: vehicle.mileage,
        price: vehicle.price.map(|price| price.to_string()),
        status: vehicle.status,
        matched_features,
    }
}

fn summary_facts(vehicle: &Vehicle) -> Facts {
    identity_facts(vehicle)
        .add_money("price", vehicle.price)
        .add_some("mileage", vehicle.mileage.map(Fact::Mileage))
        .add("in_stock", Fact::InStock(vehicle.status == VehicleStatus::Available))
        .add_text("status", vehicle.status.as_str())
        .add_text("condition", vehicle.condition.as_str())
        .add_text("body", vehicle.body.map_or("", Body::as_str))
        .add_text("drivetrain", vehicle.drivetrain.map_or("", Drivetrain::as_str))
        .add_text("fuel", vehicle.fuel.map_or("", Fuel::as_str))
        .add_text("transmission", vehicle.transmission.map_or("", Transmission::as_str))
        .add_text("exterior_color", &vehicle.exterior_color)
}

fn known(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn description(vehicle: &Vehicle) -> Option<String> {
    known(&one_line(&vehicle.description, LONGEST_DESCRIPTION))
}
