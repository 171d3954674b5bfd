//! Why a message was said: everything that led to it, read back from the records.

use forecourt_domain::{
    conversation::{Author, Direction},
    delivery::DeliveryStatus,
    ids::{ConversationId, MessageId, OutboxId, TurnId},
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::Row;
use uuid::Uuid;

use crate::{CrmTx, StoreError, audit::AuditEntry, proposals::Proposal, rows::parse};

/// A message and what is recorded about how it came to be.
#[derive(Debug, Clone)]
pub struct MessageTrace {
    pub message: TracedMessage,
    /// The inbound messages that the turn answered, oldest first.
    pub inbound: Vec<TracedMessage>,
    pub turn: Option<TracedTurn>,
    pub steps: Vec<TracedStep>,
    pub calls: Vec<TracedCall>,
    /// What the turn proposed to people, and what became of it.
    pub proposals: Vec<Proposal>,
    pub delivery: Option<TracedDelivery>,
    /// Entries of the turn and of the delivery, oldest first, MACs checked.
    pub audit: Vec<AuditEntry>,
}

/// A message as it was stored.
#[derive(Debug, Clone)]
pub struct TracedMessage {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub direction: Direction,
    pub author: Author,
    /// The first name of the user who wrote or approved it.
    pub author_name: Option<String>,
    pub text: String,
    pub turn_id: Option<TurnId>,
    pub created_at: Timestamp,
}

/// The turn that wrote a message.
#[derive(Debug, Clone)]
pub struct TracedTurn {
    pub id: TurnId,
    pub trigger: String,
    pub status: String,
    pub outcome: Option<String>,
    pub model: String,
    pub prompt_hash: Option<String>,
    pub policy_version: Option<String>,
    pub restarts: i16,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A model call of the turn.
#[derive(Debug, Clone)]
pub struct TracedStep {
    pub step_no: i16,
    pub model: String,
    pub finish: String,
    pub input_tokens: i32,
    pub output_tokens: i32,
}

/// A tool call of the turn.
#[derive(Debug, Clone)]
pub struct TracedCall {
    pub step_no: i16,
    pub call_no: i16,
    pub tool: String,
    pub outcome: String,
    pub effect: Option<String>,
    pub arguments: Value,
    /// What the model read, the evidence and the effects.
    pub output: Value,
}

/// Where the message went.
#[derive(Debug, Clone)]
pub struct TracedDelivery {
    pub outbox_id: OutboxId,
    pub status: DeliveryStatus,
    pub status_reason: Option<String>,
    pub provider_id: Option<String>,
    pub error_code: Option<String>,
    pub attempts_made: i16,
    /// Reports of the provider, oldest first.
    pub reports: Vec<String>,
}

impl CrmTx {
    /// What is recorded about a message; `None` if there is no such message in this dealership.
    pub async fn find_message_trace(&mut self, id: MessageId) -> Result<Option<MessageTrace>, StoreError> {
        let Some(message) = self.find_traced_message(id).await? else { return Ok(None) };
        let delivery = self.find_traced_delivery(id).await?;
        let Some(turn_id) = message.turn_id else {
            return Ok(Some(MessageTrace {
                message,
                inbound: Vec::new(),
                turn: None,
                steps: Vec::new(),
                calls: Vec::new(),
                proposals: Vec::new(),
                delivery,
                audit: Vec::new(),
            }));
        };
        let inbound = self.load_answered(message.conversation_id, turn_id).await?;
        let told: Vec<String> = inbound.iter().map(|message| message.id).chain([id]).map(|id| id.to_string()).collect();
        let mut audit = self.load_audit(message.conversation_id).await?;
        audit.retain(|entry| {
            let of_message = entry.details["message"].as_str();
            entry.turn_id == Some(turn_id) || of_message.is_some_and(|id| told.iter().any(|told| told == id))
        });
        Ok(Some(MessageTrace {
            inbound,
            turn: self.find_traced_turn(turn_id).await?,
            steps: self.load_traced_steps(turn_id).await?,
            calls: self.load_traced_calls(turn_id).await?,
            proposals: self.load_proposals_of_turn(turn_id).await?,
            delivery,
            audit,
            message,
        }))
    }

    /// The newest message of the assistant in this dealership.
    pub async fn find_latest_reply(&mut self) -> Result<Option<MessageId>, StoreError> {
        let tenant = self.tenant();
        Ok(sqlx::query_scalar(
            "select id from messages where dealership_id = $1 and direction = 'outbound' and turn_id is not null
             order by id desc limit 1",
        )
        .bind(tenant)
        .fetch_optional(self.connection())
        .await?
        .map(MessageId))
    }

    async fn find_traced_message(&mut self, id: MessageId) -> Result<Option<TracedMessage>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select m.id, m.conversation_id, m.direction, m.author, u.first_name as author_name, m.turn_id, m.created_at,
                 p.body ->> 'text' as text
             from messages m join payloads p on p.dealership_id = m.dealership_id and p.id = m.payload_id
             left join users u on u.id = m.author_user_id
             where m.dealership_id = $1 and m.id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| read_message(&row)).transpose()
    }

    async fn load_answered(
        &mut self,
        conversation_id: ConversationId,
        turn_id: TurnId,
    ) -> Result<Vec<TracedMessage>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select m.id, m.conversation_id, m.direction, m.author, null as author_name, m.turn_id, m.created_at,
                 p.body ->> 'text' as text
             from turns t
             join messages m on m.dealership_id = t.dealership_id and m.conversation_id = t.conversation_id
                 and m.inbound_no > t.answered_from and m.inbound_no <= t.answered_to
             join payloads p on p.dealership_id = m.dealership_id and p.id = m.payload_id
             where t.dealership_id = $1 and t.id = $2 and m.conversation_id = $3
             order by m.id",
        )
        .bind(tenant)
        .bind(turn_id.0)
        .bind(conversation_id.0)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(read_message).collect()
    }

    async fn find_traced_turn(&mut self, id: TurnId) -> Result<Option<TracedTurn>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select id, trigger, status, outcome, model, prompt_hash, policy_version, restarts, started_at, ended_at
             from turns where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(TracedTurn {
            id: TurnId(row.try_get("id")?),
            trigger: row.try_get("trigger")?,
            status: row.try_get("status")?,
            outcome: row.try_get("outcome")?,
            model: row.try_get("model")?,
            prompt_hash: row.try_get("prompt_hash")?,
            policy_version: row.try_get("policy_version")?,
            restarts: row.try_get("restarts")?,
            started_at: row.try_get::<jiff_sqlx::Timestamp, _>("started_at")?.to_jiff(),
            ended_at: crate::rows::instant(row.try_get("ended_at")?),
        }))
    }

    async fn load_traced_steps(&mut self, turn_id: TurnId) -> Result<Vec<TracedStep>, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(i16, String, String, i32, i32)> = sqlx::query_as(
            "select step_no, model, finish, input_tokens, output_tokens from steps
             where dealership_id = $1 and turn_id = $2 order by step_no",
        )
        .bind(tenant)
        .bind(turn_id.0)
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(step_no, model, finish, input_tokens, output_tokens)| TracedStep {
                step_no,
                model,
                finish,
                input_tokens,
                output_tokens,
            })
            .collect())
    }

    async fn load_traced_calls(&mut self, turn_id: TurnId) -> Result<Vec<TracedCall>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select t.step_no, t.call_no, t.tool, t.outcome, t.effect, a.body as arguments, o.body as output
             from tool_calls t
             join payloads a on a.dealership_id = t.dealership_id and a.id = t.arguments_payload_id
             join payloads o on o.dealership_id = t.dealership_id and o.id = t.output_payload_id
             where t.dealership_id = $1 and t.turn_id = $2 order by t.step_no, t.call_no",
        )
        .bind(tenant)
        .bind(turn_id.0)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(TracedCall {
                    step_no: row.try_get("step_no")?,
                    call_no: row.try_get("call_no")?,
                    tool: row.try_get("tool")?,
                    outcome: row.try_get("outcome")?,
                    effect: row.try_get("effect")?,
                    arguments: row.try_get("arguments")?,
                    output: row.try_get("output")?,
                })
            })
            .collect()
    }

    async fn find_traced_delivery(&mut self, id: MessageId) -> Result<Option<TracedDelivery>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "select id, status, status_reason, provider_id, error_code, attempts_made from outbox
             where dealership_id = $1 and message_id = $2",
        )
        .bind(tenant)
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let outbox_id: Uuid = row.try_get("id")?;
        let reports = sqlx::query_scalar(
            "select provider_status from delivery_reports where dealership_id = $1 and outbox_id = $2 order by id",
        )
        .bind(tenant)
        .bind(outbox_id)
        .fetch_all(self.connection())
        .await?;
        Ok(Some(TracedDelivery {
            outbox_id: OutboxId(outbox_id),
            status: parse(row.try_get("status")?)?,
            status_reason: row.try_get("status_reason")?,
            provider_id: row.try_get("provider_id")?,
            error_code: row.try_get("error_code")?,
            attempts_made: row.try_get("attempts_made")?,
            reports,
        }))
    }
}

fn read_message(row: &sqlx::postgres::PgRow) -> Result<TracedMessage, StoreError> {
    Ok(TracedMessage {
        id: MessageId(row.try_get("id")?),
        conversation_id: ConversationId(row.try_get("conversation_id")?),
        direction: parse(row.try_get("direction")?)?,
        author: parse(row.try_get("author")?)?,
        author_name: row.try_get("author_name")?,
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        turn_id: row.try_get::<Option<Uuid>, _>("turn_id")?.map(TurnId),
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}
