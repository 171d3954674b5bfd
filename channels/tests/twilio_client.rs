//! The REST client against doubles of Twilio that answer well, answer badly, or break off.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use forecourt_channels::sms::{Doubt, LookupError, OutboundSms, SendError, SentSearch, SentSms, SmsBody, SmsProvider};
use forecourt_channels::twilio::client::{TIMEOUT, TwilioClient};
use forecourt_domain::delivery::DeliveryStatus;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use url::Url;
use wiremock::matchers::{basic_auth, body_string_contains, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Long enough for a busy machine, where the double answers; tests that wait for it give a short one.
const PATIENT: Duration = TIMEOUT;
const SHORT: Duration = Duration::from_millis(800);

fn client(api_url: &str, timeout: Duration) -> TwilioClient {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let api_url: Url = api_url.parse().unwrap();
    TwilioClient::new(&api_url, "AC1".to_owned(), SecretString::from("token"), timeout).unwrap()
}

fn sms() -> OutboundSms {
    OutboundSms {
        from: "+17205550100".parse().unwrap(),
        to: "+17205550101".parse().unwrap(),
        body: SmsBody::new("Hi Ann, yes & no"),
        status_callback: "https://example.com/status/1".parse().unwrap(),
    }
}

/// What comes of a send when Twilio answers so.
async fn answered(answer: ResponseTemplate) -> Result<SentSms, SendError> {
    let twilio = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).expect(1).mount(&twilio).await;
    client(&twilio.uri(), PATIENT).send(&sms()).await
}

/// A Twilio that takes one connection and does with it what it likes. Its address.
fn broken(behaviour: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || behaviour(listener.accept().unwrap().0));
    format!("http://{address}")
}

/// Reads one whole request, so that the client has certainly sent it.
fn read_request(stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
}

/// Holds the connection open, without a word, until the client gives up.
fn wait_for_hang_up(mut stream: TcpStream) {
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
}

#[tokio::test]
async fn a_text_that_twilio_takes_comes_back_with_its_id() {
    let twilio = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Messages.json"))
        .and(basic_auth("AC1", "token"))
        .and(body_string_contains(
            "From=%2B17205550100&To=%2B17205550101&Body=Hi+Ann%2C+yes+%26+no\
             &StatusCallback=https%3A%2F%2Fexample.com%2Fstatus%2F1",
        ))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({
            "sid": "SM1", "status": "queued", "num_segments": "2", "error_code": null, "something_new": {"a": [1]},
        })))
        .expect(1)
        .mount(&twilio)
        .await;
    let sent = client(&format!("{}/", twilio.uri()), PATIENT).send(&sms()).await.unwrap();
    assert_eq!(sent, SentSms { sid: Some("SM1".to_owned()), status: DeliveryStatus::Sent });
}

#[tokio::test]
async fn a_yes_in_an_odd_dress_is_a_yes() {
    for body in
        [json!({"sid": "SM1"}), json!({"sid": "SM1", "status": 7}), json!({"sid": "SM1", "status": "brand_new"})]
    {
        let sent = answered(ResponseTemplate::new(200).set_body_json(&body)).await.unwrap();
        assert_eq!((sent.sid.as_deref(), sent.status), (Some("SM1"), DeliveryStatus::Sent), "{body}");
    }
}

#[tokio::test]
async fn a_yes_that_cannot_be_read_may_have_sent_the_text() {
    for body in ["", "{", "null", "[]", "{}", r#"{"sid":5}"#, r#"{"sid":""}"#, "<html><body>OK</body></html>"] {
        let answer = answered(ResponseTemplate::new(201).set_body_string(body)).await;
        assert_eq!(answer, Err(SendError::Ambiguous(Doubt::Unreadable(201))), "{body}");
    }
}

