//! `forecourt import`: brings in records from the files of other systems.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Subcommand;
use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    vehicle_import::Upserted,
};
use forecourt_domain::{scope::Scope, vehicle::Condition};
use forecourt_tools::{HashedNgrams, indexing::index_vehicles};
use serde_json::json;

use crate::{
    config::Settings,
    import::inventory_csv::{FeedDefaults, ImportReport, Reject, read_inventory},
    instance::Instance,
};

#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Vehicles from a CSV export. A vehicle that the file does not mention is left alone
    Inventory {
        /// The file: comma, tab, semicolon or bar separated, with a header
        file: PathBuf,
        /// The dealership's name or id, where there are several
        #[arg(long)]
        dealership: Option<String>,
        /// Of rows that do not say: new, used or certified
        #[arg(long)]
        condition: Option<Condition>,
    },
}

pub async fn run(settings: Settings, command: ImportCommand) -> anyhow::Result<ExitCode> {
    let ImportCommand::Inventory { file, dealership, condition } = command;
    let bytes = read(&file)?;
    let (report, stored) = super::with_instance(settings, async |instance| {
        import(instance, dealership.as_deref(), &bytes, condition).await
    })
    .await?;
    for line in summary(&report, &stored) {
        super::out(&line);
    }
    Ok(if stored.accepted() == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

async fn import(
    instance: &Instance,
    dealership: Option<&str>,
    bytes: &[u8],
    condition: Option<Condition>,
) -> anyhow::Result<(ImportReport, Stored)> {
    let (_, scope) = super::find_dealership(instance, dealership).await?;
    let mut tx = instance.store.begin(scope).await?;
    let currency = tx.load_profile().await?.settings.currency;
    tx.rollback().await?;
    // A large file takes its time, and a transaction must not wait for it.
    let report = read_inventory(bytes, &FeedDefaults { currency, condition })?;
    let mut tx = instance.store.begin(scope).await?;
    let stored = store(&mut tx, &report).await?;
    tx.commit().await?;
    index(instance, scope).await?;
    Ok((report, stored))
}

/// Makes what was stored findable.
pub(super) async fn index(instance: &Instance, scope: Scope) -> anyhow::Result<()> {
    index_vehicles(&instance.store, scope, &HashedNgrams).await.context("indexing the vehicles")?;
    Ok(())
}

/// What became of the accepted rows of a feed.
#[derive(Debug, Default)]
pub(super) struct Stored {
    inserted: usize,
    changed: usize,
    unchanged: usize,
    /// Rows that contradict what is on the lot: line and reason.
    refused: Vec<(u64, String)>,
}

impl Stored {
    pub(super) const fn accepted(&self) -> usize {
        self.inserted + self.changed + self.unchanged
    }
}

/// Stores the vehicles of a feed and logs how many they were.
pub(super) async fn store(tx: &mut CrmTx, report: &ImportReport) -> Result<Stored, StoreError> {
    let mut stored = Stored::default();
    for accepted in &report.accepted {
        match tx.upsert_vehicle(&accepted.record).await? {
            Upserted::Inserted(_) => stored.inserted += 1,
            Upserted::Changed(_) => stored.changed += 1,
            Upserted::Unchanged(_) => stored.unchanged += 1,
            Upserted::VinTaken { stock_number } => {
                let reason =
                    format!("its VIN and its stock number belong to two vehicles, the other is {stock_number}");
                stored.refused.push((accepted.line, reason));
            }
        }
    }
    tx.append_audit(&[NewAuditEntry {
        kind: AuditKind::InventoryImported,
        actor: AuditActor::System,
        conversation_id: None,
        turn_id: None,
        details: json!({
            "source": "file", "inserted": stored.inserted, "changed": stored.changed, "unchanged": stored.unchanged,
            "rejected": report.rejected.len() + stored.refused.len(),
        }),
    }])
    .await?;
    Ok(stored)
}

/// What was done, and every row that needs a person, by its line.
pub(super) fn summary(report: &ImportReport, stored: &Stored) -> Vec<String> {
    let rejected = report.rejected.len() + stored.refused.len();
    let mut lines = vec![format!(
        "{} accepted ({} new, {} changed, {} unchanged), {rejected} rejected",
        stored.accepted(),
        stored.inserted,
        stored.changed,
        stored.unchanged
    )];
    let read = report.rejected.iter().map(|Reject { line, reason, .. }| (*line, format!("rejected: {reason}")));
    let refused = stored.refused.iter().map(|(line, reason)| (*line, format!("rejected: {reason}")));
    let noticed = report.accepted.iter().flat_map(|row| row.notices.iter().map(|notice| (row.line, notice.clone())));
    let mut remarks: Vec<(u64, String)> = read.chain(refused).chain(noticed).collect();
    remarks.sort_by_key(|(line, _)| *line);
    lines.extend(remarks.into_iter().map(|(line, remark)| format!("  line {line}: {remark}")));
    if !report.ignored_columns.is_empty() {
        lines.push(format!("  columns that nothing is done with: {}", report.ignored_columns.join(", ")));
    }
    lines
}
