//! One text of a customer with everything found in it: people, vehicles, figures, times.

use std::ops::Range;

use forecourt_domain::vehicle::{Body, Condition};
use jiff::civil::DateTime;

use super::{
    amounts::{self, Amount, Unit},
    cues,
    dates::{self, Moment},
    lexicon::{self, Hit, Term},
    names::{self, SaidName},
    phrase::{find, has_any},
    spelling, stock,
    words::{self, Stop, Word},
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

/// What the conversation lets us expect in the next text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Expected {
    pub(super) now: Option<DateTime>,
    pub(super) time: bool,
    pub(super) price: bool,
    pub(super) name: bool,
}

/// A text, read once.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) words: Vec<Word>,
    /// The same words with every named vehicle that is not their own as "it", so that "see the
    /// CX-5" and "see U1043" read like "see it".
    pub(super) pointed: Vec<Word>,
    pub(super) email: Option<String>,
    pub(super) phone: bool,
    pub(super) name: Option<SaidName>,
    /// Stock numbers and VINs in capitals, in the order they were said.
    pub(super) stocks: Vec<String>,
    pub(super) cars: Vec<Car>,
    /// Properties of vehicles.
    pub(super) traits: Vec<Hit>,
    pub(super) amounts: Vec<Amount>,
    pub(super) moments: Vec<Moment>,
}

impl Reading {
    /// Reads `text`; `known` are the stock numbers of the conversation.
    pub(super) fn of(text: &str, expected: Expected, known: &[&str]) -> Self {
        let mut words = words::read(text);
        let mut taken = vec![false; words.len()];
        let email = names::email(&words).map(|(email, at)| {
            take(&mut taken, at..at + 1);
            email
        });
        let phone = names::phone(&words).inspect(|at| take(&mut taken, at.clone())).is_some();
        let name = names::name(&words, expected.name).inspect(|name| take(&mut taken, name.at.clone()));
        let stocks = stock::stocks(&words, &taken, known);
        stocks.iter().for_each(|(_, at)| take(&mut taken, at.clone()));
        correct_spelling(&mut words, &taken);

        let hits: Vec<Hit> =
            lexicon::hits(&words).into_iter().filter(|hit| !taken[hit.at.clone()].contains(&true)).collect();
        let (cars, traits) = sort_hits(&words, hits);
        cars.iter().for_each(|car| take(&mut taken, car.at.clone()));
        traits.iter().for_each(|hit| take(&mut taken, hit.at.clone()));
        let year = expected.now.map_or(0, |now| i64::from(now.year()));
        let reader = amounts::Reader { year, asked_for_price: expected.price };
        let amounts = amounts::amounts(&words, &taken, reader);
        amounts.iter().for_each(|amount| take(&mut taken, amount.at.clone()));
        let early = has_any(&words, cues::visits::SERVICE);
        let reader = expected.now.map(|now| dates::Reader { now, expected: expected.time, early });
        let moments = reader.map(|reader| dates::moments(&words, &taken, reader)).unwrap_or_default();
        let named = cars.iter().filter(|car| !car.is_owned(&words) && !car.is_plural(&words)).map(|car| &car.at);
        let pointed = with_pronouns(&words, named.chain(stocks.iter().map(|(_, at)| at)));
        let stocks = stocks.into_iter().map(|(stock, _)| stock).collect();
        Self { words, pointed, email, phone, name, stocks, cars, traits, amounts, moments }
    }

    /// Whether one of `patterns` occurs.
    pub(super) fn has(&self, patterns: &[&str]) -> bool {
        has_any(&self.words, patterns)
    }

    /// The one model year said, if it is no limit.
    pub(super) fn exact_year(&self) -> Option<i64> {
        let year = self.amounts.iter().find(|amount| amount.unit == Unit::Year && amount.min == amount.max);
        year.and_then(|amount| amount.min)
    }

    /// Whether the customer asked something: a question mark, or a sentence that begins like one.
    pub(super) fn asks(&self) -> bool {
        self.words.iter().any(|word| word.stop == Stop::Question) || self.has(QUESTION)
    }
}

