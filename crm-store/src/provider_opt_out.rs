//! An opt-out that the provider knows of and we did not: it binds like a STOP that was texted to us.

use serde_json::json;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    outbox::OutboxRow,
    rows::sql,
};

impl CrmTx {
    /// Records that the recipient of a row has opted out at the provider: on the contact point, in the
    /// log of consents, and in the consent version of every conversation of the party. A second time
    /// changes nothing. The conversation must be locked, as everybody locks it before a contact point.
    pub async fn opt_out_at_provider(&mut self, row: &OutboxRow) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let recorded = sqlx::query(
            "with point as (
                 update contact_points cp set opted_out_at = $3 from outbox o
                 where cp.dealership_id = $1 and cp.id = o.contact_point_id and cp.opted_out_at is null
                     and o.dealership_id = $1 and o.id = $2
                 returning cp.id, cp.party_id
             ), bumped as (
                 update conversations c set consent_version = consent_version + 1 from point
                 where c.dealership_id = $1 and c.party_id = point.party_id
             )
             insert into consents (dealership_id, id, contact_point_id, customer_id, kind, source, occurred_at)
             select $1, $4, point.id, p.customer_id, 'opt_out', 'provider', $3
             from point join parties p on p.dealership_id = $1 and p.id = point.party_id",
        )
        .bind(tenant)
        .bind(row.id.0)
        .bind(sql(now))
        .bind(forecourt_domain::ids::generate(now))
        .execute(self.connection())
        .await?;
        if recorded.rows_affected() == 0 {
            return Ok(());
        }
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::ConsentChanged,
            actor: AuditActor::Provider,
            conversation_id: row.conversation_id,
            turn_id: None,
            details: json!({ "outbox": row.id, "consent": "opt_out" }),
        }])
        .await?;
        Ok(())
    }
}
