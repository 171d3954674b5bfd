//! `reschedule_appointment`: moves an appointment of the customer's to another time.

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
    arguments::LocalDateTime,
    citing::{cite_appointment, cite_slot},
    failure::ToolError,
    my_appointments::choose,
    schedule::Book,
    tool::{Done, Tool, ToolContext},
    wording::moment_label,
};

/// Moves an appointment.
pub struct RescheduleAppointment;

/// From when to when.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleAppointmentArgs {
    /// The appointment's local start now; null when they have just one.
    current_starts_at: Option<LocalDateTime>,
    /// The local start they want, such as 2026-11-21T15:00.
    new_starts_at: LocalDateTime,
}

/// The appointment as it is in the book now.
#[derive(Debug, Serialize)]
pub struct RescheduleAppointmentOutput {
    pub rescheduled: bool,
    pub appointment: Appointment,
}

#[async_trait]
impl Tool for RescheduleAppointment {
    type Args = RescheduleAppointmentArgs;
    type Output = RescheduleAppointmentOutput;
    type Prepared = ();

    const NAME: &'static str = "reschedule_appointment";
    const DESCRIPTION: &'static str = "Moves one of the customer's own appointments. If the new time is taken, the \
        old one stays as it is.";
    const ACTION: ActionKind = ActionKind::RescheduleAppointment;

    async fn cites(tx: &mut CrmTx, context: &ToolContext, args: &Self::Args) -> Result<Vec<Evidence>, ToolError> {
        let booked = choose(tx, context, args.current_starts_at).await?;
        let vehicles = tx.load_vehicles(&booked.vehicle_id.into_iter().collect::<Vec<_>>()).await?;
        let calendar = tx.load_calendar().await?;
        let book = Book::open(&calendar, context, booked.kind, vehicles.first())?;
        let starts_at = book.check_start(args.new_starts_at.0).map_err(|failure| failure.about("new_starts_at"))?;
        let slot = cite_slot(tx, context, &book, starts_at).await?;
        Ok([cite_appointment(tx, context, &booked).await?, slot].concat())
    }

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let booked = choose(tx, context, args.current_starts_at).await?;
        let vehicles = tx.load_vehicles(&booked.vehicle_id.into_iter().collect::<Vec<_>>()).await?;
        let calendar = tx.load_calendar().await?;
        let book = Book::open(&calendar, context, booked.kind, vehicles.first())?;
        let starts_at = book.check_start(args.new_starts_at.0).map_err(|failure| failure.about("new_starts_at"))?;
        let moved = if starts_at == booked.starts_at {
            booked
        } else {
            let ends_at = book.end_of(starts_at);
            let Some(moved) = tx.move_appointment(&booked, starts_at, ends_at, &book.resources).await? else {
                return Err(book.slot_taken(tx, starts_at).await?.into());
            };
            let when = |at| moment_label(&context.zone.local(at));
            tx.insert_activity(&NewActivity {
                kind: ActivityKind::Appointment,
                subject: format!("Moved {} from {} to {}", moved.kind, when(booked.starts_at), when(starts_at)),
                party_id: Some(moved.party_id),
                customer_id: moved.customer_id,
                lead_id: moved.lead_id,
                by_user_id: None,
            })
            .await?;
            moved
        };
        let shown = show_one(tx, context, &moved).await?;
        Ok(shown.into_done(EffectKind::AppointmentRescheduled, |appointment| RescheduleAppointmentOutput {
            rescheduled: true,
            appointment,
        }))
    }
}