const QUESTION: &[&str] = &[
    "^ ?and|so|also|but|hi|hello|hey|okay|cool|great|nice|thanks|good|perfect|awesome|yes|well|hmm|oh ?and|so|also|but what|when|where|who|why|how|which|whose|can|could|would|should|may|does|did|is|are|was|were",
    "^ ?and|so|also|but|hi|hello|hey|okay|cool|great|nice|thanks|good|perfect|awesome|yes|well|hmm|oh ?and|so|also|but do|will|has|have you|it|i|the|they|there|we|your|that|this|any|anyone|someone",
];

fn take(taken: &mut [bool], at: Range<usize>) {
    if let Some(span) = taken.get_mut(at) {
        span.fill(true);
    }
}

/// `words` with each of the `named` vehicles as "it"; places stay what they are, because the words
/// left over become fillers that patterns pass over.
fn with_pronouns<'a>(words: &[Word], named: impl Iterator<Item = &'a Range<usize>>) -> Vec<Word> {
    let mut pointed = words.to_vec();
    for at in named {
        let article = at.start.checked_sub(1).filter(|before| {
            !words[*before].ends_sentence() && words[*before].is_any(&["the", "a", "an", "that", "this", "your"])
        });
        let from = article.unwrap_or(at.start);
        for (index, word) in pointed.iter_mut().enumerate().take(at.end).skip(from) {
            word.text = if index == at.start { "it" } else { "just" }.to_owned();
        }
    }
    pointed
}

fn correct_spelling(words: &mut [Word], taken: &[bool]) {
    for (word, _) in words.iter_mut().zip(taken).filter(|(_, taken)| !**taken) {
        spelling::correct(word);
    }
}

/// Joins makes, models, years and trims to cars; the other hits are properties.
fn sort_hits(words: &[Word], hits: Vec<Hit>) -> (Vec<Car>, Vec<Hit>) {
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
        let limits =
            lead.is_some_and(|word| word.is_any(&["than", "after", "before", "since", "to", "and", "from", "least"]));
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

/// `new` and `used` are conditions only of vehicles: not in "new number" or "used to".
fn says_condition(words: &[Word], at: &Range<usize>, condition: Condition) -> bool {
    const NOUNS: &[&str] = &[
        "car",
        "cars",
        "vehicle",
        "vehicles",
        "one",
        "ones",
        "or",
        "and",
        "truck",
        "trucks",
        "suv",
        "suvs",
        "sedan",
        "sedans",
        "van",
        "vans",
        "minivan",
        "minivans",
        "coupe",
        "inventory",
        "models",
        "model",
        "hybrid",
        "hybrids",
        "electric",
        "ev",
        "evs",
        "awd",
        "4x4",
        "pickup",
        "pickups",
        "crossover",
        "crossovers",
        "convertible",
        "hatchback",
        "wagon",
        "ride",
        "red",
        "blue",
        "black",
        "white",
        "silver",
        "gray",
        "green",
        "diesel",
        "small",
        "family",
        "4wd",
    ];
    let next = words.get(at.end).filter(|_| !words[at.end - 1].ends_sentence());
    let before = at.start.checked_sub(1).and_then(|index| words.get(index)).map(|word| word.text.as_str());
    match condition {
        Condition::Certified => true,
        Condition::New | Condition::Used if at.len() > 1 => true,
        Condition::Used if next.is_some_and(|word| word.text == "to") => false,
        Condition::New | Condition::Used => match next {
            None => {
                !matches!(before, Some("what" | "am" | "is" | "anything"))
                    || matches!(before, Some("is")) && words.len() > 2
            }
            Some(word) => {
                word.is_any(NOUNS) || word.number().is_some_and(|year| year > 1980) || names_a_car(words, at.end)
            }
        },
    }
}

fn names_a_car(words: &[Word], at: usize) -> bool {
    let rest = words.get(at..).unwrap_or_default();
    let near = &rest[..rest.len().min(4)];
    lexicon::hits(near)
        .first()
        .is_some_and(|hit| hit.at.start == 0 && matches!(hit.term, Term::Make(_) | Term::Model { .. }))
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
    use super::*;

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
    fn every_word_is_read_once() {
        let reading = read("I'm Ann White, ann@example.com. is u1043 free tomorrow at 3? under 30k");
        assert_eq!(reading.name.unwrap().last.as_deref(), Some("White"));
        assert!(reading.traits.is_empty(), "a surname is no colour");
        assert_eq!(reading.stocks, ["U1043"]);
        assert_eq!(reading.moments.len(), 1);
        assert_eq!(reading.amounts.len(), 1);
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
