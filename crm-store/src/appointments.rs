//! Appointments: booked, moved and cancelled together with the quarter hours they occupy.

use forecourt_domain::{
    appointment::{AppointmentKind, AppointmentStatus},
    ids::{AppointmentId, CustomerId, DepartmentId, LeadId, PartyId, UserId, VehicleId},
};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{parse, sql},
    slots::{Resource, occupy, occupy_instead},
};

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    pub id: AppointmentId,
    pub party_id: PartyId,
    pub customer_id: Option<CustomerId>,
    pub lead_id: Option<LeadId>,
    pub vehicle_id: Option<VehicleId>,
    pub kind: AppointmentKind,
    pub status: AppointmentStatus,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub department_id: DepartmentId,
    pub with_user_id: Option<UserId>,
    pub version: i64,
}

/// Who put an appointment into the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookedBy {
    Assistant,
    User,
    Import,
}

impl BookedBy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::User => "user",
            Self::Import => "import",
        }
    }
}

/// An appointment that is about to be booked.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    pub party_id: PartyId,
    pub customer_id: Option<CustomerId>,
    pub lead_id: Option<LeadId>,
    pub vehicle_id: Option<VehicleId>,
    pub kind: AppointmentKind,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub department_id: DepartmentId,
    pub with_user_id: Option<UserId>,
    pub note: Option<String>,
    pub booked_by: BookedBy,
}

/// When a member of staff is expected by a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffTime {
    pub user_id: UserId,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct AppointmentRow {
    id: Uuid,
    party_id: Uuid,
    customer_id: Option<Uuid>,
    lead_id: Option<Uuid>,
    vehicle_id: Option<Uuid>,
    kind: String,
    status: String,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    department_id: Uuid,
    with_user_id: Option<Uuid>,
    version: i64,
}

impl TryFrom<AppointmentRow> for Appointment {
    type Error = StoreError;

    fn try_from(row: AppointmentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: AppointmentId(row.id),
            party_id: PartyId(row.party_id),
            customer_id: row.customer_id.map(CustomerId),
            lead_id: row.lead_id.map(LeadId),
            vehicle_id: row.vehicle_id.map(VehicleId),
            kind: parse(&row.kind)?,
            status: parse(&row.status)?,
            starts_at: row.starts_at.to_jiff(),
            ends_at: row.ends_at.to_jiff(),
            department_id: DepartmentId(row.department_id),
            with_user_id: row.with_user_id.map(UserId),
            version: row.version,
        })
    }
}

impl CrmTx {
    /// The appointments of a party (and of the customer it is) that are still to come after `from`,
    /// the next one first.
    pub async fn load_open_appointments(
        &mut self,
        party_id: PartyId,
        customer_id: Option<CustomerId>,
        from: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        let tenant = self.tenant();
        // A party has a handful of appointments and a dealership's days have hundreds: the sum keeps the
        // index by time out of it, which a planner without statistics takes.
        let rows: Vec<AppointmentRow> = sqlx::query_as(
            "select id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
                 with_user_id, version
             from appointments
             where dealership_id = $1
               and party_id = any (array(select id from parties where dealership_id = $1 and (id = $2 or customer_id = $3)))
               and starts_at + interval '0' >= $4 and status in ('scheduled', 'confirmed')
             order by starts_at, id",
        )
        .bind(tenant)
        .bind(party_id.0)
        .bind(customer_id.map(|id| id.0))
        .bind(sql(from))
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(Appointment::try_from).collect()
    }

