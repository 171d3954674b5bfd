//! Who and what is occupied when: one row per quarter hour, so that two bookings cannot both commit.

use std::collections::{BTreeSet, HashMap};

use forecourt_domain::{
    appointment::{AppointmentKind, QUARTER, quarters},
    ids::{AppointmentId, PartyId, VehicleId},
};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{CrmTx, StoreError, opening_hours::Department, rows::sql};

/// The question which quarter hours are occupied, also explained by a test of its plan.
const OCCUPIED: &str = "\
    select resource_id, quarter_at, count(*)
    from appointment_slots
    where dealership_id = $1 and resource_id = any($2) and quarter_at >= $3 and quarter_at < $4
    group by resource_id, quarter_at";

/// Something that an appointment occupies: a department holds several at a time, a vehicle one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    pub id: Uuid,
    pub capacity: u16,
}

impl Resource {
    /// What such an appointment occupies: the department, and the vehicle that is driven.
    #[must_use]
    pub fn of(kind: AppointmentKind, department: &Department, vehicle: Option<VehicleId>) -> Vec<Self> {
        let driven = vehicle.filter(|_| kind == AppointmentKind::TestDrive);
        let department = Self { id: department.id.0, capacity: department.appointment_capacity };
        let vehicle = driven.map(|vehicle| Self { id: vehicle.0, capacity: 1 });
        [Some(department), vehicle].into_iter().flatten().collect()
    }
}

/// How many units of each resource are taken in each quarter hour.
#[derive(Debug, Clone, Default)]
pub struct Occupancy(HashMap<(Uuid, Timestamp), u16>);

impl Occupancy {
    /// Whether every one of `resources` has a unit left in every quarter hour of `[starts_at, ends_at)`.
    #[must_use]
    pub fn is_free(&self, resources: &[Resource], starts_at: Timestamp, ends_at: Timestamp) -> bool {
        let wanted = quarters(starts_at, ends_at);
        resources.iter().all(|resource| {
            wanted.iter().all(|at| self.0.get(&(resource.id, *at)).is_none_or(|taken| *taken < resource.capacity))
        })
    }
}

/// Names a slot as a source of evidence: its time and length and whose it is, in one id.
#[must_use]
pub fn slot_source_id(resource: Uuid, starts_at: Timestamp, ends_at: Timestamp) -> Uuid {
    let occupied = quarters(starts_at, ends_at);
    let first = occupied.first().map_or(0, |at| at.as_second() / QUARTER.as_secs());
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&u32::try_from(first).unwrap_or(0).to_be_bytes());
    bytes[4] = u8::try_from(occupied.len()).unwrap_or(u8::MAX);
    // Version 8 of RFC 9562: an id of our own making. Eight random bytes of the resource tell it from others.
    bytes[6] = 0x80;
    bytes[8..].copy_from_slice(&resource.as_bytes()[8..]);
    Uuid::from_bytes(bytes)
}

/// The version of a slot that is free when it is spoken of.
pub const FREE_SLOT_VERSION: i64 = 0;
const TAKEN_SLOT_VERSION: i64 = 1;

impl CrmTx {
    /// What is taken of `resources` from `from` until `until`.
    pub async fn load_occupancy(
        &mut self,
        resources: &[Resource],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Occupancy, StoreError> {
        let tenant = self.tenant();
        let ids: Vec<Uuid> = resources.iter().map(|resource| resource.id).collect();
        let rows: Vec<(Uuid, jiff_sqlx::Timestamp, i64)> = sqlx::query_as(OCCUPIED)
            .bind(tenant)
            .bind(&ids)
            .bind(sql(from))
            .bind(sql(until))
            .fetch_all(self.connection())
            .await?;
        let taken =
            rows.into_iter().map(|(id, at, taken)| ((id, at.to_jiff()), u16::try_from(taken).unwrap_or(u16::MAX)));
        Ok(Occupancy(taken.collect()))
    }

    /// The version of a slot that was spoken of: [`FREE_SLOT_VERSION`] as long as it could still be
    /// booked, another one when not. What the party itself holds does not count against it.
    pub async fn load_slot_version(&mut self, source_id: Uuid, party_id: Option<PartyId>) -> Result<i64, StoreError> {
        let tenant = self.tenant();
        let bytes = source_id.as_bytes();
        let first = i64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])) * QUARTER.as_secs();
        let at = |second: i64| Timestamp::from_second(second).map_err(|_| StoreError::NotFound("the slot"));
        let (from, until) = (at(first)?, at(first + i64::from(bytes[4]) * QUARTER.as_secs())?);
        let rows: Vec<(Uuid, i64, i16)> = sqlx::query_as(
            "select s.resource_id, count(*), coalesce(max(d.appointment_capacity), 1::smallint)
             from appointment_slots s
             join appointments a on a.dealership_id = s.dealership_id and a.id = s.appointment_id
             left join departments d on d.dealership_id = s.dealership_id and d.id = s.resource_id
             where s.dealership_id = $1 and s.quarter_at >= $2 and s.quarter_at < $3 and a.party_id is distinct from $4
             group by s.resource_id, s.quarter_at",
        )
        .bind(tenant)
        .bind(sql(from))
        .bind(sql(until))
        .bind(party_id.map(|id| id.0))
        .fetch_all(self.connection())
        .await?;
        let full = rows.iter().any(|(resource, taken, capacity)| {
            resource.as_bytes()[8..] == bytes[8..] && *taken >= i64::from(*capacity)
        });
        Ok(if full { TAKEN_SLOT_VERSION } else { FREE_SLOT_VERSION })
    }
}

