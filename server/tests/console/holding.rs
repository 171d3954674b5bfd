//! Tickets, takeovers and held replies at the console.

use axum::http::StatusCode;
use forecourt_agent::models::scripted::{Scripted, calls, says};
use forecourt_crm_store::outbox::HoldSetting;
use forecourt_domain::action::{Channel, Workflow};
use serde_json::{Value, json};

use crate::desk::{Desk, desk};

/// A desk at which replies are held, and the paths of the conversation and of the held message.
async fn with_a_held_reply() -> (Desk, String, String) {
    holding([says("Which car do you mean?")]).await
}

async fn holding(answers: impl IntoIterator<Item = Scripted>) -> (Desk, String, String) {
    let desk = desk(answers).await;
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    let setting = HoldSetting { workflow: Workflow::ConversationReply, channel: Channel::Sms, seconds: 600 };
    tx.set_hold(desk.manager.user_id, setting).await.unwrap();
    tx.commit().await.unwrap();
    let (_, path) = desk.conversation_after("is it here?").await;
    let page = desk.get(&desk.manager, &path).await;
    assert!(page.says("leaves by itself") && page.says("Send now"), "{}", page.text);
    let message = page.value_after(r#"data-held=""#);
    (desk, path, format!("/console/messages/{message}"))
}

#[tokio::test]
async fn a_held_reply_is_sent_edited_or_stopped_with_one_press() {
    for (verb, told) in
        [("send-now", "It leaves now."), ("edit", "Your words are on their way."), ("cancel", "it will not be sent")]
    {
        let (desk, path, message) = with_a_held_reply().await;
        let fields = [("place", path.as_str()), ("text", "The red one?")];
        let page = desk.post(&desk.manager, &format!("{message}/{verb}"), &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{verb}");
        assert!(page.says(told) && !page.says("Send now"), "{verb}: {}", page.text);
        let late = desk.post(&desk.manager, &format!("{message}/{verb}"), &fields).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{verb}");
        assert!(late.says("not held any more"), "{verb}: {}", late.text);
    }
}

#[tokio::test]
async fn somebody_who_may_only_look_sees_the_hold_and_no_button() {
    let (desk, path, message) = with_a_held_reply().await;
    let page = desk.get(&desk.onlooker, &path).await;
    assert!(page.says("leaves by itself") && !page.says("Send now") && !page.says("Take over"), "{}", page.text);
    let page = desk.post(&desk.onlooker, &format!("{message}/cancel"), &[("place", path.as_str())]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn typing_stops_what_is_held_and_the_script_is_told() {
    let (desk, path, _) = with_a_held_reply().await;
    let page = desk.get(&desk.manager, &path).await;
    assert_eq!(page.value_after(r#"data-typing=""#), format!("{path}/typing"));
    let answer = desk.post(&desk.manager, &format!("{path}/typing"), &[]).await;
    let answer: Value = serde_json::from_str(&answer.text).unwrap();
    assert!(answer["stopped"][0].as_str().unwrap().contains("Which car"), "{answer}");
    let page = desk.get(&desk.manager, &path).await;
    assert!(page.says("cancelled: somebody began to type a reply"), "{}", page.text);
}

#[tokio::test]
async fn what_somebody_typed_over_a_held_reply_is_sent_although_typing_stopped_it() {
    let (desk, path, message) = with_a_held_reply().await;
    let fields = [("place", path.as_str()), ("text", "The red one?")];
    desk.post(&desk.manager, &format!("{path}/typing"), &[]).await;
    let page = desk.get(&desk.manager, &path).await;
    assert!(page.says("Send these words") && !page.says("Send now"), "the box stays: {}", page.text);
    let others = desk.get(&desk.salesperson, &path).await;
    assert!(!others.says("Send these words"), "and is nobody else's: {}", others.text);
    assert_eq!(desk.post(&desk.salesperson, &format!("{message}/edit"), &fields).await.status, StatusCode::CONFLICT);
    let page = desk.post(&desk.manager, &format!("{message}/edit"), &fields).await;
    assert!(page.status.is_success() && page.says("Your words are on their way."), "{}", page.text);
    assert!(!page.says("Send these words"), "{}", page.text);
    assert!(page.says("<b hx-ignore>You</b> <span>edited from the assistant"), "{}", page.text);
    let others = desk.get(&desk.salesperson, &path).await;
    assert!(others.says("<b hx-ignore>Dana</b> <span>edited from the assistant"), "{}", others.text);
    let said = page.text.rsplit_once(r#"id="m-"#).unwrap().1.split('"').next().unwrap();
    let why = desk.get(&desk.manager, &format!("/console/messages/{said}/why")).await;
    assert!(why.says("Decisions"), "{}", why.text);
    let twice = desk.post(&desk.manager, &format!("{message}/edit"), &fields).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn words_for_a_reply_that_has_left_meanwhile_are_given_back() {
    let (desk, path, message) = with_a_held_reply().await;
    desk.post(&desk.manager, &format!("{message}/send-now"), &[("place", path.as_str())]).await;
    let fields = [("place", path.as_str()), ("text", "The red one, with the tow bar?")];
    let late = desk.post(&desk.manager, &format!("{message}/edit"), &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let field = late.text.split_once(r#"class="reply""#).unwrap().1.split("</textarea>").next().unwrap();
    assert!(field.ends_with("The red one, with the tow bar?"), "{field}");
}

#[tokio::test]
async fn a_reply_that_is_stopped_beside_an_open_ticket_names_that_ticket() {
    let escalates = calls([("escalate_to_human", json!({ "category": "customer_asked", "summary": "A trade-in." }))]);
    let (desk, path, message) = holding([escalates, says("I've asked a colleague to call you.")]).await;
    let page = desk.post(&desk.manager, &format!("{message}/cancel"), &[("place", path.as_str())]).await;
    assert!(page.says("the ticket that is open says so"), "{}", page.text);
    let (desk, path, message) = with_a_held_reply().await;
    let page = desk.post(&desk.manager, &format!("{message}/cancel"), &[("place", path.as_str())]).await;
    assert!(page.says("a ticket in your name says so"), "{}", page.text);
}

#[tokio::test]
async fn a_conversation_is_taken_over_without_a_word_and_the_thread_says_so_afterwards() {
    let desk = desk([says("Hello.")]).await;
    let (_, path) = desk.conversation_after("hi").await;
    assert!(desk.get(&desk.manager, &path).await.says("Take over"));
    let page = desk.post(&desk.manager, &format!("{path}/takeover"), &[]).await;
    assert!(page.says("You have taken over.") && page.says("Dana took over."), "{}", page.text);
    assert!(page.says("You answer here.") && !page.says("takeover"), "{}", page.text);
    desk.post(&desk.manager, &format!("{path}/messages"), &[("text", "Dana here."), ("seen", "")]).await;
    let page = desk.get(&desk.salesperson, &path).await;
    assert_eq!(page.text.matches("Dana took over.").count(), 1, "a reply of the owner takes nothing over");
}

#[tokio::test]
async fn an_open_ticket_stands_on_the_desk_with_its_deadline_and_is_taken_there() {
    let arguments = json!({ "category": "customer_asked", "summary": "Wants to talk about a trade-in." });
    let escalates = calls([("escalate_to_human", arguments)]);
    let desk = desk([escalates, says("I've asked a colleague to call you.")]).await;
    let (_, path) = desk.conversation_after("can I talk to a person?").await;
    let page = desk.get(&desk.manager, "/console").await;
    for words in
        ["H-1001: asked for a person", "Take it before", "High", "Dropped: 0", "Wants to talk about a trade-in."]
    {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    assert!(!desk.get(&desk.onlooker, "/console").await.says("/take\""));
    let take = page.value_after(r#"method="post" action="/console/tickets/"#);
    let page = desk.post(&desk.salesperson, &format!("/console/tickets/{take}"), &[]).await;
    assert!(page.says("You have taken H-1001.") && page.says("You answer here."), "{}", page.text);
    let late = desk.post(&desk.manager, &format!("/console/tickets/{take}"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(!desk.get(&desk.manager, "/console").await.says("H-1001"));
    assert!(desk.get(&desk.manager, &path).await.says("Marcus answers"));
}

#[tokio::test]
async fn what_was_leaving_when_the_customer_said_stop_is_told_in_the_thread() {
    let desk = desk([says("Which car do you mean?")]).await;
    desk.world.text("SM1", "is it here?").await;
    desk.world.clock.advance(jiff::SignedDuration::from_secs(11));
    forecourt_server::workers::turns::drain(&desk.world.agent, &desk.world.wake).await.unwrap();
    let claim = desk.world.store.claim_outbox(1, jiff::SignedDuration::from_secs(30)).await.unwrap()[0];
    let mut tx = desk.world.store.begin_before_cut(claim.scope).await.unwrap();
    let (row, _) = tx.lock_send(claim.id).await.unwrap().unwrap();
    tx.insert_attempt(&row, tx.now()).await.unwrap();
    tx.commit().await.unwrap();
    desk.world.text("SM2", "STOP").await;
    let path = format!("/console/conversations/{}", desk.conversation().await.id);
    let page = desk.get(&desk.manager, &path).await;
    assert!(page.says("1 message was already leaving when the customer said STOP."), "{}", page.text);
}
