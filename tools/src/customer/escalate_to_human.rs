//! `escalate_to_human`: a human is asked to take the conversation.

use async_trait::async_trait;
use forecourt_crm_store::{CrmTx, opening_hours::DepartmentHours};
use forecourt_domain::{
    action::ActionKind,
    conversation::HandoffCategory,
    evidence::{EffectKind, Evidence, EvidenceClass, Fact, SourceKind},
    staff::DepartmentKind,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::Words,
    facts::Facts,
    failure::ToolError,
    handoff::hand_off,
    slot_output::facts_of,
    tool::{Done, Tool, ToolContext},
    wording::near_moment_label,
};

/// Asks for a human.
pub struct EscalateToHuman;

/// Why a human is needed, as far as the model may say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EscalationCategory {
    CustomerAsked,
    Finance,
    TradeIn,
    Pricing,
    Complaint,
    Safety,
    NotUnderstood,
    Other,
}

impl From<EscalationCategory> for HandoffCategory {
    fn from(category: EscalationCategory) -> Self {
        match category {
            EscalationCategory::CustomerAsked => Self::CustomerAsked,
            EscalationCategory::Finance => Self::Finance,
            EscalationCategory::TradeIn => Self::TradeIn,
            EscalationCategory::Pricing => Self::Pricing,
            EscalationCategory::Complaint => Self::Complaint,
            EscalationCategory::Safety => Self::Safety,
            EscalationCategory::NotUnderstood => Self::NotUnderstood,
            EscalationCategory::Other => Self::Other,
        }
    }
}

/// Why, and what the human should know.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalateToHumanArgs {
    category: EscalationCategory,
    /// What the customer wants and what was said so far, in one or two sentences.
    summary: Words<1000>,
}

/// The request, and when somebody can see it.
#[derive(Debug, Serialize)]
pub struct EscalateToHumanOutput {
    /// `H-1042`.
    pub ticket: String,
    /// Whether somebody is there now.
    pub open_now: bool,
    /// `tomorrow at 9:00 AM`; null if open now or not known.
    pub next_open: Option<String>,
}

#[async_trait]
impl Tool for EscalateToHuman {
    type Args = EscalateToHumanArgs;
    type Output = EscalateToHumanOutput;
    type Prepared = ();

    const NAME: &'static str = "escalate_to_human";
    const DESCRIPTION: &'static str = "Asks a colleague to take this conversation: when the customer wants a person, \
        is upset or unsafe, or asks for what you may not decide (finance, trade-in values, discounts).";
    const ACTION: ActionKind = ActionKind::EscalateToHuman;

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let category = args.category.into();
        let handed = hand_off(tx, context, category, args.summary.get().unwrap_or_default()).await?;
        let calendar = tx.load_calendar().await?;
        let desk = calendar.department(departments(category));
        let (open_now, next_open, hours) = presence(context, desk);
        let ticket = handed.handoff.ticket_number();
        let facts = Facts::of(
            EvidenceClass::Tool,
            SourceKind::Handoff,
            handed.handoff.id.0,
            handed.handoff.version,
            format!("ticket={ticket}"),
        )
        .add("ticket", Fact::Identifier(ticket.clone()));
        let effect = facts.effect(EffectKind::HandedOff);
        let evidence = [facts.into_evidence(), hours].concat();
        Ok(Done::changed(EscalateToHumanOutput { ticket, open_now, next_open }, evidence, effect))
    }
}

/// The departments whose hours say when somebody will look.
fn departments(category: HandoffCategory) -> &'static [DepartmentKind] {
    match category {
        HandoffCategory::Finance => &[DepartmentKind::Finance, DepartmentKind::Sales, DepartmentKind::Main],
        _ => &[DepartmentKind::Sales, DepartmentKind::Main],
    }
}

fn presence(context: &ToolContext, desk: Option<&DepartmentHours>) -> (bool, Option<String>, Vec<Evidence>) {
    let Some(desk) = desk else { return (false, None, Vec::new()) };
    if desk.hours.is_open(context.now) {
        return (true, None, Vec::new());
    }
    let Some(opens) = desk.hours.next_opening(context.now) else { return (false, None, Vec::new()) };
    let today = context.zone.local(context.now).date();
    let label = near_moment_label(today, &context.zone.local(opens));
    (false, Some(label), facts_of(desk).add("next_open", Fact::Instant(opens)).into_evidence())
}
