//! The dealership itself: settings, departments, hours, holidays, people, answers and its number.

use forecourt_crm_store::{
    dealership::DealershipSettings,
    opening_hours::{Holiday, NewDepartment},
    staff::NewAssignment,
};
use forecourt_domain::{
    hours::Span,
    ids::DepartmentId,
    staff::{DepartmentKind, Role},
};
use jiff::civil::Weekday;

use super::{
    Loading,
    files::{Files, HolidayRow},
};
use crate::number::{self, TwilioKeys};

impl Loading {
    pub(super) async fn dealership(&mut self, files: &Files) -> anyhow::Result<()> {
        self.profile(files).await?;
        for department in &files.dealership.departments {
            let new = NewDepartment::new(department.kind, &department.name, Some(department.phone.as_str()));
            let id = self.tx.insert_department(&new).await?;
            self.opening_hours(files, department.kind, id).await?;
        }
        for row in &files.holidays {
            self.tx.insert_holiday(&holiday(row)?).await?;
        }
        self.calendar = self.tx.load_calendar().await?;
        self.staff(files).await?;
        for row in &files.faq {
            self.tx.insert_knowledge_entry(&row.topic, &row.question, &row.answer).await?;
        }
        Ok(())
    }

    async fn profile(&mut self, files: &Files) -> anyhow::Result<()> {
        let file = &files.dealership;
        let settings = DealershipSettings {
            address: file.address.to_address(),
            phone: Some(file.phone.to_string()),
            email: Some(file.email.to_string()),
            website: Some(file.website.clone()),
            assistant_name: file.assistant_name.clone(),
            ..DealershipSettings::new(self.zone.clone(), file.currency, &file.address.country)
        };
        Ok(self.tx.insert_profile(&settings).await?)
    }

    async fn opening_hours(&mut self, files: &Files, kind: DepartmentKind, id: DepartmentId) -> anyhow::Result<()> {
        let spans = files
            .hours
            .iter()
            .filter(|row| row.department == kind)
            .map(|row| Ok((weekday(&row.weekday)?, Span { opens: row.opens, closes: row.closes })))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(self.tx.insert_opening_hours(id, &spans).await?)
    }

    async fn staff(&mut self, files: &Files) -> anyhow::Result<()> {
        for row in &files.staff {
            let user_id = self.tx.find_or_insert_user(&row.email, &row.first_name, &row.last_name).await?;
            let department_id = self.calendar.department(&[row.department]).map(|entry| entry.department.id);
            self.tx
                .insert_assignment(&NewAssignment {
                    user_id,
                    role: row.role,
                    department_id,
                    alert_phone: Some(row.phone.clone()),
                    alert_email: Some(row.email.clone()),
                })
                .await?;
            self.staff.insert(row.key.clone(), user_id);
            if !self.has_role(row.role) {
                self.roles.push((row.role, user_id, row.email.to_string()));
            }
        }
        Ok(())
    }

    fn has_role(&self, role: Role) -> bool {
        self.roles.iter().any(|(known, _, _)| *known == role)
    }

    /// The number that customers text, where the sales people answer.
    pub(super) async fn number(&mut self, files: &Files, twilio: Option<&TwilioKeys>) -> anyhow::Result<()> {
        let number = files.dealership.sms_number.clone();
        let sales = self.sales()?;
        self.integration_id = Some(number::connect(&mut self.tx, twilio, number, Some(sales)).await?);
        Ok(())
    }
}

fn holiday(row: &HolidayRow) -> anyhow::Result<Holiday> {
    let span = match (row.opens, row.closes) {
        (Some(opens), Some(closes)) => Some(Span { opens, closes }),
        (None, None) => None,
        _ => anyhow::bail!("{}: a holiday has both times or none", row.name),
    };
    Ok(Holiday { day: row.date, name: row.name.clone(), span })
}

fn weekday(name: &str) -> anyhow::Result<Weekday> {
    Ok(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        other => anyhow::bail!("{other:?} is no weekday"),
    })
}
