//! What a dealership's models may still use today: looked at before every call, decided by the policies.

use forecourt_crm_store::{
    CrmTx, StoreError,
    caps::{DayUsage, MICROS_PER_CENT},
    dealership::{DealershipProfile, DealershipSettings},
};
use forecourt_domain::action::ActionKind;
use forecourt_policies::{Actor, Decision, TurnGate};
use jiff::{Timestamp, civil::Date};

use crate::{agent::Agent, pricing::Pricing, turn_state::TurnState};

/// The ids of the policies that end a day's model calls.
pub(crate) const BUDGET_POLICIES: [&str; 2] = ["token_cap_acknowledge", "spend_cap_acknowledge"];

/// Which caps of the day are reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    pub token_cap_reached: bool,
    pub spend_cap_reached: bool,
}

impl Budget {
    /// Compares what was used with what is allowed. A limit on money counts as reached while nobody
    /// knows what the model costs: such a setting is refused, so a price was taken away since.
    #[must_use]
    pub fn of(settings: &DealershipSettings, used: DayUsage, pricing: Pricing) -> Self {
        let spent = |cap: i64| pricing == Pricing::Unknown || used.spend_micros >= cap.saturating_mul(MICROS_PER_CENT);
        Self {
            token_cap_reached: settings.daily_token_cap.is_some_and(|cap| used.tokens() >= cap),
            spend_cap_reached: settings.daily_spend_cap_minor.is_some_and(spent),
        }
    }

    const fn is_reached(self) -> bool {
        self.token_cap_reached || self.spend_cap_reached
    }
}

/// Whether a gate was closed because a day's budget is used up.
pub(crate) fn is_closed_by_budget(decision: &Decision) -> bool {
    BUDGET_POLICIES.iter().any(|id| decision.was_matched_by(id))
}

/// The dealership's day.
pub(crate) fn day_of(dealership: &DealershipProfile, now: Timestamp) -> Date {
    dealership.settings.zone.local(now).date()
}

impl Agent {
    /// The budget of a dealership as this transaction finds it.
    pub(crate) async fn load_budget(
        &self,
        tx: &mut CrmTx,
        dealership: &DealershipProfile,
    ) -> Result<Budget, StoreError> {
        let used = tx.load_usage(day_of(dealership, tx.now())).await?;
        Ok(Budget::of(&dealership.settings, used, self.pricing))
    }

    /// Before a call that follows others: whether other turns, or this one, have used up the day's budget
    /// since the gate let it begin.
    pub(crate) async fn is_budget_used_up(&self, tx: &mut CrmTx, turn: &mut TurnState) -> Result<bool, StoreError> {
        let settings = &turn.dealership.settings;
        let has_caps = settings.daily_token_cap.is_some() || settings.daily_spend_cap_minor.is_some();
        if !has_caps || turn.on_offline_model {
            return Ok(false);
        }
        turn.start.usage = tx.load_usage(day_of(&turn.dealership, tx.now())).await?;
        if !turn.budget(self.pricing).is_reached() {
            return Ok(false);
        }
        let facts = turn.circumstances(self.pricing).facts(Actor::Agent, ActionKind::Respond);
        let (gate, decision) = turn.policies.gate(&facts);
        let used_up = gate != TurnGate::Respond && is_closed_by_budget(&decision);
        if used_up {
            turn.audit_decision(&facts, &decision, None);
        }
        Ok(used_up)
    }
}

#[cfg(test)]
mod tests {
    use forecourt_domain::money::Currency;

    use super::*;

    #[test]
    fn a_cap_is_reached_at_its_number_and_money_that_nobody_can_count_is_spent() {
        let mut settings = DealershipSettings::new("America/Denver".parse().unwrap(), Currency::Usd, "US");
        settings.daily_token_cap = Some(1_000);
        settings.daily_spend_cap_minor = Some(5);
        let used = |input_tokens, output_tokens, spend_micros| DayUsage {
            input_tokens,
            output_tokens,
            spend_micros,
            ..DayUsage::default()
        };
        let of = |used| {
            let budget = Budget::of(&settings, used, Pricing::Free);
            (budget.token_cap_reached, budget.spend_cap_reached)
        };
        assert_eq!(of(used(999, 0, 49_999)), (false, false));
        assert_eq!(of(used(900, 100, 49_999)), (true, false));
        assert_eq!(of(used(0, 0, 50_000)), (false, true));
        assert!(Budget::of(&settings, DayUsage::default(), Pricing::Unknown).spend_cap_reached);
        settings.daily_spend_cap_minor = None;
        assert!(!Budget::of(&settings, DayUsage::default(), Pricing::Unknown).spend_cap_reached);
    }
}
