//! A dealership's own policies as it stored them: versions, which of them is in force, and the way back.

use forecourt_domain::{
    hex::hex,
    ids::{PolicyVersionId, UserId},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    keys::sha256,
    rows::sql,
};

/// The longest note on a version, in characters.
pub const LONGEST_NOTE: usize = 200;

/// A version as decisions use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPolicies {
    pub id: PolicyVersionId,
    /// The running number in the dealership.
    pub number: i32,
    pub source: String,
}

/// A version as people see it.
#[derive(Debug, Clone)]
pub struct PolicyVersion {
    pub policies: OwnPolicies,
    pub note: Option<String>,
    pub created_by: UserId,
    /// Their first name.
    pub created_by_name: Option<String>,
    pub created_at: Timestamp,
    /// Whether it is in force.
    pub active: bool,
}

/// What was put in force: the number of a version, or none for the built-in policies alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    pub number: Option<i32>,
}

macro_rules! versions {
    ($narrowed:literal) => {
        sqlx::query(concat!(
            "select v.id, v.number, v.source, v.note, v.created_by, v.created_at, u.first_name,
                 coalesce(d.policy_version_id = v.id, false) as active
             from policy_versions v
             join dealership_profiles d on d.dealership_id = v.dealership_id
             left join users u on u.id = v.created_by
             where v.dealership_id = $1 ",
            $narrowed
        ))
    };
}

