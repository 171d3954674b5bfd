//! Both walls, tested: truthful replies pass, replies one fact away are stopped.

use super::*;

mod evidence_sets;
mod fixtures;
mod properties;

/// Gives `judge` a later text message of a dealership of which nothing is known.
pub(in crate::guards) fn without_evidence<T>(judge: impl FnOnce(&GuardContext) -> T) -> T {
    let zone = "America/Denver".parse().unwrap();
    judge(&GuardContext {
        channel: Channel::Sms,
        zone: &zone,
        now: "2026-11-20T14:05-07:00".parse().unwrap(),
        currency: Currency::Usd,
        dealership_name: "Northgate Motors",
        assistant_name: "Ava",
        first_message: false,
        asked_if_bot: false,
        evidence: &[],
        effects: &[],
        customer_said: &[],
    })
}
