//! What an import promises: records keep their own times, and nothing of the past starts work.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, Store, StoreError,
    dealership::DealershipSettings,
    imports::{
        ImportedAppointment, ImportedAuthor, ImportedContactPoint, ImportedConversation, ImportedCustomer,
        ImportedLead, ImportedMessage, ImportedParty, ImportedTask,
    },
    integrations::Provider,
    keys::Keys,
    opening_hours::NewDepartment,
    slots::Resource,
    staff::NewAssignment,
    system::{founding::FoundedIn, instance::InstanceKind},
    testing::TestDatabase,
};
use forecourt_domain::{
    action::Channel,
    appointment::{AppointmentKind, AppointmentStatus},
    clock::ManualClock,
    contact::{Assurance, ContactKind},
    conversation::Owner,
    ids::{DepartmentId, IntegrationId, UserId},
    lead::{LeadSource, LeadStatus},
    money::Currency,
    scope::Scope,
    staff::{DepartmentKind, Role},
    task::{TaskKind, TaskStatus},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

const PHONE: &str = "+17205550101";

struct Arranged {
    database: TestDatabase,
    store: Store,
    scope: Scope,
    department_id: DepartmentId,
    integration_id: IntegrationId,
    user_id: UserId,
}

fn now() -> Timestamp {
    "2026-11-20T17:00:00Z".parse().unwrap()
}

fn ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

impl Arranged {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let keys = Keys::derive(&SecretString::from("k".repeat(32))).unwrap();
        let store = Store::new(database.app.clone(), keys, Arc::new(ManualClock::at(now())));
        store.declare_instance(InstanceKind::Test).await.unwrap();
        let (entry, mut tx) = store.begin_founding(FoundedIn::NewGroup("Group"), "Dealership").await.unwrap();
        let settings = DealershipSettings::new("America/Denver".parse().unwrap(), Currency::Usd, "US");
        tx.insert_profile(&settings).await.unwrap();
        let department_id =
            tx.insert_department(&NewDepartment::new(DepartmentKind::Sales, "Sales", None)).await.unwrap();
        let email = "dana@dealer.example".parse().unwrap();
        let user_id = tx.find_or_insert_user(&email, "Dana", "Ames").await.unwrap();
        let role = Role::Salesperson;
        tx.insert_assignment(&NewAssignment {
            user_id,
            role,
            department_id: None,
            alert_phone: None,
            alert_email: None,
        })
        .await
        .unwrap();
        let secret = SecretString::from("secret");
        let integration_id = tx.insert_integration(Provider::Simulated, "account", &secret, &[]).await.unwrap();
        tx.commit().await.unwrap();
        Self { database, store, scope: Scope::of(entry.id), department_id, integration_id, user_id }
    }

    async fn begin(&self) -> CrmTx {
        self.store.begin(self.scope).await.unwrap()
    }

    async fn count(&self, query: &'static str) -> i64 {
        self.database.texts(self.scope, query).await.unwrap()[0].parse().unwrap()
    }

    async fn customer(&self, tx: &mut CrmTx, opted_out_at: Option<Timestamp>) -> ImportedParty {
        tx.import_customer(&customer(PHONE, opted_out_at)).await.unwrap()
    }

    fn conversation(&self, party: &ImportedParty, messages: Vec<ImportedMessage>) -> ImportedConversation {
        ImportedConversation {
            channel: Channel::Sms,
            contact_point_id: party.contact_points[0],
            assurance: Assurance::Carrier,
            integration_id: self.integration_id,
            our_address: "+17205550100".to_owned(),
            department_id: Some(self.department_id),
            owner: Owner::User(self.user_id),
            messages,
        }
    }

    fn appointment(&self, status: AppointmentStatus, starts_at: Timestamp) -> ImportedAppointment {
        ImportedAppointment {
            kind: AppointmentKind::Sales,
            status,
            starts_at,
            ends_at: starts_at + AppointmentKind::Sales.duration(),
            department_id: self.department_id,
            vehicle_id: None,
            with_user_id: Some(self.user_id),
            note: None,
            created_at: ago(24),
        }
    }
}

