//! What the statements of the floor share: its pool and clock, bodies as large as real ones, messages.

use std::{ops::Range, sync::Arc};

use anyhow::Context;
use forecourt_domain::{clock::Clock, ids::generate};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// A transaction of the floor.
pub(super) type Tx = Transaction<'static, Postgres>;

/// What a real turn wrote, so that the floor's rows are as large.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The bodies of a turn in the order they were stored: the text, then [`EFFECT`], then [`END`].
    pub bodies: Vec<Value>,
    pub sources: Value,
    pub prompt_hash: String,
    pub policy_version: String,
}

/// With the booking: two answers, two calls' arguments, two outputs.
pub(super) const EFFECT: Range<usize> = 1..7;
/// With the end: the reply, the facts of four records, the last answer.
pub(super) const END: Range<usize> = 7..13;

impl Sample {
    /// Reads what the latest finished turn of the product wrote.
    ///
    /// # Errors
    /// When there is none, or it wrote something else than the floor knows.
    pub async fn of_latest_turn(watcher: &PgPool) -> anyhow::Result<Self> {
        let (party, prompt_hash, policy_version, sources): (Uuid, String, String, Value) = sqlx::query_as(
            "select c.party_id, t.prompt_hash, t.policy_version, o.sources
             from turns t join conversations c on c.id = t.conversation_id join outbox o on o.conversation_id = c.id
             where t.status = 'completed' order by t.id desc limit 1",
        )
        .fetch_one(watcher)
        .await
        .context("no turn of the product to take after")?;
        let bodies: Vec<Value> = sqlx::query_scalar("select body from payloads where party_id = $1 order by id")
            .bind(party)
            .fetch_all(watcher)
            .await?;
        anyhow::ensure!(
            bodies.len() == END.end,
            "a turn of the product stores {} bodies and the floor {}: make evals/src/bench/floor follow it",
            bodies.len(),
            END.end
        );
        Ok(Self { bodies, sources, prompt_hash, policy_version })
    }
}

/// The floor's hands: everything it does to the database.
pub(super) struct Statements {
    pub pool: PgPool,
    pub clock: Arc<dyn Clock>,
    pub sample: Sample,
}

impl Statements {
    /// Begins a transaction inside one dealership, in one round trip.
    pub async fn begin(&self, dealership: Uuid) -> anyhow::Result<(Tx, Timestamp)> {
        let statement = format!("begin; select set_config('app.dealership_id', '{dealership}', true)");
        Ok((self.pool.begin_with(AssertSqlSafe(statement)).await?, self.clock.now()))
    }

    /// Stores bodies in one statement and gives back their ids.
    pub async fn insert_bodies(
        &self,
        tx: &mut Tx,
        (dealership, party): (Uuid, Uuid),
        now: Timestamp,
        bodies: &[Value],
    ) -> anyhow::Result<Vec<Uuid>> {
        let ids: Vec<Uuid> = bodies.iter().map(|_| generate(now)).collect();
        let salts: Vec<[u8; 16]> = bodies.iter().map(|_| rand::random()).collect();
        let salts: Vec<&[u8]> = salts.iter().map(|salt| &salt[..]).collect();
        sqlx::query(
            "insert into payloads (dealership_id, id, party_id, salt, body)
             select $1, id, $2, salt, body from unnest($3::uuid[], $4::bytea[], $5::jsonb[]) as new (id, salt, body)",
        )
        .bind(dealership)
        .bind(party)
        .bind(&ids)
        .bind(&salts)
        .bind(bodies)
        .execute(&mut **tx)
        .await?;
        Ok(ids)
    }
}

/// Whose words a message holds.
#[derive(Clone, Copy)]
pub(super) enum Said {
    ByCustomer,
    ByAssistant { turn: Uuid },
}

/// A message about to be stored.
#[derive(Clone, Copy)]
pub(super) struct NewMessage {
    pub dealership: Uuid,
    pub id: Uuid,
    pub conversation: Uuid,
    pub point: Uuid,
    pub payload: Uuid,
    pub said: Said,
}

impl NewMessage {
    pub async fn insert(self, tx: &mut Tx, now: Timestamp) -> anyhow::Result<()> {
        let (direction, author, inbound_no, turn) = match self.said {
            Said::ByCustomer => ("inbound", "customer", Some(1_i64), None),
            Said::ByAssistant { turn } => ("outbound", "assistant", None, Some(turn)),
        };
        sqlx::query(
            "insert into messages (dealership_id, id, conversation_id, direction, author, channel, contact_point_id,
                 assurance, payload_id, inbound_no, turn_id, created_at)
             values ($1, $2, $3, $4, $5, 'sms', $6, 'carrier', $7, $8, $9, $10)",
        )
        .bind(self.dealership)
        .bind(self.id)
        .bind(self.conversation)
        .bind(direction)
        .bind(author)
        .bind(self.point)
        .bind(self.payload)
        .bind(inbound_no)
        .bind(turn)
        .bind(now.to_sqlx())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
