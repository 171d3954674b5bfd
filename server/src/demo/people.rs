//! The customers, and what the dealership does about them: leads and tasks.

use forecourt_crm_store::imports::{ImportedContactPoint, ImportedCustomer, ImportedLead, ImportedTask};
use forecourt_domain::{
    contact::{Assurance, ContactKind},
    task::TaskStatus,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Time, time},
};

use super::{
    Loading,
    files::{CustomerRow, Files, LeadRow},
};

/// Leads of a day come in from this time on, some minutes apart.
const FIRST_LEAD: Time = time(9, 20, 0, 0);
/// Tasks are due by the end of the day.
const TASKS_DUE: Time = time(17, 0, 0, 0);

impl Loading {
    pub(super) async fn customers(&mut self, files: &Files) -> anyhow::Result<()> {
        for row in &files.customers {
            let known = self.known_instants(files, &row.key)?;
            let first = known.iter().min().copied().unwrap_or(self.now);
            let last = known.iter().max().copied().unwrap_or(self.now);
            let texts = files.history.iter().any(|thread| thread.customer == row.key);
            let party = self.tx.import_customer(&customer(row, texts, first, last)).await?;
            self.customers.insert(row.key.clone(), party);
        }
        Ok(())
    }

    pub(super) async fn leads(&mut self, files: &Files) -> anyhow::Result<()> {
        for (index, row) in files.leads.iter().enumerate() {
            let lead = ImportedLead {
                status: row.status,
                source: row.source,
                owner_user_id: self.user_opt(row.owner.as_ref())?,
                vehicle_id: self.vehicle_opt(row.vehicle.as_ref())?,
                note: Some(row.note.clone()).filter(|note| !note.is_empty()),
                created_at: self.lead_instant(index, row)?,
            };
            let party = self.customer(&row.customer)?;
            self.tx.import_lead(&party, &lead).await?;
        }
        Ok(())
    }

    pub(super) async fn tasks(&mut self, files: &Files) -> anyhow::Result<()> {
        for row in &files.tasks {
            let due_at = self.instant(row.days_from_now, TASKS_DUE)?;
            let done = row.status == TaskStatus::Done;
            let noted = if done { due_at } else { due_at.min(self.now) };
            let task = ImportedTask {
                customer_id: Some(self.customer(&row.customer)?.customer_id),
                owner_user_id: Some(self.user(&row.owner)?),
                kind: row.kind,
                title: row.title.clone(),
                due_at,
                status: row.status,
                created_at: noted - SignedDuration::from_hours(20),
            };
            self.tx.import_task(&task).await?;
        }
        Ok(())
    }

    /// When the dealership heard of a customer: their leads and their messages.
    fn known_instants(&self, files: &Files, key: &str) -> anyhow::Result<Vec<Timestamp>> {
        let leads = files.leads.iter().enumerate().filter(|(_, row)| row.customer == key);
        let leads = leads.map(|(index, row)| self.lead_instant(index, row));
        let threads = files.history.iter().filter(|thread| thread.customer == key);
        let messages = threads.flat_map(|thread| &thread.messages).map(|said| self.instant(-said.days_ago, said.time));
        leads.chain(messages).collect()
    }

    fn lead_instant(&self, index: usize, row: &LeadRow) -> anyhow::Result<Timestamp> {
        let minutes = i64::try_from(index * 37 % 540)?;
        let at = self.instant(-row.days_ago, FIRST_LEAD)? + SignedDuration::from_mins(minutes);
        Ok(at.min(self.now - SignedDuration::from_mins(minutes)))
    }
}

/// A number from which somebody has texted is known by the carrier; anything else is what they said.
fn customer(row: &CustomerRow, texts: bool, first: Timestamp, last: Timestamp) -> ImportedCustomer {
    let opted_out_at = row.opted_out.then_some(last);
    let point =
        |kind, value: &str, assurance| ImportedContactPoint { kind, value: value.to_owned(), assurance, opted_out_at };
    let phone_assurance = if texts { Assurance::Carrier } else { Assurance::Claimed };
    ImportedCustomer {
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        preferred_channel: Some(row.preferred_channel),
        tags: row.tags.clone(),
        contact_points: vec![
            point(ContactKind::Phone, row.phone.as_str(), phone_assurance),
            point(ContactKind::Email, row.email.as_str(), Assurance::Claimed),
        ],
        created_at: first,
    }
}