/// Takes `[starts_at, ends_at)` of `resources` for an appointment that holds nothing yet. False if one
/// of them has no unit left: then the caller rolls back to its savepoint.
///
/// Rows are inserted in the order (resource, unit, time) by everybody, so two bookings never wait for
/// each other in a circle. Units are interchangeable, so each quarter hour may lie in another one.
pub(crate) async fn occupy(
    connection: &mut PgConnection,
    tenant: Uuid,
    appointment_id: AppointmentId,
    resources: &[Resource],
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> Result<bool, StoreError> {
    let wanted: BTreeSet<Timestamp> = quarters(starts_at, ends_at).into_iter().collect();
    for resource in resources {
        if !take(connection, tenant, appointment_id, resource, wanted.clone()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// As [`occupy`], for an appointment that is moved: what it holds already stays, and what it no longer
/// needs is freed last.
pub(crate) async fn occupy_instead(
    connection: &mut PgConnection,
    tenant: Uuid,
    appointment_id: AppointmentId,
    resources: &[Resource],
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> Result<bool, StoreError> {
    let wanted = quarters(starts_at, ends_at);
    for resource in resources {
        let held = held_quarters(connection, tenant, appointment_id, resource.id).await?;
        let missing = wanted.iter().filter(|at| !held.contains(at)).copied().collect();
        if !take(connection, tenant, appointment_id, resource, missing).await? {
            return Ok(false);
        }
    }
    free_others(connection, tenant, appointment_id, resources, &wanted).await?;
    Ok(true)
}

/// Takes the missing quarter hours of a resource, unit after unit. False if there are too few.
async fn take(
    connection: &mut PgConnection,
    tenant: Uuid,
    appointment_id: AppointmentId,
    resource: &Resource,
    mut missing: BTreeSet<Timestamp>,
) -> Result<bool, StoreError> {
    for unit in 1..=resource.capacity {
        if missing.is_empty() {
            break;
        }
        for at in take_unit(connection, tenant, appointment_id, resource.id, unit, &missing).await? {
            missing.remove(&at);
        }
    }
    Ok(missing.is_empty())
}

async fn held_quarters(
    connection: &mut PgConnection,
    tenant: Uuid,
    appointment_id: AppointmentId,
    resource: Uuid,
) -> Result<Vec<Timestamp>, StoreError> {
    let rows: Vec<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "select quarter_at from appointment_slots
         where dealership_id = $1 and appointment_id = $2 and resource_id = $3",
    )
    .bind(tenant)
    .bind(appointment_id.0)
    .bind(resource)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(jiff_sqlx::Timestamp::to_jiff).collect())
}

/// Takes one unit wherever it is free, and says where.
async fn take_unit(
    connection: &mut PgConnection,
    tenant: Uuid,
    appointment_id: AppointmentId,
    resource: Uuid,
    unit: u16,
    wanted: &BTreeSet<Timestamp>,
) -> Result<Vec<Timestamp>, StoreError> {
    let wanted: Vec<jiff_sqlx::Timestamp> = wanted.iter().copied().map(sql).collect();
    let taken: Vec<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "insert into appointment_slots (dealership_id, resource_id, unit, quarter_at, appointment_id)
         select $1, $2, $3, quarter_at, $5 from unnest($4::timestamptz[]) as quarter_at order by quarter_at
         on conflict on constraint appointment_slots_pkey do nothing
         returning quarter_at",
    )
    .bind(tenant)
    .bind(resource)
    .bind(i16::try_from(unit).unwrap_or(i16::MAX))
    .bind(&wanted)
    .bind(appointment_id.0)
    .fetch_all(connection)
    .await?;
    Ok(taken.into_iter().map(jiff_sqlx::Timestamp::to_jiff).collect())
}

async fn free_others(
    connection: &mut PgConnection,
    tenant: Uuid,
    appointment_id: AppointmentId,
    resources: &[Resource],
    wanted: &[Timestamp],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = resources.iter().map(|resource| resource.id).collect();
    let wanted: Vec<jiff_sqlx::Timestamp> = wanted.iter().copied().map(sql).collect();
    sqlx::query(
        "delete from appointment_slots
         where dealership_id = $1 and appointment_id = $2 and not (resource_id = any($3) and quarter_at = any($4))",
    )
    .bind(tenant)
    .bind(appointment_id.0)
    .bind(&ids)
    .bind(&wanted)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{Lot, plan};

    #[tokio::test]
    async fn the_book_reaches_its_index_under_row_level_security() {
        let lot = Lot::create().await;
        let (from, until) = ("2026-11-21T07:00:00Z", "2026-11-22T07:00:00Z");
        let at = |text: &str| sql(text.parse().unwrap());
        let explained = plan(&lot, OCCUPIED, |query| {
            query.bind(lot.tenant()).bind(vec![lot.department()]).bind(at(from)).bind(at(until))
        });
        insta::assert_snapshot!("occupied", explained.await);
    }

    #[test]
    fn a_slot_is_named_by_its_time_length_and_owner() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (three, four) = (at("2026-11-21T22:00:00Z"), at("2026-11-21T23:00:00Z"));
        let (sales, service) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let id = slot_source_id(sales, three, four);
        assert_eq!(id, slot_source_id(sales, three, four));
        for other in [
            slot_source_id(service, three, four),
            slot_source_id(sales, at("2026-11-21T22:15:00Z"), four),
            slot_source_id(sales, three, at("2026-11-21T22:45:00Z")),
        ] {
            assert_ne!(id, other);
        }
    }
}
