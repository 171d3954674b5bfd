//! The people of a dealership at their desks: what they do through the API of whichever server.

use anyhow::Context;
use forecourt_crm_store::{Store, staff::NewAssignment};
use forecourt_domain::staff::Role;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::lane::Height;
use crate::arrange::Dealership;

/// A switch, and as its reason the conversation of whoever throws it, by which the referee's notes find them.
fn switch(height: Height, conversation: Uuid) -> Value {
    let mut switch = match height {
        Height::Group => json!({ "scope": "group" }),
        Height::Dealership => json!({ "scope": "dealership" }),
        Height::Channel => json!({ "scope": "channel", "channel": "sms" }),
        Height::Conversation => json!({ "scope": "conversation", "conversation_id": conversation }),
    };
    switch["reason"] = json!(conversation);
    switch
}

/// An admin of a group with a token at one of its dealerships: may throw every switch and decide on everything.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    http: reqwest::Client,
    token: SecretString,
}

/// What a server answered.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// What the answer says was already leaving.
    pub(super) fn already_leaving(&self) -> Vec<String> {
        let list = self.body["already_leaving"].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|text| text["text"].as_str().or(text.as_str())).map(str::to_owned).collect()
    }
}

impl Desk {
    pub(super) async fn open(store: &Store, dealership: &Dealership) -> anyhow::Result<Self> {
        let email = format!("admin.{}@example.com", dealership.group_id).parse()?;
        let user_id = store.find_or_insert_user(&email, "Ada", "Admin").await?;
        let mut tx = store.begin(dealership.scope).await?;
        let admin = NewAssignment {
            user_id,
            role: Role::Admin,
            department_id: None,
            alert_phone: None,
            alert_email: Some(email),
        };
        tx.insert_assignment(&admin).await?;
        let token = tx.insert_token(user_id, Role::Admin, None).await?;
        tx.commit().await?;
        Ok(Self { http: reqwest::Client::builder().build()?, token })
    }

    pub(super) async fn take_over(&self, server: &Url, conversation: Uuid) -> anyhow::Result<Answer> {
        let text = json!({ "text": "Hi, this is Maya. I have your question and will call you." });
        self.post(server, &format!("/api/v1/conversations/{conversation}/messages"), &text).await
    }

    pub(super) async fn pause(&self, server: &Url, height: Height, conversation: Uuid) -> anyhow::Result<Answer> {
        self.post(server, "/api/v1/ai/pause", &switch(height, conversation)).await
    }

    pub(super) async fn resume(&self, server: &Url, height: Height, conversation: Uuid) -> anyhow::Result<Answer> {
        self.post(server, "/api/v1/ai/resume", &switch(height, conversation)).await
    }

    pub(super) async fn approve(&self, server: &Url, proposal: &Value) -> anyhow::Result<Answer> {
        let id = proposal["id"].as_str().context("a proposal has an id")?;
        let digest = json!({ "digest": proposal["digest"] });
        self.post(server, &format!("/api/v1/proposals/{id}/approve"), &digest).await
    }

    /// What waits for a decision in a conversation.
    pub(super) async fn find_pending(&self, server: &Url, conversation: Uuid) -> anyhow::Result<Option<Value>> {
        let mut url = server.clone();
        url.set_path("/api/v1/proposals");
        let response = self.http.get(url).bearer_auth(self.token.expose_secret()).send().await?;
        let listed: Vec<Value> = response.error_for_status()?.json().await?;
        let id = conversation.to_string();
        Ok(listed.into_iter().find(|proposal| proposal["conversation_id"].as_str() == Some(&id)))
    }

    async fn post(&self, server: &Url, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let mut url = server.clone();
        url.set_path(path);
        let response = self.http.post(url).bearer_auth(self.token.expose_secret()).json(body).send().await?;
        let status = response.status().as_u16();
        Ok(Answer { status, body: response.json().await.unwrap_or_default() })
    }
}
