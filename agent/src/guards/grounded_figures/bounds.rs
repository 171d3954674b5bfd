//! Bounds of a draft ("under $30,000", "over 40,000 miles"), computed again over our vehicles.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;

use super::measures::{Measure, Measured, measure_of, measured, subjects_of};
use crate::guards::{
    draft::Draft,
    figures::Figure,
    text::{before, pattern},
};

static BELOW: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:under|below|less than|lower than|cheaper than|up to|at most|no more than|not more than|within|fewer than|just shy of|menos de(?: los| las)?|por debajo de(?: los| las)?|hasta|inferior a|bajo(?: los)?|moins de|en dessous de|sous(?: les)?|jusqu'à|au plus|inf[ée]rieure? à)\s*(?:about|around)?\s*$",
    )
});
/// "The CX-5 is within your budget of …": a limit of theirs, and what is said to keep to it.
static FITS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:is|are|'s|comes?|stays?|falls?|keeps?|fits?|meets?)\s+(?:well |right |just |easily )?(?:in|into|within|under|below|inside|to)?\s*your|(?:entra|cabe|est[áa]|queda|cumple|encaja|se ajusta)n?\s+(?:en|dentro de|por debajo de|bajo|con|a)\s+(?:sus?|tus?)|(?:est|reste|rentre|entre|tient|respecte)\s*(?:dans|sous|en dessous de)?\s+(?:votre|vos))\s+(?:\w+\s+){0,2}(?:of |de |d')?\s*$",
    )
});
static ABOVE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:over|above|more than|higher than|greater than|at least|north of|m[áa]s de(?: los| las)?|por encima de(?: los| las)?|al menos|como m[íi]nimo|superior a|sobre los|plus de|au moins|au-dessus de|sup[ée]rieure? à)\s*(?:about|around)?\s*$",
    )
});
static JUST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:just|right|a little|slightly|a bit|barely)\s+(?:under|below|over|above|more than|less than)\s*$")
});
static EVERY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:both|all|each|every|neither|none|everything|nothing|no|any|two|three|they|ambas?|ambos|tod[oa]s|cada|ningun[oa]|ning[uú]n|las dos|los dos|las tres|los tres|dos|tres|ellos|ellas|les deux|les trois|deux|trois|tous|toutes|chacune?|aucune?|ils|elles)\b|n't\b",
    )
});
static NOT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)n't\b|\b(?:neither|none|nothing|no|not|ningun[oa]|ning[uú]n|ni|aucune?|ne|pas)\b|\bn'")
});
static OTHERS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:other|others|else|another|more options|otr[oa]s?|m[áa]s opciones|autres?|d'autres)\b")
});
static YOUR_LIMIT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\byou(?:'d|'re|r)?\b|\b(?:look|search|check|find|filter|see)\w*\b|\blet me\b|\bi can\b|\b(?:pidi[óo]|pide|busca\w*|quiere|usted|su presupuesto|puedo (?:buscar|revisar|ver)|busc(?:ar|o)|vous|votre|cherch\w+|je peux)\b",
    )
});

/// What a bound ("under $30,000") says of our vehicles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::guards) enum Bound {
    /// No bound, or one that claims nothing ("you asked for under $30,000").
    Unclaimed,
    Holds,
    Fails,
}

/// Reads the figure as a bound on prices or mileages and recomputes what it claims.
pub(in crate::guards) fn bound(draft: &Draft, figure: &Figure) -> Bound {
    let lead = before(&draft.text, figure.span.start, 40);
    let fits = FITS.is_match(lead) && subjects_of(draft, figure).is_some();
    let below = fits || BELOW.is_match(lead);
    let (Some((measure, limit)), Some(sentence)) = (measure_of(&figure.value), draft.sentence_at(figure.span.start))
    else {
        return Bound::Unclaimed;
    };
    let whole = draft.words(sentence.range.clone());
    let known = measured(draft, measure);
    let vehicles: Vec<Measured> = known.into_iter().filter(|one| one.0.is_some()).collect();
    let claimed = (below || ABOVE.is_match(lead)) && measure != Measure::ModelYear && !vehicles.is_empty();
    let words_of_theirs =
        YOUR_LIMIT.is_match(draft.words(draft.clause_at(sentence, figure.span.start))) || OTHERS.is_match(whole);
    if !claimed || sentence.question || (words_of_theirs && !fits) {
        return Bound::Unclaimed;
    }
    let within = |one: &Measured| if below { one.1 <= limit } else { one.1 >= limit };
    let close = |one: &Measured| !JUST.is_match(lead) || (one.1 - limit).abs() <= limit / 20;
    let subjects: Vec<Measured> = match subjects_of(draft, figure) {
        Some(named) => vehicles.iter().filter(|one| one.0.is_some_and(|one| named.contains(&one))).copied().collect(),
        None => vehicles,
    };
    let holds = match (NOT.is_match(whole), EVERY.is_match(whole)) {
        (true, _) => !subjects.iter().any(within),
        (false, true) => subjects.iter().all(|one| within(one) && close(one)),
        (false, false) => subjects.iter().any(|one| within(one) && close(one)),
    };
    if holds { Bound::Holds } else { Bound::Fails }
}
