//! Searching, reading and comparing vehicles on a real database.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod common;

use common::{World, facts, vehicle};
use forecourt_crm_store::vehicle_import::VehicleRecord;
use forecourt_domain::{
    evidence::{Evidence, EvidenceClass, Fact, SourceKind},
    money::{Currency, Money},
    vehicle::{Body, Condition, Drivetrain, Fuel, VehicleStatus},
};
use serde_json::{Value, json};

/// A lot with a little of everything.
fn lot() -> Vec<VehicleRecord> {
    let car = |stock: &str, make: &str, model: &str, trim: &str, body: Body, price: i64| VehicleRecord {
        make: make.to_owned(),
        model: model.to_owned(),
        trim: trim.to_owned(),
        body: Some(body),
        price_minor: Some(price * 100),
        ..vehicle(stock)
    };
    let of = |color: &str, features: &[&str], record: VehicleRecord| VehicleRecord {
        exterior_color: color.to_owned(),
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        ..record
    };
    vec![
        of("Soul Red", &["Heated Front Seats", "Apple CarPlay"], vehicle("U1043")),
        of("Jet Black", &["Apple CarPlay"], car("U1050", "Mazda", "CX-5", "Signature", Body::Suv, 33_500)),
        of("Machine Gray", &["3rd Row Seating"], car("U1060", "Mazda", "CX-9", "Touring", Body::Suv, 36_200)),
        of("Super White", &["Backup Camera"], car("U1070", "Toyota", "RAV4", "XLE", Body::Suv, 27_400)),
        of("Midnight Black", &["Leather Seats"], car("U1080", "Toyota", "Camry", "SE", Body::Sedan, 24_900)),
        VehicleRecord {
            drivetrain: Some(Drivetrain::FourWd),
            ..of("Summit White", &["Tow Hitch"], car("T200", "Chevrolet", "Silverado 1500", "LT", Body::Truck, 41_900))
        },
        of("Oxford White", &[], car("T210", "Ford", "F-150", "XLT", Body::Truck, 42_995)),
        VehicleRecord {
            condition: Condition::New,
            year: 2027,
            mileage: Some(8),
            fuel: Some(Fuel::Hybrid),
            ..of("Blue Flame", &["Sunroof"], car("N300", "Kia", "Sportage", "EX", Body::Suv, 35_100))
        },
        VehicleRecord {
            price_minor: None,
            ..of("Lunar Silver", &[], car("U1090", "Honda", "Accord", "EX-L", Body::Sedan, 0))
        },
        VehicleRecord { status: VehicleStatus::Sold, ..car("U1100", "Honda", "Civic", "EX", Body::Sedan, 18_000) },
        VehicleRecord {
            status: VehicleStatus::Pending,
            ..of("Autumn Green", &[], car("U1110", "Subaru", "Outback", "Premium", Body::Wagon, 26_000))
        },
    ]
}

async fn world() -> World {
    let world = World::create().await;
    world.add_vehicles(world.scope, &lot()).await;
    world
}

