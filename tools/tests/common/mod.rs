//! A small dealership in a database of its own, and calls as the turn loop makes them.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "these are tests, and each uses a part of it")]

use std::sync::Arc;

use forecourt_crm_store::{
    Store,
    dealership::{Address, DealershipSettings},
    keys::Keys,
    opening_hours::{Holiday, NewDepartment},
    staff::NewAssignment,
    testing::TestDatabase,
    vehicle_import::{Upserted, VehicleRecord},
};
use forecourt_domain::{
    action::Channel,
    clock::ManualClock,
    contact::ContactKind,
    evidence::{Evidence, Fact},
    hours::{Span, Zone},
    ids::{ContactPointId, ConversationId, PartyId, TurnId, UserId, VehicleId},
    money::Currency,
    scope::Scope,
    staff::{DepartmentKind, Role},
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
};
use forecourt_tools::{
    Contact, Embedder, ErasedDone, HashedNgrams, Registry, Services, ToolContext, ToolError, ToolFailure,
    indexing::{index_knowledge, index_vehicles},
};
use jiff::{
    Timestamp,
    civil::{Weekday, date, time},
};
use serde_json::Value;

/// Friday, November 20, 2026, 14:05 in Denver.
pub const NOW: &str = "2026-11-20T21:05:00Z";

pub struct World {
    pub database: TestDatabase,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub scope: Scope,
    pub registry: Registry,
}

impl World {
    /// An empty dealership: open 9 to 8, Saturday to 6, closed on Sundays and Thanksgiving.
    pub async fn create() -> Self {
        let database = TestDatabase::create().await;
        let clock = Arc::new(ManualClock::at(NOW.parse().unwrap()));
        let keys = Keys::derive(&secrecy::SecretString::from("k".repeat(32))).unwrap();
        let store = Store::new(database.app.clone(), keys, clock.clone());
        let scope = add_dealership(&store, "Northgate Motors").await;
        Self { database, store, clock, scope, registry: Registry::customer() }
    }

    pub async fn add_user(&self, scope: Scope, first_name: &str, role: Role) -> UserId {
        let email = format!("{}@example.com", first_name.to_lowercase()).parse().unwrap();
        let user_id = self.store.find_or_insert_user(&email, first_name, "Miller").await.unwrap();
        let mut tx = self.store.begin(scope).await.unwrap();
        let new = NewAssignment { user_id, role, department_id: None, alert_phone: None, alert_email: Some(email) };
        tx.insert_assignment(&new).await.unwrap();
        tx.commit().await.unwrap();
        user_id
    }

    /// Stores and indexes vehicles.
    pub async fn add_vehicles(&self, scope: Scope, vehicles: &[VehicleRecord]) -> Vec<VehicleId> {
        let mut tx = self.store.begin(scope).await.unwrap();
        let mut ids = Vec::new();
        for vehicle in vehicles {
            let upserted = tx.upsert_vehicle(vehicle).await.unwrap();
            let (Upserted::Inserted(id) | Upserted::Changed(id) | Upserted::Unchanged(id)) = upserted else {
                panic!("{upserted:?}")
            };
            ids.push(id);
        }
        tx.commit().await.unwrap();
        index_vehicles(&self.store, scope, &HashedNgrams).await.unwrap();
        ids
    }

    pub async fn add_knowledge(&self, scope: Scope, entries: &[(&str, &str, &str)]) {
        let mut tx = self.store.begin(scope).await.unwrap();
        for (topic, question, answer) in entries {
            tx.insert_knowledge_entry(topic, question, answer).await.unwrap();
        }
        tx.commit().await.unwrap();
        index_knowledge(&self.store, scope, &HashedNgrams).await.unwrap();
    }

    /// Somebody who texts from `phone`, with a conversation.
    pub async fn add_texter(&self, scope: Scope, phone: &str) -> ToolContext {
        self.add_party(scope, ContactKind::Phone, phone, "carrier", Channel::Sms).await
    }