impl CrmTx {
    /// Stores a source, which must have been validated, as the next version. Nothing is in force by that.
    pub async fn insert_policy_version(
        &mut self,
        by: UserId,
        source: &str,
        note: Option<&str>,
    ) -> Result<PolicyVersion, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        self.lock_profile().await?;
        let number: i32 = sqlx::query_scalar(
            "insert into policy_versions (dealership_id, id, number, source, note, created_by, created_at)
             select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6 from policy_versions where dealership_id = $1
             returning number",
        )
        .bind(tenant)
        .bind(PolicyVersionId::generate(now).0)
        .bind(source)
        .bind(note)
        .bind(by.0)
        .bind(sql(now))
        .fetch_one(self.connection())
        .await?;
        let stored = self.find_policy_version(number).await?.ok_or(StoreError::NotFound("the version"))?;
        self.audit_policies(by, AuditKind::PoliciesStored, Some(&stored.policies), json!({})).await?;
        Ok(stored)
    }

    /// The versions of this dealership, the newest first.
    pub async fn load_policy_versions(&mut self, limit: i64) -> Result<Vec<PolicyVersion>, StoreError> {
        let tenant = self.tenant();
        let rows =
            versions!("order by v.number desc limit $2").bind(tenant).bind(limit).fetch_all(self.connection()).await?;
        rows.iter().map(read_version).collect()
    }

    /// A version by its number.
    pub async fn find_policy_version(&mut self, number: i32) -> Result<Option<PolicyVersion>, StoreError> {
        let tenant = self.tenant();
        let row = versions!("and v.number = $2").bind(tenant).bind(number).fetch_optional(self.connection()).await?;
        row.as_ref().map(read_version).transpose()
    }

    /// The version in force; none where only the built-in policies are.
    pub async fn find_active_policies(&mut self) -> Result<Option<OwnPolicies>, StoreError> {
        let tenant = self.tenant();
        let row = versions!("and v.id = d.policy_version_id").bind(tenant).fetch_optional(self.connection()).await?;
        Ok(row.as_ref().map(read_version).transpose()?.map(|version| version.policies))
    }

    /// Whether this version, or none, is still the one in force. Decides in a transaction that was begun by
    /// [`Store::begin_before_cut`](crate::Store::begin_before_cut).
    pub(crate) async fn is_policy_version(&mut self, version: Option<PolicyVersionId>) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select policy_version_id is not distinct from $2 from dealership_profiles where dealership_id = $1",
        )
        .bind(tenant)
        .bind(version.map(|id| id.0))
        .fetch_one(self.connection())
        .await?)
    }

    /// Puts a version in force, or none of them. Begin with [`Store::begin_cut`](crate::Store::begin_cut):
    /// from its commit on every decision is made under it, in every process.
    pub async fn activate_policies(
        &mut self,
        by: UserId,
        version: Option<&OwnPolicies>,
    ) -> Result<InForce, StoreError> {
        let before = self.lock_profile().await?;
        let version_id = version.map(|version| version.id.0);
        let activation = self.insert_activation(by, version_id, before).await?;
        self.set_in_force(Some(activation), version_id).await?;
        self.audit_policies(by, AuditKind::PoliciesActivated, version, json!({ "rolled_back": false })).await?;
        Ok(InForce { number: version.map(|version| version.number) })
    }

    /// The version to which a roll back returns; none where that is the built-in policies alone.
    ///
    /// # Errors
    /// A conflict where nothing was put in force, or all of it was rolled back.
    pub async fn find_policies_before(&mut self) -> Result<Option<OwnPolicies>, StoreError> {
        let Some(before) = self.load_before().await?.version_id else { return Ok(None) };
        let tenant = self.tenant();
        let row = versions!("and v.id = $2").bind(tenant).bind(before).fetch_optional(self.connection()).await?;
        Ok(row.as_ref().map(read_version).transpose()?.map(|version| version.policies))
    }

    /// Returns from what is in force to what was before. Begin with [`Store::begin_cut`](crate::Store::begin_cut).
    ///
    /// # Errors
    /// As [`find_policies_before`](Self::find_policies_before); and a conflict where another version is in force
    /// than the caller leaves, so that a request that comes twice goes one step.
    pub async fn roll_back_policies(&mut self, by: UserId, from: InForce) -> Result<InForce, StoreError> {
        self.lock_profile().await?;
        if self.find_active_policies().await?.map(|version| version.number) != from.number {
            return Err(StoreError::Conflict("other policies are in force than those to be left"));
        }
        let version = self.find_policies_before().await?;
        let before = self.load_before().await?;
        let activation = self.insert_activation(by, before.version_id, before.before_id).await?;
        // Rolled back to the very beginning, nothing is left to return to.
        let activation = before.activation_id.is_some().then_some(activation);
        self.set_in_force(activation, before.version_id).await?;
        self.audit_policies(by, AuditKind::PoliciesActivated, version.as_ref(), json!({ "rolled_back": true })).await?;
        Ok(InForce { number: version.map(|version| version.number) })
    }

    /// What was in force before what is in force now.
    async fn load_before(&mut self) -> Result<Before, StoreError> {
        let tenant = self.tenant();
        let row: Option<(Option<Uuid>, Option<Uuid>, Option<Uuid>)> = sqlx::query_as(
            "select b.id, b.version_id, b.before_id
             from dealership_profiles d
             join policy_activations a on a.dealership_id = d.dealership_id and a.id = d.policy_activation_id
             left join policy_activations b on b.dealership_id = a.dealership_id and b.id = a.before_id
             where d.dealership_id = $1",
        )
        .bind(tenant)
        .fetch_optional(self.connection())
        .await?;
        let (activation_id, version_id, before_id) =
            row.ok_or(StoreError::Conflict("no policies of its own were in force before"))?;
        Ok(Before { activation_id, version_id, before_id })
    }

    /// Locks the dealership's profile and tells the activation in force.
    async fn lock_profile(&mut self) -> Result<Option<Uuid>, StoreError> {
        let tenant = self.tenant();
        sqlx::query_scalar("select policy_activation_id from dealership_profiles where dealership_id = $1 for update")
            .bind(tenant)
            .fetch_optional(self.connection())
            .await?
            .ok_or(StoreError::NotFound("the dealership's profile"))
    }

    async fn insert_activation(
        &mut self,
        by: UserId,
        version_id: Option<Uuid>,
        before_id: Option<Uuid>,
    ) -> Result<Uuid, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let id = forecourt_domain::ids::generate(now);
        sqlx::query(
            "insert into policy_activations (dealership_id, id, version_id, before_id, activated_by, activated_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(tenant)
        .bind(id)
        .bind(version_id)
        .bind(before_id)
        .bind(by.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(id)
    }

    async fn set_in_force(&mut self, activation_id: Option<Uuid>, version_id: Option<Uuid>) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "update dealership_profiles set policy_activation_id = $2, policy_version_id = $3, version = version + 1
             where dealership_id = $1",
        )
        .bind(tenant)
        .bind(activation_id)
        .bind(version_id)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The log holds the number and the hash of the source: the source itself is never changed or deleted.
    async fn audit_policies(
        &mut self,
        by: UserId,
        kind: AuditKind,
        version: Option<&OwnPolicies>,
        mut details: Value,
    ) -> Result<(), StoreError> {
        details["version"] = json!(version.map(|version| version.id));
        details["number"] = json!(version.map(|version| version.number));
        details["source_sha256"] = json!(version.map(|version| hex(&sha256(version.source.as_bytes()))));
        let actor = AuditActor::User(by);
        self.append_audit(&[NewAuditEntry { kind, actor, conversation_id: None, turn_id: None, details }]).await?;
        Ok(())
    }
}

/// An activation that a roll back returns to; all none where that is the beginning.
struct Before {
    activation_id: Option<Uuid>,
    version_id: Option<Uuid>,
    before_id: Option<Uuid>,
}

fn read_version(row: &sqlx::postgres::PgRow) -> Result<PolicyVersion, StoreError> {
    Ok(PolicyVersion {
        policies: OwnPolicies {
            id: PolicyVersionId(row.try_get("id")?),
            number: row.try_get("number")?,
            source: row.try_get("source")?,
        },
        note: row.try_get("note")?,
        created_by: UserId(row.try_get("created_by")?),
        created_by_name: row.try_get("first_name")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        active: row.try_get("active")?,
    })
}
