//! The vehicles on the lot, through the same door as every feed.

use anyhow::{Context, bail};
use forecourt_crm_store::{
    audit::{AuditActor, AuditKind, NewAuditEntry},
    vehicle_import::{Upserted, VehicleRecord},
};
use forecourt_domain::money::Currency;
use serde_json::json;

use super::{
    Loading,
    files::{Files, VehicleRow},
};

impl Loading {
    pub(super) async fn inventory(&mut self, files: &Files) -> anyhow::Result<()> {
        for row in &files.vehicles {
            let record = record(row, files.dealership.currency)?;
            match self.tx.upsert_vehicle(&record).await? {
                Upserted::Inserted(id) => self.vehicles.insert(row.stock_number.clone(), id),
                Upserted::Changed(_) | Upserted::Unchanged(_) | Upserted::VinTaken { .. } => {
                    bail!("{} is there twice", row.stock_number)
                }
            };
        }
        self.tx
            .append_audit(&[NewAuditEntry {
                kind: AuditKind::InventoryImported,
                actor: AuditActor::System,
                conversation_id: None,
                turn_id: None,
                details: json!({ "source": "demo", "accepted": self.vehicles.len() }),
            }])
            .await?;
        Ok(())
    }
}

fn record(row: &VehicleRow, currency: Currency) -> anyhow::Result<VehicleRecord> {
    Ok(VehicleRecord {
        stock_number: row.stock_number.clone(),
        vin: row.vin.parse().with_context(|| row.stock_number.clone())?,
        condition: row.condition,
        year: row.year,
        make: row.make.clone(),
        model: row.model.clone(),
        trim: row.trim.clone(),
        body: Some(row.body),
        drivetrain: Some(row.drivetrain),
        fuel: Some(row.fuel),
        transmission: Some(row.transmission),
        exterior_color: row.exterior_color.clone(),
        interior_color: row.interior_color.clone(),
        mileage: Some(row.mileage),
        currency,
        price_minor: Some(row.price_cents),
        cost_minor: Some(row.cost_cents),
        status: row.status,
        features: row.features.clone(),
        description: row.description.clone(),
        drawing: row.drawing.clone(),
    })
}
