//! Vehicles: which one is meant, and what is asked of it.

mod questions;

pub(super) use self::questions::Questions;
use self::questions::{all_asks, asks, asks_a_property, asks_which_of_two, is_terse, property_asks};
use super::{
    super::{
        amounts::{Amount, Unit},
        calls::Category,
        cars::Car,
        catalog::{Shown, rank},
        cues::vehicles as cues,
        lexicon::{Hit, Term},
        offer::OfferKind,
        phrase::{find_outside, has_any},
    },
    Ask, Intent, Missing, Scene, VisitVehicle, beside, people, search, visits,
};

/// What the text asks about vehicles, given what else was understood of it.
pub(super) fn intents(scene: &Scene<'_>, others: &[Intent], visit: &[Intent], dealership: &[Intent]) -> Vec<Intent> {
    if scene.reading.amounts.iter().any(|amount| amount.unit == Unit::Payment) {
        return Vec::new();
    }
    let asks = asks(scene);
    let of_a_kind =
        visit.is_empty() && search::wanted_cars(&scene.reading).iter().any(|car| is_one_of_a_kind(scene, car));
    let questions = Questions {
        stock: of_a_kind
            || find_outside(&scene.reading.words, cues::ASKS_STOCK, cues::ASKS_TIMES).is_some()
            || scene.has(cues::AVAILABLE),
        property: asks_a_property(scene),
        claimed: !visit.is_empty() || !dealership.is_empty() || others.iter().any(explains_vehicles),
        asks,
    };
    let traded = others.iter().any(|intent| matches!(intent, Intent::Lead(lead) if lead.trade_in.is_some()));
    if traded && !questions.stock && search::wanted_cars(&scene.reading).is_empty() {
        return Vec::new();
    }
    let handed_over = others.iter().any(|intent| matches!(intent, Intent::HandOff { .. }));
    // A price beside talk of money, looks beside a wish for photos, belong to what was handed over.
    let photos = scene.has(cues::PHOTOS);
    let part_of_it =
        |ask: &Ask| matches!(ask, Ask::Price | Ask::Details) || (photos && matches!(ask, Ask::Interior | Ask::Color));
    let covered = questions.asks.iter().all(part_of_it) && !scene.has(cues::FINDS) && !questions.property;
    let general = dealership.iter().any(|intent| matches!(intent, Intent::Dealership(info) if info.question.is_some()));
    if general && !scene.has(cues::AVAILABLE) && scene.reading.stocks.is_empty() {
        return Vec::new();
    }
    if asks_for_others(scene, visit)
        && let Some((_, wish)) = beside::visit_and_wish(&scene.reading)
    {
        return search::of(&wish);
    }
    // "What else do you have?" after times were offered asks for times.
    let about_times = !visit.is_empty() && scene.offer.expects_a_time() && visits::names_no_vehicle(scene);
    let of_times = |ask: &Ask| *ask == Ask::Availability && !points_at_one(scene);
    if about_times && questions.asks.iter().all(of_times) {
        return Vec::new();
    }
    if questions.nothing() || (handed_over && covered) {
        return Vec::new();
    }
    let mut intents = unknown_fact(scene, &questions);
    let by_the_way = |ask: &Ask| matches!(ask, Ask::Features | Ask::Details | Ask::Interior);
    if !intents.is_empty() && questions.asks.iter().all(by_the_way) {
        return intents;
    }
    let shown = compared_to_stock(scene, &questions)
        .or_else(|| by_stock(scene, &questions))
        .or_else(|| compared(scene, &questions))
        .or_else(|| search::variation(scene))
        .or_else(|| picked(scene, &questions))
        .or_else(|| named_car(scene, &questions))
        .or_else(|| pointed_at(scene, &questions));
    intents.extend(shown.unwrap_or_else(|| search::intents(scene, &questions)));
    intents
}

/// Whether other vehicles are asked for beside a visit to one that is known.
pub(super) fn asks_for_others(scene: &Scene<'_>, visit: &[Intent]) -> bool {
    let known = |intent: &Intent| match intent {
        Intent::Book(visit) => matches!(visit.vehicle, VisitVehicle::Stock(_)),
        Intent::Slots(wanted) => wanted.stock.is_some(),
        _ => false,
    };
    visit.iter().any(known) && beside::visit_and_wish(&scene.reading).is_some()
}

