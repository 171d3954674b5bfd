//! How well vehicles answer a free text: by the names and words it shares with them, and by nearness.

use std::collections::{HashMap, HashSet};

use forecourt_crm_store::{
    CrmTx, StoreError,
    embeddings::EmbeddedKind,
    search_terms::TermKind,
    vehicle_search::{Candidate, StockedModel},
};
use forecourt_domain::search::fold;
use uuid::Uuid;

use crate::{embedder::QueryVector, features::canonical, names::find_names};

/// Words that say nothing about a vehicle.
const FILLERS: [&str; 64] = [
    "a",
    "an",
    "and",
    "any",
    "anything",
    "are",
    "available",
    "best",
    "big",
    "budget",
    "buy",
    "car",
    "cars",
    "cheap",
    "do",
    "family",
    "find",
    "for",
    "from",
    "good",
    "got",
    "great",
    "have",
    "i",
    "im",
    "in",
    "is",
    "it",
    "less",
    "like",
    "looking",
    "lot",
    "me",
    "miles",
    "my",
    "need",
    "nice",
    "of",
    "on",
    "one",
    "or",
    "over",
    "please",
    "price",
    "reliable",
    "show",
    "some",
    "something",
    "stock",
    "than",
    "that",
    "the",
    "to",
    "under",
    "up",
    "vehicle",
    "vehicles",
    "want",
    "we",
    "what",
    "whats",
    "with",
    "would",
    "you",
];

/// How much a named model weighs against one other word.
const MODEL_WEIGHT: f64 = 3.0;
const MAKE_WEIGHT: f64 = 2.0;

/// What a free text asks for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    units: Vec<Unit>,
}

/// One thing that the text names.
#[derive(Debug)]
struct Unit {
    weight: f64,
    found_in: FoundIn,
}

/// The vehicles that have it.
#[derive(Debug)]
enum FoundIn {
    Models(Vec<String>),
    Make(String),
    Vehicles(HashSet<Uuid>),
}

impl Unit {
    fn matches(&self, candidate: &Candidate) -> bool {
        match &self.found_in {
            FoundIn::Models(keys) => keys.contains(&fold(&candidate.model)),
            FoundIn::Make(key) => *key == fold(&candidate.make),
            FoundIn::Vehicles(ids) => ids.contains(&candidate.id.0),
        }
    }
}

impl Wanted {
    /// Reads a free text against the stock.
    pub async fn understand(tx: &mut CrmTx, text: &str, stocked: &[StockedModel]) -> Result<Self, StoreError> {
        let named = find_names(&told_words(text).join(" "), None, stocked);
        let mut wanted = Self::words(tx, &named.rest).await?;
        if let Some(key) = named.make_key {
            wanted.units.push(Unit { weight: MAKE_WEIGHT, found_in: FoundIn::Make(key) });
        }
        if !named.model_keys.is_empty() {
            wanted.units.push(Unit { weight: MODEL_WEIGHT, found_in: FoundIn::Models(named.model_keys) });
        }
        Ok(wanted)
    }

    /// Asks for each of these words, such as those of a trim.
    pub async fn words(tx: &mut CrmTx, words: &[String]) -> Result<Self, StoreError> {
        if words.is_empty() {
            return Ok(Self::default());
        }
        let forms: Vec<[String; 2]> = words.iter().map(|word| [fold(word), canonical(&fold(word))]).collect();
        let hits = tx.load_term_hits(TermKind::Vehicle, &forms.concat()).await?;
        let vehicles_with = |forms: [String; 2]| {
            FoundIn::Vehicles(hits.iter().filter(|(term, _)| forms.contains(term)).map(|(_, id)| *id).collect())
        };
        let units = forms.into_iter().map(|forms| Unit { weight: 1.0, found_in: vehicles_with(forms) }).collect();
        Ok(Self { units })
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Whether a vehicle has everything that is asked for.
    pub fn is_met_by(&self, candidate: &Candidate) -> bool {
        self.units.iter().all(|unit| unit.matches(candidate))
    }

    /// Whether a vehicle has anything that is asked for.
    pub fn is_touched_by(&self, candidate: &Candidate) -> bool {
        self.units.iter().any(|unit| unit.matches(candidate))
    }

    /// The share of what is asked for that a vehicle has, from 0 to 1.
    pub fn share_met_by(&self, candidate: &Candidate) -> f64 {
        let total: f64 = self.units.iter().map(|unit| unit.weight).sum();
        let met: f64 = self.units.iter().filter(|unit| unit.matches(candidate)).map(|unit| unit.weight).sum();
        if total > 0.0 { met / total } else { 0.0 }
    }
}

/// How near vehicles are to a text.
#[derive(Debug, Default)]
pub(crate) struct Nearness {
    cosines: HashMap<Uuid, f64>,
    related_from: f64,
}

impl Nearness {
    /// Measures `candidates` against the query; without a vector everything is equally far.
    pub async fn measure(
        tx: &mut CrmTx,
        query: Option<&QueryVector>,
        candidates: &[Candidate],
    ) -> Result<Self, StoreError> {
        let Some(query) = query else { return Ok(Self::default()) };
        let ids: Vec<Uuid> = candidates.iter().map(|candidate| candidate.id.0).collect();
        let cosines = tx.load_similarities(EmbeddedKind::Vehicle, &query.embedding, &ids).await?;
        Ok(Self { cosines, related_from: query.related_from })
    }

    /// From 0 to 1.
    pub fn of(&self, candidate: &Candidate) -> f64 {
        self.cosines.get(&candidate.id.0).copied().unwrap_or(0.0).clamp(0.0, 1.0)
    }

    /// Whether the text is about a vehicle such as this.
    pub fn is_related(&self, candidate: &Candidate) -> bool {
        self.cosines.get(&candidate.id.0).is_some_and(|cosine| *cosine >= self.related_from)
    }
}

/// The words of a text that say something: no fillers, and no amounts, which have fields of their own.
fn told_words(text: &str) -> Vec<&str> {
    let says_something = |word: &&str| {
        let folded = fold(word);
        let is_amount =
            word.starts_with('$') || (folded.ends_with('k') && folded[..folded.len() - 1].parse::<u32>().is_ok());
        !folded.is_empty() && !is_amount && !FILLERS.contains(&folded.as_str())
    };
    text.split([' ', ',', '/', '(', ')', '\t', '\n']).filter(says_something).collect()
}
