//! From what a turn knows to the typed facts that policies decide on.

use forecourt_crm_store::{
    dealership::DealershipProfile,
    turns::{AutonomyLevels, TurnConversation},
};
use forecourt_domain::{
    action::{ActionKind, Trigger, Workflow},
    contact::ConsentState,
    conversation::OwnerKind,
    hours::OpeningHours,
};
use forecourt_policies::{Actor, Facts};
use jiff::Timestamp;

use crate::budget::Budget;

/// What decisions of a turn rest on, beside the action itself.
pub(crate) struct Circumstances<'a> {
    pub conversation: &'a TurnConversation,
    /// Every message that is answered arrived above `claimed`.
    pub proven: bool,
    pub levels: &'a AutonomyLevels,
    pub answers_today: u32,
    pub budget: Budget,
    pub dealership: &'a DealershipProfile,
    pub hours: &'a OpeningHours,
    pub trigger: Trigger,
    pub now: Timestamp,
}

impl Circumstances<'_> {
    /// The facts of one action by `actor`.
    pub(crate) fn facts(&self, actor: Actor, action: ActionKind) -> Facts {
        let conversation = self.conversation;
        let workflow = Workflow::of(action, self.trigger);
        let business_open = self.hours.is_open(self.now);
        Facts {
            actor,
            action,
            workflow,
            channel: conversation.channel,
            trigger: self.trigger,
            level: self.levels.level(workflow, conversation.channel),
            paused: conversation.paused_by(),
            owner: if conversation.owned_by_user { OwnerKind::User } else { OwnerKind::Assistant },
            consent: consent_of(conversation),
            consent_age_days: consent_age_days(conversation, self.now),
            assurance_proven: self.proven,
            own_profile: action == ActionKind::UpdateCustomerProfile,
            answers_inbound: matches!(self.trigger, Trigger::Inbound | Trigger::ApprovalOutcome),
            business_open,
            after_hours: self.dealership.settings.after_hours,
            opens_at: if business_open { None } else { self.hours.next_opening(self.now) },
            recipient_minute: minute_of_day(self.hours, self.now),
            // An answer to somebody who just wrote waits for no quiet hours.
            quiet_hours_end: None,
            answers_today: self.answers_today,
            answer_cap: self.dealership.settings.answer_cap_per_day,
            token_cap_reached: self.budget.token_cap_reached,
            spend_cap_reached: self.budget.spend_cap_reached,
            dealership_suspended: conversation.suspended,
        }
    }
}

fn consent_of(conversation: &TurnConversation) -> ConsentState {
    if conversation.opted_out {
        ConsentState::OptedOut
    } else if conversation.opted_in_at.is_some() {
        ConsentState::OptedIn
    } else if conversation.seen.last_inbound > 0 {
        ConsentState::Implied
    } else {
        ConsentState::Unknown
    }
}

fn consent_age_days(conversation: &TurnConversation, now: Timestamp) -> Option<u32> {
    let opted_in_at = conversation.opted_in_at?;
    u32::try_from(now.duration_since(opted_in_at).as_hours() / 24).ok()
}

fn minute_of_day(hours: &OpeningHours, now: Timestamp) -> u16 {
    let local = hours.zone.local(now);
    u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs())
}
