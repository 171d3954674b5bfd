//! `cancel_appointment`: takes an appointment of the customer's out of the book.

use async_trait::async_trait;
use forecourt_crm_store::{CrmTx, activities::NewActivity};
use forecourt_domain::{
    action::ActionKind,
    evidence::{EffectKind, Evidence},
    task::ActivityKind,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    appointment_output::{Appointment, show_one},
    arguments::{LocalDateTime, Words, given},
    citing::cite_appointment,
    failure::ToolError,
    my_appointments::choose,
    tool::{Done, Tool, ToolContext},
    wording::moment_label,
};

/// Cancels an appointment.
pub struct CancelAppointment;

/// Which one, and why.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAppointmentArgs {
    /// The appointment's local start; null when they have just one.
    starts_at: Option<LocalDateTime>,
    /// Why, if they said it.
    reason: Option<Words<200>>,
}

/// The appointment as it was.
#[derive(Debug, Serialize)]
pub struct CancelAppointmentOutput {
    pub cancelled: bool,
    pub appointment: Appointment,
}

#[async_trait]
impl Tool for CancelAppointment {
    type Args = CancelAppointmentArgs;
    type Output = CancelAppointmentOutput;
    type Prepared = ();

    const NAME: &'static str = "cancel_appointment";
    const DESCRIPTION: &'static str = "Cancels one of the customer's own appointments, when they asked for it. To \
        change the time use reschedule_appointment.";
    const ACTION: ActionKind = ActionKind::CancelAppointment;

    async fn cites(tx: &mut CrmTx, context: &ToolContext, args: &Self::Args) -> Result<Vec<Evidence>, ToolError> {
        let booked = choose(tx, context, args.starts_at).await?;
        Ok(cite_appointment(tx, context, &booked).await?)
    }

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let booked = choose(tx, context, args.starts_at).await?;
        let cancelled = tx.cancel_appointment(&booked).await?;
        let when = moment_label(&context.zone.local(cancelled.starts_at));
        let reason = given(&args.reason).map(|reason| format!(": {reason}")).unwrap_or_default();
        tx.insert_activity(&NewActivity {
            kind: ActivityKind::Appointment,
            subject: format!("Cancelled {} on {when}{reason}", cancelled.kind),
            party_id: Some(cancelled.party_id),
            customer_id: cancelled.customer_id,
            lead_id: cancelled.lead_id,
            by_user_id: None,
        })
        .await?;
        let shown = show_one(tx, context, &cancelled).await?;
        Ok(shown.into_done(EffectKind::AppointmentCancelled, |appointment| CancelAppointmentOutput {
            cancelled: true,
            appointment,
        }))
    }
}
