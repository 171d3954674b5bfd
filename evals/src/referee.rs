//! An observer inside a test's database: it notes what was cut at the very commit of an attempt or an
//! effect, and what was in flight at the commit of a cut. It asks nothing of the code under test.

use forecourt_crm_store::testing::TestDatabase;
use sqlx::{Executor, PgPool};
use uuid::Uuid;

/// An attempt or an effect of the assistant that committed although something had been cut.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Foul {
    pub dealership_id: Uuid,
    pub conversation_id: Uuid,
    /// The kind of the message, or the tool.
    pub what: String,
    pub cuts: Vec<String>,
}

/// A cut, and the messages whose attempts had no outcome when it committed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Cut {
    pub id: i64,
    pub cut: String,
    pub dealership_id: Uuid,
    /// None for a switch above the conversation.
    pub conversation_id: Option<Uuid>,
    /// The reason that was given for a switch.
    pub reason: Option<String>,
    pub in_flight: Vec<Uuid>,
}

/// Puts the observer into a database that is migrated and not used yet.
///
/// # Errors
/// When the database refuses.
pub async fn appoint(database: &TestDatabase) -> sqlx::Result<()> {
    database.owner.execute(include_str!("referee.sql")).await.map(drop)
}

/// Every attempt that committed after a cut.
///
/// # Errors
/// When the database fails.
pub async fn late_attempts(pool: &PgPool) -> sqlx::Result<Vec<Foul>> {
    sqlx::query_as("select dealership_id, conversation_id, kind as what, cuts from referee_attempts where cuts <> '{}'")
        .fetch_all(pool)
        .await
}

/// Every change of a record that committed after a cut.
///
/// # Errors
/// When the database fails.
pub async fn late_effects(pool: &PgPool) -> sqlx::Result<Vec<Foul>> {
    sqlx::query_as("select dealership_id, conversation_id, tool as what, cuts from referee_effects where cuts <> '{}'")
        .fetch_all(pool)
        .await
}

/// How many attempts were watched.
///
/// # Errors
/// When the database fails.
pub async fn count_attempts(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from referee_attempts").fetch_one(pool).await
}

/// Every cut, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub async fn cuts(pool: &PgPool) -> sqlx::Result<Vec<Cut>> {
    sqlx::query_as("select id, cut, dealership_id, conversation_id, reason, in_flight from referee_cuts order by id")
        .fetch_all(pool)
        .await
}
