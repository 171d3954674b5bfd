//! The log of what was decided and done: appended in the transaction of the deed, never changed.

use forecourt_domain::ids::{AuditEntryId, ConversationId, TurnId, UserId};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    keys::Keys,
    payloads::canonical_json,
    rows::{parse, sql},
};

/// Declares text enums here as `domain` does, for words that only the log uses.
macro_rules! audit_kinds {
    ($($(#[$meta:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// What an entry tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditKind { $($(#[$meta])* $variant),+ }

        impl AuditKind {
            /// The text under which this kind is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for AuditKind {
            type Err = StoreError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ other => Err(StoreError::Corrupt(format!("audit kind {other:?}"))) }
            }
        }
    };
}

audit_kinds! {
    InboundAccepted = "inbound.accepted",
    ConsentChanged = "consent.changed",
    TurnEnded = "turn.ended",
    ActionDecided = "action.decided",
    ToolCalled = "tool.called",
    GuardChecked = "guard.checked",
    ProposalMade = "proposal.made",
    ProposalChanged = "proposal.changed",
    ProposalDecided = "proposal.decided",
    HandoffMade = "handoff.made",
    HandoffRaised = "handoff.raised",
    HandoffEscalated = "handoff.escalated",
    HandoffDropped = "handoff.dropped",
    HandoffTaken = "handoff.taken",
    HandoffClosed = "handoff.closed",
    HandBackAnnounced = "hand_back.announced",
    OwnerChanged = "owner.changed",
    SwitchThrown = "switch.thrown",
    CapsChanged = "caps.changed",
    PoliciesStored = "policies.stored",
    PoliciesActivated = "policies.activated",
    AttemptStarted = "attempt.started",
    AttemptEnded = "attempt.ended",
    DeliveryReported = "delivery.reported",
    SendHeld = "send.held",
    HoldEnded = "hold.ended",
    SettingsChanged = "settings.changed",
    TokenCreated = "token.created",
    TokenRevoked = "token.revoked",
    SignedIn = "user.signed_in",
    SignInFailedOften = "user.sign_in_failed_often",
    PasswordChanged = "user.password_changed",
    PasswordLinkMade = "user.password_link_made",
    SecondFactorAdded = "user.second_factor_added",
    SecondFactorRemoved = "user.second_factor_removed",
    RecoveryCodeUsed = "user.recovery_code_used",
    SessionEnded = "user.session_ended",
    RefreshReused = "user.refresh_reused",
    UserInvited = "user.invited",
    InvitationWithdrawn = "user.invitation_withdrawn",
    RoleChanged = "user.role_changed",
    UserDisabled = "user.disabled",
    UserEnabled = "user.enabled",
    VisitBegun = "visit.begun",
    VisitEnded = "visit.ended",
    DealershipSuspended = "dealership.suspended",
    DealershipResumed = "dealership.resumed",
    IntegrationAdded = "integration.added",
    InventoryImported = "inventory.imported",
    RecordImported = "record.imported",
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditActor {
    Agent,
    User(UserId),
    System,
    Customer,
    Provider,
}

impl AuditActor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::User(_) => "user",
            Self::System => "system",
            Self::Customer => "customer",
            Self::Provider => "provider",
        }
    }

    const fn user_id(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            _ => None,
        }
    }

    fn read(text: &str, user_id: Option<Uuid>) -> Result<Self, StoreError> {
        match (text, user_id) {
            ("agent", None) => Ok(Self::Agent),
            ("user", Some(id)) => Ok(Self::User(UserId(id))),
            ("system", None) => Ok(Self::System),
            ("customer", None) => Ok(Self::Customer),
            ("provider", None) => Ok(Self::Provider),
            _ => Err(StoreError::Corrupt(format!("audit actor {text:?}"))),
        }
    }
}

/// An entry to append. `details` hold ids, codes, versions and commitments, never a body.
#[derive(Debug, Clone)]
pub struct NewAuditEntry {
    pub kind: AuditKind,
    pub actor: AuditActor,
    pub conversation_id: Option<ConversationId>,
    pub turn_id: Option<TurnId>,
    pub details: Value,
}

/// Whether the MAC of an entry matches what its row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    Intact,
    Broken,
    /// It was made under another FORECOURT_SECRET_KEY, so this instance cannot tell.
    UnderAnotherKey,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub kind: AuditKind,
    pub actor: AuditActor,
    pub conversation_id: Option<ConversationId>,
    pub turn_id: Option<TurnId>,
    pub details: Value,
    pub occurred_at: Timestamp,
    pub seal: Seal,
}

/// What the MAC of an entry covers: every column but the MAC and its key's id.
struct Signed<'a> {
    tenant: Uuid,
    id: Uuid,
    kind: &'a str,
    actor: AuditActor,
    conversation_id: Option<Uuid>,
    turn_id: Option<Uuid>,
    details: &'a Value,
    occurred_at: Timestamp,
}

