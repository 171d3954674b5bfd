//! A turn runs: claimed, begun, three vehicles read, a visit booked, ended with a reply. Five commits.

use anyhow::Context;
use forecourt_domain::ids::generate;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use uuid::Uuid;

use super::rows::{EFFECT, END, NewMessage, Said, Statements, Tx};
use crate::doubles::receptionist::wanted_time;

/// A conversation whose turn was claimed.
#[derive(Clone, Copy)]
pub(super) struct ClaimedTurn {
    dealership: Uuid,
    conversation: Uuid,
    lease_no: i64,
}

/// A turn that was begun.
pub(super) struct Turn {
    pub text: String,
    id: Uuid,
    claim: ClaimedTurn,
    party: Uuid,
    point: Uuid,
    integration: Uuid,
    sender: String,
    recipient: String,
}

impl Statements {
    /// `None`: another worker took the turn that this one came for, and left it one it cannot see yet.
    pub async fn claim_turn(&self) -> anyhow::Result<Option<ClaimedTurn>> {
        let now = self.clock.now();
        let due: Option<(Uuid, Uuid, i64)> = sqlx::query_as(
            "update turn_queue set leased_until = $2, lease_no = nextval('lease_numbers'), claims = claims + 1
             where conversation_id = any(array(
                 select conversation_id from turn_queue
                 where due_at <= $1 and (leased_until is null or leased_until <= $1)
                 order by due_at limit 1 for update skip locked))
             returning dealership_id, conversation_id, lease_no",
        )
        .bind(now.to_sqlx())
        .bind((now + SignedDuration::from_secs(15)).to_sqlx())
        .fetch_optional(&self.pool)
        .await?;
        Ok(due.map(|(dealership, conversation, lease_no)| ClaimedTurn { dealership, conversation, lease_no }))
    }

