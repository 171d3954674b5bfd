//! Every table of the real database keeps dealerships apart, or stands on the short list below with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

#[path = "catalogue/faults.rs"]
mod faults;
#[path = "catalogue/isolation.rs"]
mod isolation;
#[path = "catalogue/rules.rs"]
mod rules;

use forecourt_crm_store::testing::TestDatabase;
use sqlx::PgPool;

/// The tables without row-level security and why. None holds customer data; all but the first are
/// reached only from `crm-store/src/system.rs` and its modules.
pub const GLOBAL_TABLES: &[(&str, &str)] = &[
    ("_sqlx_migrations", "which migrations ran; written by the owner only"),
    ("instance_settings", "what this instance is and how far its clock is moved: one row"),
    ("dealer_groups", "the groups that own dealerships: above any one of them"),
    ("group_switches", "a kill switch above dealerships"),
    ("dealerships", "the tenants themselves"),
    ("users", "staff who may work at several dealerships; log in before a dealership is chosen"),
    ("workplaces", "where somebody works: looked up before a dealership is known; ids only"),
    ("recovery_codes", "digests only; a user's own, above any one dealership"),
    ("sign_in_challenges", "digests only; somebody between password and second factor, before a dealership is chosen"),
    ("sessions", "digests only; looked up before the dealership is known"),
    ("known_devices", "digests only; looked up before anybody has signed in"),
    ("sign_in_tries", "keyed digests of accounts and addresses, counted before anybody has signed in"),
    ("refresh_families", "a sign-in over the API; looked up before the dealership is known"),
    ("refresh_tokens", "digests only; looked up before the dealership is known"),
    ("password_links", "digests only; opened by somebody who has not signed in yet"),
    ("system_mails", "mail to staff of the system itself, sealed and forgotten when sent; nothing of a customer"),
    ("system_mail_attempts", "when a mail to staff was tried and with which status"),
    ("api_tokens", "digests only; looked up before the dealership is known"),
    ("webhook_directory", "from an unguessable webhook id to its dealership, before it is known"),
    ("turn_queue", "ids only: claimed across dealerships, worked inside one"),
    ("outbox_queue", "ids only: claimed across dealerships, worked inside one"),
    ("job_queue", "ids only: claimed across dealerships, worked inside one"),
    ("prompt_bodies", "template sources by their hash, the same for all; no rendered prompt"),
];

/// What is only ever added: the app role may neither change nor delete a row of these.
pub const INSERT_ONLY_TABLES: &[&str] = &[
    "activities",
    "attempt_outcomes",
    "attempts",
    "audit_entries",
    "consents",
    "delivery_reports",
    "drafts",
    "lead_status_audit",
    "messages",
    "policy_activations",
    "policy_versions",
    "receipts",
    "reply_keys",
    "step_keys",
    "steps",
    "system_mail_attempts",
    "tool_calls",
    "unreadable_forms",
];

/// Functions that run with their owner's rights, each reviewed. There is none.
pub const DEFINER_FUNCTIONS: &[&str] = &[];

/// The names of the tables that belong to a dealership, partitions left out.
async fn tenant_tables(pool: &PgPool) -> Vec<String> {
    let global: Vec<&str> = GLOBAL_TABLES.iter().map(|(name, _)| *name).collect();
    sqlx::query_scalar(
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
             and relname <> all($1) order by relname",
    )
    .bind(global)
    .fetch_all(pool)
    .await
    .unwrap()
}

async fn existing(pool: &PgPool, names: &[&str]) -> Vec<String> {
    sqlx::query_scalar("select name from unnest($1::text[]) as name where to_regclass('public.' || name) is not null")
        .bind(names)
        .fetch_all(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn every_table_keeps_dealerships_apart_or_is_listed_with_its_reason() {
    let database = TestDatabase::create().await;
    let tables = tenant_tables(&database.owner).await;
    assert!(tables.len() > 30, "only {} tenant tables were looked at", tables.len());
    assert_eq!(rules::violations(&database.owner).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_lists_name_only_tables_that_exist() {
    let database = TestDatabase::create().await;
    let global: Vec<&str> = GLOBAL_TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(existing(&database.owner, &global).await, global);
    assert_eq!(existing(&database.owner, INSERT_ONLY_TABLES).await, INSERT_ONLY_TABLES);
}
