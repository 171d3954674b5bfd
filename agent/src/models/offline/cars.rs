//! The makes and models of a text, with the years and trims said with them.

use std::ops::Range;

use forecourt_domain::vehicle::{Body, Condition};

use super::{
    lexicon::{self, Hit, Term},
    phrase::find,
    words::{Stop, Word},
};

/// A make or model that is named, with the year and trim said with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Car {
    pub(super) make: Option<&'static str>,
    pub(super) model: Option<&'static str>,
    pub(super) body: Option<Body>,
    pub(super) year: Option<i64>,
    pub(super) trim: Option<String>,
    pub(super) at: Range<usize>,
}

/// Joins makes, models, years and trims to cars; the other hits are properties.
pub(super) fn sort_hits(words: &[Word], hits: Vec<Hit>) -> (Vec<Car>, Vec<Hit>) {
    let mut cars: Vec<Car> = Vec::new();
    let mut traits = Vec::new();
    for hit in hits {
        match hit.term {
            Term::Make(make) => cars.push(Car { make: Some(make), at: hit.at, ..Car::default() }),
            Term::Model { make, name, body } => {
                let after_make = cars.last().is_some_and(|car| car.model.is_none() && car.at.end == hit.at.start);
                let start = if after_make { cars.pop().map_or(hit.at.start, |car| car.at.start) } else { hit.at.start };
                let at = start..hit.at.end;
                cars.push(Car { make: Some(make), model: Some(name), body: Some(body), at, ..Car::default() });
            }
            Term::Condition(condition) if !says_condition(words, &hit.at, condition) => {}
            // Black Friday is a day.
            Term::Color(_) if words.get(hit.at.end).is_some_and(|word| word.text == "friday") => {}
            _ => traits.push(hit),
        }
    }
    cars.iter_mut().for_each(|car| add_year_and_trim(words, car));
    let in_a_car = |hit: &Hit| cars.iter().any(|car| car.at.start < hit.at.end && hit.at.start < car.at.end);
    traits.retain(|hit| !in_a_car(hit));
    (cars, traits)
}

fn add_year_and_trim(words: &[Word], car: &mut Car) {
    let is_year = |at: usize| words.get(at).and_then(Word::number).filter(|year| (1980..2100).contains(year));
    if let Some(before) = car.at.start.checked_sub(1)
        && let Some(year) = is_year(before)
    {
        // "newer than 2019 Civics" and "2019 to 2021 Civic" limit the search; they are no car's year.
        let lead = before.checked_sub(1).and_then(|at| words.get(at));
        let limits = lead.is_some_and(|word| word.is_any(LIMITS) && lead_is_year(words, before, word));
        if !limits && !words[before].tied && !words[before].ends_sentence() {
            car.year = Some(year);
            car.at.start = before;
        }
    }
    if car.model.is_some() && !words[car.at.end - 1].ends_sentence() {
        let length = lexicon::trim_length(words, car.at.end);
        if length > 0 {
            let said: Vec<&str> = words[car.at.end..car.at.end + length].iter().map(|word| word.raw.as_str()).collect();
            car.trim = Some(said.join(" "));
            car.at.end += length;
        }
    }
    if car.year.is_none() && !words[car.at.end - 1].ends_sentence() {
        // "Civic 2018", but not "CX-5 2021 or newer".
        let limited = words
            .get(car.at.end + 1)
            .is_some_and(|word| word.tied || word.is_any(&["or", "to", "+", "and", "through"]));
        if let Some(year) = is_year(car.at.end).filter(|_| !limited) {
            car.year = Some(year);
            car.at.end += 1;
        }
    }
}

/// Words that make a year before a model a limit or the end of a span.
const LIMITS: &[&str] =
    &["than", "after", "before", "since", "to", "and", "from", "least", "thru", "through", "or", "till"];

/// Whether the word that leads to a year limits it: "or" and "and" do only after another year.
fn lead_is_year(words: &[Word], at: usize, lead: &Word) -> bool {
    let earlier = at.checked_sub(2).and_then(|index| words[index].number());
    !lead.is_any(&["or", "and"]) || earlier.is_some_and(|year| (1980..2100).contains(&year))
}

/// Two digits that stand for a model year, as four: the `18` of "my 18 Camry", the `22` of
/// "Bronco 22 or newer".
pub(super) fn spell_out_years(words: &mut [Word], hits: &[Hit], this_year: i64) {
    for hit in hits.iter().filter(|hit| matches!(hit.term, Term::Make(_) | Term::Model { .. })) {
        if let Some(before) = hit.at.start.checked_sub(1)
            && spell_out_year(words, before, this_year)
        {
            // "20 or 21 Civic".
            let joined = |word: &Word| word.is_any(&["or", "to", "and", "thru", "through"]);
            if before.checked_sub(1).is_some_and(|at| joined(&words[at])) && before >= 2 {
                spell_out_year(words, before - 2, this_year);
            } else if words[before].tied && before >= 1 {
                spell_out_year(words, before - 1, this_year);
            }
        }
        let newer = |word: &Word| word.is_any(&["+", "newer", "later"]);
        let after = hit.at.end;
        let limited = words.get(after + 1).is_some_and(newer)
            || words.get(after + 1).is_some_and(|word| word.is_any(&["or", "and"]))
                && words.get(after + 2).is_some_and(|word| newer(word) || word.text == "up");
        if limited && after > 0 && words[after - 1].stop == Stop::None {
            spell_out_year(words, after, this_year);
        }
    }
}

