//! Who gets in, how the token is kept, and that changes come from our own pages only.

use axum::http::{StatusCode, header};
use forecourt_agent::models::scripted::says;
use secrecy::ExposeSecret;

use crate::desk::{ORIGIN, desk, post};

/// Every route that changes something.
const CHANGES: [&str; 8] = [
    "/console/token",
    "/console/sign-out",
    "/console/ai/pause",
    "/console/ai/resume",
    "/console/conversations/01941f29-7c00-7000-8000-000000000001/messages",
    "/console/conversations/01941f29-7c00-7000-8000-000000000001/hand-back",
    "/console/proposals/01941f29-7c00-7000-8000-000000000001/approve",
    "/console/proposals/01941f29-7c00-7000-8000-000000000001/reject",
];

#[tokio::test]
async fn without_a_token_there_is_only_the_form() {
    let desk = desk([says("Hello.")]).await;
    let (id, path) = desk.conversation_after("a secret question").await;
    let home = desk.get_without_token("/console").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.says("Sign in with your token"));
    for path in [
        path.clone(),
        format!("{path}/thread"),
        "/console/approvals".to_owned(),
        "/console/list".to_owned(),
        "/console/status".to_owned(),
        "/console/proposals".to_owned(),
        "/console/events".to_owned(),
    ] {
        let page = desk.get_without_token(&path).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!page.says("secret question"), "{path}");
    }
    // The form leads back to where somebody wanted to go.
    assert!(desk.get_without_token(&path).await.says(&format!(r#"name="place" value="/console/conversations/{id}""#)));
}

#[tokio::test]
async fn a_good_token_is_kept_where_no_script_reads_it_and_leads_back() {
    let desk = desk([]).await;
    let token = format!("  {}\n", desk.manager.token.expose_secret());
    let fields = [("token", token.as_str()), ("place", "/console/approvals")];
    let page = desk.send(post(None, Some(ORIGIN), "/console/token", &fields)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.headers[header::LOCATION], "/console/approvals");
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with(&format!("forecourt_token={};", token.trim())), "{cookie}");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/console;", "; Secure"] {
        assert!(cookie.contains(part), "{part} is missing in {cookie}");
    }
    let away = [("token", token.as_str()), ("place", "https://evil.example/console")];
    let page = desk.send(post(None, Some(ORIGIN), "/console/token", &away)).await;
    assert_eq!(page.headers[header::LOCATION], "/console");
}

#[tokio::test]
async fn a_wrong_token_is_told_and_never_repeated() {
    let desk = desk([]).await;
    for (token, told) in [("", "Paste your token first."), ("fct_not_ours", "This token is not known here")] {
        let page = desk.send(post(None, Some(ORIGIN), "/console/token", &[("token", token)])).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.says(told), "{}", page.text);
        assert!(!page.says("fct_not_ours"));
        assert!(!page.headers.contains_key(header::SET_COOKIE));
    }
}

#[tokio::test]
async fn signing_out_forgets_the_token() {
    let desk = desk([]).await;
    let page = desk.post(&desk.manager, "/console/sign-out", &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("forecourt_token=; Path=/console; Max-Age=0;"), "{cookie}");
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
async fn a_token_in_the_url_opens_nothing() {
    let desk = desk([]).await;
    let token = desk.manager.token.expose_secret();
    let page = desk.get_without_token(&format!("/console?token={token}")).await;
    assert!(page.says("Sign in with your token") && !page.says(token));
}