fn customer(phone: &str, opted_out_at: Option<Timestamp>) -> ImportedCustomer {
    ImportedCustomer {
        first_name: "Ann".to_owned(),
        last_name: "Lee".to_owned(),
        preferred_channel: Some(Channel::Sms),
        tags: vec!["truck".to_owned()],
        contact_points: vec![ImportedContactPoint {
            kind: ContactKind::Phone,
            value: phone.to_owned(),
            assurance: Assurance::Carrier,
            opted_out_at,
        }],
        created_at: ago(24 * 30),
    }
}

fn said(author: ImportedAuthor, text: &str, at: Timestamp) -> ImportedMessage {
    ImportedMessage { author, text: text.to_owned(), at }
}

#[tokio::test]
async fn a_past_conversation_reads_in_its_order_and_leaves_no_turn_due() {
    let arranged = Arranged::new().await;
    let mut tx = arranged.begin().await;
    let party = arranged.customer(&mut tx, None).await;
    let messages = vec![
        said(ImportedAuthor::User(arranged.user_id), "It is. Shall I hold it?", ago(47)),
        said(ImportedAuthor::Customer, "Is the CX-5 still there?", ago(48)),
        said(ImportedAuthor::Assistant, "Let me check.", ago(48)),
        said(ImportedAuthor::Customer, "Yes please", ago(46)),
    ];
    let id = tx.import_conversation(&party, &arranged.conversation(&party, messages)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = arranged.begin().await;
    let thread = tx.load_thread(id, 50).await.unwrap();
    let texts: Vec<_> = thread.iter().map(|message| (message.text.as_str(), message.created_at)).collect();
    assert_eq!(
        texts,
        [
            ("Is the CX-5 still there?", ago(48)),
            ("Let me check.", ago(48)),
            ("It is. Shall I hold it?", ago(47)),
            ("Yes please", ago(46)),
        ]
    );
    let summary = tx.load_conversations(10).await.unwrap().remove(0);
    assert!(!summary.unanswered);
    assert_eq!(summary.owner_user_id, Some(arranged.user_id));
    assert_eq!(summary.last_message_at, ago(46));
    assert_eq!(arranged.store.queue_depths().await.unwrap().turns, 0);
    for message in &thread {
        let (seconds, _) = message.id.0.get_timestamp().unwrap().to_unix();
        assert_eq!(i64::try_from(seconds).unwrap(), message.created_at.as_second(), "an id carries its own instant");
    }
}

#[tokio::test]
async fn a_conversation_without_messages_is_refused() {
    let arranged = Arranged::new().await;
    let mut tx = arranged.begin().await;
    let party = arranged.customer(&mut tx, None).await;
    let imported = tx.import_conversation(&party, &arranged.conversation(&party, Vec::new())).await;
    assert!(matches!(imported, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn what_was_said_about_being_texted_binds_here_too() {
    let stop = |hours| said(ImportedAuthor::Customer, "STOP", ago(hours));
    let start = |hours| said(ImportedAuthor::Customer, "START", ago(hours));
    let hello = said(ImportedAuthor::Assistant, "Hello from the dealership", ago(99));
    let cases = [
        ("nothing", None, vec![], false),
        ("a record of a stop", Some(ago(40)), vec![], true),
        ("a stop", None, vec![stop(30)], true),
        ("a start after a stop", None, vec![stop(30), start(20)], false),
        ("a stop after a start", None, vec![start(30), stop(20)], true),
        ("a start after the record", Some(ago(40)), vec![start(20)], false),
        ("a record after the start", Some(ago(10)), vec![start(20)], true),
    ];
    for (case, recorded, keywords, opted_out) in cases {
        let arranged = Arranged::new().await;
        let mut tx = arranged.begin().await;
        let party = arranged.customer(&mut tx, recorded).await;
        let messages = [vec![hello.clone()], keywords.clone()].concat();
        tx.import_conversation(&party, &arranged.conversation(&party, messages)).await.unwrap();
        assert_eq!(tx.load_conversations(1).await.unwrap()[0].opted_out, opted_out, "{case}");
        tx.commit().await.unwrap();
        let consents = "select count(*)::text from consents where dealership_id is not null";
        let kept = arranged.count(consents).await;
        assert_eq!(kept, i64::try_from(keywords.len() + usize::from(recorded.is_some())).unwrap(), "{case}");
        let texted = "select count(*)::text from contact_points where first_texted_at is not null";
        assert_eq!(arranged.count(texted).await, 1, "{case}");
    }
}

#[tokio::test]
async fn a_number_that_another_party_owns_is_a_conflict() {
    let arranged = Arranged::new().await;
    let mut tx = arranged.begin().await;
    arranged.customer(&mut tx, None).await;
    let second = tx.import_customer(&customer(PHONE, None)).await;
    assert!(matches!(second, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn only_an_open_appointment_occupies_its_time() {
    let arranged = Arranged::new().await;
    let desk = [Resource { id: arranged.department_id.0, capacity: 1 }];
    let mut tx = arranged.begin().await;
    let party = arranged.customer(&mut tx, None).await;
    let at = now() + SignedDuration::from_hours(24);
    for status in [AppointmentStatus::Cancelled, AppointmentStatus::NoShow, AppointmentStatus::Confirmed] {
        let imported = tx.import_appointment(&party, &arranged.appointment(status, at), &desk).await.unwrap();
        assert!(imported.is_some(), "{status}");
    }
    let taken = arranged.appointment(AppointmentStatus::Scheduled, at);
    assert_eq!(tx.import_appointment(&party, &taken, &desk).await.unwrap(), None);
    tx.commit().await.unwrap();
    let stored = "select count(*)::text from appointments where booked_by = 'import'";
    assert_eq!(arranged.count(stored).await, 3);
    let quarters = "select count(*)::text from appointment_slots";
    assert_eq!(arranged.count(quarters).await, 4);
}

#[tokio::test]
async fn a_lead_and_a_task_arrive_as_they_were_and_each_import_is_logged() {
    let arranged = Arranged::new().await;
    let mut tx = arranged.begin().await;
    let party = arranged.customer(&mut tx, None).await;
    for status in LeadStatus::ALL {
        let lead = ImportedLead {
            status: *status,
            source: LeadSource::Website,
            owner_user_id: Some(arranged.user_id),
            vehicle_id: None,
            note: Some("wants a truck".to_owned()),
            created_at: ago(100),
        };
        tx.import_lead(&party, &lead).await.unwrap();
    }
    let task = ImportedTask {
        customer_id: Some(party.customer_id),
        owner_user_id: Some(arranged.user_id),
        kind: TaskKind::Call,
        title: "Call Ann".to_owned(),
        due_at: ago(2),
        status: TaskStatus::Done,
        created_at: ago(50),
    };
    tx.import_task(&task).await.unwrap();
    let found = tx.find_open_lead(party.party_id, Some(party.customer_id)).await.unwrap().unwrap();
    assert_eq!(found.owner_user_id, Some(arranged.user_id));
    tx.commit().await.unwrap();
    for (query, expected) in [
        (
            "select count(*)::text from lead_status_audit a join leads l on l.id = a.lead_id and l.status = a.to_status",
            8,
        ),
        ("select count(*)::text from leads where created_at = '2026-11-16T13:00:00Z' and customer_id is not null", 8),
        ("select count(*)::text from tasks where status = 'done' and due_at > created_at", 1),
        ("select count(*)::text from audit_entries where kind = 'record.imported'", 10),
    ] {
        assert_eq!(arranged.count(query).await, expected, "{query}");
    }
}
