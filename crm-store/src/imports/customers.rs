//! An imported customer: a person, the party they are, and how they can be reached.

use forecourt_domain::{
    action::Channel,
    contact::{Assurance, ContactKind},
    ids::{ContactPointId, CustomerId, PartyId, generate},
    search::terms,
};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{
    CrmTx, StoreError,
    rows::{sql, sql_opt},
    search_terms::TermKind,
};

/// A customer as another system knew them.
#[derive(Debug, Clone)]
pub struct ImportedCustomer {
    pub first_name: String,
    pub last_name: String,
    pub preferred_channel: Option<Channel>,
    pub tags: Vec<String>,
    pub contact_points: Vec<ImportedContactPoint>,
    pub created_at: Timestamp,
}

/// One address or number of an imported customer.
#[derive(Debug, Clone)]
pub struct ImportedContactPoint {
    pub kind: ContactKind,
    /// Normalised: E.164, or a lower-case address.
    pub value: String,
    pub assurance: Assurance,
    /// When they said stop, if they did: nothing is ever sent there again unless they take it back.
    pub opted_out_at: Option<Timestamp>,
}

/// Under which ids an imported customer is known from now on.
#[derive(Debug, Clone)]
pub struct ImportedParty {
    pub party_id: PartyId,
    pub customer_id: CustomerId,
    /// In the order of [`ImportedCustomer::contact_points`].
    pub contact_points: Vec<ContactPointId>,
}

impl CrmTx {
    /// Stores a customer with their party and contact points.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a contact point belongs to another party: the transaction is to
    /// be rolled back, or the two records are to be merged first.
    pub async fn import_customer(&mut self, imported: &ImportedCustomer) -> Result<ImportedParty, StoreError> {
        let (tenant, created_at) = (self.tenant(), imported.created_at);
        let customer_id = CustomerId::generate(created_at);
        let party_id = PartyId::generate(created_at);
        sqlx::query(
            "with customer as (
                 insert into customers (dealership_id, id, first_name, last_name, preferred_channel, tags, created_at,
                     updated_at)
                 values ($1, $2, $4, $5, $6, $7, $8, $8)
             )
             insert into parties (dealership_id, id, customer_id, created_at) values ($1, $3, $2, $8)",
        )
        .bind(tenant)
        .bind(customer_id.0)
        .bind(party_id.0)
        .bind(&imported.first_name)
        .bind(&imported.last_name)
        .bind(imported.preferred_channel.map(Channel::as_str))
        .bind(Json(&imported.tags))
        .bind(sql(created_at))
        .execute(self.connection())
        .await?;
        let words = terms(&format!("{} {}", imported.first_name, imported.last_name));
        self.replace_terms(TermKind::Customer, customer_id.0, &words).await?;
        let mut party = ImportedParty { party_id, customer_id, contact_points: Vec::new() };
        for point in &imported.contact_points {
            let id = self.import_contact_point(&party, point, created_at).await?;
            party.contact_points.push(id);
        }
        self.log_import("customer", customer_id.0).await?;
        Ok(party)
    }

    async fn import_contact_point(
        &mut self,
        party: &ImportedParty,
        point: &ImportedContactPoint,
        created_at: Timestamp,
    ) -> Result<ContactPointId, StoreError> {
        let (tenant, now, id) = (self.tenant(), self.now(), ContactPointId::generate(created_at));
        let added = sqlx::query(
            "insert into contact_points
                 (dealership_id, id, party_id, kind, value, assurance, opted_out_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint contact_points_value_key do nothing",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(party.party_id.0)
        .bind(point.kind.as_str())
        .bind(&point.value)
        .bind(point.assurance.as_str())
        .bind(sql_opt(point.opted_out_at))
        .bind(sql(created_at))
        .execute(self.connection())
        .await?;
        if added.rows_affected() == 0 {
            return Err(StoreError::Conflict("a contact point of another party"));
        }
        if let Some(opted_out_at) = point.opted_out_at {
            sqlx::query(
                "insert into consents (dealership_id, id, contact_point_id, customer_id, kind, source, occurred_at)
                 values ($1, $2, $3, $4, 'opt_out', 'import', $5)",
            )
            .bind(tenant)
            .bind(generate(now))
            .bind(id.0)
            .bind(party.customer_id.0)
            .bind(sql(opted_out_at))
            .execute(self.connection())
            .await?;
        }
        Ok(id)
    }
}
