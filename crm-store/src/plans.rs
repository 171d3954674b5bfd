//! How PostgreSQL runs a query as the app role, on a dealership of real size beside a bigger one.

use sqlx::{AssertSqlSafe, Postgres, Transaction, postgres::PgArguments, query::Query};
use uuid::Uuid;

use crate::testing::TestDatabase;

/// A few thousand rows of two dealerships, analyzed.
pub(crate) struct Lot {
    database: TestDatabase,
    tenant: Uuid,
}

/// What fills a dealership, and which tables hold most of it.
pub(crate) struct Filling {
    /// `$1` is its id, `$2` how many rows it has of what there is most of.
    statements: &'static [&'static str],
    tables: &'static [&'static str],
}

/// Vehicles and bookings.
const STOCK: Filling = Filling {
    tables: &["vehicles", "appointment_slots"],
    statements: &[
        "insert into vehicles
             (dealership_id, id, stock_number, vin, condition, year, make, model, make_key, model_key, currency, status,
              price_minor, mileage, created_at, updated_at)
         select $1, gen_random_uuid(), 'U' || n, lpad(n::text, 17, '0'), 'used', 2010 + n % 16, 'Make' || n % 20,
             'Model' || n % 200, 'make' || n % 20, 'model' || n % 200, 'USD', (array['available', 'pending', 'sold'])[1 + n % 3],
             1000000 + n * 1000, n * 10, now(), now()
         from generate_series(1, $2) as n",
        "insert into appointments
             (dealership_id, id, party_id, kind, status, starts_at, ends_at, department_id, booked_by, created_at, updated_at)
         select $1, gen_random_uuid(), p.id, 'sales', 'scheduled', at, at + interval '15 minutes', d.id, 'import', now(), now()
         from parties p, departments d,
             generate_series(timestamptz '2026-11-01T00:00Z', timestamptz '2026-11-30T00:00Z', interval '15 minutes') as at
         where $2 > 0",
        "insert into appointment_slots (dealership_id, resource_id, unit, quarter_at, appointment_id)
         select $1, department_id, 1, starts_at, id from appointments where $2 > 0",
    ],
};

/// Many conversations at rest, and one long one, all of it sent: the ids of the attempts are of long ago.
pub(crate) const SENT: Filling = Filling {
    tables: &["outbox", "attempts", "attempt_outcomes", "conversations"],
    statements: &[
        "insert into payloads (dealership_id, id, salt, body)
         select $1, $1, decode(repeat('00', 16), 'hex'), '{}' where $2 > 0",
        "with others as (insert into parties (dealership_id, id, created_at)
             select $1, gen_random_uuid(), now() from generate_series(1, $2) returning id)
         insert into conversations (dealership_id, id, kind, party_id, channel, created_at, last_message_at)
         select $1, id, 'customer', id, 'sms', now(), now() from others union all
         select $1, $1, 'customer', $1, 'sms', now(), now()",
        "insert into outbox (dealership_id, id, kind, conversation_id, seq, channel, recipient, payload_id, status, created_at,
             updated_at)
         select $1, gen_random_uuid(), 'reply', $1, n, 'sms', '+13035550123', $1, 'delivered', now(), now()
         from generate_series(1, $2) as n",
        "insert into attempts (dealership_id, id, outbox_id, attempt_no, started_at)
         select $1, (lpad(to_hex(seq), 12, '0') || '00000000000000000000')::uuid, id, 1, now() from outbox where $2 > 0",
        "insert into attempt_outcomes (dealership_id, attempt_id, outcome, occurred_at)
         select $1, id, 'accepted', now() from attempts where $2 > 0",
    ],
};

impl Lot {
    /// Of vehicles and bookings.
    pub async fn create() -> Self {
        Self::filled_with(&STOCK).await
    }

    pub async fn filled_with(filling: &Filling) -> Self {
        let database = TestDatabase::create().await;
        let (tenant, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (tenant, rows) in [(tenant, 3000), (other, 6000)] {
            let mut tx = begin(&database, tenant).await;
            arrange(&mut tx, tenant).await;
            for statement in filling.statements {
                sqlx::query(*statement).bind(tenant).bind(rows).execute(&mut *tx).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        for table in filling.tables {
            sqlx::query(AssertSqlSafe(format!("analyze {table}"))).execute(&database.owner).await.unwrap();
        }
        Self { database, tenant }
    }

    pub const fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// The department that is booked; it has its dealership's id.
    pub const fn department(&self) -> Uuid {
        self.tenant
    }
}

/// A dealership with one party and one department, all under the same id.
async fn arrange(tx: &mut Transaction<'static, Postgres>, tenant: Uuid) {
    for statement in [
        "insert into dealer_groups (id, name, created_at) values ($1, 'Group', now())",
        "insert into dealerships (id, group_id, name, created_at) values ($1, $1, 'Dealership', now())",
        "insert into parties (dealership_id, id, created_at) values ($1, $1, now())",
        "insert into departments (dealership_id, id, kind, name) values ($1, $1, 'sales', 'Sales')",
    ] {
        sqlx::query(statement).bind(tenant).execute(&mut **tx).await.unwrap();
    }
}

async fn begin(database: &TestDatabase, tenant: Uuid) -> Transaction<'static, Postgres> {
    let mut tx = database.app.begin().await.unwrap();
    sqlx::query("select set_config('app.dealership_id', $1, true)")
        .bind(tenant.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx
}

/// The nodes of a query's plan and what they look up by; without costs, and without what is only sorted.
pub(crate) async fn plan<'q>(
    lot: &Lot,
    query: &'static str,
    bind: impl FnOnce(Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments>,
) -> String {
    let mut tx = begin(&lot.database, lot.tenant).await;
    let explained = bind(sqlx::query(AssertSqlSafe(format!("explain (costs off) {query}"))));
    let lines = explained.fetch_all(&mut *tx).await.unwrap();
    let lines: Vec<String> = lines.iter().map(|line| sqlx::Row::get(line, 0)).collect();
    let tells =
        |line: &&String| line.contains("->") || line.contains("Index Cond") || line.contains(" Filter: (status");
    lines.iter().filter(tells).cloned().collect::<Vec<_>>().join("\n")
}
