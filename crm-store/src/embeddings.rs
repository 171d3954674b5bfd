//! Vectors of vehicles and knowledge: a query names one model, and one dealership is scanned exactly.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{CrmTx, StoreError, keys::sha256};

/// What a vector stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddedKind {
    Vehicle,
    Knowledge,
}

impl EmbeddedKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Vehicle => "vehicle",
            Self::Knowledge => "knowledge",
        }
    }
}

/// A vector of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The model that made it; vectors of different models are never compared.
    pub model: String,
    pub vector: Vec<f32>,
}

/// Names the text that was embedded: the same text needs no new vector.
#[must_use]
pub fn content_hash(text: &str) -> [u8; 32] {
    sha256(text.as_bytes())
}

impl CrmTx {
    /// Stores the vector of a record, made from the text that `content_hash` names.
    pub async fn put_embedding(
        &mut self,
        kind: EmbeddedKind,
        subject: Uuid,
        content_hash: [u8; 32],
        embedding: &Embedding,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "insert into embeddings (dealership_id, subject_kind, subject_id, model, content_hash, v)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (dealership_id, subject_kind, model, subject_id) do update
             set content_hash = excluded.content_hash, v = excluded.v",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(subject)
        .bind(&embedding.model)
        .bind(&content_hash[..])
        .bind(pgvector::Vector::from(embedding.vector.clone()))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The content hash of every record of a kind that `model` has embedded.
    pub async fn load_content_hashes(
        &mut self,
        kind: EmbeddedKind,
        model: &str,
    ) -> Result<HashMap<Uuid, Vec<u8>>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(
            "select subject_id, content_hash from embeddings
             where dealership_id = $1 and subject_kind = $2 and model = $3",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(model)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// How near each of `subjects` is to `query`: the cosine, 1 for the same direction. A record that
    /// the query's model has not embedded in the query's dimensions is left out.
    pub async fn load_similarities(
        &mut self,
        kind: EmbeddedKind,
        query: &Embedding,
        subjects: &[Uuid],
    ) -> Result<HashMap<Uuid, f64>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, Option<f64>)> = sqlx::query_as(
            "select subject_id, case when vector_dims(v) = $5 then 1 - (v <=> $6) end
             from embeddings
             where dealership_id = $1 and subject_kind = $2 and model = $3 and subject_id = any($4)",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(&query.model)
        .bind(subjects)
        .bind(i32::try_from(query.vector.len()).unwrap_or(i32::MAX))
        .bind(pgvector::Vector::from(query.vector.clone()))
        .fetch_all(self.connection())
        .await?;
        // The cosine of a zero vector is not a number.
        Ok(rows
            .into_iter()
            .filter_map(|(id, similarity)| similarity.filter(|cosine| cosine.is_finite()).map(|cosine| (id, cosine)))
            .collect())
    }
}
