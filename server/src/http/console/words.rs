//! The domain's terms as dealership staff say them.

use forecourt_domain::{
    action::{ActionKind, Channel},
    conversation::{HandoffCategory, ProposalStatus},
    delivery::DeliveryStatus,
    staff::Role,
};

/// The channel as people name it.
#[must_use]
pub const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "SMS",
        Channel::Email => "E-mail",
        Channel::WebChat => "Web chat",
        Channel::Copilot => "Copilot",
    }
}

/// The icon of a channel.
#[must_use]
pub const fn channel_icon(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "message",
        Channel::Email => "mail",
        Channel::WebChat | Channel::Copilot => "chat",
    }
}

/// The role as it stands on a name badge.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::PlatformOwner => "Platform owner",
        Role::Admin => "Admin",
        Role::GeneralManager => "General manager",
        Role::SalesManager => "Sales manager",
        Role::Salesperson => "Salesperson",
        Role::Bdc => "BDC",
        Role::FinanceManager => "Finance manager",
        Role::ServiceManager => "Service manager",
        Role::MarketingManager => "Marketing manager",
        Role::Viewer => "Viewer",
    }
}

/// What approving does, as an order.
#[must_use]
pub const fn action(action: ActionKind) -> &'static str {
    match action {
        ActionKind::ReadInventory => "Look at the inventory",
        ActionKind::ReadDealershipInfo => "Look up the dealership's facts",
        ActionKind::ReadAppointments => "Look at the appointments",
        ActionKind::BookAppointment => "Book an appointment",
        ActionKind::RescheduleAppointment => "Move an appointment",
        ActionKind::CancelAppointment => "Cancel an appointment",
        ActionKind::UpdateCustomerProfile => "Change the customer's profile",
        ActionKind::UpdateLead => "Change the lead",
        ActionKind::EscalateToHuman => "Ask for a person",
        ActionKind::Respond => "Answer",
        ActionKind::SendReply => "Send this reply",
        ActionKind::OfferDiscount => "Offer a discount",
        ActionKind::QuoteTradeInValue => "Quote a trade-in value",
        ActionKind::QuotePayment => "Quote a payment",
        ActionKind::DecideCredit => "Decide on credit",
        ActionKind::MakeBindingOffer => "Make a binding offer",
    }
}

/// Why a person is asked for.
#[must_use]
pub const fn handoff(category: HandoffCategory) -> &'static str {
    match category {
        HandoffCategory::CustomerAsked => "asked for a person",
        HandoffCategory::Finance => "a question about financing",
        HandoffCategory::TradeIn => "a trade-in",
        HandoffCategory::Pricing => "a question about the price",
        HandoffCategory::Complaint => "a complaint",
        HandoffCategory::Safety => "a question of safety",
        HandoffCategory::NotUnderstood => "not understood",
        HandoffCategory::ModelFailed => "the assistant could not answer",
        HandoffCategory::GuardBlocked => "the assistant's words did not pass the checks",
        HandoffCategory::Other => "needs a person",
    }
}

/// What became of a proposal.
#[must_use]
pub const fn proposal(status: ProposalStatus) -> &'static str {
    match status {
        ProposalStatus::Pending => "still waiting",
        ProposalStatus::Rejected => "rejected",
        ProposalStatus::Expired => "expired",
        ProposalStatus::Superseded => "overtaken before anybody decided",
        ProposalStatus::Executed => "approved and done",
        ProposalStatus::Refused => "approved, but today's rules or facts did not allow it",
        ProposalStatus::Stale => "approved, but what it rests on had changed",
    }
}

/// Why words of the assistant were not sent.
#[must_use]
pub fn draft(reason: &str) -> String {
    match reason {
        "suggested_reply" => "A suggestion. Your settings let a person send replies here.".to_owned(),
        "suggested_action" => "A suggested action. Your settings let a person do it.".to_owned(),
        "owner_changed" => "Not sent: a colleague took over, or the assistant was paused.".to_owned(),
        "consent_changed" => "Not sent: the customer said stop.".to_owned(),
        other => format!("Not sent: {}.", other.replace('_', " ")),
    }
}

