//! What the numbers of a text are: money, shares, distances, quantities, counts, years, bare hours.
//!
//! Every number is met once; what stands right before and right after it decides its kind.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::{
    Counted, Said, Scan, Speaker, Unit, Value,
    bare_hours::read_bare_hours,
    counts::count,
    literal::{Form, Literal, literals},
    money::{SIGN_BEFORE, money, multiplier},
    phrases::identifier,
    units::{distance_unit, unit_after, unit_value},
};
use crate::guards::text::{before, pattern};

/// Numbers up to this one carry no claim of their own when nothing says what they count.
const LARGEST_HARMLESS_NUMBER: i64 = 12;

/// Reads every number that is not yet spoken for.
pub(super) fn read_amounts(scan: &mut Scan) {
    let text = scan.text;
    let joined = |span: &Range<usize>| {
        let said = || SIGN_BEFORE.is_match(before(text, span.start, 6)) || unit_after(text, span.end).is_some();
        scan.is_free(span) && (said() || GROUPED.is_match(before(text, span.start, 12)))
    };
    let free: Vec<_> = literals(text, joined).into_iter().filter(|literal| scan.is_free(&literal.span)).collect();
    let mut small = Vec::new();
    for literal in free {
        match classify(scan, &literal) {
            Some((span, value)) => scan.take(span, value),
            None => small.push(literal),
        }
    }
    scan.found.sort_by_key(|figure| figure.span.start);
    read_bare_hours(scan, &mut small);
    for literal in small {
        read_the_rest(scan, &literal);
    }
}

/// The kind of a number that says what it is; none for a small one that says nothing.
fn classify(scan: &Scan, literal: &Literal) -> Option<(Range<usize>, Value)> {
    let (text, start) = (scan.text, literal.span.start);
    if let Some(found) = money(text, literal) {
        return Some(found);
    }
    if let Some((end, value)) = unit_value(scan.text, literal) {
        return Some((start..end, value));
    }
    if let Some((end, value)) = by_words_before(scan, literal) {
        return Some((start..end, value));
    }
    if let Some((end, value)) = code_or_short_year(text, literal) {
        return Some((start..end, value));
    }
    if let Some(value) = year(literal) {
        return Some((literal.span.clone(), Value::Year(value)));
    }
    count(scan, literal).map(|(end, value)| (start..end, value))
}

/// Before a number whose groups Spanish and French part by spaces: "la Mazda3 en a 18 760".
static GROUPED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:en a|en tiene|a|à|de|les|los|que les|coûte|cuesta|vale|vaut|tiene|sont|son)\s+$")
});
static MILEAGE_BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:mileage|odometer(?: reading)?|millaje|kilometraje|od[óo]metro|kilom[ée]trage|compteur)(?:\s+(?:is|of|reads|shows|at|es|de|est))*\s*[:=]?\s*$",
    )
});
static PRICE_BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:pric(?:e[ds]?|ing)|asking|costs?|listed|msrp|sells?|selling|go(?:es|ing)|offered|total|precio|cuesta|vale|sale|prix|co[ûu]te|vaut|affich[ée]e?)(?:\s+(?:price|is|of|at|for|just|only|now|about|around|es|de|est|en|[àa]|solo|unos|environ))*\s*[:=]?\s*$",
    )
});
static SEATS_BEFORE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bseats?(?:\s+up\s+to)?\s*$"));

fn by_words_before(scan: &Scan, literal: &Literal) -> Option<(usize, Value)> {
    let lead = before(scan.text, literal.span.start, 40);
    let (factor, end) = multiplier(scan.text, literal.span.end);
    let thousandths = literal.thousandths.checked_mul(factor)?;
    if SEATS_BEFORE.is_match(lead) {
        return Some((end, Value::Quantity { thousandths, unit: Unit::Seat }));
    }
    if MILEAGE_BEFORE.is_match(lead) {
        let unit = distance_unit(scan.reader.currency);
        return Some((end, Value::Distance { distance: thousandths / 1000, unit, term: false }));
    }
    let price = PRICE_BEFORE.is_match(lead) && thousandths >= 1_000_000;
    price.then_some((end, Value::Money { minor: thousandths / 10, sign: None, per_period: false }))
}

static CODE_TAIL: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^[A-Za-z][A-Za-z0-9]*"));

/// `10432A` is a code, `'21` a year.
fn code_or_short_year(text: &str, literal: &Literal) -> Option<(usize, Value)> {
    let span = &literal.span;
    if literal.form == Form::Plain && span.len() == 2 && text[..span.start].ends_with('\'') {
        let opens = text[..span.start - 1].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let year = i16::try_from(literal.whole()?).ok()?;
        return opens.then_some((span.end, Value::Year(if year <= 40 { 2000 + year } else { 1900 + year })));
    }
    let tail = CODE_TAIL.find(&text[span.end..]).filter(|_| literal.form != Form::Spelled)?;
    let scale = multiplier(text, span.end);
    if scale.0 != 1 {
        return Some((scale.1, Value::Number(literal.thousandths.checked_mul(scale.0)?)));
    }
    // "2021s", "1980s"
    if tail.as_str() == "s" {
        return year(literal).map(|year| (span.end + 1, Value::Year(year)));
    }
    let code = &text[span.start..span.end + tail.len()];
    Some((span.end + tail.len(), Value::Identifier { text: identifier(code), said: Said::Bare }))
}

fn year(literal: &Literal) -> Option<i16> {
    let plausible = literal.form == Form::Plain && literal.span.len() == 4;
    let year = i16::try_from(literal.whole()?).ok()?;
    (plausible && (1900..=2100).contains(&year)).then_some(year)
}

static FOUND_BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:found|have|there(?:'s| is| are)|got|see|list|show|tengo|tenemos|hay|encontr[ée]|veo|ai|avons|ai trouv[ée]|y a|vois)\s+(?:only |just |about |over |exactly |solo |s[óo]lo |juste )?$",
    )
});
static NOTHING_COUNTED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^\s*(?:[.,!?:;]|$|for you\b|in\b|on\b)"));

/// A number without a unit, an hour or a noun: "I found three.", or one to be traced whatever it is.
fn read_the_rest(scan: &mut Scan, literal: &Literal) {
    let counted = FOUND_BEFORE.is_match(before(scan.text, literal.span.start, 24))
        && NOTHING_COUNTED.is_match(&scan.text[literal.span.end..]);
    let one = literal.whole() == Some(1) && literal.form == Form::Spelled;
    if let Some(number) = literal.whole().filter(|number| counted && !one && *number < 1000) {
        return scan.take(literal.span.clone(), Value::Count { number, of: Counted::Unsaid });
    }
    let (factor, end) = multiplier(scan.text, literal.span.end);
    let Some(thousandths) = literal.thousandths.checked_mul(factor) else { return };
    let harmless = match literal.form {
        Form::Spelled => thousandths < 1_000_000,
        Form::Plain | Form::Separated => {
            literal.whole().is_some_and(|whole| whole <= LARGEST_HARMLESS_NUMBER) && factor == 1
        }
    };
    // A customer's "under 30" is a budget.
    if !harmless || scan.reader.speaker == Speaker::Customer {
        scan.take(literal.span.start..end, Value::Number(thousandths));
    }
}
