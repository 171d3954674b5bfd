//! News of changes, by id: one reader per process looks at each dealership that somebody watches,
//! however many pages watch it.

use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use forecourt_crm_store::{Store, StoreError, audit::AuditKind, inbox::LoggedChange};
use forecourt_domain::{
    ids::{AuditEntryId, ConversationId, DealershipId},
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, broadcast};

use crate::supervisor::Supervisor;

/// How often a watched dealership is looked at.
const PERIOD: Duration = Duration::from_millis(500);
/// An entry becomes visible when its transaction commits, which may be after a later one: so far
/// back is looked every time.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(10);
/// More news than this is told as "look at everything again".
const MOST: i64 = 500;
/// How many batches a slow page may be behind.
const BACKLOG: usize = 64;

/// What somebody at the console would see change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    Conversation(ConversationId),
    Proposals,
    Assistant,
    /// Who may be here: every stream asks whether its own person still may.
    People,
    /// So much that everything must be looked at.
    Everything,
}

/// What changed, up to an entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub topics: Vec<Topic>,
    /// From here a page goes on that lost its connection.
    pub up_to: Option<AuditEntryId>,
}

/// Tells pages what changed. Cheap to clone; one per process.
#[derive(Debug, Clone, Default)]
pub struct Live {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    rooms: Mutex<Rooms>,
    somebody_came: Notify,
}

#[derive(Debug)]
enum Rooms {
    Open(HashMap<DealershipId, broadcast::Sender<Arc<News>>>),
    /// The process stops: whoever comes is sent away.
    Closed,
}

impl Default for Rooms {
    fn default() -> Self {
        Self::Open(HashMap::new())
    }
}

impl Live {
    /// News of a dealership from now on. The stream ends when the process stops.
    #[must_use]
    pub fn watch(&self, scope: Scope) -> broadcast::Receiver<Arc<News>> {
        let receiver = match &mut *self.shared.rooms.lock().unwrap_or_else(PoisonError::into_inner) {
            Rooms::Open(rooms) => {
                rooms.entry(scope.dealership_id()).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
            }
            Rooms::Closed => broadcast::channel(1).1,
        };
        self.shared.somebody_came.notify_one();
        receiver
    }

    /// Looks for news while somebody watches, until everything stops.
    pub async fn run(self, store: Store, supervisor: Supervisor) {
        let mut readers: HashMap<DealershipId, Reader> = HashMap::new();
        loop {
            let watched = self.watched();
            readers.retain(|id, _| watched.iter().any(|(watched, _)| watched == id));
            for (id, sender) in &watched {
                let reader = readers.entry(*id).or_default();
                match reader.read(&store, Scope::of(*id)).await {
                    Ok(Some(news)) => drop(sender.send(Arc::new(news))),
                    Ok(None) => {}
                    Err(error) => tracing::warn!(dealership = %id, %error, "what changed could not be read"),
                }
            }
            tokio::select! {
                () = supervisor.stopped() => break,
                () = self.shared.somebody_came.notified(), if watched.is_empty() => {}
                () = tokio::time::sleep(PERIOD), if !watched.is_empty() => {}
            }
        }
        *self.shared.rooms.lock().unwrap_or_else(PoisonError::into_inner) = Rooms::Closed;
    }

    /// Where somebody still watches; rooms that everybody left are closed.
    fn watched(&self) -> Vec<(DealershipId, broadcast::Sender<Arc<News>>)> {
        match &mut *self.shared.rooms.lock().unwrap_or_else(PoisonError::into_inner) {
            Rooms::Open(rooms) => {
                rooms.retain(|_, sender| sender.receiver_count() > 0);
                rooms.iter().map(|(id, sender)| (*id, sender.clone())).collect()
            }
            Rooms::Closed => Vec::new(),
        }
    }
}

/// Reads the log of one dealership and tells every entry once.
#[derive(Debug, Default)]
struct Reader {
    told: HashSet<AuditEntryId>,
}

impl Reader {
    async fn read(&mut self, store: &Store, scope: Scope) -> Result<Option<News>, StoreError> {
        let mut tx = store.begin(scope).await?;
        let changes = tx.load_changes(tx.now() - LOOK_BACK, MOST).await?;
        tx.commit().await?;
        let seen = changes.iter().map(|change| change.entry_id).collect();
        let told = mem::replace(&mut self.told, seen);
        Ok(news(&changes, &told))
    }
}

/// What a page missed that had heard of everything up to `last`; without one, what just changed while
/// the page was on its way.
pub async fn missed(store: &Store, scope: Scope, last: Option<AuditEntryId>) -> Result<Option<News>, StoreError> {
    let mut tx = store.begin(scope).await?;
    let since = last.and_then(instant_of).unwrap_or(tx.now()) - LOOK_BACK;
    let changes = tx.load_changes(since, MOST).await?;
    tx.commit().await?;
    Ok(news(&changes, &HashSet::new()))
}

