//! People with passwords, and browsers that keep cookies.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use forecourt_agent::models::scripted::ScriptedModel;
use forecourt_crm_store::{dealership::DealershipSettings, staff::NewAssignment};
use forecourt_domain::{ids::UserId, money::Currency, scope::Scope, staff::Role};
use forecourt_server::identity::Passwords;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::{Answer, World, world};

pub const PASSWORD: &str = "velvet harbor ninety otters";
const ORIGIN: &str = "https://forecourt.example";

/// A dealership whose people sign in.
pub struct Office {
    pub world: World,
    hash: SecretString,
}

pub async fn office() -> Office {
    let world = world(ScriptedModel::queue([])).await;
    let hash = Passwords::default().hash(&SecretString::from(PASSWORD)).await.unwrap();
    Office { world, hash }
}

impl Office {
    /// Somebody with the password of everybody here.
    pub async fn person(&self, email: &str, role: Role) -> UserId {
        self.person_at(self.world.scope, email, role).await
    }

    pub async fn person_at(&self, scope: Scope, email: &str, role: Role) -> UserId {
        let first = email.split('@').next().unwrap();
        let mut tx = self.world.store.begin(scope).await.unwrap();
        let user_id = tx.find_or_insert_user(&email.parse().unwrap(), first, "Test").await.unwrap();
        let new = NewAssignment { user_id, role, department_id: None, alert_phone: None, alert_email: None };
        tx.insert_assignment(&new).await.unwrap();
        tx.set_first_password(user_id, &self.hash).await.unwrap();
        tx.commit().await.unwrap();
        user_id
    }

    /// Another dealership, in a group of its own.
    pub async fn dealership(&self, name: &str) -> Scope {
        let entry = self.world.store.insert_dealership(name, name).await.unwrap();
        let scope = Scope::of(entry.id);
        let mut tx = self.world.store.begin(scope).await.unwrap();
        let settings = DealershipSettings::new("America/Denver".parse().unwrap(), Currency::Usd, "US");
        tx.insert_profile(&settings).await.unwrap();
        tx.commit().await.unwrap();
        scope
    }

    /// A browser at an address.
    pub fn browser(&self, address: &str) -> Browser<'_> {
        Browser { office: self, peer: SocketAddr::new(address.parse().unwrap(), 40_000), cookies: BTreeMap::new() }
    }

    /// What the log of the dealership holds of a kind.
    pub async fn logged(&self, kind: &str) -> Vec<Value> {
        let all = self
            .world
            .texts("select jsonb_build_object('kind', kind, 'details', details, 'user', actor_user_id)::text from audit_entries order by id")
            .await;
        all.iter()
            .map(|entry| serde_json::from_str::<Value>(entry).unwrap())
            .filter(|entry| entry["kind"] == kind)
            .collect()
    }

    /// Signs in over the API.
    pub async fn token(&self, email: &str, more: Value) -> Answer {
        self.token_from("203.0.113.7", email, PASSWORD, more).await
    }

    pub async fn token_from(&self, address: &str, email: &str, password: &str, more: Value) -> Answer {
        let mut body = json!({ "email": email, "password": password });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.post_json(address, "/api/v1/auth/token", &body).await
    }

    pub async fn post_json(&self, address: &str, path: &str, body: &Value) -> Answer {
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "Test program")
            .body(Body::from(body.to_string()))
            .unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 40_000)));
        let response = self.world.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1024 * 1024).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The access token and the refresh token of somebody who signs in.
    pub async fn signed_in(&self, email: &str) -> (SecretString, String) {
        let answer = self.token(email, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        (access(&answer), answer.body["refresh_token"].as_str().unwrap().to_owned())
    }

    /// What somebody with an access token is answered.
    pub async fn status(&self, token: &SecretString, path: &str) -> StatusCode {
        self.world.ask(token, Request::get(path), None).await.status
    }
}

pub fn access(answer: &Answer) -> SecretString {
    SecretString::from(answer.body["access_token"].as_str().unwrap().to_owned())
}

/// A browser that keeps its cookies.
pub struct Browser<'a> {
    office: &'a Office,
    peer: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    pub fn goes_to(&self) -> Option<&str> {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok())
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN);
        self.send(request, form).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::USER_AGENT, "Test browser")
            .body(Body::from(body))
            .unwrap();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let (parts, body) = self.office.world.app.clone().oneshot(request).await.unwrap().into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let bytes = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
        Page { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.post("/console/sign-in", &[("email", email), ("password", password), ("place", "/console")]).await
    }

    /// Signs in with the password of everybody, which must be enough.
    pub async fn enter(&mut self, email: &str) {
        let page = self.sign_in(email, PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    }

    pub async fn is_in(&mut self) -> bool {
        self.get("/console/approvals").await.status == StatusCode::OK
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// The same browser with the same cookies, at the same address.
    pub fn copy(&self) -> Self {
        Self { office: self.office, peer: self.peer, cookies: self.cookies.clone() }
    }

    /// Forgets everything but that it is known.
    pub fn keep_device_only(&mut self) {
        self.cookies.retain(|name, _| name == "__Host-forecourt_device");
    }
}

/// The secret of a cookie in a log or a page would be one too many.
pub fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}
