//! A dealership, one customer's phone, and questions about what came of it.

use std::sync::Arc;

use forecourt_agent::{Approval, ApprovalError, ChatModel, Decider, ItemEdit, TurnLimits, Walls, pricing::Pricing};
use forecourt_crm_store::{
    CrmTx,
    conversations::{AiSwitch, HandsBack, SwitchOrder, SwitchScope, SwitchThrown},
    proposals::Proposal,
    system::queues::Claimed,
    testing::TestDatabase,
    vehicle_import::VehicleRecord,
};
use forecourt_domain::{
    clock::{Clock, ManualClock},
    contact::E164,
    conversation::ProposalStatus,
    ids::{ConversationId, OutboxId},
    staff::Role,
};
use forecourt_evals::{
    arrange::{Dealership, Plan, vehicles},
    customer_phone::{Carrier, Text, customer_number},
    doubles::live_model::LiveModel,
    stage::{Stage, StageParts},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Friday, November 20, 2026, 14:05 in Denver.
const NOW: &str = "2026-11-20T21:05:00Z";

/// Replies wait for a manager.
pub const REPLIES_NEED_APPROVAL: &str = "
    insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
    select id, 'conversation_reply', 'sms', 'approve', now() from dealerships
    where id = nullif(current_setting('app.dealership_id', true), '')::uuid";
/// Appointments wait for a manager.
pub const APPOINTMENTS_NEED_APPROVAL: &str = "
    insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
    select id, 'appointment', 'sms', 'approve', now() from dealerships
    where id = nullif(current_setting('app.dealership_id', true), '')::uuid";
/// Replies are only suggested.
pub const REPLIES_ARE_SUGGESTED: &str = "
    insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
    select id, 'conversation_reply', 'sms', 'suggest', now() from dealerships
    where id = nullif(current_setting('app.dealership_id', true), '')::uuid";
/// Customers are told at least this, once in a while.
pub const ACKNOWLEDGES: &str =
    "update dealership_profiles set acknowledgement = 'Thanks for your text! A person will get back to you.'";

/// Cheap to clone, so that a model can act on it while it thinks. The test itself keeps the database.
#[derive(Clone)]
pub struct World {
    pub stage: Arc<Stage>,
    pub clock: Arc<ManualClock>,
    pub dealership: Dealership,
    pub carrier: Carrier,
    pub customer: E164,
    pool: sqlx::PgPool,
}

impl World {
    /// A world whose model follows a script.
    pub async fn open() -> (TestDatabase, Arc<LiveModel>, Self) {
        let model = Arc::new(LiveModel::default());
        let (database, world) = Self::open_with(Arc::clone(&model) as Arc<dyn ChatModel>).await;
        (database, model, world)
    }

    /// A world with any model.
    pub async fn open_with(model: Arc<dyn ChatModel>) -> (TestDatabase, Self) {
        Self::open_within(model, TurnLimits::default()).await
    }

    /// A world with any model, whose turns may go so far.
    pub async fn open_within(model: Arc<dyn ChatModel>, limits: TurnLimits) -> (TestDatabase, Self) {
        Self::open_priced(model, limits, Pricing::Free).await
    }

    /// A world whose model has a price.
    pub async fn open_priced(model: Arc<dyn ChatModel>, limits: TurnLimits, pricing: Pricing) -> (TestDatabase, Self) {
        let database = TestDatabase::create().await;
        let clock = Arc::new(ManualClock::at(NOW.parse().unwrap()));
        let pool = database.app.clone();
        let parts = StageParts {
            pool: pool.clone(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            model,
            limits,
            walls: Walls::built_in().unwrap(),
        };
        let stage = Stage::open_priced(parts, pricing).await.unwrap();
        let plan = Plan::new("Northgate Motors", "+13035550100").unwrap();
        let dealership = stage.add_dealership(&plan).await.unwrap();
        let carrier = stage.carrier(&dealership).unwrap();
        (database, Self { stage: Arc::new(stage), clock, dealership, carrier, customer: customer_number(1), pool })
    }

    /// A second process on the same database, with a provider of its own.
    pub async fn another_process(&self, model: Arc<dyn ChatModel>) -> Stage {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let parts = StageParts {
            pool: self.pool.clone(),
            clock,
            model,
            limits: TurnLimits::default(),
            walls: Walls::built_in().unwrap(),
        };
        Stage::open(parts).await.unwrap()
    }

    /// The same world with another customer's phone.
    pub fn as_customer(&self, number: u32) -> Self {
        Self { customer: customer_number(number), ..self.clone() }
    }

    /// The customer texts.
    pub async fn text(&self, body: &str) {
        let status = self.carrier.deliver(&Text::new(&self.customer, body)).await.unwrap();
        assert_eq!(status, 200, "{body}");
    }

    /// Runs what is due: turns, then sends.
    pub async fn work(&self) {
        self.stage.work().await.unwrap();
    }

    /// The customer texts and everything due is done.
    pub async fn say(&self, body: &str) {
        self.text(body).await;
        self.work().await;
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// The texts the customer has received, oldest first.
    pub fn received(&self) -> Vec<String> {
        let to_customer = self.stage.twilio.taken().into_iter().filter(|taken| taken.to == self.customer.as_str());
        to_customer.map(|taken| taken.body).collect()
    }

    pub async fn begin(&self) -> CrmTx {
        self.stage.store.begin(self.dealership.scope).await.unwrap()
    }

    pub async fn conversation(&self) -> ConversationId {
        self.begin().await.find_conversation_by_phone(self.customer.as_str()).await.unwrap().expect("a conversation")
    }

    /// Somebody of the staff takes the conversation over.
    pub async fn take_over(&self) {
        let mut tx = self.begin().await;
        let conversation = self.conversation().await;
        tx.take_over(conversation, self.dealership.salesperson).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A process claims what waits to leave, commits its attempt and dies.
    pub async fn attempt_and_die(&self) -> Claimed<OutboxId> {
        let store = &self.stage.store;
        let claim = store.claim_outbox(1, SignedDuration::from_secs(30)).await.unwrap()[0];
        let mut tx = store.begin_before_cut(claim.scope).await.unwrap();
        let (row, _) = tx.lock_send(claim.id).await.unwrap().unwrap();
        tx.insert_attempt(&row, tx.now() + SignedDuration::from_secs(30)).await.unwrap();
        tx.commit().await.unwrap();
        claim
    }

    /// Somebody of the staff gives the conversation back to the assistant.
    pub async fn hand_back(&self) {
        let conversation = self.conversation().await;
        let mut tx = self.begin().await;
        tx.hand_back(conversation, HandsBack::User(self.dealership.salesperson)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Pauses or resumes the assistant.
    pub async fn switch(&self, position: AiSwitch) {
        self.throw(SwitchScope::Dealership, position).await;
    }

    /// Throws a switch at any height.
    pub async fn throw(&self, scope: SwitchScope, to: AiSwitch) -> SwitchThrown {
        let mut tx = self.stage.store.begin_to_throw(self.dealership.scope, scope).await.unwrap();
        let by = if scope == SwitchScope::Group { self.dealership.admin } else { self.dealership.manager };
        let order = SwitchOrder { scope, to, by, reason: Some("a test") };
        let thrown = tx.throw_switch(&order).await.unwrap();
        tx.commit().await.unwrap();
        thrown
    }

    /// The proposals that wait for a manager.
    pub async fn pending(&self) -> Vec<Proposal> {
        self.begin().await.load_proposals(ProposalStatus::Pending, 10).await.unwrap()
    }

    /// The one proposal that waits.
    pub async fn the_pending(&self) -> Proposal {
        let [proposal] = self.pending().await.try_into().unwrap_or_else(|found: Vec<Proposal>| panic!("{found:?}"));
        proposal
    }

    /// The manager.
    pub fn decider(&self) -> Decider {
        Decider { user_id: self.dealership.manager, role: Role::SalesManager }
    }

    /// The manager approves what they were shown.
    pub async fn approve(&self, proposal: &Proposal) -> Result<Approval, ApprovalError> {
        self.approve_edited(proposal, &[]).await
    }

    /// The manager approves what they made of what they were shown.
    pub async fn approve_edited(&self, proposal: &Proposal, edits: &[ItemEdit]) -> Result<Approval, ApprovalError> {
        let agent = &self.stage.agent;
        agent.approve(self.dealership.scope, proposal.id, self.decider(), &proposal.digest, edits).await
    }

    /// The manager rejects what they were shown.
    pub async fn reject(&self, proposal: &Proposal, reason: &str) -> Result<Approval, ApprovalError> {
        let agent = &self.stage.agent;
        agent.reject(self.dealership.scope, proposal.id, self.decider(), &proposal.digest, reason).await
    }

    /// The proposal as it is now.
    pub async fn find(&self, proposal: &Proposal) -> Proposal {
        self.begin().await.find_proposal(proposal.id).await.unwrap().unwrap()
    }

    /// Changes a vehicle on the lot.
    pub async fn change_vehicle(&self, stock_number: &str, change: impl FnOnce(&mut VehicleRecord)) {
        let mut vehicle = vehicles().unwrap().into_iter().find(|found| found.stock_number == stock_number).unwrap();
        change(&mut vehicle);
        let mut tx = self.begin().await;
        tx.upsert_vehicle(&vehicle).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The first column of a query inside the dealership, as text.
    pub async fn texts(&self, query: &'static str) -> Vec<String> {
        let mut tx = self.pool.begin().await.unwrap();
        scope_to(&mut tx, &self.dealership).await;
        sqlx::query_scalar::<_, Option<String>>(query)
            .fetch_all(&mut *tx)
            .await
            .unwrap()
            .into_iter()
            .map(|text| text.unwrap_or_else(|| "null".to_owned()))
            .collect()
    }

    /// Changes something inside the dealership that no method of the store changes yet.
    pub async fn execute(&self, statement: &'static str) {
        let mut tx = self.pool.begin().await.unwrap();
        scope_to(&mut tx, &self.dealership).await;
        sqlx::query(statement).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Resolves when a transaction of this database waits for another one.
    pub async fn until_somebody_waits_for_a_lock(&self) {
        let waits = "select exists (select from pg_locks where not granted and pid in (
            select pid from pg_stat_activity where datname = current_database()))";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&self.pool).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// `kind status` of what was to leave, oldest first.
    pub async fn outbox(&self) -> Vec<String> {
        self.texts("select kind || ' ' || status from outbox order by id").await
    }

    /// `status outcome` of every turn, oldest first.
    pub async fn turns(&self) -> Vec<String> {
        self.texts("select status || ' ' || coalesce(outcome, '-') from turns order by id").await
    }

    /// The words that were kept for a human, oldest first.
    pub async fn drafts(&self) -> Vec<String> {
        self.texts(
            "select p.body ->> 'text' from drafts d join payloads p on p.dealership_id = d.dealership_id and p.id = d.payload_id
             order by d.id",
        )
        .await
    }

    /// Local starts of the appointments that stand.
    pub async fn appointments(&self) -> Vec<String> {
        self.texts(
            "select to_char(starts_at at time zone 'America/Denver', 'YYYY-MM-DD\"T\"HH24:MI') from appointments
             where status = 'scheduled' order by starts_at",
        )
        .await
    }

    /// The categories of the handoffs that are open.
    pub async fn handoffs(&self) -> Vec<String> {
        self.texts("select category from handoffs where status = 'open' order by id").await
    }
}

async fn scope_to(tx: &mut sqlx::PgConnection, dealership: &Dealership) {
    sqlx::query("select set_config('app.dealership_id', $1, true)")
        .bind(dealership.scope.dealership_id().to_string())
        .execute(tx)
        .await
        .unwrap();
}

/// Arguments of a search for used Mazdas.
pub fn mazdas() -> Value {
    json!({
        "query": null, "condition": "used", "make": "Mazda", "model": "CX-5", "body": null, "drivetrain": null, "fuel": null,
        "transmission": null, "color": null, "features": [], "year_min": null, "year_max": null, "price_min": null,
        "price_max": null, "mileage_max": null, "sort": null, "limit": 3
    })
}

/// Arguments of a visit to sales.
pub fn visit(starts_at: &str) -> Value {
    json!({ "kind": "sales", "starts_at": starts_at, "stock_number": null, "note": null })
}

/// Arguments that name one vehicle.
pub fn vehicle(stock_number: &str) -> Value {
    json!({ "stock_number": stock_number })
}
