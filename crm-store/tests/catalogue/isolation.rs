//! What the catalogue promises, tried: in every tenant table, as the app role, with two dealerships.

use forecourt_crm_store::testing::TestDatabase;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::tenant_tables;

/// PostgreSQL's code for a row that a policy does not let in.
const POLICY: &str = "42501";
const FOREIGN_KEY: &str = "23503";

const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

async fn execute(connection: &mut PgConnection, statement: &str) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query(AssertSqlSafe(statement.to_owned())).execute(connection).await?.rows_affected())
}

/// A transaction inside a dealership.
async fn scoped(pool: &PgPool, dealership: Uuid) -> Transaction<'static, Postgres> {
    let mut tx = pool.begin().await.unwrap();
    execute(&mut tx, &format!("select set_config('app.dealership_id', '{dealership}', true)")).await.unwrap();
    tx
}

async fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let query = AssertSqlSafe(format!("select count(*) from {table}"));
    sqlx::query_scalar(query).fetch_one(connection).await.unwrap_or_else(|error| panic!("{table}: {error}"))
}

fn code(result: Result<u64, sqlx::Error>) -> Option<String> {
    result.err()?.as_database_error()?.code().map(Into::into)
}

async fn with_two_dealerships() -> TestDatabase {
    let database = TestDatabase::create().await;
    sqlx::query("insert into dealer_groups (id, name, created_at) values ($1, 'a group', now())")
        .bind(ONE)
        .execute(&database.owner)
        .await
        .unwrap();
    sqlx::query("insert into dealerships (id, group_id, name, created_at) values ($1, $1, 'one', now()), ($2, $1, 'other', now())")
        .bind(ONE)
        .bind(OTHER)
        .execute(&database.owner)
        .await
        .unwrap();
    database
}

/// Takes away what would keep a made-up row out of a table; what is tried here is row security alone.
async fn drop_checks(pool: &PgPool) {
    let statements: Vec<String> = sqlx::query_scalar(
        "select format('alter table %s drop constraint if exists %I', conrelid::regclass, conname) from pg_constraint
         where contype in ('f', 'c') and conparentid = 0 and coninhcount = 0 and connamespace = 'public'::regnamespace
             and conrelid <> 0",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut connection = pool.acquire().await.unwrap();
    for statement in statements {
        execute(&mut connection, &statement).await.unwrap();
    }
}

/// An insert of one row of `dealership` with something in every column that must have something.
async fn insert_statement(pool: &PgPool, table: &str, dealership: Uuid) -> String {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select attname::text, format_type(atttypid, null) from pg_attribute
         where attrelid = $1::text::regclass and attnum > 0 and attnotnull and not atthasdef",
    )
    .bind(table)
    .fetch_all(pool)
    .await
    .unwrap();
    let value = |(name, kind): &(String, String)| match (name.as_str(), kind.as_str()) {
        ("dealership_id", _) => format!("'{dealership}'"),
        (_, "uuid") => "gen_random_uuid()".to_owned(),
        (_, "text") => "'x'".to_owned(),
        (_, "smallint" | "integer" | "bigint") => "1".to_owned(),
        (_, "timestamp with time zone" | "date") => "now()".to_owned(),
        (_, "jsonb") => "'{}'".to_owned(),
        (_, "bytea") => r"'\x00'".to_owned(),
        (_, "boolean") => "false".to_owned(),
        (_, "vector") => "'[1]'".to_owned(),
        (name, kind) => panic!("{table}.{name}: say here what a value of the type {kind} looks like"),
    };
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<String> = columns.iter().map(value).collect();
    format!("insert into {table} ({}) values ({})", names.join(", "), values.join(", "))
}

