//! One conversation, answered the same by whatever model: a question about a vehicle, then a visit.

use std::sync::Arc;

use forecourt_agent::{
    ChatModel,
    models::{
        offline::OfflineModel,
        openai::{Delivery, OpenAiModel, OpenAiSettings, OutputLimitField, http_client},
        scripted::{calls, says},
    },
    testing::openai_double::{OpenAiDouble, Shape},
};
use forecourt_evals::doubles::live_model::LiveModel;

use crate::world::{World, mazdas, visit};

fn script() -> Arc<LiveModel> {
    let model = LiveModel::default();
    model
        .then(calls([("search_inventory", mazdas())]))
        .then(says("Yes: a 2021 Mazda CX-5 Touring, 31,200 miles, $26,990 (stock U1041). Would you like to see it?"))
        .then(calls([("book_appointment", visit("2026-11-21T15:00"))]))
        .then(says("You're booked for Saturday, November 21 at 3:00 PM. See you then!"));
    Arc::new(model)
}

/// Has the conversation and looks at what the customer and the book say afterwards.
async fn converse(model: Arc<dyn ChatModel>, what: &str) {
    let (_database, world) = World::open_with(model).await;
    world.say("Hi, do you have a used Mazda CX-5?").await;
    world.advance(60);
    world.say("Great, can I come in tomorrow at 3pm to look at it?").await;
    let received = world.received();
    assert_eq!(received.len(), 2, "{what}: {received:#?}");
    for expected in ["Northgate Motors", "CX-5", "$26,990", "STOP"] {
        assert!(received[0].contains(expected), "{what}: {expected:?} is not in {:?}", received[0]);
    }
    assert!(received[1].contains("3:00 PM"), "{what}: {received:#?}");
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"], "{what}");
    assert_eq!(world.outbox().await, ["reply sent", "reply sent"], "{what}");
    assert_eq!(world.turns().await, ["completed replied", "completed replied"], "{what}");
}

#[tokio::test]
async fn a_scripted_model_answers_and_books() {
    converse(script(), "scripted").await;
}

#[tokio::test]
async fn the_offline_model_answers_and_books() {
    converse(Arc::<OfflineModel>::default(), "offline").await;
}

#[tokio::test]
async fn every_kind_of_openai_server_answers_and_books_and_is_asked_by_the_rules() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for shape in Shape::ALL {
        for delivery in [Delivery::Whole, Delivery::Streamed] {
            let double = OpenAiDouble::start(shape, script()).await.unwrap();
            let settings = OpenAiSettings {
                base_url: double.base_url(),
                api_key: Some("sk-test".into()),
                model: "test-model".to_owned(),
                delivery,
                output_limit: OutputLimitField::default(),
            };
            let model = OpenAiModel::new(settings, http_client().unwrap()).unwrap();
            let what = format!("{shape:?} {delivery:?}");
            converse(Arc::new(model), &what).await;
            assert_eq!(double.violations(), Vec::<String>::new(), "{what}");
            assert_eq!(double.requests().len(), 4, "{what}");
        }
    }
}
