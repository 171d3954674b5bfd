//! `book_appointment`: writes the customer into the book.

use async_trait::async_trait;
use forecourt_crm_store::{
    CrmTx, StoreError,
    activities::NewActivity,
    appointments::{Appointment as Booked, BookedBy, NewAppointment},
    leads::{Lead, LeadPatch},
    vehicles::Vehicle,
};
use forecourt_domain::{
    action::ActionKind,
    appointment::AppointmentKind,
    evidence::{EffectKind, Evidence},
    ids::{CustomerId, UserId},
    task::ActivityKind,
    vehicle::VehicleStatus,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    appointment_output::{Appointment, show_one},
    arguments::{LocalDateTime, Words, given},
    citing::{cite_slot, cite_vehicle},
    failure::{FailureCode, ToolError, ToolFailure},
    lead_in_progress::{mark_contacted, start},
    my_appointments::{listing, load, not_identified},
    ownership::choose_salesperson,
    schedule::Book,
    tool::{Done, Tool, ToolContext},
    vehicle_output::{identity_facts, no_such_vehicle},
    wording::moment_label,
};

/// Books an appointment.
pub struct BookAppointment;

/// For what, and when.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BookAppointmentArgs {
    kind: AppointmentKind,
    /// Local date and time the customer chose, such as 2026-11-21T15:00.
    starts_at: LocalDateTime,
    /// The vehicle it is about.
    stock_number: Option<Words<40>>,
    /// What the dealership should know, in the customer's words.
    note: Option<Words<500>>,
}

/// The appointment as it is in the book now.
#[derive(Debug, Serialize)]
pub struct BookAppointmentOutput {
    pub booked: bool,
    pub appointment: Appointment,
}

#[async_trait]
impl Tool for BookAppointment {
    type Args = BookAppointmentArgs;
    type Output = BookAppointmentOutput;
    type Prepared = ();

    const NAME: &'static str = "book_appointment";
    const DESCRIPTION: &'static str = "Books an appointment at a time the customer agreed to. It is booked only when \
        this returns booked=true.";
    const ACTION: ActionKind = ActionKind::BookAppointment;

    async fn cites(tx: &mut CrmTx, context: &ToolContext, args: &Self::Args) -> Result<Vec<Evidence>, ToolError> {
        if !context.may_act_for_party() {
            return Err(not_identified().into());
        }
        let vehicle = find_for_sale(tx, given(&args.stock_number)).await?;
        let calendar = tx.load_calendar().await?;
        let book = Book::open(&calendar, context, args.kind, vehicle.as_ref())?;
        let starts_at = book.check_start(args.starts_at.0)?;
        let slot = cite_slot(tx, context, &book, starts_at).await?;
        Ok([slot, vehicle.as_ref().map(cite_vehicle).unwrap_or_default()].concat())
    }

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        if !context.may_act_for_party() {
            return Err(not_identified().into());
        }
        let customer_id = tx.lock_party(context.party_id).await?;
        let vehicle = find_for_sale(tx, given(&args.stock_number)).await?;
        let calendar = tx.load_calendar().await?;
        let book = Book::open(&calendar, context, args.kind, vehicle.as_ref())?;
        let starts_at = book.check_start(args.starts_at.0)?;
        let booked = match find_same(tx, context, &args, starts_at, vehicle.as_ref()).await? {
            Some(booked) => booked,
            None => book_new(tx, context, &book, &args, starts_at, vehicle.as_ref(), customer_id).await?,
        };
        let shown = show_one(tx, context, &booked).await?;
        Ok(shown.into_done(EffectKind::AppointmentBooked, |appointment| BookAppointmentOutput {
            booked: true,
            appointment,
        }))
    }
}

async fn find_for_sale(tx: &mut CrmTx, stock_number: Option<&str>) -> Result<Option<Vehicle>, ToolError> {
    let Some(number) = stock_number else { return Ok(None) };
    let vehicle = tx.find_vehicle(number).await?.ok_or_else(|| no_such_vehicle("stock_number"))?;
    if vehicle.status == VehicleStatus::Sold {
        let failure =
            ToolFailure::new(FailureCode::NotFound, "That vehicle is sold. Nothing was booked; offer another one.");
        return Err(failure.citing(identity_facts(&vehicle).into_evidence()).into());
    }
    Ok(Some(vehicle))
}

