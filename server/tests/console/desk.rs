//! People at a dealership with their sessions, and a browser that is only requests.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use forecourt_agent::models::scripted::{Scripted, ScriptedModel};
use forecourt_crm_store::{
    conversations::ConversationSummary, dealership::DealershipSettings, staff::NewAssignment, system::sessions::Client,
};
use forecourt_domain::{
    ids::{ConversationId, UserId},
    money::Currency,
    scope::Scope,
    staff::Role,
};
use secrecy::{ExposeSecret, SecretString};
use tower::ServiceExt;

use crate::world::{World, world};

/// The origin of the test world's public URL.
pub const ORIGIN: &str = "https://forecourt.example";

/// A dealership with a manager, a salesperson and somebody who may only look.
pub struct Desk {
    pub world: World,
    pub manager: Person,
    pub salesperson: Person,
    pub onlooker: Person,
}

/// Somebody who is signed in at the console.
pub struct Person {
    pub user_id: UserId,
    pub session: SecretString,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Whether the page says it.
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// The value of the first attribute after `before`, up to its closing quote.
    pub fn value_after(&self, before: &str) -> String {
        let (_, rest) = self.text.split_once(before).unwrap_or_else(|| panic!("{before} is not in:\n{}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }
}

pub async fn desk(answers: impl IntoIterator<Item = Scripted>) -> Desk {
    desk_with(ScriptedModel::queue(answers)).await
}

pub async fn desk_with(model: ScriptedModel) -> Desk {
    let world = world(model).await;
    let manager = person(&world, world.scope, "dana@test.example", "Dana", Role::SalesManager).await;
    let salesperson = person(&world, world.scope, "marcus@test.example", "Marcus", Role::Salesperson).await;
    let onlooker = person(&world, world.scope, "olive@test.example", "Olive", Role::Viewer).await;
    Desk { world, manager, salesperson, onlooker }
}

/// Somebody who works at a dealership and is signed in there.
pub async fn person(world: &World, scope: Scope, email: &str, first_name: &str, role: Role) -> Person {
    let email = email.parse().unwrap();
    let user_id = world.store.find_or_insert_user(&email, first_name, "Test").await.unwrap();
    let mut tx = world.store.begin(scope).await.unwrap();
    let assignment = NewAssignment { user_id, role, department_id: None, alert_phone: None, alert_email: None };
    tx.insert_assignment(&assignment).await.unwrap();
    let client = Client::new("Test browser", "203.0.113.5");
    let (_, session) = tx.insert_session(user_id, Some(scope.dealership_id()), &client).await.unwrap();
    tx.commit().await.unwrap();
    Person { user_id, session }
}

/// A second dealership with a manager of its own.
pub async fn stranger(world: &World) -> Person {
    let dealership = world.store.insert_dealership("Other Group", "Other Motors").await.unwrap();
    let scope = Scope::of(dealership.id);
    let mut tx = world.store.begin(scope).await.unwrap();
    let settings = DealershipSettings::new("America/Denver".parse().unwrap(), Currency::Usd, "US");
    tx.insert_profile(&settings).await.unwrap();
    tx.commit().await.unwrap();
    person(world, scope, "sam@other.example", "Sam", Role::Admin).await
}

impl Desk {
    pub async fn get(&self, person: &Person, path: &str) -> Page {
        let request = Request::get(path).header(header::COOKIE, cookie(person)).body(Body::empty()).unwrap();
        self.send(request).await
    }

    pub async fn get_signed_out(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, person: &Person, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(post(Some(person), Some(ORIGIN), path, fields)).await
    }

    pub async fn send(&self, request: Request<Body>) -> Page {
        let (parts, body) = self.answer(request).await.into_parts();
        let body = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        Page { status: parts.status, headers: parts.headers, text }
    }

    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.world.app.clone().oneshot(request).await.unwrap()
    }

    /// The one conversation there is.
    pub async fn conversation(&self) -> ConversationSummary {
        let mut tx = self.world.store.begin(self.world.scope).await.unwrap();
        tx.load_conversations(5).await.unwrap().remove(0)
    }

    /// Gives whoever writes from a number a name.
    pub async fn name(&self, phone: &str, name: &str) {
        let (first, last) = name.split_once(' ').unwrap();
        let mut tx = self.world.store.begin(self.world.scope).await.unwrap();
        let id = tx.find_conversation_by_phone(phone).await.unwrap().unwrap();
        let party = tx.lock_conversation(id).await.unwrap().unwrap().party_id;
        tx.insert_customer(party, first, last, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn conversation_of(&self, who: &str) -> ConversationId {
        let mut tx = self.world.store.begin(self.world.scope).await.unwrap();
        let all = tx.load_conversations(20).await.unwrap();
        all.into_iter().find(|conversation| conversation.who == who).unwrap().id
    }

    /// A customer wrote, and what follows was done. Where that conversation is.
    pub async fn conversation_after(&self, text: &str) -> (ConversationId, String) {
        self.world.text("SM1", text).await;
        self.world.drain().await;
        let id = self.conversation().await.id;
        (id, format!("/console/conversations/{id}"))
    }
}

/// The name of the session's cookie at the test world's public URL, which has TLS.
pub fn session_cookie() -> &'static str {
    "__Host-forecourt="
}

pub fn cookie(person: &Person) -> String {
    format!("other=1; {}{}", session_cookie(), person.session.expose_secret())
}

pub fn post(person: Option<&Person>, origin: Option<&str>, path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "10.0.0.7:8080");
    if let Some(person) = person {
        request = request.header(header::COOKIE, cookie(person));
    }
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    request.body(Body::from(form)).unwrap()
}
