//! The people of a dealership: who may change whom, and that what is taken is gone.

use axum::http::{Request, StatusCode};
use forecourt_crm_store::system::people::{PeopleError, PersonChange};
use forecourt_domain::{ids::UserId, staff::Role};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    meanwhile::WAITING,
    office::{Office, office},
    world::Answer,
};

async fn change(office: &Office, token: &SecretString, user: UserId, body: Value) -> Answer {
    office.world.ask(token, Request::patch(format!("/api/v1/users/{user}")), Some(body)).await
}

#[tokio::test]
async fn nobody_gives_or_takes_a_role_above_their_own_and_somebody_stays_who_manages() {
    let office = office().await;
    let ada = office.person("ada@test.example", Role::Admin).await;
    let gina = office.person("gina@test.example", Role::GeneralManager).await;
    let marcus = office.person("marcus@test.example", Role::Salesperson).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let (general, _) = office.signed_in("gina@test.example").await;
    let (sales, _) = office.signed_in("marcus@test.example").await;
    for (who, whom, body, status, code) in [
        (&sales, marcus, json!({ "role": "admin" }), StatusCode::FORBIDDEN, "forbidden"),
        (&general, marcus, json!({ "role": "admin" }), StatusCode::FORBIDDEN, "forbidden"),
        (&general, ada, json!({ "role": "viewer" }), StatusCode::FORBIDDEN, "forbidden"),
        (&general, ada, json!({ "ended": true }), StatusCode::FORBIDDEN, "forbidden"),
        (&general, ada, json!({ "disabled": true }), StatusCode::FORBIDDEN, "forbidden"),
        (&general, gina, json!({ "role": "admin" }), StatusCode::CONFLICT, "oneself"),
        (&admin, marcus, json!({ "role": "platform_owner" }), StatusCode::FORBIDDEN, "forbidden"),
        (&admin, marcus, json!({ "role": "emperor" }), StatusCode::BAD_REQUEST, "bad_request"),
        (&admin, ada, json!({ "ended": true }), StatusCode::CONFLICT, "oneself"),
        (&admin, ada, json!({ "disabled": true }), StatusCode::CONFLICT, "oneself"),
        (&admin, UserId(uuid::Uuid::nil()), json!({ "role": "viewer" }), StatusCode::NOT_FOUND, "not_found"),
    ] {
        let answer = change(&office, who, whom, body.clone()).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)), "{body}: {answer:?}");
    }
    let answer = change(&office, &general, marcus, json!({ "role": "sales_manager" })).await;
    assert_eq!((answer.status, answer.body["role"].as_str()), (StatusCode::OK, Some("sales_manager")));
    let logged = office.logged("user.role_changed").await;
    assert_eq!(
        (&logged[0]["details"]["from"], &logged[0]["details"]["to"]),
        (&json!("salesperson"), &json!("sales_manager"))
    );
    assert_eq!(logged[0]["user"], json!(gina));
    // The old role's access token is good for nothing; the refresh gives one in the new role.
    assert_eq!(office.status(&sales, "/api/v1/me").await, StatusCode::UNAUTHORIZED);

    // Two admins who take each other away at the same time: one of them stays.
    let bea = office.person("bea@test.example", Role::Admin).await;
    let (other, _) = office.signed_in("bea@test.example").await;
    let (one, two) = tokio::join!(
        change(&office, &admin, bea, json!({ "ended": true })),
        change(&office, &other, ada, json!({ "ended": true })),
    );
    let done = [one.status, two.status].iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!(done, 1, "{one:?} {two:?}");

    // However late the second one comes, and whatever they were when they asked: they are somebody no more.
    let (left, gone) = if one.status == StatusCode::OK { (ada, bea) } else { (bea, ada) };
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let ends = PersonChange { ends: true, ..PersonChange::default() };
    let refused = tx.change_person(left, ends, gone).await;
    assert!(matches!(refused, Err(PeopleError::AboveOwn)), "{refused:?}");
}