    /// Those of some appointments that there are, whatever became of them, in any order.
    pub async fn load_appointments_by_id(&mut self, ids: &[AppointmentId]) -> Result<Vec<Appointment>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<AppointmentRow> = sqlx::query_as(
            "select id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
                 with_user_id, version
             from appointments where dealership_id = $1 and id = any($2)",
        )
        .bind(tenant)
        .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(Appointment::try_from).collect()
    }

    /// When members of staff are expected by customers, from `from` until `until`.
    pub async fn load_staff_times(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<StaffTime>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "select with_user_id, starts_at, ends_at from appointments
             where dealership_id = $1 and starts_at >= $2 and starts_at < $3
               and status in ('scheduled', 'confirmed') and with_user_id is not null",
        )
        .bind(tenant)
        .bind(sql(from))
        .bind(sql(until))
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(user_id, starts_at, ends_at)| StaffTime {
                user_id: UserId(user_id),
                starts_at: starts_at.to_jiff(),
                ends_at: ends_at.to_jiff(),
            })
            .collect())
    }

    /// Books an appointment and what it occupies; none, and nothing written, if that is taken.
    pub async fn book_appointment(
        &mut self,
        new: &NewAppointment,
        resources: &[Resource],
    ) -> Result<Option<Appointment>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let mut savepoint = self.connection().begin().await?;
        let booked = insert_appointment(&mut savepoint, tenant, now, new).await?;
        if !occupy(&mut savepoint, tenant, booked.id, resources, new.starts_at, new.ends_at).await? {
            savepoint.rollback().await?;
            return Ok(None);
        }
        savepoint.commit().await?;
        Ok(Some(booked))
    }

    /// Says which lead an appointment belongs to that was booked before there was one.
    pub async fn attach_lead(&mut self, appointment: &Appointment, lead_id: LeadId) -> Result<Appointment, StoreError> {
        let tenant = self.tenant();
        let row: Option<AppointmentRow> = sqlx::query_as(
            "update appointments set lead_id = $3
             where dealership_id = $1 and id = $2
             returning id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
                 with_user_id, version",
        )
        .bind(tenant)
        .bind(appointment.id.0)
        .bind(lead_id.0)
        .fetch_optional(self.connection())
        .await?;
        Appointment::try_from(row.ok_or(StoreError::NotFound("the appointment"))?)
    }

    /// Moves an appointment and what it occupies; none, and nothing changed, if the new time is taken.
    pub async fn move_appointment(
        &mut self,
        appointment: &Appointment,
        starts_at: Timestamp,
        ends_at: Timestamp,
        resources: &[Resource],
    ) -> Result<Option<Appointment>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let mut savepoint = self.connection().begin().await?;
        let row: Option<AppointmentRow> = sqlx::query_as(
            "update appointments set starts_at = $4, ends_at = $5, updated_at = $6, version = version + 1
             where dealership_id = $1 and id = $2 and version = $3 and status in ('scheduled', 'confirmed')
             returning id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
                 with_user_id, version",
        )
        .bind(tenant)
        .bind(appointment.id.0)
        .bind(appointment.version)
        .bind(sql(starts_at))
        .bind(sql(ends_at))
        .bind(sql(now))
        .fetch_optional(&mut *savepoint)
        .await?;
        let moved = Appointment::try_from(row.ok_or(StoreError::Conflict("the appointment"))?)?;
        if !occupy_instead(&mut savepoint, tenant, moved.id, resources, starts_at, ends_at).await? {
            savepoint.rollback().await?;
            return Ok(None);
        }
        savepoint.commit().await?;
        Ok(Some(moved))
    }

    /// Cancels an appointment and frees what it occupied.
    pub async fn cancel_appointment(&mut self, appointment: &Appointment) -> Result<Appointment, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let row: Option<AppointmentRow> = sqlx::query_as(
            "update appointments set status = 'cancelled', updated_at = $4, version = version + 1
             where dealership_id = $1 and id = $2 and version = $3 and status in ('scheduled', 'confirmed')
             returning id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
                 with_user_id, version",
        )
        .bind(tenant)
        .bind(appointment.id.0)
        .bind(appointment.version)
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        let cancelled = Appointment::try_from(row.ok_or(StoreError::Conflict("the appointment"))?)?;
        sqlx::query("delete from appointment_slots where dealership_id = $1 and appointment_id = $2")
            .bind(tenant)
            .bind(appointment.id.0)
            .execute(self.connection())
            .await?;
        Ok(cancelled)
    }
}

async fn insert_appointment(
    connection: &mut PgConnection,
    tenant: Uuid,
    now: Timestamp,
    new: &NewAppointment,
) -> Result<Appointment, StoreError> {
    let row: AppointmentRow = sqlx::query_as(
        "insert into appointments
             (dealership_id, id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at,
              department_id, with_user_id, note, booked_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'scheduled', $8, $9, $10, $11, $12, $13, $14, $14)
         returning id, party_id, customer_id, lead_id, vehicle_id, kind, status, starts_at, ends_at, department_id,
             with_user_id, version",
    )
    .bind(tenant)
    .bind(AppointmentId::generate(now).0)
    .bind(new.party_id.0)
    .bind(new.customer_id.map(|id| id.0))
    .bind(new.lead_id.map(|id| id.0))
    .bind(new.vehicle_id.map(|id| id.0))
    .bind(new.kind.as_str())
    .bind(sql(new.starts_at))
    .bind(sql(new.ends_at))
    .bind(new.department_id.0)
    .bind(new.with_user_id.map(|id| id.0))
    .bind(&new.note)
    .bind(new.booked_by.as_str())
    .bind(sql(now))
    .fetch_one(connection)
    .await?;
    Appointment::try_from(row)
}
