//! The demo dealership: its files, and how they become one dealership with a past, in one transaction.
//!
//! A crash in the middle leaves nothing behind, so the next start begins anew; what makes vehicles and
//! answers findable comes after the commit and is completed at every start.

mod dealership;
mod files;
mod history;
mod inventory;
mod passwords;
mod people;
mod schedule;
mod tokens;

use std::{collections::HashMap, path::Path, sync::Arc};

use anyhow::{Context, bail};
use forecourt_crm_store::{
    CrmTx, Store,
    imports::ImportedParty,
    opening_hours::Calendar,
    system::{directory::DealershipEntry, founding::FoundedIn, instance::InstanceKind},
};
use forecourt_domain::{
    hours::Zone,
    ids::{DepartmentId, IntegrationId, UserId, VehicleId},
    scope::Scope,
    staff::Role,
};
use forecourt_tools::{
    Embedder,
    indexing::{index_knowledge, index_vehicles},
};
use jiff::{Timestamp, civil::Date};

use crate::number::TwilioKeys;
use files::Files;
pub use passwords::FirstPassword;
pub use tokens::{RoleToken, TOKEN_FILE};

/// What a load came to.
#[derive(Debug)]
pub enum Loaded {
    /// The dealership was there already.
    Before,
    Now {
        dealership: DealershipEntry,
        /// One per role, in the order of the staff's list. Their texts are in the token file too.
        tokens: Vec<RoleToken>,
        /// One per member of staff, in the order of their list. They are kept nowhere else.
        passwords: Vec<FirstPassword>,
    },
}

/// Loads the demo dealership once in an instance, and makes its stock and answers findable.
///
/// The tokens are written to [`TOKEN_FILE`] in `folder` before the transaction commits: a demo that
/// counts as loaded always has its tokens. `progress` hears what takes time.
pub async fn load(
    store: &Store,
    embedder: &dyn Embedder,
    twilio: Option<&TwilioKeys>,
    folder: &Path,
    progress: &mut (dyn FnMut(&str) + Send),
) -> anyhow::Result<Loaded> {
    if store.find_instance_kind().await? != Some(InstanceKind::Demo) {
        bail!("this database holds a dealership of its own; choose another folder for the demo with FORECOURT_DATA");
    }
    let loaded = if store.is_demo_loaded().await? {
        Loaded::Before
    } else {
        progress("Loading the demo dealership");
        load_once(store, twilio, folder).await?
    };
    for dealership in store.load_dealerships().await? {
        let scope = Scope::of(dealership.id);
        index_vehicles(store, scope, embedder).await.context("indexing the vehicles")?;
        index_knowledge(store, scope, embedder).await.context("indexing the answers")?;
    }
    Ok(loaded)
}

async fn load_once(store: &Store, twilio: Option<&TwilioKeys>, folder: &Path) -> anyhow::Result<Loaded> {
    let files = Files::read()?;
    // No transaction waits for hashes, which are slow on purpose.
    let passwords = passwords::make(&files).await?;
    let (dealership, mut tx) =
        store.begin_founding(FoundedIn::NewGroup(&files.dealership.group), &files.dealership.name).await?;
    if !tx.claim_demo().await? {
        tx.rollback().await?;
        return Ok(Loaded::Before);
    }
    let mut loading = Loading::begin(tx, &files)?;
    loading.dealership(&files).await.context("the dealership")?;
    loading.number(&files, twilio).await.context("the number")?;
    loading.inventory(&files).await.context("the vehicles")?;
    loading.customers(&files).await.context("the customers")?;
    loading.leads(&files).await.context("the leads")?;
    loading.appointments(&files).await.context("the appointments")?;
    loading.tasks(&files).await.context("the tasks")?;
    loading.history(&files).await.context("the conversations")?;
    loading.passwords(&passwords).await?;
    let tokens = loading.tokens().await?;
    tokens::write(folder, &dealership.name, &tokens)?;
    loading.tx.commit().await?;
    Ok(Loaded::Now { dealership, tokens, passwords: passwords::shown(passwords) })
}

/// A load on its way: the transaction, and what the keys of the files have become.
struct Loading {
    tx: CrmTx,
    zone: Zone,
    now: Timestamp,
    /// The day of loading, from which the files count.
    today: Date,
    calendar: Arc<Calendar>,
    integration_id: Option<IntegrationId>,
    staff: HashMap<String, UserId>,
    /// The first user of each role, in the order of the staff's list.
    roles: Vec<(Role, UserId, String)>,
    customers: HashMap<String, ImportedParty>,
    vehicles: HashMap<String, VehicleId>,
}

impl Loading {
    fn begin(tx: CrmTx, files: &Files) -> anyhow::Result<Self> {
        let zone: Zone = files.dealership.zone.parse()?;
        let now = tx.now();
        let today = zone.local(now).date();
        Ok(Self {
            tx,
            zone,
            now,
            today,
            calendar: Arc::default(),
            integration_id: None,
            staff: HashMap::new(),
            roles: Vec::new(),
            customers: HashMap::new(),
            vehicles: HashMap::new(),
        })
    }

    fn user(&self, key: &str) -> anyhow::Result<UserId> {
        self.staff.get(key).copied().with_context(|| format!("there is no member of staff {key:?}"))
    }

    fn user_opt(&self, key: Option<&String>) -> anyhow::Result<Option<UserId>> {
        key.map(|key| self.user(key)).transpose()
    }

    fn customer(&self, key: &str) -> anyhow::Result<ImportedParty> {
        self.customers.get(key).cloned().with_context(|| format!("there is no customer {key:?}"))
    }

    fn vehicle_opt(&self, stock_number: Option<&String>) -> anyhow::Result<Option<VehicleId>> {
        let find = |stock: &String| {
            self.vehicles.get(stock).copied().with_context(|| format!("there is no vehicle {stock:?}"))
        };
        stock_number.map(find).transpose()
    }

    fn sales(&self) -> anyhow::Result<DepartmentId> {
        use forecourt_domain::staff::DepartmentKind::{Main, Sales};
        Ok(self.calendar.department(&[Sales, Main]).context("there is no sales department")?.department.id)
    }
}
