//! Figures no record states but arithmetic yields: differences, sums, rounded miles.
//!
//! The guard does the arithmetic again. Words must say that it is arithmetic ("$2,000 less"): a
//! number that happens to be a difference is not thereby true of anything.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::{
    counts::is_count,
    measures::{Measure, Measured, measure_of, measured, subjects_of, their_measures},
};
use crate::guards::{
    draft::Draft,
    figures::{Figure, Value},
    mentions::Mention,
    text::{before, pattern},
};

/// Whether arithmetic over evidence yields the figure, and the words around it say so.
pub(super) fn is_derived(draft: &Draft, figure: &Figure) -> bool {
    is_difference(draft, figure)
        || is_sum(draft, figure)
        || is_count(draft, figure)
        || is_rounded_mileage(draft, figure)
}

static LESS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:less|cheaper|lower|fewer|under|below|older|sav(?:e|es|ing|ings)|menos|m[áa]s barat[oa]s?|por debajo|ahorr\w+|moins|inf[ée]rieure?s?|[ée]conomis\w+|en dessous)\b",
    )
});
static MORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:more|higher|over|above|newer|extra|additional|m[áa]s|por encima|plus|sup[ée]rieure?s?|de plus|au-dessus|suppl[ée]mentaires?)\b",
    )
});
static APART: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:difference|apart|spread|gap|differ\w*|between (?:them|the two)|diferencia|difiere\w*|diff[ée]rence|[ée]cart|entre (?:ambas|ambos|ellos|ellas|las dos|los dos|les deux))\b",
    )
});
/// A cut in the price is an offer, not a comparison.
static DISCOUNT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:take|taking|knock\w*|off|discount\w*|rebate\w*|reduc\w+|give you|gives you|drop\w*|let it go|do it for|accept\w*|descuento|rebaj\w+|quit\w+|baj(?:o|amos|ar)\b|le dejo|remise|rabais|r[ée]duction|baiss\w+|enl[èe]v\w+|laiss\w+)\b",
    )
});
static COMPARED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:than|compared|versus|vs|over the|instead|going with|choosing|by picking|your (?:budget|max\w*|limit|target)|que|comparad[oa]|frente a|en lugar de|en vez de|su presupuesto|compar[ée]e?|au lieu de|plut[ôo]t que|face [àa]|votre budget)\b",
    )
});

static THAN: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bthan\b|\bque\b|\bqu'"));
static AGAINST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:instead of|over|versus|vs|compared|against|rather than|than|que (?:el|la|los|las|le|les)|en lugar de|en vez de|frente a|au lieu de|plut[ôo]t que)\b",
    )
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Less,
    More,
    Apart,
}

/// "$2,000 less than the Tucson", "the spread is $2,000", "$1,010 under your budget".
fn is_difference(draft: &Draft, figure: &Figure) -> bool {
    let (Some((measure, amount)), Some(sentence)) = (measure_of(&figure.value), draft.sentence_at(figure.span.start))
    else {
        return false;
    };
    let clause_range = draft.clause_at(sentence, figure.span.start);
    let clause = draft.words(clause_range.clone());
    let Some(direction) = direction(clause, draft.words(sentence.range.clone())) else { return false };
    let saving = clause.to_lowercase().contains("sav");
    if amount <= 0 || DISCOUNT.is_match(clause) || (saving && !COMPARED.is_match(clause)) {
        return false;
    }
    let (subjects, objects) = compared(draft, figure, &(clause_range.start..sentence.range.end));
    let all = measured(draft, measure);
    let of = |wanted: &Option<Vec<usize>>| -> Vec<Measured> {
        let belongs = |one: &&Measured| {
            wanted.as_ref().is_none_or(|wanted| one.0.is_some_and(|vehicle| wanted.contains(&vehicle)))
        };
        all.iter().filter(belongs).copied().collect()
    };
    let theirs = their_measures(draft, measure);
    let left = of(&subjects);
    let right: Vec<Measured> =
        if objects.is_none() { all.iter().copied().chain(theirs).collect() } else { of(&objects) };
    left.iter().any(|a| right.iter().any(|b| differ(a, b, amount, direction)))
}

