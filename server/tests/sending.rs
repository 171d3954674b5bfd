//! What happens between an attempt and the provider's answer, with a provider that waits for the test.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod world;

use std::{net::Ipv4Addr, sync::Arc};

use axum::{Json, Router, http::StatusCode, routing::post};
use forecourt_agent::models::scripted::{ScriptedModel, says};
use forecourt_crm_store::inbound::{InboundKeyword, NewInbound};
use forecourt_domain::{
    action::Channel,
    contact::{Assurance, ContactKind},
    keywords::Keyword,
};
use forecourt_server::{
    providers::Providers,
    workers::{self, outbox::Sender},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::{sync::Notify, task::JoinSet};
use world::{TOKEN, World, world};

/// A messaging API that answers only when the test lets it.
struct SlowProvider {
    asked: Arc<Notify>,
    go: Arc<Notify>,
    url: url::Url,
    _server: JoinSet<()>,
}

impl SlowProvider {
    /// Sends are answered with `sent`, look-ups with an empty list, each only after the test said go.
    async fn start(sent: (StatusCode, Value)) -> Self {
        let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let wait = {
            let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
            move || {
                let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
                async move {
                    asked.notify_one();
                    go.notified().await;
                }
            }
        };
        let waiting = wait.clone();
        let create = move || async move {
            waiting().await;
            (sent.0, Json(sent.1))
        };
        let list = move || async move {
            wait().await;
            Json(json!({ "messages": [], "page": 0, "next_page_uri": null }))
        };
        let app = Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(create).get(list));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            // Ends with the test.
            let _ = axum::serve(listener, app).await;
        });
        Self { asked, go, url, _server: server }
    }
}

/// A world whose number is at Twilio, with one reply that waits to leave.
async fn with_a_reply(provider: &SlowProvider) -> (World, Sender) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let world = world(ScriptedModel::queue([says("Which car do you mean?")])).await;
    world.database.execute(world.scope, "update integrations set provider = 'twilio'").await.unwrap();
    world.text("SM1", "is it here?").await;
    world.clock.advance(SignedDuration::from_secs(11));
    workers::turns::drain(&world.agent, &world.wake).await.unwrap();
    let providers = Arc::new(Providers::new(world.store.clone(), Some(provider.url.clone())));
    let sender = Sender { providers, ..world.sender.clone() };
    (world, sender)
}

async fn until_somebody_waits_for_a_lock(world: &World) {
    let waiting = "select exists (select from pg_locks where not granted and pid in (
        select pid from pg_stat_activity where datname = current_database()))::text";
    while world.texts(waiting).await != ["true"] {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_look_up_never_takes_back_what_a_report_said() {
    let provider = SlowProvider::start((StatusCode::INTERNAL_SERVER_ERROR, Value::Null)).await;
    let (world, sender) = with_a_reply(&provider).await;
    provider.go.notify_one();
    workers::outbox::drain(&sender).await.unwrap();
    assert_eq!(world.texts("select status from outbox").await, ["sending"]);
    provider.asked.notified().await;

    // The last look-up of the last attempt is under way when the report comes.
    world.database.execute(world.scope, "update outbox set lookups_made = 1, attempts_made = 2").await.unwrap();
    world.clock.advance(SignedDuration::from_secs(31));
    let looking_up = workers::outbox::drain(&sender);
    let reporting = async {
        provider.asked.notified().await;
        let [outbox] = world.texts("select id::text from outbox").await.try_into().unwrap();
        let path = format!("/webhooks/twilio/{}/status/{outbox}", world.integration);
        let report = [("MessageSid", "SM9"), ("AccountSid", "AC1"), ("MessageStatus", "delivered")];
        assert_eq!(world.post_form(&path, &report, TOKEN).await, StatusCode::NO_CONTENT);
        provider.go.notify_one();
    };
    let (looked_up, ()) = tokio::join!(looking_up, reporting);
    looked_up.unwrap();
    assert_eq!(world.texts("select status from outbox").await, ["delivered"]);
    assert_eq!(world.texts("select id::text from handoffs").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stop_by_text_and_one_at_the_provider_do_not_wait_for_each_other() {
    let refusal = json!({ "code": 21610, "message": "unsubscribed", "status": 400 });
    let provider = SlowProvider::start((StatusCode::BAD_REQUEST, refusal)).await;
    let (world, sender) = with_a_reply(&provider).await;
    let mut stopping = world.store.begin(world.scope).await.unwrap();
    let sending = workers::outbox::drain(&sender);
    let texting = async {
        provider.asked.notified().await;
        stopping.lock_conversation(world.conversation().await).await.unwrap().unwrap();
        provider.go.notify_one();
        until_somebody_waits_for_a_lock(&world).await;
        let stop = InboundKeyword { keyword: Keyword::Stop, answer: None };
        stopping.accept_inbound(&inbound(&world, stop)).await.unwrap();
        stopping.commit().await.unwrap();
    };
    let (sent, ()) = tokio::join!(sending, texting);
    sent.unwrap();
    assert_eq!(world.texts("select status from outbox").await, ["failed"]);
    assert_eq!(world.texts("select source from consents").await, ["keyword"], "said once, recorded once");
    assert_eq!(world.texts("select id::text from handoffs").await, Vec::<String>::new(), "they asked for silence");
}

fn inbound(world: &World, keyword: InboundKeyword) -> NewInbound {
    NewInbound {
        provider: "twilio",
        account: "AC1".to_owned(),
        provider_message_id: "SM2".to_owned(),
        integration_id: world.integration,
        department_id: None,
        channel: Channel::Sms,
        from_kind: ContactKind::Phone,
        from: "+13035550123".to_owned(),
        assurance: Assurance::Carrier,
        our_address: "+17205550100".to_owned(),
        body: json!({ "text": "STOP" }),
        keyword: Some(keyword),
    }
}
