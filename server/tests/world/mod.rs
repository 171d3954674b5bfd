//! A small dealership on a real database, with its router and workers, for tests of the whole path.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header, request::Builder},
};
use forecourt_agent::{Agent, ChatModel, TurnLimits, Walls, models::scripted::ScriptedModel, pricing::Pricing};
use forecourt_channels::twilio::signature::{SignedBody, sign};
use forecourt_crm_store::{
    Store,
    connect::{self, PoolSize},
    dealership::{Address, DealershipSettings},
    integrations::Provider,
    keys::Keys,
    opening_hours::NewDepartment,
    staff::NewAssignment,
    system::instance::InstanceKind,
    testing::TestDatabase,
};
use forecourt_domain::{
    clock::ManualClock,
    ids::{ConversationId, IntegrationId},
    money::Currency,
    scope::Scope,
    staff::{DepartmentKind, Role},
};
use forecourt_server::{
    http::{self, AppState, console::Live},
    identity::{Identity, Mailer},
    instance::{Brain, assemble},
    providers::Providers,
    workers::{self, Wake, outbox::Sender},
};
use jiff::{SignedDuration, civil::Weekday};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tower::ServiceExt;

pub const TOKEN: &str = "test-token";

pub struct World {
    pub database: TestDatabase,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub scope: Scope,
    pub integration: IntegrationId,
    pub model: Arc<ScriptedModel>,
    pub agent: Arc<Agent>,
    pub app: axum::Router,
    pub sender: Sender,
    pub wake: Wake,
    pub live: Live,
}

pub async fn world(model: ScriptedModel) -> World {
    let database = TestDatabase::create().await;
    let clock = manual_clock();
    let store = Store::new(database.app.clone(), keys(), clock.clone());
    build(database, store, clock, model).await
}

/// A world whose store uses a pool as a server opens it.
pub async fn world_on_a_servers_pool(model: ScriptedModel) -> World {
    let database = TestDatabase::create().await;
    let pool = connect::open_app(&SecretString::from(database.app_url()), PoolSize(8)).await.unwrap();
    let clock = manual_clock();
    let store = Store::new(pool, keys(), clock.clone());
    build(database, store, clock, model).await
}

fn keys() -> Keys {
    Keys::derive(&SecretString::from("k".repeat(64))).unwrap()
}

/// A Friday, 14:05 in Denver.
fn manual_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-20T21:05:00Z".parse().unwrap()))
}

async fn build(database: TestDatabase, store: Store, clock: Arc<ManualClock>, model: ScriptedModel) -> World {
    store.declare_instance(InstanceKind::Test).await.unwrap();
    let dealership = store.insert_dealership("Test Group", "Test Motors").await.unwrap();
    let scope = Scope::of(dealership.id);
    let mut tx = store.begin(scope).await.unwrap();
    let mut settings = DealershipSettings::new("America/Denver".parse().unwrap(), Currency::Usd, "US");
    settings.phone = Some("+17205550101".to_owned());
    settings.address = Address {
        street: Some("1 Test Street".to_owned()),
        city: Some("Testville".to_owned()),
        region: Some("CO".to_owned()),
        postal_code: Some("80000".to_owned()),
    };
    tx.insert_profile(&settings).await.unwrap();
    let sales = tx.insert_department(&NewDepartment::new(DepartmentKind::Sales, "Sales", None)).await.unwrap();
    let span =
        forecourt_domain::hours::Span { opens: jiff::civil::time(9, 0, 0, 0), closes: jiff::civil::time(20, 0, 0, 0) };
    tx.insert_opening_hours(sales, &[(Weekday::Monday, span), (Weekday::Friday, span), (Weekday::Saturday, span)])
        .await
        .unwrap();
    let secret = SecretString::from(TOKEN);
    let numbers = [("+17205550100".parse().unwrap(), Some(sales))];
    let integration = tx.insert_integration(Provider::Simulated, "AC1", &secret, &numbers).await.unwrap();
    tx.commit().await.unwrap();
    let model = Arc::new(model);
    let limits = TurnLimits { deadline: Duration::from_secs(5), ..TurnLimits::default() };
    let brain = Brain { model: Arc::clone(&model) as Arc<dyn ChatModel>, limits, pricing: Pricing::Unknown };
    let agent = Arc::new(assemble(store.clone(), brain, Walls::built_in().unwrap()));
    let wake = Wake::default();
    let live = Live::default();
    let public_url: url::Url = "https://forecourt.example/".parse().unwrap();
    let app = http::router(AppState {
        store: store.clone(),
        agent: Arc::clone(&agent),
        wake: wake.clone(),
        public_url: public_url.clone(),
        metrics: None,
        live: live.clone(),
        identity: Identity::new(Mailer::Kept, &[]),
    });
    let providers = Arc::new(Providers::new(store.clone(), None));
    let sender = Sender { store: store.clone(), agent: Arc::clone(&agent), providers, public_url };
    World { database, store, clock, scope, integration, model, agent, app, sender, wake, live }
}

