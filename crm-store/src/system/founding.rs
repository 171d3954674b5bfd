//! Founding a dealership: its directory rows, people and webhooks, in one transaction with its first
//! records, so that nothing half-made is ever seen.

use forecourt_domain::{
    contact::EmailAddress,
    ids::{DealershipId, GroupId, IntegrationId, UserId},
    scope::Scope,
};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::directory::DealershipEntry;
use crate::{CrmTx, Store, StoreError, rows::sql};

/// The group that a new dealership belongs to.
#[derive(Debug, Clone, Copy)]
pub enum FoundedIn<'a> {
    /// One of this name, made with it.
    NewGroup(&'a str),
    /// One that is there, with its switch as it stands.
    Group(GroupId),
}

impl Store {
    /// Begins the transaction that makes a dealership. Until it commits, neither it nor a new group exists.
    ///
    /// # Errors
    /// Not found where the group is to be there and is not.
    pub async fn begin_founding(
        &self,
        group: FoundedIn<'_>,
        name: &str,
    ) -> Result<(DealershipEntry, CrmTx), StoreError> {
        let now = self.now();
        let id = DealershipId::generate(now);
        let mut tx = self.begin(Scope::of(id)).await?;
        let (group_id, group_name) = match group {
            FoundedIn::NewGroup(name) => (tx.insert_group(name).await?, name.to_owned()),
            FoundedIn::Group(id) => (id, tx.find_group_name(id).await?.ok_or(StoreError::NotFound("the group"))?),
        };
        sqlx::query("insert into dealerships (id, group_id, name, created_at) values ($1, $2, $3, $4)")
            .bind(id.0)
            .bind(group_id.0)
            .bind(name)
            .bind(sql(now))
            .execute(tx.connection())
            .await?;
        Ok((DealershipEntry { id, group_id, group_name, name: name.to_owned(), suspended: false }, tx))
    }
}

impl CrmTx {
    async fn insert_group(&mut self, name: &str) -> Result<GroupId, StoreError> {
        let now = self.now();
        let id = GroupId::generate(now);
        sqlx::query("insert into dealer_groups (id, name, created_at) values ($1, $2, $3)")
            .bind(id.0)
            .bind(name)
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        sqlx::query("insert into group_switches (group_id) values ($1)").bind(id.0).execute(self.connection()).await?;
        Ok(id)
    }

    async fn find_group_name(&mut self, id: GroupId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select name from dealer_groups where id = $1")
            .bind(id.0)
            .fetch_optional(self.connection())
            .await?)
    }

    /// The user with this e-mail address, made if there is none.
    pub async fn find_or_insert_user(
        &mut self,
        email: &EmailAddress,
        first_name: &str,
        last_name: &str,
    ) -> Result<UserId, StoreError> {
        let now = self.now();
        find_or_insert_user(self.connection(), now, email, first_name, last_name).await
    }

    /// Makes the webhook of an integration of this dealership findable.
    pub(crate) async fn insert_webhook(&mut self, integration_id: IntegrationId) -> Result<(), StoreError> {
        let tenant = self.scope().dealership_id().0;
        sqlx::query("insert into webhook_directory (integration_id, dealership_id) values ($1, $2)")
            .bind(integration_id.0)
            .bind(tenant)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Claims the loading of the demo dealership, once in an instance: with this transaction it counts
    /// as loaded. False when it has been; who asks at the same time waits for the answer.
    pub async fn claim_demo(&mut self) -> Result<bool, StoreError> {
        let now = self.now();
        let claimed = sqlx::query("update instance_settings set demo_loaded_at = $1 where demo_loaded_at is null")
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        Ok(claimed.rows_affected() == 1)
    }
}

pub(super) async fn find_or_insert_user(
    connection: &mut PgConnection,
    now: Timestamp,
    email: &EmailAddress,
    first_name: &str,
    last_name: &str,
) -> Result<UserId, StoreError> {
    let id: Uuid = sqlx::query_scalar(
        "insert into users (id, email, first_name, last_name, created_at) values ($1, $2, $3, $4, $5)
         on conflict on constraint users_email_key do update set email = excluded.email
         returning id",
    )
    .bind(UserId::generate(now).0)
    .bind(email.as_str())
    .bind(first_name)
    .bind(last_name)
    .bind(sql(now))
    .fetch_one(connection)
    .await?;
    Ok(UserId(id))
}
