//! The guard of the total price: where the law wants it, the first words about a vehicle say it.
//!
//! A vehicle of our records has one price, the advertised one; that is what is looked for. Whether
//! it is a total in the sense of the law is up to whoever enters it (docs/OPERATIONS.md).

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::money::Money;

use super::{
    Finding, GuardContext, GuardName,
    draft::Draft,
    figures::Value,
    finding,
    text::{pattern, plain},
};

/// Vehicles the draft speaks of without their price, of which the conversation has not read it yet.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    if !context.total_price_required {
        return Vec::new();
    }
    let sent: Vec<String> = context.sent.iter().map(|text| plain(text)).collect();
    let mut spoken_of: Vec<(Vec<usize>, String)> =
        draft.mentions.iter().map(|one| (one.vehicles.clone(), draft.words(one.span.clone()).to_owned())).collect();
    if let Some(meant) = meant_by_it(draft, context) {
        spoken_of.push(meant);
    }
    let mut findings: Vec<Finding> = Vec::new();
    for (vehicles, said) in spoken_of {
        let known = |vehicle: &usize| is_stated(draft, *vehicle) || was_stated(draft, *vehicle, &sent);
        let repeated = findings.iter().any(|finding| finding.excerpt == said);
        if !repeated && !vehicles.is_empty() && !vehicles.iter().any(known) {
            findings.push(finding(GuardName::TotalPrice, &said, reason(draft, &vehicles)));
        }
    }
    findings
}

fn reason(draft: &Draft, vehicles: &[usize]) -> &'static str {
    let priced = |vehicle: &usize| draft.grounds.vehicles.get(*vehicle).is_some_and(|one| !one.prices.is_empty());
    if vehicles.iter().any(priced) {
        "the law wants a vehicle's price in the first words about it; say the price that the tool returned"
    } else {
        "the law wants a vehicle's price in the first words about it and no tool returned one; look it up with \
         get_vehicle, or hand the conversation to a person"
    }
}

fn is_stated(draft: &Draft, vehicle: usize) -> bool {
    let prices = draft.grounds.vehicles.get(vehicle).map_or(&[][..], |vehicle| &vehicle.prices);
    let said = |price: &Money| {
        draft.figures.iter().any(|figure| {
            matches!(figure.value, Value::Money { minor, per_period: false, .. } if minor == price.minor)
                || figure.value == Value::Number(price.minor * 10)
        })
    };
    prices.iter().any(said)
}

/// Whether an earlier text of ours gave the vehicle's price, and named it or only that price.
fn was_stated(draft: &Draft, vehicle: usize, sent: &[String]) -> bool {
    let prices = draft.grounds.vehicles.get(vehicle).map_or(&[][..], |vehicle| &vehicle.prices);
    sent.iter().any(|text| {
        let figures = draft.figures_of(text);
        let said = |price: &Money| {
            figures.iter().any(
                |figure| matches!(figure.value, Value::Money { minor, per_period: false, .. } if minor == price.minor),
            )
        };
        let named = draft.vehicles_named(text);
        prices.iter().any(said) && named.is_none_or(|named| named.contains(&vehicle))
    })
}

static IT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:it's|it is|it has|that one|this one|available|in stock|still here|disponibles?|en stock|en inventario|todav[íi]a|sigue|tiene|cuenta con|il a|elle a|elle est|il est|toujours)\b",
    )
});

/// The vehicle the customer named and the draft goes on about without a name.
fn meant_by_it(draft: &Draft, context: &GuardContext) -> Option<(Vec<usize>, String)> {
    let states =
        draft.sentences.iter().find(|sentence| !sentence.question && IT.is_match(draft.words(sentence.range.clone())));
    let said = states.filter(|_| draft.mentions.is_empty())?;
    let asked = context.asked.iter().rev().find_map(|text| draft.vehicles_named(&plain(text)))?;
    Some((asked, draft.words(said.range.clone()).to_owned()))
}
