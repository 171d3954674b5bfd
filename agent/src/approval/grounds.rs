//! What the guards judged proposed words by, kept so that they can be judged again on another day.

use forecourt_crm_store::{CrmTx, StoreError, proposals::Proposal};
use forecourt_domain::{
    conversation::ItemStatus,
    evidence::{CommittedEffect, Evidence, SourceKind},
};
use forecourt_tools::read_again;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{case::Case, running::Ran};
use crate::{
    guards::{self, GuardContext},
    heard::Stated,
    known::dealership_facts,
    turn_state::TurnState,
};

/// Facts that are of the day on which they are read.
const OF_THE_DAY: [&str; 4] = ["today", "opens_today", "closes_today", "next_opening"];

/// Evidence and effects of the turn that proposed words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Grounds {
    pub evidence: Vec<Evidence>,
    pub effects: Vec<CommittedEffect>,
    pub asked_if_bot: bool,
}

impl Grounds {
    /// Those of a running turn.
    pub(crate) fn of(turn: &TurnState) -> Self {
        Self {
            evidence: turn.current_evidence(),
            effects: turn.effects.clone(),
            asked_if_bot: guards::asks_if_bot(&turn.asked()),
        }
    }

    /// As they were stored with an item.
    pub(super) fn read(stored: Option<&Value>) -> Result<Self, StoreError> {
        let Some(stored) = stored else { return Ok(Self::default()) };
        Self::deserialize(stored).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// What the words among approved items rest on, but what was only so on the day they were approved.
    pub(crate) fn of_approved(proposals: &[Proposal]) -> Result<Self, StoreError> {
        let items = proposals.iter().flat_map(|proposal| &proposal.items);
        let mut grounds = Self::default();
        for item in items.filter(|item| item.tool.is_none() && item.status == ItemStatus::Done) {
            let of_item = Self::read(item.grounds.as_ref())?;
            grounds.evidence.extend(of_item.evidence.into_iter().filter(is_of_any_day));
            grounds.effects.extend(of_item.effects);
        }
        Ok(grounds)
    }

    /// The same on this day, with what the items before the words came to.
    pub(super) async fn renewed(self, tx: &mut CrmTx, case: &Case, ran: &Ran) -> Result<Self, StoreError> {
        let earlier: Vec<_> =
            self.evidence.into_iter().filter(is_of_any_day).chain(ran.evidence.iter().cloned()).collect();
        let mut evidence = read_again(tx, &case.tool_context(), &earlier).await?;
        evidence.extend(case.dealership_facts(tx));
        let effects = self.effects.into_iter().chain(ran.effects.iter().cloned()).collect();
        Ok(Self { evidence, effects, asked_if_bot: self.asked_if_bot })
    }

    /// Calls `judge` with what words in a case are judged by.
    pub(super) fn with_guard_context<R>(&self, case: &Case, judge: impl FnOnce(&GuardContext<'_>) -> R) -> R {
        let Self { evidence, effects, asked_if_bot } = self;
        case.heard().judge(Stated { evidence, effects, asked_if_bot: *asked_if_bot }, judge)
    }
}

fn is_of_any_day(item: &Evidence) -> bool {
    item.source.kind != SourceKind::Dealership || !OF_THE_DAY.contains(&item.field.as_str())
}

impl Case {
    /// Name, address, phones and today's hours.
    pub(super) fn dealership_facts(&self, tx: &CrmTx) -> Vec<Evidence> {
        dealership_facts(tx.scope(), &self.profile, &self.standing.calendar, &self.hours, self.now)
    }
}
