//! Bodies: texts, arguments, prompt inputs and outputs, apart from everything that refers to them.

use forecourt_domain::{
    hex::hex,
    ids::{PartyId, PayloadId},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{CrmTx, StoreError, keys::sha256};

/// A body that is about to be stored. Its commitment may be logged: without the salt it says
/// nothing about the body, and with the row erased nothing can be recovered.
#[derive(Debug, Clone)]
pub struct NewPayload {
    pub id: PayloadId,
    pub party_id: Option<PartyId>,
    salt: [u8; 16],
    body: Value,
}

impl NewPayload {
    /// A body that belongs to `party_id`, if it is about somebody.
    #[must_use]
    pub fn new(now: jiff::Timestamp, party_id: Option<PartyId>, body: Value) -> Self {
        Self { id: PayloadId::generate(now), party_id, salt: rand::random(), body: without_nul(body) }
    }

    pub(crate) const fn salt(&self) -> &[u8] {
        &self.salt
    }

    pub(crate) const fn body(&self) -> &Value {
        &self.body
    }

    /// `H(salt ‖ body)`, in hexadecimal.
    #[must_use]
    pub fn commitment(&self) -> String {
        commitment(&self.salt, &self.body)
    }
}

/// The body with the replacement character for every U+0000, which PostgreSQL cannot store.
fn without_nul(body: Value) -> Value {
    let clean = |text: String| if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
    match body {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nul).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (clean(name), without_nul(value))).collect())
        }
        other => other,
    }
}

/// `H(salt ‖ canonical body)`, in hexadecimal.
pub(crate) fn commitment(salt: &[u8], body: &Value) -> String {
    hex(&sha256(&[salt, canonical_json(body).as_bytes()].concat()))
}

/// JSON with sorted keys: the same value is the same text, whatever order the database kept.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let fields: Vec<_> = entries
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::String(key.clone()), canonical_json(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical_json).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

impl CrmTx {
    /// Stores bodies, in one statement.
    pub async fn insert_payloads(&mut self, payloads: &[NewPayload]) -> Result<(), StoreError> {
        if payloads.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = payloads.iter().map(|payload| payload.id.0).collect();
        let parties: Vec<Option<Uuid>> = payloads.iter().map(|payload| payload.party_id.map(|id| id.0)).collect();
        let salts: Vec<&[u8]> = payloads.iter().map(|payload| &payload.salt[..]).collect();
        let bodies: Vec<&Value> = payloads.iter().map(|payload| &payload.body).collect();
        let tenant = self.tenant();
        sqlx::query(
            "insert into payloads (dealership_id, id, party_id, salt, body)
             select $1, * from unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::jsonb[])",
        )
        .bind(tenant)
        .bind(&ids)
        .bind(&parties)
        .bind(&salts)
        .bind(&bodies)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_that_the_database_could_not_hold_is_made_to_fit() {
        let body = json!({ "te\0xt": ["a\0b", { "c": "\0" }], "n": 1 });
        let payload = NewPayload::new(jiff::Timestamp::UNIX_EPOCH, None, body);
        assert_eq!(payload.body, json!({ "te\u{fffd}xt": ["a\u{fffd}b", { "c": "\u{fffd}" }], "n": 1 }));
    }

    #[test]
    fn the_commitment_does_not_depend_on_the_order_of_keys() {
        let salt = [1; 16];
        assert_eq!(
            commitment(&salt, &json!({"a": 1, "b": [2, "x"]})),
            commitment(&salt, &json!({"b": [2, "x"], "a": 1}))
        );
        assert_ne!(commitment(&salt, &json!({"a": 1})), commitment(&[2; 16], &json!({"a": 1})));
    }
}
