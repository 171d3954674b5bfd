//! The Twilio double as the product's own client meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use forecourt_channels::{
    sms::{Doubt, LookupError, OutboundSms, SendError, SentSearch, SmsBody, SmsProvider},
    twilio::{
        client::TwilioClient,
        signature::{self, SignedBody},
    },
};
use forecourt_domain::clock::{Clock, ManualClock};
use forecourt_evals::doubles::twilio::{Account, Behaviour, Call, Callbacks, TwilioDouble};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::sync::mpsc;

const TOKEN: &str = "token";
const TO: &str = "+13035550101";
const FROM: &str = "+13035550100";

struct Fixture {
    double: TwilioDouble,
    clock: Arc<ManualClock>,
}

impl Fixture {
    async fn start() -> Self {
        // Fails when another test of this process has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(ManualClock::at("2026-11-20T18:00:00Z".parse().unwrap()));
        let account = Account { sid: "AC1".to_owned(), auth_token: SecretString::from(TOKEN) };
        let double = TwilioDouble::start(account, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
        Self { double, clock }
    }

    fn client_with(&self, token: &str, timeout: Duration) -> TwilioClient {
        TwilioClient::new(&self.double.api_url(), "AC1".to_owned(), SecretString::from(token), timeout).unwrap()
    }

    fn client(&self) -> TwilioClient {
        self.client_with(TOKEN, Duration::from_secs(10))
    }
}

fn sms(body: &str) -> OutboundSms {
    OutboundSms {
        from: FROM.parse().unwrap(),
        to: TO.parse().unwrap(),
        body: SmsBody::new(body),
        status_callback: "https://forecourt.test/webhooks/twilio/i/status/send-1".parse().unwrap(),
    }
}

fn search(sent_after: jiff::Timestamp) -> SentSearch {
    SentSearch { to: TO.parse().unwrap(), from: FROM.parse().unwrap(), sent_after }
}

#[tokio::test]
async fn a_text_is_taken_and_remembered_with_its_send_id() {
    let fixture = Fixture::start().await;
    let next = fixture.double.next_to(TO);
    let sent = fixture.client().send(&sms("Hello")).await.unwrap();
    let [taken] = fixture.double.taken().try_into().unwrap();
    assert_eq!((sent.sid.as_deref(), taken.send_id.as_deref()), (Some(taken.sid.as_str()), Some("send-1")));
    assert_eq!((taken.to.as_str(), taken.from.as_str(), taken.body.as_str()), (TO, FROM, "Hello"));
    assert_eq!(taken.at, fixture.clock.now());
    assert_eq!(next.await.unwrap(), taken);
}

#[tokio::test]
async fn each_misbehaviour_is_met_as_what_it_is() {
    let limited = |seconds| SendError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
    let table = [
        (Behaviour::TakeThenDrop, SendError::Ambiguous(Doubt::Cut), 1),
        (Behaviour::TakeThenHang, SendError::Ambiguous(Doubt::TimedOut), 1),
        (Behaviour::TakeThenFail, SendError::Ambiguous(Doubt::ServerError(500)), 1),
        (Behaviour::TakeThenBabble, SendError::Ambiguous(Doubt::Unreadable(201)), 1),
        (Behaviour::Drop, SendError::Ambiguous(Doubt::Cut), 0),
        (Behaviour::Fail, SendError::Ambiguous(Doubt::ServerError(500)), 0),
        (Behaviour::RateLimit { retry_after_s: 7 }, limited(7), 0),
        (Behaviour::Refuse { code: 21610 }, SendError::Refused { status: 400, code: Some(21610) }, 0),
    ];
    for (behaviour, expected, taken) in table {
        let fixture = Fixture::start().await;
        fixture.double.behave_once([behaviour]);
        let patience =
            if behaviour == Behaviour::TakeThenHang { Duration::from_millis(100) } else { Duration::from_secs(10) };
        let client = fixture.client_with(TOKEN, patience);
        assert_eq!(client.send(&sms("Hello")).await, Err(expected), "{behaviour:?}");
        assert_eq!(fixture.double.taken().len(), taken, "{behaviour:?}");
        // The list knows exactly what was taken, whatever the sender was told.
        assert_eq!(client.find_sent(&search(fixture.clock.now())).await.unwrap().len(), taken, "{behaviour:?}");
        assert!(client.send(&sms("Hello again")).await.is_ok(), "{behaviour:?} lasts for one text");
    }
}

#[tokio::test]
async fn texts_are_listed_newest_first_from_a_time_on() {
    let fixture = Fixture::start().await;
    let client = fixture.client();
    client.send(&sms("one")).await.unwrap();
    fixture.clock.advance(SignedDuration::from_secs(60));
    let later = fixture.clock.now();
    client.send(&sms("two")).await.unwrap();
    let bodies = |found: Vec<forecourt_channels::sms::FoundSms>| {
        found.iter().map(|sms| sms.body.as_str().to_owned()).collect::<Vec<_>>()
    };
    let all = client.find_sent(&search(later - SignedDuration::from_secs(60))).await.unwrap();
    assert_eq!(bodies(all), ["two", "one"]);
    assert_eq!(bodies(client.find_sent(&search(later)).await.unwrap()), ["two"]);
    assert!(matches!(fixture.double.calls()[3], Call::List { found: 2, .. }));
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_form_are_refused_and_recorded() {
    let fixture = Fixture::start().await;
    let stranger = fixture.client_with("guess", Duration::from_secs(10));
    assert_eq!(stranger.send(&sms("Hello")).await, Err(SendError::Refused { status: 401, code: Some(20003) }));
    assert_eq!(stranger.find_sent(&search(fixture.clock.now())).await, Err(LookupError::Refused { status: 401 }));
    assert_eq!(fixture.client().send(&sms("")).await, Err(SendError::Refused { status: 400, code: Some(21602) }));
    assert!(fixture.double.taken().is_empty());
    assert!(fixture.double.calls().iter().all(|call| matches!(call, Call::Refused { .. })));
}

#[tokio::test]
async fn reports_come_signed_and_in_order() {
    let (sender, mut reports) = mpsc::unbounded_channel();
    let app = Router::new().route("/{*path}", post(receive)).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut server = tokio::task::JoinSet::new();
    server.spawn(async move { axum::serve(listener, app).await.unwrap() });

    let fixture = Fixture::start().await;
    let route = move |public: &url::Url| format!("http://{address}{}", public.path()).parse().unwrap();
    fixture.double.report(Callbacks::of(&["sent", "delivered"]).routed(route));
    let sent = fixture.client().send(&sms("Hello")).await.unwrap();
    for status in ["sent", "delivered"] {
        let (signature, body): (String, String) = reports.recv().await.unwrap();
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let signed = sms("Hello").status_callback;
        let form = SignedBody::Form(&fields);
        assert_eq!(signature::verify(&SecretString::from(TOKEN), signed.as_str(), form, &signature), Ok(()));
        assert!(fields.contains(&("MessageStatus".to_owned(), status.to_owned())), "{fields:?}");
        assert!(fields.contains(&("MessageSid".to_owned(), sent.sid.clone().unwrap())), "{fields:?}");
    }
}

async fn receive(State(sender): State<mpsc::UnboundedSender<(String, String)>>, headers: HeaderMap, body: String) {
    sender.send((headers["x-twilio-signature"].to_str().unwrap().to_owned(), body)).unwrap();
}
