//! The seam to embeddings: texts become vectors, near each other when the texts are.

use async_trait::async_trait;
use forecourt_crm_store::embeddings::Embedding;

/// How embedding can fail. No text is part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    #[error("the embedding server is unavailable ({0})")]
    Unavailable(String),
    #[error("the embedding server's answer could not be read ({0})")]
    Malformed(String),
}

/// Makes vectors.
#[async_trait]
pub trait Embedder: Send + Sync + 'static {
    /// The name under which vectors are stored; vectors of different models are never compared.
    fn model(&self) -> &str;

    /// How many numbers a vector has.
    fn dimensions(&self) -> usize;

    /// The cosine from which two texts are about the same thing.
    fn related_from(&self) -> f64 {
        0.45
    }

    /// One vector for each text, in order.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// A question as a vector, and what nearness means for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryVector {
    pub embedding: Embedding,
    pub related_from: f64,
}

/// The vector of a question. Without one the words alone decide, so a failing server costs nothing but
/// a line in the log.
pub(crate) async fn embed_query(embedder: &dyn Embedder, text: Option<&str>) -> Option<QueryVector> {
    let text = text?.to_owned();
    match embedder.embed(&[text]).await {
        Ok(vectors) => vectors.into_iter().next().map(|vector| QueryVector {
            embedding: Embedding { model: embedder.model().to_owned(), vector },
            related_from: embedder.related_from(),
        }),
        Err(error) => {
            tracing::warn!(%error, model = embedder.model(), "searching by words alone");
            None
        }
    }
}
