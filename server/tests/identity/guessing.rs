//! Guessing: how many guesses are looked at, and that their victim still gets in.

use axum::http::StatusCode;
use forecourt_domain::staff::Role;
use jiff::SignedDuration;
use serde_json::json;

use crate::office::{Office, PASSWORD, office};

/// Guesses from `addresses` in turn; how many were looked at.
async fn guess(office: &Office, guesses: usize, addresses: usize) -> usize {
    let mut tried = 0;
    for batch in (0..guesses).collect::<Vec<_>>().chunks(20) {
        let answers = batch.iter().map(|guess| async move {
            let (address, password) =
                (format!("198.51.100.{}", guess % addresses + 1), format!("guess number {guess}"));
            office.token_from(&address, "dana@test.example", &password, json!({})).await.status
        });
        for status in futures::future::join_all(answers).await {
            match status {
                StatusCode::UNAUTHORIZED => tried += 1,
                StatusCode::TOO_MANY_REQUESTS => {}
                other => panic!("{other}"),
            }
        }
        // A thousand guesses take an hour and a bit.
        office.world.clock.advance(SignedDuration::from_secs(75));
    }
    tried
}

#[tokio::test]
async fn of_a_thousand_guesses_from_one_address_a_few_are_looked_at_and_the_owner_gets_in_meanwhile() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut owner = office.browser("203.0.113.5");
    owner.enter("dana@test.example").await;
    let tried = guess(&office, 1000, 1).await;
    println!("one address: {tried} of 1000 guesses were looked at");
    assert!(tried <= 20, "{tried}");
    // Another colleague at the same address as the guesser has not guessed at anything.
    office.person("marcus@test.example", Role::Salesperson).await;
    let colleague = office.browser("198.51.100.1").sign_in("marcus@test.example", PASSWORD).await;
    assert_eq!(colleague.status, StatusCode::SEE_OTHER);
    owner.keep_device_only();
    owner.enter("dana@test.example").await;
}

#[tokio::test]
async fn of_a_thousand_guesses_from_a_hundred_addresses_a_few_are_looked_at_and_the_owner_gets_in_meanwhile() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut owner = office.browser("203.0.113.5");
    owner.enter("dana@test.example").await;
    let tried = guess(&office, 1000, 100).await;
    println!("a hundred addresses: {tried} of 1000 guesses were looked at");
    assert!(tried <= 40, "{tried}");
    // From an unknown browser even the right password has to wait: it says so, and names the way on.
    let page = office.browser("192.0.2.1").sign_in("dana@test.example", PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.says("ask for a link by e-mail"));
    owner.keep_device_only();
    owner.enter("dana@test.example").await;
    assert_eq!(office.logged("user.sign_in_failed_often").await.len(), 1);
}

#[tokio::test]
async fn a_thousand_guesses_at_the_same_moment_are_no_more_than_one_after_the_other() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let guesses = (0..200).map(|guess| {
        let office = &office;
        async move {
            office.token_from("198.51.100.1", "dana@test.example", &format!("guess {guess}"), json!({})).await.status
        }
    });
    let answers = futures::future::join_all(guesses).await;
    let tried = answers.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count();
    assert_eq!(tried, 5, "{answers:?}");
}

#[tokio::test]
async fn a_known_browser_is_slowed_down_by_its_own_failures_and_by_nothing_else() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut known = office.browser("203.0.113.5");
    known.enter("dana@test.example").await;
    known.keep_device_only();
    for _ in 0..5 {
        assert_eq!(known.sign_in("dana@test.example", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    let page = known.sign_in("dana@test.example", PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    office.world.clock.advance(SignedDuration::from_secs(2));
    known.enter("dana@test.example").await;
    // The cookie of one person's browser is nothing at another's account.
    office.person("marcus@test.example", Role::Salesperson).await;
    guess_marcus(&office).await;
    let page = known.copy().sign_in("marcus@test.example", PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
}

async fn guess_marcus(office: &Office) {
    for guess in 0..25 {
        let address = format!("198.51.100.{}", guess + 1);
        office.token_from(&address, "marcus@test.example", "wrong", json!({})).await;
    }
}

#[tokio::test]
async fn an_unknown_account_is_slowed_down_as_a_known_one_is() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut seen = Vec::new();
    for email in ["dana@test.example", "nobody@test.example"] {
        let mut statuses = Vec::new();
        for guess in 0..12 {
            let answer = office.token_from("198.51.100.9", email, "wrong", json!({})).await;
            let wait = answer.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            statuses.push((answer.status, wait, answer.body["code"].clone()));
            office.world.clock.advance(SignedDuration::from_secs(guess));
        }
        office.world.clock.advance(SignedDuration::from_hours(25));
        seen.push(statuses);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].iter().any(|(status, ..)| *status == StatusCode::TOO_MANY_REQUESTS));
}
