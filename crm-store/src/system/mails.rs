//! Mail of the system to its own people. What a mail says is sealed, because it may hold a link that opens an
//! account, and is forgotten once it was sent.

use forecourt_domain::{contact::EmailAddress, ids::SystemMailId};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sqlx::Row;

use super::recovery::later;
use crate::{
    CrmTx, Store, StoreError,
    keys::KeyError,
    rows::{instant, int, sql, sql_opt},
};

/// How long a claimed mail is safe from other workers.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// The waits after a failed attempt; after the last one a mail is given up. Links last no longer than that helps.
const WAITS: [SignedDuration; 5] = [
    SignedDuration::from_secs(15),
    SignedDuration::from_secs(60),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
];

/// What was not sent for so long helps nobody any more: the links in it are good no more.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Which mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    Invitation,
    PasswordReset,
    PasswordChanged,
    SecondFactorAdded,
    SecondFactorRemoved,
    AddedToDealership,
    RefreshReused,
}

impl MailKind {
    /// The text under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactorAdded => "second_factor_added",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::AddedToDealership => "added_to_dealership",
            Self::RefreshReused => "refresh_reused",
        }
    }
}

/// A mail about to be stored.
#[derive(Clone)]
pub struct NewMail {
    pub kind: MailKind,
    pub recipient: EmailAddress,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A mail, opened.
#[derive(Clone)]
pub struct OpenMail {
    pub id: SystemMailId,
    pub recipient: EmailAddress,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attempts: i32,
}

/// A mail as an operator's list shows it.
#[derive(Debug, Clone)]
pub struct MailEntry {
    pub id: SystemMailId,
    pub kind: String,
    pub recipient: String,
    pub created_at: Timestamp,
    pub attempts: i32,
    pub sent_at: Option<Timestamp>,
    pub given_up_at: Option<Timestamp>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailOutcome {
    Sent,
    /// The server will not take it, now or later.
    Refused {
        code: Option<String>,
    },
    /// It may work later.
    Failed {
        code: Option<String>,
    },
}

/// Why a mail cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("a stored mail cannot be read")]
    Unreadable,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CrmTx {
    /// Stores a mail, to be sent by the worker after this transaction.
    pub async fn insert_mail(&mut self, new: &NewMail) -> Result<SystemMailId, MailError> {
        let now = self.now();
        let id = SystemMailId::generate(now);
        let body = json!({ "subject": new.subject, "text": new.text, "html": new.html }).to_string();
        let sealed = self.keys.seal(id.0, &SecretString::from(body))?;
        sqlx::query(
            "insert into system_mails (id, kind, recipient, sealed_body, key_id, created_at, due_at)
             values ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(id.0)
        .bind(new.kind.as_str())
        .bind(new.recipient.as_str())
        .bind(&sealed.bytes)
        .bind(&sealed.key_id)
        .bind(sql(now))
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        Ok(id)
    }
}

impl Store {
    /// Claims a mail that is due. While it is claimed, nobody else sends it.
    pub async fn claim_mail(&self) -> Result<Option<SystemMailId>, StoreError> {
        let now = self.now();
        Ok(sqlx::query_scalar(
            "update system_mails set due_at = $2, attempts = attempts + 1
             where id = (select id from system_mails where due_at <= $1 order by due_at limit 1 for update skip locked)
             returning id",
        )
        .bind(sql(now))
        .bind(sql(later(now, LEASE)))
        .fetch_optional(&self.pool)
        .await?
        .map(SystemMailId))
    }

    /// A mail with what it says, while that is known.
    pub async fn find_mail(&self, id: SystemMailId) -> Result<Option<OpenMail>, MailError> {
        let row = sqlx::query("select recipient, sealed_body, attempts from system_mails where id = $1")
            .bind(id.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::from)?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Option<Vec<u8>> = row.try_get("sealed_body").map_err(StoreError::from)?;
        let Some(sealed) = sealed else { return Ok(None) };
        let body = self.keys.open(id.0, &sealed)?;
        let body: serde_json::Value = serde_json::from_str(body.expose_secret()).map_err(|_| MailError::Unreadable)?;
        let field = |name: &str| body[name].as_str().map(str::to_owned).ok_or(MailError::Unreadable);
        let recipient: String = row.try_get("recipient").map_err(StoreError::from)?;
        Ok(Some(OpenMail {
            id,
            recipient: crate::rows::parse(&recipient)?,
            subject: field("subject")?,
            text: field("text")?,
            html: field("html")?,
            attempts: row.try_get("attempts").map_err(StoreError::from)?,
        }))
    }

    /// Notes how an attempt ended, and when the next one is, if there is one.
    pub async fn end_mail_attempt(
        &self,
        id: SystemMailId,
        attempt: i32,
        outcome: &MailOutcome,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let (name, code) = match outcome {
            MailOutcome::Sent => ("sent", None),
            MailOutcome::Refused { code } => ("refused", code.as_deref()),
            MailOutcome::Failed { code } => ("failed", code.as_deref()),
        };
        let wait = usize::try_from(attempt - 1).ok().and_then(|at| WAITS.get(at)).copied();
        let due_at = match outcome {
            MailOutcome::Failed { .. } => wait.map(|wait| later(now, wait)),
            MailOutcome::Sent | MailOutcome::Refused { .. } => None,
        };
        let is_sent = *outcome == MailOutcome::Sent;
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "insert into system_mail_attempts (mail_id, number, attempted_at, outcome, code) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
        )
        .bind(id.0)
        .bind(int(attempt))
        .bind(sql(now))
        .bind(name)
        .bind(code)
        .execute(&mut *tx)
        .await?;
        // What is settled has been said, or helps nobody any more.
        sqlx::query(
            "update system_mails set due_at = $2, sent_at = case when $3 then $4 end,
                 given_up_at = case when not $3 and $2::timestamptz is null then $4 end,
                 sealed_body = case when $2::timestamptz is null then null else sealed_body end,
                 key_id = case when $2::timestamptz is null then null else key_id end
             where id = $1 and sent_at is null",
        )
        .bind(id.0)
        .bind(sql_opt(due_at))
        .bind(is_sent)
        .bind(sql(now))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Gives up what was not sent for a week, and forgets what it said.
    pub async fn give_up_stale_mail(&self) -> Result<(), StoreError> {
        let now = self.now();
        sqlx::query(
            "update system_mails set due_at = null, given_up_at = $1, sealed_body = null, key_id = null
             where due_at is not null and created_at < $2",
        )
        .bind(sql(now))
        .bind(sql(now.checked_sub(STALE_AFTER).unwrap_or(Timestamp::MIN)))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The latest mails, newest first.
    pub async fn load_mails(&self, limit: i64) -> Result<Vec<MailEntry>, StoreError> {
        let rows = sqlx::query(
            "select id, kind, recipient, created_at, attempts, sent_at, given_up_at
             from system_mails order by id desc limit $1",
        )
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(MailEntry {
                    id: SystemMailId(row.try_get("id")?),
                    kind: row.try_get("kind")?,
                    recipient: row.try_get("recipient")?,
                    created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
                    attempts: row.try_get("attempts")?,
                    sent_at: instant(row.try_get("sent_at")?),
                    given_up_at: instant(row.try_get("given_up_at")?),
                })
            })
            .collect()
    }
}
