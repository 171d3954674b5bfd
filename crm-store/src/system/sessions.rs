//! Sessions at the console, by digest only: found with every request, listed for their owner, ended for good.

use forecourt_domain::{
    hex::hex,
    ids::{DealershipId, SessionId, UserId, VisitId},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::{recovery::later, standing_of::Whereabouts};
use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    keys::sha256,
    rows::sql,
};

/// A session that nobody used for so long is over.
pub const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// A session is over after so long, however much it is used.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How exactly it is kept when a session was seen last.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How long a browser in which somebody signed in is known.
const DEVICE_LASTS: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Why something that was signed in is not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedWhy {
    SignedOut,
    EndedByUser,
    /// The same browser signed in anew.
    Replaced,
    PasswordChanged,
    PasswordReset,
    Disabled,
}

impl EndedWhy {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::EndedByUser => "ended_by_user",
            Self::Replaced => "replaced",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::Disabled => "disabled",
        }
    }
}

/// What goes on when everything else of a user ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    None,
    Session(SessionId),
    Family(forecourt_domain::ids::RefreshFamilyId),
}

impl Spared {
    pub(super) const fn session(self) -> Option<Uuid> {
        match self {
            Self::Session(id) => Some(id.0),
            Self::None | Self::Family(_) => None,
        }
    }

    const fn family(self) -> Option<Uuid> {
        match self {
            Self::Family(id) => Some(id.0),
            Self::None | Self::Session(_) => None,
        }
    }
}

/// What a client says it is, and where it was: shown to its owner, trusted by nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    pub user_agent: String,
    pub address: String,
}

impl Client {
    /// What a client says, cut to what is kept.
    #[must_use]
    pub fn new(user_agent: &str, address: &str) -> Self {
        let kept = |text: &str, most: usize| text.chars().filter(|letter| !letter.is_control()).take(most).collect();
        Self { user_agent: kept(user_agent, 300), address: kept(address, 64) }
    }
}

/// Who asks for a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// Somebody who does something; the session was seen then.
    Person,
    /// A page that is open and looks after itself. That alone keeps no session alive.
    Page,
}

/// A session that is good now.
#[derive(Debug, Clone)]
pub struct FoundSession {
    pub id: SessionId,
    /// Who signed in, also on a visit as somebody else.
    pub user_id: UserId,
    pub dealership_id: Option<DealershipId>,
    pub visit_id: Option<VisitId>,
    pub whereabouts: Whereabouts,
}

/// A sign-in as its owner sees it: a session at the console, or one over the API.
#[derive(Debug, Clone)]
pub struct SignInEntry {
    pub id: Uuid,
    pub kind: SignInKind,
    pub user_agent: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// How somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInKind {
    Console,
    Api,
}