    pub async fn begin_turn(&self, claim: ClaimedTurn) -> anyhow::Result<Turn> {
        let (mut tx, now) = self.begin(claim.dealership).await?;
        let (party, point, integration, sender, recipient, text): (Uuid, Uuid, Uuid, String, String, Value) = sqlx::query_as(
            "with mine as (
                 update conversations set lease_no = $3 where dealership_id = $1 and id = $2 and lease_no <= $3 returning *
             )
             select c.party_id, c.contact_point_id, c.integration_id, c.our_address, cp.value, p.body
             from mine c
             join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id
             join messages m on m.dealership_id = c.dealership_id and m.conversation_id = c.id
             join payloads p on p.dealership_id = m.dealership_id and p.id = m.payload_id",
        )
        .bind(claim.dealership)
        .bind(claim.conversation)
        .bind(claim.lease_no)
        .fetch_one(&mut *tx)
        .await?;
        let id = generate(now);
        sqlx::query(
            "insert into turns (dealership_id, id, conversation_id, trigger, status, lease_no, answered_from, answered_to,
                 model, started_at)
             values ($1, $2, $3, 'inbound', 'running', $4, 0, 1, 'receptionist', $5)",
        )
        .bind(claim.dealership)
        .bind(id)
        .bind(claim.conversation)
        .bind(claim.lease_no)
        .bind(now.to_sqlx())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let text = text["text"].as_str().unwrap_or_default().to_owned();
        Ok(Turn { text, id, claim, party, point, integration, sender, recipient })
    }

    pub async fn read_vehicles(&self, turn: &Turn) -> anyhow::Result<()> {
        let (mut tx, _) = self.begin(turn.claim.dealership).await?;
        sqlx::query(
            "select id, stock_number, vin, make, model, trim, price_minor, mileage, features, version from vehicles
             where dealership_id = $1 and status = 'available' order by price_minor limit 3",
        )
        .bind(turn.claim.dealership)
        .fetch_all(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    pub async fn book(&self, turn: &Turn) -> anyhow::Result<()> {
        let (mut tx, now) = self.begin(turn.claim.dealership).await?;
        let owner = (turn.claim.dealership, turn.party);
        let [appointment, lead] = std::array::from_fn(|_| generate(now));
        insert_appointment(&mut tx, turn, appointment, now).await?;
        insert_lead(&mut tx, turn, (appointment, lead), now).await?;
        sqlx::query(
            "insert into activities (dealership_id, id, party_id, lead_id, kind, subject, occurred_at)
             values ($1, $2, $3, $4, 'appointment', 'Booked sales', $5)",
        )
        .bind(turn.claim.dealership)
        .bind(generate(now))
        .bind(turn.party)
        .bind(lead)
        .bind(now.to_sqlx())
        .execute(&mut *tx)
        .await?;
        let payloads = self.insert_bodies(&mut tx, owner, now, &self.sample.bodies[EFFECT]).await?;
        insert_steps(&mut tx, turn, &[0, 1], &payloads[..2], now).await?;
        insert_calls(&mut tx, turn, &payloads[2..4], &payloads[4..], now).await?;
        Ok(tx.commit().await?)
    }

    pub async fn end_turn(&self, turn: &Turn) -> anyhow::Result<()> {
        let (mut tx, now) = self.begin(turn.claim.dealership).await?;
        let owner = (turn.claim.dealership, turn.party);
        end_conversation(&mut tx, turn, now).await?;
        self.end_turn_row(&mut tx, turn, now).await?;
        let payloads = self.insert_bodies(&mut tx, owner, now, &self.sample.bodies[END]).await?;
        insert_evidence(&mut tx, turn, &payloads[1..5], now).await?;
        self.insert_reply(&mut tx, turn, payloads[0], now).await?;
        insert_steps(&mut tx, turn, &[2], &payloads[5..], now).await?;
        sqlx::query("delete from turn_queue where conversation_id = $1 and lease_no = $2")
            .bind(turn.claim.conversation)
            .bind(turn.claim.lease_no)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn end_turn_row(&self, tx: &mut Tx, turn: &Turn, now: Timestamp) -> anyhow::Result<()> {
        sqlx::query(
            "update turns set status = 'completed', outcome = 'replied', ended_at = $3, prompt_hash = $4, policy_version = $5
             where dealership_id = $1 and id = $2",
        )
        .bind(turn.claim.dealership)
        .bind(turn.id)
        .bind(now.to_sqlx())
        .bind(&self.sample.prompt_hash)
        .bind(&self.sample.policy_version)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    async fn insert_reply(&self, tx: &mut Tx, turn: &Turn, payload: Uuid, now: Timestamp) -> anyhow::Result<()> {
        let (dealership, conversation) = (turn.claim.dealership, turn.claim.conversation);
        let [id, outbox] = std::array::from_fn(|_| generate(now));
        sqlx::query("update contact_points set first_texted_at = $3 where dealership_id = $1 and id = $2")
            .bind(dealership)
            .bind(turn.point)
            .bind(now.to_sqlx())
            .execute(&mut **tx)
            .await?;
        let said = Said::ByAssistant { turn: turn.id };
        NewMessage { dealership, id, conversation, point: turn.point, payload, said }.insert(tx, now).await?;
        sqlx::query(
            "with queued as (
                 insert into outbox (dealership_id, id, kind, conversation_id, message_id, seq, channel, integration_id, sender,
                     recipient, contact_point_id, payload_id, status, sources, created_at, updated_at)
                 values ($1, $2, 'reply', $3, $4, 1, 'sms', $5, $6, $7, $8, $9, 'queued', $10, $11, $11)
             )
             insert into outbox_queue (outbox_id, dealership_id, due_at) values ($2, $1, $11)",
        )
        .bind(dealership)
        .bind(outbox)
        .bind(conversation)
        .bind(id)
        .bind(turn.integration)
        .bind(&turn.sender)
        .bind(&turn.recipient)
        .bind(turn.point)
        .bind(payload)
        .bind(&self.sample.sources)
        .bind(now.to_sqlx())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// The appointment at the hour that was asked for, and the four quarter hours it occupies.
async fn insert_appointment(tx: &mut Tx, turn: &Turn, appointment: Uuid, now: Timestamp) -> anyhow::Result<()> {
    let wanted = wanted_time(&turn.text).context("no hour was asked for")?;
    sqlx::query(
        "insert into appointments (dealership_id, id, party_id, kind, status, starts_at, ends_at, department_id, with_user_id,
             booked_by, created_at, updated_at)
         select $1, $2, $3, 'sales', 'scheduled', wanted, wanted + interval '1 hour', d.id, a.user_id, 'assistant', $5, $5
         from (select $4::timestamp at time zone 'America/Denver' as wanted) as hour
         join departments d on d.dealership_id = $1
         join assignments a on a.dealership_id = $1 and a.role = 'salesperson'",
    )
    .bind(turn.claim.dealership)
    .bind(appointment)
    .bind(turn.party)
    .bind(wanted.parse::<jiff::civil::DateTime>()?.to_sqlx())
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "insert into appointment_slots (dealership_id, resource_id, unit, quarter_at, appointment_id)
         select $1, a.department_id, 1, a.starts_at + number * interval '15 minutes', a.id
         from appointments a, generate_series(0, 3) as number where a.dealership_id = $1 and a.id = $2",
    )
    .bind(turn.claim.dealership)
    .bind(appointment)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A lead, new and then contacted, tied to the appointment.
async fn insert_lead(
    tx: &mut Tx,
    turn: &Turn,
    (appointment, lead): (Uuid, Uuid),
    now: Timestamp,
) -> anyhow::Result<()> {
    sqlx::query(
        "insert into leads (dealership_id, id, party_id, status, source, created_at, updated_at)
         values ($1, $2, $3, 'new', 'sms', $4, $4)",
    )
    .bind(turn.claim.dealership)
    .bind(lead)
    .bind(turn.party)
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    sqlx::query("update leads set status = 'contacted', version = version + 1 where dealership_id = $1 and id = $2")
        .bind(turn.claim.dealership)
        .bind(lead)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "insert into lead_status_audit (dealership_id, id, lead_id, from_status, to_status, reason, changed_at)
         values ($1, $2, $3, null, 'new', null, $5), ($1, $4, $3, 'new', 'contacted', 'appointment booked', $5)",
    )
    .bind(turn.claim.dealership)
    .bind(generate(now))
    .bind(lead)
    .bind(generate(now))
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    sqlx::query("update appointments set lead_id = $3 where dealership_id = $1 and id = $2")
        .bind(turn.claim.dealership)
        .bind(appointment)
        .bind(lead)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn insert_steps(
    tx: &mut Tx,
    turn: &Turn,
    numbers: &[i16],
    answers: &[Uuid],
    now: Timestamp,
) -> anyhow::Result<()> {
    let ids: Vec<Uuid> = numbers.iter().map(|_| generate(now)).collect();
    sqlx::query(
        "with inserted as (
             insert into steps (dealership_id, turn_id, id, step_no, model, finish, answer_payload_id, input_tokens,
                 cached_input_tokens, output_tokens, started_at, ended_at)
             select $1, $2, id, step_no, 'scripted', 'tool_calls', payload, 0, 0, 0, $6, $6
             from unnest($3::uuid[], $4::int2[], $5::uuid[]) as new (id, step_no, payload)
             returning dealership_id, turn_id, step_no, id
         )
         insert into step_keys (dealership_id, turn_id, step_no, step_id) select * from inserted",
    )
    .bind(turn.claim.dealership)
    .bind(turn.id)
    .bind(&ids)
    .bind(numbers)
    .bind(answers)
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert_calls(
    tx: &mut Tx,
    turn: &Turn,
    arguments: &[Uuid],
    outputs: &[Uuid],
    now: Timestamp,
) -> anyhow::Result<()> {
    sqlx::query(
        "insert into tool_calls (dealership_id, turn_id, created_at, step_no, call_no, tool, action, outcome, effect,
             arguments_payload_id, output_payload_id)
         values ($1, $2, $3, 0, 0, 'search_inventory', 'read_inventory', 'done', null, $4, $5),
             ($1, $2, $3, 1, 0, 'book_appointment', 'book_appointment', 'done', 'appointment_booked', $6, $7)",
    )
    .bind(turn.claim.dealership)
    .bind(turn.id)
    .bind(now.to_sqlx())
    .bind(arguments[0])
    .bind(outputs[0])
    .bind(arguments[1])
    .bind(outputs[1])
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert_evidence(tx: &mut Tx, turn: &Turn, facts: &[Uuid], now: Timestamp) -> anyhow::Result<()> {
    let sources: Vec<Uuid> = facts.iter().map(|_| generate(now)).collect();
    sqlx::query(
        "insert into conversation_evidence (dealership_id, conversation_id, turn_id, cited_at, source_kind, source_id,
             source_version, facts_payload_id)
         select $1, $2, $3, $4, 'vehicle', source, 1, facts from unnest($5::uuid[], $6::uuid[]) as new (source, facts)",
    )
    .bind(turn.claim.dealership)
    .bind(turn.claim.conversation)
    .bind(turn.id)
    .bind(now.to_sqlx())
    .bind(&sources)
    .bind(facts)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn end_conversation(tx: &mut Tx, turn: &Turn, now: Timestamp) -> anyhow::Result<()> {
    sqlx::query(
        "update conversations set answered_inbound = 1, first_unanswered_at = null, last_outbox_seq = 1, last_message_at = $4
         where dealership_id = $1 and id = $2 and lease_no = $3 and owner_version = 0 and consent_version = 0
             and last_inbound = 1",
    )
    .bind(turn.claim.dealership)
    .bind(turn.claim.conversation)
    .bind(turn.claim.lease_no)
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