    /// Somebody in the web chat, who has proven nothing.
    pub async fn add_visitor(&self, scope: Scope, visitor: &str) -> ToolContext {
        let context = self.add_party(scope, ContactKind::ChatVisitor, visitor, "claimed", Channel::WebChat).await;
        ToolContext { assurance_proven: false, ..context }
    }

    pub async fn add_party(
        &self,
        scope: Scope,
        kind: ContactKind,
        value: &str,
        assurance: &str,
        channel: Channel,
    ) -> ToolContext {
        let now: Timestamp = NOW.parse().unwrap();
        let (party_id, conversation_id) = (PartyId::generate(now), ConversationId::generate(now));
        let point = ContactPointId::generate(now);
        let tenant = scope.dealership_id().0;
        let mut tx = self.raw(scope).await;
        sqlx::query("insert into parties (dealership_id, id, created_at) values ($1, $2, now())")
            .bind(tenant)
            .bind(party_id.0)
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query(
            "insert into contact_points (dealership_id, id, party_id, kind, value, assurance, created_at)
             values ($1, $2, $3, $4, $5, $6, now())",
        )
        .bind(tenant)
        .bind(point.0)
        .bind(party_id.0)
        .bind(kind.as_str())
        .bind(value)
        .bind(assurance)
        .execute(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "insert into conversations (dealership_id, id, kind, party_id, channel, created_at, last_message_at)
             values ($1, $2, 'customer', $3, $4, now(), now())",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(party_id.0)
        .bind(channel.as_str())
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        ToolContext {
            now,
            conversation_id,
            turn_id: TurnId::generate(now),
            party_id,
            customer_id: None,
            contact: Contact { kind, value: value.to_owned() },
            channel,
            assurance_proven: true,
            zone: zone(),
            currency: Currency::Usd,
            country: "US".to_owned(),
            profile_version: 1,
        }
    }

    /// A transaction with plain SQL inside a dealership, for arranging and looking.
    pub async fn raw(&self, scope: Scope) -> sqlx::Transaction<'static, sqlx::Postgres> {
        let mut tx = self.database.app.begin().await.unwrap();
        sqlx::query("select set_config('app.dealership_id', $1, true)")
            .bind(scope.dealership_id().to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        tx
    }

    /// The first column of the rows of a query on one dealership, as text.
    pub async fn texts(&self, scope: Scope, query: &'static str) -> Vec<String> {
        let mut tx = self.raw(scope).await;
        sqlx::query_scalar::<_, Option<String>>(query)
            .fetch_all(&mut *tx)
            .await
            .unwrap()
            .into_iter()
            .map(|text| text.unwrap_or_else(|| "null".to_owned()))
            .collect()
    }

    /// Calls a tool as the turn loop does, and commits whether or not it was refused.
    pub async fn try_call(
        &self,
        scope: Scope,
        context: &ToolContext,
        tool: &str,
        arguments: Value,
    ) -> Result<ErasedDone, ToolFailure> {
        self.try_call_with(Arc::new(HashedNgrams), scope, context, tool, arguments).await
    }

    /// The same with another embedder.
    pub async fn try_call_with(
        &self,
        embedder: Arc<dyn Embedder>,
        scope: Scope,
        context: &ToolContext,
        tool: &str,
        arguments: Value,
    ) -> Result<ErasedDone, ToolFailure> {
        let call = self.registry.find(tool)?.decode(&arguments.to_string())?;
        let services = Services { embedder };
        let prepared = call.prepare(&services, context).await.map_err(told)?;
        let mut tx = self.store.begin(scope).await.unwrap();
        let done = prepared.run(&mut tx, context).await;
        tx.commit().await.unwrap();
        done.map_err(told)
    }

    /// Calls a tool that must not be refused.
    pub async fn call(&self, context: &ToolContext, tool: &str, arguments: Value) -> ErasedDone {
        match self.try_call(self.scope, context, tool, arguments).await {
            Ok(done) => done,
            Err(failure) => panic!("{tool}: {}", failure.to_json()),
        }
    }

    /// Calls a tool that must be refused, and says how.
    pub async fn refused(&self, context: &ToolContext, tool: &str, arguments: Value) -> Value {
        match self.try_call(self.scope, context, tool, arguments).await {
            Ok(done) => panic!("{tool} was done: {}", done.output),
            Err(failure) => failure.to_json(),
        }
    }
}

fn told(error: ToolError) -> ToolFailure {
    match error {
        ToolError::Told(failure) => *failure,
        ToolError::Store(error) => panic!("{error:?}"),
    }
}

pub fn zone() -> Zone {
    "America/Denver".parse().unwrap()
}

/// Makes a dealership with departments and hours.
pub async fn add_dealership(store: &Store, name: &str) -> Scope {
    let entry = store.insert_dealership("Group", name).await.unwrap();
    let scope = Scope::of(entry.id);
    let some = |text: &str| Some(text.to_owned());
    let settings = DealershipSettings {
        address: Address {
            street: some("4100 Federal Blvd"),
            city: some("Denver"),
            region: some("CO"),
            postal_code: some("80211"),
        },
        phone: some("+17205550100"),
        website: some("https://northgate.example"),
        ..DealershipSettings::new(zone(), Currency::Usd, "US")
    };
    let mut tx = store.begin(scope).await.unwrap();
    tx.insert_profile(&settings).await.unwrap();
    let weekdays = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let span = |opens, closes| Span { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) };
    for (kind, closes, saturday) in
        [(DepartmentKind::Sales, 20, Some(span(9, 18))), (DepartmentKind::Service, 17, None)]
    {
        let id = tx.insert_department(&NewDepartment::new(kind, kind.as_str(), Some("+17205550101"))).await.unwrap();
        let mut week: Vec<_> = weekdays.map(|day| (day, span(9, closes))).into();
        week.extend(saturday.map(|span| (Weekday::Saturday, span)));
        tx.insert_opening_hours(id, &week).await.unwrap();
    }
    let thanksgiving = Holiday { day: date(2026, 11, 26), name: "Thanksgiving".to_owned(), span: None };
    tx.insert_holiday(&thanksgiving).await.unwrap();
    tx.commit().await.unwrap();
    scope
}

