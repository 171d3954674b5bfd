//! `update_lead`: keeps what the customer wants to buy, for the people who will sell it.

use async_trait::async_trait;
use forecourt_crm_store::{CrmTx, leads::LeadPatch};
use forecourt_domain::{
    action::ActionKind,
    evidence::{EffectKind, Evidence, EvidenceClass, SourceKind},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{Words, given},
    citing::cite_vehicle,
    facts::Facts,
    failure::{ToolError, ToolFailure},
    lead_in_progress::{find_or_start, note_with},
    my_appointments::not_identified,
    tool::{Done, Tool, ToolContext},
    vehicle_output::{identity_facts, no_such_vehicle},
};

/// Updates the customer's lead.
pub struct UpdateLead;

/// What they want.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLeadArgs {
    /// What they are looking for.
    interest: Option<Words<300>>,
    /// The vehicle they are most interested in.
    stock_number: Option<Words<40>>,
    /// The vehicle they would trade in, in their words; no value.
    trade_in: Option<Words<300>>,
    /// When they want to buy.
    timeframe: Option<Words<100>>,
    /// Anything else the salesperson should know.
    note: Option<Words<500>>,
}

/// The fields that were kept.
#[derive(Debug, Serialize)]
pub struct UpdateLeadOutput {
    pub updated: Vec<&'static str>,
}

#[async_trait]
impl Tool for UpdateLead {
    type Args = UpdateLeadArgs;
    type Output = UpdateLeadOutput;
    type Prepared = ();

    const NAME: &'static str = "update_lead";
    const DESCRIPTION: &'static str = "Keeps what the customer wants to buy, their trade-in and their timeframe for \
        the salesperson. Use it when they say something new about it.";
    const ACTION: ActionKind = ActionKind::UpdateLead;

    async fn cites(tx: &mut CrmTx, context: &ToolContext, args: &Self::Args) -> Result<Vec<Evidence>, ToolError> {
        if !context.may_act_for_party() {
            return Err(not_identified().into());
        }
        let Some(number) = given(&args.stock_number) else { return Ok(Vec::new()) };
        let vehicle = tx.find_vehicle(number).await?.ok_or_else(|| no_such_vehicle("stock_number"))?;
        Ok(cite_vehicle(&vehicle))
    }

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        if !context.may_act_for_party() {
            return Err(not_identified().into());
        }
        let updated = given_fields(&args);
        if updated.is_empty() {
            return Err(ToolFailure::bad_argument("arguments", "expected at least one field that is not null").into());
        }
        let vehicle = match given(&args.stock_number) {
            Some(number) => Some(tx.find_vehicle(number).await?.ok_or_else(|| no_such_vehicle("stock_number"))?),
            None => None,
        };
        let customer_id = tx.lock_party(context.party_id).await?;
        let lead = find_or_start(tx, context, customer_id).await?;
        let patch = LeadPatch {
            interest: given(&args.interest).map(str::to_owned),
            vehicle_id: vehicle.as_ref().map(|vehicle| vehicle.id),
            trade_in: given(&args.trade_in).map(str::to_owned),
            timeframe: given(&args.timeframe).map(str::to_owned),
            note: given(&args.note).and_then(|line| note_with(lead.note.as_deref(), line)),
        };
        let lead = tx.update_lead(lead.id, &patch).await?.unwrap_or(lead);
        let facts = Facts::of(EvidenceClass::CustomerSaid, SourceKind::Lead, lead.id.0, lead.version, "their lead")
            .add_text("interest", lead.interest.as_deref().unwrap_or_default())
            .add_text("trade_in", lead.trade_in.as_deref().unwrap_or_default())
            .add_text("timeframe", lead.timeframe.as_deref().unwrap_or_default());
        let effect = facts.effect(EffectKind::LeadUpdated);
        let vehicle = vehicle.map(|vehicle| identity_facts(&vehicle).into_evidence()).unwrap_or_default();
        Ok(Done::changed(UpdateLeadOutput { updated }, [facts.into_evidence(), vehicle].concat(), effect))
    }
}

fn given_fields(args: &UpdateLeadArgs) -> Vec<&'static str> {
    [
        ("interest", given(&args.interest).is_some()),
        ("stock_number", given(&args.stock_number).is_some()),
        ("trade_in", given(&args.trade_in).is_some()),
        ("timeframe", given(&args.timeframe).is_some()),
        ("note", given(&args.note).is_some()),
    ]
    .into_iter()
    .filter_map(|(field, is_given)| is_given.then_some(field))
    .collect()
}
