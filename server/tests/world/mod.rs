//! A small dealership on a real database, with its router and workers, for tests of the whole path.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use forecourt_agent::{
    Agent, AgentParts, TurnLimits,
    models::{offline::OfflineModel, scripted::ScriptedModel},
};
use forecourt_channels::twilio::signature::{SignedBody, sign};
use forecourt_crm_store::{
    Store,
    dealership::{Address, DealershipSettings},
    integrations::Provider,
    keys::Keys,
    opening_hours::NewDepartment,
    system::instance::InstanceKind,
    testing::TestDatabase,
};
use forecourt_domain::{clock::ManualClock, ids::IntegrationId, money::Currency, scope::Scope, staff::DepartmentKind};
use forecourt_policies::PolicySet;
use forecourt_prompts::PromptSet;
use forecourt_server::{
    http::{self, AppState, console::Live},
    providers::Providers,
    workers::{self, Wake, outbox::Sender},
};
use forecourt_tools::{HashedNgrams, Registry, Services};
use jiff::{SignedDuration, civil::Weekday};
use secrecy::SecretString;
use tower::ServiceExt;

pub const TOKEN: &str = "test-token";

pub struct World {
    _database: TestDatabase,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub scope: Scope,
    pub integration: IntegrationId,
    pub agent: Arc<Agent>,
    pub app: axum::Router,
    pub sender: Sender,
    pub wake: Wake,
    pub live: Live,
}

pub async fn world(model: ScriptedModel) -> World {
    let database = TestDatabase::create().await;
    // A Friday, 14:05 in Denver.
    let clock = Arc::new(ManualClock::at("2026-11-20T21:05:00Z".parse().unwrap()));
    let keys = Keys::derive(&SecretString::from("k".repeat(64))).unwrap();
    let store = Store::new(database.app.clone(), keys, clock.clone());
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
    store.insert_webhook(integration, scope).await.unwrap();
    let agent = Arc::new(Agent::new(AgentParts {
        store: store.clone(),
        model: Arc::new(model),
        offline: Arc::new(OfflineModel),
        policies: PolicySet::built_in().unwrap(),
        prompts: PromptSet::built_in(),
        registry: Registry::customer(),
        services: Services { embedder: Arc::new(HashedNgrams) },
        limits: TurnLimits { deadline: Duration::from_secs(5), ..TurnLimits::default() },
    }));
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
    });
    let providers = Arc::new(Providers::new(store.clone(), None));
    let sender = Sender { store: store.clone(), providers, public_url };
    World { _database: database, store, clock, scope, integration, agent, app, sender, wake, live }
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
        let fields: Vec<(String, String)> = [
            ("MessageSid", sid),
            ("AccountSid", "AC1"),
            ("From", from),
            ("To", "+17205550100"),
            ("Body", body),
            ("NumMedia", "0"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
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
