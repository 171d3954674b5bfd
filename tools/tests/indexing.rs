//! Vehicles are indexed when their facts change, and found by words when no vector can be had.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod common;

use std::sync::Arc;

use async_trait::async_trait;
use common::{World, vehicle};
use forecourt_crm_store::vehicle_import::VehicleRecord;
use forecourt_tools::{
    EmbedError, Embedder, HashedNgrams,
    indexing::{IndexError, index_vehicles},
};
use serde_json::json;

/// An embedding server that is down, or answers too little.
enum Broken {
    Down,
    OneVectorShort,
}

#[async_trait]
impl Embedder for Broken {
    fn model(&self) -> &str {
        "broken"
    }

    fn dimensions(&self) -> usize {
        2
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        match self {
            Self::Down => Err(EmbedError::Unavailable("503".to_owned())),
            Self::OneVectorShort => Ok(vec![vec![1.0, 0.0]; texts.len() - 1]),
        }
    }
}

#[tokio::test]
async fn only_what_changed_is_indexed_again() {
    let world = World::create().await;
    let (store, scope) = (&world.store, world.scope);
    world.add_vehicles(scope, &[vehicle("U1043"), vehicle("U1050")]).await;
    assert_eq!(index_vehicles(store, scope, &HashedNgrams).await.unwrap(), 0);
    for (record, indexed) in [
        (VehicleRecord { price_minor: Some(1_999_900), ..vehicle("U1043") }, 0),
        (VehicleRecord { features: vec!["Sunroof".to_owned()], ..vehicle("U1043") }, 1),
    ] {
        let mut tx = store.begin(scope).await.unwrap();
        tx.upsert_vehicle(&record).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(index_vehicles(store, scope, &HashedNgrams).await.unwrap(), indexed);
    }
}

#[tokio::test]
async fn more_vehicles_than_one_batch_are_all_indexed() {
    let world = World::create().await;
    let many: Vec<VehicleRecord> = (0..150).map(|number| vehicle(&format!("U{number:04}"))).collect();
    world.add_vehicles(world.scope, &many).await;
    let indexed = "select count(distinct subject_id)::text from embeddings union all
                   select count(distinct subject_id)::text from search_terms";
    assert_eq!(world.texts(world.scope, indexed).await, ["150", "150"]);
}

#[tokio::test]
async fn a_broken_embedding_server_stops_indexing_and_not_searching() {
    let world = World::create().await;
    world.add_vehicles(world.scope, &[vehicle("U1043")]).await;
    let down = index_vehicles(&world.store, world.scope, &Broken::Down).await;
    assert!(matches!(down, Err(IndexError::Embed(EmbedError::Unavailable(_)))));
    let short = index_vehicles(&world.store, world.scope, &Broken::OneVectorShort).await;
    assert!(matches!(short, Err(IndexError::Embed(EmbedError::Malformed(_)))));
    let ann = world.add_texter(world.scope, "+17205550199").await;
    let asked = json!({"query": "red mazda with heated seats"});
    for broken in [Broken::Down, Broken::OneVectorShort] {
        let done = world.try_call_with(Arc::new(broken), world.scope, &ann, "search_inventory", asked.clone()).await;
        assert_eq!(done.unwrap().output["total"], 1);
    }
}
