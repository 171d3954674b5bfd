//! What a test is promised of its database.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use forecourt_crm_store::testing::TestDatabase;
use sqlx::{Connection, PgConnection, PgPool};

async fn text(pool: &PgPool, query: &'static str) -> String {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

async fn databases_named(pool: &PgPool, name: &str) -> i64 {
    let query = "select count(*) from pg_database where datname = $1";
    sqlx::query_scalar(query).bind(name).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn the_app_pool_is_bound_by_row_level_security() {
    let database = TestDatabase::create().await;
    assert_eq!(text(&database.app, "select session_user::text").await, "forecourt_app");
    let free: bool = sqlx::query_scalar(
        "select rolsuper or rolbypassrls or exists (select from pg_class where relowner = pg_roles.oid)
         from pg_roles where rolname = current_user",
    )
    .fetch_one(&database.app)
    .await
    .unwrap();
    assert!(!free, "the app role is a superuser, bypasses row security or owns a table");
}

#[tokio::test]
async fn the_owner_pool_owns_the_migrated_tables() {
    let database = TestDatabase::create().await;
    assert_eq!(text(&database.owner, "select session_user::text").await, "forecourt_owner");
    let owner = "select distinct tableowner::text from pg_tables where schemaname = 'public'";
    assert_eq!(text(&database.owner, owner).await, "forecourt_owner");
    assert_eq!(text(&database.app, "select ('[1,2]'::vector)::text").await, "[1,2]");
}

#[tokio::test]
async fn two_databases_share_no_rows() {
    let (one, two) = tokio::join!(TestDatabase::create(), TestDatabase::create());
    assert_ne!(one.name, two.name);
    sqlx::query("create table of_one ()").execute(&one.owner).await.unwrap();
    assert!(sqlx::query("select from of_one").execute(&two.owner).await.is_err());
}

#[tokio::test]
async fn the_urls_lead_to_the_same_database() {
    let database = TestDatabase::create().await;
    for (url, role) in [(database.app_url(), "forecourt_app"), (database.owner_url(), "forecourt_owner")] {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let found: (String, String) = sqlx::query_as("select session_user::text, current_database()::text")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(found, (role.to_owned(), database.name.clone()));
    }
}

#[tokio::test]
async fn a_database_is_dropped_with_its_value_even_while_connected() {
    let witness = TestDatabase::create().await;
    let gone = TestDatabase::create().await;
    let name = gone.name.clone();
    let held = gone.app.acquire().await.unwrap();
    assert_eq!(databases_named(&witness.owner, &name).await, 1);
    drop(gone);
    assert_eq!(databases_named(&witness.owner, &name).await, 0);
    drop(held);
}

#[tokio::test]
async fn a_database_left_by_a_dead_process_is_dropped_and_a_living_one_is_not() {
    let living = TestDatabase::create().await;
    let abandoned = format!("forecourt_test_0_{}", living.name.len() + std::process::id() as usize);
    let mut superuser = superuser(&living).await;
    let create = sqlx::AssertSqlSafe(format!("create database {abandoned}"));
    sqlx::query(create).execute(&mut superuser).await.unwrap();
    // Another process may be cleaning at this moment; it, or one of these, drops the database.
    for _ in 0..20 {
        TestDatabase::create().await;
        if databases_named(&living.owner, &abandoned).await == 0 {
            break;
        }
    }
    assert_eq!(databases_named(&living.owner, &abandoned).await, 0);
    assert_eq!(databases_named(&living.owner, &living.name).await, 1);
}

async fn superuser(database: &TestDatabase) -> PgConnection {
    let url = std::env::var("FORECOURT_TEST_DATABASE_URL")
        .unwrap_or_else(|_| database.owner_url().replace("forecourt_owner@", "postgres@"));
    PgConnection::connect(&url).await.unwrap()
}