fn stocks(output: &Value) -> String {
    let shown = output["vehicles"].as_array().unwrap().iter();
    shown.map(|vehicle| vehicle["stock_number"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_search_shows_what_fits_and_says_whether_it_fits() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (asked, exact, total, shown) in [
        // However a model is written.
        (json!({"model": "CX5"}), true, 2, "U1043 U1050"),
        (json!({"model": "cx 5"}), true, 2, "U1043 U1050"),
        (json!({"make": "mazda", "model": "Mazda CX-5"}), true, 2, "U1043 U1050"),
        (json!({"model": "cx-5 signature"}), true, 1, "U1050"),
        (json!({"model": "rav 4"}), true, 1, "U1070"),
        (json!({"model": "silverado"}), true, 1, "T200"),
        (json!({"model": "silverdo"}), true, 1, "T200"),
        (json!({"make": "chevy"}), true, 1, "T200"),
        (json!({"model": "f150"}), true, 1, "T210"),
        (json!({"make": "toyta"}), true, 2, "U1080 U1070"),
        // A figure is no typing error.
        (json!({"make": "Ford", "model": "F-250"}), false, 0, "T210"),
        // Facts and limits.
        (json!({"body": "suv", "price_max": 30000}), true, 2, "U1070 U1043"),
        (json!({"body": "suv", "price_max": 30000, "sort": "price_high"}), true, 2, "U1043 U1070"),
        (json!({"body": "suv", "sort": "newest", "limit": 1}), true, 5, "N300"),
        (json!({"condition": "new"}), true, 1, "N300"),
        (json!({"drivetrain": "4wd"}), true, 1, "T200"),
        (json!({"fuel": "hybrid"}), true, 1, "N300"),
        (json!({"color": "grey"}), true, 1, "U1060"),
        (json!({"body": "suv", "color": "black"}), true, 1, "U1050"),
        (json!({"features": ["third row"]}), true, 1, "U1060"),
        (json!({"features": ["heated seats", "carplay"]}), true, 1, "U1043"),
        (json!({"year_min": 2026}), true, 1, "N300"),
        (json!({"mileage_max": 1000}), true, 1, "N300"),
        // A vehicle without a price is shown, but meets no limit on it.
        (json!({"model": "accord"}), true, 1, "U1090"),
        (json!({"body": "sedan", "price_max": 99000}), true, 1, "U1080"),
        // What has been reserved comes last, and what is sold not at all.
        (json!({"body": "wagon"}), true, 1, "U1110"),
        (json!({"model": "civic"}), false, 0, ""),
        // Free words.
        (json!({"query": "mazda cx5"}), true, 2, "U1050 U1043"),
        (json!({"query": "suv with third row"}), true, 1, "U1060"),
        (json!({"query": "black mazda"}), true, 1, "U1050"),
        (json!({"query": "pickup truck under $45k"}), true, 2, "T200 T210"),
        (json!({"query": "outbak"}), true, 1, "U1110"),
        (json!({"query": "helicopter"}), false, 0, ""),
        (json!({"query": "red ferrari"}), false, 0, "U1043"),
        // Near misses: taste is given up before use, use before kind, and the make last.
        (json!({"model": "CX-5", "color": "green"}), false, 0, "U1043 U1050"),
        (json!({"model": "CX-5", "features": ["third row", "heated seats"]}), false, 0, "U1043 U1050"),
        (json!({"body": "truck", "price_max": 40000}), false, 0, "T200 T210"),
        (json!({"body": "truck", "price_max": 30000}), false, 0, "T200 T210"),
        (json!({"price_max": 5000}), false, 0, ""),
        (json!({"make": "Mazda", "body": "truck"}), false, 0, "U1043 U1050 U1060"),
        (json!({"make": "Ferrari"}), false, 0, ""),
    ] {
        let done = world.call(&ann, "search_inventory", asked.clone()).await;
        let output = &done.output;
        assert_eq!((&output["exact"], &output["total"]), (&json!(exact), &json!(total)), "{asked}: {output}");
        assert_eq!(stocks(output), shown, "{asked}");
    }
}

#[tokio::test]
async fn everything_is_asked_for_when_nothing_is() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let done = world.call(&ann, "search_inventory", json!({"limit": 5})).await;
    assert_eq!((&done.output["total"], &done.output["exact"]), (&json!(10), &json!(true)));
    assert_eq!(stocks(&done.output), "U1080 U1070 U1043 U1050 N300");
}

#[tokio::test]
async fn a_vehicle_is_shown_with_evidence_for_every_figure() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let found = world.call(&ann, "search_inventory", json!({"model": "cx5", "features": ["heated seats"]})).await;
    let detail = world.call(&ann, "get_vehicle", json!({"stock_number": "u1043"})).await;
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("search", found.output) });
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!("detail", detail.output) });
    for evidence in [&found.evidence, &detail.evidence] {
        assert_eq!(facts(evidence, "price"), [&Fact::Money(Money::from_minor(2_899_000, Currency::Usd))]);
        assert_eq!(facts(evidence, "mileage"), [&Fact::Mileage(41_250)]);
        assert_eq!(facts(evidence, "year"), [&Fact::Year(2021)]);
        assert_eq!(facts(evidence, "model"), [&Fact::Name("CX-5".to_owned())]);
        assert_eq!(facts(evidence, "in_stock"), [&Fact::InStock(true)]);
        assert_eq!(facts(evidence, "stock_number"), [&Fact::Identifier("U1043".to_owned())]);
    }
    assert_eq!(facts(&found.evidence, "matching_vehicles"), [&Fact::Count(1)]);
    assert_eq!(facts(&detail.evidence, "vin").len(), 1);
    let of_vehicle = |piece: &&Evidence| piece.source.kind == SourceKind::Vehicle;
    for piece in detail.evidence.iter().filter(of_vehicle) {
        assert_eq!((piece.class, piece.source.version), (EvidenceClass::Tool, 1));
        assert_eq!(piece.source.label, "stock=U1043");
    }
}

