//! The limits customers set with a figure: `under`, `or newer`, `at least`, `max`.

use super::super::words::{Stop, Word};

/// How a figure was limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    AtMost,
    Below,
    AtLeast,
    Above,
    About,
    /// Between two figures.
    Within,
    Exactly,
}

/// The limit said before a figure, and where it starts.
pub(super) fn bound_before(words: &[Word], at: usize) -> (Option<Bound>, usize) {
    const BEFORE: &[(&[&str], Bound)] = &[
        (&["tops", "out", "at"], Bound::AtMost),
        (&["maxed", "at"], Bound::AtMost),
        (&["maxes", "out", "at"], Bound::AtMost),
        (&["max", "out", "at"], Bound::AtMost),
        (&["cap", "is"], Bound::AtMost),
        (&["limit", "is"], Bound::AtMost),
        (&["max", "is"], Bound::AtMost),
        (&["as", "much", "as"], Bound::AtMost),
        (&["give", "or", "take"], Bound::About),
        (&["in", "the", "neighborhood", "of"], Bound::About),
        (&["cap", "of"], Bound::AtMost),
        (&["limit", "of"], Bound::AtMost),
        (&["less", "than"], Bound::Below),
        (&["lower", "than"], Bound::Below),
        (&["fewer", "than"], Bound::Below),
        (&["cheaper", "than"], Bound::Below),
        (&["older", "than"], Bound::Below),
        (&["more", "than"], Bound::Above),
        (&["newer", "than"], Bound::Above),
        (&["later", "than"], Bound::Above),
        (&["higher", "than"], Bound::Above),
        (&["up", "to"], Bound::AtMost),
        (&["at", "most"], Bound::AtMost),
        (&["at", "least"], Bound::AtLeast),
        (&["at", "or", "below"], Bound::AtMost),
        (&["max", "of"], Bound::AtMost),
        (&["maximum", "of"], Bound::AtMost),
        (&["minimum", "of"], Bound::AtLeast),
        (&["starting", "at"], Bound::AtLeast),
        (&["starting", "from"], Bound::AtLeast),
        (&["close", "to"], Bound::About),
        (&["under"], Bound::Below),
        (&["below"], Bound::Below),
        (&["beneath"], Bound::Below),
        (&["within"], Bound::AtMost),
        (&["sub"], Bound::Below),
        (&["south", "of"], Bound::Below),
        (&["shy", "of"], Bound::Below),
        (&["north", "of"], Bound::Above),
        (&["upwards", "of"], Bound::AtLeast),
        (&["max"], Bound::AtMost),
        (&["maximum"], Bound::AtMost),
        (&["before"], Bound::Below),
        (&["over"], Bound::Above),
        (&["past"], Bound::Above),
        (&["beyond"], Bound::Above),
        (&["exceed"], Bound::Above),
        (&["exceeding"], Bound::Above),
        (&["above"], Bound::Above),
        (&["after"], Bound::Above),
        (&["since"], Bound::AtLeast),
        (&["minimum"], Bound::AtLeast),
        (&["around"], Bound::About),
        (&["about"], Bound::About),
        (&["roughly"], Bound::About),
        (&["approximately"], Bound::About),
        (&["near"], Bound::About),
        (&["exactly"], Bound::Exactly),
    ];
    // "under a 2019", "at least a 2020", "under the 30k".
    let article = at.checked_sub(1).is_some_and(|index| words[index].is_any(&["a", "an", "the"]));
    let end = if article { at - 1 } else { at };
    for (phrase, bound) in BEFORE {
        let Some(start) = end.checked_sub(phrase.len()) else { continue };
        let window = &words[start..end];
        // "At least six seats, 20k": what limits the figure before says nothing of this one.
        let closed = window.last().is_some_and(|word| word.stop == Stop::Comma && word.is_any(AFTER_TOO));
        // "How about 2022" asks for exactly that.
        let asks = *phrase == ["about"]
            && start.checked_sub(1).is_some_and(|index| words[index].is_any(&["how", "what", "tell", "know"]));
        if closed || asks {
            continue;
        }
        if window.iter().zip(*phrase).all(|(word, part)| word.text == *part && !word.ends_sentence()) {
            return match negated(words, start, *bound) {
                Some((negated, start)) => (Some(negated), start),
                // "Half past 3".
                None if *phrase == ["past"] => (None, at),
                None => (Some(*bound), start),
            };
        }
    }
    (None, at)
}

