//! What is kept in memory of a dealership is never older than its rows.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, Store,
    dealership::DealershipSettings,
    keys::Keys,
    opening_hours::{Calendar, Holiday, NewDepartment},
    staff::NewAssignment,
    system::{founding::FoundedIn, instance::InstanceKind},
    testing::TestDatabase,
};
use forecourt_domain::{
    action::{Channel, Workflow},
    autonomy::AutonomyLevel,
    clock::ManualClock,
    money::Currency,
    scope::Scope,
    staff::{DepartmentKind, Role},
};
use secrecy::SecretString;

struct Arranged {
    database: TestDatabase,
    /// Two processes on one database.
    stores: [Store; 2],
    scope: Scope,
}

async fn arranged() -> Arranged {
    let database = TestDatabase::create().await;
    let store = || {
        let keys = Keys::derive(&SecretString::from("k".repeat(32))).unwrap();
        let clock = ManualClock::at("2026-11-20T17:00:00Z".parse().unwrap());
        Store::new(database.app.clone(), keys, Arc::new(clock))
    };
    let stores = [store(), store()];
    stores[0].declare_instance(InstanceKind::Test).await.unwrap();
    let (entry, mut tx) = stores[0].begin_founding(FoundedIn::NewGroup("Group"), "Dealership").await.unwrap();
    let settings = DealershipSettings::new("America/Denver".parse().unwrap(), Currency::Usd, "US");
    tx.insert_profile(&settings).await.unwrap();
    tx.insert_department(&NewDepartment::new(DepartmentKind::Sales, "Sales", None)).await.unwrap();
    tx.commit().await.unwrap();
    Arranged { database, stores, scope: Scope::of(entry.id) }
}

impl Arranged {
    async fn begin(&self, process: usize) -> CrmTx {
        self.stores[process].begin(self.scope).await.unwrap()
    }

    async fn calendar(&self, process: usize) -> Arc<Calendar> {
        self.begin(process).await.load_calendar().await.unwrap()
    }

    /// Another process stores and activates policies of the dealership's own.
    async fn put_policies_in_force(&self) {
        let user_id =
            self.stores[1].find_or_insert_user(&"ada@test.example".parse().unwrap(), "Ada", "Test").await.unwrap();
        let mut tx = self.stores[1].begin_cut(self.scope).await.unwrap();
        let admin =
            NewAssignment { user_id, role: Role::Admin, department_id: None, alert_phone: None, alert_email: None };
        tx.insert_assignment(&admin).await.unwrap();
        let stored = tx.insert_policy_version(user_id, "// none", None).await.unwrap();
        tx.activate_policies(user_id, Some(&stored.policies)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Changes a row as another program would.
    async fn change(&self, statement: &'static str) {
        let mut connection = self.database.owner.acquire().await.unwrap();
        let id = self.scope.dealership_id().to_string();
        sqlx::query("select set_config('app.dealership_id', $1, false)")
            .bind(&id)
            .execute(&mut *connection)
            .await
            .unwrap();
        sqlx::query(statement).execute(&mut *connection).await.unwrap();
    }
}

fn christmas() -> Holiday {
    Holiday { day: "2026-12-25".parse().unwrap(), name: "Christmas".to_owned(), span: None }
}

#[tokio::test]
async fn a_calendar_that_did_not_change_is_read_once() {
    let arranged = arranged().await;
    let first = arranged.calendar(0).await;
    assert!(Arc::ptr_eq(&first, &arranged.calendar(0).await));
}

#[tokio::test]
async fn a_change_that_is_committed_is_seen_by_every_process_at_once() {
    let arranged = arranged().await;
    for process in [0, 1] {
        assert_eq!(arranged.calendar(process).await.holidays, []);
    }
    let mut tx = arranged.begin(0).await;
    tx.insert_holiday(&christmas()).await.unwrap();
    assert_eq!(arranged.calendar(1).await.holidays, [], "not before the commit");
    tx.commit().await.unwrap();
    for process in [0, 1] {
        assert_eq!(arranged.calendar(process).await.holidays, [christmas()]);
    }
}

#[tokio::test]
async fn a_change_that_was_rolled_back_leaves_nothing_in_memory() {
    let arranged = arranged().await;
    let mut tx = arranged.begin(0).await;
    tx.insert_holiday(&christmas()).await.unwrap();
    assert_eq!(tx.load_calendar().await.unwrap().holidays, [christmas()], "it sees what it changed itself");
    tx.rollback().await.unwrap();
    assert_eq!(arranged.calendar(0).await.holidays, []);
    // The next change must not get the version of the one that never was.
    let mut tx = arranged.begin(1).await;
    tx.insert_holiday(&Holiday { name: "Closed".to_owned(), ..christmas() }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(arranged.calendar(0).await.holidays[0].name, "Closed");
}

#[tokio::test]
async fn every_table_that_is_kept_renews_the_version() {
    let arranged = arranged().await;
    let changes = [
        "update dealership_profiles set zone = 'America/Boise'",
        "update departments set name = 'Showroom'",
        "insert into opening_hours (dealership_id, department_id, id, weekday, opens_minute, closes_minute)
         select dealership_id, id, gen_random_uuid(), 1, 540, 600 from departments",
        "delete from opening_hours",
        "insert into holidays (dealership_id, day, name) select dealership_id, '2026-12-25', 'Christmas' from departments",
        "insert into autonomy_settings (dealership_id, workflow, channel, level, changed_at)
         select dealership_id, 'appointment', 'sms', 'off', now() from departments",
    ];
    for change in changes {
        let before = arranged.calendar(0).await;
        arranged.change(change).await;
        assert!(!Arc::ptr_eq(&before, &arranged.calendar(0).await), "{change}");
    }
    arranged.put_policies_in_force().await;
    let mut tx = arranged.begin(0).await;
    let profile = tx.load_profile().await.unwrap();
    let standing = tx.load_standing(&profile).await.unwrap();
    assert_eq!(standing.levels.level(Workflow::Appointment, Channel::Sms), AutonomyLevel::Off);
    assert_eq!(standing.policies.as_ref().map(|own| own.number), Some(1));
    assert_eq!(standing.calendar.departments[0].hours.zone.to_string(), "America/Boise");
}
