//! Amounts of money in a text, by the currency before or behind a number.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::{Captures, Pattern};
use forecourt_domain::money::Currency;

use super::{Value, literal::Literal};
use crate::guards::text::{before, pattern};

pub(super) static SIGN_BEFORE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?:(?:US|CA|C|MX)?(\$)|(€)|(£)|\b(USD|CAD|MXN|EUR|GBP))\s*$"));
static MULTIPLIER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^(?:\s?k\b|[\s-](?:thousand|mil|mille)\b|(?P<million>\s?(?:million|m)\b))"));
pub(super) static SIGN_AFTER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:(\$|\bUSD\b|\bCAD\b|\bMXN\b)|(€|\bEUR\b|\beuros?\b)|(£|\bGBP\b|\bpounds sterling\b)|[\s-]*(dollars?|bucks|d[oó]lares?|pesos|grand)\b)",
    )
});
static PERIOD_AFTER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:(?:/|per|a|an|each|every|al|par|por|cada|chaque)\s*(?:month|mo|week|wk|year|yr|paycheck|mes|mois|semana|semaine|quincena|quinzaine)\b|(?:monthly|weekly|bi-?weekly|annually|mensual(?:es)?|mensuel(?:le)?s?|payments?)\b)\.?",
    )
});
static PAYMENT_BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:monthly|payments?|installments?|mensualidad\w*|mensualit\w*)\b[^.!?$\d]{0,24}$")
});
static DOWN_PAYMENT: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bdown[- ]payments?\b[^.!?$\d]{0,24}$"));

/// Reads a number as money, with the currency and "a month" around it.
pub(super) fn money(text: &str, literal: &Literal) -> Option<(Range<usize>, Value)> {
    let (factor, end) = multiplier(text, literal.span.end);
    let signed = SIGN_BEFORE.captures(before(text, literal.span.start, 6));
    let (sign, start, mut end, factor) = if let Some(sign) = signed {
        let length = sign.get(0).map_or(0, |all| all.len());
        (Some(sign_of(&sign)), literal.span.start - length, end, factor)
    } else {
        let sign = SIGN_AFTER.captures(&text[end..])?;
        let grand = sign.get(4).is_some_and(|word| word.as_str().eq_ignore_ascii_case("grand"));
        let after = end + sign.get(0).map_or(0, |all| all.len());
        (Some(sign_of_word(&sign)), literal.span.start, after, if grand { factor * 1000 } else { factor })
    };
    let period = PERIOD_AFTER.find(&text[end..]);
    end += period.map_or(0, |period| period.len());
    let lead = before(text, start, 48);
    let per_period = period.is_some() || (PAYMENT_BEFORE.is_match(lead) && !DOWN_PAYMENT.is_match(lead));
    let minor = literal.thousandths.checked_mul(factor)? / 10;
    Some((start..end, Value::Money { minor, sign, per_period }))
}

/// The factor a "k", "thousand" or "million" behind a number stands for, and where it ends.
pub(super) fn multiplier(text: &str, end: usize) -> (i64, usize) {
    let Some(found) = MULTIPLIER.captures(&text[end..]) else { return (1, end) };
    let factor = if found.name("million").is_some() { 1_000_000 } else { 1_000 };
    (factor, end + found.get(0).map_or(0, |all| all.len()))
}

fn sign_of(found: &Captures) -> &'static str {
    if found.get(2).is_some() {
        return "€";
    }
    if found.get(3).is_some() {
        return "£";
    }
    let code = found.get(4).and_then(|code| code.as_str().parse::<Currency>().ok());
    code.map_or("$", Currency::sign)
}

fn sign_of_word(found: &Captures) -> &'static str {
    match (found.get(2), found.get(3)) {
        (Some(_), _) => "€",
        (_, Some(_)) => "£",
        _ => "$",
    }
}
