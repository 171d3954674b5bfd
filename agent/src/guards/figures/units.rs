//! Shares, distances and quantities in a text, by the unit behind a number.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::money::Currency;

use super::{
    DistanceUnit, Unit, Value,
    literal::Literal,
    money::{SIGN_AFTER, multiplier},
};
use crate::guards::text::pattern;

/// Units in the order of the groups of [`UNIT`].
const UNITS: [Unit; 16] = [
    Unit::MilesPerGallon,
    Unit::Range,
    Unit::DayOfTheWeek,
    Unit::Year,
    Unit::Month,
    Unit::Week,
    Unit::Day,
    Unit::Hour,
    Unit::Minute,
    Unit::Horsepower,
    Unit::KilowattHour,
    Unit::Seat,
    Unit::Owner,
    Unit::Litre,
    Unit::Inch,
    Unit::Pound,
];

static UNIT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r#"(?ix)^[\s-]*(?:
        (?P<percent>%|(?:percent|per\ cent|pct|por\ ciento|pour\ ?cent)\b)
        | ((?:city|highway|hwy|combined)?\s*(?:mpg|miles\ per\ gallon|millas\ por\ gal[óo]n)\b)
        | ((?:epa[\s-])?(?:miles?|mi|millas?|milles)\s+(?:of\s+|de\s+|d')?(?:\w+\s+)?(?:range|autonom[ií]a|autonomie)\b|miles?[\s-]range\b
          |(?:miles?|mi|millas?|milles)\s+(?:on|per|with|con|por|par|avec)\s+(?:an?\s+|one\s+|each\s+|una\s+|une\s+|cada\s+|chaque\s+)?(?:full\s+|single\s+)?(?:charge|carga|tank|tanque|plein|recharge)\b)
        | (days\ (?:a|per)\ week\b)
        | ((?:model[\s-])?(?:years?|yrs?|años|ans)\b)
        | ((?:months?|mos|mois|mes(?:es)?)\b)
        | ((?:weeks?|semanas?|semaines?)\b)
        | ((?:(?:business|calendar|working)\s)?(?:days?|d[ií]as?|jours?)\b)
        | ((?:hours?|hrs?|horas?|heures?)\b)
        | ((?:minutes?|mins?|minutos?)\b)
        | ((?:hp|bhp|horsepower|caballos|cv|chevaux|ch)\b)
        | (kwh\b)
        | ((?:seats?|seater|passengers?|people|asientos?|plazas|pasajeros|personas|places|si[èe]ges)\b)
        | ((?:previous\s)?(?:owners?|dueñ[oa]s?|propietari[oa]s?|propri[ée]taires?)\b)
        | (l\b|lit(?:er|re)s?\b)
        | (inch(?:es)?\b|"|in\.)
        | (lbs?\b|pounds\b)
        | (?P<miles>(?:(?:fewer|more|less|original|total|actual|additional|extra|highway)\s+)?(?:miles?|mi|millas?|milles)\b)
        | (?P<kilometres>(?:(?:fewer|more|less|original|total)\s+)?(?:km|kms|kil[oó]m\w+)\b)
        )"#,
    )
});

/// The unit that follows at `end`, if any; `None` too for a currency word, which [`money`] reads.
pub(super) fn unit_after(text: &str, end: usize) -> Option<usize> {
    let end = multiplier(text, end).1;
    UNIT.find(&text[end..]).or_else(|| SIGN_AFTER.find(&text[end..])).map(|unit| end + unit.end())
}

/// Whether a unit follows at `end`, so that the number before it is no part of a name.
pub(in crate::guards) fn is_followed_by_unit(text: &str, end: usize) -> bool {
    unit_after(text, end).is_some()
}

/// Reads a number as a share, a distance or a quantity; also where its unit ends.
pub(super) fn unit_value(text: &str, literal: &Literal) -> Option<(usize, Value)> {
    let (factor, after) = multiplier(text, literal.span.end);
    let found = UNIT.captures(&text[after..])?;
    let end = after + found.get(0).map_or(0, |all| all.end());
    let thousandths = literal.thousandths.checked_mul(factor)?;
    if found.name("percent").is_some() {
        return Some((end, Value::Percentage(hundredths_of_percent(&text[literal.span.clone()], thousandths))));
    }
    let miles = found.name("miles").is_some();
    if miles || found.name("kilometres").is_some() {
        let unit = if miles { DistanceUnit::Mile } else { DistanceUnit::Kilometre };
        return Some((
            end,
            Value::Distance { distance: thousandths / 1000, unit, term: is_term(text, &(literal.span.start..end)) },
        ));
    }
    let group = (2..18).find(|group| found.get(*group).is_some())?;
    let unit = *UNITS.get(group - 2)?;
    Some((end, Value::Quantity { thousandths, unit }))
}

/// "4.875%" has three decimals; elsewhere three digits behind a point are a group.
fn hundredths_of_percent(written: &str, thousandths: i64) -> i64 {
    let decimals =
        written.split(['.', ',']).nth(1).is_some_and(|decimals| decimals.len() == 3) && !written.starts_with("0");
    if decimals { thousandths / 10_000 } else { thousandths / 10 }
}

static TERM_WORDS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:warrant\w*|coverage|(?:is|are|'re|be|gets?) covered|guarantee\w*|garant\w+|return\w*|interval|every|devol\w+|devuelv\w+|retorn\w+|cubre|cobertura|rendre|retour\w*|couvre|cada|tous les)\b",
    )
});
static YEARS_AND_MILES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b\w+[\s-]*(?:years?|yrs?|months?|days?|a[ñn]os?|mes(?:es)?|d[ií]as?|ans?|mois|jours?)\s*(?:/|,|or|and|&|-|o|y|ou|et)\s*$",
    )
});

/// Whether a distance bounds a warranty or the like; its sentence says so.
fn is_term(text: &str, span: &Range<usize>) -> bool {
    let start = text[..span.start].rfind(['.', '!', '?', '\n', ';']).map_or(0, |at| at + 1);
    let end = text[span.end..].find(['.', '!', '?', '\n', ';']).map_or(text.len(), |at| span.end + at);
    TERM_WORDS.is_match(&text[start..end]) || YEARS_AND_MILES.is_match(&text[start..span.start])
}

/// The unit of an odometer where a currency is used.
pub(in crate::guards) const fn distance_unit(currency: Currency) -> DistanceUnit {
    match currency {
        Currency::Usd | Currency::Gbp => DistanceUnit::Mile,
        Currency::Cad | Currency::Mxn | Currency::Eur => DistanceUnit::Kilometre,
    }
}
