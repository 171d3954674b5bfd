//! Departments, when they are open and the days that differ.

use std::collections::BTreeMap;

use forecourt_domain::{
    hours::{OpeningHours, Span, Zone},
    ids::{DepartmentId, generate},
    staff::DepartmentKind,
};
use jiff::civil::{Date, Time, Weekday};
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{CrmTx, StoreError, rows::parse};

/// Minutes of a day; a span that closes at midnight closes at this one.
const MINUTES_OF_A_DAY: i16 = 1440;

/// How many appointments of a department may run at the same time unless it says otherwise.
pub const DEFAULT_APPOINTMENT_CAPACITY: u16 = 3;

/// A department of a dealership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    pub id: DepartmentId,
    pub kind: DepartmentKind,
    pub name: String,
    pub phone: Option<String>,
    /// How many appointments may run at the same time.
    pub appointment_capacity: u16,
    /// Grows with the department, its hours and the holidays.
    pub version: i64,
}

/// A department that is about to be stored.
#[derive(Debug, Clone)]
pub struct NewDepartment {
    pub kind: DepartmentKind,
    pub name: String,
    pub phone: Option<String>,
    pub appointment_capacity: u16,
}

impl NewDepartment {
    /// A department with the capacity every department starts with.
    #[must_use]
    pub fn new(kind: DepartmentKind, name: &str, phone: Option<&str>) -> Self {
        let (name, phone) = (name.to_owned(), phone.map(str::to_owned));
        Self { kind, name, phone, appointment_capacity: DEFAULT_APPOINTMENT_CAPACITY }
    }
}

/// A day that differs for all departments; without a span they are closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    pub day: Date,
    pub name: String,
    pub span: Option<Span>,
}

/// A department with its hours.
#[derive(Debug, Clone)]
pub struct DepartmentHours {
    pub department: Department,
    pub hours: OpeningHours,
}

/// When everybody is there.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    pub departments: Vec<DepartmentHours>,
    pub holidays: Vec<Holiday>,
}

impl Calendar {
    /// The first of `kinds` that the dealership has.
    #[must_use]
    pub fn department(&self, kinds: &[DepartmentKind]) -> Option<&DepartmentHours> {
        kinds.iter().find_map(|kind| self.departments.iter().find(|entry| entry.department.kind == *kind))
    }

    /// The name of the holiday on `day`.
    #[must_use]
    pub fn holiday_on(&self, day: Date) -> Option<&str> {
        self.holidays.iter().find(|holiday| holiday.day == day).map(|holiday| holiday.name.as_str())
    }
}

#[derive(sqlx::FromRow)]
struct DepartmentRow {
    id: Uuid,
    kind: String,
    name: String,
    phone: Option<String>,
    appointment_capacity: i16,
    version: i64,
}

impl TryFrom<DepartmentRow> for Department {
    type Error = StoreError;

    fn try_from(row: DepartmentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: DepartmentId(row.id),
            kind: parse(&row.kind)?,
            name: row.name,
            phone: row.phone,
            appointment_capacity: u16::try_from(row.appointment_capacity).unwrap_or(1),
            version: row.version,
        })
    }
}

