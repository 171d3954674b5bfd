//! What the double's log and the database say afterwards; nothing else is asked.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

pub use super::chaos::Accepted;
use super::site::Site;
use crate::doubles::twilio::{Call, Taken};

/// How often one message may be handed to the provider: once, and once more after two look-ups.
const MOST_CALLS: usize = 2;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Texts accepted, answers taken by the provider, calls it took for them, turns, appointments.
    pub accepted: usize,
    pub answered: usize,
    pub calls: usize,
    pub turns: usize,
    pub appointments: usize,
    /// Three for every turn that nobody killed, more where one was begun again.
    pub model_calls: usize,
    /// Attempts to send whose process did not live to store what came of them.
    pub interrupted: usize,
    pub looked_up: usize,
    /// Left to a human because even a second attempt left no trace.
    pub unknown: usize,
    /// Promises that were broken, each with the ids it concerns.
    pub broken: Vec<String>,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} texts accepted, {} turns of {} model calls, {} visits booked, {} answers taken in {} calls \
             ({} attempts interrupted, {} look-ups, {} unknown)",
            self.accepted,
            self.turns,
            self.model_calls,
            self.appointments,
            self.answered,
            self.calls,
            self.interrupted,
            self.looked_up,
            self.unknown
        )?;
        if self.broken.is_empty() {
            return write!(f, "no message lost, none sent twice, no effect twice");
        }
        writeln!(f, "{} promises broken:", self.broken.len())?;
        write!(f, "{}", self.broken.join("\n"))
    }
}

#[derive(sqlx::FromRow)]
struct ConversationRow {
    id: Uuid,
    value: String,
    last_inbound: i64,
    answered_inbound: i64,
    receipts: i64,
    appointments: i64,
    /// Local, as the customer would say it.
    starts: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OutboxRow {
    id: Uuid,
    kind: String,
    status: String,
    provider_id: Option<String>,
    turn_id: Option<Uuid>,
    attempts: i64,
}

#[derive(sqlx::FromRow)]
struct TurnRow {
    id: Uuid,
    status: String,
    outcome: Option<String>,
    bookings: i64,
    unjournaled: i64,
}

/// Everything the database says.
struct Records {
    conversations: Vec<ConversationRow>,
    outbox: Vec<OutboxRow>,
    turns: Vec<TurnRow>,
    interrupted: i64,
    waiting: i64,
}

/// Compares what customers were promised with what is there.
///
/// # Errors
/// When the database fails.
pub async fn check(site: &Site, accepted: &[Accepted]) -> anyhow::Result<Findings> {
    let records = Records::read(site).await?;
    let (calls, taken) = (site.twilio.calls(), site.twilio.taken());
    let mut findings = Findings {
        accepted: accepted.len(),
        answered: taken.len(),
        calls: calls.iter().filter(|call| matches!(call, Call::Send(_))).count(),
        looked_up: calls.iter().filter(|call| matches!(call, Call::List { .. })).count(),
        turns: records.turns.len(),
        appointments: records.conversations.iter().map(|row| usize::try_from(row.appointments).unwrap_or(0)).sum(),
        model_calls: site.model.requests().len(),
        interrupted: usize::try_from(records.interrupted)?,
        unknown: records.outbox.iter().filter(|row| row.status == "unknown").count(),
        broken: Vec::new(),
    };
    let broken = &mut findings.broken;
    if records.waiting > 0 {
        broken.push(format!("{} ids still wait in the queues", records.waiting));
    }
    check_texts(accepted, &records, broken);
    check_turns(&records, broken);
    check_sends(&records, &calls, &taken, broken);
    for violation in site.model.violations() {
        broken.push(format!("the model was asked against the rules: {violation}"));
    }
    Ok(findings)
}

/// Each accepted text is there once, its conversation is answered, and what it asked for was done once.
fn check_texts(accepted: &[Accepted], records: &Records, broken: &mut Vec<String>) {
    for text in accepted {
        let found: Vec<_> = records.conversations.iter().filter(|row| row.value == text.from.as_str()).collect();
        let [row] = found[..] else {
            broken.push(format!("text {}: {} conversations", text.sid, found.len()));
            continue;
        };
        let wanted = text.wanted.strftime("%Y-%m-%dT%H:%M").to_string();
        if (row.receipts, row.last_inbound) != (1, 1) {
            broken.push(format!(
                "conversation {}: one text became {} ({} receipts)",
                row.id, row.last_inbound, row.receipts
            ));
        }
        if row.answered_inbound != row.last_inbound {
            broken.push(format!("conversation {}: not answered", row.id));
        }
        if row.appointments != 1 || row.starts.as_deref() != Some(&wanted) {
            let starts = row.starts.as_deref().unwrap_or("none");
            broken.push(format!("conversation {}: asked for {wanted}, booked {} ({starts})", row.id, row.appointments));
        }
    }
    if records.conversations.len() != accepted.len() {
        broken.push(format!("{} customers made {} conversations", accepted.len(), records.conversations.len()));
    }
}

/// Every turn ended, and its one effect happened once.
fn check_turns(records: &Records, broken: &mut Vec<String>) {
    for turn in &records.turns {
        if turn.status != "completed" {
            let outcome = turn.outcome.as_deref().unwrap_or("no outcome");
            broken.push(format!("turn {}: {}, {outcome}", turn.id, turn.status));
        }
        if turn.bookings != 1 {
            broken.push(format!("turn {}: {} bookings in its journal", turn.id, turn.bookings));
        }
        if turn.unjournaled != 0 {
            broken.push(format!(
                "turn {}: {} tool calls without the step that asked for them",
                turn.id, turn.unjournaled
            ));
        }
        let replies = records.outbox.iter().filter(|row| row.turn_id == Some(turn.id)).count();
        if replies != 1 {
            broken.push(format!("turn {}: {replies} replies", turn.id));
        }
    }
}

/// Each message left once: under its own id, by calls the rules allow, and with the provider's id stored.
fn check_sends(records: &Records, calls: &[Call], taken: &[Taken], broken: &mut Vec<String>) {
    let mut called: BTreeMap<&str, usize> = BTreeMap::new();
    for call in calls {
        match call {
            Call::Send(send) => *called.entry(send.send_id.as_deref().unwrap_or_default()).or_default() += 1,
            Call::List { .. } => {}
            Call::Refused { reason, .. } => broken.push(format!("the provider refused a request: {reason}")),
        }
    }
    for row in &records.outbox {
        let id = row.id.to_string();
        let (calls, attempts) =
            (called.remove(id.as_str()).unwrap_or_default(), usize::try_from(row.attempts).unwrap_or(0));
        let received: Vec<&Taken> = taken.iter().filter(|taken| taken.send_id.as_deref() == Some(&id)).collect();
        if calls > attempts || attempts > MOST_CALLS {
            broken.push(format!("message {id}: {calls} calls by {attempts} attempts"));
        }
        let status = row.status.as_str();
        match (&received[..], status) {
            ([one], "sent" | "delivered") if row.provider_id.as_deref() == Some(&one.sid) => {}
            ([], "unknown") if attempts == MOST_CALLS => {}
            (received, _) => {
                let (count, stored) = (received.len(), row.provider_id.as_deref().unwrap_or("none"));
                broken
                    .push(format!("message {id} ({}): {status}, received {count} times, stored id {stored}", row.kind));
            }
        }
    }
    for id in called.into_keys() {
        broken.push(format!("the provider was called for {id}, which is no message of ours"));
    }
}

impl Records {
    async fn read(site: &Site) -> anyhow::Result<Self> {
        let mut tx = site.database.app.begin().await?;
        sqlx::query("select set_config('app.dealership_id', $1, true)")
            .bind(site.dealership.scope.dealership_id().to_string())
            .execute(&mut *tx)
            .await?;
        let waiting = "select (select count(*) from turn_queue) + (select count(*) from outbox_queue)";
        let interrupted = "select count(*) from attempts a where not exists (
            select from attempt_outcomes o where o.attempt_id = a.id)";
        Ok(Self {
            conversations: read_conversations(&mut tx).await?,
            outbox: read_outbox(&mut tx).await?,
            turns: read_turns(&mut tx).await?,
            interrupted: sqlx::query_scalar(interrupted).fetch_one(&mut *tx).await?,
            waiting: sqlx::query_scalar(waiting).fetch_one(&mut *tx).await?,
        })
    }
}