/// Whether words about vehicles may belong to this intent: not where somebody only gives a name.
const fn explains_vehicles(intent: &Intent) -> bool {
    !matches!(intent, Intent::Profile(_) | Intent::Courtesy(_))
}

fn one(stock: &str, asks: Vec<Ask>) -> Vec<Intent> {
    let asks = if asks.is_empty() { vec![Ask::Details] } else { asks };
    vec![Intent::Vehicle { stock: stock.to_owned(), asks }]
}

fn several(stocks: Vec<String>, scene: &Scene<'_>, asks: Vec<Ask>) -> Vec<Intent> {
    vec![Intent::Compare { stocks: stocks.into_iter().take(4).collect(), by: rank(&scene.reading.words), asks }]
}

fn stocks_of(shown: &[&Shown]) -> Vec<String> {
    shown.iter().map(|shown| shown.stock.clone()).collect()
}

/// A question whose answer is in no listing goes to a human, unless it describes a wish.
fn unknown_fact(scene: &Scene<'_>, questions: &Questions) -> Vec<Intent> {
    let pointed = points_at_one(scene) || scene.has(cues::PLURAL) || !scene.reading.stocks.is_empty();
    let any_of_a_kind = scene.reading.cars.iter().any(|car| is_one_of_a_kind(scene, car));
    let wish = (scene.has(cues::WISHES) || any_of_a_kind) && !pointed;
    let known = pointed || scene.catalog.current().is_some() || !scene.reading.cars.is_empty();
    let asked =
        scene.has(cues::UNKNOWN_FACT) && known && !wish && (scene.reading.asks() || scene.reading.words.len() <= 5);
    let about = "asks something about a vehicle that its listing does not say";
    let handoff = Intent::HandOff { category: Category::Other, about };
    if asked && !questions.claimed { vec![handoff] } else { Vec::new() }
}

/// Vehicles named by stock number or VIN.
fn by_stock(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let asks = all_asks(scene, questions);
    match scene.reading.stocks.as_slice() {
        [] => None,
        [stock] => Some(one(stock, asks)),
        many => Some(several(many.to_vec(), scene, asks)),
    }
}

/// The vehicle spoken of against one named by its number: "how does it compare to U1056?"
fn compared_to_stock(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let [other] = scene.reading.stocks.as_slice() else { return None };
    let named = scene.reading.cars.first().and_then(|car| scene.catalog.matching(car));
    let current = named.or_else(|| scene.catalog.current()).filter(|shown| shown.stock != *other)?;
    let asked = scene.has(cues::COMPARE) && !scene.has(&["difference in price"]);
    asked.then(|| several(vec![current.stock.clone(), other.clone()], scene, questions.asks.clone()))
}

/// A comparison of vehicles already shown.
fn compared(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let words = &reading.words;
    let one_of_them =
        scene.has(&["the|that one|@car ?that|which ?with|has|is ?the|more|less|least|most|lowest|fewest|lower|fewer"]);
    let ranked = rank(words).is_some()
        && scene.has(&["which|what|whichever"])
        && reading.cars.is_empty()
        && (!one_of_them || scene.has(&["which|what one|of"]));
    let asked = scene.has(cues::COMPARE) || ranked;
    let new_kind = reading.traits.iter().any(|hit| matches!(hit.term, Term::Body(_))) || scene.has(cues::WISHES);
    if !asked
        || (new_kind && !scene.has(&["compare|difference|vs|versus"]))
        || scene.offer.expects_a_time() && scene.has(&["or the"])
    {
        return None;
    }
    let asks = questions.asks.clone();
    let placed = scene.catalog.by_place(words);
    if placed.len() > 1 {
        return Some(several(stocks_of(&placed), scene, asks));
    }
    let described = by_properties(scene);
    if described.len() > 1 && reading.cars.is_empty() {
        return Some(several(stocks_of(&described), scene, asks));
    }
    if reading.cars.len() > 1 {
        let known: Vec<&Shown> = reading.cars.iter().filter_map(|car| scene.catalog.matching(car)).collect();
        return (known.len() == reading.cars.len()).then(|| several(stocks_of(&known), scene, asks));
    }
    if let ([car], Some(current)) = (reading.cars.as_slice(), scene.catalog.current()) {
        let other = scene.catalog.matching(car)?;
        let pair = [current, other];
        return (current.stock != other.stock).then(|| several(stocks_of(&pair), scene, asks));
    }
    let list: Vec<&Shown> = scene.catalog.several().iter().collect();
    match list.len() {
        0 | 1 if scene.has(&["compare|difference|vs|versus"]) && reading.cars.is_empty() => {
            Some(vec![Intent::Ask(Missing::Vehicle)])
        }
        0 | 1 => None,
        _ => Some(several(stocks_of(&list), scene, asks)),
    }
}

