//! A server starts only under a role that row-level security binds.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use forecourt_crm_store::{
    connect::{ConnectError, PoolSize, open_app},
    testing::TestDatabase,
};
use secrecy::SecretString;

#[tokio::test]
async fn a_role_that_row_security_does_not_bind_is_refused() {
    let database = TestDatabase::create().await;
    let opened = open_app(&SecretString::from(database.owner_url()), PoolSize(1)).await;
    assert!(
        matches!(&opened, Err(ConnectError::RoleTooStrong { role, what }) if role == "forecourt_owner" && what.contains("owner")),
        "{opened:?}"
    );
    let opened = open_app(&SecretString::from(database.app_url()), PoolSize(1)).await;
    assert!(opened.is_ok(), "{opened:?}");
}
