//! A small dealership for benches and tests: hours, staff, a few vehicles, a Twilio account with a number.

use std::time::Duration;

use anyhow::Context;
use forecourt_crm_store::{
    Store,
    dealership::{Address, DealershipSettings},
    integrations::Provider,
    opening_hours::NewDepartment,
    staff::NewAssignment,
    system::founding::FoundedIn,
    vehicle_import::VehicleRecord,
};
use forecourt_domain::{
    contact::E164,
    hours::Span,
    ids::{DepartmentId, GroupId, IntegrationId, UserId},
    money::Currency,
    scope::Scope,
    staff::{DepartmentKind, Role},
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
};
use forecourt_tools::{HashedNgrams, indexing::index_vehicles};
use jiff::civil::{Weekday, time};
use secrecy::SecretString;

use crate::doubles::twilio::Account;

/// What a dealership to be arranged is like.
#[derive(Debug, Clone)]
pub struct Plan {
    pub name: String,
    /// The group that it joins; none: one of its own.
    pub group: Option<GroupId>,
    /// Its number, which customers text to.
    pub number: E164,
    pub quiet: Duration,
    pub max_wait: Duration,
    pub appointment_capacity: u16,
    pub vehicles: Vec<VehicleRecord>,
}

impl Plan {
    /// A dealership that answers at once and sells three vehicles.
    ///
    /// # Errors
    /// When `number` is none.
    pub fn new(name: &str, number: &str) -> anyhow::Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            group: None,
            number: number.parse()?,
            quiet: Duration::ZERO,
            max_wait: Duration::ZERO,
            appointment_capacity: 3,
            vehicles: vehicles()?,
        })
    }
}

/// A dealership that is there.
#[derive(Debug, Clone)]
pub struct Dealership {
    pub scope: Scope,
    pub group_id: GroupId,
    pub name: String,
    pub number: E164,
    pub integration_id: IntegrationId,
    pub twilio: Account,
    pub sales: DepartmentId,
    pub admin: UserId,
    pub manager: UserId,
    pub salesperson: UserId,
}

/// The Twilio account that every arranged dealership uses.
#[must_use]
pub fn twilio_account() -> Account {
    Account { sid: format!("AC{}", "5".repeat(32)), auth_token: SecretString::from("e1".repeat(16)) }
}

/// Makes the dealership of a plan. It is in Denver and open every day from 8 to 8.
///
/// # Errors
/// When the database refuses.
pub async fn arrange(store: &Store, plan: &Plan) -> anyhow::Result<Dealership> {
    let group = plan.group.map_or(FoundedIn::NewGroup("Northgate Group"), FoundedIn::Group);
    let (entry, mut tx) = store.begin_founding(group, &plan.name).await?;
    let (scope, group_id) = (Scope::of(entry.id), entry.group_id);
    tx.insert_profile(&settings(plan)?).await?;
    let sales = NewDepartment {
        appointment_capacity: plan.appointment_capacity,
        ..NewDepartment::new(DepartmentKind::Sales, "Sales", Some("+13035550110"))
    };
    let sales = tx.insert_department(&sales).await?;
    let span = Span { opens: time(8, 0, 0, 0), closes: time(20, 0, 0, 0) };
    let week: Vec<_> = Weekday::Monday.cycle_forward().take(7).map(|weekday| (weekday, span)).collect();
    tx.insert_opening_hours(sales, &week).await?;
    for vehicle in &plan.vehicles {
        tx.upsert_vehicle(vehicle).await?;
    }
    let twilio = twilio_account();
    let numbers = [(plan.number.clone(), Some(sales))];
    let integration_id = tx.insert_integration(Provider::Twilio, &twilio.sid, &twilio.auth_token, &numbers).await?;
    tx.commit().await?;
    let admin = hire(store, scope, "Avery", Role::Admin).await?;
    let manager = hire(store, scope, "Maya", Role::SalesManager).await?;
    let salesperson = hire(store, scope, "Dana", Role::Salesperson).await?;
    index_vehicles(store, scope, &HashedNgrams).await?;
    let (name, number) = (plan.name.clone(), plan.number.clone());
    Ok(Dealership { scope, group_id, name, number, integration_id, twilio, sales, admin, manager, salesperson })
}

async fn hire(store: &Store, scope: Scope, first_name: &str, role: Role) -> anyhow::Result<UserId> {
    let email = format!("{}.{}@example.com", first_name.to_lowercase(), scope.dealership_id()).parse()?;
    let user_id = store.find_or_insert_user(&email, first_name, "Miller").await?;
    let mut tx = store.begin(scope).await?;
    let new = NewAssignment { user_id, role, department_id: None, alert_phone: None, alert_email: Some(email) };
    tx.insert_assignment(&new).await?;
    tx.commit().await?;
    Ok(user_id)
}

fn settings(plan: &Plan) -> anyhow::Result<DealershipSettings> {
    let zone = "America/Denver".parse()?;
    let text = |text: &str| Some(text.to_owned());
    Ok(DealershipSettings {
        sms_quiet: plan.quiet,
        sms_max_wait: plan.max_wait,
        phone: text("+13035550110"),
        website: text("https://northgate.example"),
        address: Address {
            street: text("12 Main St"),
            city: text("Denver"),
            region: text("CO"),
            postal_code: text("80202"),
        },
        ..DealershipSettings::new(zone, Currency::Usd, "US")
    })
}

/// Three used vehicles: U1041, U1042 and U1043.
///
/// # Errors
/// Never; the VINs below have their right check digits.
pub fn vehicles() -> anyhow::Result<Vec<VehicleRecord>> {
    let vehicle = |stock: &str, vin: &str, year, make: &str, model: &str, trim: &str, mileage, price: i64| {
        Ok::<_, anyhow::Error>(VehicleRecord {
            stock_number: stock.to_owned(),
            vin: vin.parse().context("a VIN of the arranged vehicles")?,
            condition: Condition::Used,
            year,
            make: make.to_owned(),
            model: model.to_owned(),
            trim: trim.to_owned(),
            body: Some(Body::Suv),
            drivetrain: Some(Drivetrain::Awd),
            fuel: Some(Fuel::Gasoline),
            transmission: Some(Transmission::Automatic),
            exterior_color: "Soul Red".to_owned(),
            interior_color: "Black".to_owned(),
            mileage: Some(mileage),
            currency: Currency::Usd,
            price_minor: Some(price * 100),
            cost_minor: Some(price * 80),
            status: VehicleStatus::Available,
            features: vec!["heated seats".to_owned(), "backup camera".to_owned()],
            description: String::new(),
            drawing: None,
        })
    };
    Ok(vec![
        vehicle("U1041", "JM3KFBCM2M0000001", 2021, "Mazda", "CX-5", "Touring", 31_200, 26_990)?,
        vehicle("U1042", "4S4BTANC8N0000002", 2022, "Subaru", "Outback", "Limited", 24_800, 29_450)?,
        vehicle("U1043", "2T3P1RFV7L0000003", 2020, "Toyota", "RAV4", "XLE", 41_000, 25_750)?,
    ])
}