/// Which way a comparison goes; none when the words compare nothing.
fn direction(clause: &str, sentence: &str) -> Option<Direction> {
    if APART.is_match(sentence) {
        Some(Direction::Apart)
    } else if LESS.is_match(clause) {
        Some(Direction::Less)
    } else {
        MORE.is_match(clause).then_some(Direction::More)
    }
}

fn differ(a: &Measured, b: &Measured, amount: i64, direction: Direction) -> bool {
    let itself = a.0.is_some() && a.0 == b.0;
    let difference = a.1.saturating_sub(b.1);
    !itself
        && match direction {
            Direction::Less => difference == -amount,
            Direction::More => difference == amount,
            Direction::Apart => difference.abs() == amount,
        }
}

/// The vehicles on the left and on the right of a comparison; none where the words do not say.
fn compared(draft: &Draft, figure: &Figure, range: &Range<usize>) -> (Option<Vec<usize>>, Option<Vec<usize>>) {
    let than = THAN.find(draft.words(figure.span.end..range.end)).map(|found| figure.span.end + found.start());
    let object =
        than.and_then(|than| draft.mentions_in(&(than..range.end)).next()).map(|mention| mention.vehicles.clone());
    let before: Vec<&Mention> = draft.mentions_in(&(range.start..figure.span.start)).collect();
    if let [.., one, other] = before.as_slice()
        && AGAINST.is_match(draft.words(one.span.end..other.span.start))
    {
        return (Some(one.vehicles.clone()), Some(other.vehicles.clone()));
    }
    (before.last().map(|mention| mention.vehicles.clone()), object)
}

static TOTAL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:total\w*|together|combined|altogether|in all|all in|comes? (?:to|out)|adds? up|sum|plus|including|both|juntos|juntas|suma\w*|incluy\w+|incluid\w+|con (?:el|los|la|las)|queda\w*|en total|ensemble|y compris|inclus\w*|avec (?:les?|la)|revient|somme)\b",
    )
});

/// "Together $59,980", "$29,489 with the fee": two figures of ours, or all the other ones beside it.
fn is_sum(draft: &Draft, figure: &Figure) -> bool {
    let Value::Money { minor, per_period: false, .. } = figure.value else { return false };
    let Some(sentence) = draft.sentence_at(figure.span.start) else { return false };
    if !TOTAL.is_match(draft.words(sentence.range.clone())) {
        return false;
    }
    let stated =
        draft.grounds.records().iter().flat_map(|record| &record.figures).filter_map(|figure| match figure.value {
            Value::Money { minor, per_period: false, .. } => Some(minor),
            _ => None,
        });
    let known: Vec<i64> = measured(draft, Measure::Price).into_iter().map(|(_, price)| price).chain(stated).collect();
    let pair =
        known.iter().enumerate().any(|(index, a)| known[index + 1..].iter().any(|b| a.checked_add(*b) == Some(minor)));
    let beside =
        draft.figures.iter().filter(|other| sentence.range.contains(&other.span.start) && other.span != figure.span);
    let others: Vec<i64> = beside
        .filter_map(|other| match other.value {
            Value::Money { minor, per_period: false, .. } if known.contains(&minor) => Some(minor),
            _ => None,
        })
        .collect();
    pair || (others.len() > 2 && others.iter().fold(0, |sum: i64, other| sum.saturating_add(*other)) == minor)
}

static ROUNDED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|close to|some|aprox\w*|un[oa]s|cerca de|alrededor de|casi|como|m[áa]s o menos|environ|pr[èe]s de|autour de|presque|quelque|dans les)|~)\s*$",
    )
});

/// "About 41,000 miles": the nearest thousand, or the one below, of a mileage of ours.
fn is_rounded_mileage(draft: &Draft, figure: &Figure) -> bool {
    let Value::Distance { distance, term: false, .. } = figure.value else { return false };
    let hedged = ROUNDED.is_match(before(&draft.text, figure.span.start, 16));
    hedged && distance >= 1000 && distance % 500 == 0 && rounds_to(draft, figure, distance)
}

fn rounds_to(draft: &Draft, figure: &Figure, distance: i64) -> bool {
    let subjects = subjects_of(draft, figure);
    let close = |one: &Measured| {
        (one.1 - distance).abs() < 1000
            && subjects.as_ref().is_none_or(|wanted| one.0.is_some_and(|one| wanted.contains(&one)))
    };
    measured(draft, Measure::Mileage).iter().any(close)
}