/// Whose conversation it is, seen by the person who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerSeen {
    Assistant,
    You,
    Colleague,
}

/// Where an outgoing message stands.
#[must_use]
pub fn delivery(status: DeliveryStatus, reason: Option<&str>, owner: OwnerSeen) -> String {
    let because = || reason.map_or_else(String::new, |reason| format!(": {}", why_stopped(reason, owner)));
    match status {
        DeliveryStatus::Queued => "waiting to be sent".to_owned(),
        DeliveryStatus::Held => format!("held{}", because()),
        DeliveryStatus::Sending => "leaving now".to_owned(),
        DeliveryStatus::Sent => "sent, no delivery report yet".to_owned(),
        DeliveryStatus::Simulated => "simulated: not sent".to_owned(),
        DeliveryStatus::Delivered => "delivered".to_owned(),
        DeliveryStatus::Read => "read".to_owned(),
        DeliveryStatus::Failed => "failed: the provider refused it or gave up".to_owned(),
        DeliveryStatus::Cancelled => format!("cancelled{}", because()),
        DeliveryStatus::Unknown => "unknown: the provider cannot say whether it left. Call if it matters.".to_owned(),
    }
}

/// Whether somebody should look at a message in this state.
#[must_use]
pub const fn is_trouble(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Held | DeliveryStatus::Failed | DeliveryStatus::Unknown)
}

fn why_stopped(reason: &str, owner: OwnerSeen) -> String {
    match (reason, owner) {
        ("taken_over", OwnerSeen::You) => "you took over".to_owned(),
        ("taken_over", OwnerSeen::Assistant | OwnerSeen::Colleague) => "a colleague took over".to_owned(),
        ("opted_out", _) => "the customer said stop".to_owned(),
        ("paused", _) => "the assistant is paused".to_owned(),
        ("suspended", _) => "the dealership is suspended".to_owned(),
        ("facts_changed", _) => {
            "a price, a status or a time it speaks of has changed, so the question is answered again".to_owned()
        }
        ("typing", _) => "somebody began to type a reply".to_owned(),
        ("stopped_by_hand", _) => "a person stopped it".to_owned(),
        ("edited", _) => "a person sent other words instead".to_owned(),
        ("customer_wrote", _) => "the customer wrote again and gets one answer to all of it".to_owned(),
        ("checks_failed", _) => {
            "it no longer passed the checks after it had waited, so the question is answered again".to_owned()
        }
        ("not_allowed", _) => {
            "the rules no longer allowed it after it had waited, so the question is answered again".to_owned()
        }
        (other, _) => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_told_in_words_that_claim_no_more_than_is_known() {
        use DeliveryStatus::{Cancelled, Held, Queued, Sent, Simulated};
        for (status, reason, owner, words) in [
            (Simulated, None, OwnerSeen::Assistant, "simulated: not sent"),
            (Sent, None, OwnerSeen::Assistant, "sent, no delivery report yet"),
            (Queued, None, OwnerSeen::Assistant, "waiting to be sent"),
            (Held, Some("paused"), OwnerSeen::Assistant, "held: the assistant is paused"),
            (Cancelled, Some("taken_over"), OwnerSeen::You, "cancelled: you took over"),
            (Cancelled, Some("taken_over"), OwnerSeen::Colleague, "cancelled: a colleague took over"),
            (Cancelled, Some("opted_out"), OwnerSeen::You, "cancelled: the customer said stop"),
            (Cancelled, Some("something_new"), OwnerSeen::You, "cancelled: something new"),
        ] {
            assert_eq!(delivery(status, reason, owner), words);
        }
        let troubles = DeliveryStatus::ALL.iter().copied().filter(|status| is_trouble(*status));
        assert_eq!(troubles.collect::<Vec<_>>(), [Held, DeliveryStatus::Failed, DeliveryStatus::Unknown]);
    }
}