impl Signed<'_> {
    fn mac(&self, keys: &Keys) -> [u8; 32] {
        let actor_user = self.actor.user_id().map(|id| id.0);
        // The first field is the version of this form.
        let fields = json!([
            1,
            self.tenant,
            self.id,
            self.kind,
            self.actor.as_str(),
            actor_user,
            self.conversation_id,
            self.turn_id,
            self.details,
            self.occurred_at.as_microsecond()
        ]);
        keys.audit_mac(canonical_json(&fields).as_bytes())
    }
}

impl CrmTx {
    /// Appends entries and marks them for the sealer, in one statement. Their ids come back in order.
    pub async fn append_audit(&mut self, entries: &[NewAuditEntry]) -> Result<Vec<AuditEntryId>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let ids: Vec<Uuid> = entries.iter().map(|_| AuditEntryId::generate(now).0).collect();
        let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        let actors: Vec<&str> = entries.iter().map(|entry| entry.actor.as_str()).collect();
        let users: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.actor.user_id().map(|id| id.0)).collect();
        let conversations: Vec<Option<Uuid>> =
            entries.iter().map(|entry| entry.conversation_id.map(|id| id.0)).collect();
        let turns: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.turn_id.map(|id| id.0)).collect();
        let details: Vec<Value> = entries.iter().map(|entry| self.with_who_acted(entry.details.clone())).collect();
        let signed = entries.iter().enumerate().map(|(at, entry)| Signed {
            tenant,
            id: ids[at],
            kind: kinds[at],
            actor: entry.actor,
            conversation_id: conversations[at],
            turn_id: turns[at],
            details: &details[at],
            occurred_at: now,
        });
        let macs: Vec<Vec<u8>> = signed.map(|signed| signed.mac(&self.keys).to_vec()).collect();
        let key_id = self.keys.key_id().to_owned();
        sqlx::query(
            "with appended as (
                 insert into audit_entries
                     (dealership_id, id, kind, actor, actor_user_id, conversation_id, turn_id, details, mac, occurred_at, key_id)
                 select $1, *, $10, $11
                 from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::jsonb[], $9::bytea[])
                 returning dealership_id, id
             )
             insert into audit_pending (dealership_id, entry_id) select dealership_id, id from appended",
        )
        .bind(tenant)
        .bind(&ids)
        .bind(&kinds)
        .bind(&actors)
        .bind(&users)
        .bind(&conversations)
        .bind(&turns)
        .bind(&details)
        .bind(&macs)
        .bind(sql(now))
        .bind(key_id)
        .execute(self.connection())
        .await?;
        Ok(ids.into_iter().map(AuditEntryId).collect())
    }

    /// What an entry of somebody who acts in another's name tells beside: who it really was.
    fn with_who_acted(&self, mut details: Value) -> Value {
        if let (Some(person), Value::Object(fields)) = (self.scope().acted_by(), &mut details) {
            fields.insert("acted_by".to_owned(), json!(person));
        }
        details
    }

    /// The entries of one conversation oldest first, with their MAC checked.
    pub async fn load_audit(&mut self, conversation_id: ConversationId) -> Result<Vec<AuditEntry>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select id, kind, actor, actor_user_id, conversation_id, turn_id, details, occurred_at, mac, key_id
             from audit_entries
             where dealership_id = $1 and conversation_id = $2
             order by id",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .fetch_all(self.connection())
        .await?;
        rows.into_iter().map(|row| read_entry(&self.keys, tenant, &row)).collect()
    }
}

fn read_entry(keys: &Keys, tenant: Uuid, row: &sqlx::postgres::PgRow) -> Result<AuditEntry, StoreError> {
    let id: Uuid = row.try_get("id")?;
    let kind: String = row.try_get("kind")?;
    let actor = AuditActor::read(row.try_get("actor")?, row.try_get("actor_user_id")?)?;
    let conversation_id: Option<Uuid> = row.try_get("conversation_id")?;
    let turn_id: Option<Uuid> = row.try_get("turn_id")?;
    let details: Value = row.try_get("details")?;
    let occurred_at = row.try_get::<jiff_sqlx::Timestamp, _>("occurred_at")?.to_jiff();
    let stored: Vec<u8> = row.try_get("mac")?;
    let signed = Signed { tenant, id, kind: &kind, actor, conversation_id, turn_id, details: &details, occurred_at };
    let key_id: &str = row.try_get("key_id")?;
    let seal = if key_id != keys.key_id() {
        Seal::UnderAnotherKey
    } else if stored == signed.mac(keys) {
        Seal::Intact
    } else {
        Seal::Broken
    };
    Ok(AuditEntry {
        id: AuditEntryId(id),
        kind: parse(&kind)?,
        actor,
        conversation_id: conversation_id.map(ConversationId),
        turn_id: turn_id.map(TurnId),
        details,
        occurred_at,
        seal,
    })
}