#[tokio::test]
async fn a_no_is_final_and_carries_twilios_code() {
    let table = [
        (400, r#"{"code": 21610, "message": "unsubscribed", "status": 400}"#, Some(21610)),
        (400, r#"{"code": 21211, "message": "invalid To"}"#, Some(21211)),
        (401, r#"{"code": 20003, "message": "Authenticate"}"#, Some(20003)),
        (404, r#"{"code": "20404"}"#, Some(20404)),
        (403, "<html><h1>Forbidden</h1></html>", None),
        (400, "", None),
        (400, "null", None),
        (302, "", None),
    ];
    for (status, body, code) in table {
        let answer = answered(ResponseTemplate::new(status).set_body_string(body)).await;
        assert_eq!(answer, Err(SendError::Refused { status, code }), "{status} {body}");
    }
}

#[tokio::test]
async fn a_redirect_is_a_no_and_the_text_is_not_sent_elsewhere() {
    let elsewhere = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(201)).expect(0).mount(&elsewhere).await;
    let answer = answered(ResponseTemplate::new(307).insert_header("Location", elsewhere.uri())).await;
    assert_eq!(answer, Err(SendError::Refused { status: 307, code: None }));
}

#[tokio::test]
async fn an_opt_out_at_twilio_is_recognised() {
    let refused = |code| SendError::Refused { status: 400, code };
    assert!(refused(Some(21610)).is_opted_out());
    assert!(!refused(Some(21211)).is_opted_out() && !refused(None).is_opted_out());
}

#[tokio::test]
async fn a_busy_twilio_did_not_send_and_says_when_to_come_back() {
    let table = [
        (Some("7"), Some(Duration::from_secs(7))),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), None),
        (Some("-1"), None),
        (None, None),
    ];
    for (header, retry_after) in table {
        let mut answer = ResponseTemplate::new(429).set_body_json(json!({"code": 20429}));
        if let Some(header) = header {
            answer = answer.insert_header("Retry-After", header);
        }
        assert_eq!(answered(answer).await, Err(SendError::RateLimited { retry_after }), "{header:?}");
    }
}

#[tokio::test]
async fn a_failure_inside_twilio_may_have_sent_the_text_and_is_not_repeated() {
    for status in [500, 502, 503, 504] {
        // `answered` expects exactly one request.
        let answer = answered(ResponseTemplate::new(status).set_body_string("<html>oops</html>")).await;
        assert_eq!(answer, Err(SendError::Ambiguous(Doubt::ServerError(status))));
    }
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for address in [closed.as_str(), "http://twilio.invalid"] {
        let answer = client(address, PATIENT).send(&sms()).await;
        let Err(SendError::NotSent { reason }) = answer else { panic!("{address}: {answer:?}") };
        assert!(!reason.contains("AC1") && !reason.is_empty(), "{reason}");
    }
}

#[tokio::test]
async fn a_failed_tls_handshake_means_that_nothing_was_sent() {
    let plain = broken(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 this is not TLS\r\n\r\n");
        wait_for_hang_up(stream);
    });
    let answer = client(&plain.replace("http:", "https:"), PATIENT).send(&sms()).await;
    assert!(matches!(answer, Err(SendError::NotSent { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_means_that_nothing_was_sent() {
    let silent = broken(wait_for_hang_up);
    let answer = client(&silent.replace("http:", "https:"), SHORT).send(&sms()).await;
    assert!(matches!(answer, Err(SendError::NotSent { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_connection_dropped_before_the_answer_may_have_sent_the_text() {
    let unread = broken(drop);
    let read = broken(|stream| read_request(&stream));
    for address in [unread, read] {
        let answer = client(&address, PATIENT).send(&sms()).await;
        assert_eq!(answer, Err(SendError::Ambiguous(Doubt::Cut)));
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_may_have_sent_the_text() {
    let silent = broken(|stream| {
        read_request(&stream);
        wait_for_hang_up(stream);
    });
    let half_a_header = broken(|mut stream| {
        read_request(&stream);
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-").unwrap();
        wait_for_hang_up(stream);
    });
    let half_a_body = broken(|mut stream| {
        read_request(&stream);
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"sid\":").unwrap();
        wait_for_hang_up(stream);
    });
    let (sms, clients) = (sms(), [silent, half_a_header, half_a_body].map(|address| client(&address, SHORT)));
    let answers = tokio::join!(clients[0].send(&sms), clients[1].send(&sms), clients[2].send(&sms));
    let too_late = || Err(SendError::Ambiguous(Doubt::TimedOut));
    assert_eq!(answers, (too_late(), too_late(), too_late()));
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_have_sent_the_text_unless_it_was_a_no() {
    let cut_after = |head: &'static str| {
        broken(move |mut stream| {
            read_request(&stream);
            stream.write_all(head.as_bytes()).unwrap();
        })
    };
    let yes = cut_after("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"sid\":\"SM");
    assert_eq!(client(&yes, PATIENT).send(&sms()).await, Err(SendError::Ambiguous(Doubt::Cut)));
    let no = cut_after("HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{\"code\":");
    assert_eq!(client(&no, PATIENT).send(&sms()).await, Err(SendError::Refused { status: 400, code: None }));
}

fn search(sent_after: &str) -> SentSearch {
    SentSearch { to: sms().to, from: sms().from, sent_after: sent_after.parse().unwrap() }
}

fn listed(sid: &str, created: &str) -> serde_json::Value {
    json!({
        "sid": sid, "status": "delivered", "body": sid.repeat(2), "date_created": created, "date_sent": null,
        "direction": "outbound-api", "something_new": 1,
    })
}

#[tokio::test]
async fn a_text_that_left_is_found_by_number_and_time() {
    let twilio = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/2010-04-01/Accounts/AC1/Messages.json"))
        .and(basic_auth("AC1", "token"))
        .and(query_param("To", "+17205550101"))
        .and(query_param("From", "+17205550100"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"messages": [
            listed("SM0", "Fri, 20 Nov 2026 21:05:24 +0000"),
            // Five seconds early: Twilio's clock may lag ours.
            listed("SM1", "Fri, 20 Nov 2026 21:05:25 +0000"),
            listed("SM3", "Fri, 20 Nov 2026 21:05:40 +0000"),
            listed("SM2", "Fri, 20 Nov 2026 21:05:30 +0000"),
        ]})))
        .mount(&twilio)
        .await;
    let found = client(&twilio.uri(), PATIENT).find_sent(&search("2026-11-20T21:05:30.9Z")).await.unwrap();
    let sids: Vec<_> = found.iter().map(|message| message.sid.as_str()).collect();
    assert_eq!(sids, ["SM3", "SM2", "SM1"]);
    assert_eq!((found[0].status, found[0].body.as_str()), (DeliveryStatus::Delivered, "SM3SM3"));
    assert_eq!(found[0].created_at, "2026-11-20T21:05:40Z".parse::<Timestamp>().unwrap());
}

#[tokio::test]
async fn what_the_customer_wrote_is_not_found() {
    let twilio = MockServer::start().await;
    let created = "Fri, 20 Nov 2026 21:05:40 +0000";
    let mut inbound = listed("SM1", created);
    inbound["direction"] = json!("inbound");
    let list = json!({"messages": [inbound, listed("SM3", created)]});
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_json(list)).mount(&twilio).await;
    let found = client(&twilio.uri(), PATIENT).find_sent(&search("2026-11-20T21:05:30Z")).await.unwrap();
    assert_eq!(found.iter().map(|message| message.sid.as_str()).collect::<Vec<_>>(), ["SM3"]);
}

#[tokio::test]
async fn a_look_up_that_fails_never_says_that_nothing_was_sent() {
    let odd_date = json!({"messages": [listed("SM1", "yesterday")]}).to_string();
    let table = [
        (401, "{}", LookupError::Refused { status: 401 }),
        (404, "", LookupError::Refused { status: 404 }),
        (302, "", LookupError::Refused { status: 302 }),
        (429, "", LookupError::Unavailable { reason: "HTTP 429".to_owned() }),
        (503, "", LookupError::Unavailable { reason: "HTTP 503".to_owned() }),
        (200, "<html></html>", LookupError::Unreadable),
        (200, "{}", LookupError::Unreadable),
        (200, r#"{"messages":[{"status":"sent"}]}"#, LookupError::Unreadable),
        (200, odd_date.as_str(), LookupError::Unreadable),
    ];
    for (status, body, expected) in table {
        let twilio = MockServer::start().await;
        let answer = ResponseTemplate::new(status).set_body_string(body);
        Mock::given(method("GET")).respond_with(answer).mount(&twilio).await;
        let found = client(&twilio.uri(), PATIENT).find_sent(&search("2026-11-20T21:05:30Z")).await;
        assert_eq!(found, Err(expected), "{status} {body}");
    }
    let silent = broken(wait_for_hang_up);
    let found = client(&silent, SHORT).find_sent(&search("2026-11-20T21:05:30Z")).await;
    assert_eq!(found, Err(LookupError::Unavailable { reason: "no answer in time".to_owned() }));
}

#[test]
fn neither_the_token_nor_the_words_reach_a_log_by_debug() {
    let shown = format!("{:?} {:?}", client("https://api.twilio.com", PATIENT), sms());
    assert!(!shown.contains("token\"") && !shown.contains("Hi Ann"), "{shown}");
}

#[test]
fn an_address_that_can_have_no_path_makes_no_client() {
    let address = "mailto:a@dealer.example".parse().unwrap();
    assert!(TwilioClient::new(&address, "AC1".to_owned(), SecretString::from("token"), TIMEOUT).is_err());
}
