//! Making vehicles and answers findable: terms and vectors, for what changed since the last time.

use std::collections::HashMap;

use forecourt_crm_store::{
    Store, StoreError,
    embeddings::{EmbeddedKind, Embedding, content_hash},
    vehicles::Vehicle,
};
use forecourt_domain::{
    scope::Scope,
    search::{fold, terms},
};
use uuid::Uuid;

use crate::{
    embedder::{EmbedError, Embedder},
    features::canonical,
};

/// How many texts are embedded in one call.
const BATCH: u16 = 64;

/// Why indexing stopped. What was indexed before stays; the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Embed(#[from] EmbedError),
}

/// The words by which a vehicle is found: those of its facts, and what they count as.
#[must_use]
pub fn vehicle_terms(vehicle: &Vehicle) -> Vec<String> {
    let mut found = terms(&vehicle.search_text());
    found.push(fold(&vehicle.model));
    found.push(fold(&vehicle.trim));
    found.extend(found.clone().iter().map(|term| canonical(term)));
    found.retain(|term| !term.is_empty());
    found.sort_unstable();
    found.dedup();
    found
}

/// Indexes every vehicle whose facts changed since `embedder`'s model last saw them, and says how many.
/// No transaction is open while texts are embedded.
pub async fn index_vehicles(store: &Store, scope: Scope, embedder: &dyn Embedder) -> Result<usize, IndexError> {
    let known = content_hashes(store, scope, EmbeddedKind::Vehicle, embedder).await?;
    let (mut after, mut indexed) = (None, 0);
    loop {
        let mut tx = store.begin(scope).await?;
        let mut vehicles = tx.load_vehicles_after(after, BATCH).await?;
        tx.commit().await?;
        let Some(last) = vehicles.last() else { return Ok(indexed) };
        after = Some(last.id);
        vehicles.retain(|vehicle| is_new(&known, vehicle.id.0, &vehicle.search_text()));
        let texts: Vec<String> = vehicles.iter().map(Vehicle::search_text).collect();
        let embeddings = embed(embedder, &texts).await?;
        let mut tx = store.begin(scope).await?;
        for (vehicle, embedding) in vehicles.iter().zip(&embeddings) {
            tx.index_vehicle(vehicle, &vehicle_terms(vehicle), embedding).await?;
        }
        tx.commit().await?;
        indexed += vehicles.len();
    }
}

/// Indexes every answer that changed since `embedder`'s model last saw it, and says how many.
pub async fn index_knowledge(store: &Store, scope: Scope, embedder: &dyn Embedder) -> Result<usize, IndexError> {
    let known = content_hashes(store, scope, EmbeddedKind::Knowledge, embedder).await?;
    let mut tx = store.begin(scope).await?;
    let mut entries = tx.load_knowledge().await?;
    tx.commit().await?;
    entries.retain(|entry| is_new(&known, entry.id.0, &entry.search_text()));
    for batch in entries.chunks(BATCH.into()) {
        let texts: Vec<String> = batch.iter().map(|entry| entry.search_text()).collect();
        let embeddings = embed(embedder, &texts).await?;
        let mut tx = store.begin(scope).await?;
        for ((entry, text), embedding) in batch.iter().zip(&texts).zip(&embeddings) {
            tx.put_embedding(EmbeddedKind::Knowledge, entry.id.0, content_hash(text), embedding).await?;
        }
        tx.commit().await?;
    }
    Ok(entries.len())
}

async fn content_hashes(
    store: &Store,
    scope: Scope,
    kind: EmbeddedKind,
    embedder: &dyn Embedder,
) -> Result<HashMap<Uuid, Vec<u8>>, StoreError> {
    let mut tx = store.begin(scope).await?;
    let known = tx.load_content_hashes(kind, embedder.model()).await?;
    tx.commit().await?;
    Ok(known)
}

fn is_new(known: &HashMap<Uuid, Vec<u8>>, id: Uuid, text: &str) -> bool {
    known.get(&id).is_none_or(|hash| hash[..] != content_hash(text)[..])
}

/// One vector for each text, all of the promised length.
async fn embed(embedder: &dyn Embedder, texts: &[String]) -> Result<Vec<Embedding>, EmbedError> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let vectors = embedder.embed(texts).await?;
    if vectors.len() != texts.len() || vectors.iter().any(|vector| vector.len() != embedder.dimensions()) {
        return Err(EmbedError::Malformed("not one vector of the right length for each text".to_owned()));
    }
    let model = embedder.model().to_owned();
    Ok(vectors.into_iter().map(|vector| Embedding { model: model.clone(), vector }).collect())
}
