//! The OpenAI adapter against servers: a checking double in four shapes, replies written by hand,
//! and connections that break.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod double;
mod replies;
mod streams;

use std::{sync::Arc, time::Duration};

use forecourt_agent::{
    model::{ChatMessage, ChatModel, ModelAnswer, ModelError, ModelRequest, ToolSchema},
    models::openai::{Delivery, OpenAiModel, OpenAiSettings, OutputLimitField, http_client},
};
use serde_json::json;

fn model_at(base_url: &str, delivery: Delivery) -> OpenAiModel {
    // Fails when another test of this process has already installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = OpenAiSettings {
        base_url: base_url.to_owned(),
        api_key: Some("sk-test".into()),
        model: "test-model".to_owned(),
        delivery,
        output_limit: OutputLimitField::default(),
    };
    OpenAiModel::new(settings, http_client().unwrap()).unwrap()
}

fn tools() -> Arc<[ToolSchema]> {
    let parameters = json!({"type": "object", "properties": {"stock_number": {"type": "string"}},
        "required": ["stock_number"], "additionalProperties": false});
    Arc::new([ToolSchema { name: "get_vehicle", description: "One vehicle by its stock number.", parameters }])
}

fn request(messages: Vec<ChatMessage>) -> ModelRequest {
    ModelRequest { tools: tools(), messages, max_output_tokens: 400, timeout: Duration::from_secs(20) }
}

fn opening() -> Vec<ChatMessage> {
    vec![
        ChatMessage::System { text: "You are Ava.".into() },
        ChatMessage::User { text: "Is U1043 still there?".into() },
        ChatMessage::System { text: "now: 2026-11-20T14:05 Friday".into() },
    ]
}

/// Asks the opening question; gives back the answer and everything that was heard meanwhile.
async fn ask(model: &impl ChatModel) -> (Result<ModelAnswer, ModelError>, String) {
    let mut heard = String::new();
    let answer = model.respond(&request(opening()), &mut |text| heard.push_str(text)).await;
    (answer, heard)
}
