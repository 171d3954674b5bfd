//! Groups, dealerships and people, and which dealership a webhook belongs to.

use forecourt_domain::{
    contact::EmailAddress,
    ids::{DealershipId, GroupId, IntegrationId, UserId},
    scope::Scope,
};
use uuid::Uuid;

use super::founding::FoundedIn;
use crate::{Store, StoreError, rows::sql};

/// A dealership as the directory knows it.
#[derive(Debug, Clone)]
pub struct DealershipEntry {
    pub id: DealershipId,
    pub group_id: GroupId,
    pub group_name: String,
    pub name: String,
    pub suspended: bool,
}

impl Store {
    /// Makes a group with one dealership in it.
    pub async fn insert_dealership(&self, group_name: &str, name: &str) -> Result<DealershipEntry, StoreError> {
        let (entry, tx) = self.begin_founding(FoundedIn::NewGroup(group_name), name).await?;
        tx.commit().await?;
        Ok(entry)
    }

    /// Every dealership, oldest first.
    pub async fn load_dealerships(&self) -> Result<Vec<DealershipEntry>, StoreError> {
        let rows: Vec<(Uuid, Uuid, String, String, bool)> = sqlx::query_as(
            "select d.id, g.id, g.name, d.name, d.suspended_at is not null
             from dealerships d join dealer_groups g on g.id = d.group_id order by d.id",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, group_id, group_name, name, suspended)| DealershipEntry {
                id: DealershipId(id),
                group_id: GroupId(group_id),
                group_name,
                name,
                suspended,
            })
            .collect())
    }

    /// The user with this e-mail address, made if there is none.
    pub async fn find_or_insert_user(
        &self,
        email: &EmailAddress,
        first_name: &str,
        last_name: &str,
    ) -> Result<UserId, StoreError> {
        let mut connection = self.pool.acquire().await?;
        super::founding::find_or_insert_user(&mut connection, self.now(), email, first_name, last_name).await
    }

    /// The user with this e-mail address, unless disabled.
    pub async fn find_user(&self, email: &EmailAddress) -> Result<Option<UserId>, StoreError> {
        Ok(sqlx::query_scalar("select id from users where email = $1 and disabled_at is null")
            .bind(email.as_str())
            .fetch_optional(&self.pool)
            .await?
            .map(UserId))
    }

    /// The dealership that the webhook of `integration_id` belongs to.
    pub async fn find_webhook_scope(&self, integration_id: IntegrationId) -> Result<Option<Scope>, StoreError> {
        Ok(sqlx::query_scalar("select dealership_id from webhook_directory where integration_id = $1")
            .bind(integration_id.0)
            .fetch_optional(&self.pool)
            .await?
            .map(|id| Scope::of(DealershipId(id))))
    }

    /// Stores the body of a prompt version, once.
    pub async fn keep_prompt_body(&self, hash: &str, body: &str) -> Result<(), StoreError> {
        sqlx::query("insert into prompt_bodies (hash, body, created_at) values ($1, $2, $3) on conflict do nothing")
            .bind(hash)
            .bind(body)
            .bind(sql(self.now()))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
