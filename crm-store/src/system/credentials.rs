//! What a user signs in with: the password's hash and the sealed seed of the second factor.

use forecourt_domain::{
    contact::EmailAddress,
    ids::{SessionId, UserId},
};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    keys::{KeyError, Keys},
    rows::{instant, sql},
    system::sessions::{EndedWhy, Spared},
};

/// A user as sign-in needs them. A disabled one is never found.
#[derive(Debug, Clone)]
pub struct Account {
    pub user_id: UserId,
    pub email: EmailAddress,
    pub first_name: String,
    pub last_name: String,
    /// A PHC string; none before a password was set.
    pub password_hash: Option<SecretString>,
    pub password_changed_at: Option<Timestamp>,
    /// Since when a second factor is asked for.
    pub second_factor_since: Option<Timestamp>,
}

/// The seed of a second factor, opened.
#[derive(Debug, Clone)]
pub struct Seed {
    /// In base 32, as authenticator apps take it.
    pub base32: SecretString,
    pub confirmed: bool,
    /// The time step of the last code that was accepted.
    pub last_step: i64,
}

/// Why a seed cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// The account with this e-mail address, unless it is disabled.
    pub async fn find_account(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "select id, email, first_name, last_name, password_hash, password_changed_at, totp_confirmed_at
             from users where email = $1 and disabled_at is null",
        )
        .bind(email.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_account).transpose()
    }

    /// The account of a user, unless it is disabled.
    pub async fn find_account_of(&self, user_id: UserId) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "select id, email, first_name, last_name, password_hash, password_changed_at, totp_confirmed_at
             from users where id = $1 and disabled_at is null",
        )
        .bind(user_id.0)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_account).transpose()
    }
}

fn read_account(row: &sqlx::postgres::PgRow) -> Result<Account, StoreError> {
    let email: String = row.try_get("email")?;
    let hash: Option<String> = row.try_get("password_hash")?;
    Ok(Account {
        user_id: UserId(row.try_get("id")?),
        email: crate::rows::parse(&email)?,
        first_name: row.try_get("first_name")?,
        last_name: row.try_get("last_name")?,
        password_hash: hash.map(SecretString::from),
        password_changed_at: instant(row.try_get("password_changed_at")?),
        second_factor_since: instant(row.try_get("totp_confirmed_at")?),
    })
}

/// How a password came to be another.
#[derive(Debug, Clone, Copy)]
pub enum PasswordChange<'a> {
    /// By somebody who knew the old one; the session in which it happened goes on.
    Changed { compared: &'a SecretString, session: SessionId },
    /// By a link; nothing that was signed in before goes on.
    ByLink,
}

impl CrmTx {
    /// Locks a user's account until this transaction ends. False when it does not exist or is disabled.
    pub async fn lock_account(&mut self, user_id: UserId) -> Result<bool, StoreError> {
        let found: Option<Uuid> =
            sqlx::query_scalar("select id from users where id = $1 and disabled_at is null for update")
                .bind(user_id.0)
                .fetch_optional(self.connection())
                .await?;
        Ok(found.is_some())
    }

    /// Fails unless an account is as a sign-in found it: not disabled, with the same password and second factor. It
    /// stays so until this transaction ends, so that what a sign-in begins here is ended by whatever comes later.
    pub async fn require_unchanged(&mut self, account: &Account) -> Result<(), StoreError> {
        use secrecy::ExposeSecret;
        let found: Option<Uuid> = sqlx::query_scalar(
            "select id from users where id = $1 and disabled_at is null
                 and password_hash is not distinct from $2 and totp_confirmed_at is not distinct from $3 for share",
        )
        .bind(account.user_id.0)
        .bind(account.password_hash.as_ref().map(ExposeSecret::expose_secret))
        .bind(account.second_factor_since.map(sql))
        .fetch_optional(self.connection())
        .await?;
        match found {
            Some(_) => Ok(()),
            None => Err(StoreError::Conflict("the account changed meanwhile; sign in again")),
        }
    }

