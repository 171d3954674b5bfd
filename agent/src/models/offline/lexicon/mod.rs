//! The vocabulary of a car lot: which words of a text name a make, a model or a property.

mod features;
mod makes;
mod models;
mod traits;

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use forecourt_domain::vehicle::{Body, Condition, Drivetrain, Fuel, Transmission};
use makes::{MAKES, TRIMS};
use models::{MODELS, Model, Name};

use super::{
    phrase::same_word,
    words::{Word, read},
};

/// What a phrase of the vocabulary means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    Make(&'static str),
    Model { make: &'static str, name: &'static str, body: Body },
    Condition(Condition),
    Body(Body),
    Drivetrain(Drivetrain),
    Fuel(Fuel),
    Transmission(Transmission),
    Color(&'static str),
    Feature(&'static str),
}

/// A term and the words that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) term: Term,
    pub(super) at: Range<usize>,
}

/// One way to name a term.
struct Alias {
    words: Vec<String>,
    term: Term,
    name: Name,
}

static ALIASES: LazyLock<Vec<Alias>> = LazyLock::new(|| {
    let mut aliases = Vec::new();
    for (make, also) in MAKES {
        for alias in std::iter::once(make).chain(also.iter()) {
            add(&mut aliases, alias, Term::Make(make), Name::Plain);
        }
    }
    for Model { make, name, body, kind, also } in MODELS {
        let term = Term::Model { make, name, body: *body };
        add(&mut aliases, name, term, *kind);
        also.iter().for_each(|alias| add(&mut aliases, alias, term, Name::Plain));
    }
    add_names(&mut aliases, traits::CONDITIONS, Term::Condition);
    add_names(&mut aliases, traits::BODIES, Term::Body);
    add_names(&mut aliases, traits::DRIVETRAINS, Term::Drivetrain);
    add_names(&mut aliases, traits::FUELS, Term::Fuel);
    add_names(&mut aliases, traits::TRANSMISSIONS, Term::Transmission);
    add_names(&mut aliases, traits::COLORS, Term::Color);
    add_names(&mut aliases, features::FEATURES, Term::Feature);
    // The longest alias wins, so `CX-50` is no `CX-5` and a minivan no MINI.
    aliases.sort_by_key(|alias| std::cmp::Reverse(alias.words.len()));
    aliases
});

fn add_names<T: Copy>(aliases: &mut Vec<Alias>, names: traits::Names<T>, term: impl Fn(T) -> Term) {
    for (value, phrases) in names {
        phrases.iter().for_each(|phrase| add(aliases, phrase, term(*value), Name::Plain));
    }
}

/// Adds `alias` as its words and, where it has several, written as one: `cx 5` and `cx5`.
fn add(aliases: &mut Vec<Alias>, alias: &str, term: Term, name: Name) {
    let words: Vec<String> = read(alias).into_iter().map(|word| word.text).collect();
    let is_model = matches!(term, Term::Model { .. });
    if words.len() > 1 && is_model {
        aliases.push(Alias { words: vec![words.concat()], term, name });
    }
    // "F150 Lightning": the first two as one.
    if let [first, second, rest @ ..] = words.as_slice()
        && !rest.is_empty()
        && is_model
    {
        let joined = std::iter::once(format!("{first}{second}")).chain(rest.iter().cloned());
        aliases.push(Alias { words: joined.collect(), term, name });
    }
    aliases.push(Alias { words, term, name });
}

/// The aliases by their first word, in singular and plural, the longest first.
static BY_FIRST_WORD: LazyLock<HashMap<String, Vec<&'static Alias>>> = LazyLock::new(|| {
    let mut index: HashMap<String, Vec<&'static Alias>> = HashMap::new();
    for alias in ALIASES.iter() {
        let Some(first) = alias.words.first() else { continue };
        for ending in ["", "s", "es"] {
            index.entry(format!("{first}{ending}")).or_default().push(alias);
        }
    }
    index
});

/// A way to name a make or one of its models, and whether the words mean nothing else.
pub(crate) struct VehicleName {
    pub(crate) alias: &'static str,
    pub(crate) make: &'static str,
    /// None for the make itself.
    pub(crate) model: Option<&'static str>,
    pub(crate) plain: bool,
}

/// Every name of a make or a model.
pub(crate) fn vehicle_names() -> impl Iterator<Item = VehicleName> {
    let makes = MAKES.iter().flat_map(|(make, also)| {
        let named = |alias| VehicleName { alias, make, model: None, plain: true };
        std::iter::once(*make).chain(also.iter().copied()).map(named)
    });
    let models = MODELS.iter().flat_map(|Model { make, name, kind, also, .. }| {
        let named = |alias, plain| VehicleName { alias, make, model: Some(name), plain };
        let own = std::iter::once(named(name, *kind == Name::Plain));
        own.chain(also.iter().map(move |alias| named(alias, true)))
    });
    makes.chain(models)
}

/// Every single word of the vocabulary, for the correction of misspelled ones.
pub(super) fn vocabulary() -> impl Iterator<Item = &'static str> {
    let trims = TRIMS.iter().flat_map(|trim| trim.split(' '));
    ALIASES.iter().flat_map(|alias| alias.words.iter().map(String::as_str)).chain(trims)
}

/// The terms named in `words`, in order, none overlapping another.
pub(super) fn hits(words: &[Word]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match hit_at(words, at, &hits) {
            Some(hit) => {
                at = hit.at.end;
                hits.push(hit);
            }
            None => at += 1,
        }
    }
    hits
}

