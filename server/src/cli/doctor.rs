//! `forecourt doctor`: looks at everything an instance rests on, and says how to fix what is wrong.

mod findings;
mod judgement;

use std::{process::ExitCode, sync::Arc};

use forecourt_crm_store::{Store, StoreError, doctor::ExaminedDatabase, embedded::EmbeddedPostgres, keys::Keys};
use forecourt_domain::{
    clock::{Clock, SystemClock},
    scope::Scope,
};
use secrecy::SecretString;

use super::progress;
use crate::{
    config::{Config, DatabaseConfig, Settings},
    instance::find_secret_key,
};
use findings::{Finding, Findings};

pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let config = settings.resolve(&super::environment)?;
    let mut findings = Findings::default();
    findings.add(judgement::time_zones());
    match &config.database {
        DatabaseConfig::Server { app_url, owner_url } => {
            examine(&config, app_url, &mut findings).await;
            if let Some(owner_url) = owner_url {
                findings.add(judgement::owner(&ExaminedDatabase::reach(owner_url).await));
            }
        }
        DatabaseConfig::Embedded { data } if !data.exists() => findings.add(Finding::warn(
            format!("there is no database in {} yet", data.display()),
            "`forecourt demo` makes one with a dealership to try, `forecourt dealership create` one with yours",
        )),
        DatabaseConfig::Embedded { data } => match EmbeddedPostgres::start(data, &mut progress).await {
            Ok(embedded) => {
                examine(&config, &SecretString::from(embedded.app_url()), &mut findings).await;
                embedded.stop().await?;
            }
            Err(error) => findings.add(Finding::fail("the embedded database does not start", &error.to_string())),
        },
    }
    for line in findings.lines() {
        super::out(&line);
    }
    Ok(if findings.any_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Looks at the database as the app role, as far as each answer allows the next question.
async fn examine(config: &Config, app_url: &SecretString, findings: &mut Findings) {
    let examined = match ExaminedDatabase::reach(app_url).await {
        Ok(examined) => examined,
        Err(error) => return findings.add(Finding::fail("the database is out of reach", &error.to_string())),
    };
    findings.add(Finding::ok("the database answers"));
    findings.add_result(examined.load_server_major().await.map(judgement::server));
    findings.add_result(examined.find_role().await.map(|role| judgement::app_role(&role)));
    findings.add_result(examined.find_vector_version().await.map(|version| judgement::vector(version.as_deref())));
    let clock = SystemClock::default();
    findings.add_result(examined.load_clock().await.map(|there| judgement::clocks(clock.now(), there)));
    let migrations = match examined.load_migrations().await {
        Ok(migrations) => migrations,
        Err(error) => return findings.add_error(&error),
    };
    findings.add(judgement::migrations(migrations));
    if migrations.applied != Some(migrations.expected) {
        return;
    }
    findings.add_result(examined.load_partitions().await.map(|tables| judgement::partitions(&tables, clock.now())));
    match find_secret_key(config).map(|key| Keys::derive(&key)) {
        Some(Ok(keys)) => examine_records(config, &examined.store(keys, Arc::new(clock)), findings).await,
        Some(Err(error)) => findings.add(Finding::fail("the secret key cannot be used", &error.to_string())),
        None => findings.add(Finding::fail(
            "FORECOURT_SECRET_KEY is not set and no key is kept",
            "start with the key that this database was made with; without it its integrations must be added again",
        )),
    }
}

/// What only the instance's own key and settings tell.
async fn examine_records(config: &Config, store: &Store, findings: &mut Findings) {
    findings.add_result(store.clock_offset_ms().await.map(judgement::clock_offset));
    let dealerships = match store.load_dealerships().await {
        Ok(dealerships) => dealerships,
        Err(error) => return findings.add_error(&error),
    };
    findings.add(judgement::dealerships(dealerships.len()));
    let (mut sealed, mut unreadable, mut spend_caps) = (Vec::new(), 0, 0);
    let mut own_policies = Vec::new();
    for dealership in dealerships {
        let checked = async {
            let mut tx = store.begin(Scope::of(dealership.id)).await?;
            let (caps, own) = (tx.find_caps().await?, tx.find_active_policies().await?);
            Ok::<_, StoreError>((tx.check_integrations().await?, tx.count_unreadable_forms().await?, caps, own))
        };
        match checked.await {
            Ok((integrations, forms, caps, own)) => {
                own_policies.extend(own.map(|own| (dealership.name.clone(), own)));
                sealed.extend(integrations);
                spend_caps += usize::from(caps.is_some_and(|caps| caps.spend_minor.is_some()));
                unreadable += forms;
            }
            Err(error) => return findings.add_error(&error),
        }
    }
    findings.add(judgement::integrations(&sealed));
    findings.add(judgement::unreadable_forms(unreadable));
    findings.add(judgement::spend_caps(spend_caps, config.pricing));
    findings.add(judgement::own_policies(&own_policies));
}
