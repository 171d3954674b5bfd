//! What this instance is, and how far its clock is moved.

use sqlx::PgPool;

use crate::{Store, StoreError, rows::parse};

/// What an instance is for. Only demo and test instances may move their clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstanceKind {
    Demo,
    Test,
    Production,
}

impl InstanceKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

impl std::str::FromStr for InstanceKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "demo" => Ok(Self::Demo),
            "test" => Ok(Self::Test),
            "production" => Ok(Self::Production),
            other => Err(StoreError::Corrupt(format!("instance kind {other:?}"))),
        }
    }
}

/// The offset of the instance's clock in milliseconds; zero before anything was set.
pub async fn clock_offset_ms(pool: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("select clock_offset_ms from instance_settings").fetch_optional(pool).await?.unwrap_or(0))
}

impl Store {
    /// Declares what this instance is. Once there is a dealership it stays what it is.
    pub async fn declare_instance(&self, kind: InstanceKind) -> Result<(), StoreError> {
        sqlx::query(
            "insert into instance_settings (kind) values ($1)
             on conflict (singleton) do update set kind = excluded.kind
             where instance_settings.kind <> excluded.kind and not exists (select from dealerships)",
        )
        .bind(kind.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What this instance was declared to be.
    pub async fn find_instance_kind(&self) -> Result<Option<InstanceKind>, StoreError> {
        let kind: Option<String> =
            sqlx::query_scalar("select kind from instance_settings").fetch_optional(&self.pool).await?;
        kind.as_deref().map(parse).transpose()
    }

    /// Moves the clock of a demo or test instance forward; anywhere else it is refused.
    pub async fn advance_clock(&self, by_ms: i64) -> Result<(), StoreError> {
        let moved = sqlx::query(
            "update instance_settings set clock_offset_ms = clock_offset_ms + $1 where kind in ('demo', 'test')",
        )
        .bind(by_ms)
        .execute(&self.pool)
        .await?;
        if moved.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StoreError::Conflict("only a demo or test instance's clock moves"))
        }
    }

    /// The offset of the instance's clock in milliseconds.
    pub async fn clock_offset_ms(&self) -> Result<i64, StoreError> {
        clock_offset_ms(&self.pool).await
    }

    /// Whether the demo dealership has been loaded.
    pub async fn is_demo_loaded(&self) -> Result<bool, StoreError> {
        let loaded: Option<bool> = sqlx::query_scalar("select demo_loaded_at is not null from instance_settings")
            .fetch_optional(&self.pool)
            .await?;
        Ok(loaded.unwrap_or(false))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }
}
