//! The vehicles this conversation has shown, and which of them "the red one" means.

mod places;
mod shown;

use self::shown::{from_fact, shown_in};
pub(super) use self::{
    places::{Rank, places, rank},
    shown::Shown,
};
use super::{
    amounts::{Amount, Unit},
    cars::Car,
    context::Conversation,
    lexicon::Term,
    words::Word,
};

/// Everything shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Catalog {
    /// One list for each of our texts that showed vehicles, newest first.
    lists: Vec<Vec<Shown>>,
    /// From the facts; the one discussed last comes last.
    discussed: Vec<Shown>,
}

/// How many of our texts are read back.
const TEXTS: usize = 8;

impl Catalog {
    /// What `conversation` has shown so far.
    pub(super) fn of(conversation: &Conversation) -> Self {
        let facts = &conversation.facts.discussed;
        let mut lists: Vec<Vec<Shown>> = conversation
            .our_texts()
            .take(TEXTS)
            .map(|text| shown_in(text, facts))
            .filter(|list| !list.is_empty())
            .collect();
        let mut discussed: Vec<Shown> = facts.iter().map(from_fact).collect();
        for shown in &mut discussed {
            if let Some(said) = lists.iter().flatten().find(|said| said.stock == shown.stock) {
                shown.learn(said);
            }
        }
        for shown in lists.iter_mut().flatten() {
            if let Some(fact) = discussed.iter().find(|fact| fact.stock == shown.stock) {
                shown.learn(fact);
            }
        }
        Self { lists, discussed }
    }

    /// The vehicle "it" means: the only one of our last text that showed any, else the one discussed last.
    pub(super) fn current(&self) -> Option<&Shown> {
        match self.lists.first().map(Vec::as_slice) {
            Some([only]) => Some(only),
            Some([first, ..]) => self.discussed.last().or(Some(first)),
            _ => self.discussed.last(),
        }
    }

    /// The vehicles "them" means: the newest list of several, else all discussed.
    pub(super) fn several(&self) -> &[Shown] {
        self.lists.iter().find(|list| list.len() > 1).map_or(self.discussed.as_slice(), Vec::as_slice)
    }

