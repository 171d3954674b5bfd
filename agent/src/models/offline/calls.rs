//! The calls the offline model makes, with the arguments of each tool as types.

use forecourt_domain::{
    appointment::AppointmentKind,
    staff::DepartmentKind,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission},
};
use jiff::civil::{Date, DateTime};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::dates::PartOfDay;
use crate::model::ToolSchema;

/// In which order vehicles are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sort {
    PriceLow,
    PriceHigh,
    MileageLow,
    Newest,
}

/// What a customer wants to find; the arguments of `search_inventory`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Search {
    pub(super) query: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) make: Option<String>,
    pub(super) model: Option<String>,
    pub(super) body: Option<Body>,
    pub(super) drivetrain: Option<Drivetrain>,
    pub(super) fuel: Option<Fuel>,
    pub(super) transmission: Option<Transmission>,
    pub(super) color: Option<String>,
    pub(super) features: Vec<String>,
    pub(super) year_min: Option<i64>,
    pub(super) year_max: Option<i64>,
    /// Whole currency units.
    pub(super) price_min: Option<i64>,
    pub(super) price_max: Option<i64>,
    pub(super) mileage_max: Option<i64>,
    pub(super) sort: Option<Sort>,
    pub(super) limit: Option<i64>,
}

/// What can be asked about the dealership itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Topic {
    Address,
    Phone,
    Hours,
    Departments,
    Website,
    Faq,
}

/// The arguments of `get_dealership_info`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct DealershipInfo {
    pub(super) topics: Vec<Topic>,
    pub(super) department: Option<DepartmentKind>,
    pub(super) date: Option<Date>,
    pub(super) question: Option<String>,
}

/// The arguments of `list_appointment_slots`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ListSlots {
    pub(super) kind: AppointmentKind,
    pub(super) date: Date,
    pub(super) part_of_day: Option<PartOfDay>,
    pub(super) stock_number: Option<String>,
}

/// The arguments of `book_appointment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Book {
    pub(super) kind: AppointmentKind,
    #[serde(serialize_with = "to_the_minute")]
    pub(super) starts_at: DateTime,
    pub(super) stock_number: Option<String>,
    pub(super) note: Option<String>,
}

/// The arguments of `reschedule_appointment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Reschedule {
    #[serde(serialize_with = "maybe_to_the_minute")]
    pub(super) current_starts_at: Option<DateTime>,
    #[serde(serialize_with = "to_the_minute")]
    pub(super) new_starts_at: DateTime,
}

/// The arguments of `cancel_appointment`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Cancel {
    #[serde(serialize_with = "maybe_to_the_minute")]
    pub(super) starts_at: Option<DateTime>,
    pub(super) reason: Option<String>,
}

/// The arguments of `update_customer_profile`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Profile {
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) preferred_channel: Option<&'static str>,
}

/// The arguments of `update_lead`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Lead {
    pub(super) interest: Option<String>,
    pub(super) stock_number: Option<String>,
    pub(super) trade_in: Option<String>,
    pub(super) timeframe: Option<String>,
    pub(super) note: Option<String>,
}

/// Why a human is needed, as `escalate_to_human` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Category {
    CustomerAsked,
    Finance,
    TradeIn,
    Pricing,
    Complaint,
    Safety,
    NotUnderstood,
    Other,
}

/// The arguments of `escalate_to_human`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Escalate {
    pub(super) category: Category,
    pub(super) summary: String,
}

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    Search(Box<Search>),
    Vehicle(String),
    Compare(Vec<String>),
    Dealership(DealershipInfo),
    ListSlots(ListSlots),
    MyAppointments,
    Book(Book),
    Reschedule(Reschedule),
    Cancel(Cancel),
    Profile(Profile),
    Lead(Lead),
    Escalate(Escalate),
}

impl Call {
    /// The name of the tool.
    pub(super) const fn tool(&self) -> &'static str {
        match self {
            Self::Search(_) => "search_inventory",
            Self::Vehicle(_) => "get_vehicle",
            Self::Compare(_) => "compare_vehicles",
            Self::Dealership(_) => "get_dealership_info",
            Self::ListSlots(_) => "list_appointment_slots",
            Self::MyAppointments => "list_my_appointments",
            Self::Book(_) => "book_appointment",
            Self::Reschedule(_) => "reschedule_appointment",
            Self::Cancel(_) => "cancel_appointment",
            Self::Profile(_) => "update_customer_profile",
            Self::Lead(_) => "update_lead",
            Self::Escalate(_) => "escalate_to_human",
        }
    }

    /// The arguments as JSON, every property present.
    fn plain_arguments(&self) -> Value {
        #[derive(Serialize)]
        struct One<'a> {
            stock_number: &'a str,
        }
        #[derive(Serialize)]
        struct Several<'a> {
            stock_numbers: &'a [String],
        }
        let value = match self {
            Self::Search(search) => serde_json::to_value(search),
            Self::Vehicle(stock) => serde_json::to_value(One { stock_number: stock }),
            Self::Compare(stocks) => serde_json::to_value(Several { stock_numbers: stocks }),
            Self::Dealership(info) => serde_json::to_value(info),
            Self::ListSlots(slots) => serde_json::to_value(slots),
            Self::MyAppointments => Ok(Value::Object(serde_json::Map::new())),
            Self::Book(book) => serde_json::to_value(book),
            Self::Reschedule(reschedule) => serde_json::to_value(reschedule),
            Self::Cancel(cancel) => serde_json::to_value(cancel),
            Self::Profile(profile) => serde_json::to_value(profile),
            Self::Lead(lead) => serde_json::to_value(lead),
            Self::Escalate(escalate) => serde_json::to_value(escalate),
        };
        // These types hold only texts, numbers and lists: writing them as JSON cannot fail.
        value.unwrap_or(Value::Null)
    }

    /// The arguments in the shape of the tool's own schema: a property this model has never heard
    /// of is null, one the tool does not have is left out.
    pub(super) fn arguments(&self, schema: &ToolSchema) -> Value {
        let mut arguments = self.plain_arguments();
        let properties = schema.parameters.get("properties").and_then(Value::as_object);
        if let (Some(object), Some(properties)) = (arguments.as_object_mut(), properties) {
            object.retain(|name, _| properties.contains_key(name));
            for name in properties.keys() {
                object.entry(name.clone()).or_insert(Value::Null);
            }
        }
        arguments
    }
}

fn to_the_minute<S: Serializer>(at: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.strftime("%Y-%m-%dT%H:%M"))
}

fn maybe_to_the_minute<S: Serializer>(at: &Option<DateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to_the_minute(at, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_take_the_shape_of_the_tools_own_schema() {
        let schema = ToolSchema {
            name: "cancel_appointment",
            description: "",
            parameters: json!({ "properties": { "starts_at": {}, "notify": {} } }),
        };
        let call = Call::Cancel(Cancel { starts_at: "2026-11-21T15:00".parse().ok(), reason: Some("ill".to_owned()) });
        assert_eq!(call.arguments(&schema), json!({ "starts_at": "2026-11-21T15:00", "notify": null }));
    }
}
