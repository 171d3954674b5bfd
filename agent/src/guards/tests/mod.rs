//! Both walls, tested: truthful replies pass, replies one fact away are stopped.

use super::*;

mod classes;
mod conversation;
mod evidence_sets;
mod fixtures;
mod properties;

/// Gives `judge` a later text message of a dealership of which nothing is known.
pub(in crate::guards) fn without_evidence<T>(judge: impl FnOnce(&GuardContext) -> T) -> T {
    let zone = "America/Denver".parse().unwrap();
    let now = "2026-11-20T14:05-07:00".parse().unwrap();
    let names = ("Northgate Motors", "Ava");
    judge(&GuardContext::of_dealership(Channel::Sms, &zone, now, Currency::Usd, names))
}