impl Store {
    /// The session that a secret names, if it is good now, and where its user stands.
    pub async fn find_session(
        &self,
        secret: &SecretString,
        asked_by: AskedBy,
    ) -> Result<Option<FoundSession>, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "select s.id, s.user_id, s.dealership_id, s.visit_id, s.last_seen_at
             from sessions s join users u on u.id = s.user_id
             where s.digest = $1 and s.ended_at is null and s.expires_at > $2 and s.last_seen_at > $3
                 and u.disabled_at is null",
        )
        .bind(&sha256(secret.expose_secret().as_bytes())[..])
        .bind(sql(now))
        .bind(sql(now.checked_sub(IDLE).unwrap_or(Timestamp::MIN)))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (id, user_id) = (SessionId(row.try_get("id")?), UserId(row.try_get("user_id")?));
        let (dealership, visit): (Option<Uuid>, Option<Uuid>) =
            (row.try_get("dealership_id")?, row.try_get("visit_id")?);
        let whereabouts = self.find_whereabouts(user_id, dealership, visit).await?;
        let seen = row.try_get::<jiff_sqlx::Timestamp, _>("last_seen_at")?.to_jiff();
        if asked_by == AskedBy::Person && now.duration_since(seen) >= SEEN_EVERY {
            sqlx::query("update sessions set last_seen_at = $2 where id = $1 and last_seen_at < $2")
                .bind(id.0)
                .bind(sql(now))
                .execute(&self.pool)
                .await?;
        }
        let (dealership_id, visit_id) = (dealership.map(DealershipId), visit.map(VisitId));
        Ok(Some(FoundSession { id, user_id, dealership_id, visit_id, whereabouts }))
    }

    /// Whether a browser is known to be one in which this user has signed in before.
    pub async fn is_known_device(&self, user_id: UserId, secret: &SecretString) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "select exists (select from known_devices where digest = $1 and user_id = $2 and expires_at > $3)",
        )
        .bind(&sha256(secret.expose_secret().as_bytes())[..])
        .bind(user_id.0)
        .bind(sql(self.now()))
        .fetch_one(&self.pool)
        .await?)
    }

    /// Goes on at another dealership, or on a visit; `None` asks for a choice.
    pub async fn move_session(
        &self,
        id: SessionId,
        to: Option<DealershipId>,
        visit: Option<VisitId>,
    ) -> Result<(), StoreError> {
        sqlx::query("update sessions set dealership_id = $2, visit_id = $3 where id = $1 and ended_at is null")
            .bind(id.0)
            .bind(to.map(|id| id.0))
            .bind(visit.map(|id| id.0))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl CrmTx {
    /// Begins a session; its text comes back and is stored nowhere. The user works at `dealership`, if one is given.
    /// Every dealership of theirs has the sign-in in its log.
    pub async fn insert_session(
        &mut self,
        user_id: UserId,
        dealership: Option<DealershipId>,
        client: &Client,
    ) -> Result<(SessionId, SecretString), StoreError> {
        let now = self.now();
        let (id, text) = (SessionId::generate(now), hex(&rand::random::<[u8; 32]>()));
        sqlx::query(
            "insert into sessions
                 (id, digest, user_id, dealership_id, user_agent, address, created_at, last_seen_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        )
        .bind(id.0)
        .bind(&sha256(text.as_bytes())[..])
        .bind(user_id.0)
        .bind(dealership.map(|id| id.0))
        .bind(&client.user_agent)
        .bind(&client.address)
        .bind(sql(now))
        .bind(sql(later(now, ABSOLUTE)))
        .execute(self.connection())
        .await?;
        let details = json!({ "user": user_id, "session": id, "by": "console" });
        self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::SignedIn, &details).await?;
        Ok((id, SecretString::from(text)))
    }

    /// Gives a session another secret, so that one that was seen before is worth nothing. A conflict when it is over.
    pub async fn rotate_session(&mut self, id: SessionId) -> Result<SecretString, StoreError> {
        let text = hex(&rand::random::<[u8; 32]>());
        let rotated = sqlx::query("update sessions set digest = $2 where id = $1 and ended_at is null")
            .bind(id.0)
            .bind(&sha256(text.as_bytes())[..])
            .execute(self.connection())
            .await?;
        if rotated.rows_affected() == 0 {
            return Err(StoreError::Conflict("the sign-in is over; sign in again"));
        }
        Ok(SecretString::from(text))
    }

    /// Remembers the browser in which somebody signed in; the text goes into a cookie of its own.
    pub async fn insert_device(&mut self, user_id: UserId) -> Result<SecretString, StoreError> {
        let now = self.now();
        let text = hex(&rand::random::<[u8; 32]>());
        sqlx::query(
            "insert into known_devices (digest, user_id, created_at, last_used_at, expires_at) values ($1, $2, $3, $3, $4)",
        )
        .bind(&sha256(text.as_bytes())[..])
        .bind(user_id.0)
        .bind(sql(now))
        .bind(sql(later(now, DEVICE_LASTS)))
        .execute(self.connection())
        .await?;
        Ok(SecretString::from(text))
    }

    pub(super) async fn forget_devices(&mut self, user_id: UserId) -> Result<(), StoreError> {
        sqlx::query("delete from known_devices where user_id = $1").bind(user_id.0).execute(self.connection()).await?;
        Ok(())
    }

    /// Ends one session of a user. False when it is none of theirs, or over.
    pub async fn end_session(&mut self, user_id: UserId, id: SessionId, why: EndedWhy) -> Result<bool, StoreError> {
        let now = self.now();
        let ended = sqlx::query(
            "update sessions set ended_at = $3, ended_why = $4 where id = $1 and user_id = $2 and ended_at is null",
        )
        .bind(id.0)
        .bind(user_id.0)
        .bind(sql(now))
        .bind(why.as_str())
        .execute(self.connection())
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        let details = json!({ "user": user_id, "session": id, "why": why.as_str() });
        self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::SessionEnded, &details).await?;
        Ok(true)
    }

    /// Ends every session, refresh family and open challenge of a user but one. How many sessions and families.
    pub async fn end_everything_of(
        &mut self,
        user_id: UserId,
        spared: Spared,
        why: EndedWhy,
    ) -> Result<u64, StoreError> {
        let now = self.now();
        let (session, family) = (spared.session(), spared.family());
        let sessions = sqlx::query(
            "update sessions set ended_at = $2, ended_why = $3
             where user_id = $1 and ended_at is null and id is distinct from $4",
        )
        .bind(user_id.0)
        .bind(sql(now))
        .bind(why.as_str())
        .bind(session)
        .execute(self.connection())
        .await?;
        // A family knows no `replaced`: nothing takes its place.
        let families = sqlx::query(
            "update refresh_families set ended_at = $2, ended_why = case $3 when 'replaced' then 'ended_by_user' else $3 end
             where user_id = $1 and ended_at is null and id is distinct from $4",
        )
        .bind(user_id.0)
        .bind(sql(now))
        .bind(why.as_str())
        .bind(family)
        .execute(self.connection())
        .await?;
        sqlx::query("update sign_in_challenges set ended_at = $2 where user_id = $1 and ended_at is null")
            .bind(user_id.0)
            .bind(sql(now))
            .execute(self.connection())
            .await?;
        Ok(sessions.rows_affected() + families.rows_affected())
    }

    /// Ends every other sign-in of a user, and says so in the logs. How many there were.
    pub async fn end_other_sign_ins(&mut self, user_id: UserId, spared: Spared) -> Result<u64, StoreError> {
        let ended = self.end_everything_of(user_id, spared, EndedWhy::EndedByUser).await?;
        if ended > 0 {
            let details = json!({ "user": user_id, "why": EndedWhy::EndedByUser.as_str(), "ended": ended });
            self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::SessionEnded, &details).await?;
        }
        Ok(ended)
    }

    /// Where a user is signed in now, seen last first.
    pub async fn load_sign_ins(&mut self, user_id: UserId) -> Result<Vec<SignInEntry>, StoreError> {
        let now = self.now();
        let rows = sqlx::query(
            "select id, 'console' as kind, user_agent, address, created_at, last_seen_at from sessions
             where user_id = $1 and ended_at is null and expires_at > $2 and last_seen_at > $3
             union all
             select id, 'api', user_agent, address, created_at, last_seen_at from refresh_families
             where user_id = $1 and ended_at is null and expires_at > $2
             order by last_seen_at desc, id desc limit 100",
        )
        .bind(user_id.0)
        .bind(sql(now))
        .bind(sql(now.checked_sub(IDLE).unwrap_or(Timestamp::MIN)))
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let kind: &str = row.try_get("kind")?;
                Ok(SignInEntry {
                    id: row.try_get("id")?,
                    kind: if kind == "api" { SignInKind::Api } else { SignInKind::Console },
                    user_agent: row.try_get("user_agent")?,
                    address: row.try_get("address")?,
                    created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
                    last_seen_at: row.try_get::<jiff_sqlx::Timestamp, _>("last_seen_at")?.to_jiff(),
                })
            })
            .collect()
    }
}
