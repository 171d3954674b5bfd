//! Counts of a draft ("three trucks", "two of them are used"), counted again over our records.

use forecourt_domain::evidence::{Fact, SourceKind};
use uuid::Uuid;

use super::measures::{Measure, measure_of, measured};
use crate::guards::{
    draft::Draft,
    figures::{Counted, Figure, Unit, Value},
    mentions::Mention,
};

/// "Three trucks", "two of them are used", "three openings": counted again.
pub(super) fn is_count(draft: &Draft, figure: &Figure) -> bool {
    let grounds = &draft.grounds;
    let (number, of) = match figure.value {
        Value::Count { number, of } => (number, of),
        Value::Quantity { thousandths, unit: Unit::DayOfTheWeek } => return thousandths / 1000 == open_days(draft),
        _ => return false,
    };
    let stated =
        grounds.ours.iter().any(|evidence| matches!(evidence.fact, Fact::Count(count) if i64::from(count) == number));
    let times = || {
        let slots = grounds.moments.iter().filter(|moment| moment.evidence.source.kind == SourceKind::Slot);
        let mut slots: Vec<_> = slots.map(|moment| moment.local).collect();
        // A time is free on several resources, and still one time.
        slots.sort_unstable();
        slots.dedup();
        let on_one_day = slots.iter().map(|slot| slots.iter().filter(|other| other.date() == slot.date()).count());
        let appointments = distinct(draft, SourceKind::Appointment).len();
        on_one_day.chain([slots.len(), appointments]).any(|count| equals(count, number))
    };
    let vehicles = || {
        let mut named: Vec<usize> =
            draft.mentions.iter().filter(|one| one.vehicles.len() == 1).flat_map(Mention::single).collect();
        named.sort_unstable();
        named.dedup();
        equals(grounds.vehicles.len(), number)
            || (number > 0 && equals(named.len(), number))
            || shares_a_word(draft, figure, number)
    };
    match of {
        Counted::Vehicles => stated || vehicles(),
        Counted::Times => times() || (stated && grounds.vehicles.is_empty()),
        Counted::Unsaid => stated || vehicles() || times(),
    }
}

fn equals(count: usize, number: i64) -> bool {
    i64::try_from(count) == Ok(number)
}

fn open_days(draft: &Draft) -> i64 {
    let opens = draft.grounds.moments.iter().filter(|moment| moment.evidence.field.contains("opens"));
    let mut days: Vec<_> = opens.map(|moment| moment.local.date()).collect();
    days.sort_unstable();
    days.dedup();
    i64::try_from(days.len()).unwrap_or(0)
}

fn distinct(draft: &Draft, kind: SourceKind) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = draft
        .grounds
        .ours
        .iter()
        .filter(|evidence| evidence.source.kind == kind)
        .map(|evidence| evidence.source.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether exactly `number` vehicles carry a word of the figure's clause in a record ("two of them
/// are used") or keep to a price the sentence names ("two under $30,000").
fn shares_a_word(draft: &Draft, figure: &Figure, number: i64) -> bool {
    let Some(sentence) = draft.sentence_at(figure.span.start) else { return false };
    let clause = draft.words(draft.clause_at(sentence, figure.span.start)).to_lowercase();
    let words = clause.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
    let bearing = |word: &str| {
        let mut bearers: Vec<usize> = Vec::new();
        for evidence in &draft.grounds.ours {
            let (Fact::Text(text) | Fact::Name(text)) = &evidence.fact else { continue };
            let says = text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|other| other == word);
            bearers.extend(draft.grounds.vehicle_of(&evidence.source).filter(|index| says && !bearers.contains(index)));
        }
        equals(bearers.len(), number)
    };
    let limits = draft
        .figures
        .iter()
        .filter(|other| sentence.range.contains(&other.span.start))
        .filter_map(|other| measure_of(&other.value));
    let keeping = |(measure, limit): (Measure, i64)| {
        let values: Vec<_> = measured(draft, measure).into_iter().filter(|one| one.0.is_some()).collect();
        let below = values.iter().filter(|one| one.1 <= limit).count();
        equals(below, number) || equals(values.len() - below, number)
    };
    words.into_iter().any(bearing) || limits.into_iter().any(keeping)
}