#[tokio::test]
async fn who_was_demoted_before_their_turn_changes_people_as_what_they_are_now() {
    let office = office().await;
    let ada = office.person("ada@test.example", Role::Admin).await;
    let bea = office.person("bea@test.example", Role::Admin).await;
    let marcus = office.person("marcus@test.example", Role::Salesperson).await;
    let role = |role| PersonChange { role: Some(role), ..PersonChange::default() };
    let mut first = office.world.store.begin(office.world.scope).await.unwrap();
    first.change_person(bea, role(Role::GeneralManager), ada).await.unwrap();
    // It was asked for while the other still was an admin, and waits for the lock.
    let mut second = office.world.store.begin(office.world.scope).await.unwrap();
    let (refused, ()) = tokio::join!(second.change_person(marcus, role(Role::Admin), bea), async {
        while office.world.texts(WAITING).await.is_empty() {}
        first.commit().await.unwrap();
    });
    assert!(matches!(refused, Err(PeopleError::AboveOwn)), "{refused:?}");
    second.change_person(marcus, role(Role::SalesManager), bea).await.unwrap();
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once_wherever_they_were_in() {
    let office = office().await;
    office.person("ada@test.example", Role::Admin).await;
    let marcus = office.person("marcus@test.example", Role::Salesperson).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let (token, refresh) = office.signed_in("marcus@test.example").await;
    let program = office.world.token_of("marcus@test.example", Role::Salesperson).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("marcus@test.example").await;
    for open in [&token, &program] {
        assert_eq!(office.status(open, "/api/v1/me").await, StatusCode::OK);
    }
    let answer = change(&office, &admin, marcus, json!({ "disabled": true })).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    for closed in [&token, &program] {
        assert_eq!(office.status(closed, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
    }
    assert!(!browser.is_in().await);
    let body = json!({ "refresh_token": refresh });
    assert_eq!(office.post_json("203.0.113.7", "/api/v1/auth/refresh", &body).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(office.token("marcus@test.example", json!({})).await.status, StatusCode::UNAUTHORIZED);
    office.browser("203.0.113.5").post("/console/forgot", &[("email", "marcus@test.example")]).await;
    assert!(office.world.store.load_mails(10).await.unwrap().is_empty(), "no link for a disabled account");
    // Enabled again, everything has to be done again.
    assert_eq!(change(&office, &admin, marcus, json!({ "disabled": false })).await.status, StatusCode::OK);
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
    assert_eq!(office.token("marcus@test.example", json!({})).await.status, StatusCode::OK);
    assert_eq!((office.logged("user.disabled").await.len(), office.logged("user.enabled").await.len()), (1, 1));
}

#[tokio::test]
async fn an_account_that_works_elsewhere_is_disabled_by_who_may_there_too() {
    let office = office().await;
    let other = office.dealership("Second Motors").await;
    office.person("ada@test.example", Role::Admin).await;
    let marcus = office.person("marcus@test.example", Role::Salesperson).await;
    office.person_at(other, "marcus@test.example", Role::Salesperson).await;
    office.person_at(other, "other-admin@test.example", Role::Admin).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let answer = change(&office, &admin, marcus, json!({ "disabled": true })).await;
    assert_eq!(answer.body["code"], "works_elsewhere", "{answer:?}");
    assert_eq!(change(&office, &admin, marcus, json!({ "ended": true })).await.status, StatusCode::OK);
    // Elsewhere they go on, and only there.
    let answer = office.token("marcus@test.example", json!({})).await;
    assert_eq!(answer.body["dealership"], json!(other.dealership_id()));
}

#[tokio::test]
async fn a_group_is_read_across_by_switching() {
    let office = office().await;
    let (other, foreign) = (office.dealership("Second Motors").await, office.dealership("Foreign Motors").await);
    office.person("dana@test.example", Role::SalesManager).await;
    office.person_at(other, "dana@test.example", Role::Viewer).await;
    let here = office.world.scope.dealership_id();
    let answer = office.token("dana@test.example", json!({ "dealership": here })).await;
    let token = crate::office::access(&answer);
    let go = async |token: &SecretString, to| {
        let body = json!({ "dealership": to });
        office.world.ask(token, Request::post("/api/v1/session/dealership"), Some(body)).await
    };
    assert_eq!(go(&token, foreign.dealership_id()).await.status, StatusCode::NOT_FOUND);
    let there = go(&token, other.dealership_id()).await;
    assert_eq!((there.status, there.body["role"].as_str()), (StatusCode::OK, Some("viewer")));
    let me = office.world.ask(&crate::office::access(&there), Request::get("/api/v1/me"), None).await.body;
    assert_eq!((&me["current"]["name"], me["dealerships"].as_array().unwrap().len()), (&json!("Second Motors"), 2));
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::UNAUTHORIZED, "one sign-in is at one place");
}
