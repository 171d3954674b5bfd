//! How often a sign-in may be tried. Each try is counted before it is judged, so that a thousand at the same
//! time are no more than a thousand one after the other; a right password takes its count back.
//!
//! Whoever tries comes either from a browser in which this account has signed in before (a *known device*), or from
//! elsewhere. A known device has a measure of its own and nothing else slows it down, so nobody can lock its owner
//! out by guessing. From elsewhere three measures hold at once: the pair of address and account, the address over
//! all accounts, and the account over all addresses.

use forecourt_domain::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    CrmTx, Store, StoreError,
    audit::{AuditActor, AuditKind},
    keys::MacPurpose,
    rows::sql,
};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// An address against one account: five at once, then each further one waits twice as long.
    Pair,
    /// An address against all accounts.
    Address,
    /// An account, from everywhere that is not known.
    Account,
    /// A known device against its account.
    Device,
    /// Codes of the second factor of an account: only who knows its password gets here.
    Code,
    /// Links that were asked for to one account.
    Reset,
    /// Links that were asked for from one address.
    ResetAddress,
}

impl Measure {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Address => "address",
            Self::Account => "account",
            Self::Device => "device",
            Self::Code => "code",
            Self::Reset => "reset",
            Self::ResetAddress => "reset_address",
        }
    }

    /// How many tries fit at once, and how many seconds it takes until one more does.
    const fn shape(self) -> (f64, f64) {
        match self {
            Self::Pair | Self::Device => (5.0, 0.0),
            Self::Address => (30.0, 60.0),
            Self::Account => (20.0, 360.0),
            Self::Code => (10.0, 360.0),
            Self::Reset => (3.0, 1200.0),
            Self::ResetAddress => (20.0, 180.0),
        }
    }

    /// Whether each failure beyond the first ones doubles the wait instead.
    const fn doubles(self) -> bool {
        matches!(self, Self::Pair | Self::Device)
    }
}

/// The longest that a doubling wait becomes.
const LONGEST_WAIT: f64 = 900.0;
/// After so long without a try, a doubling wait is forgotten.
const FORGOTTEN_AFTER: f64 = 86_400.0;
/// At this many failures from everywhere the dealerships are told.
const OFTEN: f64 = 10.0;

/// A try that wants to be made. Accounts are named as somebody typed them: unknown ones count alike.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    pub account: &'a str,
    pub address: &'a str,
    /// The digest of a device that is known for this account.
    pub known_device: Option<[u8; 32]>,
}

/// Whether a try may be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Admission {
    /// It was counted. `often` when the failures on this account have just become many.
    Admitted { often: bool },
    /// It was not, and was counted nowhere; when to come back.
    Refused { retry_after: SignedDuration },
}

impl Store {
    /// Counts a try to give a password.
    pub async fn admit_password(&self, asked: Try<'_>) -> Result<Admission, StoreError> {
        let measures = self.measures_of(asked);
        self.admit(&measures).await
    }

