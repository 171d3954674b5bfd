//! Questions that customers ask often, with the dealership's own answers.

use forecourt_domain::ids::KnowledgeEntryId;
use uuid::Uuid;

use crate::{CrmTx, StoreError};

/// A question and the dealership's answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeEntry {
    pub id: KnowledgeEntryId,
    pub topic: String,
    pub question: String,
    pub answer: String,
    pub version: i64,
}

impl KnowledgeEntry {
    /// Everything it is found by.
    #[must_use]
    pub fn search_text(&self) -> String {
        format!("{}: {} {}", self.topic, self.question, self.answer)
    }
}

impl CrmTx {
    /// Stores an answer.
    pub async fn insert_knowledge_entry(
        &mut self,
        topic: &str,
        question: &str,
        answer: &str,
    ) -> Result<KnowledgeEntryId, StoreError> {
        let (tenant, id) = (self.tenant(), KnowledgeEntryId::generate(self.now()));
        sqlx::query(
            "insert into knowledge_entries (dealership_id, id, topic, question, answer) values ($1, $2, $3, $4, $5)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(topic)
        .bind(question)
        .bind(answer)
        .execute(self.connection())
        .await?;
        Ok(id)
    }

    /// Every answer of this dealership: a few dozen, not thousands.
    pub async fn load_knowledge(&mut self) -> Result<Vec<KnowledgeEntry>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, String, String, String, i64)> = sqlx::query_as(
            "select id, topic, question, answer, version from knowledge_entries where dealership_id = $1 order by id",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, topic, question, answer, version)| KnowledgeEntry {
                id: KnowledgeEntryId(id),
                topic,
                question,
                answer,
                version,
            })
            .collect())
    }
}
