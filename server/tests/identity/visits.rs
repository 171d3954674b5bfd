//! The platform's owner at a dealership: with a reason, for a time, seen by it, and never as somebody's keeper.

use axum::http::{Request, StatusCode};
use forecourt_crm_store::system::links::Purpose;
use forecourt_domain::staff::Role;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    office::{Office, access, office},
    world::Answer,
};

const WHY: &str = "The dealership called about missing messages";

async fn visit(office: &Office, token: &SecretString, more: Value) -> Answer {
    let mut body = json!({ "dealership": office.world.scope.dealership_id(), "reason": WHY, "minutes": 30 });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    office.world.ask(token, Request::post("/api/v1/session/visit"), Some(body)).await
}

async fn owner(office: &Office) -> SecretString {
    let home = office.dealership("The Platform").await;
    office.person_at(home, "owner@platform.example", Role::PlatformOwner).await;
    office.signed_in("owner@platform.example").await.0
}

#[tokio::test]
async fn a_visit_needs_a_reason_and_the_platform_and_is_seen_by_the_dealership() {
    let office = office().await;
    office.person("ada@test.example", Role::Admin).await;
    let token = owner(&office).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    assert_eq!(visit(&office, &admin, json!({})).await.status, StatusCode::FORBIDDEN, "an admin visits nobody");
    for bad in [json!({ "reason": "why not" }), json!({ "minutes": 0 }), json!({ "minutes": 241 })] {
        assert_eq!(visit(&office, &token, bad).await.status, StatusCode::BAD_REQUEST);
    }
    let here = visit(&office, &token, json!({})).await;
    assert_eq!((here.status, here.body["role"].as_str()), (StatusCode::OK, Some("viewer")), "{here:?}");
    let visiting = access(&here);
    assert_eq!(office.status(&visiting, "/api/v1/conversations").await, StatusCode::OK);
    let pause = office.world.ask(&visiting, Request::post("/api/v1/ai/pause"), None).await;
    assert_eq!(pause.status, StatusCode::FORBIDDEN, "in their own name they only look");
    let log = office.world.ask(&admin, Request::get("/api/v1/access-log"), None).await.body;
    assert_eq!((&log[0]["reason"], &log[0]["ended_at"]), (&json!(WHY), &Value::Null));
    assert_eq!(office.logged("visit.begun").await.len(), 1);
    office.world.clock.advance(SignedDuration::from_mins(9));
    assert_eq!(office.status(&visiting, "/api/v1/conversations").await, StatusCode::OK);
    let back = office.world.ask(&visiting, Request::delete("/api/v1/session/visit"), None).await;
    assert_eq!(back.body["role"], "platform_owner", "{back:?}");
    assert_eq!(office.status(&visiting, "/api/v1/conversations").await, StatusCode::UNAUTHORIZED);
    assert_eq!(office.logged("visit.ended").await.len(), 1);
}

#[tokio::test]
async fn a_visitor_as_an_admin_invites_changes_and_withdraws_nobody() {
    let office = office().await;
    let ada = office.person("ada@test.example", Role::Admin).await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let token = owner(&office).await;
    let acting = access(&visit(&office, &token, json!({ "as_user": ada })).await);
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let nina = tx.find_or_insert_user(&"nina@test.example".parse().unwrap(), "Nina", "").await.unwrap();
    let dealership = office.world.scope.dealership_id();
    let purpose = Purpose::Invitation { dealership, role: Role::Bdc, department: None };
    let (link, _) = tx.insert_link(nina, purpose, Some(ada)).await.unwrap();
    tx.commit().await.unwrap();
    let invite = json!({ "email": "mine@platform.example", "first_name": "", "last_name": "", "role": "admin" });
    for (request, body) in [
        (Request::post("/api/v1/users"), Some(invite)),
        (Request::patch(format!("/api/v1/users/{dana}")), Some(json!({ "disabled": true }))),
        (Request::patch(format!("/api/v1/users/{dana}")), Some(json!({ "role": "admin" }))),
        (Request::delete(format!("/api/v1/invitations/{link}")), None),
    ] {
        let answer = office.world.ask(&acting, request, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
        assert!(answer.body["detail"].as_str().unwrap().starts_with("On a visit"), "{answer:?}");
    }
}

#[tokio::test]
async fn who_acts_as_somebody_is_in_every_entry_and_can_touch_nothing_that_is_theirs() {
    let office = office().await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let token = owner(&office).await;
    let here = visit(&office, &token, json!({ "as_user": dana, "minutes": 240 })).await;
    assert_eq!((here.status, here.body["role"].as_str()), (StatusCode::OK, Some("sales_manager")), "{here:?}");
    let acting = access(&here);
    let me = office.world.ask(&acting, Request::get("/api/v1/me"), None).await.body;
    let owner_id = me["acted_by"].clone();
    assert_eq!(me["user"], json!(dana));
    assert!(owner_id.is_string());
    assert_eq!(office.world.ask(&acting, Request::post("/api/v1/ai/pause"), None).await.status, StatusCode::OK);
    let thrown = office.logged("switch.thrown").await;
    assert_eq!((&thrown[0]["user"], &thrown[0]["details"]["acted_by"]), (&json!(dana), &owner_id));
    for request in [Request::get("/api/v1/sessions"), Request::delete("/api/v1/sessions")] {
        assert_eq!(office.world.ask(&acting, request, None).await.status, StatusCode::FORBIDDEN);
    }
    // The account page is the visitor's own, whomever they visit as.
    let mut browser = office.browser("203.0.113.5");
    browser.enter("owner@platform.example").await;
    let dealership = office.world.scope.dealership_id().to_string();
    let fields =
        [("dealership", dealership.as_str()), ("as_user", "dana@test.example"), ("reason", WHY), ("minutes", "10")];
    assert_eq!(browser.post("/console/visit", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/console").await.says("You are here on a visit"));
    let account = browser.get("/console/account").await;
    assert!(account.says("owner@platform.example") && !account.says("dana@test.example"));
    // A visit ends by itself.
    office.world.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(browser.get("/console").await.status, StatusCode::CONFLICT);
    // Whoever is no owner any more visits nobody, whatever was begun.
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let owner = tx.find_or_insert_user(&"owner@platform.example".parse().unwrap(), "", "").await.unwrap();
    tx.disable(owner, true, forecourt_crm_store::audit::AuditActor::System).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(office.status(&acting, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
}
