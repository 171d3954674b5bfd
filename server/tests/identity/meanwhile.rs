//! What happens to an account while a request about it is on its way counts for that request.

use std::{future::Future, time::Duration};

use axum::http::StatusCode;
use forecourt_crm_store::{
    CrmTx,
    audit::AuditActor,
    system::{credentials::PasswordChange, links::Purpose},
};
use forecourt_domain::{ids::UserId, staff::Role};
use secrecy::SecretString;
use serde_json::json;

use crate::office::{Office, PASSWORD, exposed, office};

const CHOSEN: &str = "seven purple tractors";

/// Who waits for a lock in this database.
pub const WAITING: &str = "select l.pid::text from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.datname = current_database()";

/// Sends a request and changes the account once the request waits for it.
async fn meanwhile<A>(
    office: &Office,
    user_id: UserId,
    request: impl Future<Output = A>,
    change: impl AsyncFnOnce(&mut CrmTx),
) -> A {
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    assert!(tx.lock_account(user_id).await.unwrap());
    let changing = async move {
        while office.world.texts(WAITING).await.is_empty() {
            assert!(tx.lock_account(user_id).await.unwrap());
        }
        change(&mut tx).await;
        tx.commit().await.unwrap();
    };
    let both = async { tokio::join!(request, changing).0 };
    tokio::time::timeout(Duration::from_secs(30), both).await.expect("the request never waited for the account")
}

async fn reset(tx: &mut CrmTx, user_id: UserId) {
    let hash = SecretString::from("$argon2id$another");
    tx.set_password(user_id, &hash, PasswordChange::ByLink).await.unwrap();
}

#[tokio::test]
async fn a_password_change_does_not_overwrite_a_reset_that_was_first() {
    let office = office().await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let mut thief = browser.copy();
    let fields = [("current", PASSWORD), ("password", CHOSEN)];
    let changing = thief.post("/console/account/password", &fields);
    let page = meanwhile(&office, dana, changing, async |tx| reset(tx, dana).await).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    assert_eq!(
        office.browser("203.0.113.6").sign_in("dana@test.example", CHOSEN).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        office.world.texts("select password_hash from users where email = 'dana@test.example'").await,
        ["$argon2id$another"]
    );
    assert!(!thief.is_in().await && !browser.is_in().await);
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_changes_no_password() {
    let office = office().await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let fields = [("current", PASSWORD), ("password", CHOSEN)];
    let changing = browser.post("/console/account/password", &fields);
    let page = meanwhile(&office, dana, changing, async |tx| {
        tx.end_other_sign_ins(dana, forecourt_crm_store::system::sessions::Spared::None).await.unwrap();
    })
    .await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    office.browser("203.0.113.6").enter("dana@test.example").await;
}

#[tokio::test]
async fn a_changed_password_withdraws_the_links_to_reset_it() {
    let office = office().await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let (_, text) = tx.insert_link(dana, Purpose::Reset, None).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = office.browser("203.0.113.5");
    browser.enter("dana@test.example").await;
    let link = format!("/console/password?token={}", exposed(&text));
    assert_eq!(browser.get(&link).await.status, StatusCode::OK);
    let page = browser.post("/console/account/password", &[("current", PASSWORD), ("password", CHOSEN)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
}

/// What ends or changes an account while somebody signs in to it.
async fn apply(tx: &mut CrmTx, user_id: UserId, what: &str) {
    match what {
        "reset" => reset(tx, user_id).await,
        "disable" => tx.disable(user_id, true, AuditActor::System).await.unwrap(),
        _ => {
            assert!(tx.propose_seed(user_id, &SecretString::from("JBSWY3DPEHPK3PXP")).await.unwrap());
            tx.confirm_seed(user_id).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_sign_in_on_its_way_does_not_survive_a_reset_a_disable_or_a_new_second_factor() {
    let office = office().await;
    let opened = "select id::text from sessions where ended_at is null
        union all select id::text from refresh_families where ended_at is null
        union all select user_id::text from sign_in_challenges where ended_at is null";
    for what in ["reset", "disable", "second factor"] {
        let name = what.replace(' ', "-");
        let (desk, program) = (format!("desk-{name}@test.example"), format!("api-{name}@test.example"));
        let user = office.person(&desk, Role::SalesManager).await;
        let mut browser = office.browser("203.0.113.5");
        let page =
            meanwhile(&office, user, browser.sign_in(&desk, PASSWORD), async |tx| apply(tx, user, what).await).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{what}: {}", page.text);
        let user = office.person(&program, Role::SalesManager).await;
        let asked = office.token(&program, json!({}));
        let answer = meanwhile(&office, user, asked, async |tx| apply(tx, user, what).await).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")), "{what}");
        assert!(office.world.texts(opened).await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn no_second_step_opens_for_a_password_that_was_reset_meanwhile() {
    let office = office().await;
    let dana = office.person("dana@test.example", Role::SalesManager).await;
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    apply(&mut tx, dana, "second factor").await;
    tx.commit().await.unwrap();
    let mut browser = office.browser("203.0.113.5");
    let signing_in = browser.sign_in("dana@test.example", PASSWORD);
    let page = meanwhile(&office, dana, signing_in, async |tx| reset(tx, dana).await).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    assert!(browser.cookie("__Host-forecourt_step").is_none());
}