impl CrmTx {
    /// Stores a department.
    pub async fn insert_department(&mut self, new: &NewDepartment) -> Result<DepartmentId, StoreError> {
        let (tenant, id) = (self.tenant(), DepartmentId::generate(self.now()));
        sqlx::query(
            "insert into departments (dealership_id, id, kind, name, phone, appointment_capacity)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(new.kind.as_str())
        .bind(&new.name)
        .bind(&new.phone)
        .bind(i16::try_from(new.appointment_capacity).unwrap_or(i16::MAX))
        .execute(self.connection())
        .await?;
        Ok(id)
    }

    /// Adds spans to the week of a department.
    pub async fn insert_opening_hours(
        &mut self,
        department_id: DepartmentId,
        spans: &[(Weekday, Span)],
    ) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let ids: Vec<Uuid> = spans.iter().map(|_| generate(now)).collect();
        let weekdays: Vec<i16> = spans.iter().map(|(weekday, _)| weekday.to_monday_one_offset().into()).collect();
        let opens: Vec<i16> = spans.iter().map(|(_, span)| minute(span.opens)).collect();
        let closes: Vec<i16> = spans.iter().map(|(_, span)| minute(span.closes)).collect();
        sqlx::query(
            "insert into opening_hours (dealership_id, department_id, id, weekday, opens_minute, closes_minute)
             select $1, $2, * from unnest($3::uuid[], $4::smallint[], $5::smallint[], $6::smallint[])",
        )
        .bind(tenant)
        .bind(department_id.0)
        .bind(&ids)
        .bind(&weekdays)
        .bind(&opens)
        .bind(&closes)
        .execute(self.connection())
        .await?;
        sqlx::query("update departments set version = version + 1 where dealership_id = $1 and id = $2")
            .bind(tenant)
            .bind(department_id.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Stores a day that differs; a second one of the same day replaces the first.
    pub async fn insert_holiday(&mut self, holiday: &Holiday) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "insert into holidays (dealership_id, day, name, opens_minute, closes_minute) values ($1, $2, $3, $4, $5)
             on conflict (dealership_id, day) do update
             set name = excluded.name, opens_minute = excluded.opens_minute, closes_minute = excluded.closes_minute",
        )
        .bind(tenant)
        .bind(holiday.day.to_sqlx())
        .bind(&holiday.name)
        .bind(holiday.span.map(|span| minute(span.opens)))
        .bind(holiday.span.map(|span| minute(span.closes)))
        .execute(self.connection())
        .await?;
        // What was said about the hours of any department rests on the holidays too.
        sqlx::query("update departments set version = version + 1 where dealership_id = $1")
            .bind(tenant)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The calendar as it is stored.
    pub(crate) async fn read_calendar(&mut self, zone: &Zone) -> Result<Calendar, StoreError> {
        let holidays = self.load_holidays().await?;
        let mut weeks = self.load_weeks().await?;
        let exceptions: BTreeMap<Date, Option<Span>> =
            holidays.iter().map(|holiday| (holiday.day, holiday.span)).collect();
        let departments = self
            .load_departments()
            .await?
            .into_iter()
            .map(|department| {
                let weekly = weeks.remove(&department.id).unwrap_or_default();
                let hours = OpeningHours { zone: zone.clone(), weekly, exceptions: exceptions.clone() };
                DepartmentHours { department, hours }
            })
            .collect();
        Ok(Calendar { departments, holidays })
    }

    /// Every department, in the order they were made.
    pub async fn load_departments(&mut self) -> Result<Vec<Department>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<DepartmentRow> = sqlx::query_as(
            "select id, kind, name, phone, appointment_capacity, version
             from departments where dealership_id = $1 order by id",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(Department::try_from).collect()
    }

    async fn load_holidays(&mut self) -> Result<Vec<Holiday>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(jiff_sqlx::Date, String, Option<i16>, Option<i16>)> = sqlx::query_as(
            "select day, name, opens_minute, closes_minute from holidays where dealership_id = $1 order by day",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|(day, name, opens, closes)| {
                let span = opens.zip(closes).map(|(opens, closes)| span(opens, closes)).transpose()?;
                Ok(Holiday { day: day.to_jiff(), name, span })
            })
            .collect()
    }

    async fn load_weeks(&mut self) -> Result<BTreeMap<DepartmentId, Vec<(Weekday, Span)>>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, i16, i16, i16)> = sqlx::query_as(
            "select department_id, weekday, opens_minute, closes_minute
             from opening_hours where dealership_id = $1 order by weekday, opens_minute",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        let mut weeks: BTreeMap<DepartmentId, Vec<(Weekday, Span)>> = BTreeMap::new();
        for (department_id, weekday, opens, closes) in rows {
            let weekday = i8::try_from(weekday)
                .ok()
                .and_then(|offset| Weekday::from_monday_one_offset(offset).ok())
                .ok_or_else(|| StoreError::Corrupt(format!("weekday {weekday}")))?;
            weeks.entry(DepartmentId(department_id)).or_default().push((weekday, span(opens, closes)?));
        }
        Ok(weeks)
    }
}

/// A local time as minutes of the day. The last moment of a day is the minute after its last.
fn minute(time: Time) -> i16 {
    if time == Time::MAX { MINUTES_OF_A_DAY } else { i16::from(time.hour()) * 60 + i16::from(time.minute()) }
}

fn span(opens: i16, closes: i16) -> Result<Span, StoreError> {
    Ok(Span { opens: time(opens)?, closes: time(closes)? })
}

fn time(minute: i16) -> Result<Time, StoreError> {
    if minute == MINUTES_OF_A_DAY {
        return Ok(Time::MAX);
    }
    let part = |number: i16| i8::try_from(number).ok();
    part(minute / 60)
        .zip(part(minute % 60))
        .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok())
        .ok_or_else(|| StoreError::Corrupt(format!("minute {minute} of a day")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_of_a_day_survive_the_way_through_the_database() {
        for number in [0, 1, 539, 540, 1439, 1440] {
            assert_eq!(minute(time(number).unwrap()), number);
        }
        assert!(time(1441).is_err());
        assert!(time(-1).is_err());
    }
}
