//! Signing in, step by step: the password, then the second factor where there is one. The console and the API do the
//! same here and differ only in what they hand out at the end.

use forecourt_crm_store::{
    Store,
    keys::sha256,
    system::{
        credentials::{Account, SeedError},
        tries::{Admission, Try},
        workplaces::Workplace,
    },
};
use forecourt_domain::{contact::EmailAddress, ids::UserId};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

use super::{Identity, address::From, passwords::Busy, recovery, second_factor};
use crate::http::problem::Problem;

/// What somebody gives to sign in.
pub struct Given<'a> {
    /// As it was typed.
    pub email: &'a str,
    pub password: &'a SecretString,
    /// What the browser keeps of an earlier sign-in.
    pub device: Option<&'a SecretString>,
    pub from: &'a From,
}

/// What came of a password.
#[derive(Debug)]
pub enum PasswordStep {
    Right(Box<Account>),
    /// Wrong, or there is no such account: nobody is told which.
    Wrong,
    /// It was not looked at.
    TooMany {
        retry_after: SignedDuration,
    },
}

/// What came of a code of the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStep {
    Right,
    Wrong,
    TooMany { retry_after: SignedDuration },
}

impl std::convert::From<Busy> for Problem {
    fn from(_: Busy) -> Self {
        Self::try_again()
    }
}

impl std::convert::From<SeedError> for Problem {
    fn from(error: SeedError) -> Self {
        match error {
            SeedError::Store(error) => error.into(),
            SeedError::Key(error) => {
                tracing::error!(%error, "the seed of a second factor cannot be opened");
                Self::try_again()
            }
        }
    }
}

impl Identity {
    /// Compares a password, if the try may be made. An unknown account costs the same and is counted the same.
    pub async fn check_password(&self, store: &Store, given: &Given<'_>) -> Result<PasswordStep, Problem> {
        let typed = given.email.trim().to_lowercase();
        let email: Option<EmailAddress> = typed.parse().ok();
        let account = match &email {
            Some(email) => store.find_account(email).await?,
            None => None,
        };
        let known_device = match (&account, given.device) {
            (Some(account), Some(device)) if store.is_known_device(account.user_id, device).await? => {
                Some(sha256(device.expose_secret().as_bytes()))
            }
            _ => None,
        };
        let name = email.as_ref().map_or(typed.as_str(), EmailAddress::as_str);
        let asked = Try { account: name, address: &given.from.counted, known_device };
        let often = match store.admit_password(asked).await? {
            Admission::Admitted { often } => often,
            Admission::Refused { retry_after } => return Ok(PasswordStep::TooMany { retry_after }),
        };
        let kept = account.as_ref().and_then(|account| account.password_hash.as_ref());
        let verdict = self.passwords.compare(given.password, kept).await?;
        match account {
            Some(mut account) if verdict.is_right => {
                store.forgive_password(asked).await?;
                if verdict.is_outdated {
                    self.renew_hash(store, &mut account, given.password).await?;
                }
                Ok(PasswordStep::Right(Box::new(account)))
            }
            account => {
                if let (true, Some(account)) = (often, account)
                    && let Some(mut tx) = store.begin_about(account.user_id).await?
                {
                    tx.tell_of_guesses(account.user_id).await?;
                    tx.commit().await?;
                }
                Ok(PasswordStep::Wrong)
            }
        }
    }

    async fn renew_hash(&self, store: &Store, account: &mut Account, password: &SecretString) -> Result<(), Problem> {
        let (Some(old), Some(mut tx)) = (&account.password_hash, store.begin_about(account.user_id).await?) else {
            return Ok(());
        };
        let new = self.passwords.hash(password).await?;
        tx.renew_password_hash(account.user_id, old, &new).await?;
        tx.commit().await?;
        account.password_hash = Some(new);
        Ok(())
    }

    /// Judges a code of the authenticator app, or a recovery code, and uses it up.
    pub async fn check_code(&self, store: &Store, user_id: UserId, code: &str) -> Result<CodeStep, Problem> {
        match store.admit_code(user_id).await? {
            Admission::Admitted { .. } => {}
            Admission::Refused { retry_after } => return Ok(CodeStep::TooMany { retry_after }),
        }
        let Some(mut tx) = store.begin_about(user_id).await? else { return Ok(CodeStep::Wrong) };
        let Some(seed) = tx.lock_seed(user_id).await?.filter(|seed| seed.confirmed) else {
            return Ok(CodeStep::Wrong);
        };
        let is_right = match second_factor::matching_step(&seed.base32, code, tx.now()) {
            Some(step) => tx.use_step(user_id, step).await?,
            None => tx.use_recovery_code(user_id, &recovery::comparable(user_id, code)).await?,
        };
        tx.commit().await?;
        if is_right {
            store.forgive_code(user_id).await?;
        }
        Ok(if is_right { CodeStep::Right } else { CodeStep::Wrong })
    }

    /// Compares the password of somebody who is signed in already, before something that asks for it again.
    pub async fn confirm_password(
        &self,
        store: &Store,
        account: &Account,
        password: &SecretString,
    ) -> Result<PasswordStep, Problem> {
        // Counted apart from sign-ins: this user is in, and only they are slowed down.
        let (email, address) = (account.email.as_str(), format!("signed in as {}", account.user_id));
        let asked = Try { account: email, address: &address, known_device: Some(sha256(address.as_bytes())) };
        if let Admission::Refused { retry_after } = store.admit_password(asked).await? {
            return Ok(PasswordStep::TooMany { retry_after });
        }
        let verdict = self.passwords.compare(password, account.password_hash.as_ref()).await?;
        if !verdict.is_right {
            return Ok(PasswordStep::Wrong);
        }
        store.forgive_password(asked).await?;
        Ok(PasswordStep::Right(Box::new(account.clone())))
    }
}

/// Where somebody who gave the right password may work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doors {
    /// None: they work nowhere any more.
    Nowhere,
    /// Everything they work at is suspended.
    Suspended {
        dealership: String,
    },
    One(Workplace),
    Several(Vec<Workplace>),
}

/// The doors that are open to a user.
pub async fn doors(store: &Store, user_id: UserId) -> Result<Doors, Problem> {
    let all = store.load_workplaces(user_id).await?;
    let mut open: Vec<Workplace> = all.iter().filter(|place| !place.suspended).cloned().collect();
    Ok(match (open.len(), all.into_iter().next()) {
        (0, None) => Doors::Nowhere,
        (0, Some(closed)) => Doors::Suspended { dealership: closed.name },
        (1, _) => Doors::One(open.remove(0)),
        _ => Doors::Several(open),
    })
}

/// What to tell whoever tries too often.
#[must_use]
pub fn too_many(retry_after: SignedDuration) -> String {
    let wait = if retry_after <= SignedDuration::from_secs(90) {
        format!("{} seconds", retry_after.as_secs().max(1))
    } else {
        format!("{} minutes", (retry_after.as_secs() + 59) / 60)
    };
    format!("Too many tries from here. Wait {wait}, or ask for a link by e-mail.")
}

/// What to tell whoever comes to a closed door.
#[must_use]
pub fn suspended(dealership: &str) -> String {
    format!(
        "{dealership} is suspended, so nobody can sign in there at the moment. Its data is kept. Ask whoever runs this server."
    )
}

/// What to tell whoever works nowhere.
pub const NOWHERE: &str = "Your account works at no dealership any more. Ask an admin there to invite you again.";