async fn read_conversations(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<ConversationRow>, sqlx::Error> {
    sqlx::query_as(
        "select c.id, cp.value, c.last_inbound, c.answered_inbound,
             (select count(*) from messages m join receipts r on r.message_id = m.id where m.conversation_id = c.id) as receipts,
             (select count(*) from appointments a where a.party_id = c.party_id) as appointments,
             (select min(to_char(a.starts_at at time zone 'America/Denver', 'YYYY-MM-DD\"T\"HH24:MI'))
                 from appointments a where a.party_id = c.party_id) as starts
         from conversations c join contact_points cp on cp.id = c.contact_point_id",
    )
    .fetch_all(&mut **tx)
    .await
}

async fn read_outbox(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<OutboxRow>, sqlx::Error> {
    sqlx::query_as(
        "select o.id, o.kind, o.status, o.provider_id, m.turn_id,
             (select count(*) from attempts a where a.outbox_id = o.id) as attempts
         from outbox o left join messages m on m.id = o.message_id",
    )
    .fetch_all(&mut **tx)
    .await
}

async fn read_turns(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<TurnRow>, sqlx::Error> {
    sqlx::query_as(
        "select t.id, t.status, t.outcome,
             (select count(*) from tool_calls c where c.turn_id = t.id and c.effect = 'appointment_booked') as bookings,
             (select count(*) from tool_calls c where c.turn_id = t.id and not exists (
                 select from step_keys k where k.turn_id = c.turn_id and k.step_no = c.step_no)) as unjournaled
         from turns t",
    )
    .fetch_all(&mut **tx)
    .await
}
