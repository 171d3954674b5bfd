//! Prices, mileages and model years as numbers that can be compared, with the vehicle each belongs to.

use forecourt_domain::evidence::Fact;

use crate::guards::{
    draft::Draft,
    figures::{Figure, Unit, Value},
    grounds::is_payment,
};

/// What a comparison or a bound compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// In minor units.
    Price,
    Mileage,
    ModelYear,
}

/// A measured value and the vehicle it belongs to, if any.
pub(super) type Measured = (Option<usize>, i64);

/// What our records state of a measure.
pub(super) fn measured(draft: &Draft, measure: Measure) -> Vec<Measured> {
    let of_fact = |fact: &Fact| match (measure, fact) {
        (Measure::Price, Fact::Money(money)) => Some(money.minor),
        (Measure::Mileage, Fact::Mileage(mileage)) => Some(i64::from(*mileage)),
        (Measure::ModelYear, Fact::Year(year)) => Some(i64::from(*year)),
        _ => None,
    };
    let ours = draft.grounds.ours.iter().filter(|evidence| !is_payment(evidence));
    ours.filter_map(|evidence| Some((draft.grounds.vehicle_of(&evidence.source), of_fact(&evidence.fact)?))).collect()
}

/// The measure a figure states, and how much.
pub(super) fn measure_of(value: &Value) -> Option<(Measure, i64)> {
    match value {
        Value::Money { minor, per_period: false, .. } => Some((Measure::Price, *minor)),
        Value::Distance { distance, term: false, .. } => Some((Measure::Mileage, *distance)),
        Value::Quantity { thousandths, unit: Unit::Year } => Some((Measure::ModelYear, thousandths / 1000)),
        _ => None,
    }
}

/// What the customer named as a limit, in the unit of `measure`.
pub(super) fn their_measures(draft: &Draft, measure: Measure) -> Vec<Measured> {
    let said = draft.grounds.theirs().iter().filter_map(|value| match (measure, value) {
        (Measure::Price, Value::Money { minor, .. }) => Some(*minor),
        (Measure::Price, Value::Number(thousandths)) => Some(customer_price(*thousandths)),
        (Measure::Mileage, Value::Distance { distance, .. }) => Some(*distance),
        _ => None,
    });
    said.map(|amount| (None, amount)).collect()
}

/// A customer's bare number as a price in minor units: "30" among cars is thirty thousand.
pub(super) fn customer_price(thousandths: i64) -> i64 {
    let shorthand = (5_000..=150_000).contains(&thousandths);
    (thousandths / 10).saturating_mul(if shorthand { 1000 } else { 1 })
}

/// The vehicles the clause of a figure is about, when it names any: those named before it, or else
/// in its sentence.
pub(super) fn subjects_of(draft: &Draft, figure: &Figure) -> Option<Vec<usize>> {
    let sentence = draft.sentence_at(figure.span.start)?;
    let last = draft.mentions_in(&(sentence.range.start..figure.span.start)).last();
    let first = || draft.mentions_in(&sentence.range).next();
    last.or_else(first).map(|mention| mention.vehicles.clone())
}
