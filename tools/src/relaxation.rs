//! Searching the stock for everything somebody wishes, and for what comes nearest if nothing has it all.
//!
//! Wishes are given up one after the other in the order of [`ORDER`], and stay given up, until
//! something is found. Prices give by a tenth and years by two before they are given up. When every
//! wish had to be given up, what is shown still has something of what was asked for, or nothing is.

use std::cmp::{Ordering, Reverse};

use forecourt_crm_store::{
    CrmTx, StoreError,
    vehicle_search::{Candidate, VehicleFilter},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    colors::is_color,
    embedder::QueryVector,
    features::matching,
    relevance::{Nearness, Wanted},
};

/// In which order the vehicles that were found are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum SortOrder {
    PriceLow,
    PriceHigh,
    MileageLow,
    Newest,
}

/// Everything somebody wishes of a vehicle.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub filter: VehicleFilter,
    pub free_text: Wanted,
    pub trim: Wanted,
    pub color: Option<String>,
    pub features: Vec<String>,
}

/// A wish, as far as it can be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    FreeText,
    Trim,
    Color,
    Features,
    Transmission,
    Mileage,
    /// The price asked for, give or take a tenth.
    PriceNearly,
    /// The years asked for, give or take two.
    YearsNearly,
    Drivetrain,
    Fuel,
    Condition,
    Years,
    Price,
    Model,
    Body,
    Make,
}

/// What is given up first: taste before use, use before limits, limits before kind, the make last.
const ORDER: [Wish; 16] = [
    Wish::FreeText,
    Wish::Trim,
    Wish::Color,
    Wish::Features,
    Wish::Transmission,
    Wish::Mileage,
    Wish::PriceNearly,
    Wish::YearsNearly,
    Wish::Drivetrain,
    Wish::Fuel,
    Wish::Condition,
    Wish::Years,
    Wish::Price,
    Wish::Model,
    Wish::Body,
    Wish::Make,
];

/// How far a price gives, as a divisor: a tenth.
const PRICE_GIVES: i64 = 10;
const YEARS_GIVE: i32 = 2;

/// What was found, best first.
pub(crate) struct Found {
    /// Whether the vehicles have everything that was wished for.
    pub exact: bool,
    pub candidates: Vec<Candidate>,
}

/// Searches the stock.
pub(crate) async fn search(
    tx: &mut CrmTx,
    wishes: &Wishes,
    query: Option<&QueryVector>,
    sort: Option<SortOrder>,
) -> Result<Found, StoreError> {
    let mut asked = Asked { wishes, filter: wishes.filter.clone(), kept: ORDER.to_vec() };
    asked.kept.retain(|wish| wishes.has(*wish));
    let mut candidates = asked.find(tx, query).await?;
    let exact = !candidates.is_empty() || asked.kept.is_empty();
    let mut to_give_up = asked.kept.clone().into_iter();
    while candidates.is_empty() {
        let Some(wish) = to_give_up.next() else { break };
        asked.give_up(wish);
        candidates = asked.find(tx, query).await?;
    }
    let nearness = Nearness::measure(tx, query, &candidates).await?;
    candidates.sort_by(|a, b| {
        let closeness = |candidate| wishes.closeness(candidate, &nearness);
        b.available
            .cmp(&a.available)
            .then_with(|| if exact { Ordering::Equal } else { closeness(b).total_cmp(&closeness(a)) })
            .then_with(|| by_sort_order(sort, a, b))
            .then_with(|| closeness(b).total_cmp(&closeness(a)))
            .then_with(|| known_first(a.price_minor).cmp(&known_first(b.price_minor)))
            .then_with(|| (Reverse(a.year), a.id).cmp(&(Reverse(b.year), b.id)))
    });
    Ok(Found { exact, candidates })
}

fn by_sort_order(sort: Option<SortOrder>, a: &Candidate, b: &Candidate) -> Ordering {
    match sort {
        None => Ordering::Equal,
        Some(SortOrder::PriceLow) => known_first(a.price_minor).cmp(&known_first(b.price_minor)),
        Some(SortOrder::PriceHigh) => Reverse(a.price_minor).cmp(&Reverse(b.price_minor)),
        Some(SortOrder::MileageLow) => known_first(a.mileage).cmp(&known_first(b.mileage)),
        Some(SortOrder::Newest) => (b.year, b.created_at).cmp(&(a.year, a.created_at)),
    }
}

/// Sorts what is not known after what is.
fn known_first<T: Ord>(value: Option<T>) -> (bool, Option<T>) {
    (value.is_none(), value)
}

