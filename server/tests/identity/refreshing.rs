//! Refresh tokens: each used once, parallel honest use forgiven, theft noticed.

use axum::http::{Request, StatusCode};
use forecourt_domain::staff::Role;
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    office::{Office, access, office},
    world::Answer,
};

async fn refresh(office: &Office, token: &str) -> Answer {
    office.post_json("203.0.113.7", "/api/v1/auth/refresh", &json!({ "refresh_token": token })).await
}

fn next(answer: &Answer) -> String {
    answer.body["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_ends_the_whole_sign_in() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (_, first) = office.signed_in("dana@test.example").await;
    let second = refresh(&office, &first).await;
    assert_eq!(second.status, StatusCode::OK);
    let third = refresh(&office, &next(&second)).await;
    assert_eq!(office.status(&access(&third), "/api/v1/me").await, StatusCode::OK);
    office.world.clock.advance(SignedDuration::from_secs(11));
    let stolen = refresh(&office, &first).await;
    assert_eq!((stolen.status, stolen.body["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("refresh_reused")));
    for token in [next(&second), next(&third)] {
        assert_eq!(refresh(&office, &token).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(office.status(&access(&third), "/api/v1/me").await, StatusCode::UNAUTHORIZED, "its access token too");
    assert_eq!(office.logged("user.refresh_reused").await.len(), 1);
    let mails = office.world.store.load_mails(10).await.unwrap();
    assert!(mails.iter().any(|mail| mail.kind == "refresh_reused"), "{mails:?}");
}

#[tokio::test]
async fn two_hundred_honest_refreshes_at_the_same_time_go_on_as_one() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (_, first) = office.signed_in("dana@test.example").await;
    let answers = futures::future::join_all((0..200).map(|_| refresh(&office, &first))).await;
    let successors: std::collections::BTreeSet<_> = answers.iter().map(next).collect();
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert_eq!(successors.len(), 1, "all of them get the same successor");
    for answer in answers.iter().take(20) {
        assert_eq!(office.status(&access(answer), "/api/v1/me").await, StatusCode::OK);
    }
    // A thief who was quick enough shares the line, and is noticed once it is a step behind.
    let thief = next(&answers[7]);
    let honest = refresh(&office, &next(&answers[0])).await;
    assert_eq!(honest.status, StatusCode::OK);
    office.world.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(next(&refresh(&office, &thief).await), next(&honest), "nothing branches");
    let honest = refresh(&office, &next(&honest)).await;
    assert_eq!(honest.status, StatusCode::OK);
    assert_eq!(refresh(&office, &thief).await.body["code"], "refresh_reused");
    assert_eq!(refresh(&office, &next(&honest)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_until_its_token_was_used() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (_, first) = office.signed_in("dana@test.example").await;
    let lost = refresh(&office, &first).await;
    office.world.clock.advance(SignedDuration::from_hours(1));
    let again = refresh(&office, &first).await;
    assert_eq!((again.status, next(&again)), (StatusCode::OK, next(&lost)));
    assert_eq!(office.status(&access(&again), "/api/v1/me").await, StatusCode::OK);
    assert_eq!(refresh(&office, &next(&again)).await.status, StatusCode::OK);
    office.world.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(refresh(&office, &first).await.body["code"], "refresh_reused");
    // Nobody waits for an answer for two weeks.
    let (_, first) = office.signed_in("dana@test.example").await;
    refresh(&office, &first).await;
    office.world.clock.advance(SignedDuration::from_hours(14 * 24));
    assert_eq!(refresh(&office, &first).await.body["code"], "unauthorized");
}

#[tokio::test]
async fn a_refresh_that_is_refused_uses_no_token_up() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (_, first) = office.signed_in("dana@test.example").await;
    let suspend = async |suspended| {
        let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
        tx.set_suspended(suspended).await.unwrap();
        tx.commit().await.unwrap();
    };
    suspend(true).await;
    assert_eq!(refresh(&office, &first).await.body["code"], "suspended");
    let used = "select digest::text from refresh_tokens where used_at is not null";
    assert!(office.world.texts(used).await.is_empty());
    suspend(false).await;
    assert_eq!(refresh(&office, &first).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_revoked_idle_or_old_refreshes_nothing() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (token, mut kept) = office.signed_in("dana@test.example").await;
    let (revoked_access, revoked) = office.signed_in("dana@test.example").await;
    let (_, idle) = office.signed_in("dana@test.example").await;
    for given in [revoked.as_str(), "fcr_nothing", ""] {
        let answer = office.post_json("203.0.113.7", "/api/v1/auth/revoke", &json!({ "refresh_token": given })).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "the answer tells nothing");
    }
    assert_eq!(refresh(&office, &revoked).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(office.status(&revoked_access, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::OK, "the other sign-in goes on");
    office.world.clock.advance(SignedDuration::from_hours(13 * 24));
    kept = next(&refresh(&office, &kept).await);
    office.world.clock.advance(SignedDuration::from_hours(2 * 24));
    assert_eq!(refresh(&office, &idle).await.status, StatusCode::UNAUTHORIZED, "nobody used it for fifteen days");
    kept = next(&refresh(&office, &kept).await);
    office.world.clock.advance(SignedDuration::from_hours(10 * 24));
    kept = next(&refresh(&office, &kept).await);
    office.world.clock.advance(SignedDuration::from_hours(6 * 24));
    assert_eq!(refresh(&office, &kept).await.status, StatusCode::UNAUTHORIZED, "a sign-in lasts thirty days");
}

#[tokio::test]
async fn own_sign_ins_are_listed_and_ended_over_the_api_and_a_programs_token_cannot() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (token, _) = office.signed_in("dana@test.example").await;
    let (other, _) = office.signed_in("dana@test.example").await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let listed = office.world.ask(&token, Request::get("/api/v1/sessions"), None).await;
    let entries = listed.body.as_array().unwrap();
    assert_eq!(entries.len(), 3, "{listed:?}");
    assert_eq!(entries.iter().filter(|entry| entry["current"] == true).count(), 1);
    let console = entries.iter().find(|entry| entry["kind"] == "console").unwrap();
    let path = format!("/api/v1/sessions/{}", console["id"].as_str().unwrap());
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        assert_eq!(office.world.ask(&token, Request::delete(&path), None).await.status, status);
    }
    assert!(!browser.is_in().await);
    let ended = office.world.ask(&token, Request::delete("/api/v1/sessions"), None).await;
    assert_eq!(ended.body["ended"], 1);
    assert_eq!(office.status(&other, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::OK);
    let program = office.world.token_of("dana@test.example", Role::SalesManager).await;
    assert_eq!(office.status(&program, "/api/v1/me").await, StatusCode::OK, "tokens of before go on working");
    assert_eq!(office.status(&program, "/api/v1/sessions").await, StatusCode::FORBIDDEN);
}