/// Spells out the year at `at`, if two digits there can only be one.
fn spell_out_year(words: &mut [Word], at: usize, this_year: i64) -> bool {
    const OTHERWISE: &[&str] = &[
        "under", "below", "over", "above", "than", "at", "by", "for", "around", "about", "to", "max", "#", "number",
        "stock", "within", "after", "before", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
        "nov", "dec",
    ];
    let Some(word) = words.get(at).filter(|word| word.text.len() == 2 && !word.ends_sentence()) else { return false };
    let Some(digits) = word.number() else { return false };
    let lead = at.checked_sub(1).and_then(|index| words.get(index)).filter(|lead| lead.stop == Stop::None);
    if lead.is_some_and(|lead| lead.is_any(OTHERWISE)) {
        return false;
    }
    let year = if digits <= (this_year + 1) % 100 { 2000 + digits } else { 1900 + digits };
    if year < 1990 {
        return false;
    }
    words[at].text = year.to_string();
    true
}

/// `new` and `used` are conditions only of vehicles: not in "new number" or "used to".
fn says_condition(words: &[Word], at: &Range<usize>, condition: Condition) -> bool {
    let next = words.get(at.end).filter(|_| !words[at.end - 1].ends_sentence());
    let before = at.start.checked_sub(1).and_then(|index| words.get(index)).filter(|word| !word.ends_sentence());
    let is_one = |word: Option<&Word>, list: &[&str]| word.is_some_and(|word| word.is_any(list));
    match condition {
        Condition::Certified => true,
        Condition::New | Condition::Used if at.len() > 1 => true,
        // "Used to own one", "I used your website".
        Condition::Used => {
            !is_one(next, &["to", "it", "your", "the", "my", "this"])
                && !is_one(before, &["i", "we", "he", "she", "they"])
        }
        Condition::New => match next {
            None => !is_one(before, &["what", "am", "is", "anything"]) || is_one(before, &["is"]) && words.len() > 2,
            Some(word) => {
                word.is_any(NEW_THINGS)
                    || word.number().is_some_and(|year| year > 1980)
                    || describes_a_car(words, at.end)
            }
        },
    }
}

/// What is new when a vehicle is.
const NEW_THINGS: &[&str] = &[
    "car",
    "cars",
    "vehicle",
    "vehicles",
    "one",
    "ones",
    "or",
    "and",
    "inventory",
    "model",
    "models",
    "ride",
    "rides",
    "small",
    "family",
    "only",
    "please",
];

/// Whether a make, a model or a property that vehicles are told apart by stands at `at`.
fn describes_a_car(words: &[Word], at: usize) -> bool {
    let rest = words.get(at..).unwrap_or_default();
    let near = &rest[..rest.len().min(4)];
    lexicon::hits(near)
        .first()
        .is_some_and(|hit| hit.at.start == 0 && !matches!(hit.term, Term::Feature(_) | Term::Condition(_)))
}

impl Car {
    /// Whether several of the kind are meant: "CX-5s".
    pub(super) fn is_plural(&self, words: &[Word]) -> bool {
        let last = words.get(self.at.end.saturating_sub(1)).map(|word| word.text.as_str()).unwrap_or_default();
        let name = self.model.or(self.make).unwrap_or_default().to_lowercase();
        last.ends_with('s') && !name.ends_with('s')
    }

    /// Whether it is the customer's own: "my Civic", "our 2018 Civic".
    pub(super) fn is_owned(&self, words: &[Word]) -> bool {
        let lead = &words[self.at.start.saturating_sub(3)..self.at.start];
        let own = lead.iter().rposition(|word| word.is_any(&["my", "our"]));
        own.is_some_and(|at| {
            !lead[at..].iter().any(Word::ends_sentence) && find(&lead[at..], "new|next|first|dream").is_none()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::reading::{Expected, Reading},
        *,
    };

    fn read(text: &str) -> Reading {
        Reading::of(text, Expected { now: "2026-11-20T14:05".parse().ok(), ..Expected::default() }, &["U1043"])
    }

    #[test]
    fn a_car_takes_its_year_and_trim_with_it() {
        let reading = read("any 2021 Mazda CX-5 Grand Touring or a civic 2018 LX?");
        assert_eq!(reading.cars[0].model, Some("CX-5"));
        assert_eq!(reading.cars[0].year, Some(2021));
        assert_eq!(reading.cars[0].trim.as_deref(), Some("Grand Touring"));
        assert_eq!(reading.cars[1].year, Some(2018));
        let limited = read("civics newer than 2019 under 20k");
        assert_eq!(limited.cars[0].year, None);
        assert_eq!(limited.amounts.len(), 2);
    }

    #[test]
    fn new_is_a_condition_of_vehicles_only() {
        let conditions =
            |text: &str| read(text).traits.iter().filter(|hit| matches!(hit.term, Term::Condition(_))).count();
        for (text, count) in [
            ("a new suv", 1),
            ("new Honda Civic", 1),
            ("I have a new number", 0),
            ("I used to own one", 0),
            ("used cars", 1),
        ] {
            assert_eq!(conditions(text), count, "{text}");
        }
    }
}