/// The millisecond that a uuid v7 carries.
fn instant_of(id: AuditEntryId) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.0.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
}

fn news(changes: &[LoggedChange], told: &HashSet<AuditEntryId>) -> Option<News> {
    let up_to = changes.last().map(|change| change.entry_id);
    if i64::try_from(changes.len()).is_ok_and(|length| length == MOST) {
        return Some(News { topics: vec![Topic::Everything], up_to });
    }
    let mut topics = Vec::new();
    for change in changes.iter().filter(|change| !told.contains(&change.entry_id)) {
        for topic in topics_of(change).into_iter().flatten() {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
    }
    (!topics.is_empty()).then_some(News { topics, up_to })
}

/// What an entry of the log changes on the page.
fn topics_of(change: &LoggedChange) -> [Option<Topic>; 2] {
    let conversation = change.conversation_id.map(Topic::Conversation);
    match change.kind {
        AuditKind::SwitchThrown => [Some(Topic::Assistant), conversation],
        AuditKind::DealershipSuspended | AuditKind::DealershipResumed => [Some(Topic::Assistant), Some(Topic::People)],
        AuditKind::PasswordChanged
        | AuditKind::SessionEnded
        | AuditKind::RoleChanged
        | AuditKind::UserDisabled
        | AuditKind::UserEnabled
        | AuditKind::VisitBegun
        | AuditKind::VisitEnded => [Some(Topic::People), None],
        AuditKind::ProposalMade | AuditKind::ProposalChanged | AuditKind::ProposalDecided => {
            [conversation, Some(Topic::Proposals)]
        }
        AuditKind::InboundAccepted
        | AuditKind::ConsentChanged
        | AuditKind::TurnEnded
        | AuditKind::HandoffMade
        | AuditKind::HandoffRaised
        | AuditKind::HandoffEscalated
        | AuditKind::HandoffDropped
        | AuditKind::HandoffTaken
        | AuditKind::HandoffClosed
        | AuditKind::HandBackAnnounced
        | AuditKind::HoldEnded
        | AuditKind::OwnerChanged
        | AuditKind::AttemptStarted
        | AuditKind::AttemptEnded
        | AuditKind::DeliveryReported
        | AuditKind::SendHeld
        | AuditKind::ToolCalled => [conversation, None],
        AuditKind::ActionDecided
        | AuditKind::GuardChecked
        | AuditKind::CapsChanged
        | AuditKind::PoliciesStored
        | AuditKind::PoliciesActivated
        | AuditKind::TokenCreated
        | AuditKind::TokenRevoked
        | AuditKind::SignedIn
        | AuditKind::SignInFailedOften
        | AuditKind::PasswordLinkMade
        | AuditKind::SecondFactorAdded
        | AuditKind::SecondFactorRemoved
        | AuditKind::RecoveryCodeUsed
        | AuditKind::RefreshReused
        | AuditKind::UserInvited
        | AuditKind::InvitationWithdrawn
        | AuditKind::SettingsChanged
        | AuditKind::IntegrationAdded
        | AuditKind::InventoryImported
        | AuditKind::RecordImported => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: AuditKind, conversation_id: Option<ConversationId>) -> LoggedChange {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        LoggedChange { entry_id: AuditEntryId::generate(now), kind, conversation_id }
    }

    #[test]
    fn every_entry_is_told_once_and_a_conversation_once_per_batch() {
        let id = ConversationId(uuid::Uuid::nil());
        let changes = [
            change(AuditKind::InboundAccepted, Some(id)),
            change(AuditKind::TurnEnded, Some(id)),
            change(AuditKind::GuardChecked, Some(id)),
            change(AuditKind::ProposalMade, Some(id)),
        ];
        let told = news(&changes, &HashSet::new()).unwrap();
        assert_eq!(told.topics, [Topic::Conversation(id), Topic::Proposals]);
        assert_eq!(told.up_to, Some(changes[3].entry_id));
        assert_eq!(news(&changes, &changes.iter().map(|change| change.entry_id).collect()), None);
    }

    #[test]
    fn too_much_news_is_told_as_everything() {
        let changes: Vec<_> = (0..MOST).map(|_| change(AuditKind::InboundAccepted, None)).collect();
        assert_eq!(news(&changes, &HashSet::new()).unwrap().topics, [Topic::Everything]);
    }

    #[tokio::test]
    async fn whoever_watches_is_sent_away_when_the_process_stops() {
        let live = Live::default();
        let scope = Scope::of(DealershipId(uuid::Uuid::nil()));
        *live.shared.rooms.lock().unwrap() = Rooms::Closed;
        assert_eq!(live.watch(scope).recv().await, Err(broadcast::error::RecvError::Closed));
    }
}
