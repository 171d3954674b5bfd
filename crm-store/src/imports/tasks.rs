//! An imported task: open or done, whenever it was or is due.

use forecourt_domain::{
    ids::{CustomerId, TaskId, UserId},
    task::{TaskKind, TaskStatus},
};
use jiff::Timestamp;

use crate::{CrmTx, StoreError, rows::sql};

/// A task as another system knew it.
#[derive(Debug, Clone)]
pub struct ImportedTask {
    pub customer_id: Option<CustomerId>,
    pub owner_user_id: Option<UserId>,
    pub kind: TaskKind,
    pub title: String,
    pub due_at: Timestamp,
    pub status: TaskStatus,
    pub created_at: Timestamp,
}

impl CrmTx {
    /// Stores a task.
    pub async fn import_task(&mut self, imported: &ImportedTask) -> Result<TaskId, StoreError> {
        let (tenant, id) = (self.tenant(), TaskId::generate(imported.created_at));
        sqlx::query(
            "insert into tasks (dealership_id, id, customer_id, owner_user_id, kind, title, due_at, status, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(imported.customer_id.map(|id| id.0))
        .bind(imported.owner_user_id.map(|id| id.0))
        .bind(imported.kind.as_str())
        .bind(&imported.title)
        .bind(sql(imported.due_at))
        .bind(imported.status.as_str())
        .bind(sql(imported.created_at))
        .execute(self.connection())
        .await?;
        self.log_import("task", id.0).await?;
        Ok(id)
    }
}