fn hit_at(words: &[Word], at: usize, before: &[Hit]) -> Option<Hit> {
    BY_FIRST_WORD.get(&words.get(at)?.text)?.iter().find_map(|alias| {
        let end = at + alias.words.len();
        let window = words.get(at..end)?;
        let same = window
            .iter()
            .zip(&alias.words)
            .all(|(word, part)| same_word(&word.text, part) || is_model_plural(alias, word, part));
        let whole = window.iter().rev().skip(1).all(|word| !word.ends_sentence());
        (same && whole && says_a_model(alias, words, at, before)).then_some(Hit { term: alias.term, at: at..end })
    })
}

/// The `vs` of `CR-Vs`: a model of several words has its plural at the end, however short that is.
fn is_model_plural(alias: &Alias, word: &Word, part: &str) -> bool {
    let last = alias.words.len() > 1 && alias.words.last().is_some_and(|last| last == part);
    last && matches!(alias.term, Term::Model { .. }) && word.text.strip_suffix('s') == Some(part)
}

/// Whether the words around make a name that is also an ordinary word a model.
fn says_a_model(alias: &Alias, words: &[Word], at: usize, before: &[Hit]) -> bool {
    let Term::Model { make, .. } = alias.term else { return true };
    let after_its_make = before.last().is_some_and(|hit| hit.at.end == at && hit.term == Term::Make(make));
    match alias.name {
        Name::Plain => true,
        Name::Never => false,
        Name::NeedsMake => after_its_make,
        Name::Ordinary => {
            let previous = at.checked_sub(1).and_then(|index| words.get(index));
            let introduced = previous.is_some_and(|word| {
                !word.ends_sentence() && (word.is_any(INTRODUCES_A_MODEL) || word.number().is_some_and(|n| n > 1900))
            });
            let alone = words.len() <= 2;
            after_its_make || introduced || alone
        }
    }
}

const INTRODUCES_A_MODEL: &[&str] = &[
    "a",
    "an",
    "the",
    "any",
    "your",
    "my",
    "this",
    "that",
    "used",
    "new",
    "certified",
    "another",
    "have",
    "vs",
    "or",
    "red",
    "blue",
    "black",
    "white",
    "silver",
    "gray",
    "green",
];

/// How many words from `at` on are a trim name, such as the `Grand Touring` after a model.
pub(super) fn trim_length(words: &[Word], at: usize) -> usize {
    static TRIM_WORDS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
        let mut trims: Vec<Vec<&str>> = TRIMS.iter().map(|trim| trim.split(' ').collect()).collect();
        trims.sort_by_key(|trim| std::cmp::Reverse(trim.len()));
        trims
    });
    let fits = |trim: &&Vec<&str>| {
        words
            .get(at..at + trim.len())
            .is_some_and(|window| window.iter().zip(*trim).all(|(word, part)| word.text == *part))
    };
    TRIM_WORDS.iter().find(fits).map_or(0, Vec::len)
}

/// The colour group a written colour name belongs to: `Soul Red Crystal Metallic` is red.
pub(super) fn color_group(written: &str) -> Option<&'static str> {
    hits(&read(written)).into_iter().find_map(|hit| match hit.term {
        Term::Color(group) => Some(group),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<Term> {
        hits(&read(text)).into_iter().map(|hit| hit.term).collect()
    }

    fn model(text: &str) -> Option<(&'static str, &'static str)> {
        named(text).into_iter().find_map(|term| match term {
            Term::Model { make, name, .. } => Some((make, name)),
            _ => None,
        })
    }

    #[test]
    fn a_model_is_known_however_it_is_typed() {
        let cases = [
            ("cx5", ("Mazda", "CX-5")),
            ("CX-5s", ("Mazda", "CX-5")),
            ("cx 50", ("Mazda", "CX-50")),
            ("mazda 3", ("Mazda", "Mazda3")),
            ("the miata", ("Mazda", "MX-5 Miata")),
            ("f150", ("Ford", "F-150")),
            ("F 150 lightning", ("Ford", "F-150 Lightning")),
            ("rav 4", ("Toyota", "RAV4")),
            ("crv", ("Honda", "CR-V")),
            ("grand cherokees", ("Jeep", "Grand Cherokee")),
            ("3-series", ("BMW", "3 Series")),
            ("dodge ram 1500", ("Ram", "1500")),
            ("id.4", ("Volkswagen", "ID.4")),
            ("model y", ("Tesla", "Model Y")),
            ("a honda fit", ("Honda", "Fit")),
            ("silverado 1500", ("Chevrolet", "Silverado 1500")),
        ];
        for (text, expected) in cases {
            assert_eq!(model(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_ordinary_word_is_no_model() {
        for text in
            ["will it fit my kids in there", "where should we focus on", "is 350 a month ok", "I have 1500 dollars"]
        {
            assert_eq!(model(text), None, "{text}");
        }
    }

    #[test]
    fn properties_are_known_by_their_everyday_names() {
        assert_eq!(
            named("minivan with 3rd row and car play"),
            [Term::Body(Body::Van), Term::Feature("third row seating"), Term::Feature("apple carplay")]
        );
        assert_eq!(
            named("certified pre-owned 4x4"),
            [Term::Condition(Condition::Certified), Term::Drivetrain(Drivetrain::FourWd)]
        );
        assert_eq!(color_group("Soul Red Crystal Metallic"), Some("red"));
        assert_eq!(color_group("Modern Steel Metallic"), None);
    }
}
