//! What people do at the console: reply, hand back, approve, reject, pause.

use axum::http::StatusCode;
use forecourt_agent::models::scripted::{calls, says};
use forecourt_domain::{conversation::DraftReason, delivery::DeliveryStatus};
use serde_json::json;

use crate::desk::{Desk, Page, desk};

#[tokio::test]
async fn a_reply_takes_over_and_says_so() {
    let desk = desk([says("Hello.")]).await;
    let (_, path) = desk.conversation_after("hi").await;
    let before = desk.get(&desk.manager, &path).await;
    assert!(before.says("Sending takes over") && !before.says("Hand back"));
    let fields = [("text", "Dana here.\r\nHow can I help?"), ("seen", &before.value_after(r#"name="seen" value=""#))];
    let page = desk.post(&desk.manager, &format!("{path}/messages"), &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in
        ["You have taken over.", "Madison stays silent here", "Hand back", "You answer here.", "waiting to be sent"]
    {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    assert_eq!(desk.conversation().await.owner_user_id, Some(desk.manager.user_id));
    assert_eq!(desk.conversation().await.last_text, "Dana here.\nHow can I help?");
}

#[tokio::test]
async fn a_takeover_tells_what_was_waiting_and_stopped() {
    let desk = desk([says("Which car do you mean?")]).await;
    desk.world.text("SM1", "is it here?").await;
    desk.world.clock.advance(jiff::SignedDuration::from_secs(11));
    // The answer is written and waits; no worker sends.
    forecourt_server::workers::turns::drain(&desk.world.agent, &desk.world.wake).await.unwrap();
    let path = format!("/console/conversations/{}", desk.conversation().await.id);
    let page = desk.post(&desk.manager, &format!("{path}/messages"), &[("text", "It is."), ("seen", "")]).await;
    assert!(
        page.says("1 waiting message was stopped: <q hx-ignore>") && page.says("Which car do you mean?"),
        "{}",
        page.text
    );
    assert!(page.says("cancelled: you took over"));
    assert!(desk.get(&desk.salesperson, &path).await.says("cancelled: a colleague took over"));
}

#[tokio::test]
async fn a_form_that_comes_twice_sends_one_text() {
    let desk = desk([says("Hello.")]).await;
    let (id, path) = desk.conversation_after("hi").await;
    let seen = desk.get(&desk.manager, &path).await.value_after(r#"name="seen" value=""#);
    let fields = [("text", "Dana here."), ("seen", seen.as_str())];
    for told in ["You have taken over.", "was not sent a second time"] {
        let page = desk.post(&desk.manager, &format!("{path}/messages"), &fields).await;
        assert!(page.says(told), "{}", page.text);
    }
    // The same words again, after having seen the first, are meant.
    let seen = desk.get(&desk.manager, &path).await.value_after(r#"name="seen" value=""#);
    let fields = [("text", "Dana here."), ("seen", seen.as_str())];
    desk.post(&desk.manager, &format!("{path}/messages"), &fields).await;
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    let thread = tx.load_thread(id, 10).await.unwrap();
    assert_eq!(thread.iter().filter(|message| message.text == "Dana here.").count(), 2);
}

#[tokio::test]
async fn two_of_one_form_at_the_same_moment_send_one_text() {
    let desk = desk([says("Hello.")]).await;
    let (id, path) = desk.conversation_after("hi").await;
    let seen = desk.get(&desk.manager, &path).await.value_after(r#"name="seen" value=""#);
    let (fields, path) = ([("text", "Dana here."), ("seen", seen.as_str())], format!("{path}/messages"));
    let posts = (0..4).map(|_| desk.post(&desk.manager, &path, &fields));
    let pages = futures::future::join_all(posts).await;
    assert_eq!(pages.iter().filter(|page| page.says("was not sent a second time")).count(), 3);
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    let thread = tx.load_thread(id, 10).await.unwrap();
    assert_eq!(thread.iter().filter(|message| message.text == "Dana here.").count(), 1);
}

#[tokio::test]
async fn handing_back_gives_it_to_the_assistant() {
    let desk = desk([says("Hello."), says("Of course.")]).await;
    let (_, path) = desk.conversation_after("hi").await;
    desk.post(&desk.manager, &format!("{path}/messages"), &[("text", "Dana here."), ("seen", "")]).await;
    desk.world.text("SM2", "are you there?").await;
    desk.world.drain().await;
    assert!(desk.get(&desk.manager, "/console").await.says("Unanswered"));
    let page = desk.post(&desk.manager, &format!("{path}/hand-back"), &[]).await;
    assert!(page.says("Handed back.") && page.says("Madison answers"), "{}", page.text);
    desk.world.drain().await;
    assert!(desk.get(&desk.manager, &path).await.says("Of course."));
}

#[tokio::test]
async fn nobody_writes_to_a_customer_who_said_stop() {
    let desk = desk([]).await;
    let (_, path) = desk.conversation_after("STOP").await;
    let page = desk.get(&desk.manager, &path).await;
    assert!(page.says("This customer said stop.") && !page.says("<textarea"), "{}", page.text);
    let refused = desk.post(&desk.manager, &format!("{path}/messages"), &[("text", "but wait"), ("seen", "")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.says("opted out"));
    assert!(!desk.world.thread().await.iter().any(|(_, text)| text == "but wait"));
}

#[tokio::test]
async fn a_stopped_draft_stays_visible_and_usable() {
    let desk = desk([says("Hello.")]).await;
    let (id, path) = desk.conversation_after("hi").await;
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    let message = tx.find_latest_reply().await.unwrap().unwrap();
    let turn = tx.find_message_trace(message).await.unwrap().unwrap().message.turn_id.unwrap();
    let conversation = tx.lock_conversation(id).await.unwrap().unwrap();
    tx.insert_draft(&conversation, turn, "It is <b>here</b>.", DraftReason::OwnerChanged).await.unwrap();
    let action = r#"book_appointment: {"kind":"test_drive","starts_at":"2026-11-21T10:30","note":null}"#;
    tx.insert_draft(&conversation, turn, action, DraftReason::SuggestedAction).await.unwrap();
    tx.commit().await.unwrap();
    let page = desk.get(&desk.manager, &path).await;
    for words in ["Stopped draft of Madison", "It is &#60;b&#62;here", "a colleague took over", "Use this text"] {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    assert!(page.says("Book appointment\nKind: test drive\nStarts at: tomorrow at 10:30 AM"), "{}", page.text);
    assert_eq!(page.text.matches("Use this text").count(), 1, "an action is no text to send");
    assert!(!desk.get(&desk.onlooker, &path).await.says("Use this text"));
}

/// A desk where one change of a lead waits for approval.
async fn with_a_proposal() -> (Desk, String) {
    let arguments = json!({ "interest": "a red CX-50", "stock_number": null, "trade_in": null,
        "timeframe": "this_week", "note": null });
    let desk = desk([calls([("update_lead", arguments)]), says("A person will look at that.")]).await;
    let (_, path) = desk.conversation_after("I want a red CX-50 this week").await;
    (desk, path)
}

fn forms(page: &Page) -> (String, String) {
    let path = page.value_after(r#"<form method="post" action="/console/proposals/"#);
    let id = path.split('/').next().unwrap().to_owned();
    (id, page.value_after(r#"name="digest" value=""#))
}

#[tokio::test]
async fn a_proposal_is_shown_in_words_and_done_as_shown() {
    let (desk, path) = with_a_proposal().await;
    for place in ["/console", "/console/approvals", &path] {
        let page = desk.get(&desk.manager, place).await;
        for words in
            ["Change the lead", "Interest", "a red CX-50", "Timeframe", "this week", "Decide before", "Needs a person"]
        {
            assert!(page.says(words), "{words} is missing at {place} in\n{}", page.text);
        }
        assert!(!page.says("<dt>Stock number"), "what was not given is shown");
    }
    let (id, digest) = forms(&desk.get(&desk.manager, &path).await);
    let fields = [("digest", digest.as_str()), ("place", path.as_str())];
    let page = desk.post(&desk.manager, &format!("/console/proposals/{id}/approve"), &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Approved and done") && !page.says("Decide before"), "{}", page.text);
    let again = desk.post(&desk.manager, &format!("/console/proposals/{id}/reject"), &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.says("Somebody decided it already."), "{}", again.text);
    assert!(again.says("approved and done by Dana, today at"), "{}", again.text);
    let decided = desk.get(&desk.manager, "/console/approvals").await;
    assert!(decided.says("Decided lately") && decided.says("approved and done, Dana"), "{}", decided.text);
}

#[tokio::test]
async fn a_decision_on_something_else_than_was_shown_shows_what_it_is_now() {
    let (desk, _) = with_a_proposal().await;
    let (id, _) = forms(&desk.get(&desk.manager, "/console/approvals").await);
    let fields = [("digest", "what I saw yesterday"), ("place", "/console/approvals")];
    let page = desk.post(&desk.manager, &format!("/console/proposals/{id}/approve"), &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("It is not what you were shown") && page.says("Interest: a red CX-50"), "{}", page.text);
    assert!(page.says("Decide before"), "it still waits");
}

#[tokio::test]
async fn a_rejection_keeps_its_reason_and_changes_nothing() {
    let (desk, _) = with_a_proposal().await;
    let (id, digest) = forms(&desk.get(&desk.manager, "/console/approvals").await);
    let fields = [("digest", digest.as_str()), ("reason", "wrong customer"), ("place", "/console/approvals")];
    let page = desk.post(&desk.manager, &format!("/console/proposals/{id}/reject"), &fields).await;
    assert!(page.says("Rejected. Nothing of it was done.") && page.says("Nothing waits for you"), "{}", page.text);
    assert!(page.says("wrong customer"), "the reason is seen by whoever looks");
    let (desk, _) = with_a_proposal().await;
    let (id, digest) = forms(&desk.get(&desk.manager, "/console/approvals").await);
    let fields = [("digest", digest.as_str()), ("reason", " "), ("place", "/console/approvals")];
    let page = desk.post(&desk.manager, &format!("/console/proposals/{id}/reject"), &fields).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.says("give a reason of 1 to 500 characters") && page.says("Decide before"), "{}", page.text);
}

#[tokio::test]
async fn an_edit_is_done_as_edited_or_comes_back_with_what_is_wrong() {
    let (desk, path) = with_a_proposal().await;
    let (id, digest) = forms(&desk.get(&desk.manager, &path).await);
    let approve = format!("/console/proposals/{id}/approve");
    let long = "a blue CX-50 ".repeat(30);
    let mut fields = vec![
        ("digest", digest.as_str()),
        ("place", path.as_str()),
        ("item-1-interest", long.as_str()),
        ("item-1-stock_number", ""),
        ("item-1-timeframe", "this_week"),
    ];
    let page = desk.post(&desk.manager, &approve, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("It cannot run as you edited it.") && page.says("interest"), "{}", page.text);
    assert!(page.says("a blue CX-50 a blue CX-50") && page.says("hx-morph-skip open"), "what was typed is there still");
    assert!(page.says("Decide before"), "it still waits");
    fields[2].1 = "a blue CX-50";
    let page = desk.post(&desk.manager, &approve, &fields).await;
    assert!(page.says("Approved and done."), "{}", page.text);
    let decided = desk.get(&desk.manager, "/console/approvals").await;
    assert!(decided.says("Edited before it ran."), "{}", decided.text);
    let kept = "select interest from leads where interest is not null";
    assert_eq!(desk.world.texts(kept).await, ["a blue CX-50"]);
}

#[tokio::test]
async fn a_card_says_what_it_rests_on_how_long_there_is_and_who_may_decide() {
    let (desk, path) = with_a_proposal().await;
    let page = desk.get(&desk.manager, &path).await;
    for words in ["24 h 00 min left", r#"aria-keyshortcuts="A""#, "Edit, then approve", "<kbd>R</kbd>"] {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    assert!(desk.get(&desk.salesperson, &path).await.says(">Edit, then approve"), "what they may do, they may approve");
    let looks = desk.get(&desk.onlooker, &path).await;
    assert!(looks.says("Who may decide on it:") && looks.says("Sales manager"), "{}", looks.text);
}

#[tokio::test]
async fn who_may_only_look_is_offered_nothing_and_refused_everything() {
    let (desk, path) = with_a_proposal().await;
    let (id, digest) = forms(&desk.get(&desk.manager, "/console/approvals").await);
    let page = desk.get(&desk.onlooker, &path).await;
    assert!(page.says("Your role does not write to customers."));
    for words in ["<textarea", ">Approve<", "Pause"] {
        assert!(!page.says(words), "{words} is offered");
    }
    for (path, fields) in [
        (format!("{path}/messages"), vec![("text", "hello"), ("seen", "")]),
        (format!("{path}/hand-back"), vec![]),
        (format!("/console/proposals/{id}/approve"), vec![("digest", digest.as_str())]),
        (format!("/console/proposals/{id}/reject"), vec![("digest", digest.as_str())]),
        ("/console/ai/pause".to_owned(), vec![]),
        ("/console/ai/resume".to_owned(), vec![]),
    ] {
        let page = desk.post(&desk.onlooker, &path, &fields).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.says("Your role does not allow this."), "{path}");
    }
    assert_eq!(desk.conversation().await.owner_user_id, None);
}

#[tokio::test]
async fn pausing_is_seen_on_every_page_and_holds_what_waits() {
    let desk = desk([says("Which car do you mean?")]).await;
    desk.world.text("SM1", "is it here?").await;
    desk.world.clock.advance(jiff::SignedDuration::from_secs(11));
    forecourt_server::workers::turns::drain(&desk.world.agent, &desk.world.wake).await.unwrap();
    let path = format!("/console/conversations/{}", desk.conversation().await.id);
    let page = desk.post(&desk.manager, "/console/ai/pause", &[("place", &path)]).await;
    assert!(page.says("The assistant is paused. Nothing it writes leaves from now on"), "{}", page.text);
    assert!(page.says("is it here?"), "the page stays where it was");
    desk.world.drain().await;
    for place in ["/console", "/console/approvals", &path] {
        let page = desk.get(&desk.onlooker, place).await;
        assert!(page.says("AI paused") && page.says("1 of its messages are held"), "{place}: {}", page.text);
    }
    assert!(desk.get(&desk.manager, &path).await.says("held: the assistant is paused"));
    let page = desk.post(&desk.manager, "/console/ai/resume", &[]).await;
    assert!(page.says("The assistant works again.") && page.says("AI on"));
    desk.world.drain().await;
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    let thread = tx.load_thread(desk.conversation().await.id, 5).await.unwrap();
    assert_eq!(thread[1].delivery, Some(DeliveryStatus::Simulated));
}

#[tokio::test]
async fn every_switch_has_its_button_and_what_it_holds_is_shown() {
    let desk = desk([says("Which car do you mean?")]).await;
    desk.world.text("SM1", "is it here?").await;
    desk.world.clock.advance(jiff::SignedDuration::from_secs(11));
    forecourt_server::workers::turns::drain(&desk.world.agent, &desk.world.wake).await.unwrap();
    let page = desk.get(&desk.manager, "/console/ai").await;
    for words in [
        "The whole group",
        "Stops the AI in this dealership",
        "on this channel only: SMS",
        "Which car do you mean?",
        "Leaves next",
        "cap 20000000",
    ] {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    assert!(!page.says(r#"name="scope" value="group""#), "a sales manager may not switch the group");
    let fields =
        [("place", "/console/ai"), ("scope", "channel"), ("channel", "sms"), ("reason", "wrong <b>prices</b>")];
    let page = desk.post(&desk.manager, "/console/ai/pause", &fields).await;
    for words in [
        "The assistant is paused on this channel: SMS.",
        "Paused by Dana",
        "wrong &#60;b&#62;prices",
        "Held: the AI is paused on this channel",
    ] {
        assert!(page.says(words), "{words} is missing in\n{}", page.text);
    }
    let page = desk.post(&desk.manager, "/console/ai/resume", &fields[..3]).await;
    assert!(page.says("The assistant works again on this channel: SMS.") && !page.says("Paused by"), "{}", page.text);
}

#[tokio::test]
async fn a_salesperson_stops_the_assistant_in_one_conversation() {
    let desk = desk([says("Hello.")]).await;
    let (id, path) = desk.conversation_after("hi").await;
    let id = id.to_string();
    let fields = [("place", path.as_str()), ("scope", "conversation"), ("conversation_id", id.as_str())];
    let page = desk.post(&desk.salesperson, "/console/ai/pause", &fields).await;
    assert!(page.says("The assistant is paused in this conversation.") && page.says("AI paused here"), "{}", page.text);
    let refused = desk.post(&desk.onlooker, "/console/ai/resume", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let listed = desk.get(&desk.salesperson, "/console/ai").await;
    assert!(listed.says("Paused by Marcus"), "{}", listed.text);
    let page = desk.post(&desk.salesperson, "/console/ai/resume", &fields).await;
    assert!(page.says("The assistant works again in this conversation.") && !page.says("AI paused here"));
}
