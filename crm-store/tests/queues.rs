//! A claim takes as many ids as it asks for, however PostgreSQL runs the query.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{collections::BTreeSet, str::FromStr, sync::Arc};

use forecourt_crm_store::{Store, keys::Keys, testing::TestDatabase};
use forecourt_domain::clock::ManualClock;
use jiff::SignedDuration;
use secrecy::SecretString;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const LEASE: SignedDuration = SignedDuration::from_secs(30);

#[tokio::test]
async fn a_claim_takes_no_more_than_it_asks_for_under_any_plan() {
    let database = TestDatabase::create().await;
    sqlx::query(
        "insert into outbox_queue (outbox_id, dealership_id, due_at)
         select gen_random_uuid(), gen_random_uuid(), timestamptz '2026-11-20T16:00Z' + n * interval '1 s' from generate_series(1, 6) n",
    )
    .execute(&database.app)
    .await
    .unwrap();
    sqlx::query("analyze outbox_queue").execute(&database.owner).await.unwrap();
    // Where only nested loops are left, the select of a join is run anew for each row.
    let only_loops = [
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("enable_hashagg", "off"),
        ("enable_sort", "off"),
        ("enable_material", "off"),
        ("enable_indexscan", "off"),
        ("enable_bitmapscan", "off"),
    ];
    let options = PgConnectOptions::from_str(&database.app_url()).unwrap().options(only_loops);
    let pool = PgPoolOptions::new().connect_with(options).await.unwrap();
    let keys = Keys::derive(&SecretString::from("k".repeat(32))).unwrap();
    let clock = ManualClock::at("2026-11-20T17:00:00Z".parse().unwrap());
    let store = Store::new(pool, keys, Arc::new(clock));
    let mut claimed = BTreeSet::new();
    for limit in [1, 2, 3] {
        let claims = store.claim_outbox(limit, LEASE).await.unwrap();
        assert_eq!(i64::try_from(claims.len()).unwrap(), limit);
        claimed.extend(claims.into_iter().map(|claim| claim.id.0));
    }
    assert_eq!(claimed.len(), 6);
}