#[tokio::test]
async fn no_tool_ever_shows_what_a_vehicle_cost() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (tool, asked) in [
        ("search_inventory", json!({"limit": 5})),
        ("get_vehicle", json!({"stock_number": "U1043"})),
        ("compare_vehicles", json!({"stock_numbers": ["U1043", "U1050"]})),
    ] {
        let done = world.call(&ann, tool, asked).await;
        let told = format!("{} {:?}", done.output, done.evidence);
        for cost in ["2411100", "24,111", "24111", "cost"] {
            assert!(!told.contains(cost), "{tool} told {cost}: {told}");
        }
    }
}

#[tokio::test]
async fn a_vehicle_is_found_by_stock_number_or_vin_however_it_is_written() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let vin = common::vin_for("U1043").to_lowercase();
    for number in ["U1043", " u1043 ", &vin] {
        let done = world.call(&ann, "get_vehicle", json!({"stock_number": number})).await;
        assert_eq!(done.output["vehicle"]["stock_number"], "U1043", "{number}");
    }
    let sold = world.call(&ann, "get_vehicle", json!({"stock_number": "U1100"})).await;
    assert_eq!(
        (&sold.output["vehicle"]["status"], &sold.output["vehicle"]["in_stock"]),
        (&json!("sold"), &json!(false))
    );
    assert_eq!(facts(&sold.evidence, "in_stock"), [&Fact::InStock(false)]);
    let none = world.call(&ann, "get_vehicle", json!({"stock_number": "U9999"})).await;
    assert_eq!((none.output, none.evidence.len()), (json!({"vehicle": null}), 0));
}

#[tokio::test]
async fn a_comparison_works_the_differences_out() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let done = world.call(&ann, "compare_vehicles", json!({"stock_numbers": ["U1050", "u1043"]})).await;
    assert_eq!(stocks(&done.output), "U1050 U1043");
    assert_eq!((&done.output["cheapest"], &done.output["price_spread"]), (&json!("U1043"), &json!("$4,510")));
    assert_eq!((&done.output["lowest_mileage"], &done.output["mileage_spread"]), (&json!("U1050"), &json!(0)));
    let spread = Fact::Money(Money::from_minor(451_000, Currency::Usd));
    assert_eq!(facts(&done.evidence, "price_spread"), [&spread, &spread], "it rests on both vehicles");

    let unpriced = world.call(&ann, "compare_vehicles", json!({"stock_numbers": ["U1090", "U1043"]})).await;
    assert_eq!((&unpriced.output["cheapest"], &unpriced.output["price_spread"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_comparison_needs_two_to_four_vehicles_that_exist() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (numbers, error) in [
        (json!(["U1043"]), "bad_arguments"),
        (json!(["U1043", "u1043"]), "bad_arguments"),
        (json!(["U1043", "U1050", "U1060", "U1070", "U1080"]), "bad_arguments"),
        (json!(["U1043", "U9999"]), "not_found"),
    ] {
        let told = world.refused(&ann, "compare_vehicles", json!({"stock_numbers": numbers})).await;
        assert_eq!(told["error"], error, "{numbers}");
    }
}

#[tokio::test]
async fn a_limit_that_cannot_be_meant_is_answered_with_what_can() {
    let world = world().await;
    let ann = world.add_texter(world.scope, "+17205550199").await;
    for (asked, field) in [
        (json!({"limit": 6}), "limit"),
        (json!({"limit": 0}), "limit"),
        (json!({"price_max": -1}), "price_max"),
        (json!({"price_min": 30000, "price_max": 20000}), "price_min"),
        (json!({"year_min": 21}), "year_min"),
        (json!({"features": vec!["sunroof"; 9]}), "features"),
    ] {
        let told = world.refused(&ann, "search_inventory", asked.clone()).await;
        assert_eq!((&told["error"], &told["field"]), (&json!("bad_arguments"), &json!(field)), "{asked}");
    }
}
