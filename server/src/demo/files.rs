//! The files of the demo, embedded in the binary, as typed rows. `server/demo/README.md` describes them.

use anyhow::Context;
use forecourt_crm_store::dealership::Address;
use forecourt_domain::{
    action::Channel,
    appointment::{AppointmentKind, AppointmentStatus},
    contact::{E164, EmailAddress},
    lead::{LeadSource, LeadStatus},
    money::Currency,
    staff::{DepartmentKind, Role},
    task::{TaskKind, TaskStatus},
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// Everything there is to load.
pub(super) struct Files {
    pub dealership: DealershipFile,
    pub hours: Vec<HoursRow>,
    pub holidays: Vec<HolidayRow>,
    pub staff: Vec<StaffRow>,
    pub vehicles: Vec<VehicleRow>,
    pub customers: Vec<CustomerRow>,
    pub leads: Vec<LeadRow>,
    pub appointments: Vec<AppointmentRow>,
    pub tasks: Vec<TaskRow>,
    pub history: Vec<Thread>,
    pub faq: Vec<FaqRow>,
}

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/demo/", $name)))
    };
}

impl Files {
    /// Reads every file. An error names the file and what is wrong with it.
    pub fn read() -> anyhow::Result<Self> {
        Ok(Self {
            dealership: json(file!("dealership.json"))?,
            hours: rows(file!("hours.csv"))?,
            holidays: rows(file!("holidays.csv"))?,
            staff: rows(file!("staff.csv"))?,
            vehicles: rows(file!("vehicles.csv"))?,
            customers: rows(file!("customers.csv"))?,
            leads: rows(file!("leads.csv"))?,
            appointments: rows(file!("appointments.csv"))?,
            tasks: rows(file!("tasks.csv"))?,
            history: json(file!("history.json"))?,
            faq: rows(file!("faq.csv"))?,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct DealershipFile {
    pub group: String,
    pub name: String,
    pub zone: String,
    pub currency: Currency,
    pub address: AddressFile,
    pub phone: E164,
    pub website: String,
    /// The number that customers text.
    pub sms_number: E164,
    pub email: EmailAddress,
    pub departments: Vec<DepartmentFile>,
    pub assistant_name: String,
}

#[derive(Deserialize)]
pub(super) struct AddressFile {
    street: String,
    city: String,
    region: String,
    postal_code: String,
    /// ISO 3166 alpha-2.
    pub country: String,
}

impl AddressFile {
    pub fn to_address(&self) -> Address {
        let some = |text: &String| Some(text.clone());
        Address {
            street: some(&self.street),
            city: some(&self.city),
            region: some(&self.region),
            postal_code: some(&self.postal_code),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct DepartmentFile {
    pub kind: DepartmentKind,
    pub name: String,
    pub phone: E164,
}

#[derive(Deserialize)]
pub(super) struct HoursRow {
    pub department: DepartmentKind,
    pub weekday: String,
    pub opens: Time,
    pub closes: Time,
}

#[derive(Deserialize)]
pub(super) struct HolidayRow {
    pub date: Date,
    pub name: String,
    pub opens: Option<Time>,
    pub closes: Option<Time>,
}

#[derive(Deserialize)]
pub(super) struct StaffRow {
    pub key: String,
    pub first_name: String,
    pub last_name: String,
    pub email: EmailAddress,
    pub phone: E164,
    pub role: Role,
    pub department: DepartmentKind,
}

#[derive(Deserialize)]
pub(super) struct VehicleRow {
    pub stock_number: String,
    pub vin: String,
    pub condition: Condition,
    pub year: i16,
    pub make: String,
    pub model: String,
    pub trim: String,
    pub body: Body,
    pub drivetrain: Drivetrain,
    pub fuel: Fuel,
    pub transmission: Transmission,
    pub exterior_color: String,
    pub interior_color: String,
    pub mileage: u32,
    pub price_cents: i64,
    pub cost_cents: i64,
    pub status: VehicleStatus,
    #[serde(deserialize_with = "list")]
    pub features: Vec<String>,
    pub description: String,
    pub drawing: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CustomerRow {
    pub key: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: E164,
    pub email: EmailAddress,
    pub preferred_channel: Channel,
    pub opted_out: bool,
    #[serde(deserialize_with = "list")]
    pub tags: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct LeadRow {
    pub customer: String,
    pub status: LeadStatus,
    pub source: LeadSource,
    pub owner: Option<String>,
    pub vehicle: Option<String>,
    pub days_ago: i32,
    pub note: String,
}

#[derive(Deserialize)]
pub(super) struct AppointmentRow {
    pub customer: String,
    pub kind: AppointmentKind,
    pub vehicle: Option<String>,
    pub staff: String,
    pub days_from_now: i32,
    pub time: Time,
    pub status: AppointmentStatus,
}

#[derive(Deserialize)]
pub(super) struct TaskRow {
    pub customer: String,
    pub owner: String,
    pub kind: TaskKind,
    pub title: String,
    pub days_from_now: i32,
    pub status: TaskStatus,
}

#[derive(Deserialize)]
pub(super) struct FaqRow {
    pub topic: String,
    pub question: String,
    pub answer: String,
}

/// A past conversation.
#[derive(Deserialize)]
pub(super) struct Thread {
    pub customer: String,
    pub messages: Vec<Said>,
}

#[derive(Deserialize)]
pub(super) struct Said {
    pub days_ago: i32,
    pub time: Time,
    pub from: Speaker,
    /// The key of the user who wrote it.
    pub user: Option<String>,
    pub text: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Speaker {
    Customer,
    Assistant,
    User,
}

fn rows<T: DeserializeOwned>((name, text): (&'static str, &'static str)) -> anyhow::Result<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().context(name)
}

fn json<T: DeserializeOwned>((name, text): (&'static str, &'static str)) -> anyhow::Result<T> {
    serde_json::from_str(text).context(name)
}

fn list<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(field)?;
    Ok(text.split('|').filter(|item| !item.is_empty()).map(str::to_owned).collect())
}
