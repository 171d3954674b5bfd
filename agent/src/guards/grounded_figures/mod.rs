//! The guard of figures: every price, number, day, time and address of a draft traces to evidence.
//!
//! A figure stands when a record of ours states it (of the very vehicle the words are about), when
//! arithmetic over records yields it, or when the customer said it and it is only given back.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::Source;

use self::{
    bounds::{Bound, bound},
    derived::is_derived,
    echo::{is_echo, is_only_looked_for},
    support::{sources_of, was_said},
    times::time_findings,
};
use super::{
    Finding, GuardContext, GuardName,
    draft::Draft,
    figures::{Figure, Unit, Value},
    text::pattern,
};

mod attribution;
pub(super) mod bounds;
mod counts;
mod days;
mod derived;
mod echo;
mod measures;
pub(super) mod pairs;
mod support;
mod times;

/// All figures of the draft that nothing supports.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        draft.figures.iter().filter_map(|figure| unsupported(draft, context, figure)).collect();
    findings.extend(time_findings(draft));
    for mention in &draft.mentions {
        let theirs = |at: &Range<usize>| {
            draft
                .figures
                .iter()
                .any(|figure| figure.span == *at && was_said(draft, &figure.value) && is_echo(draft, figure))
        };
        if let Some(at) = mention.conflict.as_ref().filter(|at| !theirs(at)) {
            let reason = "this year or number belongs to another vehicle, or to none; \
                          repeat year, name and stock number together exactly as one vehicle of a tool output has them";
            findings.push(finding(draft.words(at.clone()), reason));
        }
    }
    findings
}

/// A finding of this guard.
pub(super) fn finding(excerpt: &str, reason: &str) -> Finding {
    Finding { guard: GuardName::GroundedFigures, excerpt: excerpt.to_owned(), reason: format!("{excerpt:?}: {reason}") }
}

/// Days and times are looked at in pairs, by [`time_findings`]; hosts by the guard of links.
fn unsupported(draft: &Draft, context: &GuardContext, figure: &Figure) -> Option<Finding> {
    if matches!(figure.value, Value::Days(_) | Value::Time { .. } | Value::Host(_)) {
        return None;
    }
    let excerpt = draft.words(figure.span.clone());
    let mut sources = sources_of(draft, context, &figure.value);
    if sources.is_empty()
        && let Some(range) = as_range(draft, figure)
    {
        sources = sources_of(draft, context, &range);
    }
    if !sources.is_empty() {
        return is_of_another_vehicle(draft, figure, &sources).then(|| {
            finding(excerpt, "a tool returned this for another vehicle than the one this sentence is about; give each vehicle its own figures")
        });
    }
    match bound(draft, figure) {
        Bound::Holds => return None,
        Bound::Fails => {
            return Some(finding(
                excerpt,
                "the vehicles of the tool outputs do not keep to this limit; say what they really are",
            ));
        }
        Bound::Unclaimed => {}
    }
    let looked_for = matches!(figure.value, Value::Quantity { .. }) && is_only_looked_for(draft, figure);
    if looked_for || is_derived(draft, figure) {
        return None;
    }
    if was_said(draft, &figure.value) {
        let reason = "only the customer said this; you may repeat it as theirs (\"your budget of …\", \"you asked about …\") \
                      but not state or promise it";
        return (!is_echo(draft, figure)).then(|| finding(excerpt, reason));
    }
    Some(finding(excerpt, advice(&figure.value)))
}

static RANGE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:range|charge|charged|tank|autonom\w+|carga|tanque|recharge|plein)\b"));

/// A distance in a sentence about how far a charge or a tank reaches.
fn as_range(draft: &Draft, figure: &Figure) -> Option<Value> {
    let Value::Distance { distance, term: false, .. } = figure.value else { return None };
    let sentence = draft.sentence_at(figure.span.start)?;
    let speaks_of_range = RANGE.is_match(draft.words(sentence.range.clone()));
    speaks_of_range.then(|| Value::Quantity { thousandths: distance.saturating_mul(1000), unit: Unit::Range })
}

fn advice(value: &Value) -> &'static str {
    match value {
        Value::Money { per_period: true, .. } => {
            "no record states this payment; never quote payments, offer that a person works one out"
        }
        Value::Money { .. } => {
            "no tool output states this amount; use only amounts a tool returned (search_inventory, get_vehicle, \
             get_dealership_info) or leave it out; never offer discounts"
        }
        Value::Percentage(_) => {
            "no record states this share or rate; leave it out or look it up with get_dealership_info"
        }
        Value::Distance { .. } => {
            "no tool output states this distance; use the mileage get_vehicle returned, or leave it out"
        }
        Value::Quantity { .. } => {
            "no record states this; look it up with get_vehicle or get_dealership_info, or leave it out"
        }
        Value::Count { .. } => "this is not the number the tools returned; count again, or say it without a number",
        Value::Year(_) => {
            "no vehicle or record of the tool outputs has this year; use the year of the vehicle you mean"
        }
        Value::Phone(_) => "this is no phone number of ours; use get_dealership_info",
        Value::Email(_) | Value::Host(_) => {
            "this is no address or site of ours; use get_dealership_info, or leave it out"
        }
        Value::Address(_) => "this is not our address; use get_dealership_info",
        Value::Identifier { .. } => {
            "no tool output has this model, stock number, VIN or reference; write it exactly as a tool returned it"
        }
        Value::Number(_) => "no tool output has this number; leave it out or say what a tool returned",
        Value::Days(_) | Value::Time { .. } => {
            "no tool output has this day or time; use list_appointment_slots or get_dealership_info"
        }
    }
}

/// Whether all sources of a figure are vehicles and none of them is one the words are about.
fn is_of_another_vehicle(draft: &Draft, figure: &Figure, sources: &[&Source]) -> bool {
    let bearers: Option<Vec<usize>> = sources.iter().map(|source| draft.grounds.vehicle_of(source)).collect();
    let Some(bearers) = bearers else { return false };
    let attributable = !matches!(figure.value, Value::Count { .. });
    attributable && !attribution::may_belong_to(draft, figure, &bearers)
}
