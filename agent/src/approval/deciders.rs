//! Who may decide: whoever the policies would let do every item by themselves.

use std::sync::Arc;

use forecourt_crm_store::{CrmTx, StoreError, proposals::Proposal};
use forecourt_domain::{
    action::{ActionKind, Channel, Trigger, Workflow},
    autonomy::AutonomyLevel,
    contact::ConsentState,
    conversation::OwnerKind,
    settings::AfterHours,
    staff::Role,
};
use forecourt_policies::{Actor, Facts, PolicySet, Verdict};

use crate::agent::Agent;

/// The policies in force at a dealership, asked who may decide there.
#[derive(Debug, Clone)]
pub struct WhoDecides(pub(crate) Arc<PolicySet>);

impl Agent {
    /// Reads what is in force at the dealership of a transaction.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn who_decides(&self, tx: &mut CrmTx) -> Result<WhoDecides, StoreError> {
        let profile = tx.load_profile().await?;
        let standing = tx.load_standing(&profile).await?;
        Ok(WhoDecides(self.policies_in_force(tx.scope().dealership_id(), &standing)))
    }
}

impl WhoDecides {
    /// Whether a role may approve, edit and reject a proposal.
    #[must_use]
    pub fn may(&self, role: Role, proposal: &Proposal) -> bool {
        // A proposal without items is one of an earlier version, for whoever decides the most.
        let mut actions: Vec<ActionKind> = proposal.items.iter().map(|item| item.action).collect();
        if actions.is_empty() {
            actions = vec![ActionKind::OfferDiscount];
        }
        actions.sort_unstable();
        actions.dedup();
        actions.into_iter().all(|action| self.may_do(role, action, proposal.channel))
    }

    /// Every role that may.
    #[must_use]
    pub fn roles(&self, proposal: &Proposal) -> Vec<Role> {
        Role::ALL.iter().copied().filter(|role| self.may(*role, proposal)).collect()
    }

    /// Whether a role may decide on an action.
    pub(crate) fn may_do(&self, role: Role, action: ActionKind, channel: Channel) -> bool {
        self.0.decide(&of_role(role, action, channel)).verdict == Verdict::Allow
    }

    /// An action that the assistant may propose while nobody may decide on it.
    pub(crate) fn undecidable(&self) -> Option<ActionKind> {
        let is_proposed = |action, channel| {
            let facts = Facts { actor: Actor::Agent, ..of_role(Role::Viewer, action, channel) };
            self.0.decide(&facts).verdict == Verdict::RequireApproval
        };
        // The gate of a turn proposes nothing.
        ActionKind::ALL.iter().copied().filter(|action| *action != ActionKind::Respond).find(|action| {
            Channel::ALL.iter().any(|channel| {
                is_proposed(*action, *channel) && !Role::ALL.iter().any(|role| self.may_do(*role, *action, *channel))
            })
        })
    }
}

/// A role and an action where nothing else stands against it: who may decide does not depend on the hour.
/// What the circumstances forbid is found when it is decided again.
fn of_role(role: Role, action: ActionKind, channel: Channel) -> Facts {
    let trigger = Trigger::ApprovalOutcome;
    Facts {
        actor: Actor::User { role },
        action,
        workflow: Workflow::of(action, trigger),
        channel,
        trigger,
        level: AutonomyLevel::Approve,
        paused: None,
        owner: OwnerKind::Assistant,
        consent: ConsentState::OptedIn,
        consent_age_days: None,
        assurance_proven: true,
        own_profile: action == ActionKind::UpdateCustomerProfile,
        answers_inbound: true,
        business_open: true,
        after_hours: AfterHours::Respond,
        opens_at: None,
        recipient_minute: 12 * 60,
        quiet_hours_end: None,
        answers_today: 0,
        answer_cap: u32::MAX,
        token_cap_reached: false,
        spend_cap_reached: false,
        dealership_suspended: false,
    }
}