    /// Whether nothing was shown yet.
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.discussed.is_empty()
    }

    /// All vehicles, those shown last first, each once.
    pub(super) fn all(&self) -> Vec<&Shown> {
        let mut all: Vec<&Shown> = Vec::new();
        for shown in self.lists.iter().flatten().chain(self.discussed.iter().rev()) {
            if !all.iter().any(|other| other.stock == shown.stock) {
                all.push(shown);
            }
        }
        all
    }

    /// The shown vehicle that a named car is, if it fits one; the one discussed last first.
    pub(super) fn matching(&self, car: &Car) -> Option<&Shown> {
        let fits = |shown: &&Shown| {
            car.make.is_none_or(|make| shown.make == Some(make))
                && car.model.is_none_or(|model| shown.model == Some(model))
                && car.year.is_none_or(|year| shown.year == Some(year))
                && car.trim.as_ref().is_none_or(|trim| shown.label.contains(&trim.to_lowercase()))
        };
        self.discussed.iter().rev().find(fits).or_else(|| self.lists.iter().flatten().find(fits))
    }

    /// The vehicles picked by place: "the first one", "number 2", "the first two", "the last one".
    pub(super) fn by_place(&self, words: &[Word]) -> Vec<&Shown> {
        let list = self.several();
        if list.is_empty() {
            return Vec::new();
        }
        let mut picked: Vec<&Shown> = Vec::new();
        for place in places(words, list.len()) {
            if let Some(shown) = list.get(place)
                && !picked.contains(&shown)
            {
                picked.push(shown);
            }
        }
        picked
    }

    /// The vehicle picked by a comparison: "the cheaper one", "the one with fewer miles".
    pub(super) fn by_rank(&self, rank: Rank) -> Option<&Shown> {
        let list = self.several();
        let key = |shown: &Shown| match rank {
            Rank::Cheapest => shown.price,
            Rank::Priciest => shown.price.map(|price| -price),
            Rank::LowestMileage => shown.mileage,
            Rank::HighestMileage => shown.mileage.map(|mileage| -mileage),
            Rank::Newest => shown.year.map(|year| -year),
            Rank::Oldest => shown.year,
        };
        let known = list.len() > 1 && list.iter().all(|shown| key(shown).is_some());
        known.then(|| list.iter().min_by_key(|shown| key(shown))).flatten()
    }

    /// The vehicle picked by a figure we told of it: "the one for 24,500", "the one with 41k miles".
    pub(super) fn by_figure(&self, amount: &Amount) -> Option<&Shown> {
        let said = amount.max.or(amount.min)?;
        // "41k" is any mileage from 41,000 to 41,999.
        let same = |told: i64| told == said || (said % 1000 == 0 && told / 1000 == said / 1000);
        let fits = |shown: &&&Shown| match amount.unit {
            Unit::Money => shown.price.is_some_and(same),
            Unit::Miles => shown.mileage.is_some_and(same),
            Unit::Year => shown.year == Some(said),
            Unit::Payment => false,
        };
        self.all().iter().find(fits).copied()
    }

    /// The vehicle picked by what it is: "the red one", "the 2021", "the hybrid".
    pub(super) fn by_property(&self, terms: &[Term], year: Option<i64>) -> Option<&Shown> {
        let fits = |shown: &&&Shown| {
            terms.iter().all(|term| match term {
                Term::Color(color) => shown.color == Some(color),
                Term::Body(body) => shown.body == Some(*body),
                Term::Fuel(fuel) => shown.fuel == Some(*fuel),
                _ => false,
            }) && year.is_none_or(|year| shown.year == Some(year))
        };
        let said = !terms.is_empty() || year.is_some();
        said.then(|| self.all().iter().find(fits).copied()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::context::{Discussed, Facts, Line, Speaker},
        *,
    };

    fn conversation(texts: &[&str], facts: &[(&str, &str)]) -> Conversation {
        let history = texts.iter().map(|text| Line { by: Speaker::Us, text: (*text).to_owned() }).collect();
        let discussed = facts
            .iter()
            .map(|(stock, label)| Discussed { stock: (*stock).to_owned(), label: (*label).to_owned() })
            .collect();
        let facts = Facts { discussed, ..Facts::default() };
        Conversation { facts, history, ..Conversation::default() }
    }

    const LIST: &str = "We have: 2021 Mazda CX-5 Touring, red, 41,250 miles, $26,990 (stock U1043); \
        2020 Honda CR-V EX in blue, 52,000 miles, $24,500 (stock U1050); 2022 Toyota RAV4 XLE, 30,100 miles, $29,900 (stock U1066).";

    #[test]
    fn a_list_of_ours_is_read_back() {
        let catalog = Catalog::of(&conversation(&[LIST], &[]));
        let stocks = |picked: Vec<&Shown>| picked.iter().map(|shown| shown.stock.clone()).collect::<Vec<_>>();
        let pick = |text: &str| stocks(catalog.by_place(&super::super::words::read(text)));
        assert_eq!(pick("the first one"), ["U1043"]);
        assert_eq!(pick("compare the first two"), ["U1043", "U1050"]);
        assert_eq!(pick("the first and the third"), ["U1043", "U1066"]);
        assert_eq!(pick("#2 please"), ["U1050"]);
        assert_eq!(pick("the last one?"), ["U1066"]);
        assert!(pick("with third row").is_empty());
        assert_eq!(catalog.by_rank(Rank::Cheapest).unwrap().stock, "U1050");
        assert_eq!(catalog.by_rank(Rank::LowestMileage).unwrap().stock, "U1066");
    }

    #[test]
    fn a_list_without_stock_numbers_is_read_by_the_facts() {
        let text = "There's a 2020 Honda CR-V EX for $24,500 and a 2021 Mazda CX-5 Touring for $26,990.";
        let facts = [("U1043", "2021 Mazda CX-5 Touring"), ("U1050", "2020 Honda CR-V EX")];
        let catalog = Catalog::of(&conversation(&[text], &facts));
        assert_eq!(catalog.several()[0].stock, "U1050");
        assert_eq!(catalog.current().unwrap().stock, "U1050", "discussed last");
    }

    #[test]
    fn the_red_one_is_the_one_we_called_red() {
        let catalog = Catalog::of(&conversation(&[LIST], &[]));
        assert_eq!(catalog.by_property(&[Term::Color("red")], None).unwrap().stock, "U1043");
        assert_eq!(catalog.by_property(&[], Some(2022)).unwrap().stock, "U1066");
        assert_eq!(catalog.by_property(&[Term::Color("green")], None), None);
    }
}
