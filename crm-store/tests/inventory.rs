//! Storing vehicles: by stock number, changed only when something differs, found by their index.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, Store,
    embeddings::{EmbeddedKind, Embedding},
    keys::Keys,
    search_terms::TermKind,
    testing::TestDatabase,
    vehicle_import::{Upserted, VehicleRecord},
};
use forecourt_domain::{
    clock::ManualClock,
    money::Currency,
    scope::Scope,
    vehicle::{Condition, VehicleStatus},
};

async fn store() -> (TestDatabase, Store, Scope) {
    let database = TestDatabase::create().await;
    let keys = Keys::derive(&secrecy::SecretString::from("k".repeat(32))).unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-20T21:05:00Z".parse().unwrap()));
    let store = Store::new(database.app.clone(), keys, clock);
    let scope = Scope::of(store.insert_dealership("Group", "Northgate").await.unwrap().id);
    (database, store, scope)
}

fn record(stock_number: &str, vin: &str) -> VehicleRecord {
    VehicleRecord {
        stock_number: stock_number.to_owned(),
        vin: vin.parse().unwrap(),
        condition: Condition::Used,
        year: 2021,
        make: "Mazda".to_owned(),
        model: "CX-5".to_owned(),
        trim: String::new(),
        body: None,
        drivetrain: None,
        fuel: None,
        transmission: None,
        exterior_color: String::new(),
        interior_color: String::new(),
        mileage: None,
        currency: Currency::Usd,
        price_minor: None,
        cost_minor: None,
        status: VehicleStatus::Available,
        features: Vec::new(),
        description: String::new(),
        drawing: None,
    }
}

const VIN_A: &str = "1M8GDM9AXKP042788";
const VIN_B: &str = "11111111111111111";

async fn versions(tx: &mut CrmTx, stock_number: &str) -> Option<i64> {
    tx.find_vehicle(stock_number).await.unwrap().map(|vehicle| vehicle.version)
}

#[tokio::test]
async fn a_version_grows_only_when_something_differs() {
    let (_database, store, scope) = store().await;
    let mut tx = store.begin(scope).await.unwrap();
    let first = record("u1043", VIN_A);
    let Upserted::Inserted(id) = tx.upsert_vehicle(&first).await.unwrap() else { panic!() };
    assert_eq!(tx.upsert_vehicle(&first).await.unwrap(), Upserted::Unchanged(id));
    assert_eq!(versions(&mut tx, "U1043").await, Some(1));
    for (changed, version) in [
        (VehicleRecord { price_minor: Some(2_899_000), ..first.clone() }, 2),
        (VehicleRecord { features: vec!["Sunroof".to_owned()], ..first.clone() }, 3),
        (VehicleRecord { cost_minor: Some(1), ..first.clone() }, 4),
        (VehicleRecord { status: VehicleStatus::Sold, ..first.clone() }, 5),
    ] {
        assert_eq!(tx.upsert_vehicle(&changed).await.unwrap(), Upserted::Changed(id));
        assert_eq!(versions(&mut tx, "U1043").await, Some(version));
    }
}

#[tokio::test]
async fn a_known_vin_under_a_new_stock_number_is_the_same_car() {
    let (_database, store, scope) = store().await;
    let mut tx = store.begin(scope).await.unwrap();
    let Upserted::Inserted(id) = tx.upsert_vehicle(&record("U1", VIN_A)).await.unwrap() else { panic!() };
    assert_eq!(tx.upsert_vehicle(&record("U2", VIN_A)).await.unwrap(), Upserted::Changed(id));
    assert_eq!((versions(&mut tx, "U1").await, versions(&mut tx, "U2").await), (None, Some(2)));
    // Two cars that a feed mixed up: neither is written.
    tx.upsert_vehicle(&record("U3", VIN_B)).await.unwrap();
    let mixed = tx.upsert_vehicle(&record("U3", VIN_A)).await.unwrap();
    assert_eq!(mixed, Upserted::VinTaken { stock_number: "U2".to_owned() });
    assert_eq!(tx.find_vehicle("U3").await.unwrap().unwrap().vin, VIN_B);
}

#[tokio::test]
async fn what_the_feed_did_not_say_stays_unknown() {
    let (_database, store, scope) = store().await;
    let mut tx = store.begin(scope).await.unwrap();
    tx.upsert_vehicle(&record("U1", VIN_A)).await.unwrap();
    let vehicle = tx.find_vehicle("U1").await.unwrap().unwrap();
    assert_eq!((vehicle.body, vehicle.mileage, vehicle.price), (None, None, None));
    assert_eq!(vehicle.title(), "2021 Mazda CX-5");
}

#[tokio::test]
async fn a_vehicle_is_found_by_its_terms_and_near_its_vector_only() {
    let (_database, store, scope) = store().await;
    let mut tx = store.begin(scope).await.unwrap();
    let Upserted::Inserted(id) = tx.upsert_vehicle(&record("U1", VIN_A)).await.unwrap() else { panic!() };
    let vehicle = tx.find_vehicle("U1").await.unwrap().unwrap();
    let embedding = |model: &str, vector: &[f32]| Embedding { model: model.to_owned(), vector: vector.to_owned() };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    tx.index_vehicle(&vehicle, &words(&["mazda", "red"]), &embedding("a", &[1.0, 0.0])).await.unwrap();
    tx.index_vehicle(&vehicle, &words(&["mazda", "cx5"]), &embedding("a", &[0.6, 0.8])).await.unwrap();
    let hits = tx.load_term_hits(TermKind::Vehicle, &words(&["red", "cx5", "mazda"])).await.unwrap();
    let mut terms: Vec<&str> = hits.iter().map(|(term, _)| term.as_str()).collect();
    terms.sort_unstable();
    assert_eq!(terms, ["cx5", "mazda"], "indexed again, it has its new words only");
    assert!(tx.load_term_hits(TermKind::Customer, &words(&["mazda"])).await.unwrap().is_empty());
    let mut nearness = async |query: Embedding| {
        tx.load_similarities(EmbeddedKind::Vehicle, &query, &[id.0]).await.unwrap().get(&id.0).copied()
    };
    assert!((nearness(embedding("a", &[1.0, 0.0])).await.unwrap() - 0.6).abs() < 1e-6);
    assert_eq!(nearness(embedding("b", &[1.0, 0.0])).await, None, "another model's vectors are not compared");
    assert_eq!(nearness(embedding("a", &[1.0, 0.0, 0.0])).await, None, "nor are those of other dimensions");
    assert_eq!(nearness(embedding("a", &[0.0, 0.0])).await, None, "nothing is near nothing");
}

#[tokio::test]
async fn the_same_stock_number_is_another_car_at_another_dealership() {
    let (_database, store, scope) = store().await;
    let other = Scope::of(store.insert_dealership("Group", "Southgate").await.unwrap().id);
    for here in [scope, other] {
        let mut tx = store.begin(here).await.unwrap();
        assert!(matches!(tx.upsert_vehicle(&record("U1", VIN_A)).await.unwrap(), Upserted::Inserted(_)));
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin(other).await.unwrap();
    assert_eq!(tx.load_vehicles_after(None, 10).await.unwrap().len(), 1);
}
