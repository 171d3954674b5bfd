//! Vehicles in words.

use super::{
    super::{
        calls::Search,
        catalog::Rank,
        context::ToolFailure,
        intent::{Ask, Intent},
        lexicon,
        outputs::{Comparison, Found, OneVehicle, Vehicle},
        plan::{Outcome, Turn, parse},
    },
    Detail, listed, sentence,
};

/// What a search found; `alone` where the turn made no other one.
pub(super) fn found(found: &Found, search: &Search, alone: bool, detail: Detail) -> String {
    let lines: Vec<String> =
        found.vehicles.iter().take(detail.vehicles).map(|vehicle| line(vehicle, search, detail)).collect();
    if lines.is_empty() {
        return "I don't see a match in our inventory right now. Should I look for something similar?".to_owned();
    }
    if !found.exact {
        return format!("I don't see an exact match right now. The closest we have:\n{}.", lines.join("\n"));
    }
    match (lines.as_slice(), usize::try_from(found.total)) {
        ([only], Ok(1)) if alone => format!("Yes, we have one: {only}."),
        ([only], Ok(1)) => format!("We have one {only}."),
        (_, Ok(total)) if total > lines.len() => format!("We have {total}, for example:\n{}.", lines.join("\n")),
        _ => format!("We have:\n{}.", lines.join("\n")),
    }
}

/// `2021 Mazda CX-5 Touring, red, 41,250 miles, $26,990 (stock U1043)`.
fn line(vehicle: &Vehicle, search: &Search, detail: Detail) -> String {
    let mut parts = vec![label(vehicle)];
    if detail.whole {
        parts.extend(vehicle.exterior_color.as_deref().and_then(lexicon::color_group).map(str::to_owned));
        parts.extend(
            search
                .features
                .iter()
                .filter(|feature| vehicle.matched_features.contains(feature))
                .take(2)
                .map(|name| spoken(name)),
        );
    }
    parts.extend(vehicle.mileage.map(miles));
    parts.extend(vehicle.price.clone());
    let pending = if vehicle.status == "pending" { ", sale pending" } else { "" };
    format!("{} (stock {}){pending}", parts.join(", "), vehicle.stock_number)
}

