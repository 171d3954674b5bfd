//! Forms that a provider signed and nobody could read: kept as they came, so that nothing is lost.

use forecourt_domain::{hex::hex, ids::IntegrationId};
use serde_json::{Map, Value, json};

use crate::{
    CrmTx, StoreError,
    keys::sha256,
    payloads::{NewPayload, canonical_json},
    rows::sql,
};

impl CrmTx {
    /// Keeps the fields of a form and why they could not be read. False when the same form was kept before.
    pub async fn keep_unreadable_form(
        &mut self,
        integration_id: IntegrationId,
        fields: &[(String, String)],
        reason: &str,
    ) -> Result<bool, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let pairs: Vec<Value> = fields.iter().map(|(name, value)| json!([name, value])).collect();
        let body = Value::Object(Map::from_iter([("fields".to_owned(), Value::Array(pairs))]));
        let digest = hex(&sha256(canonical_json(&body).as_bytes()));
        let known = "select exists (select from unreadable_forms where dealership_id = $1 and digest = $2)";
        if sqlx::query_scalar(known).bind(tenant).bind(&digest).fetch_one(self.connection()).await? {
            return Ok(false);
        }
        let payload = NewPayload::new(now, None, body);
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        let kept = sqlx::query(
            "insert into unreadable_forms (dealership_id, id, integration_id, digest, reason, payload_id, received_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict on constraint unreadable_forms_digest_key do nothing",
        )
        .bind(tenant)
        .bind(forecourt_domain::ids::generate(now))
        .bind(integration_id.0)
        .bind(digest)
        .bind(reason)
        .bind(payload.id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(kept.rows_affected() == 1)
    }

    /// How many forms are kept that nobody could read.
    pub async fn count_unreadable_forms(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar("select count(*) from unreadable_forms where dealership_id = $1")
            .bind(tenant)
            .fetch_one(self.connection())
            .await?)
    }
}