/// What the API said.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl World {
    pub async fn text(&self, sid: &str, body: &str) -> StatusCode {
        self.post(sid, body, TOKEN).await
    }

    pub async fn text_from(&self, from: &str, sid: &str, body: &str) -> StatusCode {
        self.post_from(from, sid, body, TOKEN).await
    }

    pub async fn post(&self, sid: &str, body: &str, token: &str) -> StatusCode {
        self.post_from("+13035550123", sid, body, token).await
    }

    async fn post_from(&self, from: &str, sid: &str, body: &str, token: &str) -> StatusCode {
        let path = format!("/webhooks/twilio/{}", self.integration);
        let fields = [
            ("MessageSid", sid),
            ("AccountSid", "AC1"),
            ("From", from),
            ("To", "+17205550100"),
            ("Body", body),
            ("NumMedia", "0"),
        ];
        self.post_form(&path, &fields, token).await
    }

    /// Posts a form, signed as Twilio would sign it with `token`.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)], token: &str) -> StatusCode {
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let url = format!("https://forecourt.example{path}");
        let signature = sign(&SecretString::from(token), &url, SignedBody::Form(&fields));
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-twilio-signature", signature)
            .body(Body::from(form))
            .unwrap();
        self.app.clone().oneshot(request).await.unwrap().status()
    }

    /// The first column of a query inside the dealership, as text.
    pub async fn texts(&self, query: &'static str) -> Vec<String> {
        self.database.texts(self.scope, query).await.unwrap()
    }

    /// A token of somebody who works here now.
    pub async fn token_of(&self, email: &str, role: Role) -> SecretString {
        let user_id = self.store.find_or_insert_user(&email.parse().unwrap(), "Test", "Person").await.unwrap();
        let mut tx = self.store.begin(self.scope).await.unwrap();
        let assignment = NewAssignment { user_id, role, department_id: None, alert_phone: None, alert_email: None };
        tx.insert_assignment(&assignment).await.unwrap();
        let token = tx.insert_token(user_id, role, None).await.unwrap();
        tx.commit().await.unwrap();
        token
    }

    /// An answer of the API to somebody with a token: status, content type, body (null where it is none).
    pub async fn ask(&self, token: &SecretString, request: Builder, body: Option<Value>) -> Answer {
        let mut request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.expose_secret()));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1024 * 1024).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A conversation with one text that waits, and its id.
    pub async fn conversation(&self) -> ConversationId {
        let mut tx = self.store.begin(self.scope).await.unwrap();
        tx.find_conversation_by_phone("+13035550123").await.unwrap().unwrap()
    }

    pub async fn drain(&self) {
        self.clock.advance(SignedDuration::from_secs(11));
        workers::turns::drain(&self.agent, &self.wake).await.unwrap();
        workers::outbox::drain(&self.sender).await.unwrap();
    }

    pub async fn thread(&self) -> Vec<(String, String)> {
        let mut tx = self.store.begin(self.scope).await.unwrap();
        let conversation = tx.find_conversation_by_phone("+13035550123").await.unwrap().unwrap();
        let thread = tx.load_thread(conversation, 50).await.unwrap();
        thread
            .into_iter()
            .map(|message| {
                let delivery = message.delivery.map(|delivery| delivery.to_string()).unwrap_or_default();
                (format!("{} {delivery}", message.author), message.text)
            })
            .collect()
    }
}
