//! Leads: what somebody wants to buy, who works on it and how it moved.

use forecourt_domain::{
    ids::{CustomerId, LeadId, PartyId, UserId, VehicleId, generate},
    lead::{LeadSource, LeadStatus},
};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{parse, sql},
};

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    pub id: LeadId,
    pub party_id: PartyId,
    pub customer_id: Option<CustomerId>,
    pub status: LeadStatus,
    pub source: LeadSource,
    pub owner_user_id: Option<UserId>,
    pub vehicle_id: Option<VehicleId>,
    pub interest: Option<String>,
    pub trade_in: Option<String>,
    pub timeframe: Option<String>,
    pub note: Option<String>,
    pub version: i64,
}

/// What changes of a lead; `None` keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadPatch {
    pub interest: Option<String>,
    pub vehicle_id: Option<VehicleId>,
    pub trade_in: Option<String>,
    pub timeframe: Option<String>,
    pub note: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LeadRow {
    id: Uuid,
    party_id: Uuid,
    customer_id: Option<Uuid>,
    status: String,
    source: String,
    owner_user_id: Option<Uuid>,
    vehicle_id: Option<Uuid>,
    interest: Option<String>,
    trade_in: Option<String>,
    timeframe: Option<String>,
    note: Option<String>,
    version: i64,
}

impl TryFrom<LeadRow> for Lead {
    type Error = StoreError;

    fn try_from(row: LeadRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: LeadId(row.id),
            party_id: PartyId(row.party_id),
            customer_id: row.customer_id.map(CustomerId),
            status: parse(&row.status)?,
            source: parse(&row.source)?,
            owner_user_id: row.owner_user_id.map(UserId),
            vehicle_id: row.vehicle_id.map(VehicleId),
            interest: row.interest,
            trade_in: row.trade_in,
            timeframe: row.timeframe,
            note: row.note,
            version: row.version,
        })
    }
}

impl CrmTx {
    /// The lead of a party (or of the customer it is) that somebody still works on, the latest first
    /// if there are several. It stays locked until the transaction ends.
    pub async fn find_open_lead(
        &mut self,
        party_id: PartyId,
        customer_id: Option<CustomerId>,
    ) -> Result<Option<Lead>, StoreError> {
        let tenant = self.tenant();
        let row: Option<LeadRow> = sqlx::query_as(
            "select id, party_id, customer_id, status, source, owner_user_id, vehicle_id, interest, trade_in, timeframe,
                 note, version
             from leads
             where dealership_id = $1
               and party_id = any (array(select id from parties where dealership_id = $1 and (id = $2 or customer_id = $3)))
               and not status in ('won', 'lost', 'duplicate')
             order by id desc limit 1
             for no key update",
        )
        .bind(tenant)
        .bind(party_id.0)
        .bind(customer_id.map(|id| id.0))
        .fetch_optional(self.connection())
        .await?;
        row.map(Lead::try_from).transpose()
    }

    /// Makes a new lead.
    pub async fn insert_lead(
        &mut self,
        party_id: PartyId,
        customer_id: Option<CustomerId>,
        source: LeadSource,
        owner_user_id: Option<UserId>,
    ) -> Result<Lead, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row: LeadRow = sqlx::query_as(
            "with made as (
                 insert into leads (dealership_id, id, party_id, customer_id, status, source, owner_user_id, created_at,
                     updated_at)
                 values ($1, $2, $3, $4, 'new', $5, $6, $7, $7)
                 returning id, party_id, customer_id, status, source, owner_user_id, vehicle_id, interest, trade_in,
                     timeframe, note, version
             ), moved as (
                 insert into lead_status_audit (dealership_id, id, lead_id, to_status, reason, changed_at)
                 select $1, $8, id, status, 'created', $7 from made
             )
             select * from made",
        )
        .bind(tenant)
        .bind(LeadId::generate(now).0)
        .bind(party_id.0)
        .bind(customer_id.map(|id| id.0))
        .bind(source.as_str())
        .bind(owner_user_id.map(|id| id.0))
        .bind(sql(now))
        .bind(generate(now))
        .fetch_one(self.connection())
        .await?;
        Lead::try_from(row)
    }

    /// Changes a lead; none if nothing differed.
    pub async fn update_lead(&mut self, id: LeadId, patch: &LeadPatch) -> Result<Option<Lead>, StoreError> {
        if *patch == LeadPatch::default() {
            return Ok(None);
        }
        let (tenant, now) = (self.tenant(), self.now());
        let row: Option<LeadRow> = sqlx::query_as(
            "update leads
             set interest = coalesce($3, interest), vehicle_id = coalesce($4, vehicle_id),
                 trade_in = coalesce($5, trade_in), timeframe = coalesce($6, timeframe), note = coalesce($7, note),
                 updated_at = $8, version = version + 1
             where dealership_id = $1 and id = $2
               and (interest, vehicle_id, trade_in, timeframe, note) is distinct from
                   (coalesce($3, interest), coalesce($4, vehicle_id), coalesce($5, trade_in), coalesce($6, timeframe),
                    coalesce($7, note))
             returning id, party_id, customer_id, status, source, owner_user_id, vehicle_id, interest, trade_in,
                 timeframe, note, version",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(&patch.interest)
        .bind(patch.vehicle_id.map(|id| id.0))
        .bind(&patch.trade_in)
        .bind(&patch.timeframe)
        .bind(&patch.note)
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        row.map(Lead::try_from).transpose()
    }

    /// Moves a lead to another status and keeps how it moved. `changed_by` is none for the assistant.
    pub async fn move_lead(
        &mut self,
        lead: &Lead,
        to: LeadStatus,
        changed_by: Option<UserId>,
        reason: &str,
    ) -> Result<Lead, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row: Option<LeadRow> = sqlx::query_as(
            "with changed as (
                 update leads set status = $4, updated_at = $5, version = version + 1
                 where dealership_id = $1 and id = $2 and version = $3
                 returning id, party_id, customer_id, status, source, owner_user_id, vehicle_id, interest, trade_in,
                     timeframe, note, version
             ), moved as (
                 insert into lead_status_audit
                     (dealership_id, id, lead_id, from_status, to_status, changed_by, reason, changed_at)
                 select $1, $6, id, $7, status, $8, $9, $5 from changed
             )
             select * from changed",
        )
        .bind(tenant)
        .bind(lead.id.0)
        .bind(lead.version)
        .bind(to.as_str())
        .bind(sql(now))
        .bind(generate(now))
        .bind(lead.status.as_str())
        .bind(changed_by.map(|id| id.0))
        .bind(reason)
        .fetch_optional(self.connection())
        .await?;
        Lead::try_from(row.ok_or(StoreError::Conflict("the lead"))?)
    }
}
