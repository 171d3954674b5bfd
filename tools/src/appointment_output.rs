//! How an appointment is shown to a model, and the evidence that goes with it.

use forecourt_crm_store::{CrmTx, StoreError, appointments::Appointment as Booked, vehicles::Vehicle};
use forecourt_domain::{
    appointment::{AppointmentKind, AppointmentStatus},
    evidence::{EffectKind, Evidence, EvidenceClass, Fact, SourceKind},
    hours::Zone,
};
use serde::Serialize;

use crate::{
    facts::Facts,
    tool::{Done, ToolContext},
    vehicle_output::{identity_facts, short_title},
    wording::{local_text, moment_label},
};

/// An appointment of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appointment {
    /// Local, `2026-11-21T15:00`.
    pub starts_at: String,
    /// `Saturday, November 21 at 3:00 PM`.
    pub label: String,
    pub kind: AppointmentKind,
    pub status: AppointmentStatus,
    /// `2021 Mazda CX-5 Touring (stock U1043)`.
    pub vehicle: Option<String>,
    /// The first name of whoever expects them.
    pub with: Option<String>,
}

/// An appointment with everything it is shown with.
pub(crate) struct Shown {
    pub appointment: Appointment,
    pub facts: Facts,
    pub vehicle_facts: Vec<Evidence>,
}

impl Shown {
    /// Facts of the appointment and its vehicle.
    pub fn into_evidence(self) -> Vec<Evidence> {
        [self.facts.into_evidence(), self.vehicle_facts].concat()
    }

    /// The end of a call that changed this appointment.
    pub fn into_done<O>(self, kind: EffectKind, output: fn(Appointment) -> O) -> Done<O> {
        let effect = self.facts.effect(kind);
        let appointment = self.appointment.clone();
        Done::changed(output(appointment), self.into_evidence(), effect)
    }
}

/// Reads what belongs to appointments and shows them, in their order.
pub(crate) async fn show_all(
    tx: &mut CrmTx,
    context: &ToolContext,
    booked: &[Booked],
) -> Result<Vec<Shown>, StoreError> {
    if booked.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = booked.iter().filter_map(|appointment| appointment.vehicle_id).collect();
    let vehicles = tx.load_vehicles(&ids).await?;
    let staff = tx.load_staff().await?;
    Ok(booked
        .iter()
        .map(|appointment| {
            let vehicle = vehicles.iter().find(|vehicle| Some(vehicle.id) == appointment.vehicle_id);
            let with = staff.iter().find(|member| Some(member.user_id) == appointment.with_user_id);
            show(&context.zone, appointment, vehicle, with.map(|member| member.first_name.clone()))
        })
        .collect())
}

/// Shows one appointment.
pub(crate) async fn show_one(tx: &mut CrmTx, context: &ToolContext, booked: &Booked) -> Result<Shown, StoreError> {
    let mut shown = show_all(tx, context, std::slice::from_ref(booked)).await?;
    shown.pop().ok_or(StoreError::NotFound("the appointment"))
}

fn show(zone: &Zone, booked: &Booked, vehicle: Option<&Vehicle>, with: Option<String>) -> Shown {
    let local = zone.local(booked.starts_at);
    let label = format!("appointment={}", local_text(&local));
    let facts = Facts::of(EvidenceClass::Tool, SourceKind::Appointment, booked.id.0, booked.version, label)
        .add("starts_at", Fact::Instant(booked.starts_at))
        .add_text("kind", booked.kind.as_str())
        .add_text("status", booked.status.as_str())
        .add_text("with", with.as_deref().unwrap_or_default());
    let appointment = Appointment {
        starts_at: local_text(&local),
        label: moment_label(&local),
        kind: booked.kind,
        status: booked.status,
        vehicle: vehicle.map(short_title),
        with,
    };
    let vehicle_facts = vehicle.map(|vehicle| identity_facts(vehicle).into_evidence()).unwrap_or_default();
    Shown { appointment, facts, vehicle_facts }
}
