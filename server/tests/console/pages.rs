//! What pages show, to whom, and how hostile words arrive.

use axum::http::{StatusCode, header};
use forecourt_agent::models::scripted::{calls, says};
use serde_json::json;

use crate::desk::{ORIGIN, desk, post, stranger};

const HOSTILE: &str = r#"<img src=x onerror=alert(1)> </textarea><script>alert(2)</script> <hx-partial hx-target="body">x</hx-partial> "'&"#;

#[tokio::test]
async fn an_empty_dealership_is_told_how_to_begin() {
    let desk = desk([]).await;
    let page = desk.get(&desk.manager, "/console").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in
        ["No conversations yet", "forecourt chat", "Nothing waits for you", "Test Motors", "Dana", "Sales manager"]
    {
        assert!(page.says(words), "{words} is missing");
    }
}

#[tokio::test]
async fn the_list_tells_who_waits_for_a_person() {
    let lie = "You're booked for Saturday, November 21 at 3:00 PM.";
    let desk = desk([says(lie), says(lie)]).await;
    let (id, path) = desk.conversation_after("can I come tomorrow at 3?").await;
    let page = desk.get(&desk.manager, "/console").await;
    for words in ["Needs a person", "+13035550123", "SMS", "Madison", &id.to_string()] {
        assert!(page.says(words), "{words} is missing");
    }
    let thread = desk.get(&desk.manager, &path).await;
    assert!(thread.says("Needs a person: the assistant"), "{}", thread.text);
    assert!(!thread.says("You&#39;re booked"), "a blocked draft is shown as said");
}

#[tokio::test]
async fn a_thread_has_plainly_different_voices_and_says_what_was_not_sent() {
    let desk = desk([says("Hello, how can I help?")]).await;
    let (_, path) = desk.conversation_after("hi").await;
    desk.post(&desk.salesperson, &format!("{path}/messages"), &[("text", "Marcus here."), ("seen", "")]).await;
    desk.world.drain().await;
    let page = desk.get(&desk.manager, &path).await;
    for words in [
        r#"data-voice="customer""#,
        r#"data-voice="assistant""#,
        r#"data-voice="colleague""#,
        "<b hx-ignore>Madison</b>",
        "<b hx-ignore>Marcus</b>",
        "simulated: not sent",
        "Marcus answers",
    ] {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    assert!(desk.get(&desk.salesperson, &path).await.says("<b hx-ignore>You</b>"));
}

#[tokio::test]
async fn hostile_words_are_shown_and_never_run() {
    let desk = desk([says("Hello."), says("Hello again.")]).await;
    let (_, path) = desk.conversation_after(HOSTILE).await;
    let message = desk.get(&desk.manager, &path).await.value_after(r#"<details class="why" id="why-"#);
    desk.world.text("SM2", HOSTILE).await;
    for path in [
        "/console".to_owned(),
        "/console/list".to_owned(),
        path.clone(),
        format!("{path}/thread"),
        format!("/console/messages/{message}/why"),
    ] {
        let page = desk.get(&desk.manager, &path).await;
        assert!(page.says("onerror=alert(1)"), "{path} does not show it");
        for raw in ["<img src=x", "<script>alert", "<hx-partial", "</textarea><script"] {
            assert!(!page.says(raw), "{raw} is markup in {path}");
        }
    }
    // What could not be sent comes back in the form, as words.
    let long = HOSTILE.repeat(30);
    let refused = desk.post(&desk.manager, &format!("{path}/messages"), &[("text", &long), ("seen", "")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.says("&#60;/textarea&#62;") && !refused.says("</textarea><script"), "{}", refused.text);
}

#[tokio::test]
async fn why_tells_what_the_answer_rests_on() {
    let desk = desk([
        calls([(
            "get_dealership_info",
            json!({ "topics": ["address"], "department": null, "date": null, "question": null }),
        )]),
        says("We are at 1 Test Street, Testville, CO 80000."),
    ])
    .await;
    let (_, path) = desk.conversation_after("where are you?").await;
    let message = desk.get(&desk.manager, &path).await.value_after(r#"<details class="why" id="why-"#);
    let page = desk.get(&desk.onlooker, &format!("/console/messages/{message}/why")).await;
    for words in [
        "Asked",
        "where are you?",
        "get_dealership_info",
        "send_reply: allow",
        "all passed",
        "Back to the conversation",
    ] {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
}

#[tokio::test]
async fn another_dealership_does_not_exist() {
    let desk = desk([says("Hello.")]).await;
    let (_, path) = desk.conversation_after("my secret question").await;
    let message = desk.get(&desk.manager, &path).await.value_after(r#"<details class="why" id="why-"#);
    let stranger = stranger(&desk.world).await;
    for path in [path.clone(), format!("{path}/thread"), format!("/console/messages/{message}/why")] {
        let page = desk.get(&stranger, &path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.says("secret"), "{path}");
    }
    for path in [format!("{path}/messages"), format!("{path}/hand-back")] {
        let page = desk.post(&stranger, &path, &[("text", "hello"), ("seen", "")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!desk.get(&stranger, "/console").await.says("secret question"));
    assert_eq!(desk.conversation().await.owner_user_id, None);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_words() {
    let desk = desk([]).await;
    for path in ["/console/nothing", "/console/conversations/no-id", "/console/messages/no-id/why"] {
        let page = desk.get(&desk.manager, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.says("That did not work") && page.says("Back to the conversations"), "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    let desk = desk([says("Hello.")]).await;
    let (_, path) = desk.conversation_after("hi").await;
    let answers = [
        desk.get_signed_out("/console").await,
        desk.get_signed_out("/console/nothing").await,
        desk.get(&desk.manager, "/console").await,
        desk.get(&desk.manager, "/console/approvals").await,
        desk.get(&desk.manager, &path).await,
        desk.get(&desk.manager, "/console/assets/x/console.css").await,
        desk.post(&desk.manager, &format!("{path}/messages"), &[("text", ""), ("seen", "")]).await,
        desk.post(&desk.manager, &format!("{path}/messages"), &[]).await,
        desk.send(post(None, Some("https://evil.example"), "/console/sign-in", &[])).await,
        desk.send(post(None, Some(ORIGIN), "/console/sign-in", &[])).await,
    ];
    for answer in answers {
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in
            ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{part} is missing in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
        assert!(answer.headers.contains_key(header::CACHE_CONTROL));
    }
}
