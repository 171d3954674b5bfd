//! The demo's bearer tokens: one per role, in a file that only its owner may read. The database keeps
//! digests only.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use forecourt_domain::staff::Role;
use secrecy::{ExposeSecret, SecretString};

use super::Loading;

/// The file's name in the data folder.
pub const TOKEN_FILE: &str = "tokens.txt";

/// A token of the demo.
#[derive(Debug)]
pub struct RoleToken {
    pub role: Role,
    pub user: String,
    pub token: SecretString,
}

impl Loading {
    /// One token per role, for the first user who has it.
    pub(super) async fn tokens(&mut self) -> anyhow::Result<Vec<RoleToken>> {
        let mut tokens = Vec::with_capacity(self.roles.len());
        for (role, user_id, user) in self.roles.clone() {
            // They last as long as the demo does.
            let token = self.tx.insert_token(user_id, role, None).await?;
            tokens.push(RoleToken { role, user, token });
        }
        Ok(tokens)
    }
}

/// Writes the file anew; what stood there belongs to a load that never was.
pub(super) fn write(folder: &Path, dealership: &str, tokens: &[RoleToken]) -> anyhow::Result<()> {
    let path = folder.join(TOKEN_FILE);
    let cannot = || format!("cannot write {}", path.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).with_context(cannot),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).with_context(cannot)?;
    writeln!(file, "# Bearer tokens of the demo dealership {dealership}. Only digests of them are stored elsewhere.")
        .with_context(cannot)?;
    for RoleToken { role, user, token } in tokens {
        writeln!(file, "{:<18} {}  # {user}", role.as_str(), token.expose_secret()).with_context(cannot)?;
    }
    file.sync_all().with_context(cannot)
}
