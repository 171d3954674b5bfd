//! Signing in at the console: what it sets, what it tells, and what ends it.

use axum::http::{StatusCode, header};
use forecourt_domain::staff::Role;

use crate::office::{PASSWORD, office};

#[tokio::test]
async fn a_password_opens_a_session_that_no_script_reads_and_leads_back() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    let fields = [("email", " Dana@Test.example "), ("password", PASSWORD), ("place", "/console/approvals")];
    let page = browser.post("/console/sign-in", &fields).await;
    assert_eq!((page.status, page.goes_to()), (StatusCode::SEE_OTHER, Some("/console/approvals")));
    let set: Vec<_> = page.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    let session = set.iter().find(|cookie| cookie.starts_with("__Host-forecourt=")).unwrap();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/;", "; Secure"] {
        assert!(session.contains(part), "{part} is missing in {session}");
    }
    assert!(browser.is_in().await);
    assert_eq!(office.logged("user.signed_in").await.len(), 1);
    let away = [("email", "dana@test.example"), ("password", PASSWORD), ("place", "https://evil.example/console")];
    assert_eq!(browser.post("/console/sign-in", &away).await.goes_to(), Some("/console"));
}

#[tokio::test]
async fn signing_in_anew_gives_another_session_and_ends_the_one_before() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let mut before = browser.copy();
    browser.enter("dana@test.example").await;
    assert_ne!(before.cookie("__Host-forecourt"), browser.cookie("__Host-forecourt"));
    assert!(browser.is_in().await && !before.is_in().await);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_told_alike() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut answers = Vec::new();
    for email in ["dana@test.example", "nobody@test.example"] {
        let page = office.browser("203.0.113.5").sign_in(email, "something else entirely").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(!page.says("something else entirely"));
        answers.push(page.text.replace(email, "…"));
    }
    assert_eq!(answers[0], answers[1]);
    let forgot = async |email| office.browser("203.0.113.5").post("/console/forgot", &[("email", email)]).await.text;
    assert_eq!(forgot("dana@test.example").await, forgot("nobody@test.example").await);
}

#[tokio::test]
async fn own_sign_ins_are_listed_and_ended_one_by_one_or_all_others() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (mut desk, mut phone, mut tablet) =
        (office.browser("203.0.113.5"), office.browser("203.0.113.6"), office.browser("203.0.113.9"));
    for browser in [&mut desk, &mut phone, &mut tablet] {
        browser.enter("dana@test.example").await;
    }
    let page = desk.get("/console/account").await;
    for address in ["203.0.113.5", "203.0.113.6", "203.0.113.9"] {
        assert!(page.says(address), "{address}");
    }
    let of_phone = page.text.split("<li>").find(|entry| entry.contains("203.0.113.6")).unwrap();
    let (_, path) = of_phone.split_once("action=\"").unwrap();
    assert_eq!(desk.post(path.split('"').next().unwrap(), &[]).await.status, StatusCode::OK);
    assert!(desk.is_in().await && !phone.is_in().await && tablet.is_in().await);
    desk.post("/console/account/sessions/end-others", &[]).await;
    assert!(desk.is_in().await && !tablet.is_in().await);
    assert!(!office.logged("user.session_ended").await.is_empty());
}

#[tokio::test]
async fn a_changed_password_ends_every_other_sign_in_and_renews_the_session_that_changed_it() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let (mut desk, mut phone) = (office.browser("203.0.113.5"), office.browser("203.0.113.6"));
    desk.enter("dana@test.example").await;
    phone.enter("dana@test.example").await;
    let (_, refresh) = office.signed_in("dana@test.example").await;
    let mut before = desk.copy();
    let change = async |browser: &mut crate::office::Browser<'_>, current: &str, new: &str| {
        browser.post("/console/account/password", &[("current", current), ("password", new)]).await
    };
    for (current, new, told) in [
        ("wrong", "seven purple tractors", "current password is not right"),
        (PASSWORD, "short", "at least 8"),
        (PASSWORD, "password1", "among the first"),
        (PASSWORD, "TestMotors1", "e-mail address and the dealership"),
    ] {
        let page = change(&mut desk, current, new).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(page.says(told) || page.says(&told.replace("at least", "At least")), "{told}: {}", page.text);
    }
    let page = change(&mut desk, PASSWORD, "seven purple tractors").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(desk.is_in().await && !phone.is_in().await && !before.is_in().await);
    let body = serde_json::json!({ "refresh_token": refresh });
    assert_eq!(office.post_json("203.0.113.7", "/api/v1/auth/refresh", &body).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(phone.sign_in("dana@test.example", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(phone.sign_in("dana@test.example", "seven purple tractors").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.logged("user.password_changed").await.len(), 1);
}

#[tokio::test]
async fn whoever_works_at_several_dealerships_chooses_and_switches_and_no_other_opens() {
    let office = office().await;
    let (other, foreign) = (office.dealership("Second Motors").await, office.dealership("Foreign Motors").await);
    office.person("dana@test.example", Role::SalesManager).await;
    office.person_at(other, "dana@test.example", Role::Viewer).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let page = browser.get("/console/approvals").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Second Motors") && page.says("Test Motors") && !page.says("Foreign Motors"));
    for (dealership, status) in [(foreign, StatusCode::FORBIDDEN), (other, StatusCode::SEE_OTHER)] {
        let id = dealership.dealership_id().to_string();
        let page = browser.post("/console/choose", &[("dealership", &id), ("place", "/console")]).await;
        assert_eq!(page.status, status);
    }
    assert!(browser.get("/console").await.says("Viewer at Second Motors"));
    let id = office.world.scope.dealership_id().to_string();
    browser.post("/console/choose", &[("dealership", &id)]).await;
    assert!(browser.get("/console").await.says("Sales manager at Test Motors"));
}

#[tokio::test]
async fn nobody_signs_in_at_a_suspended_dealership_and_its_data_stays() {
    let office = office().await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let (token, _) = office.signed_in("dana@test.example").await;
    let suspend = async |suspended| {
        let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
        tx.set_suspended(suspended).await.unwrap();
        tx.commit().await.unwrap();
    };
    suspend(true).await;
    let page = browser.get("/console").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("Test Motors is suspended"), "{}", page.text);
    let page = office.browser("203.0.113.6").sign_in("dana@test.example", PASSWORD).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("Test Motors is suspended") && page.says("Its data is kept"));
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
    assert_eq!(office.token("dana@test.example", serde_json::json!({})).await.body["code"], "suspended");
    suspend(false).await;
    assert!(browser.is_in().await, "the session is not lost");
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::OK);
}
