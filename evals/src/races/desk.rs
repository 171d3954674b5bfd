//! The people of a dealership at their desks: what they do through the API of whichever server.

use anyhow::Context;
use forecourt_crm_store::Store;
use forecourt_domain::staff::Role;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::arrange::Dealership;

/// A manager with a token and a browser.
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
    /// The texts of a list in the answer.
    pub(super) fn texts(&self, field: &str) -> Vec<String> {
        let list = self.body[field].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

impl Desk {
    pub(super) async fn open(store: &Store, dealership: &Dealership) -> anyhow::Result<Self> {
        let mut tx = store.begin(dealership.scope).await?;
        let token = tx.insert_token(dealership.manager, Role::SalesManager, None).await?;
        tx.commit().await?;
        Ok(Self { http: reqwest::Client::builder().build()?, token })
    }

    pub(super) async fn take_over(&self, server: &Url, conversation: Uuid) -> anyhow::Result<Answer> {
        let text = json!({ "text": "Hi, this is Maya. I have your question and will call you." });
        self.post(server, &format!("/api/v1/conversations/{conversation}/messages"), &text).await
    }

    pub(super) async fn pause(&self, server: &Url) -> anyhow::Result<Answer> {
        self.post(server, "/api/v1/ai/pause", &json!({ "scope": "dealership" })).await
    }

    pub(super) async fn resume(&self, server: &Url) -> anyhow::Result<Answer> {
        self.post(server, "/api/v1/ai/resume", &json!({ "scope": "dealership" })).await
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
