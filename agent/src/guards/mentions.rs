//! Which vehicle a draft speaks of where: "the 2021 CX-5 Touring (stock U1043)" is one vehicle.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::{
    figures::{Figure, Value},
    grounds::Grounds,
    names::{Occurrence, Part},
    text::{Sentence, pattern},
};

/// A place where a draft points at vehicles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub span: Range<usize>,
    /// Indices of the vehicles it may mean, in [`Grounds::vehicles`]; more than one when the words do
    /// not decide.
    pub vehicles: Vec<usize>,
    /// A year or stock number beside the name that no such vehicle has.
    pub conflict: Option<Range<usize>>,
    named: bool,
    coded: bool,
}

impl Mention {
    /// The vehicle, when the words decide.
    pub(super) fn single(&self) -> Option<usize> {
        match self.vehicles.as_slice() {
            [vehicle] => Some(*vehicle),
            _ => None,
        }
    }
}

/// All mentions of a draft, in order.
pub(super) fn find_mentions(
    text: &str,
    sentences: &[Sentence],
    figures: &[Figure],
    names: &[Occurrence],
    grounds: &Grounds,
) -> Vec<Mention> {
    let seeds = names.iter().filter(|name| !name.vehicles.is_empty() && stands_for_a_vehicle(text, name, names));
    let mut found: Vec<Mention> = seeds.map(|seed| by_name(text, seed, figures, names, grounds)).collect();
    for figure in figures {
        if let Value::Identifier { text, said } = &figure.value {
            let vehicles = grounds.vehicles_identified(text, *said);
            if !vehicles.is_empty() {
                found.push(Mention { span: figure.span.clone(), vehicles, conflict: None, named: false, coded: true });
            }
        }
    }
    found.sort_by_key(|mention| mention.span.start);
    sentences.iter().flat_map(|sentence| merged(text, sentence, &found)).collect()
}

/// A model does; so do a make or a trim that no model stands beside ("the Mazda", "a BMW 330i").
fn stands_for_a_vehicle(text: &str, name: &Occurrence, names: &[Occurrence]) -> bool {
    let beside = |part: Part| {
        names.iter().any(|other| other.part == part && (is_near(text, name, other) || is_near(text, other, name)))
    };
    match name.part {
        Part::Model => true,
        Part::Trim => !beside(Part::Model) && (name.has_digits || beside(Part::Make)),
        Part::Make => !beside(Part::Model) && !beside(Part::Trim),
        Part::Other => false,
    }
}

fn is_near(text: &str, left: &Occurrence, right: &Occurrence) -> bool {
    left.span.end <= right.span.start && is_joint(&text[left.span.end..right.span.start])
}

fn is_joint(gap: &str) -> bool {
    gap.len() <= 2 && gap.chars().all(|c| matches!(c, ' ' | '-' | ',' | '(' | '\''))
}

/// Narrows the vehicles of a name by the make, the trim and the year said beside it.
fn by_name(text: &str, seed: &Occurrence, figures: &[Figure], names: &[Occurrence], grounds: &Grounds) -> Mention {
    let mut span = seed.span.clone();
    let mut vehicles = seed.vehicles.clone();
    let beside = |part: Part, behind: bool| {
        let near =
            move |other: &&Occurrence| if behind { is_near(text, seed, other) } else { is_near(text, other, seed) };
        names.iter().filter(move |other| other.part == part).find(near)
    };
    for other in [beside(Part::Make, false), beside(Part::Trim, true)].into_iter().flatten() {
        span = span.start.min(other.span.start)..span.end.max(other.span.end);
        let narrowed: Vec<_> = vehicles.iter().copied().filter(|vehicle| other.vehicles.contains(vehicle)).collect();
        if !narrowed.is_empty() {
            vehicles = narrowed;
        }
    }
    let year = figures.iter().find_map(|figure| match figure.value {
        Value::Year(year) => {
            let before = figure.span.end <= span.start && is_joint(&text[figure.span.end..span.start]);
            let after = figure.span.start >= span.end && is_joint(&text[span.end..figure.span.start]);
            (before || after).then(|| (year, figure.span.clone()))
        }
        _ => None,
    });
    let mut conflict = None;
    if let Some((year, at)) = year {
        span = span.start.min(at.start)..span.end.max(at.end);
        let narrowed: Vec<_> =
            vehicles.iter().copied().filter(|vehicle| grounds.vehicles[*vehicle].years.contains(&year)).collect();
        if narrowed.is_empty() {
            conflict = Some(at);
        } else {
            vehicles = narrowed;
        }
    }
    Mention { span, vehicles, conflict, named: true, coded: false }
}

static BESIDE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\s*[(\[#-][\s(#]*|\s+)?(?:[\s,:(#-]*\b(?:stock|stk|number|no\.?|vin|is|it's|the|a|an|our|your)\b[\s,:(#-]*)*$",
    )
});
static SEVERAL: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:than|and|or|vs|versus|like|instead|similar|also|both|between|with|to)\b"));

/// The mentions of a sentence, a stock number joined with the name it stands beside.
fn merged(text: &str, sentence: &Sentence, found: &[Mention]) -> Vec<Mention> {
    let inside: Vec<_> = found.iter().filter(|mention| sentence.range.contains(&mention.span.start)).collect();
    let names = inside.iter().filter(|mention| mention.named).count();
    let alone = names == 1 && inside.len() == 2 && !SEVERAL.is_match(&text[sentence.range.clone()]);
    let mut merged: Vec<Mention> = Vec::new();
    for mention in inside {
        let joined = merged.last().and_then(|previous| join(text, alone, previous, mention));
        match joined {
            Some(joined) => {
                merged.pop();
                merged.push(joined);
            }
            None => merged.push(mention.clone()),
        }
    }
    merged
}

/// Joins a name and a stock number that stand beside each other or alone in their sentence. One
/// vehicle cannot have the number of another: that is a conflict.
fn join(text: &str, alone: bool, left: &Mention, right: &Mention) -> Option<Mention> {
    let gap = text.get(left.span.end..right.span.start)?;
    if (left.named && right.named) || !(alone || BESIDE.is_match(gap) || gap == ", ") {
        return None;
    }
    let both: Vec<_> = left.vehicles.iter().copied().filter(|vehicle| right.vehicles.contains(vehicle)).collect();
    let mut joined = Mention {
        span: left.span.start..right.span.end,
        vehicles: both,
        conflict: left.conflict.clone().or_else(|| right.conflict.clone()),
        named: true,
        coded: true,
    };
    if joined.vehicles.is_empty() {
        let (name, code) = if left.named { (left, right) } else { (right, left) };
        if !name.named || name.coded || code.named || gap == ", " {
            return None;
        }
        joined.vehicles.clone_from(&name.vehicles);
        joined.conflict = joined.conflict.or_else(|| Some(code.span.clone()));
    }
    Some(joined)
}