    /// Takes the count of a try back whose password was right.
    pub async fn forgive_password(&self, asked: Try<'_>) -> Result<(), StoreError> {
        for (measure, key) in self.measures_of(asked) {
            let statement = if measure.doubles() {
                "delete from sign_in_tries where kind = $1 and key = $2"
            } else {
                "update sign_in_tries set level = greatest(0, level - 1) where kind = $1 and key = $2"
            };
            sqlx::query(statement).bind(measure.as_str()).bind(&key[..]).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Counts a code of the second factor.
    pub async fn admit_code(&self, user_id: UserId) -> Result<Admission, StoreError> {
        self.admit(&[(Measure::Code, self.try_key("code", &user_id.to_string(), ""))]).await
    }

    /// Takes the counts of codes back when one was right.
    pub async fn forgive_code(&self, user_id: UserId) -> Result<(), StoreError> {
        sqlx::query("delete from sign_in_tries where kind = $1 and key = $2")
            .bind(Measure::Code.as_str())
            .bind(&self.try_key("code", &user_id.to_string(), "")[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Counts a wish for a link by mail.
    pub async fn admit_reset(&self, account: &str, address: &str) -> Result<Admission, StoreError> {
        self.admit(&[
            (Measure::ResetAddress, self.try_key("reset_address", "", address)),
            (Measure::Reset, self.try_key("reset", account, "")),
        ])
        .await
    }

    /// Forgets what was counted so long ago that it holds nobody back.
    pub async fn forget_old_tries(&self) -> Result<(), StoreError> {
        let before = self.now().checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        sqlx::query("delete from sign_in_tries where measured_at < $1").bind(sql(before)).execute(&self.pool).await?;
        Ok(())
    }

    /// In a fixed order, so that two tries never wait for each other in a circle.
    fn measures_of(&self, asked: Try<'_>) -> Vec<(Measure, [u8; 32])> {
        match asked.known_device {
            Some(device) => vec![(Measure::Device, device)],
            None => vec![
                (Measure::Pair, self.try_key("pair", asked.account, asked.address)),
                (Measure::Address, self.try_key("address", "", asked.address)),
                (Measure::Account, self.try_key("account", asked.account, "")),
            ],
        }
    }

    fn try_key(&self, kind: &str, account: &str, address: &str) -> [u8; 32] {
        self.keys.mac(MacPurpose::Try, format!("{kind}\n{account}\n{address}").as_bytes())
    }

    async fn admit(&self, measures: &[(Measure, [u8; 32])]) -> Result<Admission, StoreError> {
        let now = self.now();
        let mut tx = self.pool.begin().await?;
        let mut often = false;
        for (measure, key) in measures {
            let (size, seconds_each) = measure.shape();
            // The level after this try, or nothing where it does not fit.
            let level: Option<f64> = sqlx::query_scalar(
                "insert into sign_in_tries as t (kind, key, level, measured_at) values ($1, $2, 1, $3)
                 on conflict (kind, key) do update set
                     level = sign_in_level(t.level, t.measured_at, $3, $5, $6) + 1, measured_at = $3
                 where sign_in_wait(t.level, t.measured_at, $3, $4, $5, $6, $7) <= 0
                 returning level",
            )
            .bind(measure.as_str())
            .bind(&key[..])
            .bind(sql(now))
            .bind(size)
            .bind(seconds_each)
            .bind(FORGOTTEN_AFTER)
            .bind(LONGEST_WAIT)
            .fetch_optional(&mut *tx)
            .await?;
            let Some(level) = level else {
                let wait: f64 = sqlx::query_scalar(
                    "select sign_in_wait(level, measured_at, $3, $4, $5, $6, $7)
                     from sign_in_tries where kind = $1 and key = $2",
                )
                .bind(measure.as_str())
                .bind(&key[..])
                .bind(sql(now))
                .bind(size)
                .bind(seconds_each)
                .bind(FORGOTTEN_AFTER)
                .bind(LONGEST_WAIT)
                .fetch_one(&mut *tx)
                .await?;
                tx.rollback().await?;
                return Ok(Admission::Refused { retry_after: whole_seconds(wait) });
            };
            often |= *measure == Measure::Account && (OFTEN..OFTEN + 1.0).contains(&level);
        }
        tx.commit().await?;
        Ok(Admission::Admitted { often })
    }
}

impl CrmTx {
    /// Tells the dealerships of a user that their password was guessed at often.
    pub async fn tell_of_guesses(&mut self, user_id: UserId) -> Result<(), StoreError> {
        self.tell_workplaces(user_id, AuditActor::System, AuditKind::SignInFailedOften, &json!({ "user": user_id }))
            .await?;
        Ok(())
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a wait is at most some minutes")]
fn whole_seconds(wait: f64) -> SignedDuration {
    SignedDuration::from_secs(wait.ceil().clamp(1.0, 86_400.0) as i64)
}