/// The shown vehicles that are told apart by a property each: "the red one or the blue one".
fn by_properties<'s>(scene: &'s Scene<'_>) -> Vec<&'s Shown> {
    let mut picked: Vec<&Shown> = Vec::new();
    for hit in scene.reading.traits.iter().filter(|hit| is_definite(scene, hit.at.start)) {
        if let Some(shown) = scene.catalog.by_property(&[hit.term], None)
            && !picked.iter().any(|other| other.stock == shown.stock)
        {
            picked.push(shown);
        }
    }
    picked
}

/// A shown vehicle picked by place, by rank or by a property: "the second", "the cheaper one", "the red one".
fn picked(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let words = &reading.words;
    let slots_offered = matches!(scene.offer.kind, OfferKind::Slots(_));
    if !slots_offered {
        match scene.catalog.by_place(words).as_slice() {
            [] => {}
            [only] => return Some(one(&only.stock, all_asks(scene, questions))),
            many => return Some(several(stocks_of(many), scene, questions.asks.clone())),
        }
    }
    if let Some(rank) = rank(words).filter(|_| {
        reading.cars.is_empty() && scene.has(&["the|that ?one ?with ?the|more|less|least|most .. one|@car|$"])
    }) && scene.catalog.several().len() > 1
        && !scene.has(cues::WISHES)
    {
        return Some(match scene.catalog.by_rank(rank) {
            Some(shown) => one(&shown.stock, questions.asks.clone()),
            None => {
                several(stocks_of(&scene.catalog.several().iter().collect::<Vec<_>>()), scene, questions.asks.clone())
            }
        });
    }
    if let Some(shown) = by_figure(scene) {
        return Some(one(&shown.stock, all_asks(scene, questions)));
    }
    let definite: Vec<&Hit> = reading.traits.iter().filter(|hit| is_definite(scene, hit.at.start)).collect();
    let year = reading
        .amounts
        .iter()
        .find(|amount| amount.unit == Unit::Year && amount.min == amount.max && is_definite(scene, amount.at.start));
    let terms: Vec<Term> = definite.iter().map(|hit| hit.term).collect();
    if !reading.cars.is_empty() || (terms.is_empty() && year.is_none()) {
        return None;
    }
    let Some(shown) = scene.catalog.by_property(&terms, year.and_then(|amount| amount.min)) else {
        // We never said which one is blue: it has to be looked for.
        let told_apart = terms.iter().any(|term| matches!(term, Term::Color(_) | Term::Fuel(_))) || year.is_some();
        return told_apart.then(|| search::intents(scene, questions));
    };
    let asked: Vec<&Hit> = reading.traits.iter().filter(|hit| !definite.contains(hit)).collect();
    let mut asks = questions.asks.clone();
    asks.extend(property_asks(&asked));
    Some(one(&shown.stock, asks))
}

/// A shown vehicle picked by its price or mileage: "the one for 24,500", "the one with 41k miles".
fn by_figure<'s>(scene: &'s Scene<'_>) -> Option<&'s Shown> {
    let definite = scene.has(&["the|that one|@car ?that|which ?is|has|was ?listed for|with|at|has|was|is"]);
    let amounts = scene.reading.amounts.iter();
    let told = |amount: &&Amount| {
        amount.listed || (definite && matches!(amount.unit, Unit::Money | Unit::Miles) && amount.min.is_none())
    };
    amounts.filter(told).find_map(|amount| scene.catalog.by_figure(amount))
}

