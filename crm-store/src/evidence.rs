//! What a conversation's words rested on, and whether the records still say so.

use std::collections::BTreeMap;

use forecourt_domain::{
    evidence::{Evidence, Source, SourceKind},
    ids::{ConversationId, PartyId, TurnId},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{CrmTx, StoreError, payloads::NewPayload, rows::sql};

impl CrmTx {
    /// Facts said earlier whose vehicle or appointment still has the version that was cited.
    pub(crate) async fn load_fresh_evidence(
        &mut self,
        conversation_id: ConversationId,
    ) -> Result<Vec<Evidence>, StoreError> {
        let tenant = self.tenant();
        let bodies: Vec<Value> = sqlx::query_scalar(
            "select p.body from conversation_evidence e
             join payloads p on p.dealership_id = e.dealership_id and p.id = e.facts_payload_id
             left join vehicles v on e.source_kind = 'vehicle' and v.dealership_id = e.dealership_id and v.id = e.source_id
             left join appointments a
                 on e.source_kind = 'appointment' and a.dealership_id = e.dealership_id and a.id = e.source_id
             where e.dealership_id = $1 and e.conversation_id = $2 and coalesce(v.version, a.version) = e.source_version
             order by e.cited_at, e.source_id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_all(self.connection())
        .await?;
        let mut evidence = Vec::new();
        for body in bodies {
            let facts: Vec<Evidence> =
                serde_json::from_value(body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            evidence.extend(facts);
        }
        Ok(evidence)
    }

    /// Remembers what a conversation's words rested on, one row per record.
    pub(crate) async fn keep_evidence(
        &mut self,
        conversation_id: ConversationId,
        turn_id: TurnId,
        cited: &[(Source, Vec<Evidence>)],
        facts: &[NewPayload],
    ) -> Result<(), StoreError> {
        if cited.is_empty() {
            return Ok(());
        }
        let (tenant, now) = (self.tenant(), self.now());
        sqlx::query(
            "insert into conversation_evidence (dealership_id, conversation_id, turn_id, cited_at, source_kind, source_id,
                 source_version, facts_payload_id)
             select $1, $2, $3, $4, * from unnest($5::text[], $6::uuid[], $7::int8[], $8::uuid[])
             on conflict (dealership_id, conversation_id, source_kind, source_id) do update set
                 turn_id = excluded.turn_id, cited_at = excluded.cited_at, source_version = excluded.source_version,
                 facts_payload_id = excluded.facts_payload_id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(turn_id.0)
        .bind(sql(now))
        .bind(cited.iter().map(|(source, _)| source.kind.as_str()).collect::<Vec<&str>>())
        .bind(cited.iter().map(|(source, _)| source.id).collect::<Vec<Uuid>>())
        .bind(cited.iter().map(|(source, _)| source.version).collect::<Vec<i64>>())
        .bind(facts.iter().map(|payload| payload.id.0).collect::<Vec<Uuid>>())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Those of the given sources that no longer hold: the record has another version or is gone, or
    /// the slot was taken by somebody other than `party_id`.
    pub async fn load_stale_sources(
        &mut self,
        sources: &[Source],
        party_id: Option<PartyId>,
    ) -> Result<Vec<Source>, StoreError> {
        let changed = self.load_changed_records(sources).await?;
        let mut stale: Vec<Source> = sources.iter().filter(|source| changed.contains(&source.id)).cloned().collect();
        for slot in sources.iter().filter(|source| source.kind == SourceKind::Slot) {
            if self.load_slot_version(slot.id, party_id).await? != slot.version {
                stale.push(slot.clone());
            }
        }
        Ok(stale)
    }

    async fn load_changed_records(&mut self, sources: &[Source]) -> Result<Vec<Uuid>, StoreError> {
        let checked: Vec<_> = sources.iter().filter(|source| is_versioned(source.kind)).collect();
        if checked.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select s.id from unnest($2::text[], $3::uuid[], $4::int8[]) as s (kind, id, version)
             left join vehicles v on s.kind = 'vehicle' and v.dealership_id = $1 and v.id = s.id
             left join appointments a on s.kind = 'appointment' and a.dealership_id = $1 and a.id = s.id
             left join departments d on s.kind = 'department' and d.dealership_id = $1 and d.id = s.id
             left join knowledge_entries k on s.kind = 'knowledge' and k.dealership_id = $1 and k.id = s.id
             where coalesce(v.version, a.version, d.version, k.version, -1) <> s.version",
        )
        .bind(tenant)
        .bind(checked.iter().map(|source| source.kind.as_str()).collect::<Vec<&str>>())
        .bind(checked.iter().map(|source| source.id).collect::<Vec<Uuid>>())
        .bind(checked.iter().map(|source| source.version).collect::<Vec<i64>>())
        .fetch_all(self.connection())
        .await?)
    }
}

/// The records whose version is compared before words that rest on them leave.
const fn is_versioned(kind: SourceKind) -> bool {
    is_remembered(kind) || matches!(kind, SourceKind::Department | SourceKind::Knowledge)
}

/// The records whose facts later turns may speak of without reading them again.
const fn is_remembered(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Vehicle | SourceKind::Appointment)
}

/// The records and slots that words rest on, each once, at the newest version that was seen of it.
#[must_use]
pub fn cited_sources(evidence: &[Evidence]) -> Vec<Source> {
    let by_source = newest_facts(evidence, is_versioned);
    let mut sources: Vec<Source> = by_source.into_iter().map(|(source, _)| source).collect();
    for item in evidence.iter().filter(|item| item.source.kind == SourceKind::Slot) {
        if !sources.contains(&item.source) {
            sources.push(item.source.clone());
        }
    }
    sources
}

/// The facts of each record to remember, at the newest version that was seen of it.
pub(crate) fn facts_by_source(evidence: &[Evidence]) -> Vec<(Source, Vec<Evidence>)> {
    newest_facts(evidence, is_remembered)
}

fn newest_facts(evidence: &[Evidence], is_meant: fn(SourceKind) -> bool) -> Vec<(Source, Vec<Evidence>)> {
    let mut by_source: BTreeMap<(SourceKind, Uuid), (Source, Vec<Evidence>)> = BTreeMap::new();
    for item in evidence.iter().filter(|item| is_meant(item.source.kind)) {
        let key = (item.source.kind, item.source.id);
        let (source, facts) = by_source.entry(key).or_insert_with(|| (item.source.clone(), Vec::new()));
        if item.source.version > source.version {
            *source = item.source.clone();
            facts.clear();
        }
        if item.source.version == source.version && !facts.contains(item) {
            facts.push(item.clone());
        }
    }
    by_source.into_values().collect()
}
