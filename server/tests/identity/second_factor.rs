//! The second factor: set up, asked for, never accepted twice, removed by who has both factors.

use axum::http::StatusCode;
use forecourt_crm_store::system::links::Purpose;
use forecourt_domain::staff::Role;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::office::{Browser, Office, PASSWORD, office};

/// What an authenticator app shows at the time of the world.
fn shown(office: &Office, seed: &str) -> String {
    let secret = Secret::try_from_base32(seed).unwrap();
    let now = u64::try_from(office.world.store.now().as_second()).unwrap();
    Builder::new().with_secret(secret).with_account_name("test").build().unwrap().generate(now).to_string()
}

/// Sets a second factor up; the seed and the recovery codes.
async fn enrol(office: &Office, browser: &mut Browser<'_>) -> (String, Vec<String>) {
    let page = browser.post("/console/account/second-factor/begin", &[("current", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.says("<svg class=\"qr\""));
    let (_, rest) = page.text.split_once("Key: <code>").unwrap();
    let seed = rest.split('<').next().unwrap().replace(' ', "");
    let wrong = browser.post("/console/account/second-factor/confirm", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = shown(office, &seed);
    let page = browser.post("/console/account/second-factor/confirm", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let codes: Vec<String> =
        page.text.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (seed, codes)
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_no_code_opens_twice() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let before = browser.cookie("__Host-forecourt").unwrap().to_owned();
    let (seed, codes) = enrol(&office, &mut browser).await;
    assert_ne!(browser.cookie("__Host-forecourt").unwrap(), before, "the session goes on under another secret");
    assert!(!browser.get("/console/account").await.says(&codes[0]), "recovery codes are shown once");

    // The code that confirmed it is used up.
    let mut other = office.browser("203.0.113.6");
    let page = other.sign_in("dana@test.example", PASSWORD).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Second step") && !other.is_in().await, "the password alone opens nothing");
    let used = shown(&office, &seed);
    assert_eq!(other.post("/console/sign-in/code", &[("code", &used)]).await.status, StatusCode::UNAUTHORIZED);
    office.world.clock.advance(SignedDuration::from_secs(30));
    let code = shown(&office, &seed);
    let page = other.post("/console/sign-in/code", &[("code", &code), ("place", "/console/approvals")]).await;
    assert_eq!((page.status, page.goes_to()), (StatusCode::SEE_OTHER, Some("/console/approvals")));
    assert!(other.is_in().await);

    // Whoever looked over the shoulder has password and code, and gets nowhere, here or over the API.
    let mut thief = office.browser("198.51.100.1");
    thief.sign_in("dana@test.example", PASSWORD).await;
    assert_eq!(thief.post("/console/sign-in/code", &[("code", &code)]).await.status, StatusCode::UNAUTHORIZED);
    let answer = office.token("dana@test.example", json!({ "code": code })).await;
    assert_eq!((answer.status, answer.body["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("wrong_credentials")));
    assert_eq!(office.token("dana@test.example", json!({})).await.body["code"], "code_required");
    office.world.clock.advance(SignedDuration::from_secs(60));
    let answer = office.token("dana@test.example", json!({ "code": shown(&office, &seed) })).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_recovery_code_opens_once_however_it_is_typed() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (_, codes) = enrol(&office, &mut browser).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    for (code, status) in [(&typed, StatusCode::OK), (&codes[3], StatusCode::UNAUTHORIZED)] {
        assert_eq!(office.token("dana@test.example", json!({ "code": code })).await.status, status);
    }
    // Two who use the same one at the same time are one.
    let both = tokio::join!(
        office.token("dana@test.example", json!({ "code": codes[4] })),
        office.token("dana@test.example", json!({ "code": codes[4] })),
    );
    let opened = [both.0.status, both.1.status].iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!(opened, 1);
    assert_eq!(office.logged("user.recovery_code_used").await.len(), 2);
    // Another person's code is none.
    office.person("marcus@test.example", Role::Salesperson).await;
    let mut marcus = office.browser("203.0.113.8");
    marcus.enter("marcus@test.example").await;
    enrol(&office, &mut marcus).await;
    let answer = office.token("marcus@test.example", json!({ "code": codes[5] })).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_opens_the_first_of_several_dealerships_and_is_not_burnt_by_a_question() {
    let office = office().await;
    let first = office.dealership("A Motors").await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (_, codes) = enrol(&office, &mut browser).await;
    office.person_at(first, "dana@test.example", Role::Viewer).await;
    let answer = office.token("dana@test.example", json!({ "code": codes[0] })).await;
    assert_eq!(
        (answer.status, &answer.body["dealership"]),
        (StatusCode::OK, &json!(first.dealership_id())),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_step_ends_after_five_wrong_codes_and_codes_cannot_be_guessed_through_new_steps() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (seed, _) = enrol(&office, &mut browser).await;
    office.world.clock.advance(SignedDuration::from_secs(60));
    let mut guesser = office.browser("198.51.100.1");
    let mut looked_at = 0;
    for _ in 0..8 {
        guesser.sign_in("dana@test.example", PASSWORD).await;
        for _ in 0..6 {
            let page = guesser.post("/console/sign-in/code", &[("code", "123456")]).await;
            looked_at += usize::from(page.says("That code is not right"));
        }
    }
    assert_eq!(looked_at, 10, "codes are measured over all steps");
    let page = guesser.post("/console/sign-in/code", &[("code", &shown(&office, &seed))]).await;
    assert!(!guesser.is_in().await, "{}", page.text);
}

#[tokio::test]
async fn the_second_factor_goes_only_with_password_and_code() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (_, codes) = enrol(&office, &mut browser).await;
    let path = "/console/account/second-factor/remove";
    for (current, code) in [("wrong", codes[0].as_str()), (PASSWORD, "000000"), (PASSWORD, "")] {
        let page = browser.post(path, &[("current", current), ("code", code)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = browser.post(path, &[("current", PASSWORD), ("code", &codes[1])]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    office.browser("203.0.113.9").enter("dana@test.example").await;
    assert_eq!(office.logged("user.second_factor_removed").await.len(), 1);
}

#[tokio::test]
async fn a_reset_link_does_not_go_around_the_second_factor() {
    let office = office().await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (_, codes) = enrol(&office, &mut browser).await;
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let (_, text) = tx.insert_link(dana, Purpose::Reset, None).await.unwrap();
    tx.commit().await.unwrap();
    let token = crate::office::exposed(&text);
    let mut thief = office.browser("198.51.100.1");
    let page = thief.get(&format!("/console/password?token={token}")).await;
    assert!(page.says("Code of your authenticator app"), "{}", page.text);
    for (code, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("123456", StatusCode::UNPROCESSABLE_ENTITY),
        (codes[2].as_str(), StatusCode::SEE_OTHER),
    ] {
        let fields = [("token", token), ("password", "seven purple tractors"), ("code", code)];
        assert_eq!(thief.post("/console/password", &fields).await.status, status, "{code}");
    }
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn a_dump_holds_no_seed_no_code_and_no_secret_of_a_session() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (seed, codes) = enrol(&office, &mut browser).await;
    let (_, refresh) = office.signed_in_with(&codes[0]).await;
    let rows = office
        .world
        .texts(
            "select to_jsonb(u)::text from users u union all select to_jsonb(s)::text from sessions s
             union all select to_jsonb(r)::text from recovery_codes r union all select to_jsonb(t)::text from refresh_tokens t
             union all select to_jsonb(d)::text from known_devices d union all select to_jsonb(m)::text from system_mails m",
        )
        .await
        .join("\n");
    let cookie = browser.cookie("__Host-forecourt").unwrap();
    let hex = |text: &str| forecourt_domain::hex::hex(text.as_bytes());
    for secret in [seed.as_str(), codes[1].as_str(), cookie, refresh.as_str(), PASSWORD] {
        assert!(!rows.contains(secret) && !rows.contains(&hex(secret)), "a secret is stored as it is");
    }
    assert!(rows.contains("$argon2id$"));
}

impl Office {
    async fn signed_in_with(&self, code: &str) -> (SecretString, String) {
        let answer = self.token("dana@test.example", json!({ "code": code })).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        (crate::office::access(&answer), answer.body["refresh_token"].as_str().unwrap().to_owned())
    }
}
