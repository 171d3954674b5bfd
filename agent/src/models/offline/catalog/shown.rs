//! A vehicle we showed, read back from our own text and from the facts.

use forecourt_domain::vehicle::{Body, Fuel};

use super::super::{
    context::Discussed,
    lexicon::{self, Term},
    phrase::find_any,
    stock,
    words::{self, Word},
};

/// A vehicle we showed, as far as our words and the facts describe it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Shown {
    pub(in super::super) stock: String,
    pub(in super::super) make: Option<&'static str>,
    pub(in super::super) model: Option<&'static str>,
    pub(in super::super) body: Option<Body>,
    pub(in super::super) fuel: Option<Fuel>,
    pub(in super::super) year: Option<i64>,
    pub(in super::super) color: Option<&'static str>,
    pub(in super::super) price: Option<i64>,
    pub(in super::super) mileage: Option<i64>,
    /// Our own words for it, in lower case.
    pub(super) label: String,
}

impl Shown {
    /// Takes from `other`, the same vehicle, what is not known yet.
    pub(super) fn learn(&mut self, other: &Self) {
        self.color = self.color.or(other.color);
        self.price = self.price.or(other.price);
        self.mileage = self.mileage.or(other.mileage);
        self.year = self.year.or(other.year);
        self.make = self.make.or(other.make);
        self.model = self.model.or(other.model);
        self.body = self.body.or(other.body);
        self.fuel = self.fuel.or(other.fuel);
        self.label.push(' ');
        self.label.push_str(&other.label);
    }

    /// Takes what `segment`, words about this vehicle, says.
    fn describe(&mut self, segment: &[Word]) {
        for hit in lexicon::hits(segment) {
            match hit.term {
                Term::Make(make) => self.make = self.make.or(Some(make)),
                Term::Model { make, name, body } if self.model.is_none() => {
                    (self.make, self.model, self.body) = (Some(make), Some(name), Some(body));
                }
                Term::Color(color) => self.color = self.color.or(Some(color)),
                Term::Fuel(fuel) => self.fuel = self.fuel.or(Some(fuel)),
                Term::Body(body) => self.body = self.body.or(Some(body)),
                _ => {}
            }
        }
        let figure = |text: &str| text.trim_start_matches('$').parse::<i64>().ok();
        for (at, word) in segment.iter().enumerate() {
            if word.text.starts_with('$') {
                self.price = self.price.or_else(|| figure(&word.text).filter(|price| *price >= 1000));
            } else if segment.get(at + 1).is_some_and(|next| next.is_any(&["miles", "mi"])) {
                self.mileage = self.mileage.or_else(|| figure(&word.text));
            }
        }
        self.year = self.year.or_else(|| segment.iter().find_map(model_year));
        self.label = segment.iter().map(|word| word.raw.to_lowercase()).collect::<Vec<_>>().join(" ");
    }
}

fn model_year(word: &Word) -> Option<i64> {
    word.number().filter(|year| (1980..=2040).contains(year) && word.raw.len() == 4)
}

/// A vehicle as the facts know it.
pub(super) fn from_fact(fact: &Discussed) -> Shown {
    let mut shown = Shown { stock: fact.stock.clone(), ..Shown::default() };
    shown.describe(&words::read(&fact.label));
    shown
}

/// The vehicles a text of ours shows: each starts with its year and names its stock number, or is
/// one the facts know by its label.
pub(super) fn shown_in(text: &str, facts: &[Discussed]) -> Vec<Shown> {
    let words = words::read(text);
    let mut starts: Vec<usize> = (0..words.len()).filter(|at| starts_a_vehicle(&words, *at)).collect();
    // "A blue 2020 Honda": what describes it may come first.
    let hits = lexicon::hits(&words);
    let described = |start: usize| {
        hits.iter()
            .find(|hit| hit.at.end == start && matches!(hit.term, Term::Color(_) | Term::Condition(_)))
            .map(|hit| hit.at.start)
    };
    for start in &mut starts {
        *start = described(*start).filter(|at| !words[*at].ends_sentence()).unwrap_or(*start);
    }
    // "U1043 2021 Mazda": where the first number stands before its vehicle, all do.
    let before = |start: &usize| start.checked_sub(1).is_some_and(|at| stock_in(&words[at..*start], facts).is_some());
    if starts.first().is_some_and(before) {
        starts.iter_mut().for_each(|start| *start = start.saturating_sub(1));
    }
    let mut list: Vec<Shown> = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let segment = &words[*start..starts.get(index + 1).copied().unwrap_or(words.len())];
        let mut shown = Shown::default();
        shown.describe(segment);
        let stock = stock_in(segment, facts).or_else(|| fact_named(&shown, facts, &list));
        if let Some(stock) = stock
            && !list.iter().any(|other| other.stock == stock)
        {
            shown.stock = stock;
            list.push(shown);
        }
    }
    if list.is_empty() {
        list.extend(facts.iter().filter(|fact| stock_in(&words, std::slice::from_ref(fact)).is_some()).map(from_fact));
    }
    list
}

fn starts_a_vehicle(words: &[Word], at: usize) -> bool {
    let next_is_name = words
        .get(at + 1)
        .is_some_and(|next| next.raw.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit()));
    model_year(&words[at]).is_some() && !words[at].tied && next_is_name
}

/// The stock number named in `segment`: one the facts know, or what follows the word.
fn stock_in(segment: &[Word], facts: &[Discussed]) -> Option<String> {
    let known: Vec<&str> = facts.iter().map(|fact| fact.stock.as_str()).collect();
    let found = stock::stocks(segment, &[], &known);
    let introduced = find_any(segment, &["stock|stk"]).map(|at| at.start);
    let after = |at: usize| found.iter().find(|(_, range)| range.start > at).map(|(stock, _)| stock.clone());
    introduced.and_then(after).or_else(|| found.first().map(|(stock, _)| stock.clone()))
}

fn fact_named(shown: &Shown, facts: &[Discussed], taken: &[Shown]) -> Option<String> {
    let named = |fact: &&Discussed| {
        let fact = from_fact(fact);
        let same =
            fact.year == shown.year && fact.make == shown.make && fact.model == shown.model && fact.make.is_some();
        // A make of no list of ours is compared by the words of the label.
        same || (fact.make.is_none() && !fact.label.is_empty() && shown.label.starts_with(&fact.label))
    };
    facts
        .iter()
        .filter(|fact| !taken.iter().any(|other| other.stock == fact.stock))
        .find(named)
        .map(|fact| fact.stock.clone())
}
