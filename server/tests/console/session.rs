//! Who gets in, how long a session holds, and that changes come from our own pages only.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use forecourt_agent::models::scripted::says;
use jiff::SignedDuration;
use secrecy::ExposeSecret;

use crate::desk::{desk, post};

/// Every route that changes something.
const CHANGES: [&str; 13] = [
    "/console/sign-in",
    "/console/sign-in/code",
    "/console/forgot",
    "/console/password",
    "/console/account/password",
    "/console/account/sessions/end-others",
    "/console/sign-out",
    "/console/ai/pause",
    "/console/ai/resume",
    "/console/conversations/01941f29-7c00-7000-8000-000000000001/messages",
    "/console/conversations/01941f29-7c00-7000-8000-000000000001/hand-back",
    "/console/proposals/01941f29-7c00-7000-8000-000000000001/approve",
    "/console/proposals/01941f29-7c00-7000-8000-000000000001/reject",
];

#[tokio::test]
async fn without_a_session_there_is_only_the_form() {
    let desk = desk([says("Hello.")]).await;
    let (id, path) = desk.conversation_after("a secret question").await;
    let home = desk.get_signed_out("/console").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.says("E-mail address") && home.says("Password"));
    for path in [
        path.clone(),
        format!("{path}/thread"),
        "/console/approvals".to_owned(),
        "/console/list".to_owned(),
        "/console/status".to_owned(),
        "/console/proposals".to_owned(),
        "/console/events".to_owned(),
    ] {
        let page = desk.get_signed_out(&path).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!page.says("secret question"), "{path}");
    }
    // The form leads back to where somebody wanted to go.
    assert!(desk.get_signed_out(&path).await.says(&format!(r#"name="place" value="/console/conversations/{id}""#)));
}

#[tokio::test]
async fn signing_out_ends_the_session_wherever_its_cookie_is_kept() {
    let desk = desk([]).await;
    let page = desk.post(&desk.manager, "/console/sign-out", &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-forecourt=; Path=/; Max-Age=0;"), "{cookie}");
    assert_eq!(desk.get(&desk.manager, "/console/approvals").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_change_from_another_origin_is_refused() {
    let desk = desk([]).await;
    for path in CHANGES {
        for origin in [None, Some("https://evil.example"), Some("null")] {
            let page = desk.send(post(Some(&desk.manager), origin, path, &[("text", "hi"), ("digest", "x")])).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} from {origin:?}");
        }
    }
    let status = desk.get(&desk.manager, "/console/status").await;
    assert!(status.says("AI on"), "the switch was thrown from elsewhere");
    // The address it was served on is as good as the public one.
    let served = desk.send(post(Some(&desk.manager), Some("http://10.0.0.7:8080"), "/console/ai/pause", &[])).await;
    assert_eq!(served.status, StatusCode::OK);
}

#[tokio::test]
async fn a_secret_in_the_url_or_under_another_name_opens_nothing() {
    let desk = desk([]).await;
    let session = desk.manager.session.expose_secret();
    let page = desk.get_signed_out(&format!("/console?session={session}")).await;
    assert!(page.says("E-mail address") && !page.says(session));
    for cookie in [format!("forecourt_session={session}"), format!("forecourt_token={session}")] {
        let request = Request::get("/console/approvals").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        assert_eq!(desk.send(request).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_session_is_over_after_twelve_idle_hours_and_after_thirty_days_of_use() {
    let desk = desk([]).await;
    let status = async |person| desk.get(person, "/console/approvals").await.status;
    desk.world.clock.advance(SignedDuration::from_hours(11));
    assert_eq!(status(&desk.manager).await, StatusCode::OK);
    desk.world.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(status(&desk.manager).await, StatusCode::OK, "it was seen two hours ago");
    assert_eq!(status(&desk.salesperson).await, StatusCode::UNAUTHORIZED, "it was idle for thirteen hours");
    for _ in 0..65 {
        desk.world.clock.advance(SignedDuration::from_hours(11));
        desk.get(&desk.manager, "/console/status").await;
    }
    assert_eq!(status(&desk.manager).await, StatusCode::UNAUTHORIZED, "it is more than thirty days old");
}