/// Whether what stands at `at` belongs to "the …", "that …", perhaps behind other properties.
fn is_definite(scene: &Scene<'_>, at: usize) -> bool {
    let reading = &scene.reading;
    let Some(before) = at.checked_sub(1) else { return false };
    let word = &reading.words[before];
    if word.ends_sentence() {
        return false;
    }
    let chained = reading.traits.iter().find(|hit| hit.at.end == at).map(|hit| hit.at.start);
    word.is_any(&["the", "that", "this"]) || chained.is_some_and(|start| is_definite(scene, start))
}

/// A make or model that was shown before: "is the CX-5 still there?"
fn named_car(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let limited =
        reading.amounts.iter().any(|amount| matches!(amount.unit, Unit::Money | Unit::Miles) && !amount.listed);
    let owned = people::owned_car(reading, false);
    let cars: Vec<&Car> = reading.cars.iter().filter(|car| owned != Some(*car)).collect();
    if let [_, _, ..] = cars.as_slice() {
        let all_shown: Vec<&Shown> = cars.iter().filter_map(|car| scene.catalog.matching(car)).collect();
        let definite = cars.iter().all(|car| is_definite(scene, car.at.start));
        let known = all_shown.len() == cars.len() && definite;
        return known.then(|| several(stocks_of(&all_shown), scene, questions.asks.clone()));
    }
    let car = *cars.first()?;
    if limited
        || is_one_of_a_kind(scene, car)
        || scene.has(&[
            "looking|searching|shopping for",
            "do you ?still|happen ?to have|carry|sell|got any|a|an|other|more",
        ])
    {
        return None;
    }
    let shown = scene.catalog.matching(car)?;
    let said_color =
        reading.traits.iter().find(|hit| hit.at.end <= car.at.start + 1 && matches!(hit.term, Term::Color(_)));
    if let Some(hit) = said_color
        && shown.color.map(Term::Color) != Some(hit.term)
    {
        return None;
    }
    let asked: Vec<&Hit> =
        reading.traits.iter().filter(|hit| Some(*hit) != said_color && !matches!(hit.term, Term::Body(_))).collect();
    let mut asks = questions.asks.clone();
    asks.extend(property_asks(&asked));
    Some(one(&shown.stock, asks))
}

/// "a CX-5", "any CX-5s", "other Mazdas": any of the kind, not the one shown.
fn is_one_of_a_kind(scene: &Scene<'_>, car: &Car) -> bool {
    let words = &scene.reading.words;
    let lead = &words[car.at.start.saturating_sub(3)..car.at.start];
    let indefinite =
        has_any(lead, &["a|an|any|other|another|more|some|different|all"]) && !has_any(lead, &["the|that|this"]);
    indefinite || car.is_plural(words)
}

/// "It", "that one", "the truck", "them": what was spoken of last.
fn pointed_at(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let names_a_kind = !reading.cars.is_empty() || reading.amounts.iter().any(|amount| amount.unit != Unit::Payment);
    let something = !questions.asks.is_empty() || questions.property;
    if names_a_kind || !something || scene.has(cues::WISHES) && !points_at_one(scene) {
        return None;
    }
    let list: Vec<&Shown> = scene.catalog.several().iter().collect();
    if list.len() > 1 && scene.has(cues::PLURAL) {
        return Some(several(stocks_of(&list), scene, all_asks(scene, questions)));
    }
    let pointed = points_at_one(scene);
    let kind_named = reading.traits.iter().any(|hit| matches!(hit.term, Term::Body(_))) && !pointed;
    let all = scene.has(cues::SEARCH_ALL) && !pointed;
    let terse = is_terse(scene) || asks_which_of_two(scene);
    if kind_named || all || (!pointed && questions.asks.is_empty() && !terse) {
        return None;
    }
    match scene.catalog.current() {
        Some(shown) => Some(one(&shown.stock, all_asks(scene, questions))),
        None if pointed || reading.traits.is_empty() => Some(vec![Intent::Ask(Missing::Vehicle)]),
        None => None,
    }
}

/// Whether "it" or "that one" stands for a vehicle.
fn points_at_one(scene: &Scene<'_>) -> bool {
    find_outside(&scene.reading.words, cues::PRONOUN, cues::EMPTY_IT).is_some()
}
