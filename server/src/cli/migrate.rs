//! `forecourt migrate`: brings the database to this version, as the owner role.

use std::process::ExitCode;

use crate::config::Settings;

pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let config = settings.resolve(&super::environment)?;
    crate::instance::migrate_only(&config, &mut super::progress).await?;
    super::out("the database is at this version");
    Ok(ExitCode::SUCCESS)
}
