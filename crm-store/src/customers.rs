//! Customers: who a party is known to be, and what they said about themselves.

use forecourt_domain::{
    action::Channel,
    contact::{Assurance, ContactKind},
    ids::{ContactPointId, CustomerId, PartyId},
    search::terms,
};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{parse_opt, sql},
    search_terms::TermKind,
};

/// A customer of this dealership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub first_name: String,
    pub last_name: String,
    pub preferred_channel: Option<Channel>,
    pub version: i64,
}

/// What changes of a customer; `None` keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerPatch {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub preferred_channel: Option<Channel>,
}

/// What became of a contact point that somebody named as theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is new, and theirs with the assurance `claimed`.
    Added,
    AlreadyTheirs,
    /// Another party owns it. The one who named it must not learn that.
    SomebodyElses,
}

#[derive(sqlx::FromRow)]
struct CustomerRow {
    id: Uuid,
    first_name: String,
    last_name: String,
    preferred_channel: Option<String>,
    version: i64,
}

impl TryFrom<CustomerRow> for Customer {
    type Error = StoreError;

    fn try_from(row: CustomerRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: CustomerId(row.id),
            first_name: row.first_name,
            last_name: row.last_name,
            preferred_channel: parse_opt(row.preferred_channel.as_deref())?,
            version: row.version,
        })
    }
}

impl CrmTx {
    /// Locks a party until the transaction ends, so that it gets one customer and one lead only, and
    /// says which customer it is.
    pub async fn lock_party(&mut self, party_id: PartyId) -> Result<Option<CustomerId>, StoreError> {
        let tenant = self.tenant();
        let customer: Option<Option<Uuid>> = sqlx::query_scalar(
            "select customer_id from parties where dealership_id = $1 and id = $2 for no key update",
        )
        .bind(tenant)
        .bind(party_id.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(customer.ok_or(StoreError::NotFound("the party"))?.map(CustomerId))
    }

    /// One customer.
    pub async fn find_customer(&mut self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let tenant = self.tenant();
        let row: Option<CustomerRow> = sqlx::query_as(
            "select id, first_name, last_name, preferred_channel, version
             from customers where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        row.map(Customer::try_from).transpose()
    }

    /// Makes a customer of a party that was nobody yet; its leads and appointments become theirs.
    pub async fn insert_customer(
        &mut self,
        party_id: PartyId,
        first_name: &str,
        last_name: &str,
        preferred_channel: Option<Channel>,
    ) -> Result<Customer, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row: CustomerRow = sqlx::query_as(
            "insert into customers (dealership_id, id, first_name, last_name, preferred_channel, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $6)
             returning id, first_name, last_name, preferred_channel, version",
        )
        .bind(tenant)
        .bind(CustomerId::generate(now).0)
        .bind(first_name)
        .bind(last_name)
        .bind(preferred_channel.map(Channel::as_str))
        .bind(sql(now))
        .fetch_one(self.connection())
        .await?;
        let customer = Customer::try_from(row)?;
        self.link_party(party_id, customer.id).await?;
        self.index_customer(&customer).await?;
        Ok(customer)
    }

    async fn link_party(&mut self, party_id: PartyId, customer_id: CustomerId) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let linked = sqlx::query(
            "update parties set customer_id = $3 where dealership_id = $1 and id = $2 and customer_id is null",
        )
        .bind(tenant)
        .bind(party_id.0)
        .bind(customer_id.0)
        .execute(self.connection())
        .await?;
        if linked.rows_affected() == 0 {
            return Err(StoreError::Conflict("the party's customer"));
        }
        for statement in [
            "update leads set customer_id = $3, version = version + 1, updated_at = $4
             where dealership_id = $1 and party_id = $2 and customer_id is null",
            "update appointments set customer_id = $3, version = version + 1, updated_at = $4
             where dealership_id = $1 and party_id = $2 and customer_id is null",
        ] {
            sqlx::query(statement)
                .bind(tenant)
                .bind(party_id.0)
                .bind(customer_id.0)
                .bind(sql(now))
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Changes a customer; none if nothing differed.
    pub async fn update_customer(
        &mut self,
        id: CustomerId,
        patch: &CustomerPatch,
    ) -> Result<Option<Customer>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row: Option<CustomerRow> = sqlx::query_as(
            "update customers
             set first_name = coalesce($3, first_name), last_name = coalesce($4, last_name),
                 preferred_channel = coalesce($5, preferred_channel), updated_at = $6, version = version + 1
             where dealership_id = $1 and id = $2
               and (first_name, last_name, preferred_channel) is distinct from
                   (coalesce($3, first_name), coalesce($4, last_name), coalesce($5, preferred_channel))
             returning id, first_name, last_name, preferred_channel, version",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(&patch.first_name)
        .bind(&patch.last_name)
        .bind(patch.preferred_channel.map(Channel::as_str))
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let customer = Customer::try_from(row)?;
        self.index_customer(&customer).await?;
        Ok(Some(customer))
    }

    async fn index_customer(&mut self, customer: &Customer) -> Result<(), StoreError> {
        let words = terms(&format!("{} {}", customer.first_name, customer.last_name));
        self.replace_terms(TermKind::Customer, customer.id.0, &words).await
    }

    /// Keeps a contact point that the party named as theirs, unless another party owns it.
    pub async fn claim_contact_point(
        &mut self,
        party_id: PartyId,
        kind: ContactKind,
        value: &str,
    ) -> Result<Claim, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let added = sqlx::query(
            "insert into contact_points (dealership_id, id, party_id, kind, value, assurance, created_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict on constraint contact_points_value_key do nothing",
        )
        .bind(tenant)
        .bind(ContactPointId::generate(now).0)
        .bind(party_id.0)
        .bind(kind.as_str())
        .bind(value)
        .bind(Assurance::Claimed.as_str())
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if added.rows_affected() > 0 {
            return Ok(Claim::Added);
        }
        let owner: Option<Uuid> = sqlx::query_scalar(
            "select party_id from contact_points where dealership_id = $1 and kind = $2 and value = $3",
        )
        .bind(tenant)
        .bind(kind.as_str())
        .bind(value)
        .fetch_optional(self.connection())
        .await?;
        Ok(if owner == Some(party_id.0) { Claim::AlreadyTheirs } else { Claim::SomebodyElses })
    }
}