/// A database with a row of [`ONE`] in every tenant table, written by the app role.
async fn with_a_row_everywhere() -> (TestDatabase, Vec<String>) {
    let database = with_two_dealerships().await;
    drop_checks(&database.owner).await;
    let tables = tenant_tables(&database.owner).await;
    let mut tx = scoped(&database.app, ONE).await;
    for table in &tables {
        let insert = insert_statement(&database.owner, table, ONE).await;
        execute(&mut tx, &insert).await.unwrap_or_else(|error| panic!("{insert}: {error}"));
        assert_eq!(count(&mut tx, table).await, 1, "{table}");
    }
    tx.commit().await.unwrap();
    (database, tables)
}

#[tokio::test]
async fn a_dealership_sees_and_changes_no_row_of_another() {
    let (database, tables) = with_a_row_everywhere().await;
    let mut tx = scoped(&database.app, OTHER).await;
    for table in &tables {
        assert_eq!(count(&mut tx, table).await, 0, "{table}");
        for change in [format!("update {table} set dealership_id = '{OTHER}'"), format!("delete from {table}")] {
            let mut attempt = tx.begin().await.unwrap();
            match execute(&mut attempt, &change).await {
                Ok(rows) => assert_eq!(rows, 0, "{change}"),
                // Where it has no grant for it at all.
                denied => assert_eq!(code(denied).as_deref(), Some(POLICY), "{change}"),
            }
            attempt.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_dealership_writes_no_row_for_another() {
    let (database, tables) = with_a_row_everywhere().await;
    let mut tx = scoped(&database.app, OTHER).await;
    for table in &tables {
        let insert = insert_statement(&database.owner, table, ONE).await;
        let mut attempt = tx.begin().await.unwrap();
        assert_eq!(code(execute(&mut attempt, &insert).await).as_deref(), Some(POLICY), "{table}");
        attempt.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn without_a_dealership_nothing_is_visible_not_even_after_a_commit_on_the_same_connection() {
    let (database, tables) = with_a_row_everywhere().await;
    let mut connection = PgConnection::connect(&database.app_url()).await.unwrap();
    for table in &tables {
        assert_eq!(count(&mut connection, table).await, 0, "{table}, on a new connection");
    }
    let mut tx = connection.begin().await.unwrap();
    execute(&mut tx, &format!("select set_config('app.dealership_id', '{ONE}', true)")).await.unwrap();
    assert_eq!(count(&mut tx, "parties").await, 1);
    tx.commit().await.unwrap();
    for table in &tables {
        assert_eq!(count(&mut connection, table).await, 0, "{table}, after a commit");
    }
}

#[tokio::test]
async fn a_row_cannot_refer_into_another_dealership() {
    let database = with_two_dealerships().await;
    let (party, point) = (Uuid::from_u128(10), Uuid::from_u128(11));
    let mut tx = scoped(&database.app, ONE).await;
    execute(
        &mut tx,
        &format!("insert into parties (dealership_id, id, created_at) values ('{ONE}', '{party}', now())"),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let point_of = |dealership: Uuid| {
        format!(
            "insert into contact_points (dealership_id, id, party_id, kind, value, assurance, created_at)
             values ('{dealership}', '{point}', '{party}', 'phone', '+15550100', 'carrier', now())"
        )
    };
    let mut tx = scoped(&database.app, OTHER).await;
    assert_eq!(code(execute(&mut tx, &point_of(OTHER)).await).as_deref(), Some(FOREIGN_KEY));
    tx.rollback().await.unwrap();
    let mut tx = scoped(&database.app, ONE).await;
    assert_eq!(execute(&mut tx, &point_of(ONE)).await.unwrap(), 1, "its own dealership may");
}

#[tokio::test]
async fn the_app_role_can_neither_read_nor_make_a_partition() {
    let database = with_two_dealerships().await;
    for statement in [
        "select from messages_default",
        "create table messages_more partition of messages for values from ('ffffffff-0000-0000-0000-000000000000') to (maxvalue)",
        "create table mine (id uuid)",
        "alter table messages no force row level security",
    ] {
        let mut tx = scoped(&database.app, ONE).await;
        assert_eq!(code(execute(&mut tx, statement).await).as_deref(), Some(POLICY), "{statement}");
    }
}
