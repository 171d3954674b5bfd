//! The provider of the model is down: the customer hears something true, and a human or the offline
//! model takes over, as the dealership chose.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use forecourt_agent::{
    ChatModel, TurnLimits,
    model::ModelError,
    models::{
        openai::{Delivery, OpenAiModel, OpenAiSettings, OutputLimitField, http_client},
        retry::{BreakerPolicy, Resilient, RetryPolicy},
        scripted::ScriptedModel,
    },
    testing::openai_double::{OpenAiDouble, Shape},
};

use crate::world::World;

const OFFLINE_ANSWERS: &str = "update dealership_profiles set model_fallback = 'offline_answers'";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Outage {
    /// Every request is answered with 503.
    Refuses,
    /// No request is ever answered.
    Hangs,
    /// It failed so often that nobody asks any more.
    BreakerOpen,
}

const OUTAGES: [Outage; 3] = [Outage::Refuses, Outage::Hangs, Outage::BreakerOpen];

/// A server that is down in that way, and the model that asks it as `serve` would.
async fn down(outage: Outage) -> (OpenAiDouble, Arc<dyn ChatModel>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failing = ScriptedModel::function(move |_| match outage {
        Outage::Refuses | Outage::BreakerOpen => Err(ModelError::Unavailable("down".into())),
        Outage::Hangs => Err(ModelError::Timeout),
    });
    let double = OpenAiDouble::start(Shape::ALL[0], Arc::new(failing)).await.unwrap();
    let settings = OpenAiSettings {
        base_url: double.base_url(),
        api_key: Some("sk-test".into()),
        model: "test-model".to_owned(),
        delivery: Delivery::Whole,
        output_limit: OutputLimitField::default(),
    };
    let once = RetryPolicy { attempts: NonZeroU32::MIN, ..RetryPolicy::default() };
    let opens_at = if outage == Outage::BreakerOpen { 1 } else { 100 };
    let breaker =
        BreakerPolicy { failures_to_open: NonZeroU32::new(opens_at).unwrap(), cool_down: Duration::from_secs(3600) };
    let model = OpenAiModel::new(settings, http_client().unwrap()).unwrap();
    (double, Arc::new(Resilient::new(model, once, breaker)))
}

/// A customer asks while the provider is down; the one before has opened the breaker, if there is one to open.
async fn ask(outage: Outage, setting: Option<&'static str>) -> (forecourt_crm_store::testing::TestDatabase, World) {
    let (double, model) = down(outage).await;
    let limits = TurnLimits { deadline: Duration::from_millis(400), ..TurnLimits::default() };
    let (database, world) = World::open_within(model, limits).await;
    if let Some(setting) = setting {
        world.execute(setting).await;
    }
    if outage == Outage::BreakerOpen {
        world.as_customer(2).say("hi").await;
        assert_eq!(double.requests().len(), 1);
    }
    world.say("Hi, do you have a used Mazda CX-5?").await;
    if outage == Outage::BreakerOpen {
        assert_eq!(double.requests().len(), 1, "nobody asks while the breaker is open");
    }
    (database, world)
}

#[tokio::test]
async fn while_the_provider_is_down_the_offline_model_answers_where_a_dealership_chose_that() {
    for outage in OUTAGES {
        let (_database, world) = ask(outage, Some(OFFLINE_ANSWERS)).await;
        let received = world.received();
        assert_eq!(received.len(), 1, "{outage:?}: {received:#?}");
        assert!(received[0].contains("CX-5") && received[0].contains("$26,990"), "{outage:?}: {received:#?}");
        assert_eq!(world.handoffs().await, Vec::<String>::new(), "{outage:?}");
    }
}

#[tokio::test]
async fn while_the_provider_is_down_the_customer_hears_so_and_a_human_comes() {
    for outage in OUTAGES {
        let (_database, world) = ask(outage, None).await;
        let received = world.received();
        assert_eq!(received.len(), 1, "{outage:?}: {received:#?}");
        assert!(!received[0].contains("$26,990"), "{outage:?}: {received:#?}");
        let kinds = world.texts("select distinct kind || ' ' || status from outbox where kind <> 'staff_alert'").await;
        assert_eq!(kinds, ["fallback sent"], "{outage:?}");
        let handoffs = world.handoffs().await;
        assert!(handoffs.iter().all(|category| category == "model_failed") && !handoffs.is_empty(), "{outage:?}");
    }
}
