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
        (&["nothing", "more", "than"], Bound::AtMost),
        (&["nothing", "older", "than"], Bound::AtLeast),
        (&["no", "more", "than"], Bound::AtMost),
        (&["not", "more", "than"], Bound::AtMost),
        (&["no", "older", "than"], Bound::AtLeast),
        (&["not", "older", "than"], Bound::AtLeast),
        (&["no", "less", "than"], Bound::AtLeast),
        (&["no", "newer", "than"], Bound::AtMost),
        (&["nothing", "newer", "than"], Bound::AtMost),
        (&["nothing", "past"], Bound::AtMost),
        (&["no", "higher", "than"], Bound::AtMost),
        (&["not", "to", "exceed"], Bound::AtMost),
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
        (&["not", "over"], Bound::AtMost),
        (&["nothing", "over"], Bound::AtMost),
        (&["nothing", "above"], Bound::AtMost),
        (&["nothing", "under"], Bound::AtLeast),
        (&["nothing", "below"], Bound::AtLeast),
        (&["not", "above"], Bound::AtMost),
        (&["not", "exceed"], Bound::AtMost),
        (&["not", "exceeding"], Bound::AtMost),
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
            return (Some(*bound), start);
        }
    }
    (None, at)
}

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
