//! One text of a customer with everything found in it: people, vehicles, figures, times.

use std::ops::Range;

use jiff::civil::DateTime;

use super::{
    amounts::{self, Amount, Unit},
    cars::{self, Car},
    cues,
    dates::{self, Moment},
    lexicon::{self, Hit},
    names::{self, SaidName},
    negation,
    phrase::{has_any, places_outside},
    spelling, stock,
    words::{self, Stop, Word},
};

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
        let year = expected.now.map_or(0, |now| i64::from(now.year()));
        cars::spell_out_years(&mut words, &hits, year);
        let (unwanted, hits): (Vec<Hit>, Vec<Hit>) =
            hits.into_iter().partition(|hit| negation::is_unwanted(&words, &hit.at));
        unwanted.iter().for_each(|hit| take(&mut taken, hit.at.clone()));
        let (cars, traits) = cars::sort_hits(&words, hits);
        cars.iter().for_each(|car| take(&mut taken, car.at.clone()));
        traits.iter().for_each(|hit| take(&mut taken, hit.at.clone()));
        let reader = amounts::Reader { year, asked_for_price: expected.price };
        let amounts = amounts::amounts(&words, &taken, reader);
        amounts.iter().for_each(|amount| take(&mut taken, amount.at.clone()));
        let early = has_any(&words, cues::visits::SERVICE);
        let wished = places_outside(&words, cues::courtesy::WELL_WISH, cues::courtesy::NO_WELL_WISH);
        wished.into_iter().for_each(|at| take(&mut taken, at));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        Reading::of(text, Expected { now: "2026-11-20T14:05".parse().ok(), ..Expected::default() }, &["U1043"])
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
}
