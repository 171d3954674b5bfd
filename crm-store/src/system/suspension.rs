//! Suspending a dealership: nobody signs in there and its assistant is silent, and its data is kept.

use serde_json::json;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind},
    rows::sql_opt,
};

impl CrmTx {
    /// Suspends this dealership or lets it work again. False when it was so already.
    pub async fn set_suspended(&mut self, suspended: bool) -> Result<bool, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let changed =
            sqlx::query("update dealerships set suspended_at = $2 where id = $1 and (suspended_at is not null) <> $3")
                .bind(tenant)
                .bind(sql_opt(suspended.then_some(now)))
                .bind(suspended)
                .execute(self.connection())
                .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let kind = if suspended { AuditKind::DealershipSuspended } else { AuditKind::DealershipResumed };
        self.tell_here(AuditActor::System, kind, json!({})).await?;
        Ok(true)
    }
}
