//! What the demo promises: it is whole or not there, it is loaded once, and it is findable.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{path::Path, sync::Arc, time::Duration};

use forecourt_crm_store::{
    Store, keys::Keys, system::instance::InstanceKind, testing::TestDatabase, vehicle_search::VehicleFilter,
};
use forecourt_domain::{clock::ManualClock, lead::LeadStatus, scope::Scope, staff::Role, vin::Vin};
use forecourt_server::{
    demo::{self, Loaded, RoleToken, TOKEN_FILE},
    identity::Passwords,
};
use forecourt_tools::HashedNgrams;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

struct Arranged {
    database: TestDatabase,
    store: Store,
    folder: TempDir,
}

/// A Wednesday before Thanksgiving, so that tomorrow is a holiday.
const WEDNESDAY: &str = "2026-11-25T19:00:00Z";

async fn arranged(now: &str) -> Arranged {
    let database = TestDatabase::create().await;
    let keys = Keys::derive(&SecretString::from("k".repeat(32))).unwrap();
    let store = Store::new(database.app.clone(), keys, Arc::new(ManualClock::at(now.parse().unwrap())));
    store.declare_instance(InstanceKind::Demo).await.unwrap();
    Arranged { database, store, folder: tempfile::tempdir().unwrap() }
}

impl Arranged {
    async fn load(&self) -> anyhow::Result<Loaded> {
        self.load_into(self.folder.path()).await
    }

    async fn load_into(&self, folder: &Path) -> anyhow::Result<Loaded> {
        demo::load(&self.store, &HashedNgrams, None, folder, &mut |_| {}).await
    }

    async fn scope(&self) -> Scope {
        let all = self.store.load_dealerships().await.unwrap();
        assert_eq!(all.len(), 1);
        Scope::of(all[0].id)
    }

    async fn texts(&self, query: &'static str) -> Vec<String> {
        self.database.texts(self.scope().await, query).await.unwrap()
    }
}

fn tokens(loaded: Loaded) -> Option<Vec<RoleToken>> {
    match loaded {
        Loaded::Now { tokens, .. } => Some(tokens),
        Loaded::Before => None,
    }
}

#[tokio::test]
async fn everything_of_the_files_is_in_the_database_within_seconds() {
    let arranged = arranged(WEDNESDAY).await;
    let began = std::time::Instant::now();
    arranged.load().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
    for (query, expected) in [
        ("select count(*)::text from vehicles", "240"),
        ("select count(*)::text from assignments where alert_phone is not null and alert_email is not null", "12"),
        ("select count(*)::text from customers", "60"),
        ("select count(*)::text from contact_points", "120"),
        ("select count(distinct customer_id)::text from consents where kind = 'opt_out'", "3"),
        ("select count(*)::text from leads", "70"),
        ("select count(*)::text from tasks", "16"),
        ("select count(*)::text from appointments", "15"),
        ("select count(*)::text from conversations where last_inbound = answered_inbound and last_inbound > 0", "15"),
        ("select count(*)::text from turn_queue", "0"),
        ("select count(*)::text from knowledge_entries", "26"),
        ("select count(*)::text from embeddings where subject_kind = 'vehicle'", "240"),
        ("select count(*)::text from embeddings where subject_kind = 'knowledge'", "26"),
        ("select count(*)::text from messages where created_at >= '2026-11-25T19:00:00Z'", "0"),
        ("select pg_relation_size('messages_default')::text", "0"),
    ] {
        let found = arranged.texts(query).await;
        assert_eq!(found, [expected], "{query}");
    }
    let vins = arranged.texts("select vin from vehicles").await;
    assert!(vins.iter().all(|vin| vin.parse::<Vin>().is_ok()));
    let statuses = arranged.texts("select distinct status from leads").await;
    assert_eq!(statuses.len(), LeadStatus::ALL.len(), "{statuses:?}");
}

