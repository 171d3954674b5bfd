//! The appointment book, moved to the days around the day of loading.

use anyhow::{Context, bail};
use forecourt_crm_store::{imports::ImportedAppointment, slots::Resource};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
};

use super::{
    Loading,
    files::{AppointmentRow, Files},
};

/// How many days an appointment may move until the dealership is open and its time is free.
const DAYS_TO_MOVE: i32 = 14;

impl Loading {
    pub(super) async fn appointments(&mut self, files: &Files) -> anyhow::Result<()> {
        for row in &files.appointments {
            self.appointment(row).await.with_context(|| row.customer.clone())?;
        }
        Ok(())
    }

    async fn appointment(&mut self, row: &AppointmentRow) -> anyhow::Result<()> {
        let party = self.customer(&row.customer)?;
        let desk = self.calendar.department(row.kind.departments()).context("no department takes it")?.clone();
        let vehicle_id = self.vehicle_opt(row.vehicle.as_ref())?;
        let with_user_id = Some(self.user(&row.staff)?);
        let resources = Resource::of(row.kind, &desk.department, vehicle_id);
        let first = self.day(row.days_from_now)?;
        for moved in 0..DAYS_TO_MOVE {
            let starts_at = self.at(first.saturating_add(jiff::Span::new().days(moved)), row.time)?;
            let ends_at = starts_at + row.kind.duration();
            if row.status.is_open() && !desk.hours.covers(starts_at, ends_at) {
                continue;
            }
            let appointment = ImportedAppointment {
                kind: row.kind,
                status: row.status,
                starts_at,
                ends_at,
                department_id: desk.department.id,
                vehicle_id,
                with_user_id,
                note: None,
                created_at: starts_at.min(self.now) - SignedDuration::from_hours(26),
            };
            if self.tx.import_appointment(&party, &appointment, &resources).await?.is_some() {
                return Ok(());
            }
        }
        bail!("there is no free time at {} within {DAYS_TO_MOVE} days", row.time)
    }

    /// The instant of a local time some days after the day of loading (before it, if negative).
    pub(super) fn instant(&self, days: i32, time: Time) -> anyhow::Result<Timestamp> {
        self.at(self.day(days)?, time)
    }

    fn day(&self, days: i32) -> anyhow::Result<Date> {
        self.today.checked_add(jiff::Span::new().days(days)).context("a day outside the calendar")
    }

    fn at(&self, day: Date, time: Time) -> anyhow::Result<Timestamp> {
        self.zone.instant(day.to_datetime(time)).context("a time outside the calendar")
    }
}
