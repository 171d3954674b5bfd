//! The demo's passwords: made at the load, told once, kept as hashes only.

use forecourt_domain::{contact::EmailAddress, staff::Role};
use secrecy::SecretString;

use super::{Loading, files::Files};
use crate::identity::{Passwords, passwords::generate};

/// What a member of the demo's staff signs in with.
#[derive(Debug)]
pub struct FirstPassword {
    pub role: Role,
    pub email: EmailAddress,
    pub password: SecretString,
}

/// A password on its way into the database.
pub(super) struct Made {
    key: String,
    first: FirstPassword,
    hash: SecretString,
}

/// A random password for everybody of the staff's list.
pub(super) async fn make(files: &Files) -> anyhow::Result<Vec<Made>> {
    let hasher = Passwords::default();
    let mut made = Vec::with_capacity(files.staff.len());
    for row in &files.staff {
        let password = generate();
        let hash = hasher.hash(&password).await?;
        let first = FirstPassword { role: row.role, email: row.email.clone(), password };
        made.push(Made { key: row.key.clone(), first, hash });
    }
    Ok(made)
}

/// What is told of them.
pub(super) fn shown(made: Vec<Made>) -> Vec<FirstPassword> {
    made.into_iter().map(|made| made.first).collect()
}

impl Loading {
    pub(super) async fn passwords(&mut self, made: &[Made]) -> anyhow::Result<()> {
        for made in made {
            let user_id = self.user(&made.key)?;
            self.tx.set_first_password(user_id, &made.hash).await?;
        }
        Ok(())
    }
}