/// What they booked already for that time: asking twice books once.
async fn find_same(
    tx: &mut CrmTx,
    context: &ToolContext,
    args: &BookAppointmentArgs,
    starts_at: Timestamp,
    vehicle: Option<&Vehicle>,
) -> Result<Option<Booked>, ToolError> {
    let mine = load(tx, context).await?;
    let same = mine.into_iter().find(|mine| mine.kind == args.kind && mine.starts_at == starts_at);
    let Some(same) = same else { return Ok(None) };
    if vehicle.is_none_or(|vehicle| Some(vehicle.id) == same.vehicle_id) {
        return Ok(Some(same));
    }
    let message = "They have such an appointment at that time already, but not for that vehicle. Nothing was booked; \
        ask whether to cancel the other one first, or to take another time.";
    Err(listing(tx, context, FailureCode::Ambiguous, message, &[same]).await?.into())
}

async fn book_new(
    tx: &mut CrmTx,
    context: &ToolContext,
    book: &Book<'_>,
    args: &BookAppointmentArgs,
    starts_at: Timestamp,
    vehicle: Option<&Vehicle>,
    customer_id: Option<CustomerId>,
) -> Result<Booked, ToolError> {
    let ends_at = book.end_of(starts_at);
    let lead = tx.find_open_lead(context.party_id, customer_id).await?;
    let lead_owner = lead.as_ref().and_then(|lead| lead.owner_user_id);
    let new = NewAppointment {
        party_id: context.party_id,
        customer_id,
        lead_id: lead.as_ref().map(|lead| lead.id),
        vehicle_id: vehicle.map(|vehicle| vehicle.id),
        kind: args.kind,
        starts_at,
        ends_at,
        department_id: book.desk.department.id,
        with_user_id: expected_by(tx, book, lead_owner, starts_at).await?,
        note: given(&args.note).map(str::to_owned),
        booked_by: BookedBy::Assistant,
    };
    let Some(booked) = tx.book_appointment(&new, &book.resources).await? else {
        return Err(book.slot_taken(tx, starts_at).await?.into());
    };
    // The lead comes after the slot: a booking that fails leaves nothing behind.
    let booked = match advance_lead(tx, context, &booked, lead, customer_id, vehicle).await? {
        Some(lead) if booked.lead_id.is_none() => tx.attach_lead(&booked, lead.id).await?,
        _ => booked,
    };
    record(tx, context, &booked, vehicle).await?;
    Ok(booked)
}

/// Who expects them. Service has its own people, who are not picked one by one.
async fn expected_by(
    tx: &mut CrmTx,
    book: &Book<'_>,
    lead_owner: Option<UserId>,
    starts_at: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    if !concerns_sales(book.kind) {
        return Ok(None);
    }
    let day = book.zone.local(starts_at).date();
    let that_day = match book.bounds(day) {
        Some((from, until)) => tx.load_staff_times(from, until).await?,
        None => Vec::new(),
    };
    Ok(choose_salesperson(&tx.load_staff().await?, lead_owner, &that_day, starts_at, book.end_of(starts_at)))
}

/// Whoever comes to buy is a lead, and has been talked to. A visit to the workshop is none.
async fn advance_lead(
    tx: &mut CrmTx,
    context: &ToolContext,
    booked: &Booked,
    lead: Option<Lead>,
    customer_id: Option<CustomerId>,
    vehicle: Option<&Vehicle>,
) -> Result<Option<Lead>, StoreError> {
    if !concerns_sales(booked.kind) {
        return Ok(None);
    }
    let lead = match lead {
        Some(lead) => lead,
        None => start(tx, context, customer_id).await?,
    };
    let patch = LeadPatch { vehicle_id: vehicle.map(|vehicle| vehicle.id), ..LeadPatch::default() };
    let lead = tx.update_lead(lead.id, &patch).await?.unwrap_or(lead);
    Ok(Some(mark_contacted(tx, lead, "appointment booked").await?))
}

const fn concerns_sales(kind: AppointmentKind) -> bool {
    match kind {
        AppointmentKind::Sales | AppointmentKind::TestDrive | AppointmentKind::Delivery => true,
        AppointmentKind::Service | AppointmentKind::Other => false,
    }
}

async fn record(
    tx: &mut CrmTx,
    context: &ToolContext,
    booked: &Booked,
    vehicle: Option<&Vehicle>,
) -> Result<(), StoreError> {
    let when = moment_label(&context.zone.local(booked.starts_at));
    let about = vehicle.map(|vehicle| format!(" (stock {})", vehicle.stock_number)).unwrap_or_default();
    tx.insert_activity(&NewActivity {
        kind: ActivityKind::Appointment,
        subject: format!("Booked {} for {when}{about}", booked.kind),
        party_id: Some(booked.party_id),
        customer_id: booked.customer_id,
        lead_id: booked.lead_id,
        by_user_id: None,
    })
    .await?;
    Ok(())
}
