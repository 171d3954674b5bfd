//! The journal of a turn: model calls and tool calls, written with the first effect that follows from them.

use forecourt_domain::{
    action::ActionKind,
    evidence::{CommittedEffect, Evidence},
    ids::{PartyId, StepId, TurnId},
};
use jiff::{Timestamp, civil::Date};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    payloads::NewPayload,
    rows::{int, sql},
};

/// A model call that was made durable.
#[derive(Debug, Clone)]
pub struct JournaledStep {
    pub step_no: i16,
    /// The model's answer, word for word.
    pub answer: Value,
    pub calls: Vec<JournaledCall>,
}

/// A tool call that was made durable with its effect.
#[derive(Debug, Clone)]
pub struct JournaledCall {
    pub call_no: i16,
    /// It was proposed or drafted.
    pub left_to_people: bool,
    pub output: CallOutput,
}

/// What a tool call came to: what the model reads, and what its words may rest on.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct CallOutput {
    pub output: Value,
    pub evidence: Vec<Evidence>,
    pub effects: Vec<CommittedEffect>,
}

/// A step to journal.
#[derive(Debug, Clone)]
pub struct NewStep {
    pub step_no: i16,
    pub model: String,
    pub finish: &'static str,
    pub answer: Value,
    pub input_tokens: u32,
    pub cached_input_tokens: u32,
    pub output_tokens: u32,
    /// Millionths of a US dollar; 0 where the price is not known.
    pub spend_micros: i64,
    /// The dealership's day on which it was used.
    pub day: Date,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
}

/// How a tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    Done,
    Failed,
    Denied,
    Proposed,
    Drafted,
}

impl CallOutcome {
    /// The text under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Proposed => "proposed",
            Self::Drafted => "drafted",
        }
    }
}

/// A tool call to journal.
#[derive(Debug, Clone)]
pub struct NewCall {
    pub step_no: i16,
    pub call_no: i16,
    pub tool: String,
    pub action: Option<ActionKind>,
    pub outcome: CallOutcome,
    pub arguments: Value,
    pub output: CallOutput,
}

