//! The appointments of the one who writes: found, and told apart.

use forecourt_crm_store::{CrmTx, StoreError, appointments::Appointment};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    appointment_output::show_all,
    arguments::LocalDateTime,
    failure::{FailureCode, ToolError, ToolFailure},
    schedule::day_bounds,
    tool::ToolContext,
};

/// Everything they are still expected for, from today's first hour on: whoever is late has an
/// appointment too.
pub(crate) async fn load(tx: &mut CrmTx, context: &ToolContext) -> Result<Vec<Appointment>, StoreError> {
    tx.load_open_appointments(context.party_id, context.customer_id, start_of_today(context)).await
}

/// The one that starts at `starts_at`, or their only one.
pub(crate) async fn choose(
    tx: &mut CrmTx,
    context: &ToolContext,
    starts_at: Option<LocalDateTime>,
) -> Result<Appointment, ToolError> {
    if !context.assurance_proven {
        return Err(not_identified().into());
    }
    let mine = load(tx, context).await?;
    let wanted = starts_at.map(|local| context.zone.instant(local.0));
    let matching: Vec<&Appointment> =
        mine.iter().filter(|mine| wanted.is_none_or(|wanted| wanted == Some(mine.starts_at))).collect();
    match matching.as_slice() {
        [one] => Ok((*one).clone()),
        [] if mine.is_empty() => {
            let message = "They have no appointment to come. Offer to book one.";
            Err(ToolFailure::new(FailureCode::NotFound, message).into())
        }
        [] => {
            let message = "They have no appointment at that time; theirs are in `appointments`. Ask which one.";
            Err(listing(tx, context, FailureCode::NotFound, message, &mine).await?.into())
        }
        _ => {
            let message = "They have several; see `appointments`. Ask which one they mean.";
            Err(listing(tx, context, FailureCode::Ambiguous, message, &mine).await?.into())
        }
    }
}

/// A failure that shows their appointments.
pub(crate) async fn listing(
    tx: &mut CrmTx,
    context: &ToolContext,
    code: FailureCode,
    message: &str,
    mine: &[Appointment],
) -> Result<ToolFailure, StoreError> {
    let (mut appointments, mut evidence) = (Vec::new(), Vec::new());
    for shown in show_all(tx, context, mine).await? {
        appointments.push(shown.appointment.clone());
        evidence.extend(shown.into_evidence());
    }
    Ok(ToolFailure::new(code, message).with("appointments", json!(appointments)).citing(evidence))
}

/// What the model is told when nobody knows who writes.
pub(crate) fn not_identified() -> ToolFailure {
    let message = "We cannot be sure who is writing, so nothing of theirs may be shown or changed. Ask them to text \
        from the number we know, or call escalate_to_human.";
    ToolFailure::new(FailureCode::NotIdentified, message)
}

fn start_of_today(context: &ToolContext) -> Timestamp {
    day_bounds(&context.zone, context.zone.local(context.now).date()).map_or(context.now, |(start, _)| start)
}
