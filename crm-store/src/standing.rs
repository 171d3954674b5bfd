//! What every turn reads and hardly anybody changes, kept in memory under its version.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use forecourt_domain::{
    hours::Zone,
    ids::{DealershipId, PolicyVersionId},
};

use crate::{
    CrmTx, StoreError, dealership::DealershipProfile, opening_hours::Calendar, outbox::HoldSettings,
    own_policies::OwnPolicies, rows::parse, turns::AutonomyLevels,
};

/// A dealership's departments, hours and holidays, how far its assistant may go, how long its replies wait,
/// and its own policies.
#[derive(Debug)]
pub struct Standing {
    pub calendar: Arc<Calendar>,
    pub levels: AutonomyLevels,
    pub holds: HoldSettings,
    /// The dealership's own policies in force; none where only the built-in ones are.
    pub policies: Option<Arc<OwnPolicies>>,
}

impl Standing {
    /// What a turn compares at its end: under which policies of its dealership it decided.
    #[must_use]
    pub fn policy_version(&self) -> Option<PolicyVersionId> {
        self.policies.as_ref().map(|own| own.id)
    }
}

/// The latest standing of each dealership that this process has met.
#[derive(Default)]
pub(crate) struct Standings(Mutex<HashMap<DealershipId, (i64, Arc<Standing>)>>);

impl Standings {
    fn find(&self, id: DealershipId, version: i64) -> Option<Arc<Standing>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|(of, _)| *of == version).map(|(_, standing)| Arc::clone(standing))
    }

    fn keep(&self, id: DealershipId, version: i64, standing: &Arc<Standing>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (version, Arc::clone(standing)));
    }
}

impl CrmTx {
    /// The standing that belongs to a profile read in this transaction.
    ///
    /// The version is read before what it stands for. So what is kept under it can be newer than it, and
    /// is then read again, but never older.
    pub async fn load_standing(&mut self, profile: &DealershipProfile) -> Result<Arc<Standing>, StoreError> {
        self.standing_of(profile.standing_version, &profile.settings.zone).await
    }

    /// Every department with its hours, and the holidays.
    pub async fn load_calendar(&mut self) -> Result<Arc<Calendar>, StoreError> {
        Ok(Arc::clone(&self.load_standing_of_now().await?.calendar))
    }

    /// The standing as it is committed at this moment.
    pub(crate) async fn load_standing_of_now(&mut self) -> Result<Arc<Standing>, StoreError> {
        let tenant = self.tenant();
        let (version, zone): (i64, String) =
            sqlx::query_as("select standing_version, zone from dealership_profiles where dealership_id = $1")
                .bind(tenant)
                .fetch_optional(self.connection())
                .await?
                .ok_or(StoreError::NotFound("the dealership's profile"))?;
        self.standing_of(version, &parse(&zone)?).await
    }

    async fn standing_of(&mut self, version: i64, zone: &Zone) -> Result<Arc<Standing>, StoreError> {
        let id = self.scope().dealership_id();
        if let Some(kept) = self.standings.find(id, version) {
            return Ok(kept);
        }
        let calendar = Arc::new(self.read_calendar(zone).await?);
        let (levels, holds) = (self.read_autonomy_levels().await?, self.read_hold_settings().await?);
        let policies = self.find_active_policies().await?.map(Arc::new);
        let standing = Arc::new(Standing { calendar, levels, holds, policies });
        self.standings.keep(id, version, &standing);
        Ok(standing)
    }
}