impl Wishes {
    fn has(&self, wish: Wish) -> bool {
        let filter = &self.filter;
        match wish {
            Wish::FreeText => !self.free_text.is_empty(),
            Wish::Trim => !self.trim.is_empty(),
            Wish::Color => self.color.is_some(),
            Wish::Features => !self.features.is_empty(),
            Wish::Transmission => filter.transmission.is_some(),
            Wish::Mileage => filter.mileage_max.is_some(),
            Wish::PriceNearly | Wish::Price => filter.price_min.is_some() || filter.price_max.is_some(),
            Wish::YearsNearly | Wish::Years => filter.year_min.is_some() || filter.year_max.is_some(),
            Wish::Drivetrain => filter.drivetrain.is_some(),
            Wish::Fuel => filter.fuel.is_some(),
            Wish::Condition => filter.condition.is_some(),
            Wish::Model => filter.model_keys.is_some(),
            Wish::Body => filter.body.is_some(),
            Wish::Make => filter.make_keys.is_some(),
        }
    }

    /// How much of the wishes that were judged here a vehicle meets; only compared, never shown.
    fn closeness(&self, candidate: &Candidate, nearness: &Nearness) -> f64 {
        let features = self.features.iter().filter(|asked| has_feature(candidate, asked)).count();
        let features = u32::try_from(features).map_or(0.0, f64::from);
        let color = if self.color.as_deref().is_some_and(|color| is_color(color, &candidate.exterior_color)) {
            1.0
        } else {
            0.0
        };
        // Nearness orders what the words leave equal.
        let words = self.free_text.share_met_by(candidate) + self.trim.share_met_by(candidate);
        features + color + words + nearness.of(candidate) / 4.0
    }
}

/// The wishes that still stand.
struct Asked<'a> {
    wishes: &'a Wishes,
    filter: VehicleFilter,
    kept: Vec<Wish>,
}

impl Asked<'_> {
    async fn find(&self, tx: &mut CrmTx, query: Option<&QueryVector>) -> Result<Vec<Candidate>, StoreError> {
        let mut candidates = tx.search_vehicles(&self.filter).await?;
        let wishes = self.wishes;
        candidates.retain(|candidate| {
            self.kept.iter().all(|wish| match wish {
                Wish::FreeText => wishes.free_text.is_met_by(candidate),
                Wish::Trim => wishes.trim.is_met_by(candidate),
                Wish::Color => wishes.color.as_deref().is_none_or(|color| is_color(color, &candidate.exterior_color)),
                Wish::Features => wishes.features.iter().all(|asked| has_feature(candidate, asked)),
                _ => true,
            })
        });
        if self.kept.is_empty() && !candidates.is_empty() {
            self.keep_related(tx, &mut candidates, query).await?;
        }
        Ok(candidates)
    }

    /// The last wish was given up: what is left must have something of what was asked for.
    async fn keep_related(
        &self,
        tx: &mut CrmTx,
        candidates: &mut Vec<Candidate>,
        query: Option<&QueryVector>,
    ) -> Result<(), StoreError> {
        let wishes = self.wishes;
        if !ORDER.into_iter().any(|wish| wishes.has(wish)) {
            return Ok(());
        }
        let nearness = Nearness::measure(tx, query, candidates).await?;
        candidates.retain(|candidate| {
            wishes.free_text.is_touched_by(candidate)
                || wishes.trim.is_touched_by(candidate)
                || wishes.color.as_deref().is_some_and(|color| is_color(color, &candidate.exterior_color))
                || wishes.features.iter().any(|asked| has_feature(candidate, asked))
                || nearness.is_related(candidate)
        });
        Ok(())
    }

    fn give_up(&mut self, wish: Wish) {
        let filter = &mut self.filter;
        match wish {
            Wish::FreeText | Wish::Trim | Wish::Color | Wish::Features => {}
            Wish::Transmission => filter.transmission = None,
            Wish::Mileage => filter.mileage_max = None,
            Wish::PriceNearly => {
                filter.price_min = filter.price_min.map(|price| price - price / PRICE_GIVES);
                filter.price_max = filter.price_max.map(|price| price.saturating_add(price / PRICE_GIVES));
            }
            Wish::YearsNearly => {
                filter.year_min = filter.year_min.map(|year| year - YEARS_GIVE);
                filter.year_max = filter.year_max.map(|year| year + YEARS_GIVE);
            }
            Wish::Price => (filter.price_min, filter.price_max) = (None, None),
            Wish::Years => (filter.year_min, filter.year_max) = (None, None),
            Wish::Drivetrain => filter.drivetrain = None,
            Wish::Fuel => filter.fuel = None,
            Wish::Condition => filter.condition = None,
            Wish::Model => filter.model_keys = None,
            Wish::Body => filter.body = None,
            Wish::Make => filter.make_keys = None,
        }
        self.kept.retain(|kept| *kept != wish);
    }
}

/// Whether a vehicle has a feature, in its list or in its own facts.
fn has_feature(candidate: &Candidate, asked: &str) -> bool {
    matching(asked, &candidate.features).is_some() || matching(asked, &candidate.kind_words).is_some()
}
