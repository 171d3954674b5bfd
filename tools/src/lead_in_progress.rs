//! The lead that a conversation works on: the open one of the party, made if there is none.

use forecourt_crm_store::{CrmTx, StoreError, leads::Lead};
use forecourt_domain::{
    action::Channel,
    ids::CustomerId,
    lead::{LeadSource, LeadStatus},
};

use crate::tool::ToolContext;

/// The open lead of the party, or a new one. The party is locked by the caller.
pub(crate) async fn find_or_start(
    tx: &mut CrmTx,
    context: &ToolContext,
    customer_id: Option<CustomerId>,
) -> Result<Lead, StoreError> {
    match tx.find_open_lead(context.party_id, customer_id).await? {
        Some(lead) => Ok(lead),
        None => start(tx, context, customer_id).await,
    }
}

/// A new lead of the party, which has none.
pub(crate) async fn start(
    tx: &mut CrmTx,
    context: &ToolContext,
    customer_id: Option<CustomerId>,
) -> Result<Lead, StoreError> {
    tx.insert_lead(context.party_id, customer_id, source_of(context.channel), None).await
}

/// A lead that was new is being talked to now.
pub(crate) async fn mark_contacted(tx: &mut CrmTx, lead: Lead, reason: &str) -> Result<Lead, StoreError> {
    match lead.status {
        LeadStatus::New => tx.move_lead(&lead, LeadStatus::Contacted, None, reason).await,
        _ => Ok(lead),
    }
}

const fn source_of(channel: Channel) -> LeadSource {
    match channel {
        Channel::Sms => LeadSource::Sms,
        Channel::Email => LeadSource::Email,
        Channel::WebChat => LeadSource::Website,
        // A user enters what somebody told them.
        Channel::Copilot => LeadSource::Phone,
    }
}

/// The longest note a lead carries; older lines stay, newer ones that do not fit are left out.
const LONGEST_NOTE: usize = 4000;

/// A lead's note with one more line; none if it is there already or has no room.
pub(crate) fn note_with(note: Option<&str>, line: &str) -> Option<String> {
    let note = note.unwrap_or_default();
    let is_there = note.lines().any(|known| known == line);
    let longer = if note.is_empty() { line.to_owned() } else { format!("{note}\n{line}") };
    (!is_there && longer.chars().count() <= LONGEST_NOTE).then_some(longer)
}
