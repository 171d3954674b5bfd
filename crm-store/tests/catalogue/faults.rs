//! The checker sees each kind of fault: one is made at a time and must be named by its rule.

use std::collections::BTreeSet;

use forecourt_crm_store::testing::TestDatabase;
use sqlx::{
    AssertSqlSafe, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::rules::{RULES, violations};

/// A faultless tenant table for faults to be made in.
const SCRATCH: &str = "
    create table scratch (dealership_id uuid not null references dealerships (id), id uuid not null, party_id uuid,
        primary key (dealership_id, id),
        constraint scratch_party foreign key (dealership_id, party_id) references parties (dealership_id, id)
            on delete set null (party_id));
    select make_tenant_table('scratch');";

/// A fault, and the violations it must cause: all of them, or at least these when a `*` follows.
const FAULTS: &[(&str, &[&str])] = &[
    ("create schema other; create table other.hidden (id uuid)", &["everything is in the schema public: hidden", "*"]),
    ("create table forgotten (id uuid primary key)", &[
        "the primary key begins with dealership_id: forgotten",
        "row security is enabled and forced: forgotten",
        "one policy, for everybody and every command, on the transaction's dealership: forgotten",
        "what is unique is unique per dealership: forgotten.forgotten_pkey",
    ]),
    ("alter table scratch drop constraint scratch_pkey, add primary key (id, dealership_id)", &[
        "the primary key begins with dealership_id: scratch",
        "what is unique is unique per dealership: scratch.scratch_pkey",
    ]),
    ("alter table scratch drop constraint scratch_pkey", &["the primary key begins with dealership_id: scratch"]),
    ("alter table scratch disable row level security", &["row security is enabled and forced: scratch"]),
    ("alter table scratch no force row level security", &["row security is enabled and forced: scratch"]),
    ("drop policy tenant on scratch", &["one policy, *: scratch"]),
    ("create policy also on scratch using (true)", &["one policy, *: scratch"]),
    ("drop policy tenant on scratch; create policy tenant on scratch for select
        using (dealership_id = nullif(current_setting('app.dealership_id', true), '')::uuid)", &["one policy, *: scratch"]),
    ("drop policy tenant on scratch; create policy tenant on scratch to forecourt_app
        using (dealership_id = nullif(current_setting('app.dealership_id', true), '')::uuid)", &["one policy, *: scratch"]),
    ("drop policy tenant on scratch; create policy tenant on scratch
        using (dealership_id = nullif(current_setting('app.dealership_id', true), '')::uuid) with check (true)",
        &["one policy, *: scratch"]),
    // Without `nullif` a pooled connection fails after its first commit.
    ("drop policy tenant on scratch; create policy tenant on scratch
        using (dealership_id = current_setting('app.dealership_id', true)::uuid)", &["one policy, *: scratch"]),
    ("alter table parties add constraint parties_id_key unique (id);
        alter table scratch add constraint loose foreign key (party_id) references parties (id)", &[
        "a foreign key to a tenant table begins with dealership_id on both sides: scratch.loose",
        "what is unique is unique per dealership: parties.parties_id_key",
    ]),
    ("create table of_nobody (party_id uuid, id uuid, constraint crossed foreign key (party_id, id)
        references parties (dealership_id, id))",
        &["a foreign key to a tenant table begins with dealership_id on both sides: of_nobody.crossed", "*"]),
    ("alter table scratch drop constraint scratch_party, add constraint scratch_party foreign key (dealership_id, party_id)
        references parties (dealership_id, id) on delete set null",
        &["what a foreign key sets to null never includes dealership_id: scratch.scratch_party"]),
    ("alter table scratch drop constraint scratch_party, add constraint scratch_party foreign key (dealership_id, party_id)
        references parties (dealership_id, id) on delete set default",
        &["what a foreign key sets to null never includes dealership_id: scratch.scratch_party"]),
    ("alter table scratch drop constraint scratch_party, add constraint scratch_party foreign key (dealership_id, party_id)
        references parties (dealership_id, id) on update set null",
        &["what a foreign key sets to null never includes dealership_id: scratch.scratch_party"]),
    ("create unique index scratch_party_key on scratch (party_id)",
        &["what is unique is unique per dealership: scratch.scratch_party_key"]),
    ("create unique index scratch_party_key on scratch (party_id) include (dealership_id)",
        &["what is unique is unique per dealership: scratch.scratch_party_key"]),
    ("create type mood as enum ('fine')", &["no enum type: mood"]),
    ("alter table scratch add column price numeric(10, 2)", &["no numeric column: scratch.price"]),
    ("create materialized view copies as select id from parties", &["no materialized view: copies"]),
    ("create view everybody as select id from parties", &["a view runs with the rights of who asks: everybody"]),
    ("create view everybody with (security_invoker = false) as select id from parties",
        &["a view runs with the rights of who asks: everybody"]),
    ("create function sudo() returns bigint language sql security definer as 'select count(*) from parties'",
        &["no function runs with its owner's rights unless it was reviewed: sudo"]),
    ("grant select on messages_default to forecourt_app", &["the app role has no grant on a partition: messages_default"]),
    ("grant insert (id) on messages_default to public", &["the app role has no grant on a partition: messages_default"]),
    ("grant update on messages to forecourt_app", &["what is insert-only can be neither changed nor deleted: messages"]),
    ("grant update (direction) on messages to public", &["what is insert-only can be neither changed nor deleted: messages"]),
    ("grant delete on audit_entries to public", &["what is insert-only can be neither changed nor deleted: audit_entries"]),
    ("grant truncate on scratch to forecourt_app",
        &["the app role can truncate nothing, refer to nothing and hang no trigger anywhere: scratch"]),
    ("grant create on schema public to forecourt_app", &["the app role owns nothing and makes nothing: public"]),
    ("alter table scratch owner to forecourt_app", &["the app role owns nothing and makes nothing: scratch", "*"]),
    ("create foreign data wrapper far; create server away foreign data wrapper far;
        create foreign table elsewhere (id uuid) server away", &["no foreign table: elsewhere"]),
    ("alter role forecourt_app bypassrls", &["the app role is bound by row security: forecourt_app"]),
    ("alter role forecourt_app createrole", &["the app role is bound by row security: forecourt_app"]),
    ("grant forecourt_owner to forecourt_app", &["the app role is nobody else: forecourt_owner", "*"]),
];

#[tokio::test]
async fn a_faultless_table_passes() {
    let database = TestDatabase::create().await;
    database.owner.execute(SCRATCH).await.unwrap();
    assert_eq!(violations(&database.owner).await, Vec::<String>::new());
}

#[tokio::test]
async fn each_fault_is_named_by_its_rule_and_by_no_other() {
    let database = TestDatabase::create().await;
    database.owner.execute(SCRATCH).await.unwrap();
    let single = superuser(&database).await;
    for (fault, expected) in FAULTS {
        single.execute("begin").await.unwrap();
        single.execute(AssertSqlSafe(*fault)).await.unwrap_or_else(|error| panic!("{fault}: {error}"));
        let found = violations(&single).await;
        single.execute("rollback").await.unwrap();
        let (exact, others) = (expected.len() == found.len(), expected.last() == Some(&"*"));
        assert!(exact || (others && found.len() >= expected.len() - 1), "{fault}: {found:#?}");
        for wanted in expected.iter().filter(|wanted| **wanted != "*") {
            assert!(found.iter().any(|violation| fits(violation, wanted)), "{fault}: {wanted:?} is not in {found:#?}");
        }
    }
}

/// One connection, so that a transaction undoes each fault, as somebody who may make all of them.
async fn superuser(database: &TestDatabase) -> PgPool {
    let url = std::env::var("FORECOURT_TEST_DATABASE_URL")
        .unwrap_or_else(|_| database.owner_url().replace("forecourt_owner@", "postgres@"));
    let options: PgConnectOptions = url.parse().unwrap();
    PgPoolOptions::new().max_connections(1).connect_with(options.database(&database.name)).await.unwrap()
}

/// `*` stands for the rest of the rule's name.
fn fits(violation: &str, wanted: &str) -> bool {
    match wanted.split_once('*') {
        Some((begin, end)) => violation.starts_with(begin) && violation.ends_with(end),
        None => violation == wanted,
    }
}

#[test]
fn every_rule_has_a_fault_that_breaks_it() {
    let expected: BTreeSet<&str> = FAULTS.iter().flat_map(|(_, expected)| *expected).copied().collect();
    for rule in RULES {
        let names_it =
            |wanted: &&&str| wanted.len() > 1 && rule.name.starts_with(wanted.split([':', '*']).next().unwrap_or(""));
        let shown = expected.iter().any(|wanted| names_it(&wanted));
        assert!(shown, "no fault breaks {:?}", rule.name);
    }
}