    /// Stores the hash of a new password and ends whatever was signed in with the old one: sessions, refresh
    /// families, challenges and known devices, and the links to reset it. Every dealership where the user works has
    /// it in its log. A conflict when another password or the end of the session was first.
    pub async fn set_password(
        &mut self,
        user_id: UserId,
        hash: &SecretString,
        change: PasswordChange<'_>,
    ) -> Result<(), StoreError> {
        use secrecy::ExposeSecret;
        let now = self.now();
        let (compared, keep, why, how) = match change {
            PasswordChange::Changed { compared, session } => {
                (Some(compared), Spared::Session(session), EndedWhy::PasswordChanged, "changed")
            }
            PasswordChange::ByLink => (None, Spared::None, EndedWhy::PasswordReset, "by_link"),
        };
        if !self.lock_account(user_id).await? {
            return Err(StoreError::Conflict("the account is disabled"));
        }
        let set = sqlx::query(
            "update users set password_hash = $2, password_changed_at = $3
             where id = $1 and ($4::text is null or password_hash = $4)
                 and ($5::uuid is null or exists (select from sessions where id = $5 and user_id = $1 and ended_at is null))",
        )
        .bind(user_id.0)
        .bind(hash.expose_secret())
        .bind(sql(now))
        .bind(compared.map(ExposeSecret::expose_secret))
        .bind(keep.session())
        .execute(self.connection())
        .await?;
        if set.rows_affected() == 0 {
            return Err(StoreError::Conflict("the password or the sign-in is another by now; sign in again"));
        }
        let ended = self.end_everything_of(user_id, keep, why).await?;
        if matches!(change, PasswordChange::ByLink) {
            self.forget_devices(user_id).await?;
        }
        self.withdraw_resets(user_id).await?;
        let details = json!({ "user": user_id, "how": how, "ended": ended });
        self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::PasswordChanged, &details).await?;
        Ok(())
    }

    /// Whether a user has a password.
    pub async fn has_password(&mut self, user_id: UserId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("select password_hash is not null from users where id = $1")
            .bind(user_id.0)
            .fetch_one(self.connection())
            .await?)
    }

    /// Stores the hash of the password of somebody who is new here, on behalf of whoever founds a demo.
    pub async fn set_first_password(&mut self, user_id: UserId, hash: &SecretString) -> Result<(), StoreError> {
        use secrecy::ExposeSecret;
        let now = self.now();
        sqlx::query(
            "update users set password_hash = $2, password_changed_at = $3 where id = $1 and password_hash is null",
        )
        .bind(user_id.0)
        .bind(hash.expose_secret())
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Renews the hash of the same password under stronger parameters, if it is still the one that was checked.
    pub async fn renew_password_hash(
        &mut self,
        user_id: UserId,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), StoreError> {
        use secrecy::ExposeSecret;
        sqlx::query("update users set password_hash = $3 where id = $1 and password_hash = $2")
            .bind(user_id.0)
            .bind(old.expose_secret())
            .bind(new.expose_secret())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Keeps a proposed seed, sealed. It is asked for by nobody until it was confirmed; a confirmed one stays.
    pub async fn propose_seed(&mut self, user_id: UserId, base32: &SecretString) -> Result<bool, SeedError> {
        let sealed = self.keys.seal(user_id.0, base32)?;
        let changed = sqlx::query(
            "update users set totp_sealed = $2, totp_key_id = $3, totp_last_step = 0
             where id = $1 and totp_confirmed_at is null",
        )
        .bind(user_id.0)
        .bind(&sealed.bytes)
        .bind(&sealed.key_id)
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        Ok(changed.rows_affected() == 1)
    }

    /// The seed of a user, opened, with its row locked: two codes are never checked at the same time.
    pub async fn lock_seed(&mut self, user_id: UserId) -> Result<Option<Seed>, SeedError> {
        let row = sqlx::query(
            "select totp_sealed, totp_confirmed_at is not null as confirmed, totp_last_step
             from users where id = $1 and disabled_at is null for update",
        )
        .bind(user_id.0)
        .fetch_optional(self.connection())
        .await
        .map_err(StoreError::from)?;
        row.map_or(Ok(None), |row| open_seed(&self.keys, user_id, &row))
    }

    /// Remembers the time step of an accepted code. False when that step or a later one was accepted before.
    pub async fn use_step(&mut self, user_id: UserId, step: i64) -> Result<bool, StoreError> {
        let used = sqlx::query("update users set totp_last_step = $2 where id = $1 and totp_last_step < $2")
            .bind(user_id.0)
            .bind(step)
            .execute(self.connection())
            .await?;
        Ok(used.rows_affected() == 1)
    }

    /// Asks for the second factor from now on. The log of every dealership of the user tells it.
    pub async fn confirm_seed(&mut self, user_id: UserId) -> Result<(), StoreError> {
        let now = self.now();
        let confirmed = sqlx::query(
            "update users set totp_confirmed_at = $2
             where id = $1 and totp_sealed is not null and totp_confirmed_at is null",
        )
        .bind(user_id.0)
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        if confirmed.rows_affected() == 0 {
            return Err(StoreError::Conflict("the second factor is set up already"));
        }
        let details = json!({ "user": user_id });
        self.tell_workplaces(user_id, AuditActor::User(user_id), AuditKind::SecondFactorAdded, &details).await?;
        Ok(())
    }

    /// Forgets the second factor with its recovery codes.
    pub async fn remove_seed(&mut self, user_id: UserId, actor: AuditActor) -> Result<(), StoreError> {
        sqlx::query(
            "update users set totp_sealed = null, totp_key_id = null, totp_confirmed_at = null, totp_last_step = 0
             where id = $1",
        )
        .bind(user_id.0)
        .execute(self.connection())
        .await?;
        sqlx::query("delete from recovery_codes where user_id = $1").bind(user_id.0).execute(self.connection()).await?;
        self.tell_workplaces(user_id, actor, AuditKind::SecondFactorRemoved, &json!({ "user": user_id })).await?;
        Ok(())
    }
}

fn open_seed(keys: &Keys, user_id: UserId, row: &sqlx::postgres::PgRow) -> Result<Option<Seed>, SeedError> {
    let sealed: Option<Vec<u8>> = row.try_get("totp_sealed").map_err(StoreError::from)?;
    let Some(sealed) = sealed else { return Ok(None) };
    Ok(Some(Seed {
        base32: keys.open(user_id.0, &sealed)?,
        confirmed: row.try_get("confirmed").map_err(StoreError::from)?,
        last_step: row.try_get("totp_last_step").map_err(StoreError::from)?,
    }))
}
