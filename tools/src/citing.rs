//! What a proposal cites: the facts a person is shown with it, and the same records read again later.

use forecourt_crm_store::{
    CrmTx, StoreError, appointments::Appointment as Booked, slots::FREE_SLOT_VERSION, vehicles::Vehicle,
};
use forecourt_domain::{
    evidence::{Evidence, Fact, SourceKind},
    ids::{AppointmentId, VehicleId},
    vehicle::VehicleStatus,
};
use jiff::Timestamp;

use crate::{
    appointment_output::show_all,
    failure::ToolError,
    house_facts::read_house_again,
    schedule::Book,
    slot_output::slot_facts,
    tool::ToolContext,
    vehicle_output::{detail, identity_facts},
};

/// The fields of a vehicle that somebody decides on who sends a customer to it.
const VEHICLE_FIELDS: [&str; 4] = ["year", "make", "model", "in_stock"];
/// The fields of an appointment that somebody decides on who moves or cancels it.
const APPOINTMENT_FIELDS: [&str; 3] = ["starts_at", "kind", "status"];

/// The same facts as their records state them now: all that is known of a vehicle or an appointment that
/// still exists, a slot as long as it is free for this party, what the house states of itself, and everything
/// else as it was.
pub async fn read_again(
    tx: &mut CrmTx,
    context: &ToolContext,
    cited: &[Evidence],
) -> Result<Vec<Evidence>, StoreError> {
    let ids = |kind| {
        let mut ids: Vec<_> = cited.iter().filter(|item| item.source.kind == kind).map(|item| item.source.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let vehicles: Vec<_> = ids(SourceKind::Vehicle).into_iter().map(VehicleId).collect();
    let appointments: Vec<_> = ids(SourceKind::Appointment).into_iter().map(AppointmentId).collect();
    let mut now = Vec::new();
    for vehicle in tx.load_vehicles(&vehicles).await? {
        now.extend(detail(&vehicle).1);
    }
    let booked = tx.load_appointments_by_id(&appointments).await?;
    for shown in show_all(tx, context, &booked).await? {
        now.extend(shown.facts.into_evidence());
    }
    for item in cited {
        match item.source.kind {
            SourceKind::Vehicle
            | SourceKind::Appointment
            | SourceKind::Dealership
            | SourceKind::Department
            | SourceKind::Knowledge => {}
            SourceKind::Slot => {
                if tx.load_slot_version(item.source.id, Some(context.party_id)).await? == item.source.version {
                    now.push(item.clone());
                }
            }
            SourceKind::Customer | SourceKind::Lead | SourceKind::Handoff | SourceKind::Message => {
                now.push(item.clone());
            }
        }
    }
    now.extend(read_house_again(tx, cited).await?);
    Ok(now)
}

/// A vehicle that somebody is to visit or to want: which one, and whether it is there.
pub(crate) fn cite_vehicle(vehicle: &Vehicle) -> Vec<Evidence> {
    let in_stock = Fact::InStock(vehicle.status == VehicleStatus::Available);
    let facts = identity_facts(vehicle).add("in_stock", in_stock).into_evidence();
    facts.into_iter().filter(|item| VEHICLE_FIELDS.contains(&item.field.as_str())).collect()
}

/// An appointment that is to be changed.
pub(crate) async fn cite_appointment(
    tx: &mut CrmTx,
    context: &ToolContext,
    booked: &Booked,
) -> Result<Vec<Evidence>, StoreError> {
    let shown = show_all(tx, context, std::slice::from_ref(booked)).await?;
    let facts = shown.into_iter().flat_map(|shown| shown.facts.into_evidence());
    Ok(facts.filter(|item| APPOINTMENT_FIELDS.contains(&item.field.as_str())).collect())
}

/// A time that is to be occupied; told when it is taken.
pub(crate) async fn cite_slot(
    tx: &mut CrmTx,
    context: &ToolContext,
    book: &Book<'_>,
    starts_at: Timestamp,
) -> Result<Vec<Evidence>, ToolError> {
    let slots = slot_facts(&book.resources, starts_at, book.end_of(starts_at), book.zone);
    for slot in &slots {
        if tx.load_slot_version(slot.source.id, Some(context.party_id)).await? != FREE_SLOT_VERSION {
            return Err(book.slot_taken(tx, starts_at).await?.into());
        }
    }
    Ok(slots)
}