impl CrmTx {
    /// The steps and tool calls of a turn, in order.
    pub async fn load_journal(&mut self, turn_id: TurnId) -> Result<Vec<JournaledStep>, StoreError> {
        let tenant = self.tenant();
        let steps: Vec<(i16, Value)> = sqlx::query_as(
            "select s.step_no, p.body from steps s
             join payloads p on p.dealership_id = s.dealership_id and p.id = s.answer_payload_id
             where s.dealership_id = $1 and s.turn_id = $2 order by s.step_no",
        )
        .bind(tenant)
        .bind(turn_id.0)
        .fetch_all(self.connection())
        .await?;
        let calls: Vec<(i16, i16, bool, Value)> = sqlx::query_as(
            "select t.step_no, t.call_no, t.outcome in ('proposed', 'drafted'), p.body from tool_calls t
             join payloads p on p.dealership_id = t.dealership_id and p.id = t.output_payload_id
             where t.dealership_id = $1 and t.turn_id = $2 order by t.step_no, t.call_no",
        )
        .bind(tenant)
        .bind(turn_id.0)
        .fetch_all(self.connection())
        .await?;
        let mut journal: Vec<_> =
            steps.into_iter().map(|(step_no, answer)| JournaledStep { step_no, answer, calls: Vec::new() }).collect();
        for (step_no, call_no, left_to_people, body) in calls {
            let output = serde_json::from_value(body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            if let Some(step) = journal.iter_mut().find(|step| step.step_no == step_no) {
                step.calls.push(JournaledCall { call_no, left_to_people, output });
            }
        }
        Ok(journal)
    }

    /// Writes steps and tool calls to the journal, bodies included, in one statement, and adds what the
    /// steps used to the dealership's day, whose row stays locked: nothing but the log is written after it.
    pub async fn insert_journal(
        &mut self,
        turn_id: TurnId,
        party_id: PartyId,
        steps: &[NewStep],
        calls: &[NewCall],
    ) -> Result<(), StoreError> {
        if steps.is_empty() && calls.is_empty() {
            return Ok(());
        }
        let (tenant, now) = (self.tenant(), self.now());
        let payload = |body: Value| NewPayload::new(now, Some(party_id), body);
        let answers: Vec<_> = steps.iter().map(|step| payload(step.answer.clone())).collect();
        let arguments: Vec<_> = calls.iter().map(|call| payload(call.arguments.clone())).collect();
        let outputs: Vec<_> =
            calls.iter().map(|call| payload(serde_json::to_value(&call.output).unwrap_or_default())).collect();
        let bodies: Vec<_> = answers.iter().chain(&arguments).chain(&outputs).collect();
        let effects: Vec<Option<&str>> =
            calls.iter().map(|call| call.output.effects.first().map(|effect| effect.kind.as_str())).collect();
        let count = |read: fn(&NewStep) -> u32| steps.iter().map(|step| int(read(step))).collect::<Vec<i32>>();
        sqlx::query(
            "with bodies as (
                 insert into payloads (dealership_id, id, party_id, salt, body)
                 select $1, id, $4, salt, body from unnest($5::uuid[], $6::bytea[], $7::jsonb[]) as new (id, salt, body)
             ), made as (
                 insert into steps (dealership_id, turn_id, id, step_no, model, finish, answer_payload_id, input_tokens,
                     cached_input_tokens, output_tokens, started_at, ended_at)
                 select $1, $2, * from unnest($8::uuid[], $9::int2[], $10::text[], $11::text[], $12::uuid[], $13::int[],
                     $14::int[], $15::int[], $16::timestamptz[], $17::timestamptz[])
                 returning dealership_id, turn_id, step_no, id
             ), numbered as (
                 insert into step_keys (dealership_id, turn_id, step_no, step_id) select * from made
             )
             insert into tool_calls (dealership_id, turn_id, created_at, step_no, call_no, tool, action, outcome, effect,
                 arguments_payload_id, output_payload_id)
             select $1, $2, $3, * from unnest($18::int2[], $19::int2[], $20::text[], $21::text[], $22::text[], $23::text[],
                 $24::uuid[], $25::uuid[])",
        )
        .bind(tenant)
        .bind(turn_id.0)
        .bind(sql(now))
        .bind(party_id.0)
        .bind(ids(bodies.iter().copied()))
        .bind(bodies.iter().map(|payload| payload.salt()).collect::<Vec<&[u8]>>())
        .bind(bodies.iter().map(|payload| payload.body()).collect::<Vec<&Value>>())
        .bind(steps.iter().map(|_| StepId::generate(now).0).collect::<Vec<Uuid>>())
        .bind(steps.iter().map(|step| step.step_no).collect::<Vec<i16>>())
        .bind(steps.iter().map(|step| step.model.as_str()).collect::<Vec<&str>>())
        .bind(steps.iter().map(|step| step.finish).collect::<Vec<&str>>())
        .bind(ids(&answers))
        .bind(count(|step| step.input_tokens))
        .bind(count(|step| step.cached_input_tokens))
        .bind(count(|step| step.output_tokens))
        .bind(steps.iter().map(|step| sql(step.started_at)).collect::<Vec<_>>())
        .bind(steps.iter().map(|step| sql(step.ended_at)).collect::<Vec<_>>())
        .bind(calls.iter().map(|call| call.step_no).collect::<Vec<i16>>())
        .bind(calls.iter().map(|call| call.call_no).collect::<Vec<i16>>())
        .bind(calls.iter().map(|call| call.tool.as_str()).collect::<Vec<&str>>())
        .bind(calls.iter().map(|call| call.action.map(ActionKind::as_str)).collect::<Vec<Option<&str>>>())
        .bind(calls.iter().map(|call| call.outcome.as_str()).collect::<Vec<&str>>())
        .bind(effects)
        .bind(ids(&arguments))
        .bind(ids(&outputs))
        .execute(self.connection())
        .await?;
        self.add_usage(steps).await
    }
}

fn ids<'a>(payloads: impl IntoIterator<Item = &'a NewPayload>) -> Vec<Uuid> {
    payloads.into_iter().map(|payload| payload.id.0).collect()
}
