//! Where a user works: found before a dealership is known, and told wherever their account changes.

use forecourt_domain::{
    ids::{DealershipId, UserId},
    scope::Scope,
    staff::Role,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
};

/// A dealership at which a user works now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    pub dealership_id: DealershipId,
    pub name: String,
    pub role: Role,
    pub suspended: bool,
}

impl Store {
    /// Begins a transaction about a user's account, inside one of the dealerships where they work or worked. None
    /// for somebody who never worked anywhere: such a user can do nothing.
    pub async fn begin_about(&self, user_id: UserId) -> Result<Option<CrmTx>, StoreError> {
        let first: Option<Uuid> = sqlx::query_scalar(
            "select dealership_id from workplaces where user_id = $1 order by dealership_id limit 1",
        )
        .bind(user_id.0)
        .fetch_optional(&self.pool)
        .await?;
        match first {
            Some(id) => Ok(Some(self.begin(Scope::of(DealershipId(id))).await?)),
            None => Ok(None),
        }
    }

    /// Where a user works now, by name.
    pub async fn load_workplaces(&self, user_id: UserId) -> Result<Vec<Workplace>, StoreError> {
        match self.begin_about(user_id).await? {
            Some(mut tx) => tx.load_workplaces(user_id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Enters everybody into the directory who worked somewhere before there was one.
    pub async fn complete_workplaces(&self) -> Result<(), StoreError> {
        for dealership in self.load_dealerships().await? {
            let mut tx = self.begin(Scope::of(dealership.id)).await?;
            let tenant = tx.tenant();
            sqlx::query(
                "insert into workplaces (user_id, dealership_id)
                 select user_id, dealership_id from assignments where dealership_id = $1 on conflict do nothing",
            )
            .bind(tenant)
            .execute(tx.connection())
            .await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl CrmTx {
    pub(crate) async fn note_workplace(&mut self, user_id: UserId) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query("insert into workplaces (user_id, dealership_id) values ($1, $2) on conflict do nothing")
            .bind(user_id.0)
            .bind(tenant)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// At how many dealerships a user works or worked.
    pub async fn count_workplaces(&mut self, user_id: UserId) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select count(*) from workplaces where user_id = $1")
            .bind(user_id.0)
            .fetch_one(self.connection())
            .await?)
    }

    /// Where a user works now, by name. Each dealership is asked itself.
    pub async fn load_workplaces(&mut self, user_id: UserId) -> Result<Vec<Workplace>, StoreError> {
        let rows: Vec<(Uuid, String, bool)> = sqlx::query_as(
            "select d.id, d.name, d.suspended_at is not null
             from workplaces w join dealerships d on d.id = w.dealership_id
             where w.user_id = $1 order by d.name, d.id",
        )
        .bind(user_id.0)
        .fetch_all(self.connection())
        .await?;
        let here = self.scope();
        let mut workplaces = Vec::with_capacity(rows.len());
        for (id, name, suspended) in rows {
            let dealership_id = DealershipId(id);
            self.enter(Scope::of(dealership_id)).await?;
            if let Some(role) = self.find_role(user_id).await? {
                workplaces.push(Workplace { dealership_id, name, role, suspended });
            }
        }
        self.enter(here).await?;
        Ok(workplaces)
    }

    /// Writes an entry about a user's account into the log of every dealership where they work now. Returns how
    /// many there are.
    pub async fn tell_workplaces(
        &mut self,
        user_id: UserId,
        actor: AuditActor,
        kind: AuditKind,
        details: &Value,
    ) -> Result<usize, StoreError> {
        let here = self.scope();
        let workplaces = self.load_workplaces(user_id).await?;
        for workplace in &workplaces {
            self.enter(Scope::of(workplace.dealership_id)).await?;
            self.append_audit(&[about_user(kind, actor, details.clone())]).await?;
        }
        self.enter(here).await?;
        Ok(workplaces.len())
    }

    /// Writes an entry about a user into the log of this dealership.
    pub async fn tell_here(&mut self, actor: AuditActor, kind: AuditKind, details: Value) -> Result<(), StoreError> {
        self.append_audit(&[about_user(kind, actor, details)]).await?;
        Ok(())
    }
}

fn about_user(kind: AuditKind, actor: AuditActor, details: Value) -> NewAuditEntry {
    NewAuditEntry { kind, actor, conversation_id: None, turn_id: None, details }
}
