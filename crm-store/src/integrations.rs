//! Provider accounts of a dealership and the numbers that belong to them.

use forecourt_domain::{
    contact::E164,
    ids::{DepartmentId, IntegrationId},
};
use secrecy::SecretString;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    keys::KeyError,
    rows::sql,
};

/// Which provider an integration talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Twilio,
    /// No keys: messages appear on the simulated phone and are marked as not sent.
    Simulated,
}

impl Provider {
    /// The text under which it is stored and under which receipts are unique.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Simulated => "simulated",
        }
    }
}

impl std::str::FromStr for Provider {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "twilio" => Ok(Self::Twilio),
            "simulated" => Ok(Self::Simulated),
            other => Err(StoreError::Corrupt(format!("provider {other:?}"))),
        }
    }
}

/// An integration with its secret opened. The secret never leaves memory.
#[derive(Debug, Clone)]
pub struct Integration {
    pub id: IntegrationId,
    pub provider: Provider,
    pub account: String,
    pub secret: SecretString,
}

/// Why an integration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IntegrationError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CrmTx {
    /// Stores an integration and its numbers and makes its webhook findable; the secret is sealed under
    /// the instance's key.
    pub async fn insert_integration(
        &mut self,
        provider: Provider,
        account: &str,
        secret: &SecretString,
        numbers: &[(E164, Option<DepartmentId>)],
    ) -> Result<IntegrationId, IntegrationError> {
        let (tenant, now) = (self.tenant(), self.now());
        // The id is in a public URL, so it is random throughout, not made from the time.
        let id = IntegrationId(uuid::Builder::from_random_bytes(rand::random()).into_uuid());
        let sealed = self.keys.seal(id.0, secret)?;
        sqlx::query(
            "insert into integrations (dealership_id, id, provider, account, sealed_secret, key_id, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(provider.as_str())
        .bind(account)
        .bind(&sealed.bytes)
        .bind(&sealed.key_id)
        .bind(sql(now))
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        for (number, department) in numbers {
            sqlx::query(
                "insert into integration_numbers (dealership_id, integration_id, number, department_id) values ($1, $2, $3, $4)",
            )
            .bind(tenant)
            .bind(id.0)
            .bind(number.as_str())
            .bind(department.map(|id| id.0))
            .execute(self.connection())
            .await
            .map_err(StoreError::from)?;
        }
        self.insert_webhook(id).await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::IntegrationAdded,
            actor: AuditActor::System,
            conversation_id: None,
            turn_id: None,
            details: json!({ "integration": id, "provider": provider.as_str(), "numbers": numbers.len() }),
        }])
        .await?;
        Ok(id)
    }

    /// An enabled integration, its secret opened.
    pub async fn find_integration(&mut self, id: IntegrationId) -> Result<Option<Integration>, IntegrationError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select provider, account, sealed_secret from integrations
             where dealership_id = $1 and id = $2 and disabled_at is null",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await
        .map_err(StoreError::from)?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Option<Vec<u8>> = row.try_get("sealed_secret").map_err(StoreError::from)?;
        let provider: &str = row.try_get("provider").map_err(StoreError::from)?;
        Ok(Some(Integration {
            id,
            provider: provider.parse()?,
            account: row.try_get("account").map_err(StoreError::from)?,
            secret: self.keys.open(id.0, &sealed.unwrap_or_default())?,
        }))
    }

    /// Whether a number belongs to an integration, and the department it stands for.
    pub async fn find_number(
        &mut self,
        integration_id: IntegrationId,
        number: &str,
    ) -> Result<Option<Option<DepartmentId>>, StoreError> {
        let tenant = self.tenant();
        let found: Option<Option<Uuid>> = sqlx::query_scalar(
            "select department_id from integration_numbers
             where dealership_id = $1 and integration_id = $2 and number = $3",
        )
        .bind(tenant)
        .bind(integration_id.0)
        .bind(number)
        .fetch_optional(self.connection())
        .await?;
        Ok(found.map(|department| department.map(DepartmentId)))
    }

    /// The integrations that can receive texts, each with its first number.
    pub async fn load_text_numbers(&mut self) -> Result<Vec<(IntegrationId, Provider, String)>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(Uuid, String, String)> = sqlx::query_as(
            "select i.id, i.provider, min(n.number) from integrations i
             join integration_numbers n on n.dealership_id = i.dealership_id and n.integration_id = i.id
             where i.dealership_id = $1 and i.disabled_at is null
             group by i.id, i.provider, i.created_at order by i.created_at",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(|(id, provider, number)| Ok((IntegrationId(id), provider.parse()?, number))).collect()
    }
}
