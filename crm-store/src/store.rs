//! The store and its one kind of transaction on customer data.

use std::sync::Arc;

use forecourt_domain::{clock::Clock, scope::Scope};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};

use crate::{StoreError, keys::Keys, standing::Standings};

/// How long a transaction may do nothing, and how long it may wait for a lock. A process that is frozen
/// inside of one would keep every other one, and the kill switch, waiting until the network noticed.
const IDLE_AT_MOST: &str = "5s";
const LOCK_AT_MOST: &str = "10s";

/// How the lock of a switch is held: beside others who do, or alone.
const SHARED: &str = "pg_advisory_xact_lock_shared";
const ALONE: &str = "pg_advisory_xact_lock";

/// A pool of connections as the app role, the instance's keys and its clock. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: PgPool,
    pub(crate) keys: Arc<Keys>,
    pub(crate) clock: Arc<dyn Clock>,
    standings: Arc<Standings>,
}

impl Store {
    /// A store over a pool that logs in as the app role (see [`connect`](crate::connect)).
    #[must_use]
    pub fn new(pool: PgPool, keys: Keys, clock: Arc<dyn Clock>) -> Self {
        Self { pool, keys: Arc::new(keys), clock, standings: Arc::default() }
    }

    /// The current instant of this instance's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock of this instance.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The keys of this instance.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Closes every connection, so that the database may be stopped.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    fn scoped(&self, tx: Transaction<'static, Postgres>, scope: Scope) -> CrmTx {
        let (keys, standings) = (Arc::clone(&self.keys), Arc::clone(&self.standings));
        CrmTx { tx, scope, now: self.clock.now(), keys, standings }
    }

    /// Begins a transaction inside one dealership. Row-level security sees only that dealership
    /// until the transaction ends. One round trip.
    pub async fn begin(&self, scope: Scope) -> Result<CrmTx, StoreError> {
        let statement = begin_inside(scope);
        let tx = self.pool.begin_with(AssertSqlSafe(statement)).await?;
        Ok(self.scoped(tx, scope))
    }

    /// Begins a transaction that may put words on their way: as [`begin`](Self::begin), and holding
    /// the switches of group and dealership until it ends, so that it either commits before a switch
    /// is thrown or reads it. Each statement sees what was committed before it, so the switches must
    /// be read by a later statement. One round trip.
    pub async fn begin_before_cut(&self, scope: Scope) -> Result<CrmTx, StoreError> {
        self.begin_with_switches(scope, [SHARED, SHARED]).await
    }

    /// Begins the transaction that throws a switch of this dealership: it waits for every transaction of
    /// the dealership begun by [`begin_before_cut`](Self::begin_before_cut) and keeps later ones waiting
    /// until it ends. Other dealerships of the group go on.
    pub async fn begin_cut(&self, scope: Scope) -> Result<CrmTx, StoreError> {
        self.begin_with_switches(scope, [SHARED, ALONE]).await
    }

    /// As [`begin_cut`](Self::begin_cut), for the switch of the whole group.
    pub(crate) async fn begin_cut_of_group(&self, scope: Scope) -> Result<CrmTx, StoreError> {
        self.begin_with_switches(scope, [ALONE, ALONE]).await
    }

    /// Locks the group's switch first, as everybody does, then the dealership's.
    async fn begin_with_switches(&self, scope: Scope, [group, dealership]: [&str; 2]) -> Result<CrmTx, StoreError> {
        let id = scope.dealership_id();
        let begin = begin_inside(scope);
        let statement = format!(
            "{begin}; \
             select {group}(1, hashtext(group_id::text)), {dealership}(2, hashtext(id::text)) from dealerships where id = '{id}'"
        );
        let tx = self.pool.begin_with(AssertSqlSafe(statement)).await?;
        Ok(self.scoped(tx, scope))
    }
}

/// The statements that begin a transaction inside one dealership, with its limits of time.
fn begin_inside(scope: Scope) -> String {
    // A uuid's text holds hex digits and dashes only, so it cannot leave its quotes.
    format!(
        "begin; select set_config('app.dealership_id', '{}', true), \
         set_config('idle_in_transaction_session_timeout', '{IDLE_AT_MOST}', true), \
         set_config('lock_timeout', '{LOCK_AT_MOST}', true)",
        scope.dealership_id()
    )
}

/// A transaction inside one dealership: the only way to customer data.
pub struct CrmTx {
    tx: Transaction<'static, Postgres>,
    scope: Scope,
    now: Timestamp,
    pub(crate) keys: Arc<Keys>,
    pub(crate) standings: Arc<Standings>,
}

impl CrmTx {
    /// The dealership this transaction sees.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// The dealership's id, as SQL binds it.
    pub(crate) const fn tenant(&self) -> uuid::Uuid {
        self.scope.dealership_id().0
    }

    /// The instant at which this transaction began; every row it writes carries it.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Goes on inside another dealership: from here on row-level security sees only that one. For what
    /// concerns a whole group and must be one transaction, by somebody who may act in each of its dealerships.
    pub(crate) async fn enter(&mut self, scope: Scope) -> Result<(), StoreError> {
        if scope.dealership_id() == self.scope.dealership_id() {
            return Ok(());
        }
        // Whoever really acts does so in every dealership.
        let scope = self.scope.acted_by().map_or(scope, |person| scope.entered_by(person));
        sqlx::query("select set_config('app.dealership_id', $1, true)")
            .bind(scope.dealership_id().to_string())
            .execute(self.connection())
            .await?;
        self.scope = scope;
        Ok(())
    }

    /// Makes everything this transaction did durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }

    /// Undoes everything this transaction did. Dropping it does the same, later.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }
}
