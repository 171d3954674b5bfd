//! The roles of Forecourt and its database, made by the superuser where they are missing.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::folder::PORT;

pub(crate) const SUPERUSER: &str = "postgres";
/// Owns the database and what migrations make in it.
pub(crate) const OWNER_ROLE: &str = "forecourt_owner";
/// Owns nothing, so row-level security binds it.
pub(crate) const APP_ROLE: &str = "forecourt_app";
pub(super) const DATABASE: &str = "forecourt";

/// The superuser at the maintenance database of a server that listens in `socket_dir`.
pub(super) fn superuser_options(socket_dir: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket_dir)
        .port(PORT)
        .ssl_mode(PgSslMode::Disable)
        .username(SUPERUSER)
        .database("postgres")
}

/// Makes roles, database and extension where they are missing.
pub(super) async fn prepare(server: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(server).await?;
    make_roles(&mut connection, None).await?;
    make_database(&mut connection, DATABASE).await?;
    connection.close().await?;
    make_extension(&server.clone().database(DATABASE)).await
}

/// Makes both roles where they are missing. With a password they log in by it.
pub(crate) async fn make_roles(connection: &mut PgConnection, password: Option<&str>) -> Result<(), sqlx::Error> {
    for role in [OWNER_ROLE, APP_ROLE] {
        let exists: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut *connection)
            .await?;
        if !exists {
            let attributes = "login nosuperuser nobypassrls nocreatedb nocreaterole noreplication";
            execute(connection, format!("create role {role} {attributes}")).await?;
        }
        if let Some(password) = password {
            let literal = password.replace('\'', "''");
            execute(connection, format!("alter role {role} password E'{}'", literal.replace('\\', r"\\"))).await?;
        }
    }
    Ok(())
}

/// Makes a database of the owner role where it is missing.
pub(crate) async fn make_database(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut *connection)
        .await?;
    if exists { Ok(()) } else { execute(connection, format!("create database {name} owner {OWNER_ROLE}")).await }
}

/// Makes pgvector in the database of `options`; only a superuser may.
pub(crate) async fn make_extension(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    sqlx::query("create extension if not exists vector").execute(&mut connection).await?;
    connection.close().await
}

/// Runs a statement that takes no parameters. Its names are this crate's own, never from outside.
pub(crate) async fn execute(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await.map(drop)
}