/// `2021 Mazda CX-5 Touring`.
fn label(vehicle: &Vehicle) -> String {
    let year = vehicle.year.map(|year| year.to_string());
    let parts = [year, vehicle.make.clone(), vehicle.model.clone(), vehicle.trim.clone()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `41,250 miles`.
fn miles(count: i64) -> String {
    format!("{} miles", thousands(count))
}

fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What was asked of one vehicle.
pub(super) fn one(one: &OneVehicle, asks: &[Ask], detail: Detail) -> String {
    let Some(vehicle) = &one.vehicle else { return NOT_FOUND.to_owned() };
    let name = format!("the {} (stock {})", label(vehicle), vehicle.stock_number);
    if vehicle.status == "sold" {
        return format!("{} has been sold. Should I look for something similar?", sentence(&name));
    }
    let mut facts: Vec<String> = Vec::new();
    for ask in asks {
        for fact in answer(vehicle, ask, detail) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
    let mut text = format!("{} {}.", sentence(&name), listed(&facts, "and"));
    let told = asks.iter().any(|ask| matches!(ask, Ask::Availability | Ask::Details));
    if vehicle.status == "pending" && !told {
        text.push_str(" A sale is pending on it.");
    }
    text
}

const NOT_FOUND: &str =
    "I couldn't find that vehicle in our inventory. Could you check the stock number or tell me the year and model?";

/// The facts that answer one question, each to follow the vehicle's name.
fn answer(vehicle: &Vehicle, ask: &Ask, detail: Detail) -> Vec<String> {
    let known = |fact: Option<String>, what: &str| vec![fact.unwrap_or_else(|| format!("does not list its {what}"))];
    match ask {
        Ask::Availability => vec![availability(vehicle).to_owned()],
        Ask::Price => known(vehicle.price.as_ref().map(|price| format!("is listed at {price}")), "price"),
        Ask::Mileage => known(vehicle.mileage.map(|count| format!("has {}", miles(count))), "mileage"),
        Ask::Color => known(vehicle.exterior_color.as_ref().map(|color| format!("is {color} outside")), "color"),
        Ask::Interior => {
            let color = vehicle.interior_color.as_ref().map(|color| format!("has a {} interior", color.to_lowercase()));
            let leather = vehicle
                .features
                .iter()
                .any(|feature| feature == "leather seats")
                .then(|| "has leather seats".to_owned());
            known(color, "interior").into_iter().chain(leather).collect()
        }
        Ask::Vin => known(vehicle.vin.as_ref().map(|vin| format!("has the VIN {vin}")), "VIN"),
        Ask::Trim => known(vehicle.trim.as_ref().map(|trim| format!("is the {trim} trim")), "trim"),
        Ask::Year => known(vehicle.year.map(|year| format!("is a {year}")), "year"),
        Ask::Drivetrain => known(vehicle.drivetrain.as_deref().map(drivetrain), "drivetrain"),
        Ask::Transmission => known(vehicle.transmission.as_deref().map(transmission), "transmission"),
        Ask::Fuel => known(vehicle.fuel.as_deref().map(fuel), "fuel"),
        Ask::Condition => known(vehicle.condition.as_deref().map(condition), "condition"),
        Ask::Features => vec![features(vehicle)],
        Ask::Feature(name) => {
            let has = vehicle.features.iter().any(|feature| feature == name);
            vec![if has { format!("has {}", spoken(name)) } else { format!("does not list {}", spoken(name)) }]
        }
        Ask::Details => details(vehicle, detail),
    }
}

fn details(vehicle: &Vehicle, detail: Detail) -> Vec<String> {
    let mut facts = vec![availability(vehicle).to_owned()];
    facts.extend(vehicle.price.as_ref().map(|price| format!("is listed at {price}")));
    facts.extend(vehicle.mileage.map(|count| format!("has {}", miles(count))));
    if detail.whole {
        facts.extend(vehicle.exterior_color.as_ref().map(|color| format!("is {color} outside")));
        if !vehicle.features.is_empty() {
            facts.push(features(vehicle));
        }
    }
    facts
}

fn availability(vehicle: &Vehicle) -> &'static str {
    match vehicle.status.as_str() {
        "available" => "is available",
        "pending" => "has a sale pending",
        _ => "is not on our lot",
    }
}

/// A few features that customers ask for most, else the first listed.
fn features(vehicle: &Vehicle) -> String {
    const SOUGHT: &[&str] = &[
        "third row seating",
        "sunroof",
        "leather seats",
        "heated seats",
        "apple carplay",
        "tow package",
        "navigation",
        "blind spot monitor",
        "adaptive cruise control",
        "remote start",
        "backup camera",
        "bluetooth",
    ];
    let has = |name: &&&str| vehicle.features.iter().any(|feature| feature == **name);
    let mut named: Vec<String> = SOUGHT.iter().filter(has).take(5).map(|name| spoken(name)).collect();
    if named.is_empty() {
        named = vehicle.features.iter().take(5).map(|name| spoken(name)).collect();
    }
    if named.is_empty() {
        "does not list its features".to_owned()
    } else {
        format!("comes with {}", listed(&named, "and"))
    }
}

/// A feature's name inside a sentence: `a sunroof`, `Apple CarPlay`, `heated seats`.
fn spoken(name: &str) -> String {
    const COUNTED: &[&str] = &[
        "backup camera",
        "bed liner",
        "blind spot monitor",
        "head-up display",
        "heat pump",
        "heated steering wheel",
        "limited slip differential",
        "memory seat",
        "off road package",
        "power driver seat",
        "power liftgate",
        "removable roof",
        "soft top",
        "sunroof",
        "surround view camera",
        "tow package",
    ];
    const PROPER: &[(&str, &str)] = &[
        ("apple carplay", "Apple CarPlay"),
        ("android auto", "Android Auto"),
        ("bluetooth", "Bluetooth"),
        ("led ", "LED "),
        ("dc ", "DC "),
    ];
    let spelled = PROPER.iter().fold(name.to_owned(), |name, (plain, proper)| name.replace(plain, proper));
    match (COUNTED.contains(&name), name.starts_with(['a', 'e', 'i', 'o', 'u'])) {
        (false, _) => spelled,
        (true, false) => format!("a {spelled}"),
        (true, true) => format!("an {spelled}"),
    }
}

fn drivetrain(value: &str) -> String {
    match value {
        "awd" => "has all-wheel drive".to_owned(),
        "fwd" => "has front-wheel drive".to_owned(),
        "rwd" => "has rear-wheel drive".to_owned(),
        "4wd" => "has four-wheel drive".to_owned(),
        other => format!("has {other}"),
    }
}

fn transmission(value: &str) -> String {
    match value {
        "automatic" => "has an automatic transmission".to_owned(),
        "cvt" => "has a CVT automatic transmission".to_owned(),
        other => format!("has a {other} transmission"),
    }
}

fn fuel(value: &str) -> String {
    match value {
        "hybrid" => "is a hybrid".to_owned(),
        "plug_in_hybrid" => "is a plug-in hybrid".to_owned(),
        "electric" => "is fully electric".to_owned(),
        "gasoline" => "runs on gasoline".to_owned(),
        other => format!("runs on {other}"),
    }
}

fn condition(value: &str) -> String {
    match value {
        "certified" => "is certified pre-owned".to_owned(),
        other => format!("is {other}"),
    }
}

/// Several vehicles side by side.
pub(super) fn compared(compared: &Comparison, by: Option<Rank>, asks: &[Ask], detail: Detail) -> String {
    let vehicles = &compared.vehicles;
    if vehicles.is_empty() {
        return NOT_FOUND.to_owned();
    }
    let own: Vec<&Ask> = asks.iter().filter(|ask| !matches!(ask, Ask::Price | Ask::Mileage | Ask::Details)).collect();
    if !own.is_empty() {
        let each = vehicles.iter().map(|vehicle| {
            let facts: Vec<String> = own.iter().flat_map(|ask| answer(vehicle, ask, detail)).collect();
            format!("The {} (stock {}) {}.", label(vehicle), vehicle.stock_number, listed(&facts, "and"))
        });
        return each.collect::<Vec<_>>().join("\n");
    }
    if let Some(best) = by.and_then(|rank| first_by(compared, rank)) {
        return best;
    }
    let each: Vec<String> =
        vehicles.iter().map(|vehicle| line(vehicle, &Search::default(), Detail { whole: false, ..detail })).collect();
    let mut text = format!("{}.", each.join("\n"));
    if let [_, _] = vehicles.as_slice() {
        text.push_str(&spread(compared));
    }
    text
}

/// By how much two vehicles differ.
fn spread(compared: &Comparison) -> String {
    let named = |stock: &Option<String>| {
        compared.vehicles.iter().find(|vehicle| Some(&vehicle.stock_number) == stock.as_ref()).map(short)
    };
    let mut text = String::new();
    if let (Some(name), Some(by)) = (named(&compared.cheapest), &compared.price_spread) {
        text.push_str(&format!(" The {name} is {by} less."));
    }
    if let (Some(name), Some(by)) = (named(&compared.lowest_mileage), compared.mileage_spread.filter(|by| *by > 0)) {
        text.push_str(&format!(" The {name} has {} fewer.", miles(by)));
    }
    text
}

fn short(vehicle: &Vehicle) -> String {
    vehicle.model.clone().unwrap_or_else(|| vehicle.stock_number.clone())
}

/// The vehicle that comes first by `rank`, in words.
fn first_by(compared: &Comparison, rank: Rank) -> Option<String> {
    let by_stock =
        |stock: &Option<String>| compared.vehicles.iter().find(|vehicle| Some(&vehicle.stock_number) == stock.as_ref());
    let (vehicle, what) = match rank {
        Rank::Cheapest => (by_stock(&compared.cheapest)?, "has the lowest price"),
        Rank::LowestMileage => (by_stock(&compared.lowest_mileage)?, "has the lowest mileage"),
        Rank::Newest => (compared.vehicles.iter().max_by_key(|vehicle| vehicle.year)?, "is the newest"),
        Rank::Oldest => (
            compared.vehicles.iter().filter(|vehicle| vehicle.year.is_some()).min_by_key(|vehicle| vehicle.year)?,
            "is the oldest",
        ),
        Rank::HighestMileage => {
            (compared.vehicles.iter().max_by_key(|vehicle| vehicle.mileage)?, "has the highest mileage")
        }
        // Prices are texts here; which is highest is not ours to work out.
        Rank::Priciest => return None,
    };
    let mut facts: Vec<String> = Vec::new();
    facts.extend(vehicle.price.clone());
    facts.extend(vehicle.mileage.map(miles));
    Some(format!("The {} (stock {}) {what}: {}.", label(vehicle), vehicle.stock_number, facts.join(", ")))
}

/// What is said when a look-up was refused.
pub(super) fn refused(intent: &Intent, failure: &ToolFailure) -> Option<String> {
    let lookup = matches!(intent, Intent::Vehicle { .. } | Intent::Compare { .. } | Intent::Search(_));
    (lookup && failure.code == "not_found").then(|| NOT_FOUND.to_owned())
}

/// The question that follows vehicles that were shown.
pub(super) fn closing(turn: &Turn<'_>, intent: &Intent) -> Option<&'static str> {
    let books = turn.intents.iter().any(|intent| matches!(intent, Intent::Slots(_) | Intent::Reschedule { .. }));
    let Outcome::Done(output) = turn.outcome(&turn.call(intent)?) else { return None };
    let shown = match intent {
        Intent::Search(_) => parse::<Found>(output).map(|found| found.vehicles),
        Intent::Vehicle { .. } => parse::<OneVehicle>(output).map(|one| one.vehicle.into_iter().collect()),
        _ => None,
    }?;
    let booked = turn.intents.iter().any(|intent| matches!(intent, Intent::Book(_)) && turn.call(intent).is_some());
    match shown.as_slice() {
        _ if books || booked => None,
        [] => None,
        [_] => Some("Would you like to come see it?"),
        _ => Some("Would you like to come see one of them?"),
    }
}