/// A used 2021 Mazda CX-5 Touring for $28,990, to be changed where a test needs it.
pub fn vehicle(stock_number: &str) -> VehicleRecord {
    VehicleRecord {
        stock_number: stock_number.to_owned(),
        vin: vin_for(stock_number).parse().unwrap(),
        condition: Condition::Used,
        year: 2021,
        make: "Mazda".to_owned(),
        model: "CX-5".to_owned(),
        trim: "Touring".to_owned(),
        body: Some(Body::Suv),
        drivetrain: Some(Drivetrain::Awd),
        fuel: Some(Fuel::Gasoline),
        transmission: Some(Transmission::Automatic),
        exterior_color: "Soul Red Crystal".to_owned(),
        interior_color: "Black".to_owned(),
        mileage: Some(41_250),
        currency: Currency::Usd,
        price_minor: Some(2_899_000),
        cost_minor: Some(2_411_100),
        status: VehicleStatus::Available,
        features: vec!["Heated Front Seats".to_owned(), "Apple CarPlay".to_owned()],
        description: "One owner.".to_owned(),
        drawing: None,
    }
}

/// A VIN with a right check digit, its own for every stock number.
pub fn vin_for(stock_number: &str) -> String {
    let serial = stock_number.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let serial = serial % 1_000_000;
    "0123456789X"
        .chars()
        .map(|check| format!("JM3KFBCM{check}M0{serial:06}"))
        .find(|vin| vin.parse::<forecourt_domain::vin::Vin>().is_ok())
        .unwrap()
}

/// The facts of evidence under a field.
pub fn facts<'a>(evidence: &'a [Evidence], field: &str) -> Vec<&'a Fact> {
    evidence.iter().filter(|piece| piece.field == field).map(|piece| &piece.fact).collect()
}
