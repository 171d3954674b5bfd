//! What happens to an account while a request about it is on its way counts for that request.

use std::{future::Future, time::Duration};

use axum::http::StatusCode;
use forecourt_crm_store::{
    CrmTx,
    system::{credentials::PasswordChange, links::Purpose},
};
use forecourt_domain::{ids::UserId, staff::Role};
use secrecy::SecretString;

use crate::office::{Office, PASSWORD, exposed, office};

const CHOSEN: &str = "seven purple tractors";

/// Who waits for a lock in this database.
const WAITING: &str = "select l.pid::text from pg_locks l join pg_stat_activity a on a.pid = l.pid
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