/// "Nothing under", "not older than", "don't want to go over": the other side of a limit, and where it starts.
fn negated(words: &[Word], bound_at: usize, bound: Bound) -> Option<(Bound, usize)> {
    let other = match bound {
        Bound::Above => Bound::AtMost,
        Bound::Below => Bound::AtLeast,
        _ => return None,
    };
    let lead = words[..bound_at].iter().rposition(|word| !(word.is_any(SPENDS) && word.stop == Stop::None))?;
    let negation = &words[lead];
    let negates = negation.is_any(NEGATIONS) && negation.stop == Stop::None;
    // "Do you have nothing under 15k?" asks for less, not for more.
    let had = lead.checked_sub(1).is_some_and(|index| words[index].is_any(&["have", "got", "there", "is", "find"]));
    (negates && !(had && bound == Bound::Below)).then_some((other, lead))
}

/// What turns a limit into its opposite.
const NEGATIONS: &[&str] = &["not", "never", "nothing", "no", "none", "without", "cannot", "refuse", "hate", "avoid"];

/// Words between a negation and the limit it negates: "don't *want to go* over", "wouldn't *pay anything* above".
const SPENDS: &[&str] = &[
    "want",
    "wanting",
    "wanna",
    "to",
    "go",
    "going",
    "be",
    "get",
    "getting",
    "looking",
    "look",
    "trying",
    "try",
    "willing",
    "able",
    "planning",
    "comfortable",
    "spend",
    "spending",
    "pay",
    "paying",
    "drop",
    "do",
    "doing",
    "buy",
    "buying",
    "like",
    "need",
    "afford",
    "anything",
    "something",
    "one",
    "any",
    "much",
    "way",
    "even",
    "really",
    "too",
    "a",
    "an",
    "the",
    "penny",
    "dime",
    "cent",
    "dollar",
    "hair",
    "bit",
    "for",
    "it",
    "that",
    "with",
    "is",
    "at",
    "go",
    "price",
    "priced",
    "miles",
    "mileage",
    "year",
    "model",
    "myself",
    "us",
    "me",
    "ever",
    "just",
    "i",
    "we",
    "would",
    "can",
    "will",
    "rather",
    "probably",
];

/// What limits a figure from behind as well as from before.
const AFTER_TOO: &[&str] = &["max", "maximum", "least", "most", "minimum", "more", "newer"];

/// The limit said after a figure, and where it ends: `or newer`, `max`, `+`.
pub(super) fn bound_after(words: &[Word], end: usize) -> Option<(Bound, usize)> {
    if end > 0 && words.get(end - 1).is_some_and(Word::ends_sentence) {
        return None;
    }
    // The unit may stand between the figure and its limit: "60k miles or less".
    let unit =
        usize::from(words.get(end).is_some_and(|word| word.is_any(&["miles", "dollars", "mileage", "model", "range"])));
    for at in [end, end + unit] {
        let Some(word) = words.get(at) else { continue };
        let joined = word.is_any(&["or", "and"]);
        let limit = words.get(at + usize::from(joined))?;
        let bound = match limit.text.as_str() {
            "newer" | "later" | "above" | "up" | "higher" | "better" | "more" if joined => Bound::AtLeast,
            "older" | "earlier" | "below" | "under" | "less" | "lower" | "cheaper" | "fewer" if joined => Bound::AtMost,
            "newer" | "onward" | "onwards" | "+" | "minimum" => Bound::AtLeast,
            "max" | "maximum" | "tops" | "limit" | "cap" | "ceiling" => Bound::AtMost,
            // "30k at most", "60k miles at the most".
            "at" if words.get(at + 1).is_some_and(|word| word.text == "most") => Bound::AtMost,
            "at" if words.get(at + 1).is_some_and(|word| word.text == "least") => Bound::AtLeast,
            _ => continue,
        };
        // The unit stays to be read; only a limit right after the figure is part of it.
        let length = usize::from(joined || limit.text == "at") + 1;
        return Some((bound, if at == end { at + length } else { end }));
    }
    None
}
