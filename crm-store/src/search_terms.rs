//! The words by which records are found: one B-tree, equality only.

use uuid::Uuid;

use crate::{CrmTx, StoreError};

/// What a term leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    Customer,
    Message,
    Vehicle,
}

impl TermKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Message => "message",
            Self::Vehicle => "vehicle",
        }
    }
}

impl CrmTx {
    /// Makes `terms` the words by which a record is found, and no others.
    pub async fn replace_terms(&mut self, kind: TermKind, subject: Uuid, terms: &[String]) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "delete from search_terms
             where dealership_id = $1 and kind = $2 and subject_id = $3 and not term = any($4)",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(subject)
        .bind(terms)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "insert into search_terms (dealership_id, kind, subject_id, term)
             select $1, $2, $3, term from unnest($4::text[]) as term on conflict do nothing",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(subject)
        .bind(terms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Which records have which of `terms`.
    pub async fn load_term_hits(
        &mut self,
        kind: TermKind,
        terms: &[String],
    ) -> Result<Vec<(String, Uuid)>, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_as(
            "select term, subject_id from search_terms where dealership_id = $1 and term = any($2) and kind = $3",
        )
        .bind(tenant)
        .bind(terms)
        .bind(kind.as_str())
        .fetch_all(self.connection())
        .await?)
    }
}