#[tokio::test]
async fn a_coming_appointment_is_within_opening_hours_whatever_day_it_is_loaded() {
    for now in [WEDNESDAY, "2026-11-20T14:00:00Z", "2026-12-24T03:00:00Z", "2027-03-13T12:00:00Z"] {
        let arranged = arranged(now).await;
        arranged.load().await.unwrap();
        let mut tx = arranged.store.begin(arranged.scope().await).await.unwrap();
        let calendar = tx.load_calendar().await.unwrap();
        let coming = arranged
            .texts(
                "select d.kind || ' ' || to_char(a.starts_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')
                     || ' ' || to_char(a.ends_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')
                     || ' ' || (select count(*) from appointment_slots s where s.appointment_id = a.id)
                 from appointments a join departments d on d.id = a.department_id
                 where a.status in ('scheduled', 'confirmed')",
            )
            .await;
        assert_eq!(coming.len(), 7, "{now}");
        for line in coming {
            let [kind, starts_at, ends_at, quarters] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            let desk = calendar.department(&[kind.parse().unwrap()]).unwrap();
            assert!(desk.hours.covers(at(starts_at), at(ends_at)), "{now}: {line}");
            assert!(at(starts_at) > at(now), "{now}: {line}");
            assert!(quarters.parse::<u32>().unwrap() >= 3, "{line} occupies nothing");
        }
    }
}

#[tokio::test]
async fn a_second_load_changes_nothing_and_two_at_once_make_one_dealership() {
    let arranged = arranged(WEDNESDAY).await;
    let (one, two) = tokio::join!(arranged.load(), arranged.load());
    let first = [one.unwrap(), two.unwrap()].into_iter().filter(|loaded| matches!(loaded, Loaded::Now { .. })).count();
    assert_eq!(first, 1);
    assert!(matches!(arranged.load().await.unwrap(), Loaded::Before));
    assert_eq!(arranged.texts("select count(*)::text from vehicles").await, ["240"]);
}

#[tokio::test]
async fn a_load_that_fails_at_its_very_end_leaves_nothing_behind() {
    let arranged = arranged(WEDNESDAY).await;
    let no_folder = arranged.folder.path().join("file");
    std::fs::write(&no_folder, "").unwrap();
    let failed = arranged.load_into(&no_folder).await;
    assert!(failed.unwrap_err().to_string().contains(TOKEN_FILE));
    assert!(arranged.store.load_dealerships().await.unwrap().is_empty());
    assert!(!arranged.store.is_demo_loaded().await.unwrap());
    arranged.load().await.unwrap();
    assert_eq!(arranged.texts("select count(*)::text from customers").await, ["60"]);
}

#[tokio::test]
async fn what_a_crash_left_unindexed_is_indexed_at_the_next_start() {
    let arranged = arranged(WEDNESDAY).await;
    arranged.load().await.unwrap();
    arranged.database.execute(arranged.scope().await, "delete from embeddings").await.unwrap();
    arranged.load().await.unwrap();
    assert_eq!(arranged.texts("select count(*)::text from embeddings").await, ["266"]);
}

#[tokio::test]
async fn every_role_has_a_token_that_opens_and_only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let arranged = arranged(WEDNESDAY).await;
    let tokens = tokens(arranged.load().await.unwrap()).unwrap();
    let roles: Vec<Role> = tokens.iter().map(|token| token.role).collect();
    for role in [Role::Admin, Role::GeneralManager, Role::SalesManager, Role::Salesperson, Role::Bdc] {
        assert!(roles.contains(&role), "{role}");
    }
    let path = arranged.folder.path().join(TOKEN_FILE);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let file = std::fs::read_to_string(&path).unwrap();
    for token in tokens {
        assert!(file.contains(token.token.expose_secret()));
        let holder = arranged.store.find_token_holder(&token.token).await.unwrap().unwrap();
        assert_eq!((holder.role, holder.scope), (token.role, arranged.scope().await));
    }
}

#[tokio::test]
async fn everybody_has_a_password_of_their_own_that_opens_and_is_kept_as_a_hash_only() {
    let arranged = arranged(WEDNESDAY).await;
    let Loaded::Now { passwords, .. } = arranged.load().await.unwrap() else { panic!("it was there before") };
    assert_eq!(passwords.len(), 12);
    let hasher = Passwords::default();
    for first in &passwords {
        let account = arranged.store.find_account(&first.email).await.unwrap().unwrap();
        assert!(hasher.compare(&first.password, account.password_hash.as_ref()).await.unwrap().is_right);
    }
    let own: std::collections::BTreeSet<_> = passwords.iter().map(|first| first.password.expose_secret()).collect();
    assert_eq!(own.len(), passwords.len());
    let stored = arranged.texts("select to_jsonb(u)::text from users u").await.join("\n");
    let file = std::fs::read_to_string(arranged.folder.path().join(TOKEN_FILE)).unwrap();
    assert!(own.iter().all(|password| !stored.contains(password) && !file.contains(password)));
    let again = demo::load(&arranged.store, &HashedNgrams, None, arranged.folder.path(), &mut |_| {}).await.unwrap();
    assert!(matches!(again, Loaded::Before), "a second start makes no other passwords");
}

#[tokio::test]
async fn a_database_with_a_dealership_of_its_own_gets_no_demo() {
    let arranged = arranged(WEDNESDAY).await;
    arranged.store.declare_instance(InstanceKind::Production).await.unwrap();
    arranged.store.insert_dealership("Own", "Own Motors").await.unwrap();
    arranged.store.declare_instance(InstanceKind::Demo).await.unwrap();
    let refused = arranged.load().await.unwrap_err().to_string();
    assert!(refused.contains("FORECOURT_DATA"), "{refused}");
    assert_eq!(arranged.store.load_dealerships().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_past_of_the_demo_can_be_searched_like_the_present() {
    let arranged = arranged(WEDNESDAY).await;
    arranged.load().await.unwrap();
    let mut tx = arranged.store.begin(arranged.scope().await).await.unwrap();
    let used = tx.search_vehicles(&VehicleFilter::default()).await.unwrap();
    assert!(used.len() > 100);
    let threads = tx.load_conversations(100).await.unwrap();
    assert_eq!(threads.len(), 15);
    assert!(threads.iter().any(|thread| thread.opted_out), "the one who said STOP");
    assert!(threads.iter().any(|thread| thread.owner_user_id.is_some()), "one that a person answers");
    assert!(threads.iter().all(|thread| !thread.last_text.is_empty() && !thread.unanswered));
}
